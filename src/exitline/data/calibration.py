"""What a calibrated weight was calibrated to: the model that its standard errors need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from exitline.data.margins import Margin

Count = Literal["households", "persons"]


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
        Column of persons in the household, where they are counted.
    variance : str or None
        Column that residual variances are proportional to.
    within : tuple of str
        Columns of the groups whose members share a factor; () where each row has its own.
    """

    margins: tuple[Margin, ...] = field(hash=False)
    weight: str | None = None
    count: Count = "households"
    size: str | None = None
    variance: str | None = None
    within: tuple[str, ...] = ()

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
        size = self.size if self.count == "persons" else None
        return tuple(dict.fromkeys(c for c in (*known, size, self.variance) if c is not None))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it refers to, each once."""
        named = (self.weight, *self.categories, *self.numbers, *self.within)
        return tuple(dict.fromkeys(c for c in named if c is not None))
