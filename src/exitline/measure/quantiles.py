"""Quantiles of welfare, and thresholds that are a share of one."""

from __future__ import annotations

from exitline.errors import MeasureError
from exitline.measure import rules
from exitline.measure.model import Measure, Scalar, Term


def quantile(p: float) -> Measure:
    """The welfare below or at which a share p of persons lives.

    By the inverse distribution function (R's ``qrule = "math"``), with Woodruff's interval.

    Parameters
    ----------
    p : float
        Between 0 and 1.

    References
    ----------
    Woodruff (1952), Journal of the American Statistical Association 47, 635-646; Osier (2009),
    Survey Research Methods 3, 167-195.
    """
    label = "median welfare" if p == 0.5 else f"welfare at quantile {p:g}"
    return _at("median" if p == 0.5 else f"quantile({p:g})", p, 1.0, label)


def median() -> Measure:
    """Median welfare of persons."""
    return quantile(0.5)


def at_risk_threshold(share: float = 0.6, p: float = 0.5) -> Measure:
    """The at-risk-of-poverty threshold: a share of a quantile of the domain's own welfare.

    Parameters
    ----------
    share : float
        Such as 0.6 (Eurostat); above 0.
    p : float
        The probability of the quantile; 0.5 is the median.
    """
    if not 0 < share < float("inf"):
        raise MeasureError(
            "the share of an at-risk threshold must be above zero",
            expected="a number such as 0.6",
            got=str(share),
            remedy="write 60 % as 0.6",
        )
    plain = share == 0.6 and p == 0.5
    name = "at_risk_threshold" if plain else f"at_risk_threshold({share:g}, {p:g})"
    of = "the median" if p == 0.5 else f"quantile {p:g}"
    return _at(name, p, share, f"at-risk-of-poverty threshold, {share:g} of {of}")


def _at(name: str, p: float, share: float, label: str) -> Measure:
    """share x the quantile of probability p."""
    if not 0 < p < 1:
        raise MeasureError(
            "there is no quantile of this probability",
            expected="a number between 0 and 1",
            got=str(p),
            remedy="write the tenth percentile as quantile(0.1)",
        )
    at = Scalar("quantile", float(p))
    terms = (Term("one"), Term("at_most", at=at), Term("kernel", at=at))
    return Measure(
        name, terms, rules.quantile, "woodruff", "money", label, parameters=(float(p), share),
        scalars=(at,), better="higher",
    )  # fmt: skip


MEASURES = (quantile, median, at_risk_threshold)
