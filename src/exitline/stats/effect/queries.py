"""The queries of a difference-in-differences: one row for each unit, its outcomes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis

UNIT, GROUP, WEIGHT, PSU, STRATUM, SEEN = (
    f"exitline__{name}" for name in ("unit", "group", "weight", "psu", "stratum", "seen")
)
"""Columns of the rows."""
_W, _PSU, _STRATUM = (f"exitline__{name}_of_row" for name in ("weight", "psu", "stratum"))


@dataclass(frozen=True)
class EffectColumns:
    """Which column says what.

    Attributes
    ----------
    outcome, unit, time : str
    first : str or None
        The first period under treatment; missing, zero or infinite for never.
    treated : str or None
        Zeros and ones by period, in place of `first`.
    weight : str or None
    psu, strata : tuple of str
    """

    outcome: str
    unit: str
    time: str
    first: str | None = None
    treated: str | None = None
    weight: str | None = None
    psu: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()


def outcome_at(i: int) -> str:
    """The column of the outcome in period `i`."""
    return f"exitline__y{i}"


def periods(table: Any, columns: EffectColumns) -> Any:
    """Each period with its rows, and how many of them lack the outcome.

    Parameters
    ----------
    table : ibis.Table
    columns : EffectColumns

    Returns
    -------
    ibis.Table
        Columns time, rows, missing.
    """
    time, outcome = table[columns.time], table[columns.outcome]
    return (
        table.group_by(time=time.cast("float64"))
        .aggregate(rows=table.count(), missing=outcome.isnull().sum())
        .order_by("time")
    )


def units(table: Any, columns: EffectColumns, times: Sequence[float]) -> Any:
    """One row for each unit: group, weight, outcomes by period, and what is wrong with it.

    Parameters
    ----------
    table : ibis.Table
    columns : EffectColumns
    times : sequence of float

    Returns
    -------
    ibis.Table
        UNIT, GROUP (infinite: never treated), WEIGHT, PSU, STRATUM, the outcomes
        (`outcome_at`), SEEN (periods with an outcome), and rows, late, groups, weights: rows,
        rows that are untreated again, different first periods, different weights.
    """
    weighted = ibis.literal(1.0) if columns.weight is None else table[columns.weight]
    table = table.mutate(**{_W: weighted.cast("float64"), _PSU: _key(table, columns.psu),
                            _STRATUM: _key(table, columns.strata)})  # fmt: skip
    time, weight = table[columns.time].cast("float64"), table[_W]
    outcome = table[columns.outcome].cast("float64")
    never = ibis.literal(float("inf"))
    if columns.first is not None:
        given = table[columns.first].cast("float64")
        first = ibis.ifelse(given.isnull() | (given == 0), never, given)
        early, late = first.min(), ibis.literal(0)
        different = ibis.ifelse(first.min() == first.max(), 1, 2)
    else:
        flag = table[columns.treated].cast("float64")
        early = ibis.ifelse(flag > 0, time, never).min()
        untreated = ibis.ifelse(flag > 0, -never, time).max()
        late = ibis.ifelse(untreated > early, 1, 0)
        different = ibis.literal(1)
    sums = {
        outcome_at(i): ibis.ifelse(time == at, outcome, 0.0).sum() for i, at in enumerate(times)
    }
    return table.group_by(**{UNIT: table[columns.unit]}).aggregate(
        **{
            GROUP: early, WEIGHT: weight.min(), SEEN: outcome.count(),
            PSU: table[_PSU].max(), STRATUM: table[_STRATUM].max(),
            "periods": time.nunique(), "rows": table.count(), "late": late, "groups": different,
            "weights": ibis.ifelse(weight.min() == weight.max(), 1, 2),
        },
        **sums,
    )  # fmt: skip


def _key(table: Any, names: Sequence[str]) -> Any:
    """What several columns say, as one text; empty where there are none."""
    joined = ibis.literal("")
    for name in names:
        joined = joined + table[name].cast("string").fill_null("") + ibis.literal("\x1f")
    return joined


def by_cluster(rows: Any, size: int) -> Any:
    """Weighted sums by stratum, PSU and group: all that a comparison of means needs.

    Parameters
    ----------
    rows : ibis.Table
        As `units` gives them, those that are left out gone.
    size : int
        Number of periods.

    Returns
    -------
    ibis.Table
        STRATUM, PSU, GROUP, WEIGHT, units, and the weighted outcomes.
    """
    return rows.group_by([STRATUM, PSU, GROUP]).aggregate(
        units=rows.count(),
        **{WEIGHT: rows[WEIGHT].sum()},
        **{outcome_at(i): (rows[WEIGHT] * rows[outcome_at(i)]).sum() for i in range(size)},
    )
