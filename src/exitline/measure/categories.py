"""Columns that say in which row and column of a table a household stands."""

from __future__ import annotations

from typing import Any

import ibis

from exitline.measure import portable

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
