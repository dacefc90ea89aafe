"""Model figures of areas: the one table that every small area model gives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import unknown
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from exitline.arrays import Floats


EVIDENCE = "model"
"""What every figure of a model is marked with, beside "sample" and "census"."""
COLUMNS = (
    "area", "measure", "line", "estimate", "rmse", "cv", "ci_low", "ci_high", "level", "direct",
    "direct_se", "sampled", "evidence", "reason",
)  # fmt: skip
"""Columns of every table of model figures."""


@dataclass(frozen=True)
class AreaFigure:
    """The model's figure of one area.

    Attributes
    ----------
    area, measure, line : str
    estimate, rmse, cv, ci_low, ci_high, level : float
        The prediction, the root of its mean squared error, that over the prediction, and the
        interval at `level`; NaN where the model cannot say, with the reason.
    direct, direct_se : float
        What the survey alone says; NaN where it says nothing.
    sampled : bool
    evidence : str
        Always "model".
    reason : str
    """

    area: str
    measure: str
    line: str
    estimate: float
    rmse: float
    cv: float
    ci_low: float
    ci_high: float
    level: float
    direct: float
    direct_se: float
    sampled: bool
    evidence: str
    reason: str


@dataclass(frozen=True)
class AreaFigures(ShownResult):
    """The model's figures of one measure, area by area.

    Attributes
    ----------
    measure, line : str
    areas : tuple of str
    estimate, mse, low, high : float arrays
        NaN where the model cannot say.
    level : float
    sampled : bool array
        Whether the area has a direct estimate that the model was fitted to.
    direct, direct_se : float arrays
        NaN where the survey says nothing.
    reason : tuple of str
        Why a figure, its error or its interval is missing; "" otherwise.
    share : bool
        Whether the figures lie between 0 and 1.
    by : str
        The column of these areas, where a model has several; "" for the model's own.
    """

    measure: str
    areas: tuple[str, ...]
    estimate: Floats
    mse: Floats
    low: Floats
    high: Floats
    level: float
    sampled: NDArray[np.bool_]
    direct: Floats
    direct_se: Floats
    reason: tuple[str, ...]
    line: str = ""
    share: bool = False
    notes: tuple[str, ...] = field(default=())
    by: str = ""

    def __len__(self) -> int:
        return len(self.areas)

    def __iter__(self) -> Iterator[AreaFigure]:
        columns = self._columns()
        for i in range(len(self)):
            row = {name: columns[name][i] for name in COLUMNS}
            yield AreaFigure(**{k: _plain(v) for k, v in row.items()})

    @property
    def rmse(self) -> Floats:
        """The root of the mean squared error; NaN for a negative one."""
        return np.sqrt(np.where(self.mse >= 0, self.mse, np.nan))

    @property
    def cv(self) -> Floats:
        """The root mean squared error over the prediction."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(
                np.where(self.estimate == 0, np.nan, self.rmse / np.abs(self.estimate))
            )

    def _columns(self) -> dict[str, Any]:
        size = len(self)
        return {
            "area": np.array(self.areas, dtype=object),
            "measure": np.full(size, self.measure, dtype=object),
            "line": np.full(size, self.line, dtype=object),
            "estimate": self.estimate, "rmse": self.rmse, "cv": self.cv, "ci_low": self.low,
            "ci_high": self.high, "level": np.full(size, self.level), "direct": self.direct,
            "direct_se": self.direct_se, "sampled": self.sampled,
            "evidence": np.full(size, EVIDENCE, dtype=object),
            "reason": np.array(self.reason, dtype=object),
        }  # fmt: skip

    def to_pandas(self) -> pd.DataFrame:
        """The table, with the columns of `COLUMNS`."""
        import pandas as pd

        return pd.DataFrame(self._columns())

    def find(self, area: Any) -> AreaFigure:
        """The figure of one area.

        Raises
        ------
        SmallAreaError
            Where there is no such area.
        """
        from exitline.stats.data.values import written

        wanted = written(area) or ""
        if wanted not in self.areas:
            raise unknown(
                "area",
                wanted,
                self.areas,
                error=SmallAreaError,
                remedy="name one of the model's areas",
            )
        at = self.areas.index(wanted)
        return next(one for i, one in enumerate(self) if i == at)

    def with_estimates(
        self, estimate: Floats, mse: Floats, reason: Sequence[str] | None = None
    ) -> AreaFigures:
        """The same areas with other predictions and errors; intervals are normal ones."""
        from scipy.stats import norm

        half = norm.ppf(0.5 + self.level / 2.0) * np.sqrt(np.where(mse >= 0, mse, np.nan))
        low, high = estimate - half, estimate + half
        if self.share:
            low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
        said = self.reason if reason is None else tuple(reason)
        return replace(self, estimate=estimate, mse=mse, low=low, high=high, reason=said)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
