"""Variances that are quadratic forms of totals, and may come out below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.infer.comparing.joint import InfluenceColumns
from exitline.stats.infer.designs.linear import LinearVariance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.intake.cells import Rows

    Floats = NDArray[np.float64]

ROUNDING = 1e-12
"""Of the sum of squares: an estimate that lies so little below zero is zero."""


class FormVariance(LinearVariance):
    """What such variances share; `joint` is each one's own form."""

    joint: Any

    def of(self, rows: Rows, influence: Floats) -> Floats:
        """Variances by domain, one figure at a time; NaN where the estimate is below zero."""
        found = []
        for one in influence.T:
            column = InfluenceColumns(rows, rows.domain, one, rows.size)
            variance = self.joint([column]).variances()
            squares = np.bincount(rows.domain, weights=one**2, minlength=rows.size)
            found.append(np.where(variance < -ROUNDING * squares, np.nan, variance))
        return np.column_stack(found)

    def shared(self, rows: Rows, influence: Floats, every: Rows, common: Floats) -> Floats:
        """Covariances of each domain with a total of the whole sample."""
        none = np.zeros(len(common), dtype=np.int64)
        parts = [
            InfluenceColumns(rows, rows.domain, influence, rows.size),
            InfluenceColumns(every, none, common, 1),
        ]
        found: Floats = self.joint(parts).row(rows.size)[: rows.size]
        return found
