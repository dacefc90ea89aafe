"""The distances of calibration: by how much a weight is multiplied, given x'lambda.

Deville and Särndal (1992), Journal of the American Statistical Association 87, 376-382: the
methods of section 2.2. Each distance gives the factor g = F(u), its derivative, and the integral
of F, whose sum the calibration minimises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from exitline.stats.data.sampling.calibration import CalibrationMethod

if TYPE_CHECKING:
    from exitline.arrays import Floats


Method = CalibrationMethod


class Distance(Protocol):
    """A calibration function."""

    def factor(self, u: Floats) -> Floats:
        """F(u): what the weight is multiplied by; 1 at 0."""
        ...

    def slope(self, u: Floats) -> Floats:
        """F'(u), zero where a bound is reached."""
        ...

    def integral(self, u: Floats) -> Floats:
        """The integral of F from 0 to u; convex."""
        ...


@dataclass(frozen=True)
class LinearDistance:
    """1 + u, cut at the bounds (methods 1 and 7 of Deville and Särndal).

    Examples
    --------
    >>> LinearDistance(0.5, 2.0).factor(np.array([-1.0, 0.0, 0.5, 3.0])).tolist()
    [0.5, 1.0, 1.5, 2.0]
    """

    low: Floats | float = -np.inf
    high: Floats | float = np.inf

    def factor(self, u: Floats) -> Floats:
        """See `Distance`."""
        return np.clip(1.0 + u, self.low, self.high)

    def slope(self, u: Floats) -> Floats:
        """See `Distance`."""
        return ((1.0 + u > self.low) & (1.0 + u < self.high)).astype(np.float64)

    def integral(self, u: Floats) -> Floats:
        """See `Distance`."""
        inside = np.clip(u, np.subtract(self.low, 1.0), np.subtract(self.high, 1.0))
        return inside + inside**2 / 2.0 + (u - inside) * (1.0 + inside)


@dataclass(frozen=True)
class Raking:
    """exp(u), cut at the bounds (method 2): what iterative proportional fitting converges to."""

    low: Floats | float = 0.0
    high: Floats | float = np.inf

    def factor(self, u: Floats) -> Floats:
        """See `Distance`."""
        with np.errstate(over="ignore"):
            return np.clip(np.exp(u), self.low, self.high)

    def slope(self, u: Floats) -> Floats:
        """See `Distance`."""
        with np.errstate(over="ignore"):
            raw = np.exp(u)
        return np.where((raw > self.low) & (raw < self.high), raw, 0.0)

    def integral(self, u: Floats) -> Floats:
        """See `Distance`."""
        with np.errstate(over="ignore", divide="ignore"):
            inside = np.clip(u, np.log(self.low), np.log(self.high))
            return np.expm1(inside) + (u - inside) * np.exp(inside)


@dataclass(frozen=True)
class Logit:
    """Between the bounds by a logistic curve (method 6).

    Examples
    --------
    >>> logit = Logit(0.5, 2.0)
    >>> logit.factor(np.array([-50.0, 0.0, 50.0])).round(9).tolist()
    [0.5, 1.0, 2.0]
    """

    low: Floats | float
    high: Floats | float

    def _odds(self, u: Floats) -> tuple[Floats | float, Floats]:
        """The rate A of the curve, and where between the bounds it is."""
        rate = (self.high - self.low) / ((self.high - 1.0) * (1.0 - self.low))
        start = np.log1p(-np.asarray(self.low)) - np.log(np.asarray(self.high) - 1.0)
        share = 1.0 / (1.0 + np.exp(-np.clip(rate * u + start, -700.0, 700.0)))
        return rate, share

    def factor(self, u: Floats) -> Floats:
        """See `Distance`."""
        return np.asarray(self.low + (self.high - self.low) * self._odds(u)[1])

    def slope(self, u: Floats) -> Floats:
        """See `Distance`."""
        rate, share = self._odds(u)
        return np.asarray((self.high - self.low) * rate * share * (1.0 - share))

    def integral(self, u: Floats) -> Floats:
        """See `Distance`."""
        rate, _ = self._odds(u)
        start = np.log1p(-np.asarray(self.low)) - np.log(np.asarray(self.high) - 1.0)
        grown = np.logaddexp(0.0, rate * u + start) - np.logaddexp(0.0, start)
        return np.asarray(self.low * u + (self.high - self.low) / rate * grown)
