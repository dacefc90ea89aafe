"""Integrals over people from poorest to richest, to the last digits that floats hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy.integrate import tanhsinh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TOLERANCE = 1e-13
_FIRST, _LAST = 5, 12
"""Halvings of the step; the fifth is fine enough for nearly all."""
_MIDDLE = 0.5


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
