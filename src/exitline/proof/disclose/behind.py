"""The rows of data behind weighted figures: which of their numbers may be shown beside these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.proof.disclose.audit import Audit, CellInterval, audit_wanted
from exitline.proof.disclose.suppress import Suppressed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exitline.proof.disclose.protection import Wanted
    from exitline.proof.disclose.system import TableSystem
    from exitline.proof.disclose.ways import Way

_SLACK = 1e-6


@dataclass(frozen=True)
class PerRow:
    """What an intruder may know that one row of the data counts for, by leaf of the areas.

    Attributes
    ----------
    low, high : arrays of shape (leaves,)
        Least and most: weights, or persons times weights.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def of_nodes(self, way: Way) -> PerRow:
        """The same for every node of a way: over all leaves that it holds."""
        import numpy as np

        held = way.members.tocoo()
        low, high = np.full(held.shape[0], np.inf), np.zeros(held.shape[0])
        np.minimum.at(low, held.row, self.low[held.col])
        np.maximum.at(high, held.row, self.high[held.col])
        return PerRow(low, high)


def rows_behind(
    n: TableSystem, goal: Wanted, main: Suppressed, per_row: PerRow | None, areas: Way
) -> Suppressed:
    """Which numbers of rows can be shown beside weighted figures of the same cells.

    A total of a figure with a hidden part is one equation for an intruder, and its n a second
    one. Where an area has one weight, the two of them solve two areas. So n is hidden on every
    total over a hidden cell, and then says nothing of it: from a weighted cell between a and b
    one can infer that n is between a / (highest weight) and b / (lowest weight) there, which is
    the protection interval of n or more. One exception: n of all that an area holds stands
    where every small cell of the area keeps its protection interval although it is known. It
    ties the n of an area to each other and to nothing else, so that the range of n has a closed
    form: of a cell of y, in an area with n and Y in its hidden cells, n is between
    ``max(y / high, n - (Y - y) / low)`` and ``min(y / low, n - (Y - y) / high)``, both
    increasing in y, whose range the audit of the weighted figure has.

    Parameters
    ----------
    n : TableSystem
        Of shape (areas, categories ...), totals of categories last.
    goal : Wanted
        For n.
    main : Suppressed
        The weighted figure that is published.
    per_row : PerRow or None
        By node of the areas. None where other figures are published, too: then n is hidden on
        every total over a hidden cell.
    areas : Way

    Returns
    -------
    Suppressed
        Of n, under a pattern of its own: all that is hidden in `main`, and more.
    """
    import numpy as np

    shape = (n.shape[0], -1)
    hidden = main.hidden.reshape(shape)
    gone = main.over.reshape(shape).copy()
    if per_row is None:
        every = gone.ravel()
        return Suppressed(n, every, goal.primary, audit_wanted(n, every, goal.primary, goal))
    total = np.zeros(gone.shape[0], dtype=bool)
    known = _Ranges(n, main, per_row, known=True)
    if gone.shape[1] > 1:
        total = _kept(known, goal, hidden[:, -1], main.primary.reshape(shape), areas)
        gone[:, -1] &= ~total
    every = gone.ravel()
    plain = audit_wanted(n, every, goal.primary, goal)
    ranges = _Ranges(n, main, per_row, known=False), known
    bounds = tuple(_narrowed(one, *ranges, total, gone.shape[1]) for one in plain.bounds)
    return Suppressed(n, every, goal.primary, Audit(bounds))


class _Ranges:
    """What can be inferred of n in each hidden cell; infinitely wide for the others."""

    def __init__(self, n: TableSystem, main: Suppressed, per_row: PerRow, *, known: bool) -> None:
        import numpy as np

        shape = (n.shape[0], -1)
        least, most = np.zeros(n.values.size), np.full(n.values.size, np.inf)
        for one in main.audit.bounds:
            least[one.cell], most[one.cell] = one.low, one.high
        least, most = least.reshape(shape), most.reshape(shape)
        light, heavy = per_row.low[:, None], per_row.high[:, None]
        self.low, self.high = _per(least, heavy), _per(most, light)
        self.inner = _inner(n.shape)
        if known:
            shown = ~main.hidden.reshape(shape) & self.inner
            counts, values = n.values.reshape(shape), main.table.values.reshape(shape)
            rows, held = (
                x[:, -1:] - np.where(shown, x, 0.0).sum(axis=1, keepdims=True)
                for x in (counts, values)
            )
            self.low = np.maximum(self.low, rows - _per(held - least, light))
            self.high = np.minimum(self.high, rows - _per(np.maximum(held - most, 0.0), heavy))


def _per(values: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values divided by weights: nothing for none, without end by no weight."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        found: NDArray[np.float64] = np.where(values > 0, values / weight, 0.0)
    return found


def _inner(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Columns that are no totals of categories."""
    import numpy as np

    if len(shape) == 1:
        return np.ones(1, dtype=bool)
    places = np.indices(shape[1:]).reshape(len(shape) - 1, -1)
    last = np.array(shape[1:])[:, None] - 1
    return np.asarray((places < last).all(axis=0))


def _kept(
    known: _Ranges, goal: Wanted, hidden: NDArray[np.bool_], primary: NDArray[np.bool_], areas: Way
) -> NDArray[np.bool_]:
    """Areas whose n may be known: it is in all their parts, and no small cell loses by it."""
    import numpy as np

    low, high = goal.low.reshape(primary.shape), goal.high.reshape(primary.shape)
    slack = _SLACK * np.maximum(1.0, high)
    safe = (known.low <= low + slack) & (known.high >= high - slack) & known.inner
    parent = _parents(areas)
    within = np.flatnonzero(parent >= 0)
    whole = np.zeros(parent.size, dtype=bool)
    whole[parent[within]] = True
    small = primary.any(axis=1)
    lost = np.where(whole, small, (primary & ~safe).any(axis=1))
    beneath = whole & small  # a small cell of a province speaks of all counties in it
    while True:
        further = beneath.copy()
        further[within] |= beneath[parent[within]]
        if (further == beneath).all():
            break
        beneath = further
    lost |= beneath | hidden
    while True:
        further = lost.copy()
        np.logical_or.at(further, parent[within], lost[within])
        if (further == lost).all():
            return ~lost
        lost = further


def _parents(areas: Way) -> NDArray[np.int64]:
    """For each node the one that it lies in; -1 for the whole."""
    import numpy as np

    found = np.full(len(areas.nodes), -1, dtype=np.int64)
    sums = areas.sums.tocoo()
    above = np.zeros(areas.sums.shape[0], dtype=np.int64)
    above[sums.row[sums.data < 0]] = sums.col[sums.data < 0]
    found[sums.col[sums.data > 0]] = above[sums.row[sums.data > 0]]
    return found


def _narrowed(
    one: CellInterval, loose: _Ranges, tight: _Ranges, total: NDArray[np.bool_], width: int
) -> CellInterval:
    """An interval of n with what the weighted figure says of it."""
    from dataclasses import replace

    row, column = divmod(one.cell, width)
    known = tight if total[row] and tight.inner[column] else loose
    return replace(
        one,
        low=max(one.low, float(known.low[row, column])),
        high=min(one.high, float(known.high[row, column])),
    )
