"""Counties to be planned together, from a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exitline.errors import nearest
from exitline.exits.assess.plans.budget import CountyTask
from exitline.exits.assess.plans.costs import Costs
from exitline.exits.decide.clusters import DEFAULT_ICC, PlanError
from exitline.stats.data.values import written

if TYPE_CHECKING:
    import pyarrow as pa

NEEDED = ("county", "expected_rate", "villages", "cost_village", "cost_household")
OPTIONAL: Mapping[str, float] = {
    "households_per_village": 60,
    "icc": DEFAULT_ICC,
    "threshold": 0.02,
    "weight": 1.0,
}
"""Columns that may be left out, and what then holds for every county."""


def tasks_from(table: pa.Table, defaults: Mapping[str, float] | None = None) -> list[CountyTask]:
    """One task for each row.

    Parameters
    ----------
    table : pyarrow.Table
        Columns county, expected_rate, villages, cost_village, cost_household; optionally
        households_per_village, icc, threshold, weight.
    defaults : mapping, optional
        For optional columns that are not there.

    Returns
    -------
    list of CountyTask

    Raises
    ------
    PlanError
        When a column or a value is missing, or a value cannot be.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.table({"county": ["A"], "expected_rate": [0.01], "villages": [120],
    ...     "cost_village": [300], "cost_household": [15]})
    >>> tasks_from(rows, {"icc": 0.08})[0].icc
    0.08
    """
    for name in NEEDED:
        if name not in table.column_names:
            raise PlanError(
                f"the counties lack the column '{name}'",
                where=f"column {name}",
                expected=", ".join(NEEDED),
                got=", ".join(table.column_names[:20]),
                remedy=nearest(name, table.column_names) or "add it",
            )
    given = {**OPTIONAL, **(defaults or {})}
    return [_task({**given, **row}, place) for place, row in enumerate(table.to_pylist(), 1)]


def _task(row: Mapping[str, Any], place: int) -> CountyTask:
    """One county."""
    try:
        return CountyTask(
            name=written(row["county"]) or "",
            expected_rate=float(row["expected_rate"]),
            costs=Costs(float(row["cost_village"]), float(row["cost_household"])),
            villages=int(row["villages"]),
            households_per_village=int(row["households_per_village"]),
            icc=float(row["icc"]),
            threshold=float(row["threshold"]),
            weight=float(row["weight"]),
        )
    except (TypeError, ValueError) as reason:
        raise PlanError(
            "a county's row has a value that is missing or not a number",
            where=f"row {place} of the counties",
            expected="numbers in " + ", ".join(NEEDED[1:]),
            got="something else",
            remedy="complete the row",
        ) from reason
