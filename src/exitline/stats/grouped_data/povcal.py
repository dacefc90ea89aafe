"""The two Lorenz curves of the World Bank's POVCAL, as in Datt (1998).

The general quadratic is Villasenor and Arnold's (1989), the beta Kakwani's (1980).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.optimize.elementwise import find_root

from exitline.stats.grouped_data.curve import NEGLIGIBLE, LorenzCurve

if TYPE_CHECKING:
    from exitline.arrays import Floats

_END = 1e-9
_FARTHEST = 690.0


@dataclass(frozen=True)
class Quadratic(LorenzCurve):
    """L(1 - L) = a (p^2 - L) + b L (p - 1) + c (p - L): Villasenor and Arnold (1989), eq. 15.

    Solved for L (Datt 1998): L = -(b p + e + sqrt(m p^2 + n p + e^2)) / 2 with
    e = -(a + b + c + 1), m = b^2 - 4 a, n = 2 b e - 4 c.

    Parameters
    ----------
    a, b, c : float
    """

    a: float
    b: float
    c: float
    name = "quadratic"

    @property
    def parameters(self) -> dict[str, float]:
        """a, b and c."""
        return {"a": self.a, "b": self.b, "c": self.c}

    @property
    def e(self) -> float:
        """Datt's e."""
        return -(self.a + self.b + self.c + 1)

    @property
    def m(self) -> float:
        """Datt's m."""
        return self.b**2 - 4 * self.a

    @property
    def n(self) -> float:
        """Datt's n."""
        return 2 * self.b * self.e - 4 * self.c

    @property
    def discriminant(self) -> float:
        """n^2 - 4 m e^2: r^2 of Datt; the curve bends upwards where it is positive."""
        return self.n**2 - 4 * self.m * self.e**2

    def _root(self, p: Floats, q: Floats) -> Floats:
        """sqrt(m p^2 + n p + e^2), from the nearer end, where it may be small; NaN below 0."""
        end = (self.a + self.c - 1) ** 2
        near_1 = end - (2 * self.m + self.n) * q + self.m * q**2
        near_0 = self.m * p**2 + self.n * p + self.e**2
        with np.errstate(all="ignore"):
            found: Floats = np.sqrt(np.where(p > 0.5, near_1, near_0))
        return found

    def lorenz(self, p: Floats) -> Floats:
        """Share of welfare of the poorest p."""
        found: Floats = -(self.b * p + self.e + self._root(p, 1 - p)) / 2
        return found

    def slope(self, p: Floats, q: Floats) -> Floats:
        """L'(p) = -b / 2 - (2 m p + n) / (4 sqrt(m p^2 + n p + e^2)): Datt (1998)."""
        with np.errstate(all="ignore"):
            found: Floats = -self.b / 2 - (2 * self.m * p + self.n) / (4 * self._root(p, q))
        return found

    def below(self, ratios: Floats) -> Floats:
        """H = -(n + r t / sqrt(t^2 - m)) / (2 m) with t = b + 2 z / mean: Datt (1998).

        Where n and the other term have opposite signs it is multiplied by their difference
        above and below, so that no digits are lost; this also holds at m = 0.
        """
        t = self.b + 2 * np.asarray(ratios, dtype=float)
        with np.errstate(all="ignore"):
            inside = t * t - self.m
            root = np.sqrt(self.discriminant) * t / np.sqrt(inside)
            plain = -(self.n + root) / (2 * self.m)
            safe = (self.n**2 - 4 * t * t * self.e**2) / (inside * 2 * (self.n - root))
            found = np.where((self.n * root > 0) & (self.m != 0), plain, safe)
        low, high = self.at(0.0), self.at(1.0)
        found = np.where((inside <= 0) | (ratios >= high), 1.0, np.clip(found, 0.0, 1.0))
        return np.where(ratios <= low, 0.0, found)

    @property
    def negative(self) -> float:
        """Where the slope is below 0 at p = 0, the share of people up to its zero."""
        return 0.0 if self.at(0.0) >= 0 else self.headcount(0.0)

    def faults(self) -> tuple[str, ...]:
        """Datt (1998): e < 0, a + c >= 1, c >= 0, and a real root that bends upwards."""
        found = []
        if not self.discriminant > 0:
            found.append("the curve does not bend upwards (n^2 - 4 m e^2 is not positive)")
        if not self._real():
            return (*found, "the curve has no value for some people (its root is negative)")
        if self.e >= 0:
            found.append("the curve does not begin at (0, 0) (a + b + c is below -1)")
        if self.a + self.c < 1 - _END:
            found.append(
                f"the curve ends at {self.a + self.c:.4f}, not at 1: the richest few hold "
                f"{100 * (1 - self.a - self.c):.2f} % of welfare outside it (a + c is below 1)"
            )
        if self.e < 0 and self.negative > NEGLIGIBLE:
            found.append(
                f"the poorest {100 * self.negative:.3g} % would have negative welfare "
                "(c is below 0)"
            )
        return tuple(found)

    def _real(self) -> bool:
        """Whether m p^2 + n p + e^2 is positive throughout (0, 1)."""
        if self.m > 0 and 0 < -self.n < 2 * self.m:
            return self.discriminant < 0
        return True


