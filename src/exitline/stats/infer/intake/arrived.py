"""Cells from the table that the totals query hands back.

Where no cluster is declared, a variance needs of each stratum x domain only how many households
it has, the sums of their values and the covariances: never the households. A cell of m
households is laid out as r + 1 rows, each of which stands for m / (r + 1) equal households, with
r the rank of the covariances. Their number, sums and squares are those of the households, so
that everything that is made of clusters is exact: variances, covariances of areas and measures,
relative lines. There are never more rows than households.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.designs.ids import Ids, LaterUnits
from exitline.stats.infer.intake.cells import Cells, PhaseCells, no_kinds
from exitline.stats.infer.intake.codes import codes, crossed, grouped, numbers, ranked

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints


ROUNDING = 1e-13
"""A share of a term's variance below this, not explained by the terms before, is rounding."""


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
    for index, name in enumerate(stage_names):
        child, values = ranked(table.column(name))
        above, parent = parent, _nested(parent, child)
        stages.append(parent)
        if ids is None:
            first = grouped(parent)[0]
            ids = Ids(strata, values, child[first], stratum[first])
        elif index < len(fpc_names):
            first = grouped(parent)[0]
            units = LaterUnits(values, child[first], above[first])
            ids = replace(ids, below=(*ids.below, units))
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


def spread(cells: Cells, table: pa.Table) -> Cells:
    """Cells by stratum x domain, laid out as rows that stand for equal households.

    Parameters
    ----------
    cells : Cells
        Without stages: one row for each stratum x domain.
    table : pyarrow.Table
        The totals query's result, with ``clusters`` and ``cov<i>_<j>``.

    Returns
    -------
    Cells
        With `times`, `whole` and `clusters`; every row is a cluster of its own.
    """
    factor = _factors(_covariances(table, cells.sums.shape[1]))
    cell, first, deviations = _laid_out(factor)
    parts = np.bincount(cell, minlength=len(cells.n))[cell]
    share = cells.n[cell] / parts
    clusters = numbers(table.column("clusters")).astype(np.int64)
    return replace(
        cells,
        stratum=cells.stratum[cell],
        stages=(np.arange(len(cell), dtype=np.int64),),
        domains=tuple(codes[cell] for codes in cells.domains),
        n=np.where(first, cells.n[cell], 0),
        cases=np.where(first[:, None], cells.cases[cell], 0),
        sums=cells.sums[cell] / parts[:, None] + share[:, None] * deviations,
        fpc=cells.fpc[cell],
        found=None if cells.found is None else cells.found[cell],
        times=share,
        whole=np.where(first[:, None], cells.sums[cell], 0.0),
        clusters=np.where(first, clusters[cell], 0),
    )


def _covariances(table: pa.Table, terms: int) -> Floats:
    """Covariance matrices by cell, shape (cells, terms, terms); zero where none was asked for."""
    result = np.zeros((table.num_rows, terms, terms))
    names = set(table.column_names)
    for i in range(terms):
        for j in range(i, terms):
            if f"cov{i}_{j}" in names:
                found = np.nan_to_num(numbers(table.column(f"cov{i}_{j}")).astype(np.float64))
                result[:, i, j] = result[:, j, i] = found
    return result


def _factors(covariance: Floats) -> Floats:
    """Lower triangular factors of positive semidefinite matrices, shape (cells, terms, terms).

    Cholesky's method for all cells at once. A term that the terms before explain adds no column
    and has no part in later ones; two terms that are equal on every household have equal rows, to
    the last bit, so that a share of 1 has no variance.
    """
    size = covariance.shape[1]
    factor = np.zeros_like(covariance)
    variance = np.einsum("cii->ci", covariance)
    left = variance.copy()
    for k in range(size):
        there = left[:, k:] > ROUNDING * variance[:, k:]
        pivot = np.sqrt(np.where(there[:, 0], left[:, k], 1.0))[:, None]
        explained = np.einsum("cij,cj->ci", factor[:, k:, :k], factor[:, k, :k])
        column = (covariance[:, k:, k] - explained) / pivot
        own = variance[:, [k]]
        equal = (covariance[:, k:, k] == own) & (variance[:, k:] == own)
        column = np.where(equal, pivot, column)
        factor[:, k:, k] = np.where(there & there[:, [0]], column, 0.0)
        left[:, k:] -= factor[:, k:, k] ** 2
    return factor


def _laid_out(factor: Floats) -> tuple[Ints, NDArray[np.bool_], Floats]:
    """Rows of each cell: its position, whether it is the cell's first, deviations from the mean.

    With r columns L of the factor, the r + 1 rows are sqrt(r + 1) L h, h the corners of a
    simplex: of mean zero and covariance L L'.
    """
    filled = np.any(factor != 0.0, axis=1)
    rank = filled.sum(axis=1)
    order = np.argsort(~filled, axis=1, kind="stable")
    cells, firsts, found = [], [], []
    for r in np.unique(rank):
        mine = np.flatnonzero(rank == r)
        corners = np.sqrt(r + 1.0) * _simplex(int(r))
        rows = np.zeros((len(mine), int(r) + 1, factor.shape[1]))
        for a in range(int(r)):
            column = factor[mine, :, order[mine, a]]
            rows += corners[None, :, a, None] * column[:, None, :]
        cells.append(np.repeat(mine, int(r) + 1))
        firsts.append(np.tile(np.arange(int(r) + 1) == 0, len(mine)))
        found.append(np.concatenate(rows))
    return np.concatenate(cells), np.concatenate(firsts), np.concatenate(found)


def _simplex(r: int) -> Floats:
    """r + 1 corners in r dimensions: orthonormal columns that each sum to zero (Helmert's).

    Examples
    --------
    >>> corners = _simplex(2)
    >>> (corners.T @ corners).round(12).tolist(), bool(abs(corners.sum(axis=0)).max() < 1e-12)
    ([[1.0, 0.0], [0.0, 1.0]], True)
    """
    result = np.zeros((r + 1, r))
    for a in range(r):
        result[: a + 1, a] = 1.0
        result[a + 1, a] = -(a + 1.0)
        result[:, a] /= np.sqrt((a + 1.0) * (a + 2.0))
    return result
