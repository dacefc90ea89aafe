"""Poverty and inequality of a fitted curve, solved: roots and integrals to the last digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan
from typing import TYPE_CHECKING

import numpy as np
from scipy.integrate import tanhsinh

from exitline.stats.grouped_data.curve import NEGLIGIBLE, LorenzCurve

if TYPE_CHECKING:
    from exitline.arrays import Floats


_NEGATIVE = "the curve gives some people negative welfare, whose logarithm does not exist"
_INFINITE = "the integral is infinite for this curve"
_TOLERANCE = 1e-13
_FIRST, _LAST = 5, 12
"""Halvings of the step; the fifth is fine enough for nearly all."""
_MIDDLE = 0.5


@dataclass(frozen=True)
class SolvedFigure:
    """A value, and why it is missing where it is.

    Attributes
    ----------
    value : float
    reason : str
    """

    value: float
    reason: str = ""


def headcount(curve: LorenzCurve, ratio: float) -> SolvedFigure:
    """Share of people below the line.

    Parameters
    ----------
    curve : LorenzCurve
    ratio : float
        The line over the mean.
    """
    return SolvedFigure(curve.headcount(ratio))


def poverty_gap(curve: LorenzCurve, ratio: float) -> SolvedFigure:
    """PG = H - (mean / z) L(H): Datt (1998).

    Parameters
    ----------
    curve : LorenzCurve
    ratio : float
        The line over the mean.
    """
    total = 0.0
    for weight, part, level in curve.parts:
        poor = part.headcount(ratio / level)
        total += weight * (poor - float(part.lorenz(np.array(poor))) * level / ratio)
    return SolvedFigure(total)


def fgt(curve: LorenzCurve, ratio: float, alpha: float) -> SolvedFigure:
    """Integral over the poor of (1 - x / z)^alpha: Foster, Greer and Thorbecke (1984).

    Parameters
    ----------
    curve : LorenzCurve
    ratio : float
        The line over the mean.
    alpha : float
    """
    if alpha == 0:
        return headcount(curve, ratio)
    if alpha == 1:
        return poverty_gap(curve, ratio)

    total = 0.0
    for weight, part, level in curve.parts:
        total += weight * _gaps(part, ratio / level, alpha)
    return _finite(total)


def _gaps(curve: LorenzCurve, ratio: float, alpha: float) -> float:
    """The same of one population."""

    def gap(p: Floats, q: Floats) -> Floats:
        found: Floats = np.maximum(1 - curve.slope(p, q) / ratio, 0.0) ** alpha
        return found

    return over_people(gap, 0.0, curve.headcount(ratio))


def watts(curve: LorenzCurve, ratio: float) -> SolvedFigure:
    """Integral over the poor of ln(z / x): Watts (1968).

    Parameters
    ----------
    curve : LorenzCurve
    ratio : float
        The line over the mean.
    """
    return _logs(curve, lambda s: np.log(ratio) - np.log(s), ratio)


def gini(curve: LorenzCurve) -> SolvedFigure:
    """Twice the integral of p - L(p); of several populations 2 cov(x, F(x)) / mean.

    Parameters
    ----------
    curve : LorenzCurve
    """
    if len(curve.parts) == 1:
        return _finite(2 * over_people(lambda p, _: p - curve.lorenz(p)))
    total = 0.0
    for weight, part, level in curve.parts:

        def at(p: Floats, q: Floats, part: LorenzCurve = part, level: float = level) -> Floats:
            x = level * part.slope(p, q)
            found: Floats = x * (2 * curve.below(x) - 1)
            return found

        total += weight * over_people(at)
    return _finite(total)


def mld(curve: LorenzCurve) -> SolvedFigure:
    """Mean log deviation: integral of -ln(x / mean).

    Parameters
    ----------
    curve : LorenzCurve
    """
    return _logs(curve, lambda s: -np.log(s))


def theil(curve: LorenzCurve) -> SolvedFigure:
    """Integral of (x / mean) ln(x / mean).

    Parameters
    ----------
    curve : LorenzCurve
    """
    return _logs(curve, lambda s: s * np.log(s))


def ge(curve: LorenzCurve, epsilon: float) -> SolvedFigure:
    """Generalised entropy: integral of ((x / mean)^e - 1) / (e (e - 1)).

    Parameters
    ----------
    curve : LorenzCurve
    epsilon : float
        0 is the mean log deviation, 1 Theil's index.
    """
    if epsilon in (0, 1):
        return mld(curve) if epsilon == 0 else theil(curve)
    return _logs(curve, lambda s: (s**epsilon - 1) / (epsilon * (epsilon - 1)))


def atkinson(curve: LorenzCurve, epsilon: float) -> SolvedFigure:
    """1 - (integral of (x / mean)^(1 - e))^(1 / (1 - e)): Atkinson (1970).

    Parameters
    ----------
    curve : LorenzCurve
    epsilon : float
        Above 0.
    """
    if epsilon == 1:
        logs = mld(curve)
        return SolvedFigure(1 - float(np.exp(-logs.value)), logs.reason)
    mean = _logs(curve, lambda s: s ** (1 - epsilon))
    return SolvedFigure(1 - mean.value ** (1 / (1 - epsilon)), mean.reason)


def _logs(
    curve: LorenzCurve, value: Callable[[Floats], Floats], ratio: float = inf
) -> SolvedFigure:
    """An integral over those below a line, or over all, that needs positive welfare."""
    if any(part.negative > NEGLIGIBLE for _, part, _ in curve.parts):
        return SolvedFigure(nan, _NEGATIVE)
    total = 0.0
    for weight, part, level in curve.parts:

        def at(p: Floats, q: Floats, part: LorenzCurve = part, level: float = level) -> Floats:
            return value(level * part.slope(p, q))

        high = 1.0 if ratio == inf else part.headcount(ratio / level)
        total += weight * over_people(at, part.negative, high)
    return _finite(total)


def _finite(value: float) -> SolvedFigure:
    return SolvedFigure(value) if np.isfinite(value) else SolvedFigure(nan, _INFINITE)


def over_people(
    value: Callable[[Floats, Floats], Floats], low: float = 0.0, high: float = 1.0
) -> float:
    """Integral of value(p, 1 - p) over p, by the double exponential rule (Takahasi, Mori 1974).

    Functions of welfare have poles and branch points at both ends. The upper half is
    integrated over 1 - p, so that nothing is lost to rounding where p is close to 1.

    Parameters
    ----------
    value : callable
        Takes arrays of p and of 1 - p.
    low, high : float

    Returns
    -------
    float
        NaN where it does not converge.

    Examples
    --------
    >>> round(over_people(lambda p, q: q**-0.5), 12)
    2.0
    """
    if not high > low:
        return 0.0
    parts = []
    if low < _MIDDLE:
        parts.append(_one(lambda p: value(p, 1 - p), low, min(high, _MIDDLE)))
    if high > _MIDDLE:
        parts.append(_one(lambda q: value(1 - q, q), 1 - high, 1 - max(low, _MIDDLE)))
    return float(sum(parts))


def _one(function: Callable[[Floats], Floats], low: float, high: float) -> float:
    with np.errstate(all="ignore"):
        found = tanhsinh(
            function, low, high, rtol=_TOLERANCE, atol=1e-16, minlevel=_FIRST, maxlevel=_LAST
        )
    return float(found.integral) if np.isfinite(found.integral) else float("nan")
