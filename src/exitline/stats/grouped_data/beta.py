"""The beta Lorenz curve: Kakwani (1980), as in Datt (1998)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.optimize.elementwise import find_root

from exitline.stats.grouped_data.curve import NEGLIGIBLE, LorenzCurve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FARTHEST = 690.0


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
