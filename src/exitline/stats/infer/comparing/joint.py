"""Joint covariances of figures that share a sample: what differences are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer.designs.frame import CERTAIN

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.designs.frame import Stage
    from exitline.stats.infer.intake.cells import Rows


@dataclass(frozen=True)
class InfluenceColumns:
    """Influence values of some figures, one column of a sparse matrix for each.

    Attributes
    ----------
    rows : Rows
        Where each value belongs; only strata, clusters and what they stand for are read.
    column : int array, shape (rows,)
        The figure a value belongs to, from 0.
    influence : float array, shape (rows,)
    size : int
        Number of figures.
    """

    rows: Rows
    column: Ints
    influence: Floats
    size: int


def clusters_at(rows: Rows, taken: Ints) -> Rows:
    """Strata, clusters and what they stand for of some rows: all that a covariance reads.

    Parameters
    ----------
    rows : Rows
    taken : int array
        Positions of the rows that are kept, as one domain.
    """
    from exitline.stats.infer.intake.cells import Rows, no_kinds

    none = np.zeros(len(taken), dtype=np.int64)
    return Rows(
        none, ((),), rows.stratum[taken], tuple(stage[taken] for stage in rows.stages), none,
        no_kinds(none), np.empty((len(taken), 0)),
        times=None if rows.times is None else rows.times[taken], query=rows.query,
    )  # fmt: skip


class Joint:
    """The covariance matrix of figures, read off only where it is asked for.

    All figures are linearised over the whole design: clusters without members of an area
    are zeros. That is R's ``svyby(covmat = TRUE)``, on which ``svycontrast`` stands.
    Nothing loops over areas, strata or clusters.

    Parameters
    ----------
    size : int
        Number of figures.
    forms : sequence of CovarianceShare
        What adds to their covariances: one for each stage.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex
    Surveys, section 2.3.
    """

    def __init__(self, size: int, forms: Sequence[CovarianceShare]) -> None:
        self.size, self._forms = size, tuple(forms)

    def variances(self) -> Floats:
        """The variance of every figure."""
        return sum((form.diagonal() for form in self._forms), np.zeros(self.size))

    def row(self, column: int) -> Floats:
        """Covariances of one figure with every figure."""
        return sum((form.row(column) for form in self._forms), np.zeros(self.size))

    def matrix(self) -> Floats:
        """All covariances, shape (size, size)."""
        return sum((form.matrix() for form in self._forms), np.zeros((self.size, self.size)))


def _refuse_other_queries(parts: Sequence[InfluenceColumns]) -> None:
    """Refuse figures whose households cannot be told apart from each other's."""
    if len({part.rows.query for part in parts}) > 1:
        raise MeasureError(
            "these figures leave out different households, which no PSU tells apart",
            where="missing",
            expected="measures that need the same columns, or a design with PSUs",
            got="households as clusters, some left out of one measure and not of the other",
            remedy="name a column of PSUs (that of household ids will do), or leave these "
            "households out of both with where",
        )


class CovarianceShare(Protocol):
    """A share of the covariances."""

    def diagonal(self) -> Floats:
        """Variances."""
        ...

    def row(self, column: int) -> Floats:
        """Covariances of one column with all."""
        ...

    def matrix(self) -> Floats:
        """All covariances."""
        ...


@dataclass(frozen=True)
class FigureTotals:
    """Totals of some figures by cluster and by parent, one sparse column for each figure.

    `parent` is each cluster's parent, `times` the clusters that it stands for.
    """

    clusters: Any
    parents: Any
    parent: Ints
    times: Floats


def stacked(
    parts: Sequence[InfluenceColumns],
    index: int,
    parents: int,
    coefficients: Any = None,
    *,
    overlaid: bool,
) -> FigureTotals:
    """Totals at one stage.

    Parameters
    ----------
    parts : sequence of InfluenceColumns
        Their columns follow each other; those of `overlaid` parts are added up.
    index : int
        The stage.
    parents : int
        How many there are at it.
    coefficients : array, shape (functions, figures), optional
        Then the columns are linear functions of the figures, each of which is linearised as one
        figure.
    overlaid : bool
        Whether each part refers to all figures (`of_figures`).
    """
    from scipy.sparse import csc_array

    _refuse_other_queries(parts)
    sizes = [0 if overlaid else part.size for part in parts]
    starts = np.cumsum([0, *sizes])[:-1]
    size = parts[0].size if overlaid else sum(sizes)
    cluster = np.concatenate([part.rows.stages[index] for part in parts])
    parent = np.concatenate(
        [part.rows.stages[index - 1] if index else part.rows.stratum for part in parts]
    )
    column = np.concatenate(
        [part.column + start for part, start in zip(parts, starts, strict=True)]
    )
    value = np.concatenate([part.influence for part in parts])
    of_cluster = np.zeros(int(cluster.max(initial=-1)) + 1, dtype=np.int64)
    of_cluster[cluster] = parent
    times = np.ones(len(of_cluster))
    for part in parts:
        if part.rows.times is not None:
            times[part.rows.stages[index]] = part.rows.times
    by_cluster = csc_array((value, (cluster, column)), shape=(len(of_cluster), size))
    by_parent = csc_array((value, (parent, column)), shape=(parents, size))
    if coefficients is not None:
        mapped = csc_array(coefficients.T)
        by_cluster, by_parent = csc_array(by_cluster @ mapped), csc_array(by_parent @ mapped)
    return FigureTotals(by_cluster, by_parent, of_cluster, times)


