"""What variances of linearised figures have in common, quadratic forms of totals among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from exitline.stats.infer.comparing.joint import InfluenceColumns
from exitline.stats.infer.cross_tables.table_errors import Linearised
from exitline.stats.infer.designs.variance import Part, Variance

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.cross_tables.functions import Errors
    from exitline.stats.infer.designs.moments import Moments
    from exitline.stats.infer.intake.cells import Rows

    By = tuple[int, ...]
    Figure = tuple[By, str, int | None]

ROUNDING = 1e-12
"""Of the sum of squares: an estimate that lies so little below zero is zero."""


class LinearVariance:
    """What all variances of linearised figures have in common."""

    words: ClassVar[str] = "Taylor linearisation"
    notes: tuple[str, ...] = ()

    def part(self, figure: Figure, rows: Rows, value: Floats, linear: Callable[[], Part]) -> Part:
        """The linearisation."""
        return linear()

    def moments(self, rows: Rows, influence: Floats, sums: Floats) -> Moments | None:
        """None, unless the variance is one of totals of PSUs within strata."""
        return None

    def of_table(self: Variance, part: Part, places: Ints, counts: Floats) -> Errors:
        """By linearisation."""
        return Linearised(self, part, places, counts)

    def of_fit(
        self, full: Floats, scored: Callable[[], Floats], again: Callable[[], Floats]
    ) -> Floats:
        """From the scores."""
        return scored()

    def around(self, *, mse: bool) -> Self:
        """Itself."""
        return self


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
