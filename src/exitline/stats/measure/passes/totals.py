"""One pass over the households: totals per stratum, cluster and domain.

The result of this query is the seam between big data and statistics: a small table
with one row for each stratum x cluster x domain, holding weighted sums of the terms,
the number of households and how many rows could not be used and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import ibis

from exitline.stats.data.sampling.design import Design
from exitline.stats.measure import portable, terms
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.measures import rank_kinds
from exitline.stats.measure.model import Term
from exitline.stats.measure.passes.columns import Columns, Found, with_found
from exitline.stats.measure.passes.sums import Plan, Sum
from exitline.stats.measure.weighting.auxiliaries import auxiliary_columns
from exitline.stats.measure.weighting.phases import phase_keys

FAULTS = (
    "missing_weight",
    "infinite_weight",
    "negative_weight",
    "zero_weight",
    "bad_size",
    "missing_welfare",
    "infinite_welfare",
    "missing_value",
    "bad_line",
    "missing_stratum",
    "missing_psu",
    "missing_fpc",
)


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
        for each of `plan.sums`, and ``unusable`` (rows that are not used, see `fault_counts`).
        With `plan.moments` no stages, but ``clusters`` (rows, used or not) and ``cov<i>_<j>``,
        the covariance of two sums' values over the households used.
    """
    auxiliary = auxiliary_columns(plan.design)
    rows = with_found(prepared(table, plan, {name: table[name] for name in auxiliary}), found)
    micro = with_ranks(Columns(rows, plan, found))
    rows = micro.rows
    keys = _keys(rows, plan)
    aggregates: dict[str, Any] = {"n": _number_of(rows["_in"])}
    for index, wanted in enumerate(plan.cases):
        taking_part = (terms.value(wanted.term, micro, wanted.at) != 0).fill_null(False)
        aggregates[f"cases{index}"] = _number_of(rows["_in"] & taking_part)
    for index, one in enumerate(plan.first):
        figure = micro.found(one.scalar, one.at)
        aggregates[f"found{index}"] = figure.max() if one.by else figure
    for index, wanted in enumerate(plan.sums):
        value = amount(micro, index)
        if wanted.term.kind == "kernel":
            value = value.fill_null(0.0)
        aggregates[f"sum{index}"] = (value.fill_null(float("nan")) if plan.moments else value).sum()
    for index, name in enumerate(auxiliary):
        aggregates[f"auxiliary{index}"] = rows[name].sum()
    aggregates["unusable"] = _number_of(~rows["_use"])
    aggregates |= _of_design(rows, plan)
    if plan.moments:
        return _with_moments(micro, plan, aggregates)
    return rows.group_by(keys).aggregate(**aggregates) if keys else rows.aggregate(**aggregates)


def _number_of(flag: Any) -> Any:
    """How many rows have a flag; a sum of it would come back as a decimal, which takes longer."""
    return flag.count(where=flag)


def fault_counts(table: Any, plan: Plan) -> Any:
    """The query: how many rows have each of `FAULTS`; asked where the totals hold unusable rows.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan

    Returns
    -------
    ibis.Table
        One row, a column for each fault.
    """
    rows = prepared(table, plan)
    return rows.aggregate(**{fault: _number_of(rows[f"_{fault}"]) for fault in FAULTS})


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
        for name in ("first_units", "second_units", "base"):
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
    aggregates["clusters"] = rows.count()
    for i in taken:
        for j in taken:
            if i <= j:
                one, other = rows[f"_value{i}"], rows[f"_value{j}"]
                aggregates[f"cov{i}_{j}"] = one.cov(other, how="pop", where=rows["_in"])
    keys = _keys(rows, plan)
    return rows.group_by(keys).aggregate(**aggregates) if keys else rows.aggregate(**aggregates)


def _finite(value: Any, term: Term) -> Any:
    """A value of which an engine gives covariances; the sum says where it is not finite."""
    if term.kind in ("one", "poor", "at_most"):
        return value
    return ibis.ifelse(portable.finite(value), value, 0.0)


def _keys(rows: Any, plan: Plan) -> list[Any]:
    """Grouping columns under their canonical names."""
    keys = [rows[f"_domain{i + 1}"].name(f"domain{i + 1}") for i in range(len(plan.domains))]
    if not plan.clustered:
        return keys
    if plan.design.stratum is not None:
        keys.insert(0, rows["_stratum"].name("stratum"))
    if plan.moments:
        return keys
    stages = max(1, len(plan.design.stages))
    keys += [rows[f"_stage{i + 1}"].name(f"stage{i + 1}") for i in range(stages)]
    if plan.design.sampling.taken is not None:
        keys += [rows["_unit"].name(f"stage{stages + 1}"), rows["_phase"].name("phase")]
    return keys


