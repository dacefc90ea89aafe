"""Poverty lines: a number, a column, or a share of the survey's own welfare."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import ibis

from exitline.errors import MeasureError
from exitline.stats.measure import portable
from exitline.stats.measure.model import Scalar
from exitline.stats.measure.relative_lines import Boundary, RelativeLine

if TYPE_CHECKING:
    from exitline.stats.measure.algebra import Micro


@dataclass(frozen=True)
class Location:
    """The quantile or mean that a relative line is a share of.

    Attributes
    ----------
    share : float
    p : float or None
        The probability of the quantile (0.5 is the median); None for the mean.
    value : float
        As the first pass found it in the whole sample; NaN where each domain has its own.
    density : float
        Density of welfare at the quantile; unused for the mean.
    within : bool
        Whether each domain has a line of its own.
    plus, floor : float
        The line is the share plus this, and at least the floor (as the World Bank's societal
        poverty line).
    """

    share: float
    p: float | None
    value: float
    density: float
    within: bool = False
    plus: float = 0.0
    floor: float = 0.0

    @property
    def scalar(self) -> Scalar:
        """What the first pass finds in each domain."""
        return Scalar("mean") if self.p is None else Scalar("quantile", self.p)

    def line(self, found: Any, micro: Micro) -> Any:
        """The line, from what the first pass found."""
        line = found * self.share + self.plus
        return micro.where(line > self.floor, line, self.floor) if self.floor else line


@dataclass(frozen=True)
class PovertyLine:
    """A poverty line as a measure needs it.

    Parameters
    ----------
    label : str
        How results name it.
    value : float or str
        The line itself, or the column that holds each household's line, in the unit of
        the welfare column.
    boundary : {"<", "<="}
        Who is poor: strictly below the line (World Bank) or also exactly on it (convey).
    factor : float
        What the column's values are multiplied by to be in the unit of welfare.
    relative : Location, optional
        What the line is a share of, if it was estimated from the same sample.
    owner : RelativeLine, optional
        The line of a measure that has its own; no other measure is taken at it.
    anywhere : bool
        Whether it may be zero or below: a value of the distribution, of which no gap is taken.

    Raises
    ------
    MeasureError
        For a line that is not a finite number above zero (a finite one, if it may be anywhere).

    Examples
    --------
    >>> PovertyLine("absolute", 4891.0).boundary
    '<'
    """

    label: str
    value: float | str
    boundary: Boundary = "<"
    factor: float = 1.0
    relative: Location | None = None
    owner: RelativeLine | None = None
    anywhere: bool = False

    def __post_init__(self) -> None:
        fixed = not isinstance(self.value, str) and not self.within
        if self.anywhere and not isfinite(float(self.value)):
            raise MeasureError(
                "a distribution function is taken at finite numbers",
                expected="a finite number",
                got=str(self.value),
                remedy="give values in the unit of the welfare column",
            )
        if self.anywhere:
            return
        if fixed and not 0 < float(self.value) < float("inf"):
            raise MeasureError(
                "a poverty line must be a finite number above zero",
                expected="a number > 0, or the name of a column",
                got=str(self.value),
                remedy="give the line in the unit of the welfare column",
            )

    def expression(self, table: Any) -> Any:
        """The line of each row of `table`."""
        if isinstance(self.value, str):
            return portable.number(table[self.value]) * self.factor
        return ibis.literal(float(self.value))

    @property
    def within(self) -> bool:
        """Whether each domain has a line of its own, found in it."""
        return self.relative is not None and self.relative.within
