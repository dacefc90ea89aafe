"""One pass over the households: totals per stratum, cluster and domain.

The result of this query is the seam between big data and statistics: a small table
with one row for each stratum x cluster x domain, holding weighted sums of the terms,
the number of households and how many rows could not be used and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis

from exitline.data.design import Design
from exitline.measure import portable, terms
from exitline.measure.catalogue import Measure, Term
from exitline.measure.terms import PovertyLine

FAULTS = (
    "missing_weight",
    "infinite_weight",
    "negative_weight",
    "zero_weight",
    "bad_size",
    "missing_welfare",
    "infinite_welfare",
    "bad_line",
    "missing_design",
)


@dataclass(frozen=True)
class Sum:
    """One weighted sum of the query: a term, at a line where it needs one."""

    term: Term
    line: int | None
    squared: bool = False


@dataclass(frozen=True)
class Plan:
    """What to sum: the columns of the totals query, known before any data are seen.

    Parameters
    ----------
    measures : tuple of Measure
    lines : tuple of PovertyLine
    welfare : str or None
        Welfare column.
    design : Design
    domains : tuple of str
        Every column that some set of domains uses.
    with_squares : bool
        Also sum squares, which design effects need.

    Examples
    --------
    >>> from exitline.measure.catalogue import named
    >>> plan = Plan((named("headcount"),), (PovertyLine("z", 3.0),), "y", Design(), ())
    >>> [s.term.kind for s in plan.sums]
    ['one', 'one', 'poor']
    """

    measures: tuple[Measure, ...]
    lines: tuple[PovertyLine, ...]
    welfare: str | None
    design: Design
    domains: tuple[str, ...]
    with_squares: bool = False

    @property
    def sums(self) -> tuple[Sum, ...]:
        """The distinct weighted sums, in a fixed order."""
        wanted: dict[Sum, None] = {
            Sum(Term("one"), None): None,
            Sum(Term("one", "households"), None): None,
        }
        for measure in self.measures:
            for line in self.lines_of(measure):
                for term in measure.terms:
                    wanted[self.sum_of(term, line)] = None
                if self.with_squares:
                    wanted[self.sum_of(measure.terms[0], line, squared=True)] = None
        return tuple(wanted)

    def lines_of(self, measure: Measure) -> tuple[int | None, ...]:
        """Indices of the lines at which a measure is wanted; (None,) when it needs none."""
        return tuple(range(len(self.lines))) if measure.needs_line else (None,)

    @staticmethod
    def population_of(measure: Measure) -> Sum:
        """The sum that counts the persons or households a measure speaks for."""
        return Sum(Term("one", measure.terms[0].unit, positive=measure.positive), None)

    @staticmethod
    def sum_of(term: Term, line: int | None, *, squared: bool = False) -> Sum:
        """The sum a term needs at a line."""
        return Sum(term, line if term.needs_line else None, squared and not term.idempotent)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the data that the query reads."""
        line_columns = [line.value for line in self.lines if isinstance(line.value, str)]
        named = [
            self.welfare, *line_columns, *self.flags, *self.design.columns, *self.domains,
        ]  # fmt: skip
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @property
    def flags(self) -> tuple[str, ...]:
        """Columns of flag terms."""
        named = (term.column for measure in self.measures for term in measure.terms)
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @property
    def clustered(self) -> bool:
        """Whether cluster totals are needed (a full count has no sampling error)."""
        return not self.design.census


def totals(table: Any, plan: Plan) -> Any:
    """The query: weighted totals by stratum, cluster stages and domain columns.

    Parameters
    ----------
    table : ibis.Table
        Households, one row each; unbound or bound.
    plan : Plan

    Returns
    -------
    ibis.Table
        Columns ``stratum``, ``stage1`` ..., ``domain1`` ..., ``fpc1_min``, ``fpc1_max`` ...,
        ``n`` (households used), ``n_positive``, one ``sum<i>`` for each of `plan.sums`, and a
        count for each of `FAULTS`.
    """
    rows = _prepared(table, plan)
    keys = _keys(rows, plan)
    aggregates: dict[str, Any] = {"n": rows["_use"].cast("int64").sum()}
    if any(m.positive for m in plan.measures):
        above = rows["_use"] & (rows["_welfare"] > 0)
        aggregates["n_positive"] = above.cast("int64").sum()
    for index, wanted in enumerate(plan.sums):
        aggregates[f"sum{index}"] = _weighted(rows, plan, wanted).sum()
    for fault in FAULTS:
        aggregates[fault] = rows[f"_{fault}"].cast("int64").sum()
    if plan.clustered:
        for index in range(len(plan.design.fpcs)):
            column = rows[f"_fpc{index + 1}"]
            aggregates[f"fpc{index + 1}_min"] = column.min()
            aggregates[f"fpc{index + 1}_max"] = column.max()
    return rows.group_by(keys).aggregate(**aggregates) if keys else rows.aggregate(**aggregates)


