"""Figures made of what those below or above quantiles have, with their gradients.

As in `exitline.stats.measure.rules`. The totals are N = sum w and Y = sum w y, then for each
quantile F = sum w 1(y <= q) and S = sum w y 1(y <= q), and what the rule says beyond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.measure.model import Given, Linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def _ordinate(given: Given, index: int, p: float) -> Linear:
    """L(p) = (S + q (p N - F)) / Y: of the household in which p falls, a part counts.

    The quantile that `found` holds first is the value q of that household; S and F are taken at
    the second, which lies between its value and the one before, as convey takes it. The derivative
    with respect to q is zero, so that no density is needed.
    """
    N, Y = given.totals[:, 0], given.totals[:, 1]
    F, S = given.totals[:, 2 + 2 * index], given.totals[:, 3 + 2 * index]
    q, between = given.found[:, 2 * index], given.found[:, 2 * index + 1]
    gradient = np.zeros_like(given.totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (S + q * (p * N - F)) / Y
        parts = {0: p * between / Y, 1: -value / Y, 2 + 2 * index: -between / Y,
                 3 + 2 * index: 1.0 / Y}  # fmt: skip
    for column, part in parts.items():
        gradient[:, column] = part
    return _where(Y > 0, Linear(value, gradient))


def _where(there: NDArray[np.bool_], linear: Linear) -> Linear:
    """Nothing where a figure is not defined."""
    value = np.where(there, linear.value, np.nan)
    return Linear(value, np.where(there[:, None], linear.gradient, np.nan), linear.line)


def lorenz_sum(given: Given) -> Linear:
    """A constant and a sum of multiples of Lorenz ordinates.

    The parameters are the constant, then the probability and the multiple of each ordinate.

    References
    ----------
    Langel and Tillé (2011), Survey Research Methods 5, 1-10; Kovačević and Binder (1997), Journal
    of Official Statistics 13, 41-58.
    """
    constant, *rest = given.parameters
    value = np.full(len(given.totals), constant)
    gradient = np.zeros_like(given.totals)
    for index in range(len(rest) // 2):
        p, times = rest[2 * index : 2 * index + 2]
        one = _ordinate(given, index, p)
        value = value + times * one.value
        gradient = gradient + times * one.gradient
    return Linear(value, gradient)


def zenga_curve(given: Given) -> Linear:
    """Z(p) = (p - L) / (p (1 - L)); it moves with the ordinate L by (p - 1) / (p (1 - L)^2)."""
    (p,) = given.parameters
    one = _ordinate(given, 0, p)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (p - one.value) / (p * (1.0 - one.value))
        slope = (p - 1.0) / (p * (1.0 - one.value) ** 2)
    return _where(one.value < 1, Linear(value, slope[:, None] * one.gradient))


def lorenz_ratio(given: Given) -> Linear:
    """(1 - L(upper)) / L(lower); the parameters are both probabilities."""
    lower, upper = given.parameters
    below, above = _ordinate(given, 0, lower), _ordinate(given, 1, upper)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (1.0 - above.value) / below.value
        slope = (1.0 / below.value)[:, None]
        gradient = -slope * above.gradient - slope * value[:, None] * below.gradient
    return _where(below.value > 0, Linear(value, gradient))


@dataclass(frozen=True)
class _Sums:
    """Sums below a quantile as convey linearises them: S moves with w by y 1(y <= q) and, because
    q does, by -(1(y <= q) - p) M, with M the mean of y at q by kernels (functions svyisq, densfun).
    """

    value: Floats
    gradient: Floats
    people: Floats


def _below(given: Given, index: int, p: float) -> _Sums:
    """What those at or below a quantile have, from F, S and the kernels of 1 and of y there."""
    at = 2 + 4 * index
    F, S, K, V = (given.totals[:, at + i] for i in range(4))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(K > 0, V / K, np.nan)
    gradient = np.zeros_like(given.totals)
    gradient[:, 0], gradient[:, at], gradient[:, at + 1] = p * mean, -mean, 1.0
    return _Sums(S, gradient, F)


def bottom_sum(given: Given) -> Linear:
    """What those at or below a quantile have; the parameter is its probability."""
    one = _below(given, 0, given.parameters[0])
    return Linear(one.value.copy(), one.gradient)


def top_sum(given: Given) -> Linear:
    """What those above a quantile have; the parameter is its probability."""
    one = _below(given, 0, given.parameters[0])
    gradient = -one.gradient
    gradient[:, 1] = 1.0
    return Linear(given.totals[:, 1] - one.value, gradient)


def sum_ratio(given: Given) -> Linear:
    """What those above a quantile have over what those at or below another have (convey).

    The parameters are both probabilities, and 1 for the ratio of means instead (Eurostat): the
    two differ where quantiles divide no household, and have one linearisation.
    """
    lower, upper, means = given.parameters
    below, above = _below(given, 0, lower), _below(given, 1, upper)
    N, Y = given.totals[:, 0], given.totals[:, 1]
    top = Y - above.value
    gradient = -above.gradient
    gradient[:, 1] += 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        value = top / below.value
        gradient = (gradient - value[:, None] * below.gradient) / below.value[:, None]
        if means:
            rich = N - above.people
            value = np.where(rich > 0, value * below.people / rich, np.nan)
    return _where((below.value > 0) & ~np.isnan(value), Linear(value, gradient))
