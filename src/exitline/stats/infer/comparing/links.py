"""PSUs that two samples share: which they are, and what figures of both have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.infer.designs.frame import CERTAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.designs.ids import LaterUnits
    from exitline.stats.infer.designs.variance import Overlap
    from exitline.stats.infer.intake.cells import Rows


@dataclass(frozen=True)
class Link:
    """The PSUs that two samples share, or the units of a later stage within them.

    Attributes
    ----------
    before, after : int array, shape (codes,)
        By the code of a PSU in each sample: its position among the shared ones, or -1.
    stratum : int array, shape (shared,)
        Stratum of each shared PSU (of a later unit: its cluster), from 0.
    scale : float array, shape (strata,)
        What the sum of products of centred PSU totals of a stratum is multiplied by.
    alone : bool array, shape (strata,)
        Strata that are centred at the mean of all PSUs (`lonely`: adjust).
    sizes : (int, int)
        PSUs of each sample.
    stage : int
        From 0.
    later : tuple of Link
        Units of later stages that both samples have.
    """

    before: Ints
    after: Ints
    stratum: Ints
    scale: Floats
    alone: NDArray[np.bool_]
    sizes: tuple[int, int]
    stage: int = 0
    later: tuple[Link, ...] = ()

    @property
    def shared(self) -> int:
        """Number of PSUs that both samples have."""
        return len(self.stratum)

    @property
    def strata(self) -> int:
        """Number of strata with shared PSUs."""
        return len(self.scale)


def shared_psus(before: Overlap | None, after: Overlap | None) -> Link | None:
    """The PSUs that stand in both samples: same stratum, same id.

    Parameters
    ----------
    before, after : Overlap or None

    Returns
    -------
    Link or None
        None where a sample has no declared PSUs, or no PSU is in both.
    """
    if before is None or after is None:
        return None
    there = {pair: code for code, pair in enumerate(before.ids.pairs())}
    found = [(there.get(pair, -1), code) for code, pair in enumerate(after.ids.pairs())]
    both = np.array([one for one in found if one[0] >= 0], dtype=np.int64).reshape(-1, 2)
    if not len(both):
        return None
    strata = before.ids.stratum[both[:, 0]], after.ids.stratum[both[:, 1]]
    _, head, stratum = np.unique(strata[0], return_index=True, return_inverse=True)
    scale, alone = _scales(
        (before, strata[0][head]), (after, strata[1][head]), np.bincount(stratum)
    )
    return Link(
        _positions(both[:, 0], len(before.ids.psus)), _positions(both[:, 1], len(after.ids.psus)),
        stratum, scale, alone, (len(before.ids.psus), len(after.ids.psus)),
        later=tuple(_later(before, after, both)),
    )  # fmt: skip


def _later(before: Overlap, after: Overlap, shared: Ints) -> Iterator[Link]:
    """The units of later stages that stand in both samples, stage by stage.

    `shared` holds the codes of the clusters of the stage before in both samples, one pair a row.
    """
    stages = zip(before.later, after.later, before.ids.below, after.ids.below, strict=False)
    for index, (one, two, ours, theirs) in enumerate(stages):
        place_ours = _positions(shared[:, 0], len(one.sampled))
        place_theirs = _positions(shared[:, 1], len(two.sampled))
        there = dict(_within(ours, place_ours))
        found = [(there[key], code) for key, code in _within(theirs, place_theirs) if key in there]
        if not found:
            return
        both = np.array(found, dtype=np.int64)
        cluster = place_ours[ours.parent[both[:, 0]]]
        head, place = np.unique(cluster, return_inverse=True)
        count = np.bincount(place)
        left_out = np.ones(len(head))
        for stage, codes in ((one, shared[head, 0]), (two, shared[head, 1])):
            unsampled = stage.unsampled[codes]
            left_out *= stage.factor[codes] * np.where(unsampled < CERTAIN, 0.0, unsampled)
        scale = np.sqrt(left_out) * np.where(count > 1, count / np.maximum(count - 1, 1), 0.0)
        yield Link(
            _positions(both[:, 0], len(ours.value)), _positions(both[:, 1], len(theirs.value)),
            place, scale, np.zeros(len(head), dtype=bool),
            (len(ours.value), len(theirs.value)), stage=index + 1,
        )  # fmt: skip
        shared = both


def _within(units: LaterUnits, place: Ints) -> Iterator[tuple[tuple[int, str], int]]:
    """Units in shared clusters: the cluster's place and the unit's id, and its code."""
    codes = np.flatnonzero(place[units.parent] >= 0)
    for cluster, name, code in zip(
        place[units.parent[codes]], units.named(codes), codes, strict=True
    ):
        yield (int(cluster), name), int(code)


def shared_names(before: Overlap | None, after: Overlap | None) -> int:
    """PSU ids that stand in both samples, whatever their stratum."""
    if before is None or after is None:
        return 0
    return len(set(before.ids.psus) & set(after.ids.psus))


def _positions(codes: Ints, size: int) -> Ints:
    """Position of each code among `codes`; -1 for the others."""
    found = np.full(size, -1, dtype=np.int64)
    found[codes] = np.arange(len(codes))
    return found


def _scales(
    before: tuple[Overlap, Ints], after: tuple[Overlap, Ints], shared: Ints
) -> tuple[Floats, NDArray[np.bool_]]:
    """(1 - f) c / (c - 1) by stratum, of c shared PSUs; and which are centred at the mean of all.

    f is the geometric mean of what both samples leave out. A stratum of which one PSU alone is
    shared says nothing of the covariance; where it has no other PSU, `lonely` decides as for
    variances.
    """
    left_out = np.ones(len(shared))
    single = shared == 1
    for sample, strata in (before, after):
        stage = sample.stage
        unsampled = stage.unsampled[strata]
        left_out *= np.where(unsampled < CERTAIN, 0.0, unsampled)
        single &= stage.sampled[strata] == 1
    scale = np.sqrt(left_out) * np.where(shared > 1, shared / np.maximum(shared - 1, 1), 0.0)
    rules = {before[0].lonely, after[0].lonely}
    alone = single & (rules == {"adjust"})
    scale = np.where(alone, np.sqrt(left_out), scale)
    usable = int((~single).sum())
    if rules == {"average"} and single.any() and usable:
        scale *= len(shared) / usable
    return scale, alone


class SharedUnits:
    """Covariances of figures of one sample with figures of another that shares PSUs."""

    def __init__(self, link: Link) -> None:
        from scipy.sparse import csr_array

        self._link = link
        self._later = tuple(SharedUnits(one) for one in link.later)
        ones = np.ones(link.shared)
        self._in_strata: Any = csr_array(
            (ones, (link.stratum, np.arange(link.shared))), shape=(link.strata, link.shared)
        )
        count = np.bincount(link.stratum, minlength=link.strata)
        self._each = link.scale[link.stratum]
        self._centre = np.where(link.alone, 0.0, link.scale / np.maximum(count, 1))

    def covariances(self, before: Block, of_before: Ints, after: Block, of_after: Ints) -> Floats:
        """Covariances of pairs of figures, one of each sample, over all stages.

        Parameters
        ----------
        before, after : Block
        of_before, of_after : int array, shape (pairs,)
            Positions of their areas.

        Returns
        -------
        float array, shape (pairs,)
        """
        a = self._totals(before, of_before, self._link.before, self._link.sizes[0])
        b = self._totals(after, of_after, self._link.after, self._link.sizes[1])
        result = self._products(a, b)
        stage = self._link.stage
        line_a = _line(before, self._link.before, self._link.sizes[0], stage)
        line_b = _line(after, self._link.after, self._link.sizes[1], stage)
        if line_a is not None and before.at_line is not None:
            result = result + before.at_line.slope[of_before] * self._products(line_a, b)
        if line_b is not None and after.at_line is not None:
            slope = after.at_line.slope[of_after]
            result = result + slope * self._products(a, line_b)
            if line_a is not None and before.at_line is not None:
                result = result + slope * before.at_line.slope[of_before] * self._products(
                    line_a, line_b
                )
        for later in self._later:
            result = result + later.covariances(before, of_before, after, of_after)
        return np.asarray(result)

    def _products(self, a: _Totals, b: _Totals) -> Floats:
        """Scaled sums of products of centred totals, column by column; one column stands for
        as many as the other has."""
        inside = _paired(a.shared, b.shared, self._each)
        above = _paired(self._in_strata @ a.shared, self._in_strata @ b.shared, self._centre)
        result = inside - above
        if not self._link.alone.any():
            return np.asarray(result)
        alone = np.where(self._link.alone, self._link.scale, 0.0)
        sums_a = (self._in_strata @ a.shared).T @ alone
        sums_b = (self._in_strata @ b.shared).T @ alone
        crossed = a.mean * sums_b + b.mean * sums_a
        return np.asarray(result - crossed + a.mean * b.mean * alone.sum())

    def _totals(self, block: Block, areas: Ints, position: Ints, psus: int) -> _Totals:
        """Totals of some areas of a block, by shared PSU."""
        place = np.full(block.rows.size, -1, dtype=np.int64)
        place[areas] = np.arange(len(areas))
        return _by_psu(
            block.rows, block.influence, place[block.rows.domain], len(areas), (position, psus),
            self._link.stage,
        )  # fmt: skip


@dataclass(frozen=True)
class _Totals:
    """Totals of influence by shared PSU and figure, sparse; their mean over all PSUs."""

    shared: Any
    mean: Floats


def _line(block: Block, position: Ints, psus: int, stage: int) -> _Totals | None:
    """The relative line of a block's measure as a figure of its own."""
    if block.at_line is None:
        return None
    line = block.at_line.line
    column = np.zeros(len(line.influence), dtype=np.int64)
    return _by_psu(line.rows, line.influence, column, 1, (position, psus), stage)


def _by_psu(
    rows: Rows, influence: Floats, column: Ints, size: int, psus: tuple[Ints, int], stage: int
) -> _Totals:
    """Totals by shared PSU, or unit of a later stage, of the rows whose column is not -1."""
    from scipy.sparse import csc_array

    position, count = psus
    known = column >= 0
    mean = np.bincount(column[known], weights=influence[known], minlength=size) / count
    place = position[rows.stages[stage]]
    taken = known & (place >= 0)
    at = (place[taken], column[taken])
    return _Totals(csc_array((influence[taken], at), shape=(int(position.max()) + 1, size)), mean)


def _paired(a: Any, b: Any, scale: Floats) -> Floats:
    """Sum of scale x a x b over rows, column by column."""
    if a.shape[1] == b.shape[1]:
        return np.asarray(a.multiply(b).T @ scale)
    one, many = (a, b) if a.shape[1] == 1 else (b, a)
    return np.asarray(many.T @ (scale * one.toarray().ravel()))
