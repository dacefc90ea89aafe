"""Cells from the table that the totals query hands back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.designs.ids import Ids
from exitline.stats.infer.intake.cells import Cells, PhaseCells, no_kinds
from exitline.stats.infer.intake.codes import codes, crossed, grouped, numbers, ranked
from exitline.stats.infer.units import spread

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def cells_from_arrow(table: pa.Table, terms: int) -> Cells:
    """Cells from the totals query's result.

    Parameters
    ----------
    table : pyarrow.Table
        With the columns that `exitline.stats.measure.passes.totals.totals` names.
    terms : int
        Number of weighted sums.

    Returns
    -------
    Cells
    """
    names = set(table.column_names)
    rows = table.num_rows
    stage_names = [f"stage{i}" for i in range(1, 10) if f"stage{i}" in names]
    domain_names = [f"domain{i}" for i in range(1, 100) if f"domain{i}" in names]
    fpc_names = [f"fpc{i}_max" for i in range(1, 10) if f"fpc{i}_max" in names]
    none = np.zeros(rows, dtype=np.int64)
    stratum, strata = codes(table.column("stratum")) if "stratum" in names else (none, ("",))
    stages, parent = [], stratum
    ids = None
    for name in stage_names:
        child, values = ranked(table.column(name))
        parent = _nested(parent, child)
        stages.append(parent)
        if ids is None:
            first = grouped(parent)[0]
            ids = Ids(strata, values, child[first], stratum[first])
    coded = [codes(table.column(name)) for name in domain_names]
    n = numbers(table.column("n")).astype(np.int64)
    sums = [_sum(table.column(f"sum{i}"), n) for i in range(terms)]
    kinds = [numbers(table.column(f"cases{i}")) for i in range(100) if f"cases{i}" in names]
    fpcs = [_one_value(table, name) for name in fpc_names]
    found = [numbers(table.column(f"found{i}")) for i in range(1000) if f"found{i}" in names]
    cells = Cells(
        stratum=stratum,
        stages=tuple(stages),
        domains=tuple(c for c, _ in coded),
        levels=tuple(levels for _, levels in coded),
        n=n,
        cases=np.column_stack(kinds).astype(np.int64) if kinds else no_kinds(n),
        sums=np.column_stack(sums).astype(np.float64) if sums else np.empty((rows, 0)),
        fpc=np.column_stack(fpcs).astype(np.float64) if fpcs else np.empty((rows, 0)),
        found=np.column_stack(found).astype(np.float64) if found else None,
        ids=ids,
        phase=_phase(table) if "phase" in names else None,
    )
    return spread(cells, table) if "clusters" in names else cells


def _sum(column: pa.ChunkedArray, n: Ints) -> Floats:
    """Sums by cell; zero, not missing, where no household is used."""
    found = numbers(column).astype(np.float64)
    return np.where((n == 0) & np.isnan(found), 0.0, found) if column.null_count else found


def _phase(table: pa.Table) -> PhaseCells:
    """The second phase of the sample."""
    first, second, base, taken, eased = (
        numbers(table.column(name)).astype(np.float64)
        for name in ("first_units", "second_units", "base", "taken", "eased")
    )
    return PhaseCells(codes(table.column("phase"))[0], first, second, base, taken > 0, eased)


def _one_value(table: pa.Table, highest: str) -> Floats:
    """A column of population sizes; NaN where a cell has several."""
    high = numbers(table.column(highest))
    low = numbers(table.column(highest.replace("_max", "_min")))
    return np.where(high == low, high, np.nan)


def _nested(parent: Ints, child: Ints) -> Ints:
    """Codes of (parent, child) pairs."""
    of = np.zeros(int(child.max(initial=-1)) + 1, dtype=np.int64)
    of[child] = parent
    if np.array_equal(of[child], parent):  # a child has one parent: its own code will do
        return child
    return grouped(crossed(parent, child))[1]
