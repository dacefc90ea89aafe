"""Joint covariances of figures that share a sample: what differences are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer.frame import CERTAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.cells import Rows
    from exitline.stats.infer.frame import Frame, Stage

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


def of_figures(figures: Sequence[tuple[Block, int]]) -> list[Columns]:
    """One column for each figure, a block and an area of it; relative lines included.

    Parameters
    ----------
    figures : sequence of (Block, int)
        Each may be there several times.

    Returns
    -------
    list of Columns
        One for each block: `Columns.size` is the number of all figures, so that those of
        several blocks are to be added up (`stacked`).
    """
    size = len(figures)
    of_block: dict[int, list[int]] = {}
    for position, (block, _) in enumerate(figures):
        of_block.setdefault(id(block), []).append(position)
    found: list[Columns] = []
    for positions in of_block.values():
        block = figures[positions[0]][0]
        areas = np.array([figures[p][1] for p in positions])
        found += _chosen(block, areas, np.array(positions), size)
    return found


def _chosen(block: Block, areas: Ints, positions: Ints, size: int) -> list[Columns]:
    """Columns `positions` for some areas of a block, and what a relative line adds to them."""
    order = np.argsort(block.rows.domain, kind="stable")
    starts = np.searchsorted(block.rows.domain[order], [areas, areas + 1])
    lengths = starts[1] - starts[0]
    offsets = np.repeat(starts[0] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    taken = order[offsets + np.arange(int(lengths.sum()))]
    column = np.repeat(positions, lengths)
    found = [Columns(clusters_at(block.rows, taken), column, block.influence[taken], size)]
    if block.at_line is not None:
        line, slopes = block.at_line.line, block.at_line.slope[areas]
        count = len(line.influence)
        rows = clusters_at(line.rows, np.tile(np.arange(count), len(areas)))
        influence = np.outer(slopes, line.influence).ravel()
        found.append(Columns(rows, np.repeat(positions, count), influence, size))
    return found


def clusters_at(rows: Rows, taken: Ints) -> Rows:
    """Strata, clusters and what they stand for of some rows: all that a covariance reads.

    Parameters
    ----------
    rows : Rows
    taken : int array
        Positions of the rows that are kept, as one domain.
    """
    from exitline.stats.infer.cells import Rows, no_kinds

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
    frame : Frame
        The design of the whole sample.
    parts : sequence of Columns
        Their columns follow each other; those of `overlaid` parts are added up.
    coefficients : array, shape (functions, figures), optional
        Then the covariances are those of linear functions of the figures, each of which is
        linearised as one figure.
    overlaid : bool
        Whether each part speaks of all figures (`of_figures`).

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex
    Surveys, section 2.3.
    """

    def __init__(
        self,
        frame: Frame,
        parts: Sequence[Columns],
        coefficients: Floats | None = None,
        *,
        overlaid: bool = False,
    ) -> None:
        from scipy.sparse import csc_array

        _refuse_other_queries(parts)
        sizes = [0 if overlaid else part.size for part in parts]
        starts = np.cumsum([0, *sizes])[:-1]
        figures = parts[0].size if overlaid else sum(sizes)
        mapped = None if coefficients is None else csc_array(coefficients.T)
        self.size = figures if coefficients is None else coefficients.shape[0]
        self._stages = tuple(
            _At(
                stage,
                _matrices(parts, starts, (index, stage, figures), mapped),
                frame.lonely,
                index,
            )
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


def _refuse_other_queries(parts: Sequence[Columns]) -> None:
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


def _matrices(
    parts: Sequence[Columns], starts: Ints, at: tuple[int, Stage, int], mapped: Any
) -> tuple[Any, Any, Ints, Floats]:
    """Totals by cluster and by parent, sparse; each cluster's parent, and what it stands for."""
    from scipy.sparse import csc_array

    index, stage, size = at

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
    by_parent = csc_array((value, (parent, column)), shape=(len(stage.sampled), size))
    if mapped is not None:
        by_cluster, by_parent = csc_array(by_cluster @ mapped), csc_array(by_parent @ mapped)
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
