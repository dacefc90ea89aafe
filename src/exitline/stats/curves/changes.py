"""What changed a poverty figure between two samples: growth of the mean, and redistribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.curves.tables import Component
from exitline.stats.infer import intervals
from exitline.stats.infer.comparing.two_samples import TwoSamples

if TYPE_CHECKING:
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates


NAMES = (
    "before", "after", "change", "growth (base before)", "redistribution (base before)",
    "residual (base before)", "growth (base after)", "redistribution (base after)",
    "residual (base after)", "growth", "redistribution",
)  # fmt: skip
_PARTS = np.array([
    [1, 0, 0, 0], [0, 1, 0, 0], [-1, 1, 0, 0], [-1, 0, 1, 0], [-1, 0, 0, 1], [1, 1, -1, -1],
    [0, 1, 0, -1], [0, 1, -1, 0], [-1, -1, 1, 1], [-0.5, 0.5, 0.5, -0.5],
    [-0.5, 0.5, -0.5, 0.5],
])  # fmt: skip
"""Each of `NAMES` from four figures: before, after, the earlier distribution at the later mean, the
later distribution at the earlier mean."""


@dataclass(frozen=True)
class ChangeSample:
    """One of the two samples.

    Attributes
    ----------
    estimates : Estimates
        Of the measure at the line, and at the other sample's mean (a line that is a share of the
        own mean: see `exitline.api.figures.decompose`), and of the mean.
    own, other : str
        The labels of the two lines.
    measure : str
    """

    estimates: Estimates
    own: str
    other: str
    measure: str

    def block(self, measure: str, line: str = "") -> Block:
        """A figure of all together."""
        return next(
            b for b in self.estimates.blocks
            if (b.measure, b.line, b.by) == (measure, line, "")
        )  # fmt: skip

    @property
    def mean(self) -> float:
        """The mean of welfare."""
        return float(self.block("mean").estimate[0])

    @property
    def figures(self) -> list[tuple[Block, int]]:
        """The measure at the line, at the other's mean, and the mean."""
        at = [self.block(self.measure, line) for line in (self.own, self.other)]
        return [(block, 0) for block in (*at, self.block("mean"))]

    @property
    def slope(self) -> float:
        """How the figure at the other's mean moves with its line."""
        slope = self.block(self.measure, self.other).slope
        if slope is None:
            raise MeasureError(
                f"'{self.measure}' does not change smoothly with the line",
                expected="headcount, poverty_gap, severity, fgt of 1 and above, watts, sen, sst",
                got=self.measure,
                remedy="use one of these",
            )
        return float(slope[0])


def growth_and_redistribution(
    before: ChangeSample, after: ChangeSample, line: float, shared: bool | None = None
) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """Datt and Ravallion's parts of a change, and Shapley's, with standard errors.

    P(mean, Lorenz curve): growth moves the mean along the earlier Lorenz curve, redistribution
    the Lorenz curve at the earlier mean; what is left is the residual. The other base starts
    from the later. Shapley's parts are the averages of the two, and leave no residual.

    Parameters
    ----------
    before, after : ChangeSample
    line : float
    shared : bool, optional
        As in `exitline.change`.

    Returns
    -------
    tuple of Component, tuple of str
        The parts, and what a reader must know of the two samples.

    References
    ----------
    Datt and Ravallion (1992), Journal of Development Economics 38, 275-295; Shorrocks (2013),
    Journal of Economic Inequality 11, 99-126.
    """
    samples = (before, after)
    both = TwoSamples.of(before.estimates, after.estimates, shared)
    values = [[b.estimate[0] for b, _ in s.figures] for s in samples]
    four = np.array([values[0][0], values[1][0], values[0][1], values[1][1]])
    value = _PARTS @ four
    # the line at the other's mean is line x own mean / other mean: it moves with both
    own = before.mean, after.mean
    to = []
    for i in range(2):
        j = 1 - i
        moves = np.zeros((4, 3))
        moves[i, 0], moves[2 + i, 1] = 1.0, 1.0
        moves[2 + j, 2] = -samples[j].slope * line * own[j] / own[i] ** 2
        to.append(_PARTS @ moves)
    variance = np.diag(both.covariance((before.figures, after.figures), (to[0], to[1])))
    se = np.sqrt(np.maximum(variance, 0.0))
    level = before.estimates.level
    df = np.full(len(value), both.df)
    bounds = intervals.symmetric(value, se, df, level)
    if both.exact:
        bounds = intervals.Bounds(value, value)
    n = int(sum(s.block("mean").n[0] for s in samples))
    parts = tuple(
        Component(name, "", float(value[k]), float(se[k]), float(bounds.low[k]),
                  float(bounds.high[k]), level, float(df[k]), n)
        for k, name in enumerate(NAMES)
    )  # fmt: skip
    return parts, both.notes