def _keys(rows: Any, plan: Plan) -> list[Any]:
    """Grouping columns under their canonical names."""
    keys = [rows[f"_domain{i + 1}"].name(f"domain{i + 1}") for i in range(len(plan.domains))]
    if not plan.clustered:
        return keys
    if plan.design.strata is not None:
        keys.insert(0, rows["_stratum"].name("stratum"))
    stages = max(1, len(plan.design.stages))
    return keys + [rows[f"_stage{i + 1}"].name(f"stage{i + 1}") for i in range(stages)]


def _prepared(table: Any, plan: Plan) -> Any:
    """Rows with canonical columns, a flag for each fault, and `_use`."""
    design = plan.design
    new: dict[str, Any] = {}
    one = ibis.literal(1.0)
    new["_weight"] = portable.number(table[design.weight]) if design.weight else one
    new["_size"] = portable.number(table[design.size]) if design.size else one
    if plan.welfare:
        new["_welfare"] = portable.number(table[plan.welfare])
    for index, line in enumerate(plan.lines):
        new[f"_line{index}"] = line.expression(table)
    for index, name in enumerate(plan.domains):
        new[f"_domain{index + 1}"] = table[name]
    for index, name in enumerate(plan.flags):
        new[f"_flag{index}"] = portable.number(table[name])
    if plan.clustered:
        new |= _design_columns(table, design)
    rows = table.select(**new)
    rows = rows.mutate(**_faults(rows, table, plan))
    used = ~_any(rows[f"_{fault}"] for fault in FAULTS)
    return rows.mutate(_use=used)


def _design_columns(table: Any, design: Design) -> dict[str, Any]:
    """Stratum, cluster stages and population sizes."""
    new: dict[str, Any] = {}
    if design.strata is not None:
        new["_stratum"] = table[design.strata]
    for index, name in enumerate(design.stages):
        new[f"_stage{index + 1}"] = table[name]
    if not design.stages:
        new["_stage1"] = ibis.row_number()
    for index, name in enumerate(design.fpcs):
        new[f"_fpc{index + 1}"] = portable.number(table[name])
    return new


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
    if plan.clustered:
        ids = [c for c in rows.columns if c == "_stratum" or c.startswith(("_stage", "_fpc"))]
        flags["_missing_design"] = _any(rows[c].isnull() for c in ids)
    return flags


@dataclass(frozen=True)
class _Broken:
    missing: Any
    infinite: Any


def _broken(number: Any, original: Any) -> _Broken:
    """Missing (null or NaN) and infinite; integers can only be null."""
    if not original.type().is_floating():
        return _Broken(number.isnull(), ibis.literal(False))
    missing = number.isnull() | number.isnan().fill_null(False)
    return _Broken(missing, number.isinf().fill_null(False))


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


def _weighted(rows: Any, plan: Plan, wanted: Sum) -> Any:
    """Weight x term (or its square) on the rows that are used, zero elsewhere."""
    line = plan.lines[wanted.line] if wanted.line is not None else None
    amount = terms.value(
        wanted.term,
        rows["_welfare"] if plan.welfare else None,
        rows[f"_line{wanted.line}"] if line else None,
        line.boundary if line else "<",
        rows[f"_flag{plan.flags.index(wanted.term.column)}"] if wanted.term.column else None,
    )
    if wanted.squared:
        amount = amount * amount
    persons = wanted.term.unit == "persons" and plan.design.size is not None
    weight = rows["_weight"] * rows["_size"] if persons else rows["_weight"]
    return ibis.ifelse(rows["_use"], weight * amount, 0.0)
