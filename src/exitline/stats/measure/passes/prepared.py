"""Rows with canonical columns, and which of them can be used: what every query begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import ibis

from exitline.stats.data.sampling.design import Design
from exitline.stats.measure import portable
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.passes.sums import Plan
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


def prepared(table: Any, plan: Plan, also: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Rows with canonical columns, and who takes part.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan
    also : mapping of str to column
        Columns to carry along as they are.

    Returns
    -------
    ibis.Table
        `_sound`: rows without a fault; `_use`: of these, rows that were drawn in all phases;
        `_in`: of these, the rows of the subpopulation.
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
    rows = rows.mutate(_sound=_all(_sound(rows, table, plan)))
    taken = design.sampling.taken is not None
    rows = rows.mutate(_use=rows["_sound"] & rows["_taken"] if taken else rows["_sound"])
    return rows.mutate(_in=rows["_use"] & rows["_asked"])


def fault_counts(table: Any, plan: Plan) -> Any:
    """One row: how many rows that cannot be used have each fault.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan

    Returns
    -------
    ibis.Table
        A column for each of `FAULTS`.
    """
    rows = prepared(table, plan)
    flags = _faults(rows, table, plan)  # and no filter: see `portable.nan`
    return rows.aggregate(
        **{fault: portable.number_of(~rows["_sound"] & flags[f"_{fault}"]) for fault in FAULTS}
    )


def _sound(rows: Any, table: Any, plan: Plan) -> Iterator[Any]:
    """What must hold of a row that is used: the reverse of every fault, at little cost.

    A condition may be missing, which is as good as false.
    """
    design = plan.design
    always = [("_weight", design.weight)] if design.weight else []
    always += [("_size", design.size)] if design.size else []
    lines = [(f"_line{i}", z.value) for i, z in enumerate(plan.lines) if isinstance(z.value, str)]
    asked = [("_welfare", plan.welfare)] if plan.welfare else []
    asked += [*lines, *((f"_flag{plan.flags.index(name)}", name) for name in plan.amounts)]
    two_phases = design.sampling.taken is not None
    groups = [(always, always), (asked, lines)]
    if plan.where is None:
        groups = [([*always, *asked], [*always, *lines])]
    for needed, above in groups:
        for condition in (*_plain(rows, table, needed), *(rows[c] > 0 for c, _ in above)):
            if needed is asked:  # what is not asked for may be missing
                condition = condition | ~rows["_asked"]
            # what was not drawn again may lack anything
            yield condition | ~rows["_taken"] if two_phases else condition
    if plan.clustered:
        for column in (c for c in rows.columns if c.startswith(("_stratum", "_stage", "_fpc"))):
            yield portable.key(rows[column]).notnull()


def _plain(rows: Any, table: Any, columns: Sequence[tuple[str, str]]) -> Iterator[Any]:
    """Whether numbers are there, none NaN and none beyond what anything is computed from.

    A sum is finite where all its parts are. What statistics of a Parquet file say of the largest
    value spares an engine the comparisons; NaN they leave out.
    """
    floating = []
    for column, name in columns:
        of = table[name].type()
        if of.is_integer() or of.is_boolean():
            yield rows[column].notnull()
        else:
            floating.append(rows[column])
            yield rows[column].between(-portable.LARGEST, portable.LARGEST)
    if floating:
        total = sum(floating[1:], floating[0])
        yield total - total == 0


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
    if design.weight:  # what does not count may be missing
        for fault in ("missing_welfare", "infinite_welfare", "missing_value", "bad_line"):
            flags[f"_{fault}"] = flags[f"_{fault}"] & ~flags["_zero_weight"]
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


def _all(conditions: Iterator[Any]) -> Any:
    """Logical and of any number of conditions; false where one is missing."""
    result = None
    for condition in conditions:
        result = condition if result is None else result & condition
    return ibis.literal(True) if result is None else result.fill_null(False)


def _any(flags: Any) -> Any:
    """Logical or of any number of flags."""
    result = None
    for flag in flags:
        result = flag if result is None else result | flag
    return ibis.literal(False) if result is None else result
