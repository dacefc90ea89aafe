"""Columns that say in which row and column of a table a household stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from exitline.stats.measure import portable

MOST_VALUES = 200
"""Values of a column of categories that are told apart, at most."""
ROW, COLUMN, KNOWN = "exitline__row", "exitline__column", "exitline__known"


def with_categories(table: Any, row: str, column: str | None) -> Any:
    """The table with its households' row and column, both missing where one of them is.

    Parameters
    ----------
    table : ibis.Table
    row : str
    column : str or None

    Returns
    -------
    ibis.Table
        With the columns `ROW`, `COLUMN` (where there is one) and `KNOWN` (1 or 0).

    Examples
    --------
    >>> table = ibis.table({"a": "string", "b": "int64"}, name="t")
    >>> with_categories(table, "a", "b").columns[2:]
    ('exitline__row', 'exitline__column', 'exitline__known')
    """
    values = {ROW: portable.key(table[row])}
    if column is not None:
        values[COLUMN] = portable.key(table[column])
    known = ibis.literal(True)
    for value in values.values():
        known = known & value.notnull()
    new = {
        name: ibis.ifelse(known, value, ibis.null(value.type())) for name, value in values.items()
    }
    return table.mutate(**new, **{KNOWN: ibis.ifelse(known, 1, 0)})


def values_query(table: Any, value: Any) -> Any:
    """The distinct values of an expression, column ``value``: one more than are told apart.

    Parameters
    ----------
    table : ibis.Table
    value : ibis expression of its rows
    """
    known = table.select(value=value).filter(lambda rows: rows["value"].notnull())
    return known.distinct().limit(MOST_VALUES + 1)


def with_indicators(
    table: Any, column: str, values: Sequence[Any], prefix: str
) -> tuple[Any, list[str], str]:
    """The table with a 0/1 column for each value of a column, and one of whether it has any.

    Parameters
    ----------
    table : ibis.Table
    column : str
    values : sequence
    prefix : str
        What the new columns' names begin with.

    Returns
    -------
    (ibis.Table, list of str, str)
        The table, a name for each value, and the name of the last.
    """
    key = portable.key(table[column])
    names = [f"{prefix}{k}" for k in range(len(values))]
    new = {
        name: ibis.ifelse((key == value).fill_null(False), 1.0, 0.0)
        for name, value in zip(names, values, strict=True)
    }
    known = f"{prefix}_known"
    return table.mutate(**new, **{known: ibis.ifelse(key.notnull(), 1.0, 0.0)}), names, known


def belonging(table: Any, values: Mapping[str, Any]) -> Any:
    """1 on rows whose columns have some values, 0 on all others.

    Parameters
    ----------
    table : ibis.Table
    values : mapping of str to value
        By column; None stands for a missing value. Empty: every row belongs.

    Examples
    --------
    >>> table = ibis.table({"a": "string", "b": "int64"}, name="t")
    >>> belonging(table, {"a": "x", "b": None}).type()
    Float64(nullable=True)
    """
    inside = ibis.literal(True)
    for column, value in values.items():
        key = portable.key(table[column])
        same = key.isnull() if value is None else (key == value).fill_null(False)
        inside = inside & same
    return ibis.ifelse(inside, 1.0, 0.0)
