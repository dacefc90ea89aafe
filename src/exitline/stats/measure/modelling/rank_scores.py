"""Rank scores of a column: its place in the estimated population, made a score of a rank test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import ibis

from exitline.stats.measure import portable
from exitline.stats.measure.modelling.regression_sums import KNOWN, RESPONSE

RankScores = Literal["wilcoxon", "vanderWaerden", "median", "KruskalWallis"]
SAME = 1e-12
"""Shares of the population that are this close to a half are a half."""

# Wichura (1988), algorithm AS 241 (PPND16), constants first: numerator and denominator of the
# normal quantile near the middle, in the tails, and far out.
_MIDDLE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
_TAIL = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
_FAR = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip
TESTS: Mapping[RankScores, str] = MappingProxyType({
    "wilcoxon": "share", "KruskalWallis": "share", "vanderWaerden": "normal", "median": "half",
})  # fmt: skip


def with_rank_scores(table: Any, weight: Any, test: RankScores) -> Any:
    """The table with rank scores in place of the response, on rows that take part.

    The rank of a row is the weight below it and half of the weight of all rows with its value,
    so that neither ties nor the order of rows matter.

    Parameters
    ----------
    table : ibis.Table
        From `exitline.stats.measure.modelling.regression_sums.with_values`.
    weight : ibis expression
    test : {"wilcoxon", "vanderWaerden", "median", "KruskalWallis"}

    Returns
    -------
    ibis.Table

    References
    ----------
    Lumley and Scott (2013), Biometrika 100, 831-842.
    """
    inside = ibis.ifelse(table[KNOWN] == 1.0, weight, 0.0)
    share = share_below(table[RESPONSE], inside)
    table = table.mutate(exitline__share=share)
    share = table["exitline__share"]
    if TESTS[test] == "half":
        score = ibis.ifelse(share - 0.5 > SAME, 1.0, 0.0)
    elif TESTS[test] == "normal":
        table, score = _with_normal(table)
    else:
        score = share
    known = table[KNOWN] == 1.0
    return table.mutate(**{RESPONSE: ibis.ifelse(known, score, ibis.null("float64"))})


def share_below(rank: Any, weight: Any, within: Any = None) -> Any:
    """The share of all, or of its own area, that ranks below a row, with half of those equal.

    Parameters
    ----------
    rank, weight : ibis expressions
    within : ibis expression, optional
        The area.
    """
    window = {"group_by": within, "order_by": rank}
    upto = weight.sum().over(ibis.range_window(preceding=None, following=0, **window))
    equal = weight.sum().over(ibis.range_window(preceding=0, following=0, **window))
    return (upto - equal / 2.0) / weight.sum().over(ibis.window(group_by=within))


def _with_normal(table: Any) -> tuple[Any, Any]:
    """The table with what the quantile is made of, and the normal quantile of each share."""
    share = table["exitline__share"]
    away = share - 0.5
    tail = ibis.ifelse(away < 0, share, 1.0 - share)
    table = table.mutate(
        exitline__away=away, exitline__near=0.180625 - away * away,
        exitline__far=(-portable.log(tail)).sqrt(),
    )  # fmt: skip
    away, near, far = (table[f"exitline__{name}"] for name in ("away", "near", "far"))
    outside = ibis.ifelse(far <= 5.0, _ratio(_TAIL, far - 1.6), _ratio(_FAR, far - 5.0))
    outside = ibis.ifelse(away < 0, -outside, outside)
    return table, ibis.ifelse(near >= 0, away * _ratio(_MIDDLE, near), outside)


def _ratio(constants: tuple[Sequence[float], Sequence[float]], at: Any) -> Any:
    """A quotient of two polynomials."""
    above, below = (_polynomial(one, at) for one in constants)
    return above / below


def _polynomial(constants: Sequence[float], at: Any) -> Any:
    """By Horner's rule, the constant first."""
    found = portable.double(constants[-1])
    for one in reversed(constants[:-1]):
        found = found * at + portable.double(one)
    return found
