"""One meaning of a missing value, and one form of a text, in whatever an engine attaches.

NaN, empty text, text of blanks and the marks that the user declared are missing, in every
format and on every engine; text has no blanks around it. Infinities stay, for they are faults of
a number that must be named; where a value is a key, `exitline.stats.measure.portable.key`
makes them missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from inspect import Parameter, Signature
from math import isfinite
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.data.values import Uses
from exitline.stats.measure import portable

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source


def function(name: str, takes: Sequence[Any], gives: Any) -> Any:
    """A function of an engine, by its name there, for use in an expression.

    Examples
    --------
    >>> import ibis.expr.datatypes as dt
    >>> function("strlen", [dt.string], dt.int64)(ibis.literal("é")).type()
    Int64(nullable=True)
    """

    def body(*_: Any) -> None:
        """What the engine does."""

    body.__name__ = name
    names = [f"x{i}" for i in range(len(takes))]
    body.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(n, Parameter.POSITIONAL_OR_KEYWORD) for n in names]
    )
    return ibis.udf.scalar.builtin(body, name=name, signature=(tuple(takes), gives))


def as_written(
    table: Any,
    marks: Sequence[str] = (),
    *,
    text: Callable[[Any], Any] = lambda column: column.strip(),
    uses: Uses | None = None,
) -> Any:
    """The table with every missing value as NULL, and texts without blanks around.

    Parameters
    ----------
    table : ibis.Table
    marks : sequence of str
        Values that stand for a missing one, as written: "NA", "-99".
    text : callable
        From a text column to its one form on this engine.
    uses : Uses, optional
        What columns are used for: those that are not read stay as they are.

    Returns
    -------
    ibis.Table
        The same columns in the same order.

    Examples
    --------
    >>> table = ibis.memtable({"r": [" N ", "", "NA"], "y": [1.0, -99.0, 3.0]})
    >>> as_written(table, ["NA", "-99"]).count().to_sql() is not None
    True
    """
    numbers = numbers_of(marks)
    uses = uses or Uses()
    looked = [name for name in table.columns if uses.reads(name)]
    taken = {name for name in uses.many if not marks and name in looked}
    columns = {
        name: _column(table[name], marks, numbers, text)
        for name in looked
        if name not in taken or not table[name].type().is_floating()
    }
    changed = {name: column for name, column in columns.items() if column is not None}
    if not changed:
        return table
    return table.select(**{name: changed.get(name, table[name]) for name in table.columns})


def zones(source: Source) -> dict[str, str]:
    """Time zones of the moments that a Parquet file holds, by column."""
    import pyarrow as pa

    fields = source.options.get("schema", ())
    return {f.name: f.type.tz for f in fields if pa.types.is_timestamp(f.type) and f.type.tz}


def _column(
    column: Any, marks: Sequence[str], numbers: Sequence[float], text: Callable[[Any], Any]
) -> Any | None:
    """A column with its missing values; None where nothing is to be done."""
    of = column.type()
    if of.is_null() or (of.is_unknown() and "NULL" in str(of)):
        return ibis.null("string")
    if of.is_string():
        trimmed = text(column)
        absent = trimmed.isin(["", *marks])
        return ibis.ifelse(absent, ibis.null("string"), trimmed)
    if of.is_floating():
        absent = portable.nan(column)
        for number in numbers:
            absent = absent | (column == number)
        return ibis.ifelse(absent, ibis.null(of), column)
    if numbers and of.is_numeric():
        absent = column.cast("float64").isin(list(numbers))
        return ibis.ifelse(absent, ibis.null(of), column)
    return None


def numbers_of(marks: Sequence[str]) -> list[float]:
    """The finite numbers among the marks: what they are in a column of numbers.

    Examples
    --------
    >>> numbers_of(["NA", "-99", "."])
    [-99.0]
    """
    found = []
    for mark in marks:
        with suppress(ValueError):
            found.append(float(mark))
    return [number for number in found if isfinite(number)]
