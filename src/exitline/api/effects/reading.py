"""From a table of units and periods to the sample of a difference-in-differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import Faults, unknown
from exitline.stats.effect.errors import EffectError
from exitline.stats.effect.queries import (
    GROUP,
    PSU,
    SEEN,
    STRATUM,
    UNIT,
    WEIGHT,
    EffectColumns,
    by_cluster,
    outcome_at,
    periods,
    units,
)  # fmt: skip
from exitline.stats.effect.sample import EffectSample
from exitline.words.said import say

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.engine.base import Engine

MOST = 200
"""Periods in a column, beyond which it is taken for another one."""


def read_sample(
    table: Any, engine: Engine, columns: EffectColumns, *, each: bool
) -> tuple[EffectSample, list[Any], tuple[str, ...]]:
    """The sample, the units of its rows, and what was left out.

    Parameters
    ----------
    table : ibis.Table
    engine : Engine
    columns : EffectColumns
    each : bool
        Whether each unit needs a row of its own: for covariates.

    Returns
    -------
    EffectSample, list, tuple of str
    """
    times = _times(table, engine, columns)
    rows = units(table, columns, times)
    _refuse(engine.run(_faults(rows)), columns)
    first, size = times[0], len(times)
    kept = rows.filter((rows[SEEN] == size) & (rows[GROUP] > first) & rows[UNIT].notnull())
    notes = _left_out(engine.run(_counts(rows, times)), times)
    clustered = bool(columns.psu) and not each
    keys = [STRATUM, PSU, GROUP] if clustered else [UNIT]
    found = engine.run((by_cluster(kept, size) if clustered else kept).order_by(keys))
    if not found.num_rows:
        raise EffectError(
            "no unit is left to compare", expected="units with an outcome in every period",
            got="; ".join(notes) or "no rows", remedy="look at the columns that were named",
        )  # fmt: skip
    named = [] if clustered else found[UNIT].to_pylist()
    return _sample(found, times, columns, clustered=clustered), named, notes


def _times(table: Any, engine: Engine, columns: EffectColumns) -> tuple[float, ...]:
    """The periods in order."""
    found = engine.run(periods(table, columns))
    times = [t for t in found["time"].to_pylist() if t is not None]
    if not 2 <= len(times) <= MOST:
        raise EffectError(
            "this is no column of periods", where=f"column '{columns.time}'",
            expected=f"2 to {MOST} periods, as numbers: years, months or rounds counted through",
            got=f"{len(times):,} different values", remedy="name the column of periods",
        )  # fmt: skip
    return tuple(times)


def _faults(rows: Any) -> Any:
    """How many units occur twice in a period, change their group or weight, or end treatment."""
    return rows.aggregate(
        twice=(rows["rows"] > rows["periods"]).sum(), groups=(rows["groups"] > 1).sum(),
        weights=(rows["weights"] > 1).sum(), late=(rows["late"] > 0).sum(),
        unnamed=rows[UNIT].isnull().sum(), negative=(rows[WEIGHT] < 0).sum(),
        unweighted=rows[WEIGHT].isnull().sum(),
    )  # fmt: skip


def _refuse(counted: pa.Table, columns: EffectColumns) -> None:
    """All faults of the units at once."""
    row = {name: int(value or 0) for name, value in counted.to_pylist()[0].items()}
    said = {
        "unnamed": (columns.unit, "rows without a unit", "a unit in every row"),
        "twice": (columns.unit, "units with several rows in a period", "one row a unit and period"),
        "groups": (columns.first or "", "units whose first period changes", "one for each unit"),
        "late": (columns.treated or "", "units that are untreated again",
                 "treatment that stays: once it has begun it holds"),
        "weights": (columns.weight or "", "units whose weight changes", "one weight a unit"),
        "negative": (columns.weight or "", "units with a negative weight", "zero or above"),
        "unweighted": (columns.weight or "", "units without a weight", "a weight for each unit"),
    }  # fmt: skip
    faults = Faults()
    for name, (column, what, expected) in said.items():
        if row.get(name):
            faults.add(EffectError(
                what, where=f"column '{column}'", expected=expected, got=f"{row[name]:,} units",
                remedy="correct these rows, or leave them out",
            ))  # fmt: skip
    faults.raise_all()


def _counts(rows: Any, times: Sequence[float]) -> Any:
    """How many units are left out, and why."""
    holes = rows[SEEN] < len(times)
    return rows.aggregate(
        holes=holes.sum(), always=((rows[GROUP] <= times[0]) & ~holes).sum(),
        later=((rows[GROUP] > times[-1]) & (rows[GROUP] < float("inf"))).sum(),
    )  # fmt: skip


def _left_out(counted: pa.Table, times: Sequence[float]) -> tuple[str, ...]:
    """The same in words."""
    row = {name: int(value or 0) for name, value in counted.to_pylist()[0].items()}
    first, last = (f"{times[at]:g}" for at in (0, -1))
    said = {
        "holes": say("units without an outcome in every period: {n} left out", n=row["holes"]),
        "always": say("units under treatment from the first period ({period}) on: {n} left out, "
                      "since nothing is known of them before", period=first, n=row["always"]),
        "later": say("units first treated after the last period ({period}): {n}, not yet treated "
                     "in all of them", period=last, n=row["later"]),
    }  # fmt: skip
    return tuple(text for name, text in said.items() if row[name])


def _sample(
    found: pa.Table, times: tuple[float, ...], columns: EffectColumns, *, clustered: bool
) -> EffectSample:
    """Arrays of the rows; groups after the last period are those never treated in the data."""

    def floats(name: str) -> Any:
        return found[name].to_numpy(zero_copy_only=False).astype(np.float64)

    weight = floats(WEIGHT)
    outcome = np.column_stack([floats(outcome_at(i)) for i in range(len(times))])
    designed = bool(columns.psu or columns.strata)
    stratum = _codes(found[STRATUM].to_pylist())
    keys = list(zip(stratum, found[PSU].to_pylist(), strict=True))
    psu = _codes(keys) if columns.psu else np.arange(weight.size)
    return EffectSample(
        times, floats(GROUP), weight, outcome if clustered else outcome * weight[:, None],
        found["units"].to_numpy().astype(np.int64) if clustered
        else np.ones(weight.size, dtype=np.int64),
        psu, stratum, designed,
    )  # fmt: skip


def _codes(keys: Sequence[Any]) -> Any:
    """Whole numbers that stand for keys, in the order of their first appearance."""
    known: dict[Any, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def check_columns(table: Any, columns: EffectColumns) -> None:
    """Refuse columns that are not there.

    Parameters
    ----------
    table : ibis.Table
    columns : EffectColumns

    Raises
    ------
    EffectError
    """
    named = [columns.outcome, columns.unit, columns.time, columns.first, columns.treated,
             columns.weight, *columns.psu, *columns.strata]  # fmt: skip
    for name in named:
        if name is not None and name not in table.columns:
            raise unknown("column", name, tuple(table.columns), error=EffectError)
