"""Values that a file labels, in columns that are used as numbers: "refused", "don't know"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from exitline.stats.data.checking.findings import Finding
from exitline.stats.data.readers.declaring import declare

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.scannable import Source

MOST_CODES = 50
"""Labelled values of a column that are looked for, at most."""


@dataclass(frozen=True)
class Labelled:
    """A column used as a number, and how many of its rows hold values that the file labels.

    Attributes
    ----------
    column : str
    rows : int
        With such a value.
    shown : tuple of (str, str)
        Value and label, of those that occur; at most three.
    """

    column: str
    rows: int
    shown: tuple[tuple[str, str], ...]

    @property
    def message(self) -> str:
        """What was found, in a sentence."""
        values = ", ".join(f"{value} '{label}'" for value, label in self.shown)
        rows = "1 row has" if self.rows == 1 else f"{self.rows:,} rows have"
        return f"{rows} a value in '{self.column}' that the file labels: {values}"

    @property
    def remedy(self) -> str:
        """What to do."""
        marks = [value for value, _ in self.shown]
        return declare("missing", *marks) + ", where it means that there is no answer"


def labelled_numbers(
    source: Source, table: Any, run: Callable[[Any], pa.Table]
) -> tuple[Labelled, ...]:
    """Columns of numbers in which some rows hold values that their file labels.

    A column whose every value has a label is a scale, and is passed over.

    Parameters
    ----------
    source : Source
        It knows which of its columns are used as numbers.
    table : ibis.Table
        The source as it was attached.
    run : callable
        An engine's `run`.

    Returns
    -------
    tuple of Labelled
    """
    used = source.uses.numeric | source.uses.number
    codes = {name: _codes(source.labels.get(name, {})) for name in table.columns if name in used}
    codes = {name: known for name, known in codes.items() if known}
    return tuple(_counted(table, codes, run)) if codes else ()


def as_findings(found: Iterable[Labelled]) -> tuple[Finding, ...]:
    """The same as warnings of the data-quality report."""
    return tuple(
        Finding("warning", "labelled values", one.message, f"column {one.column}", one.rows,
                one.remedy)
        for one in found
    )  # fmt: skip


def _codes(labels: Mapping[Any, str]) -> dict[float, tuple[str, str]]:
    """Number, text and label of each labelled value that is a number."""
    from exitline.stats.data.values import written

    codes = {}
    for value, label in labels.items():
        text = written(value) or ""
        try:
            number = float(text)
        except ValueError:
            continue
        if isfinite(number):
            codes[number] = (text, label)
    return dict(sorted(codes.items())[:MOST_CODES])


def _counted(
    table: Any, codes: Mapping[str, Mapping[float, tuple[str, str]]], run: Callable[[Any], pa.Table]
) -> list[Labelled]:
    """How often the labelled values occur, in one pass."""
    asked: dict[str, Any] = {}
    for i, (column, known) in enumerate(codes.items()):
        if not table[column].type().is_numeric():
            continue
        asked[f"there{i}"] = table[column].count()
        for j, number in enumerate(known):
            is_it = table[column].cast("float64") == number
            asked[f"n{i}_{j}"] = is_it.cast("int64").sum()
    row = run(table.aggregate(**asked)).to_pylist()[0] if asked else {}
    found = []
    for i, (column, known) in enumerate(codes.items()):
        counts = [row.get(f"n{i}_{j}") or 0 for j in range(len(known))]
        if 0 < sum(counts) < row.get(f"there{i}", 0):
            shown = [said for said, n in zip(known.values(), counts, strict=True) if n]
            found.append(Labelled(column, sum(counts), tuple(shown[:3])))
    return found
