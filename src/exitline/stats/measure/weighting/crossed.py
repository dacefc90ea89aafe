"""The query for the regression on auxiliaries: everything that is summed, times each auxiliary."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from exitline.stats.measure.passes.columns import Found
from exitline.stats.measure.passes.sums import Plan
from exitline.stats.measure.passes.totals import amount, row_values
from exitline.stats.measure.weighting.auxiliaries import gram_columns, regressor_columns


def crossed(table: Any, plan: Plan, found: Found = MappingProxyType({})) -> Any:
    """Sums of each of the plan's values x regressor, and of auxiliary x regressor, by domain.

    Parameters
    ----------
    table : ibis.Table
        From `exitline.stats.measure.weighting.auxiliaries.with_auxiliaries`.
    plan : Plan
        With a calibration.
    found : mapping
        What the first pass found.

    Returns
    -------
    ibis.Table
        Columns ``domain1`` ..., ``n``, ``cross<auxiliary>_<sum>``, ``square<i>_<j>``.
    """
    gram, regressor = gram_columns(plan.design), regressor_columns(plan.design)
    micro = row_values(table, plan, found, (*gram, *regressor))
    rows = micro.rows
    aggregates: dict[str, Any] = {"n": rows["_in"].cast("int64").sum()}
    for index, wanted in enumerate(plan.sums):
        if wanted.squared:
            continue
        value = amount(micro, index).fill_null(0.0)  # a value that is missing takes no part
        for j, name in enumerate(regressor):
            aggregates[f"cross{j}_{index}"] = (value * rows[name]).sum()
    for i, left in enumerate(gram):
        for j, right in enumerate(regressor):
            if i <= j:
                aggregates[f"square{i}_{j}"] = (rows[left] * rows[right]).sum()
    keys = [rows[f"_domain{i + 1}"].name(f"domain{i + 1}") for i in range(len(plan.domains))]
    return rows.group_by(keys).aggregate(**aggregates) if keys else rows.aggregate(**aggregates)
