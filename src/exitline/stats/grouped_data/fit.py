"""One fitted curve: its figures, how well it fits, and whether it may be believed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.grouped_data.curve import LorenzCurve
from exitline.stats.grouped_data.notes import Note
from exitline.stats.grouped_data.points import LorenzPoints

if TYPE_CHECKING:
    from exitline.arrays import Floats


SLIGHT = 1e-3
"""Share of people with negative welfare up to which a curve may still serve for want of better."""


@dataclass(frozen=True, eq=False)
class CurveFit:
    """A curve fitted to grouped data.

    Attributes
    ----------
    curve : LorenzCurve
        With its `name` and `parameters`.
    points : LorenzPoints
        What it was fitted to.
    mean : float
        Mean welfare; NaN where it is not known.
    """

    curve: LorenzCurve
    points: LorenzPoints
    mean: float

    @property
    def name(self) -> str:
        """The curve's name."""
        return self.curve.name

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """Why the curve is not valid, in words; nothing where it is."""
        if not self.fitted:
            return ("it could not be fitted to these points",)
        return self.curve.faults()

    @property
    def valid(self) -> bool:
        """Whether the curve is the Lorenz curve of some distribution."""
        return not self.faults

    @cached_property
    def residuals(self) -> Floats:
        """Share of welfare (of people, where only counts are known) minus the fitted one."""
        if self.points.lorenz.size:
            p, curve = self.points.inner
            found: Floats = curve - self.curve.lorenz(p)
            return found
        below: Floats = self.curve.below(self.points.upper[:-1] / self.mean)
        return np.subtract(self.points.population[:-1], below)

    @property
    def sse(self) -> float:
        """Sum of squared residuals over all points."""
        return float(np.sum(self.residuals**2))

    def sse_to(self, share: float) -> float:
        """Sum of squared residuals up to the first point at or above a share of people.

        Parameters
        ----------
        share : float
            The headcount at a line: Datt (1998).
        """
        inner = self.points.population[:-1]
        last = int(np.searchsorted(inner, share)) + 1
        return float(np.sum(self.residuals[:last] ** 2))

    @property
    def largest_residual(self) -> float:
        """The largest residual, without its sign."""
        return float(np.max(np.abs(self.residuals)))

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Welfare at the first and the last inner point: what the data refer to."""
        inner = self.points.population[:-1]
        return self.mean * self.curve.at(float(inner[0])), self.mean * self.curve.at(
            float(inner[-1])
        )

    def reaches(self, line: float) -> bool:
        """Whether the curve has anyone on either side of a line.

        Parameters
        ----------
        line : float
        """
        return 0 < self.curve.headcount(line / self.mean) < 1

    def notes(self, line: float | None = None) -> tuple[Note, ...]:
        """What a reader of a figure should know: faults, and a line outside the data.

        Parameters
        ----------
        line : float, optional
        """
        found = [Note(f"{self.name} curve not valid", fault) for fault in self.faults]
        if line is None or self.mean != self.mean or not self.fitted:
            return tuple(found)
        share = self.curve.headcount(line / self.mean)
        lowest, highest = self.points.population[0], self.points.population[-2]
        if share <= 0:
            found.append(Note("line below the curve, which then tells nothing of who is poor",
                              f"the poorest have {self.lowest:.4g}"))  # fmt: skip
        elif share < lowest:
            found.append(Note("line below the first class: extrapolated, the error can be large",
                              f"that class ends at {100 * lowest:.3g} % of people"))  # fmt: skip
        elif share >= 1:
            found.append(Note("line above the curve: nobody is beyond it"))
        elif share > highest:
            found.append(Note("line within the last class: extrapolated",
                              f"it begins at {100 * highest:.3g} % of people"))  # fmt: skip
        return tuple(found)

    @property
    def fitted(self) -> bool:
        """Whether the curve has parameters at all."""
        return all(np.isfinite(v) for v in self.curve.parameters.values())

    @property
    def lowest(self) -> float:
        """The curve's lowest welfare."""
        return self.mean * self.curve.at(0.0) if self.curve.negative == 0 else nan
