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

from exitline.measure import portable

ROW = "exitline__row"
"""The column that numbers the rows, where their order is kept."""


@dataclass(frozen=True)
class Key:
    """A column by whose values rows are grouped.

    Attributes
    ----------
    column : str
    kind : {"code", "number"}
        Compared as it is written, or as a double.
    """

    column: str
    kind: Literal["code", "number"] = "code"

    def of(self, table: Any) -> Any:
        """The value on each row; missing where it cannot be used."""
        value = table[self.column]
        if self.kind == "code":
            return portable.key(value)
        number = portable.number(value)
        return ibis.ifelse(
            portable.finite(number) & ~portable.infinite(number), number, ibis.null("float64")
        )


def key_name(index: int) -> str:
    """The name of a key's column among the groups."""
    return f"exitline__key{index}"


def groups(table: Any, keys: Sequence[Key], weight: str | None) -> Any:
    """The query: rows grouped by keys.

    Parameters
    ----------
    table : ibis.Table
    keys : sequence of Key
    weight : str, optional

    Returns
    -------
    ibis.Table
        The keys (see `key_name`), ``n`` rows, ``weight`` (their sum), ``faulty`` (rows whose
        weight is missing, infinite or not above zero).
    """
    named = {key_name(i): key.of(table) for i, key in enumerate(keys)}
    one = portable.number(table[weight]) if weight else ibis.literal(1.0)
    good = (portable.finite(one) & ~portable.infinite(one) & (one > 0)).fill_null(False)
    rows = table.select(**named, weight=ibis.ifelse(good, one, 0.0), faulty=~good)
    return rows.group_by(list(named)).aggregate(
        n=rows.count(), weight=rows.weight.sum(), faulty=rows.faulty.cast("int64").sum()
    )


def joined(
    table: Any,
    found: Any,
    keys: Sequence[Key],
    new: Mapping[str, str],
    weight: str | None,
    keep: Sequence[str],
) -> Any:
    """The query: the rows with columns that their groups have.

    Parameters
    ----------
    table : ibis.Table
    found : ibis.Table
        The groups with their keys and new columns.
    keys : sequence of Key
    new : mapping of str to str
        New columns, and the columns of `found` they are made of.
    weight : str, optional
        A column that the new ones are multiplied with.
    keep : sequence of str
        Columns of the rows to keep.

    Returns
    -------
    ibis.Table
    """
    named = {key_name(i): key.of(table) for i, key in enumerate(keys)}
    rows = table.mutate(**named)
    both = rows.inner_join(found, list(named)) if named else rows.cross_join(found)
    times = portable.number(both[weight]) if weight else None
    made = {
        name: both[column] if times is None else times * both[column]
        for name, column in new.items()
    }
    return both.select(*keep, **made)
