"""What a calibration comes to: rows with new weights, and each total before and after."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from exitline.api.weights.reweighted import Reweighted
from exitline.stats.data.sampling.calibration import Calibration
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.sampling.margins import ALL, COLUMNS
from exitline.words.said import say_plural

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.infer.weighting.sample import WeightGroups
    from exitline.stats.infer.weighting.solve import Solution


@dataclass(frozen=True)
class Calibrated(Reweighted):
    """Rows with calibrated weights, and how they came about.

    Attributes
    ----------
    design : Design
        The given design with the calibrated weights.
    model : Calibration
        The auxiliaries, which standard errors need.
    method : str
    iterations : int
        Newton steps.
    factors : tuple of float
        Smallest and largest calibrated weight over given weight (the range of g-weights).
    totals : tuple of Total
        Each total: wanted, before, reached.
    """

    design: Design = Design()  # noqa: RUF009 (frozen)
    model: Calibration = Calibration(())  # noqa: RUF009 (frozen)
    method: str = ""
    iterations: int = 0
    factors: tuple[float, float] = (1.0, 1.0)
    totals: tuple[Total, ...] = ()

    def totals_to_pandas(self) -> pd.DataFrame:
        """One row for each total: margin, level, wanted, before, reached."""
        import pandas as pd

        return pd.DataFrame([vars(total) for total in self.totals])

    def write_totals(self, path: str | Path) -> None:
        """Write the totals as `calibrate` takes them: a CSV file with margin, level, total.

        Parameters
        ----------
        path : path
        """
        from exitline.files import whole_file

        rows = [COLUMNS]
        for margin in self.model.margins:
            each = margin.levels or {(): margin.total}
            rows += [(_crossed(margin.columns) or ALL, _crossed(level), repr(total))
                     for level, total in each.items()]  # fmt: skip
        with whole_file(Path(path)) as partial, partial.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


@dataclass(frozen=True)
class Total:
    """One total of a calibration.

    Attributes
    ----------
    margin, level : str
        "" as a level: the total of a number, or everyone.
    wanted : float
        What is known of the population.
    before, reached : float
        What the given and the calibrated weights add up to.
    """

    margin: str
    level: str
    wanted: float
    before: float
    reached: float


def _crossed(parts: Sequence[object]) -> str:
    """Columns, or their levels, as a table of totals has them: a lone one as it is."""
    if len(parts) < 2:
        return "".join(str(part) for part in parts)
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(parts)
    return text.getvalue()


def totals_reached(sample: WeightGroups, found: Solution) -> tuple[Total, ...]:
    """Each total before and after."""
    before, after = sample.weight @ sample.x, (sample.weight * found.factor) @ sample.x
    return tuple(
        Total(one.margin, one.level, one.total, float(b), float(a))
        for one, b, a in zip(sample.names, before, after, strict=True)
    )


def notes_of(found: Solution) -> tuple[str, ...]:
    """What a user should know of the factors."""
    below = int(np.count_nonzero(found.factor <= 0))
    if not below:
        return ()
    return (
        say_plural(
            "{n} group of rows has a calibrated weight of zero or below, which no estimate "
            "takes: use raking or logit, or bounds above 0",
            "{n} groups of rows have calibrated weights of zero or below, which no estimate "
            "takes: use raking or logit, or bounds above 0",
            below,
        ),
    )
