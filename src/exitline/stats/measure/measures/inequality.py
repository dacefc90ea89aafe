"""Inequality measures: what they are made of, in the field's own terms."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from exitline.errors import MeasureError
from exitline.stats.measure import rules
from exitline.stats.measure.model import Measure, Rule, Scalar, Term
from exitline.stats.measure.ranges import Range, ranged
from exitline.words.said import collected, say

CUSTOMARY = "0.5, 1 and 2 are customary"
ENTROPY = Range(
    "generalised entropy is not defined for this epsilon",
    expected="a finite number", remedy=CUSTOMARY,
)  # fmt: skip
ATKINSON = Range(
    "the Atkinson index is not defined for this epsilon",
    expected="a number above 0", remedy=CUSTOMARY, least=0.0,
)  # fmt: skip
RENYI = Range(
    "Renyi's divergence is not defined for this alpha",
    expected="a number above 0", remedy=CUSTOMARY, least=0.0,
)  # fmt: skip
KOLM = Range(
    "Kolm's index is not defined for this alpha",
    expected="a number above 0",
    remedy="of the order of 1 over the mean of welfare: kolm(0.001) for a mean of 1,000",
    least=0.0,
)
_MEAN: dict[str, Any] = {"undefined": collected("the mean is not above zero")}


def _index(name: str, terms: tuple[Term, ...], rule: Rule, label: str, **more: Any) -> Measure:
    """A measure of inequality: an index, the lower the more equal."""
    return Measure(name, terms, rule, "plain", "index", label, better="lower", **more)


@ranged
def ge(epsilon: Annotated[float, ENTROPY]) -> Measure:
    """Generalised entropy index; 0 is the mean log deviation, 1 the Theil index.

    References
    ----------
    Shorrocks (1984), Econometrica 52, 1369-1385; linearised as in Langel and Tillé (2012).
    """
    e = float(epsilon)
    kind = {0.0: "log_welfare", 1.0: "welfare_log"}.get(e, "power")
    kinds = (Term("one"), Term("welfare"), Term(kind, alpha=e if kind == "power" else None))
    terms = tuple(_kept(term, at_zero=e > 0) for term in kinds)
    known = {0.0: ("mld", "mean log deviation"), 1.0: ("theil", "Theil index")}
    default = (f"ge({e:g})", f"generalised entropy, epsilon = {e:g}")
    name, label = known.get(e, default)
    return _index(name, terms, rules.generalised_entropy, label, parameters=(e,), **_MEAN)


def _kept(term: Term, *, at_zero: bool) -> Term:
    """The term over welfare of 0 and above where the index exists at 0, above 0 elsewhere."""
    return replace(term, nonnegative=at_zero, positive=not at_zero)


def mld() -> Measure:
    """Mean log deviation: GE(0)."""
    return ge(0)


def theil() -> Measure:
    """Theil index: GE(1)."""
    return ge(1)


@ranged
def atkinson(epsilon: Annotated[float, ATKINSON]) -> Measure:
    """Atkinson index with inequality aversion epsilon > 0 (Atkinson 1970, eq. 17).

    Parameters
    ----------
    epsilon : float
        Above 0. With 1 it is one minus the ratio of geometric to arithmetic mean.
    """
    e = float(epsilon)
    inner = Term("log_welfare") if e == 1 else Term("power", alpha=1.0 - e)
    kinds = (Term("one"), Term("welfare"), inner)
    terms = tuple(_kept(term, at_zero=e < 1) for term in kinds)
    label = f"Atkinson index, epsilon = {e:g}"
    return _index(f"atkinson({e:g})", terms, rules.atkinson, label, parameters=(e,), **_MEAN)


def j_divergence() -> Measure:
    """J-divergence: GE(0) + GE(1) (Rohde 2016)."""
    terms = tuple(Term(k, positive=True) for k in ("one", "welfare", "log_welfare", "welfare_log"))
    return _index("j_divergence", terms, rules.j_divergence, "J-divergence", **_MEAN)


@ranged
def renyi(alpha: Annotated[float, RENYI]) -> Measure:
    """Renyi's divergence between shares of welfare and shares of persons.

    Parameters
    ----------
    alpha : float
        Above 0; 1 is the Theil index.

    References
    ----------
    Renyi (1961), Proceedings of the Fourth Berkeley Symposium 1, 547-561.
    """
    a = float(alpha)
    inner = Term("welfare_log") if a == 1 else Term("power", alpha=a)
    terms = tuple(replace(t, nonnegative=True) for t in (Term("one"), Term("welfare"), inner))
    label = f"Renyi divergence, alpha = {a:g}"
    return _index(f"renyi({a:g})", terms, rules.renyi, label, parameters=(a,), **_MEAN)


def amato(scale: str = "length") -> Measure:
    """Amato index: the length of the Lorenz curve.

    From the root of 2, where all have the same, to 2, where one has everything. Over welfare of
    zero and above.

    Parameters
    ----------
    scale : {"length", "unit"}
        "unit" brings the length to 0 to 1.

    References
    ----------
    Amato (1968), Metodologia statistica strutturale 1; Arnold (2012), in Kotz and Balakrishnan
    (eds), Advances in Mathematical and Statistical Modeling, 63-72.
    """
    if scale not in ("length", "unit"):
        raise MeasureError(
            "the Amato index has no such scale",
            expected="'length' or 'unit'",
            got=repr(scale),
            remedy="amato is the length of the Lorenz curve, amato('unit') from 0 to 1",
        )
    everyone = Term("one", nonnegative=True)
    mean = Scalar("mean", among=everyone)
    relative = Term("quotient", of=Term("welfare"), ranking=Term("found", alpha=1.0, at=mean))
    square = Term("raised", of=relative, alpha=2.0)
    step = Term("plus", of=Term("number", alpha=1.0), ranking=square)
    moved = Term("product", of=square, ranking=Term("raised", of=step, alpha=-0.5))
    terms = (Term("welfare"), Term("raised", of=step, alpha=0.5), moved)
    unit = scale == "unit"
    return _index(
        "amato('unit')" if unit else "amato",
        (everyone, *(_kept(term, at_zero=True) for term in terms)), rules.amato,
        "Amato index, from 0 to 1" if unit else "Amato index",
        parameters=(1.0,) if unit else (), scalars=(mean,), **_MEAN,
    )  # fmt: skip


def gini(column: str | None = None) -> Measure:
    """Gini index: the mean absolute difference over twice the mean.

    The population formula, in which tied values are one value: it depends neither on the order
    of rows nor on the scale of weights. Welfare below zero takes part; the index has no meaning
    where the mean is not above zero.

    Parameters
    ----------
    column : str, optional
        A numeric column; welfare unless given.

    References
    ----------
    Lerman and Yitzhaki (1989), Journal of Econometrics 42, 43-47; Langel and Tillé (2013),
    Journal of the Royal Statistical Society A 176, 521-540.
    """
    x = Term("welfare") if column is None else Term("amount", column=column)
    name, label = ("gini", "Gini index") if column is None else (
        f"gini({column})", f"Gini index of {column}"
    )  # fmt: skip
    return _index(name, (Term("one"), *_ranked(x)), rules.gini, label, **_MEAN)


def _ranked(x: Term, by: Term | None = None) -> tuple[Term, Term]:
    """What is summed, and how far it is above all lower: what a concentration index is made of."""
    return x, Term("excess", of=x, ranking=by)


def concentration(column: str) -> Measure:
    """Concentration index of a column over persons ranked by welfare.

    Above zero where the better-off have more of it, below zero where the poorer have.

    Parameters
    ----------
    column : str
        A numeric column, an amount per person.

    References
    ----------
    Kakwani, Wagstaff and van Doorslaer (1997), Journal of Econometrics 77, 87-103.
    """
    terms = (Term("one"), *_ranked(Term("amount", column=column), Term("welfare")))
    label = f"concentration index of {column} by welfare"
    return Measure(
        f"concentration({column})", terms, rules.gini, "plain", "index", label,
        undefined=collected("the column's mean is not above zero"),
    )  # fmt: skip


def kakwani(column: str) -> Measure:
    """Kakwani index: the concentration index of a tax or transfer less the Gini of welfare.

    Above zero for a progressive tax; below zero for a transfer that reaches the poorer more
    than welfare does.

    Parameters
    ----------
    column : str
        What each person pays or receives; welfare is that before it.

    References
    ----------
    Kakwani (1977), Economic Journal 87, 71-80.
    """
    label = f"Kakwani index of {column}"
    return _compared(f"kakwani({column})", column, rules.kakwani, label)


def reynolds_smolensky(after: str) -> Measure:
    """Reynolds-Smolensky index: the Gini of welfare less the concentration index afterwards.

    How far taxes and transfers take inequality down while ranks stay as they were.

    Parameters
    ----------
    after : str
        Column of welfare after taxes and transfers; the welfare column is that before.

    References
    ----------
    Reynolds and Smolensky (1977), Public Expenditures, Taxes, and the Distribution of Income.
    """
    label = f"Reynolds-Smolensky index to {after}"
    name = f"reynolds_smolensky({after})"
    return _compared(name, after, rules.reynolds_smolensky, label)


def _compared(name: str, column: str, rule: Rule, label: str) -> Measure:
    """A measure made of a concentration index and the Gini index of welfare."""
    x, y = Term("amount", column=column), Term("welfare")
    terms = (Term("one"), *_ranked(x, y), *_ranked(y))
    return Measure(
        name, terms, rule, "plain", "index", label, undefined=collected("a mean is not above zero")
    )


@ranged
def kolm(alpha: Annotated[float, KOLM]) -> Measure:
    """Kolm's absolute inequality: ln of the mean of exp(alpha (mean - y)), over alpha.

    In the unit of welfare: the same amount added to everyone changes nothing.

    Parameters
    ----------
    alpha : float
        Aversion to inequality, above 0, per unit of welfare: it goes with the currency.

    References
    ----------
    Kolm (1976), Journal of Economic Theory 12, 416-442.
    """
    a = float(alpha)
    least = Scalar("quantile", 0.0)
    terms = (Term("one"), Term("welfare"), Term("exp_below", alpha=a, at=least))
    return Measure(
        f"kolm({a:g})", terms, rules.kolm, "plain", "money", f"Kolm index, alpha = {a:g}",
        parameters=(a,), scalars=(least,), better="lower",
    )  # fmt: skip


def zenga() -> Measure:
    """Zenga index: how far the mean below each rank falls short of the mean above it.

    Over welfare above zero; tied values are one value.

    References
    ----------
    Zenga (2007), Statistica & Applicazioni 5, 3-27; Langel and Tillé (2012), Journal of
    Statistical Computation and Simulation 82, 1093-1110.
    """
    above = Term("one", positive=True)
    terms = (
        above, Term("welfare", positive=True),
        *(Term(kind, among=above, alpha=alpha, positive=True) for kind, alpha in (
            ("zenga", None), ("zenga_slope", 0.0), ("zenga_slope", 1.0), ("zenga_unit", None),
        )),
    )  # fmt: skip
    return _index("zenga", terms, rules.zenga, "Zenga index")


def wolfson() -> Measure:
    """Wolfson's polarisation index: 2 (mean/median) (1 - 2 L(1/2) - Gini).

    References
    ----------
    Wolfson (1994), American Economic Review 84, 353-358.
    """
    median = Scalar("quantile", 0.5)
    below = Term("at_most", at=median)
    terms = (
        Term("one"), *_ranked(Term("welfare")), below, Term("welfare", among=below),
        Term("kernel", at=median),
    )  # fmt: skip
    return _index(
        "wolfson", terms, rules.wolfson, "Wolfson polarisation index", scalars=(median,),
        undefined=collected("the mean or the median is not above zero"),
    )  # fmt: skip


def pay_gap(column: str, group: str) -> Measure:
    """How far the mean of one group is below that of all others, as a share of theirs.

    With hourly pay and a column that is 1 for women, the gender pay gap.

    Parameters
    ----------
    column : str
        A numeric column, such as hourly pay.
    group : str
        A column of zeros and ones; 1 for those who are compared with the rest.
    """
    pay, one = Term("amount", column=column), Term("one")
    theirs = Term("amount", column=group)
    terms = (replace(pay, among=theirs), theirs, pay, one, replace(theirs, among=theirs))
    return Measure(
        f"pay_gap({column}, {group})", terms, rules.pay_gap, "plain", "index",
        f"gap in {column} by {group}", better="lower",
        undefined=say(
            "one of the two groups is empty, the mean of the others is zero, or '{group}' is not "
            "0 or 1 everywhere", group=group,
        ),
    )  # fmt: skip


def median_ratio(group: str) -> Measure:
    """Median welfare of a group over that of all others.

    With a column that is 1 for persons of 65 and more, Eurostat's relative median income ratio.

    Parameters
    ----------
    group : str
        A column of zeros and ones; 1 for those who are compared with the rest.

    References
    ----------
    Eurostat (ilc_pnp2); Osier (2009), Survey Research Methods 3, 167-195.
    """
    theirs = Term("amount", column=group)
    parts = (theirs, Term("rest", of=theirs))
    medians = tuple(Scalar("quantile", 0.5, among=part) for part in parts)
    around = [
        term
        for at, part in zip(medians, parts, strict=True)
        for term in (Term("at_most", at=at), Term("kernel", at=at, of=part))
    ]
    terms = (theirs, replace(theirs, among=theirs), Term("one"), *around)
    return Measure(
        f"median_ratio({group})", terms, rules.median_ratio, "plain", "index",
        f"median of {group} over that of all others", scalars=medians, speaks_of=Term("one"),
        undefined=say(
            "one of the two groups is empty, the median of the others is not above zero, or "
            "'{group}' is not 0 or 1 everywhere", group=group,
        ),
    )  # fmt: skip


MEASURES = (
    ge, mld, theil, atkinson, j_divergence, renyi, amato, gini, concentration, kakwani,
    reynolds_smolensky, kolm, zenga, wolfson, pay_gap, median_ratio,
)  # fmt: skip
