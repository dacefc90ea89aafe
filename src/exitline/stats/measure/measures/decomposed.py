"""What decompositions of a measure are made of: terms by group, and measures of its parts."""

from __future__ import annotations

from dataclasses import replace

from exitline.errors import MeasureError
from exitline.stats.measure import rules
from exitline.stats.measure.dual import of_excess, totals
from exitline.stats.measure.measures.poverty import fgt, watts
from exitline.stats.measure.model import Given, Linear, Measure, Rule, Term
from exitline.words.said import collected


def _gap_ratio(given: Given) -> Linear:
    """FGT(1) / FGT(0) from the poor and their gaps."""
    poor, gaps = totals(given)[1:3]
    return (gaps / poor).linear()


def _inequality_of_gaps(given: Given) -> Linear:
    """GE(a) of relative gaps among the poor."""
    _, poor, gaps, powers = totals(given)
    return rules.entropy(poor, gaps, powers, given.parameters[0]).linear()


def _watts_gap_ratio(given: Given) -> Linear:
    """ln(z / mean of the poor) = ln(Q / (Q - G)), from the poor and their relative gaps."""
    poor, gaps = totals(given)[1:3]
    return (poor / (poor - gaps)).log().linear()


def _inequality_of_poor(given: Given) -> Linear:
    """Mean log deviation of the poor: Watts/H less the Watts gap ratio."""
    _, poor, gaps, logs = totals(given)
    return (logs / poor - (poor / (poor - gaps)).log()).linear()


def poverty_parts(measure: Measure) -> tuple[Measure, ...]:
    """A poverty index and what it is made of: how many, how deep, how unequal.

    FGT(a) = H I^a (1 + a (a - 1) GE(a)), with I the mean relative gap of the poor and GE(a) the
    generalised entropy of their gaps. Watts = H (ln(z/mean of the poor) + their mean log
    deviation).

    Parameters
    ----------
    measure : Measure
        `fgt` of 2 or above, or `watts`.

    Returns
    -------
    tuple of Measure
        The index, the headcount, the gap, and the inequality.

    Raises
    ------
    MeasureError
        For another measure.

    References
    ----------
    Aristondo, Lasso de la Vega and Urrutia (2010), Bulletin of Economic Research 62, 259-267;
    Chakravarty, Deutsch and Silber (2008), World Development 36, 1067-1077.
    """
    if measure == watts():
        plain = (Term("one"), Term("poor"), Term("gap", alpha=1.0), Term("log_gap"))
        one, poor, gap, logs = (replace(term, positive=True) for term in plain)
        made = (one, poor, gap, logs)
        return (
            measure,
            Measure("headcount", (poor, one), rules.ratio, "share", "share",
                    "poor persons, share"),
            _part("watts_gap_ratio", made[:3], _watts_gap_ratio, "Watts gap ratio of the poor"),
            _part("inequality", made, _inequality_of_poor, "mean log deviation of the poor"),
        )  # fmt: skip
    alpha = next((t.alpha for t in measure.terms if t.kind == "gap"), None)
    if alpha is None or alpha < 2 or measure != fgt(alpha):
        raise MeasureError(
            f"'{measure.name}' has no decomposition into headcount, gap and inequality",
            expected="fgt(2) or above (severity), or watts; or say groups= or sources=",
            got=measure.name,
            remedy="for parts by group say groups='region'",
        )
    one, poor = Term("one"), Term("poor")
    gap, power = Term("gap", alpha=1.0), Term("gap", alpha=alpha)
    made = (one, poor, gap, power)
    label = f"generalised entropy of the poor's gaps, {alpha:g}"
    return (
        measure, fgt(0), fgt(1),
        _part("income_gap_ratio", made[:3], _gap_ratio, "mean relative gap of the poor"),
        _part("inequality", made, _inequality_of_gaps, label, (alpha,)),
    )  # fmt: skip


def _part(
    name: str, terms: tuple[Term, ...], rule: Rule, label: str,
    parameters: tuple[float, ...] = (),
) -> Measure:  # fmt: skip
    """A part of a poverty index, which refers to all as the index does."""
    return Measure(
        name, terms, rule, "plain", "index", label, parameters=parameters,
        undefined=collected("nobody is poor, or all of the poor have the same"),
    )  # fmt: skip


def source_parts(column: str) -> tuple[Measure, ...]:
    """What one source of income adds to the Gini index of the total.

    Parameters
    ----------
    column : str

    Returns
    -------
    tuple of Measure
        Share of income S, the source's own Gini G, its correlation with ranks of total income
        R, its part S G R of the total Gini index and that as a share, and how the total's Gini
        index moves with the source, by one percent.

    References
    ----------
    Lerman and Yitzhaki (1985), Review of Economics and Statistics 67, 151-156.
    """
    x, y = Term("amount", column=column), Term("welfare")
    terms = (
        Term("one"), x, Term("excess", of=x), Term("excess", of=x, ranking=y),
        y, Term("excess", of=y),
    )  # fmt: skip
    wanted = {
        "share": "share of income", "gini": "Gini index of the source",
        "correlation": "Gini correlation with total income",
        "contribution": "part of the Gini index", "contribution_share": "share of the Gini index",
        "elasticity": "change of the Gini index, in percent, with one percent more of it",
    }  # fmt: skip
    return tuple(
        Measure(
            f"{name} {column}", terms, _SOURCES[name], "plain", "index", label,
            undefined=collected("the source's mean is not above zero"),
        )
        for name, label in wanted.items()
    )  # fmt: skip


def _sources(name: str) -> Rule:
    def rule(given: Given) -> Linear:
        N, X, T, TX, Y, TY = totals(given)
        whole, own = rules.concentration(N, Y, TY), rules.concentration(N, X, T)
        cross = of_excess(N, X, TX) / (N * X)
        share = X / Y
        found = {
            "share": share, "gini": own, "correlation": cross / own,
            "contribution": share * cross, "contribution_share": share * cross / whole,
            "elasticity": share * cross / whole - share,
        }  # fmt: skip
        return found[name].linear()

    return rule


_SOURCES = {
    name: _sources(name)
    for name in (
        "share", "gini", "correlation", "contribution", "contribution_share", "elasticity",
    )
}  # fmt: skip
