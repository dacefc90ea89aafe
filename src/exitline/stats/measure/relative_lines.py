"""Poverty lines that are a share of the survey's own welfare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from exitline.errors import MeasureError

Boundary = Literal["<", "<="]


@dataclass(frozen=True)
class RelativeLine:
    """A line that is a share of the median, the mean or a quantile of the survey's own welfare.

    Parameters
    ----------
    label : str
        How results name it.
    share : float
        Such as 0.6; above 0.
    of : {"median", "mean"} or float
        Over persons; a number between 0 and 1 is the probability of a quantile.
    boundary : {"<", "<="}
    within : bool
        Of each domain's own welfare, instead of that of the whole sample.
    plus, floor : float
        The line is the share plus this, and at least the floor; both in the unit of welfare.

    Examples
    --------
    >>> RelativeLine("at risk of poverty", 0.6).of
    'median'
    """

    label: str
    share: float
    of: Literal["median", "mean"] | float = "median"
    boundary: Boundary = "<"
    within: bool = False
    plus: float = 0.0
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.plus < float("inf") and 0 <= self.floor < float("inf")):
            raise MeasureError(
                "what is added to a relative line, and its floor, are 0 or above",
                expected="numbers in the unit of welfare",
                got=f"plus {self.plus}, floor {self.floor}",
                remedy="for the societal poverty line: relative_line(0.5, plus=1.15, floor=2.15)",
            )
        if not 0 < self.share < float("inf"):
            raise MeasureError(
                "the share of a relative line must be above zero",
                expected="a number such as 0.6",
                got=str(self.share),
                remedy="write 60 % as 0.6",
            )
        known = self.of in ("median", "mean")
        if not known and (isinstance(self.of, str) or not 0 < self.of < 1):
            raise MeasureError(
                "a relative line cannot be a share of this",
                expected="median, mean, or the probability of a quantile between 0 and 1",
                got=repr(self.of),
                remedy="for instance of=0.75, the third quartile",
            )

    @property
    def p(self) -> float | None:
        """The probability of the quantile that it is a share of; None for the mean."""
        if self.of == "mean":
            return None
        return 0.5 if self.of == "median" else float(self.of)

    @property
    def what(self) -> str:
        """What it is a share of, in words."""
        return str(self.of) if isinstance(self.of, str) else f"quantile {self.of:g}"


def relative_line(
    share: float,
    of: Literal["median", "mean"] | float = "median",
    *,
    boundary: Boundary = "<",
    label: str | None = None,
    within: bool = False,
    plus: float = 0.0,
    floor: float = 0.0,
) -> RelativeLine:
    """A share of the median, the mean or a quantile of the survey's own welfare, as a line.

    Parameters
    ----------
    share : float
        Such as 0.6; above 0.
    of : {"median", "mean"} or float
        A number between 0 and 1 is the probability of a quantile.
    boundary : {"<", "<="}
    label : str, optional
        How results name it; "0.6 of the median" unless given.
    within : bool
        Of each domain's own welfare: the line differs between areas.
    plus, floor : float
        The line is the share plus this, and at least the floor; both in the unit of welfare.
        ``relative_line(0.5, plus=1.15, floor=2.15)`` is the World Bank's societal poverty line
        for welfare in 2017 dollars a day.

    Returns
    -------
    RelativeLine

    Raises
    ------
    MeasureError
        When the share is not above zero, or there is no such quantile.

    Examples
    --------
    >>> relative_line(0.6).label, relative_line(0.4, of=0.75, within=True).label
    ('0.6 of the median', '0.4 of the quantile 0.75 of each area')
    """
    line = RelativeLine(label or "", share, of, boundary, within, plus, floor)
    said = f"{share:g} of the {line.what}" + (" of each area" if within else "")
    said = (f"{plus:g} + " if plus else "") + said + (f", at least {floor:g}" if floor else "")
    return replace(line, label=label or said)


def is_poor(welfare: Any, line: Any, boundary: Boundary) -> Any:
    """Whether welfare is below the line (or on it, where the boundary says so)."""
    return welfare < line if boundary == "<" else welfare <= line
