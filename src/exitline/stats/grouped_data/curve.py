"""What every curve fitted to grouped data can be asked, and what follows from its slope alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from exitline.arrays import Floats


NEGLIGIBLE = 1e-7
"""Share of people (one in ten million) below which a fault of a curve is of no account."""


class LorenzCurve(ABC):
    """A Lorenz curve L(p) with slope x(p) / mean: welfare of the person at p over the mean.

    Slopes take p and q = 1 - p, each exact where it is small.
    """

    name: str

    @property
    @abstractmethod
    def parameters(self) -> dict[str, float]:
        """Parameters by the names that the paper gives them."""

    @abstractmethod
    def lorenz(self, p: Floats) -> Floats:
        """Share of welfare of the poorest p."""

    @abstractmethod
    def slope(self, p: Floats, q: Floats) -> Floats:
        """Welfare of the person at p, over the mean."""

    @abstractmethod
    def below(self, ratios: Floats) -> Floats:
        """Share of people whose welfare over the mean is below each ratio."""

    def headcount(self, ratio: float) -> float:
        """Share of people whose welfare over the mean is below `ratio`.

        Parameters
        ----------
        ratio : float
        """
        return _headcount(self, float(ratio))

    @abstractmethod
    def faults(self) -> tuple[str, ...]:
        """Why this is not the Lorenz curve of anything, in words; nothing where it is one."""

    @property
    def negative(self) -> float:
        """Share of people whose welfare the curve makes negative."""
        return 0.0

    def at(self, p: float) -> float:
        """Welfare over the mean of the person at p.

        Parameters
        ----------
        p : float
        """
        return float(self.slope(np.asarray(p, dtype=float), np.asarray(1.0 - p)))

    @property
    def parts(self) -> tuple[tuple[float, LorenzCurve, float], ...]:
        """Populations that the curve is made of: weight, curve, their mean over that of all."""
        return ((1.0, self, 1.0),)


@lru_cache(maxsize=10_000)
def _headcount(curve: LorenzCurve, ratio: float) -> float:
    """Every figure at a line begins with the headcount; it is solved once."""
    return float(curve.below(np.array([ratio]))[0])
