"""The query of a table of counts: one row for each combination of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from exitline.stats.measure import portable

FAULTS = {
    "missing_weight": "without a weight",
    "negative_weight": "with a weight below zero",
    "infinite_weight": "with an infinite weight",
    "bad_size": "without a household size above zero",
}
"""Faults that are counted in the same pass, and how they are said."""

SPREADS = ("weight", "size", "weight_size")
"""What rows of a cell differ in: how many each counts for."""


def counts(
    table: Any, columns: Sequence[Any], *, weight: str | None = None, size: str | None = None
) -> Any:
    """Rows, weighted households and weighted persons by combination of some columns.

    Rows with weight zero stand for nobody and are not counted.

    Parameters
    ----------
    table : ibis.Table
        Households, one row each.
    columns : sequence of ibis columns
        Their names are those of the result.
    weight, size : str, optional
        Columns of weights and of persons per household; 1 where there are none.

    Returns
    -------
    ibis.Table
        Columns ``way1`` ..., ``n``, ``households``, ``persons``, least and most of one row of
        each of `SPREADS` (``weight_low``, ``weight_high`` ...), and one count for each of
        `FAULTS`.

    Examples
    --------
    >>> homes = ibis.table({"county": "string", "w": "float64"}, name="homes")
    >>> counts(homes, [homes.county], weight="w").columns[:4]
    ('way1', 'n', 'households', 'persons')
    """
    one = ibis.literal(1.0)
    rows = table.select(
        **{f"way{i + 1}": portable.key(column) for i, column in enumerate(columns)},
        _weight=portable.number(table[weight]) if weight else one,
        _size=portable.number(table[size]) if size else one,
    )
    rows = rows.mutate(**_faults(rows))
    there = rows["_weight"].notnull() & (rows["_weight"] != 0)
    amount = ibis.ifelse(there, rows["_weight"], 0.0)
    keys = [rows[f"way{i + 1}"] for i in range(len(columns))]
    return rows.group_by(keys).aggregate(
        n=there.cast("int64").sum(),
        households=amount.sum(),
        persons=(amount * rows["_size"].fill_null(0.0)).sum(),
        **_spreads(rows, there),
        **{fault: rows[f"_{fault}"].cast("int64").sum() for fault in FAULTS},
    )


def _spreads(rows: Any, there: Any) -> Mapping[str, Any]:
    """Least and most that one row of a cell counts for."""
    amounts = (rows["_weight"], rows["_size"], rows["_weight"] * rows["_size"])
    counted = [ibis.ifelse(there, amount, ibis.null("float64")) for amount in amounts]
    found = {f"{name}_low": of.min() for name, of in zip(SPREADS, counted, strict=True)}
    return found | {f"{name}_high": of.max() for name, of in zip(SPREADS, counted, strict=True)}


def _faults(rows: Any) -> Mapping[str, Any]:
    """One flag for each fault."""
    weight, size = rows["_weight"], rows["_size"]
    missing = weight.isnull() | portable.nan(weight)
    broken = size.isnull() | portable.nan(size) | ~(size > 0).fill_null(False)
    return {
        "_missing_weight": missing,
        "_negative_weight": (weight < 0).fill_null(False),
        "_infinite_weight": portable.infinite(weight).fill_null(False),
        "_bad_size": broken | portable.infinite(size).fill_null(False),
    }
