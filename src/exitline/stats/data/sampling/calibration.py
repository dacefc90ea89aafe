"""What a calibrated weight was calibrated to: the model that its standard errors need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from exitline.stats.data.sampling.margins import Margin

Count = Literal["households", "persons"]
Regression = Literal["weighted", "unweighted"]
CalibrationMethod = Literal["poststratify", "raking", "linear", "logit"]
BoundsOf = Literal["factors", "weights"]


@dataclass(frozen=True)
class Calibration:
    """The auxiliaries of a calibration and the weights before it.

    The variance of a calibrated figure is that of its residuals from a regression on the
    auxiliaries with the weights before calibration (Deville and Särndal 1992, eq. 3.4).

    Attributes
    ----------
    margins : tuple of Margin
    weight : str or None
        Column of the weights before calibration; None where every row counted once.
    count : {"households", "persons"}
        What margins of levels and of everyone count.
    size : str or None
        Column of persons in the household, where they are counted; None elsewhere.
    variance : str or None
        Column that residual variances are proportional to.
    within : tuple of str
        Columns of the groups whose members share a factor; () where each row has its own.
    calibrated : str or None
        Column of the calibrated weights.
    regression : {"weighted", "unweighted"}
        Whether the regression has the weights before calibration; R's ``rake`` has none.
    responded : str or None
        Column of those who responded, whose weights take in those of the others: totals are those
        of the sample itself, and vary with it.
    propensity : str or None
        Column of the propensities to respond that a logit of the margins' columns estimates; None
        where weights were passed on within the margins' classes.
    """

    margins: tuple[Margin, ...] = field(hash=False)
    weight: str | None = None
    count: Count = "households"
    size: str | None = None
    variance: str | None = None
    within: tuple[str, ...] = ()
    calibrated: str | None = None
    regression: Regression = "weighted"
    responded: str | None = None
    propensity: str | None = None

    @property
    def of_rows(self) -> tuple[str, ...]:
        """Columns of numbers that are no auxiliaries: weights and propensities, each once."""
        named = (self.weight, self.calibrated, self.propensity)
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @property
    def size_of_model(self) -> int:
        """Number of auxiliaries: levels, numbers, and everyone."""
        return sum(max(1, len(margin.levels)) for margin in self.margins)

    @property
    def categories(self) -> tuple[str, ...]:
        """Columns of levels, each once."""
        return tuple(
            dict.fromkeys(c for m in self.margins if m.kind == "levels" for c in m.columns)
        )

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns of numbers: those with a known total, sizes and variances, each once."""
        known = [m.columns[0] for m in self.margins if m.kind == "number"]
        named = (*known, self.size, self.variance)
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it refers to, each once."""
        named = (
            *self.of_rows, *self.categories, *self.numbers, *self.within, self.responded
        )  # fmt: skip
        return tuple(dict.fromkeys(c for c in named if c is not None))
