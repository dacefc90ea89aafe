"""Rows for replicate weights: the one query whose rows reach Python."""

from __future__ import annotations

from typing import Any

from exitline.measure import portable
from exitline.measure.sums import Plan
from exitline.measure.totals import prepared


def micro(table: Any, plan: Plan) -> Any:
    """What replicates are computed from, one row for each household that can be used.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan

    Returns
    -------
    ibis.Table
        Columns ``inside`` (whether it is of the subpopulation), ``weight``, ``size``, ``welfare``,
        ``line<i>`` where each household has its own, ``flag<i>``, ``domain<i>`` and
        ``replicate<i>``.
    """
    columns = plan.design.replicates
    kept = {f"replicate{i}": portable.number(table[c]) for i, c in enumerate(columns)}
    rows = prepared(table.mutate(**kept), plan, also=tuple(kept))
    wanted = {"inside": rows["_in"], "weight": rows["_weight"], "size": rows["_size"]}
    if plan.welfare:
        wanted["welfare"] = rows["_welfare"]
    for start in ("flag", "domain"):
        wanted |= {c[1:]: rows[c] for c in rows.columns if c.startswith(f"_{start}")}
    own = (i for i, line in enumerate(plan.lines) if isinstance(line.value, str))
    wanted |= {f"line{i}": rows[f"_line{i}"] for i in own}
    wanted |= {name: rows[name] for name in kept}
    return rows.filter(rows["_use"]).select(**wanted)