def prepared(table: Any, plan: Plan, also: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Rows with canonical columns, a flag for each fault, and who takes part.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan
    also : mapping of str to column
        Columns to carry along as they are.

    Returns
    -------
    ibis.Table
        `_use`: rows that can be used; `_in`: of these, the rows of the subpopulation.
    """
    design = plan.design
    new: dict[str, Any] = {}
    one = ibis.literal(1.0)
    new["_weight"] = portable.number(table[design.weight]) if design.weight else one
    new["_size"] = portable.number(table[design.size]) if design.size else one
    if plan.welfare:
        new["_welfare"] = portable.number(table[plan.welfare])
    new |= {f"_line{i}": z.expression(table) for i, z in enumerate(plan.lines) if not z.within}
    inside = ibis.literal(True) if plan.where is None else table[plan.where].fill_null(False)
    new["_asked"] = inside
    for index, name in enumerate(plan.domains):
        new[f"_domain{index + 1}"] = portable.key(table[name])
    for index, name in enumerate(plan.flags):
        new[f"_flag{index}"] = portable.number(table[name])
    if plan.clustered:
        new |= _design_columns(table, design, moments=plan.moments)
    rows = table.select(**new, **also)
    rows = rows.mutate(**_faults(rows, table, plan))
    used = ~_any(rows[f"_{fault}"] for fault in FAULTS)
    rows = rows.mutate(_use=used if design.sampling.taken is None else used & rows["_taken"])
    return rows.mutate(_in=rows["_use"] & rows["_asked"])


def _design_columns(table: Any, design: Design, *, moments: bool) -> dict[str, Any]:
    """Stratum, cluster stages and population sizes."""
    new: dict[str, Any] = {}
    if design.stratum is not None:
        new["_stratum"] = portable.crossed([table[name] for name in design.strata_columns])
    for index, name in enumerate(design.stages):
        new[f"_stage{index + 1}"] = portable.key(table[name])
    if not design.stages and not moments:
        new["_stage1"] = ibis.row_number()
    for index, name in enumerate(design.fpcs):
        new[f"_fpc{index + 1}"] = portable.number(table[name])
    return new | (phase_keys(table) if design.sampling.taken is not None else {})


def _faults(rows: Any, table: Any, plan: Plan) -> dict[str, Any]:
    """One flag per fault; only the first applicable one is raised for weights."""
    design = plan.design
    weight, never = rows["_weight"], ibis.literal(False)
    flags: dict[str, Any] = dict.fromkeys((f"_{fault}" for fault in FAULTS), never)
    if design.weight:
        broken = _broken(weight, table[design.weight])
        flags["_missing_weight"] = broken.missing
        flags["_infinite_weight"] = broken.infinite
        flags["_negative_weight"] = (weight < 0).fill_null(False) & ~broken.infinite
        flags["_zero_weight"] = (weight == 0).fill_null(False)
    if design.size:
        broken = _broken(rows["_size"], table[design.size])
        flags["_bad_size"] = broken.missing | broken.infinite | (rows["_size"] <= 0).fill_null(True)
    if plan.welfare:
        broken = _broken(rows["_welfare"], table[plan.welfare])
        flags["_missing_welfare"] = broken.missing
        flags["_infinite_welfare"] = broken.infinite
    bad_lines = [_bad_line(rows, table, i, x) for i, x in enumerate(plan.lines)]
    flags["_bad_line"] = _any(flag for flag in bad_lines if flag is not None)
    amounts = [(rows[f"_flag{plan.flags.index(name)}"], table[name]) for name in plan.amounts]
    broken_ones = [_broken(*pair) for pair in amounts]
    flags["_missing_value"] = _any(one.missing | one.infinite for one in broken_ones)
    if plan.where is not None:  # what is not asked for may be missing
        asked = ("missing_welfare", "infinite_welfare", "missing_value", "bad_line")
        flags |= {f"_{fault}": flags[f"_{fault}"] & rows["_asked"] for fault in asked}
    if design.sampling.taken is not None:  # what was not drawn again may lack anything
        flags = {name: flag & rows["_taken"] for name, flag in flags.items()}
    if plan.clustered:
        for fault, start in (("stratum", "_stratum"), ("psu", "_stage"), ("fpc", "_fpc")):
            named = [rows[c] for c in rows.columns if c.startswith(start)]
            flags[f"_missing_{fault}"] = _any(portable.key(column).isnull() for column in named)
    return flags


@dataclass(frozen=True)
class _Broken:
    missing: Any
    infinite: Any


def _broken(number: Any, original: Any) -> _Broken:
    """Missing (null or NaN) and infinite; integers can only be null, text can say "inf"."""
    if original.type().is_integer() or original.type().is_boolean():
        return _Broken(number.isnull(), ibis.literal(False))
    missing = number.isnull() | portable.nan(number)
    return _Broken(missing, portable.infinite(number).fill_null(False))


def _bad_line(rows: Any, table: Any, index: int, line: PovertyLine) -> Any | None:
    """Rows whose own line is missing, infinite or not above zero (column lines only)."""
    if not isinstance(line.value, str):
        return None
    column = rows[f"_line{index}"]
    broken = _broken(column, table[line.value])
    return broken.missing | broken.infinite | (column <= 0).fill_null(True)


def _any(flags: Any) -> Any:
    """Logical or of any number of flags."""
    result = None
    for flag in flags:
        result = flag if result is None else result | flag
    return ibis.literal(False) if result is None else result


def with_ranks(micro: Columns) -> Columns:
    """The rows, with what depends on ranks in columns: a sum takes no window function, and one
    window function no other.

    Parameters
    ----------
    micro : Columns
    """
    before = {
        (part, one.at) for one in micro.plan.sums for part in rank_kinds.inner(one.term)
    }  # fmt: skip
    if before:
        names = {key: f"_staged{i}" for i, key in enumerate(before)}
        columns = {name: terms.value(part, micro, at) for (part, at), name in names.items()}
        micro = replace(micro, rows=micro.rows.mutate(**columns), staged=names)
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
    """Weight x term (or its square) on the rows that take part, zero elsewhere."""
    amount = terms.value(wanted.term, micro, wanted.at)
    if wanted.squared:
        amount = amount * amount
    taking_part = micro.rows["_use" if wanted.whole else "_in"]
    return ibis.ifelse(taking_part, micro.weight(wanted.term.unit) * amount, 0.0)
