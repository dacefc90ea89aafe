"""Errors of a table's counts and shares: linearised, or computed again with each replicate."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.infer.comparing.joint import InfluenceColumns, clusters_at

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.cross_tables.functions import Functions
    from exitline.stats.infer.designs.variance import Part, Variance
    from exitline.stats.infer.intake.cells import Rows


AT_ONCE = 16


class Linearised:
    """Errors by the linearisation of each figure over the design.

    Parameters
    ----------
    variance : Variance
    part : Part
        Of weighted counts by cell.
    places : int array, shape (cells,)
        Where the cells of the table stand among its domains; -1 for empty ones.
    counts : float array, shape (cells,)
    """

    def __init__(self, variance: Variance, part: Part, places: Ints, counts: Floats) -> None:
        self._variance, self._part = variance, part
        self._places, self._counts = places, counts

    @cached_property
    def _by_cluster(self) -> tuple[Rows, Any]:
        """Clusters of the last stage, and their totals by cell, sparse."""
        from scipy.sparse import csr_array

        rows = self._part.rows
        _, first, inverse = np.unique(rows.stages[-1], return_index=True, return_inverse=True)
        shape = (len(first), rows.size)
        totals = csr_array((self._part.influence, (inverse, rows.domain)), shape=shape)
        return clusters_at(rows, first), totals

    def _slopes(self, functions: Functions) -> Floats:
        """Derivatives of the functions by each count."""
        number = functions.number[:, None]
        base = np.where(number, 1.0, (functions.bottom @ self._counts)[:, None])
        value = functions.of(self._counts)[:, None]
        return np.asarray((functions.top - np.where(number, 0.0, value * functions.bottom)) / base)

    def se(self, functions: Functions) -> Floats:
        """Each as one figure of the whole sample, so that a share that cannot vary has none.

        Functions are taken a few at a time, for the memory's sake.
        """
        rows, totals = self._by_cluster
        by_domain = np.zeros((self._part.rows.size, len(functions.top)))
        there = self._places >= 0
        by_domain[self._places[there]] = self._slopes(functions)[:, there].T
        variance = np.empty(len(functions.top))
        for start in range(0, len(variance), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            influence = np.asarray(totals @ by_domain[:, some])
            variance[some] = self._variance.of(rows, influence)[0]
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def covariance(self, functions: Functions) -> Floats:
        """From the joint covariance of the counts."""
        there, cells, rows = self._places >= 0, len(self._places), self._part.rows
        columns = InfluenceColumns(rows, rows.domain, self._part.influence, rows.size)
        matrix = self._variance.joint([columns]).matrix()
        known = np.zeros((cells, cells))
        known[np.ix_(there, there)] = matrix[np.ix_(self._places[there], self._places[there])]
        slopes = self._slopes(functions)
        return np.asarray(slopes @ known @ slopes.T)


class ReplicatedTable:
    """Errors from every figure computed again with each replicate's counts.

    Parameters
    ----------
    part, places, counts
        As for `Linearised`; the influence holds deviations from the full-sample counts
        times the root of each scale.
    scales : float array, shape (replicates,)
    mse : bool
        Whether deviations are from the full-sample figure, instead of the replicates' mean.
    """

    def __init__(
        self, part: Part, places: Ints, counts: Floats, scales: Floats, *, mse: bool
    ) -> None:
        root = np.sqrt(scales)
        deviation = part.influence.reshape(part.rows.size, len(scales))[places]
        moved = np.divide(deviation, root, out=np.zeros_like(deviation), where=root > 0)
        self._again = counts[:, None] + np.where(places[:, None] >= 0, moved, 0.0)
        self._counts, self._root, self._mse = counts, root, mse

    def _deviations(self, functions: Functions) -> Floats:
        """Scaled deviations of each function, shape (functions, replicates)."""
        again = functions.of(self._again)
        there = np.isfinite(again) & (self._root > 0)
        mean = np.where(there, again, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        centre = functions.of(self._counts) if self._mse else mean
        return np.asarray(np.where(there, again - centre[:, None], 0.0) * self._root)

    def se(self, functions: Functions) -> Floats:
        """Roots of sums of squared deviations."""
        return np.asarray(np.sqrt((self._deviations(functions) ** 2).sum(axis=1)))

    def covariance(self, functions: Functions) -> Floats:
        """Sums of products of deviations."""
        found = self._deviations(functions)
        return np.asarray(found @ found.T)


class Exact:
    """A census: no errors."""

    def se(self, functions: Functions) -> Floats:
        """Zeros."""
        return np.zeros(len(functions.top))

    def covariance(self, functions: Functions) -> Floats:
        """Zeros."""
        return np.zeros((len(functions.top), len(functions.top)))
