"""Whether the rows that came back allow an estimate, and what to tell the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, DesignError
from exitline.stats.data.readers.declaring import choose
from exitline.stats.infer.intake.codes import numbers
from exitline.stats.measure.model import Term
from exitline.stats.measure.passes.sums import Sum
from exitline.words.said import Told, collected, say_plural

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.infer.intake.cells import Cells
    from exitline.stats.measure.passes.sums import Plan

FATAL = {
    "missing_weight": ("a weight on every household", "missing weights",
                       "give them a weight, or leave these households out of the file"),
    "infinite_weight": ("weights below 10^20", "infinite weights, or beyond 10^20",
                        "correct the weight column"),
    "negative_weight": ("weights above zero", "negative weights",
                        "use the design weight, not a calibration that went below zero"),
    "bad_size": ("a household size of at least 1 on every row", "missing or impossible sizes",
                 "correct the size column, or leave size out to count households"),
    "missing_stratum": ("a stratum on every row", "missing stratum", "complete the column"),
    "missing_psu": ("a PSU on every row", "missing PSU", "complete the column"),
    "missing_fpc": ("the number of clusters on every row", "missing fpc", "complete the column"),
}  # fmt: skip
LEFT_OUT = {
    "missing_welfare": collected("missing welfare"),
    "infinite_welfare": collected("infinite welfare, or beyond 10^20"),
    "missing_value": collected("a missing or infinite value in a column of amounts"),
    "bad_line": collected("a missing line, or one that is not above zero"),
}
NOTHING = collected("weight zero")


def count_faults(table: pa.Table, count: Callable[[], pa.Table]) -> dict[str, int]:
    """Number of rows with each fault.

    Parameters
    ----------
    table : pyarrow.Table
        The totals query's result.
    count : callable
        Gives the result of `exitline.stats.measure.passes.prepared.fault_counts`; asked only where
        some row cannot be used.

    Returns
    -------
    dict of str to int
        Empty where all rows can be used.
    """
    if not np.nansum(numbers(table.column("unusable"))):
        return {}
    return {fault: int(found or 0) for fault, found in count().to_pylist()[0].items()}


def any_left_out(faults: Mapping[str, int]) -> bool:
    """Whether rows are left out for a missing value."""
    return any(faults.get(name) for name in LEFT_OUT)


def refuse_unusable(table: pa.Table, faults: Mapping[str, int], plan: Plan, missing: str) -> None:
    """Raise where the data do not allow an estimate.

    Parameters
    ----------
    table : pyarrow.Table
        The totals query's result.
    faults : mapping of str to int
        From `count_faults`.
    plan : Plan
    missing : {"error", "exclude"}
        Whether missing welfare is an error.

    Raises
    ------
    DataError
        Weights, sizes, design columns or welfare that cannot be used, with counts.
    """
    for fault, (expected, got, remedy) in FATAL.items():
        if faults.get(fault):
            raise DataError(
                say_plural(
                    "{n} household cannot be used", "{n} households cannot be used", faults[fault]
                ),
                where=_where(fault, plan),
                expected=expected,
                got=_on_rows(got, faults[fault]),
                remedy=remedy,
            )
    for fault, words in LEFT_OUT.items():
        if faults.get(fault) and missing == "error":
            raise DataError(
                say_plural(
                    "{n} household has {what}",
                    "{n} households have {what}",
                    faults[fault],
                    what=Told(words),
                ),
                where=_where(fault, plan),
                expected="a finite number on every row",
                got=_on_rows(words, faults[fault]),
                remedy="complete them, or leave them out on purpose: "
                + choose('missing="exclude"', "--missing exclude", "missing: exclude")
                + "; the report then says how many",
            )
    if table.num_rows == 0 or not np.nansum(numbers(table.column("n"))):
        if plan.where is not None and table.num_rows:
            raise DataError(
                "no row fulfils the condition",
                where="where",
                expected="at least one row of the subpopulation that can be used",
                got="none",
                remedy="check the condition and the codes that it names",
            )
        raise DataError(
            "no household can be used",
            expected="at least one row with a positive weight",
            got="none",
            remedy="run `exitline check` on the study",
        )


def _where(fault: str, plan: Plan) -> str:
    """The column a fault is in."""
    design = plan.design
    if fault.endswith("weight"):
        return f"column '{design.weight}'"
    if fault == "bad_size":
        return f"column '{design.size}'"
    if fault == "missing_stratum":
        return _columns(design.strata_columns)
    if fault in ("missing_psu", "missing_fpc"):
        named = design.stages if fault == "missing_psu" else design.fpcs
        return _columns(named)
    if fault == "missing_value":
        return _columns(plan.amounts)
    if fault == "bad_line":
        return "the column of the line"
    return f"column '{plan.welfare}'"


def _columns(names: Sequence[str]) -> str:
    """Columns as messages name them."""
    return ("column " if len(names) == 1 else "columns ") + ", ".join(f"'{c}'" for c in names)


def refuse_reused_psus(cells: Cells, design: Design) -> None:
    """Refuse PSU ids that are in several strata, unless ids are nested.

    Parameters
    ----------
    cells : Cells
    design : Design

    Raises
    ------
    DesignError
    """
    if design.sampling.nest or design.stratum is None or cells.ids is None or not cells.clustered:
        return
    if cells.ids.repeated:
        raise DesignError(
            say_plural(
                "{n} PSU id is used in more than one stratum",
                "{n} PSU ids are used in more than one stratum",
                cells.ids.repeated,
            ),
            where=_columns((design.stages[0], *design.strata_columns)),
            expected="each PSU in one stratum",
            got="the same id in several",
            remedy="if ids start anew in each stratum, say nest=True (design: {nest: true}); "
            "otherwise correct the ids",
        )


def notes_on(result: Estimates, faults: Mapping[str, int], cells: Cells, plan: Plan) -> Estimates:
    """The estimates with sentences on what was left out.

    Parameters
    ----------
    result : Estimates
    faults : mapping of str to int
        From `count_faults`.
    cells : Cells
    plan : Plan

    Returns
    -------
    Estimates
        With `notes` and `excluded` filled in.
    """
    excluded = {k: v for k, v in faults.items() if v and (k in LEFT_OUT or k == "zero_weight")}
    notes: list[str] = [
        say_plural(
            "{n} household left out: {reason}",
            "{n} households left out: {reason}",
            v,
            reason=Told(LEFT_OUT.get(k, NOTHING)),
        )
        for k, v in excluded.items()
    ]
    notes += _left_out_of(cells, plan, Term("one", positive=True), "welfare <= 0")
    notes += _left_out_of(cells, plan, Term("one", nonnegative=True), "welfare < 0")
    return replace(result, notes=(*notes, *result.notes), excluded=excluded)


def _left_out_of(cells: Cells, plan: Plan, kept: Term, whose: str) -> list[str]:
    """How many households the measures that keep only some have left out, and which these are."""
    kind = Sum(kept, None)
    if kind not in plan.cases:
        return []
    out = int((cells.n - cells.cases[:, plan.cases.index(kind)]).sum())
    names = ", ".join(
        m.name for m in plan.measures
        if (m.positive, m.nonnegative) == (kept.positive, kept.nonnegative)
    )  # fmt: skip
    said = say_plural("{n} household with {condition} left out of {measures}",
                      "{n} households with {condition} left out of {measures}", out,
                      condition=whose, measures=names)  # fmt: skip
    return [said] if out else []


def _on_rows(what: str, rows: int) -> str:
    """What came, and on how many rows."""
    return say_plural("{what} on {n} row", "{what} on {n} rows", rows, what=Told(what))
