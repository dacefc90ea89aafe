"""A table as the page shows it: cells with words, sort keys and interval bars."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from exitline.publish.report.axis import Axis

Kind = Literal["name", "figure", "bar", "number", "outcome", "text", "pair"]
Mark = Literal["estimate", "met", "not-met", "cannot-tell"]

STATIC_ROWS = 200
"""Up to so many rows stand in the page as they are; more are embedded as data and paged."""
PAGE_ROWS = 25
"""Rows on the screen at a time, where there is a script."""
FIRST_ROWS = 50
"""Rows of an embedded table that stand in the page without a script."""
MOST_ROWS = 3000
"""More rows than these are left to the Parquet file beside the report."""

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_HOLE = "\x01"


@dataclass(frozen=True)
class TableColumn:
    """A column: its kind says how cells are drawn and aligned."""

    kind: Kind
    label: str
    note: str = ""
    sortable: bool = True


@dataclass(frozen=True)
class Bar:
    """An interval with its dot, in percent of the cell's width.

    `beyond` says that the interval goes on past the right end; `threshold` is the unit's
    own, where units differ in it.
    """

    value: float
    low: float | None = None
    high: float | None = None
    beyond: bool = False
    threshold: float | None = None
    mark: Mark = "estimate"


@dataclass(frozen=True)
class PairedShares:
    """Two distributions over the same bins: one upwards, one downwards from a line.

    Attributes
    ----------
    above, below : tuple of (float, float, float)
        Place, width and height of each bar, in percent of the cell and of its half.
    spoken : str
        For screen readers.
    """

    above: tuple[tuple[float, float, float], ...]
    below: tuple[tuple[float, float, float], ...]
    spoken: str


def paired(ours: Sequence[float], theirs: Sequence[float], spoken: str) -> PairedShares:
    """Shares of bins as bars on one scale.

    Examples
    --------
    >>> paired([0.25, 0.75], [0.5, 0.5], "").above
    ((0.0, 46.0, 33.33), (50.0, 46.0, 100.0))
    """
    most = max(*ours, *theirs, 1e-9)
    step = 100.0 / len(ours)
    above, below = (
        tuple((round(i * step, 2), round(0.92 * step, 2), round(100.0 * share / most, 2))
              for i, share in enumerate(shares))
        for shares in (ours, theirs)
    )  # fmt: skip
    return PairedShares(above, below, spoken)


@dataclass(frozen=True)
class TableCell:
    """What stands in a cell.

    `sort` is the key where the text does not sort; `small` a second line; `lines` are the
    sentences of a cell of kind "text", `pair` the distributions of one of kind "pair".
    """

    text: str = ""
    sort: float | str | None = None
    small: str = ""
    bar: Bar | None = None
    lines: tuple[str, ...] = ()
    mark: str = ""
    pair: PairedShares | None = None


Row = tuple[TableCell, ...]


@dataclass(frozen=True)
class Reference:
    """A line across all bars: the overall figure, or a threshold that holds for all."""

    at: float
    label: str
    kind: Literal["overall", "threshold"]

    @property
    def anchor(self) -> str:
        """On which side of the line its label has room."""
        return "start" if self.at < 20 else "end" if self.at > 80 else "middle"


@dataclass(frozen=True)
class Table:
    """A table of a report.

    Attributes
    ----------
    key : str
        Unique in the page.
    caption : str
        For screen readers, and the name of the search box.
    columns : tuple of TableColumn
    rows : tuple of Row
    pinned : Row or None
        Stays on top however the rest is sorted.
    axis, references
        Of its bars.
    sorted_by : int or None
        The column it comes sorted by.
    descending : bool
    outcomes : bool
        Whether rows can be chosen by outcome.
    total : int
        Units there are; more than `rows` where some are left to the Parquet file.
    file : str
        The file that holds all of them.
    """

    key: str
    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    pinned: Row | None = None
    axis: Axis | None = None
    references: tuple[Reference, ...] = ()
    sorted_by: int | None = None
    descending: bool = True
    outcomes: bool = False
    total: int = 0
    file: str = "estimates.parquet"

    @property
    def embedded(self) -> bool:
        """Whether most rows are data that the page's script draws."""
        return len(self.rows) > STATIC_ROWS

    @property
    def shown(self) -> tuple[Row, ...]:
        """Rows that stand in the page without a script."""
        return self.rows[:FIRST_ROWS] if self.embedded else self.rows

    @property
    def searchable(self) -> bool:
        """Whether a search box is worth its place."""
        return len(self.rows) > 15

    @property
    def paged(self) -> bool:
        """Whether the rows are more than a page."""
        return len(self.rows) > PAGE_ROWS

    @property
    def payload(self) -> str:
        """All rows as compact JSON, safe inside a script element."""
        templates: dict[str, int] = {}
        rows = [[_packed(c, cell, templates) for c, cell in self._cells(r)] for r in self.rows]
        kinds = [column.kind for column in self.columns]
        data = {"kinds": kinds, "rows": rows, "said": list(templates)}
        return for_script(data)

    def _cells(self, row: Row) -> zip[tuple[TableColumn, TableCell]]:
        return zip(self.columns, row, strict=True)


def for_script(value: Any) -> str:
    """JSON that cannot end the script element it stands in.

    Examples
    --------
    >>> print(for_script(["</script>"]))
    ["\\u003c/script\\u003e"]
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def bar_of(
    axis: Axis, value: float, low: float, high: float, *, threshold: float = math.nan,
    mark: Mark = "estimate",
) -> Bar | None:  # fmt: skip
    """A bar on an axis; None where there is no value."""
    if math.isnan(value):
        return None
    ends = math.isfinite(low) and math.isfinite(high) and high > low
    return Bar(
        axis.at(value),
        axis.at(low) if ends else None,
        axis.at(high) if ends else None,
        ends and axis.beyond(high),
        None if math.isnan(threshold) else axis.at(threshold),
        mark,
    )


def _packed(column: TableColumn, cell: TableCell, templates: dict[str, int]) -> Any:
    """One cell in as few characters as it takes."""
    if column.kind == "bar":
        return _packed_bar(cell.bar)
    if column.kind == "text":
        return [_packed_line(line, templates) for line in cell.lines]
    parts: list[Any] = [cell.text, _number(cell.sort), cell.small, cell.mark]
    while len(parts) > 1 and parts[-1] in (None, ""):
        parts.pop()
    return parts[0] if len(parts) == 1 else parts


def _packed_bar(bar: Bar | None) -> Any:
    """Positions of a bar; 0 where there is none."""
    if bar is None:
        return 0
    parts = [bar.value, bar.low, bar.high, int(bar.beyond), bar.threshold, bar.mark]
    return [round(p, 1) if isinstance(p, float) else p for p in parts]


def _packed_line(line: str, templates: dict[str, int]) -> list[Any]:
    """A sentence as the number of its form and its figures."""
    form = _NUMBER.sub(_HOLE, line)
    return [templates.setdefault(form, len(templates)), *_NUMBER.findall(line)]


def _number(value: float | str | None) -> float | str | None:
    """A sort key, short and finite."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
