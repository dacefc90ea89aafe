"""One pass over the households: totals per stratum, cluster and domain.

The result of this query is the seam between big data and statistics: a small table
with one row for each stratum x cluster x domain, holding weighted sums of the terms,
the number of households and how many rows could not be used and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import ibis

from exitline.stats.measure import portable, terms
from exitline.stats.measure.measures import rank_kinds
from exitline.stats.measure.model import Term
from exitline.stats.measure.passes.columns import Columns, Found, taking_part, with_found
from exitline.stats.measure.passes.prepared import prepared
from exitline.stats.measure.passes.repeated import ranked_by_value
from exitline.stats.measure.passes.sums import Plan, Sum
from exitline.stats.measure.weighting.auxiliaries import auxiliary_columns

ONE_BY_ONE = 100_000
"""Households up to which each comes back as a cluster of its own."""


def with_moments(plan: Plan, table: Any, run: Callable[[Any], Any]) -> Plan:
    """The plan, with covariances from the engine where there are many clusters of one household.

    Parameters
    ----------
    plan : Plan
    table : ibis.Table
    run : callable
        From a query to its result, as `Engine.run`.

    Returns
    -------
    Plan
    """
    if not plan.by_household or plan.design.calibration is not None:
        return plan
    if any(one.whole for one in plan.sums):  # covariances are those of the subpopulation alone
        return plan
    rows = run(table.aggregate(rows=table.count())).column("rows")[0].as_py()
    return replace(plan, moments=rows > ONE_BY_ONE)


def totals(table: Any, plan: Plan, found: Found = MappingProxyType({})) -> Any:
    """The query: weighted totals by stratum, cluster stages and domain columns.

    Parameters
    ----------
    table : ibis.Table
        Households, one row each; unbound or bound.
    plan : Plan
    found : mapping
        What `first_pass` found, where the plan has any `first`.

    Returns
    -------
    ibis.Table
        Columns ``stratum``, ``stage1`` ..., ``domain1`` ..., ``fpc1_min``, ``fpc1_max`` ...,
        ``n`` (households used), ``cases<i>`` (of these, the kinds of `plan.cases`), one ``sum<i>``
        for each of `plan.sums` (missing where no household is used), and ``unusable``, the rows
        that cannot be used (`fault_counts` says why). With `plan.moments` no stages, but
        ``clusters`` (rows, used or not) and ``cov<i>_<j>``, the covariance of two sums' values
        over the households used.
    """
    auxiliary = auxiliary_columns(plan.design)
    micro = row_values(table, plan, found, auxiliary)
    rows = micro.rows
    used = rows["_households"].count()
    all_that_can_be_used = plan.where is None and plan.design.sampling.taken is None
    sound = used if all_that_can_be_used else portable.number_of(rows["_sound"])
    aggregates: dict[str, Any] = {"n": used, "unusable": rows.count() - sound}
    for index, wanted in enumerate(plan.cases):
        taking_part = (terms.value(wanted.term, micro, wanted.at) != 0).fill_null(False)
        aggregates[f"cases{index}"] = portable.number_of(rows["_in"] & taking_part)
    for index, one in enumerate(plan.first):
        figure = micro.found(one.scalar, one.at)
        aggregates[f"found{index}"] = figure.max() if one.by else figure
    for index, wanted in enumerate(plan.sums):
        value = amount(micro, index)
        if wanted.term.kind == "kernel":
            value = value.fill_null(0.0)
        if plan.moments:
            value = ibis.ifelse(rows["_in"], value.fill_null(float("nan")), 0.0)
        aggregates[f"sum{index}"] = value.sum()
    for index, name in enumerate(auxiliary):
        aggregates[f"auxiliary{index}"] = rows[name].sum()
    aggregates |= _of_design(rows, plan)
    if plan.moments:
        return _with_moments(micro, plan, aggregates)
    return _by_keys(rows, plan, aggregates)


def _of_design(rows: Any, plan: Plan) -> dict[str, Any]:
    """Population sizes of clusters, and what cells say of a second phase."""
    if not plan.clustered:
        return {}
    found: dict[str, Any] = {}
    for index in range(len(plan.design.fpcs)):
        column = rows[f"_fpc{index + 1}"]
        found[f"fpc{index + 1}_min"] = column.min()
        found[f"fpc{index + 1}_max"] = column.max()
    if plan.design.sampling.taken is not None:
        for name in ("first_units", "second_units", "base", "eased"):
            found[name] = rows[f"_{name}"].max()
        found["taken"] = rows["_taken"].cast("int64").max()
    return found


def _with_moments(micro: Columns, plan: Plan, aggregates: dict[str, Any]) -> Any:
    """The totals by stratum and domain, with the covariances of the households' values.

    The engines' covariances are updated mean by mean, so that equal values have none at all.
    Only what a figure's influence is made of takes part: no squares, no kernels.
    """
    taken = [
        i for i, one in enumerate(plan.sums) if not one.squared and one.term.kind != "kernel"
    ]  # fmt: skip
    values = {f"_value{i}": _finite(amount(micro, i), plan.sums[i].term) for i in taken}
    rows = micro.rows.mutate(**values)
    aggregates |= {"clusters": rows.count(), "unusable": portable.number_of(~rows["_sound"])}
    for i in taken:
        for j in taken:
            if i <= j:
                one, other = rows[f"_value{i}"], rows[f"_value{j}"]
                aggregates[f"cov{i}_{j}"] = one.cov(other, how="pop", where=rows["_in"])
    return _by_keys(rows, plan, aggregates)


def _finite(value: Any, term: Term) -> Any:
    """A value of which an engine gives covariances; the sum says where it is not finite."""
    if term.kind in ("one", "poor", "at_most"):
        return value
    return ibis.ifelse(portable.finite(value), value, 0.0)


def _by_keys(rows: Any, plan: Plan, aggregates: dict[str, Any]) -> Any:
    """The aggregates by stratum, cluster stages and domains; a column is grouped by once."""
    keys = _keys(plan)
    if not keys:
        return rows.aggregate(**aggregates)
    once = {of: name for name, (of, _) in reversed(keys.items())}
    found = rows.group_by(
        [rows[column].name(name) for name, (of, column) in keys.items() if once[of] == name]
    ).aggregate(**aggregates)
    again = {name: found[once[of]] for name, (of, _) in keys.items() if once[of] != name}
    return found.mutate(**again) if again else found


def _keys(plan: Plan) -> dict[str, tuple[tuple[str, ...], str]]:
    """Grouping columns by their canonical names: what they are of, and where that stands."""
    design, keys = plan.design, dict[str, tuple[tuple[str, ...], str]]()
    if plan.clustered and design.stratum is not None:
        keys["stratum"] = (tuple(design.strata_columns), "_stratum")
    for index, name in enumerate(plan.domains):
        keys[f"domain{index + 1}"] = ((name,), f"_domain{index + 1}")
    if not plan.clustered or plan.moments:
        return keys
    stages = max(1, len(design.stages))
    for index in range(stages):
        of = (design.stages[index],) if design.stages else ("", "row")
        keys[f"stage{index + 1}"] = (of, f"_stage{index + 1}")
    if design.sampling.taken is not None:
        keys[f"stage{stages + 1}"] = (("", "unit"), "_unit")
        keys["phase"] = (("", "phase"), "_phase")
    return keys


def row_values(table: Any, plan: Plan, found: Found, also: Sequence[str] = ()) -> Columns:
    """The rows of a table, ready for sums of the plan.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan
    found : mapping
        What the first pass found.
    also : sequence of str
        Columns to carry along as they are.
    """
    alone = any(one.whole or one.term.ranked for one in plan.sums)
    rows = prepared(table, plan, {name: table[name] for name in also})
    rows = taking_part(rows, plan, values=alone)
    return with_ranks(ranked_by_value(Columns(with_found(rows, found), plan, found)))


def with_ranks(micro: Columns) -> Columns:
    """The rows, with what several sums take in columns, and what depends on ranks: a sum takes no
    window function, and one window function no other.

    Parameters
    ----------
    micro : Columns
    """
    before = {
        (part, one.at): None for one in micro.plan.sums for part in rank_kinds.inner(one.term)
    }  # fmt: skip
    before |= {
        (terms.plain_gap(part), one.at): None
        for one in micro.plan.sums
        for part in one.term.parts
        if (part.kind, part.alpha) == ("gap", 2.0)
    }
    if before:
        names = {key: f"_staged{i}" for i, key in enumerate(before)}
        columns = {name: terms.value(part, micro, at) for (part, at), name in names.items()}
        staged = {**micro.staged, **names}
        micro = replace(micro, rows=micro.rows.mutate(**columns), staged=staged)
    ranked = {
        f"_ranked{i}": _weighted(micro, one)
        for i, one in enumerate(micro.plan.sums)
        if one.term.ranked
    }
    return replace(micro, rows=micro.rows.mutate(**ranked)) if ranked else micro


def amount(micro: Columns, index: int) -> Any:
    """What one of the plan's sums adds up.

    Parameters
    ----------
    micro : Columns
    index : int
        Of `plan.sums`.
    """
    wanted = micro.plan.sums[index]
    return micro.rows[f"_ranked{index}"] if wanted.term.ranked else _weighted(micro, wanted)


def _weighted(micro: Columns, wanted: Sum) -> Any:
    """Weight x term (or its square); missing on rows that take no part."""
    if wanted.whole:
        micro = replace(micro, whole_sample=True)
    amount = terms.value(wanted.term, micro, wanted.at)
    if wanted.squared:
        amount = amount * amount
    return portable.times(micro.weight(wanted.term.unit), amount)
