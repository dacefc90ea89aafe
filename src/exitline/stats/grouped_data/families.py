"""Families of distributions: their free parameters, where a search begins and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.grouped_data.curve import LorenzCurve
from exitline.stats.grouped_data.parametric import GB2, Lognormal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_A, _P, _OVER = (-2.3, 3.0), (-4.6, 11.0), (-6.9, 6.9)
"""Least and most logarithm of a, of p, and of what keeps the mean finite."""


@dataclass(frozen=True)
class Family:
    """A family of distributions.

    Attributes
    ----------
    make : callable
        The curve of free parameters: logarithms, so that every value is allowed.
    starts : tuple of tuple of float
        Where searches begin.
    bounds : tuple of pair of float
        Least and most of each free parameter.
    """

    make: Callable[[Floats], LorenzCurve]
    starts: tuple[tuple[float, ...], ...]
    bounds: tuple[tuple[float, float], ...]

    @property
    def ends(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The least of each free parameter, and the most."""
        return tuple(low for low, _ in self.bounds), tuple(high for _, high in self.bounds)


def _lognormal(free: Floats) -> LorenzCurve:
    return Lognormal(float(np.exp(free[0])))


def _gb2(free: Floats) -> LorenzCurve:
    """From logarithms of a, p and a q - 1: the mean always exists."""
    a, p, over = (float(v) for v in np.exp(free))
    return GB2(a, p, (1 + over) / a)


def _singh_maddala(free: Floats) -> LorenzCurve:
    """p = 1."""
    a, over = (float(v) for v in np.exp(free))
    return GB2(a, 1.0, (1 + over) / a, "singh_maddala")


def _dagum(free: Floats) -> LorenzCurve:
    """q = 1; the mean exists above a = 1."""
    over, p = (float(v) for v in np.exp(free))
    return GB2(1 + over, p, 1.0, "dagum")


def _beta2(free: Floats) -> LorenzCurve:
    """a = 1; the mean exists above q = 1."""
    p, over = (float(v) for v in np.exp(free))
    return GB2(1.0, p, 1 + over, "beta2")


def _logs(*starts: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in np.log(start)) for start in starts)


FAMILIES: dict[str, Family] = {
    "lognormal": Family(_lognormal, _logs([0.5], [1.0]), ((-4.6, 2.0),)),
    "gb2": Family(_gb2, _logs([2.0, 1.0, 1.0], [1.0, 2.0, 2.0], [4.0, 0.7, 1.8]), (_A, _P, _OVER)),
    "singh_maddala": Family(_singh_maddala, _logs([2.0, 1.0], [4.0, 1.0]), (_A, _OVER)),
    "dagum": Family(_dagum, _logs([1.0, 1.0], [2.0, 0.5]), (_OVER, _P)),
    "beta2": Family(_beta2, _logs([2.0, 2.0], [20.0, 2.0]), (_P, _OVER)),
}
"""Each family by its name: the lognormal, the GB2 and its special cases (McDonald 1984)."""
