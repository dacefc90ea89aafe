"""Rows grouped by the values that their new weights depend on, and the weights joined back.

A calibrated weight depends on a row's auxiliary values alone, a trimmed one on the weight, a
replicate weight on the PSU. So the engine groups the rows by these values, the weights are found
for the groups, and the engine joins them back: no row passes through Python.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis

from exitline.stats.measure import portable

ROW = "exitline__row"
"""The column that numbers the rows, where their order is kept."""


@dataclass(frozen=True)
class GroupKey:
    """A column by whose values rows are grouped.

    Attributes
    ----------
    column : str or tuple of str
        Several codes are crossed.
    kind : {"code", "number"}
        Compared as it is written, or as a double.
    """

    column: str | tuple[str, ...]
    kind: Literal["code", "number"] = "code"

    def of(self, table: Any) -> Any:
        """The value on each row; missing where it cannot be used."""
        if isinstance(self.column, tuple):
            return portable.crossed([table[name] for name in self.column])
        value = table[self.column]
        if self.kind == "code":
            return portable.key(value)
        number = portable.number(value)
        return ibis.ifelse(
            portable.finite(number) & ~portable.infinite(number), number, ibis.null("float64")
        )


def shown(key: GroupKey) -> str:
    """A key as messages name it.

    Examples
    --------
    >>> shown(GroupKey("zone")), shown(GroupKey(("zone", "urban")))
    ("column 'zone'", "columns 'zone', 'urban'")
    """
    named = ", ".join(f"'{name}'" for name in columns_of(key))
    return ("column " if isinstance(key.column, str) else "columns ") + named


def columns_of(key: GroupKey) -> tuple[str, ...]:
    """The columns of a key.

    Examples
    --------
    >>> columns_of(GroupKey("zone")), columns_of(GroupKey(("zone", "urban")))
    (('zone',), ('zone', 'urban'))
    """
    return (key.column,) if isinstance(key.column, str) else key.column


def key_name(index: int) -> str:
    """The name of a key's column among the groups."""
    return f"exitline__key{index}"


def in_memory(table: Any) -> Any:
    """A small Arrow table as an expression, for a table of the user's own backend.

    Examples
    --------
    >>> import pyarrow as pa
    >>> in_memory(pa.table({"a": [1]})).columns
    ('a',)
    """
    return ibis.memtable(table)


def groups(
    table: Any,
    keys: Sequence[GroupKey],
    weight: str | None,
    ranges: Mapping[str, str] | None = None,
    sums: Mapping[str, str] | None = None,
) -> Any:
    """The query: rows grouped by keys.

    Parameters
    ----------
    table : ibis.Table
    keys : sequence of GroupKey
    weight : str, optional
    ranges, sums : mapping of str to str, optional
        Names, and columns of numbers.

    Returns
    -------
    ibis.Table
        The keys (see `key_name`), ``n`` rows, ``weight`` (their sum), ``faulty`` (rows whose
        weight is missing, infinite or not above zero); for each of `ranges` its least and
        largest value, ``<name>_min`` and ``<name>_max``, and ``<name>_missing``, rows without;
        for each of `sums` its sum, NaN where a value is missing.
    """
    named = {key_name(i): key.of(table) for i, key in enumerate(keys)}
    one = portable.number(table[weight]) if weight else ibis.literal(1.0)
    good = (portable.finite(one) & ~portable.infinite(one) & (one > 0)).fill_null(False)
    spread = {name: GroupKey(column, "number").of(table) for name, column in (ranges or {}).items()}
    missing = ibis.literal(float("nan"))
    added = {
        name: GroupKey(column, "number").of(table).fill_null(missing)
        for name, column in (sums or {}).items()
    }
    rows = table.select(
        **named, **spread, **added, weight=ibis.ifelse(good, one, 0.0), faulty=~good
    )
    found = {
        "n": rows.count(), "weight": rows.weight.sum(), "faulty": rows.faulty.cast("int64").sum()
    }  # fmt: skip
    for name in spread:
        found[f"{name}_min"], found[f"{name}_max"] = rows[name].min(), rows[name].max()
        found[f"{name}_missing"] = rows[name].isnull().cast("int64").sum()
    found |= {name: rows[name].sum() for name in added}
    return rows.group_by(list(named)).aggregate(**found) if named else rows.aggregate(**found)


def joined(
    table: Any,
    found: Any,
    keys: Sequence[GroupKey],
    new: Mapping[str, tuple[str | None, str | None]],
    keep: Sequence[str],
) -> Any:
    """The query: the rows with columns that their groups have.

    Parameters
    ----------
    table : ibis.Table
    found : ibis.Table
        The groups with their keys and new columns.
    keys : sequence of GroupKey
    new : mapping of str to (str or None, str or None)
        New columns, and what they are the product of: a column of the groups, a column of the
        rows, or both.
    keep : sequence of str
        Columns of the rows to keep.

    Returns
    -------
    ibis.Table
    """
    named = {key_name(i): key.of(table) for i, key in enumerate(keys)}
    rows = table.mutate(**named)
    both = rows.inner_join(found, list(named)) if named else rows.cross_join(found)
    made: dict[str, Any] = {}
    for name, (group, row) in new.items():
        factor = both[group] if group is not None else None
        times = portable.number(both[row]) if row is not None else None
        made[name] = times if factor is None else factor if times is None else times * factor
    return both.select(*keep, **made)