class Squares:
    """Sums of products of totals: nothing to centre at."""

    def __init__(self, clusters: Any) -> None:
        self._clusters = clusters

    def diagonal(self) -> Floats:
        """Variances."""
        return np.asarray(self._clusters.power(2).sum(axis=0)).ravel()

    def row(self, column: int) -> Floats:
        """Covariances of one column with all."""
        return np.asarray(self._clusters.T @ self._clusters[:, [column]].toarray().ravel())

    def matrix(self) -> Floats:
        """All covariances."""
        return np.asarray((self._clusters.T @ self._clusters).toarray())


class Products:
    """Sums of A' diag(d) B over some triples (A, d, B), sparse; their sum is symmetric."""

    def __init__(self, triples: Sequence[tuple[Any, Floats, Any]]) -> None:
        self._triples = tuple(triples)

    def diagonal(self) -> Floats:
        """Variances."""
        return np.asarray(sum(a.multiply(b).T @ d for a, d, b in self._triples))

    def row(self, column: int) -> Floats:
        """Covariances of one column with all."""
        return np.asarray(
            sum(a.T @ (d * b[:, [column]].toarray().ravel()) for a, d, b in self._triples)
        )

    def matrix(self) -> Floats:
        """All covariances."""
        from scipy.sparse import diags_array

        return np.asarray(sum((a.T @ diags_array(d) @ b).toarray() for a, d, b in self._triples))


def centred(stage: Stage, totals: FigureTotals, lonely: str, index: int) -> CovarianceShare:
    """Products of totals around the mean of their parents.

    Parameters
    ----------
    stage : Stage
    totals : FigureTotals
    lonely : str
        Treatment of parents with one cluster.
    index : int
        Of the stage, from 0.
    """
    return _Centred(stage, totals, lonely, index)


class _Centred:
    """One stage's share of the covariances.

    Within a parent of n clusters: scale x (sum a b - (sum a)(sum b) / n), which is zero for
    a single cluster. At the first stage "adjust" centres a single PSU at the mean of all, and
    "average" counts such strata as the mean of the others; at later stages a single cluster is
    centred at itself, and "average" has no value (as in R's ``svyrecvar``).
    """

    def __init__(self, stage: Stage, totals: FigureTotals, lonely: str, index: int) -> None:
        self._clusters, self._parents = totals.clusters, totals.parents
        n = stage.sampled
        certain = stage.unsampled < CERTAIN
        spread = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
        scale = np.where(certain, 0.0, stage.factor * stage.unsampled * spread)
        alone = (n == 1) & ~certain
        if lonely == "average" and alone.any():
            strata, usable = int((n > 0).sum()), int(((n > 0) & ~alone).sum())
            scale = scale * (strata / usable if usable and not index else np.nan)
        self._inner = scale[totals.parent] / totals.times
        self._outer = scale / np.maximum(n, 1)
        adjusts = lonely == "adjust" and not index and alone.any()
        self._alone = np.where(alone, scale, 0.0) if adjusts else None
        self._mean = np.asarray(self._parents.sum(axis=0)).ravel() / max(int(n.sum()), 1)

    def diagonal(self) -> Floats:
        """Variances."""
        squares = self._clusters.power(2).T @ self._inner
        result = np.asarray(squares - self._parents.power(2).T @ self._outer)
        if self._alone is None:
            return result
        products = self._parents.power(2).T @ self._alone
        crossed = self._mean * (self._parents.T @ self._alone)
        return np.asarray(result + products - 2.0 * crossed + self._mean**2 * self._alone.sum())

    def row(self, column: int) -> Floats:
        """Covariances of one column with all."""
        mine = self._clusters[:, [column]].toarray().ravel()
        above = self._parents[:, [column]].toarray().ravel()
        outside = self._parents.T @ (self._outer * above)
        result = np.asarray(self._clusters.T @ (self._inner * mine) - outside)
        if self._alone is None:
            return result
        centred = above - self._mean[column]
        products = self._parents.T @ (self._alone * centred)
        return np.asarray(result + products - self._mean * float(self._alone @ centred))

    def matrix(self) -> Floats:
        """All covariances."""
        result = _crossed(self._clusters, self._inner) - _crossed(self._parents, self._outer)
        if self._alone is None:
            return result
        sums = self._parents.T @ self._alone
        result = result + _crossed(self._parents, self._alone)
        result -= np.outer(self._mean, sums) + np.outer(sums, self._mean)
        return np.asarray(result + np.outer(self._mean, self._mean) * self._alone.sum())


def _crossed(matrix: Any, scale: Floats) -> Floats:
    """matrix' diag(scale) matrix, dense."""
    from scipy.sparse import diags_array

    return np.asarray((matrix.T @ diags_array(scale) @ matrix).toarray())
