"""Quantiles of welfare, and thresholds that are a share of one."""

from __future__ import annotations

from dataclasses import replace

from exitline.errors import MeasureError, nearest
from exitline.stats.measure import rules
from exitline.stats.measure.measures.counts import ratio_of
from exitline.stats.measure.model import Measure, Scalar, Term, Woodruff
from exitline.stats.measure.passes.inverse import RULES
from exitline.stats.measure.ranges import PROBABILITY, OfQuantile, Probability, ranged
from exitline.words.intervals import QUANTILES, REPLICATES


@ranged
def quantile(p: Probability, rule: str = "math", interval: str = "") -> Measure:
    """The welfare below or at which a share p of persons lives.

    With Woodruff's interval: the limits of the share at or below it, and the quantiles there, by
    the same rule.

    Parameters
    ----------
    p : float
        Between 0 and 1.
    rule : str
        R's ``qrule``: "math" (the inverse distribution function), "school", or "hf1" to "hf9",
        the types of Hyndman and Fan (1996).
    interval : str
        R's ``interval.type``: "mean", "beta", "xlogit", "asin", or another method of shares
        (`exitline.words.intervals.QUANTILES`); "replicates" is symmetric, with the figure's own
        standard error. What the study says, or "mean", unless given.

    References
    ----------
    Woodruff (1952), Journal of the American Statistical Association 47, 635-646; Hyndman and Fan
    (1996), The American Statistician 50, 361-365; Osier (2009), Survey Research Methods 3,
    167-195.
    """
    label = "median welfare" if p == 0.5 else f"welfare at quantile {p:g}"
    one_of("the rule of a quantile", rule, RULES)
    one_of("the kind of a quantile's interval", interval or "mean", QUANTILES)
    more = {"rule": rule, "interval": interval}
    said = [f"{k}={v!r}" for k, v in more.items() if v != {"rule": "math", "interval": ""}[k]]
    name = f"quantile({', '.join([f'{p:g}', *said])})"
    name = "median" if p == 0.5 and not said else name
    return _at(name, Scalar("quantile", float(p), rule=rule), 1.0, label, interval)


def median() -> Measure:
    """Median welfare of persons."""
    return quantile(0.5)


@ranged
def at_risk_threshold(share: OfQuantile = 0.6, p: Probability = 0.5) -> Measure:
    """The at-risk-of-poverty threshold: a share of a quantile of the domain's own welfare.

    Parameters
    ----------
    share : float
        Such as 0.6 (Eurostat); above 0, up to 1.
    p : float
        The probability of the quantile; 0.5 is the median.
    """
    plain = share == 0.6 and p == 0.5
    name = "at_risk_threshold" if plain else f"at_risk_threshold({share:g}, {p:g})"
    of = "the median" if p == 0.5 else f"quantile {p:g}"
    label = f"at-risk-of-poverty threshold, {share:g} of {of}"
    return _at(name, Scalar("quantile", float(p)), share, label, "")


def _at(name: str, at: Scalar, share: float, label: str, interval: str) -> Measure:
    """share x a quantile."""
    p = probability(at.alpha or 0.0)
    terms = (Term("one"), Term("at_most", at=at, moves=True), Term("kernel", at=at))
    woodruff = None if interval == REPLICATES else Woodruff(at, share, interval)
    return Measure(
        name, terms, rules.quantile, "plain", "money", label, parameters=(p, share),
        scalars=(at,), better="higher", woodruff=woodruff,
    )  # fmt: skip


def probability(p: float) -> float:
    """The probability of a quantile, if it is one.

    Parameters
    ----------
    p : float

    Raises
    ------
    MeasureError
    """
    return PROBABILITY.check(p)


def one_of(what: str, given: str, known: tuple[str, ...]) -> None:
    """Refuse a word that is none of those known.

    Parameters
    ----------
    what : str
        In words, for the message.
    given : str
    known : tuple of str

    Raises
    ------
    MeasureError
    """
    if given not in known:
        raise MeasureError(
            f"{what} is not known",
            expected="one of " + ", ".join(known),
            got=repr(given),
            remedy=nearest(given, known) or f"leave it out for {known[0]!r}",
        )


def share_at_or_below(measure: Measure) -> Measure:
    """The share of persons at or below the quantile of a measure, which stays where it is.

    Parameters
    ----------
    measure : Measure
        One that has `woodruff`.
    """
    assert measure.woodruff is not None
    at = replace(measure.woodruff.at, fixed=True)
    everyone = Term("one", at.unit) if at.among is None else at.among
    term = Term("at_most", at.unit, at=at)
    name = f"share at or below {measure.name}"
    return ratio_of(name, term, everyone, "share", name, own_line=measure.own_line)


MEASURES = (quantile, median, at_risk_threshold)
