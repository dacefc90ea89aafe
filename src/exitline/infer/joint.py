"""Joint covariances of figures that share a sample: what differences are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.infer.frame import CERTAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.infer.cells import Rows
    from exitline.infer.estimates import Block
    from exitline.infer.frame import Frame, Stage

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Columns:
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


def of_areas(block: Block) -> Columns:
    """One column for each area of a block, at a fixed line."""
    return Columns(block.rows, block.rows.domain, block.influence, block.rows.size)


def of_area(block: Block, i: int) -> Columns:
    """One column: area `i` of a block, at a fixed line."""
    mine = block.rows.domain == i
    influence = np.where(mine, block.influence, 0.0)
    return Columns(block.rows, np.zeros(len(influence), dtype=np.int64), influence, 1)


def of_line(block: Block) -> Columns | None:
    """One column: the relative line that a block's measure is taken at, if it is relative."""
    if block.at_line is None:
        return None
    rows, influence = block.at_line.line.rows, block.at_line.line.influence
    return Columns(rows, np.zeros(len(influence), dtype=np.int64), influence, 1)


def of_difference(left: Block, i: int, right: Block, j: int) -> Columns:
    """One column: area `i` of a block less area `j` of another, relative lines included."""
    from exitline.infer.cells import Rows, no_kinds

    parts: list[Rows] = []
    influence: list[Floats] = []
    for block, k, sign in ((left, i, 1.0), (right, j, -1.0)):
        parts.append(block.rows)
        influence.append(np.where(block.rows.domain == k, sign * block.influence, 0.0))
        if block.at_line is not None:
            parts.append(block.at_line.line.rows)
            influence.append(sign * block.at_line.slope[k] * block.at_line.line.influence)
    stratum = np.concatenate([rows.stratum for rows in parts])
    none = np.zeros(len(stratum), dtype=np.int64)
    stages = tuple(
        np.concatenate([rows.stages[s] for rows in parts]) for s in range(len(left.rows.stages))
    )
    times = [rows.times for rows in parts if rows.times is not None]
    rows = Rows(
        none, ((),), stratum, stages, none, no_kinds(none), np.empty((len(stratum), 0)),
        times=np.concatenate(times) if times else None,
    )  # fmt: skip
    return Columns(rows, none, np.concatenate(influence), 1)


class Joint:
    """The covariance matrix of figures, read off only where it is asked for.

    All figures are linearised over the whole design: clusters without members of an area
    are zeros. That is R's ``svyby(covmat = TRUE)``, on which ``svycontrast`` stands.
    Nothing loops over areas, strata or clusters.

    Parameters
    ----------
    frame : Frame
        The design of the whole sample.
    parts : sequence of Columns
        Their columns follow each other.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex
    Surveys, section 2.3.
    """

    def __init__(self, frame: Frame, parts: Sequence[Columns]) -> None:
        self.size = sum(part.size for part in parts)
        self._stages = tuple(
            _At(stage, _matrices(parts, index, stage, self.size), frame.lonely, index)
            for index, stage in enumerate(frame.stages)
        )

    def variances(self) -> Floats:
        """The variance of every figure."""
        return sum((at.diagonal() for at in self._stages), np.zeros(self.size))

    def row(self, column: int) -> Floats:
        """Covariances of one figure with every figure."""
        return sum((at.row(column) for at in self._stages), np.zeros(self.size))

    def matrix(self) -> Floats:
        """All covariances, shape (size, size)."""
        return sum((at.matrix() for at in self._stages), np.zeros((self.size, self.size)))


def _matrices(
    parts: Sequence[Columns], index: int, stage: Stage, size: int
) -> tuple[Any, Any, Ints, Floats]:
    """Totals by cluster and by parent, sparse; each cluster's parent, and what it stands for."""
    from scipy.sparse import csc_array

    cluster = np.concatenate([part.rows.stages[index] for part in parts])
    parent = np.concatenate(
        [part.rows.stages[index - 1] if index else part.rows.stratum for part in parts]
    )
    starts = np.cumsum([0, *(part.size for part in parts)])
    column = np.concatenate(
        [part.column + start for part, start in zip(parts, starts, strict=False)]
    )
    value = np.concatenate([part.influence for part in parts])
    of_cluster = np.zeros(int(cluster.max(initial=-1)) + 1, dtype=np.int64)
    of_cluster[cluster] = parent
    times = np.ones(len(of_cluster))
    for part in parts:
        if part.rows.times is not None:
            times[part.rows.stages[index]] = part.rows.times
    by_cluster = csc_array((value, (cluster, column)), shape=(len(of_cluster), size))
    by_parent = csc_array((value, (parent, column)), shape=(len(stage.sampled), size))
    return by_cluster, by_parent, of_cluster, times


class _At:
    """One stage's share of the covariances.

    Within a parent of n clusters: scale x (sum a b - (sum a)(sum b) / n), which is zero for
    a single cluster. At the first stage "adjust" centres a single PSU at the mean of all, and
    "average" counts such strata as the mean of the others; at later stages a single cluster is
    centred at itself, and "average" has no value (as in R's ``svyrecvar``).
    """

    def __init__(
        self, stage: Stage, totals: tuple[Any, Any, Ints, Floats], lonely: str, index: int
    ) -> None:
        self._clusters, self._parents, of_cluster, times = totals
        n = stage.sampled
        certain = stage.unsampled < CERTAIN
        spread = np.where((n > 1) & stage.centred, n / np.maximum(n - 1, 1), 1.0)
        scale = np.where(certain, 0.0, stage.factor * stage.unsampled * spread)
        alone = (n == 1) & ~certain
        if lonely == "average" and alone.any():
            strata, usable = int((n > 0).sum()), int(((n > 0) & ~alone).sum())
            scale = scale * (strata / usable if usable and not index else np.nan)
        self._inner = scale[of_cluster] / times
        self._outer = scale / np.maximum(n, 1) * stage.centred
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
