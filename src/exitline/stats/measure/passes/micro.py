"""Rows for replicate weights: the one query whose rows reach Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exitline.stats.measure import portable
from exitline.stats.measure.passes.prepared import prepared
from exitline.stats.measure.passes.sums import Plan


def micro(table: Any, plan: Plan, replicates: Sequence[int]) -> Any:
    """What replicates are computed from, one row for each household that can be used.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan
    replicates : sequence of int
        Positions in the design's replicate weights.

    Returns
    -------
    ibis.Table
        Columns ``weight`` and ``replicate<i>``, ``inside`` (whether the row is of the
        subpopulation), ``size``, ``welfare``, ``line<i>`` where each household has
        its own, ``flag<i>`` and ``domain<i>``.
    """
    columns = plan.design.replicates
    kept = {f"replicate{i}": portable.number(table[columns[i]]) for i in replicates}
    rows = prepared(table, plan, kept)
    wanted = {"weight": rows["_weight"], "inside": rows["_in"], "size": rows["_size"]}
    if plan.welfare:
        wanted["welfare"] = rows["_welfare"]
    for start in ("flag", "domain"):
        wanted |= {c[1:]: rows[c] for c in rows.columns if c.startswith(f"_{start}")}
    own = (i for i, line in enumerate(plan.lines) if isinstance(line.value, str))
    wanted |= {f"line{i}": rows[f"_line{i}"] for i in own}
    wanted |= {name: rows[name] for name in kept}
    return rows.filter(rows["_use"]).select(**wanted)
