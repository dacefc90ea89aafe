"""What all variances of linearised figures have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from exitline.stats.infer.cross_tables.table_errors import Linearised
from exitline.stats.infer.designs.variance import Part, Variance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.cross_tables.functions import Errors
    from exitline.stats.infer.intake.cells import Rows

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    By = tuple[int, ...]
    Figure = tuple[By, str, int | None]


class LinearVariance:
    """What all variances of linearised figures have in common."""

    words: ClassVar[str] = "Taylor linearisation"
    notes: tuple[str, ...] = ()

    def part(self, figure: Figure, rows: Rows, value: Floats, linear: Callable[[], Part]) -> Part:
        """The linearisation."""
        return linear()

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