@dataclass(frozen=True)
class Beta(LorenzCurve):
    """L(p) = p - theta p^gamma (1 - p)^delta: Kakwani (1980).

    Parameters
    ----------
    theta, gamma, delta : float
    """

    theta: float
    gamma: float
    delta: float
    name = "beta"

    @property
    def parameters(self) -> dict[str, float]:
        """theta, gamma and delta."""
        return {"theta": self.theta, "gamma": self.gamma, "delta": self.delta}

    def lorenz(self, p: Floats) -> Floats:
        """Share of welfare of the poorest p."""
        with np.errstate(all="ignore"):
            found: Floats = p - self.theta * p**self.gamma * (1 - p) ** self.delta
        return found

    def slope(self, p: Floats, q: Floats) -> Floats:
        """1 - theta p^gamma q^delta (gamma / p - delta / q): Datt (1998).

        Powers are joined first, so that nothing is 0 times infinity.
        """
        with np.errstate(all="ignore"):
            found: Floats = (
                1
                - self.theta * self.gamma * p ** (self.gamma - 1) * q**self.delta
                + self.theta * self.delta * p**self.gamma * q ** (self.delta - 1)
            )
        return found

    def below(self, ratios: Floats) -> Floats:
        """The roots of slope(p) = z / mean, solved in ln(p / (1 - p)) to the last digits."""
        ratios = np.asarray(ratios, dtype=float)
        low = self._lowest()
        ends = self.slope(*_both(np.array([low, _FARTHEST])))
        inside = (ratios > ends[0]) & (ratios < ends[1])
        found = np.where(ratios >= ends[1], 1.0, 0.0)
        if inside.sum() == 1:  # the same root, without the cost of arrays
            found[inside] = self._root(float(ratios[inside][0]), low)
        elif inside.any():

            def over(logit: Floats, ratio: Floats) -> Floats:
                return self.slope(*_both(logit)) - ratio

            roots = find_root(
                over, (low, _FARTHEST),
                args=(ratios[inside],), tolerances={"xatol": 1e-14, "xrtol": 1e-15},
                maxiter=2000,
            )  # fmt: skip
            found[inside] = _both(roots.x)[0]
        return found

    def _root(self, ratio: float, low: float) -> float:
        """The root for one ratio."""
        less, power, more = self.gamma - 1, self.delta - 1, self.theta

        def above(logit: float) -> float:
            p, q = np.float64(1 / (1 + exp(-logit))), np.float64(1 / (1 + exp(logit)))
            falls = more * self.gamma * p**less * q**self.delta
            return float(1 - falls + more * self.delta * p**self.gamma * q**power - ratio)

        with np.errstate(all="ignore"):
            root: float = brentq(above, low, _FARTHEST, xtol=1e-14, rtol=1e-15, maxiter=2000)
        return float(1 / (1 + exp(-root)))

    def _lowest(self) -> float:
        """ln(p / q) where the slope is lowest; far out unless gamma is above 1.

        The slope rises where gamma (1 - gamma) q^2 + 2 gamma delta p q + delta (1 - delta) p^2
        is positive (Datt 1998).
        """
        if self.gamma <= 1 or not 0 < self.delta <= 1:
            return -_FARTHEST
        one = [
            self.delta * (1 - self.delta),
            2 * self.gamma * self.delta,
            self.gamma * (1 - self.gamma),
        ]
        odds = [float(r.real) for r in np.roots(one) if abs(r.imag) < 1e-12 and r.real > 0]
        return float(np.log(max(odds))) if odds else -_FARTHEST

    @property
    def negative(self) -> float:
        """Below gamma = 1 the slope falls without end towards p = 0: the share up to its zero."""
        return self.headcount(0.0)

    def faults(self) -> tuple[str, ...]:
        """Kakwani (1980): theta, gamma, delta > 0; gamma, delta <= 1; and no negative welfare."""
        found = []
        if self.gamma <= 0:
            found.append("the curve does not begin at (0, 0) (gamma is not positive)")
        if self.delta <= 0:
            found.append("the curve does not end at (1, 1) (delta is not positive)")
        if found:
            return tuple(found)
        if self.delta > 1:
            found.append("the curve does not bend upwards among the richest (delta is above 1)")
        if self.gamma > 1:
            share = float(_both(np.array(self._lowest()))[0])
            if share > NEGLIGIBLE:
                found.append(
                    f"the curve does not bend upwards among the poorest {100 * share:.3g} % "
                    "(gamma is above 1)"
                )
        if self.negative > NEGLIGIBLE:
            found.append(
                f"the poorest {100 * self.negative:.3g} % would have negative welfare "
                "(gamma is below 1)"
            )
        return tuple(found)


def _both(logit: Floats) -> tuple[Floats, Floats]:
    """p and 1 - p of a logit, both exact."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(logit))
