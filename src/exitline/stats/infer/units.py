"""Households that are clusters of their own, from sums and covariances by cell.

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

from exitline.stats.infer.intake.codes import numbers

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.stats.infer.intake.cells import Cells

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING = 1e-13
"""A share of a term's variance below this, not explained by the terms before, is rounding."""


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
