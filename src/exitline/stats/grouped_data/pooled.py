"""Several populations taken together, each with its own curve: town and country, a nation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize.elementwise import find_root

from exitline.stats.grouped_data.curve import LorenzCurve

if TYPE_CHECKING:
    from exitline.arrays import Floats


_MOST = 1e12


@dataclass(frozen=True)
class Pooled(LorenzCurve):
    """The distribution of several populations together.

    Its headcount is the weighted sum of theirs; everything else follows.

    Parameters
    ----------
    members : tuple of (float, LorenzCurve, float)
        Share of people, curve, and mean over the mean of all.
    """

    members: tuple[tuple[float, LorenzCurve, float], ...]
    name = "pooled"

    @property
    def parts(self) -> tuple[tuple[float, LorenzCurve, float], ...]:
        """The populations."""
        return self.members

    @property
    def parameters(self) -> dict[str, float]:
        """None of its own."""
        return {}

    def below(self, ratios: Floats) -> Floats:
        """Weighted sum of the populations' headcounts."""
        found = np.zeros(np.shape(ratios))
        for weight, curve, level in self.members:
            found += weight * curve.below(ratios / level)
        return found

    def lorenz(self, p: Floats) -> Floats:
        """Sum over populations of what those below the quantile hold."""
        ratios = self.slope(p, 1 - p)
        held = np.zeros(np.shape(ratios))
        for weight, curve, level in self.members:
            held += weight * level * curve.lorenz(curve.below(ratios / level))
        return held

    def slope(self, p: Floats, q: Floats) -> Floats:  # noqa: ARG002
        """The quantile: the root of the headcount, in the logarithm of welfare."""
        wanted = np.asarray(p, dtype=float)
        end = float(np.log(_MOST))
        flat = wanted.ravel()
        low, high = (self.below(np.full(flat.shape, np.exp(x))) for x in (-end, end))
        found = np.where(flat >= high, _MOST, 0.0)
        inside = (flat > low) & (flat < high)
        if inside.any():

            def over(x: Floats, share: Floats) -> Floats:
                return self.below(np.exp(x)) - share

            roots = find_root(
                over, (-end, end), args=(flat[inside],),
                tolerances={"xatol": 1e-14, "xrtol": 1e-15}, maxiter=2000,
            )  # fmt: skip
            found[inside] = np.exp(roots.x)
        return found.reshape(wanted.shape)

    @property
    def negative(self) -> float:
        """Share of people whose welfare is negative."""
        return float(sum(w * curve.negative for w, curve, _ in self.members))

    def faults(self) -> tuple[str, ...]:
        """Those of the populations."""
        return tuple(dict.fromkeys(f for _, curve, _ in self.members for f in curve.faults()))
