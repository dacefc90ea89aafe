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
            return portable.number(table[self.value])
        return ibis.literal(float(self.value))


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
        The 0/1 column of a flag term.

    Returns
    -------
    ibis.Value
        A double; zero on rows that do not take part.
    """
    if term.kind == "one":
        plain = ibis.literal(1.0)
    elif term.kind == "flag":
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
