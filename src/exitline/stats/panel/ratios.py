"""Weighted ratios over a panel's households, in every set of domains at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer import build
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import Confidence, Kind, Named
from exitline.stats.infer.intake.cells import sum_by

if TYPE_CHECKING:
    from exitline.arrays import Bools, Floats
    from exitline.stats.panel.panel import Panel


@dataclass(frozen=True)
class Ratio:
    """A ratio of two weighted sums over households.

    Attributes
    ----------
    measure : str
    top, bottom : float arrays, shape (n,)
        Before weighting; zero for households that do not take part.
    kind : {"share", "plain"}
        The kind of interval.
    cases : bool array, shape (n,), optional
        Households the ratio is about; those with a bottom other than zero by default.
    """

    measure: str
    top: Floats
    bottom: Floats
    kind: Kind = "plain"
    cases: Bools | None = None

    @property
    def about(self) -> Bools:
        """The households that the ratio is about."""
        return self.bottom != 0 if self.cases is None else self.cases


def ratio_blocks(
    panel: Panel, ratios: Sequence[Ratio], weight: Floats, used: Bools, confidence: Confidence
) -> tuple[Block, ...]:
    """Blocks of estimates of each ratio, for all together and for each domain column.

    Parameters
    ----------
    panel : Panel
    ratios : sequence of Ratio
    weight : float array, shape (n,)
    used : bool array, shape (n,)
        Households that take part; the others keep their PSU in the design.
    confidence : Confidence

    Returns
    -------
    tuple of exitline.stats.infer.estimates.Block
    """
    w = np.where(used, np.nan_to_num(weight), 0.0)
    columns = []
    for ratio in ratios:
        about = (used & ratio.about).astype(float)
        top, bottom = np.where(used, ratio.top, 0.0), np.where(used, ratio.bottom, 0.0)
        columns += [w * top, w * bottom, about, w * about]
    sums = np.column_stack(columns)
    blocks: list[Block] = []
    for by in panel.sets:
        rows = panel.rows(sums, used, by)
        wanted = []
        for i, ratio in enumerate(ratios):
            top, bottom, cases, about = rows.sums[:, 4 * i : 4 * i + 4].T
            values = build.ratio(top, bottom, rows, cases.astype(np.int64))
            population = sum_by(rows.domain, about[:, None], rows.size)[:, 0]
            values = replace(values, population=population)
            named = Named(ratio.measure, "", by, ratio.kind)
            wanted.append((named, values))
        blocks += build.blocks(wanted, rows, panel.sampling, confidence)
    return tuple(blocks)
