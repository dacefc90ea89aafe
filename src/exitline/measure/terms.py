"""Row-level values of the terms in the catalogue, as Ibis expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import ibis

from exitline.errors import MeasureError
from exitline.measure import portable
from exitline.measure.catalogue import Term

Boundary = Literal["<", "<="]


@dataclass(frozen=True)
class Location:
    """The median or mean that a relative line is a share of, as the first pass found it.

    Attributes
    ----------
    share : float
    of : {"median", "mean"}
    value : float
        The median or mean of welfare over persons.
    density : float
        Density of welfare at the median; unused for the mean.
    """

    share: float
    of: Literal["median", "mean"]
    value: float
    density: float


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

    Raises
    ------
    MeasureError
        For a line that is not a finite number above zero.

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

    def __post_init__(self) -> None:
        if not isinstance(self.value, str) and not 0 < self.value < float("inf"):
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


@dataclass(frozen=True)
class RelativeLine:
    """A line that is a share of the median or mean of the survey's own welfare.

    Parameters
    ----------
    label : str
        How results name it.
    share : float
        Such as 0.6; above 0.
    of : {"median", "mean"}
        Over persons, in the whole sample.
    boundary : {"<", "<="}

    Examples
    --------
    >>> RelativeLine("at risk of poverty", 0.6).of
    'median'
    """

    label: str
    share: float
    of: Literal["median", "mean"] = "median"
    boundary: Boundary = "<"

    def __post_init__(self) -> None:
        if not 0 < self.share < float("inf"):
            raise MeasureError(
                "the share of a relative line must be above zero",
                expected="a number such as 0.6",
                got=str(self.share),
                remedy="write 60 % as 0.6",
            )


def relative_line(
    share: float,
    of: Literal["median", "mean"] = "median",
    *,
    boundary: Boundary = "<",
    label: str | None = None,
) -> RelativeLine:
    """A share of the median or mean of the survey's own welfare, as a poverty line.

    Parameters
    ----------
    share : float
        Such as 0.6; above 0.
    of : {"median", "mean"}
    boundary : {"<", "<="}
    label : str, optional
        How results name it; "0.6 of the median" unless given.

    Returns
    -------
    RelativeLine

    Raises
    ------
    MeasureError
        When the share is not above zero.

    Examples
    --------
    >>> relative_line(0.6).label
    '0.6 of the median'
    """
    return RelativeLine(label or f"{share:g} of the {of}", share, of, boundary)


def is_poor(welfare: Any, line: Any, boundary: Boundary) -> Any:
    """Whether welfare is below the line (or on it, where the boundary says so)."""
    return welfare < line if boundary == "<" else welfare <= line


def _gap(welfare: Any, line: Any, alpha: float) -> Any:
    """((z - y)/z)^alpha, written out for the usual alphas."""
    relative = (line - welfare) / line
    if alpha == 1.0:
        return relative
    return relative * relative if alpha == 2.0 else relative.pow(alpha)


_OF_WELFARE: Mapping[str, Callable[[Any, Term], Any]] = {
    "welfare": lambda y, _: y,
    "log_welfare": lambda y, _: portable.log(y),
    "welfare_log": lambda y, _: y * portable.log(y),
    "power": lambda y, term: y.pow(term.alpha),
}


def value(term: Term, welfare: Any, line: Any, boundary: Boundary = "<", flag: Any = None) -> Any:
    """The term's value on each row, before weighting.

    Parameters
    ----------
    term : Term
    welfare, line : ibis expressions
        `welfare` may be None for terms that only count.
    boundary : {"<", "<="}
    flag : ibis expression, optional
        The column of a flag or amount term.

    Returns
    -------
    ibis.Value
        A double; zero on rows that do not take part.
    """
    if term.kind == "one":
        plain = ibis.literal(1.0)
    elif term.kind == "at_most":
        plain = ibis.ifelse(welfare <= line, 1.0, 0.0)
    elif term.kind in ("flag", "amount"):
        plain = flag
    elif term.kind in _OF_WELFARE:
        plain = _OF_WELFARE[term.kind](welfare, term)
    else:
        poor = is_poor(welfare, line, boundary)
        amount = {
            "poor": lambda: ibis.literal(1.0),
            "gap": lambda: _gap(welfare, line, float(term.alpha or 0.0)),
            "log_gap": lambda: portable.log(line / welfare),
            "shortfall": lambda: line - welfare,
        }[term.kind]()
        plain = ibis.ifelse(poor, amount, 0.0)
    return ibis.ifelse(welfare > 0, plain, 0.0) if term.positive else plain
