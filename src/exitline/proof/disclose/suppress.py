"""Suppression of small counts, and of the further cells that protect them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.audit import Audit, audit_wanted
from exitline.proof.disclose.blocks import WHOLE, CellBlock, blocks
from exitline.proof.disclose.joint import JointTables, Tie
from exitline.proof.disclose.programme import LinearProgramme
from exitline.proof.disclose.protection import Wanted, wanted
from exitline.proof.disclose.system import TableError, TableSystem, over_hidden

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUPPRESSED = "suppressed"
_MOVED = 1e-7  # a change smaller than the solver's tolerance is none
LARGEST = 100_000
"""Cells of the largest table that is suppressed unless told otherwise."""


@dataclass(frozen=True)
class Suppressed:
    """A table that can be published, with the audit that says so.

    Attributes
    ----------
    table : TableSystem
        With every value: not for publication.
    hidden, primary : bool arrays of shape (cells,)
    audit : Audit
        Not for publication either: it says which cells are small.
    """

    table: TableSystem
    hidden: NDArray[np.bool_]
    primary: NDArray[np.bool_]
    audit: Audit

    @cached_property
    def over(self) -> NDArray[np.bool_]:
        """Cells that are hidden, or have a hidden cell among their parts."""
        return over_hidden(self.table.sums, self.hidden)

    def cells(self) -> list[int | str]:
        """The flattened table as published: a number, or the word "suppressed"."""
        pairs = zip(self.table.values, self.hidden, strict=True)
        return [SUPPRESSED if hidden else round(float(value)) for value, hidden in pairs]


def suppress(
    table: TableSystem,
    *,
    min_count: float = 10,
    share: float = 0.1,
    n: Any = None,
    also: Any = None,
    largest: int = LARGEST,
) -> Suppressed:
    """Hide counts from 1 to below `min_count`, and enough others that they stay hidden.

    For each small cell and direction a linear programme finds the cheapest change of the table
    that moves the cell to the end of its protection interval; the cells that change are
    suppressed too. In a large table the change is looked for near the cell first. By
    construction the changed table fits all that is published. An audit that does not use the
    construction checks the result. Zeros are published unless they are needed to protect
    another cell; they are taken last.

    Parameters
    ----------
    table : TableSystem
    min_count : float
        At least 2.
    share : float
        At least 0; see :func:`exitline.proof.disclose.protection.protection`.
    n : array of shape (cells,), optional
        Rows of data behind each cell (unweighted, margins included), where the cells are
        weighted estimates or persons: these decide what is small.
    also : bool array of shape (cells,), optional
        Further cells to protect; see :func:`exitline.proof.disclose.protection.whole_rows`.
    largest : int
        Refuse tables of more cells.

    Raises
    ------
    TableError
        For a threshold below 2, a table too large, or where the audit does not pass.

    References
    ----------
    Kelly, Golden & Assad (1992), Networks 22: 397-417; Fischetti & Salazar-Gonzalez (2000),
    JASA 95: 916-928.

    Examples
    --------
    >>> from exitline.proof.disclose import with_margins
    >>> done = suppress(with_margins([[3, 40], [50, 60]]))
    >>> done.cells()[:3], done.audit.passed
    (['suppressed', 'suppressed', 43], True)
    """
    goal = wanted(table, min_count=min_count, share=share, n=n, also=also)
    return _together([table], [goal], largest)[0]


def suppress_together(
    tables: Sequence[TableSystem],
    *,
    n: Any,
    min_count: float = 10,
    share: float = 0.1,
    also: Any = None,
    gone: Any = None,
    known: Any = None,
    ties: Sequence[Tie] = (),
    largest: int = LARGEST,
) -> tuple[Suppressed, ...]:
    """One pattern for several tables of the same cells: households, persons, rows of data.

    A cell that is hidden in one of them is hidden in all, since each tells about the others.
    With `ties` all figures are audited as one system, for an intruder who uses them at once.

    Parameters
    ----------
    tables : sequence of TableSystem
        With the same sums.
    n, min_count, share, also, largest
        As in `suppress`.
    gone : bool array of shape (cells,), optional
        Cells that are hidden elsewhere: they are hidden here, too, whatever they hold.
    known : bool array of shape (cells,), optional
        Cells that are published elsewhere: hiding them would protect nothing.
    ties : sequence of Tie
        What an intruder may know of how the figures of a cell hang together.

    Returns
    -------
    tuple of Suppressed
        One for each table, each with its own audit.

    Raises
    ------
    TableError
        As in `suppress`.

    Examples
    --------
    >>> from exitline.proof.disclose import with_margins
    >>> homes, persons = with_margins([3, 40, 50]), with_margins([14, 190, 230])
    >>> done = suppress_together([homes, persons], n=homes.values)
    >>> [d.cells() for d in done]
    [['suppressed', 'suppressed', 50, 93], ['suppressed', 'suppressed', 230, 434]]
    """
    goals = [wanted(t, min_count=min_count, share=share, n=n, also=also) for t in tables]
    if known is not None:
        goals = [replace(goal, primary=goal.primary & ~known, known=known) for goal in goals]
    return _together(tables, goals, largest, gone, ties)


def _together(
    tables: Sequence[TableSystem], goals: Sequence[Wanted], largest: int, gone: Any = None,
    ties: Sequence[Tie] = (),
) -> tuple[Suppressed, ...]:  # fmt: skip
    """Extend one pattern by what each table needs, then audit each under the whole of it."""
    size = tables[0].values.size
    if size > largest:
        raise TableError(
            "the table is too large to be audited", expected=f"at most {largest:,} cells",
            got=f"{size:,} cells",
            remedy="make one table for each province, or leave out a level of the hierarchy",
        )  # fmt: skip
    hidden = goals[0].primary.copy() if gone is None else goals[0].primary | gone
    if goals[0].known is not None:
        hidden &= ~goals[0].known
    for table, goal in zip(tables, goals, strict=True):
        hidden = _protect(table, goal, hidden)
    if ties and hidden.any():
        hidden, audits = _tied(JointTables(tables, goals, ties), hidden)
    else:
        audits = [
            audit_wanted(table, hidden, goal.primary, goal)
            for table, goal in zip(tables, goals, strict=True)
        ]
    if not all(one.passed for one in audits):
        raise TableError(
            "the suppression does not pass its audit", remedy="join small rows, then try again"
        )
    return tuple(
        Suppressed(table, hidden, goal.primary, found)
        for table, goal, found in zip(tables, goals, audits, strict=True)
    )


def _tied(joint: JointTables, hidden: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], list[Audit]]:
    """The pattern with what it takes against somebody who uses all figures at once."""
    audits = joint.audits(hidden)
    if all(one.passed for one in audits):
        return hidden, audits
    goal = replace(joint.goal, primary=joint.lost(audits))
    every = _protect(joint.system, goal, joint.spread(hidden), joint.copies)
    hidden = every[: joint.cells]
    return hidden, joint.audits(hidden)


def _protect(
    table: TableSystem, goal: Wanted, hidden: NDArray[np.bool_], copies: Any = None
) -> NDArray[np.bool_]:
    """The pattern with what it takes to protect every primary cell of one table."""
    import numpy as np

    work = _Work(table, goal, hidden, copies)
    cells = np.flatnonzero(goal.primary)
    cells = cells[np.argsort(work.values[cells], kind="stable")]
    whole = CellBlock(np.arange(table.values.size), table.sums, cells)
    if table.values.size > WHOLE:
        rest = [work.within(block) for block in blocks(table.sums, cells)]
        whole = CellBlock(whole.members, whole.sums, np.concatenate([*rest, cells[:0]]))
    if whole.inside.size and work.within(whole).size:
        raise TableError(
            "no set of cells protects a small count", remedy="join small rows, then try again"
        )
    return work.hidden


class _Work:
    """The pattern as it grows, and the values that tables which fit it have been seen to hold."""

    def __init__(
        self, table: TableSystem, goal: Wanted, hidden: NDArray[np.bool_], copies: Any = None
    ) -> None:
        self.copies = copies  # cells that are hidden where one of them is
        self.known = goal.known
        self.values = table.values / goal.scale
        self.low, self.high = goal.low / goal.scale, goal.high / goal.scale
        self.hidden = hidden.copy()
        self.cost = _cost(table, self.values)
        self.least, self.most = self.values.copy(), self.values.copy()

    def within(self, block: CellBlock) -> NDArray[np.int64]:
        """Protect the cells inside a block; those for which it is too small come back."""
        import numpy as np

        at = block.members
        cost = np.where(self.hidden[at], 0.0, self.cost[at])
        fixed = self.known[at] if self.known is not None else None
        change = _Change(block.sums, self.values[at], cost, fixed)
        place = dict(zip(at.tolist(), range(at.size), strict=True))
        failed = []
        for cell in block.inside.tolist():
            for target in (self.low[cell], self.high[cell]):
                if self.least[cell] <= target <= self.most[cell]:
                    continue
                moved = change.moving(place[cell], target - self.values[cell])
                if moved is None:
                    failed.append(cell)
                    break
                other = self.values[at] + moved
                self.least[at] = np.minimum(self.least[at], other)
                self.most[at] = np.maximum(self.most[at], other)
                gone = at[np.abs(moved) > _MOVED]
                self.hidden[gone if self.copies is None else self.copies[:, gone]] = True
        return np.array(failed, dtype=np.int64)


class _Change:
    """The cheapest change of a table that moves one cell; cells that took part are free."""

    def __init__(
        self, sums: Any, values: NDArray[np.float64], cost: NDArray[np.float64], fixed: Any = None
    ) -> None:
        import numpy as np
        from scipy import sparse

        up, down = np.full(values.size, np.inf), values
        if fixed is not None:
            up, down = np.where(fixed, 0.0, up), np.where(fixed, 0.0, down)

        self.values = values
        self.paid = cost > 0.0
        self.programme = LinearProgramme(
            sparse.hstack([sums, -sums]), np.zeros(sums.shape[0]), np.zeros(2 * values.size),
            np.append(up, down), np.append(cost, cost),
        )  # fmt: skip

    def moving(self, cell: int, amount: float) -> NDArray[np.float64] | None:
        """The change of every cell; those that change are free from then on. None: no change."""
        import numpy as np

        up, down, size = cell, self.values.size + cell, self.values.size
        self.programme.bound(up, max(amount, 0.0), max(amount, 0.0))
        self.programme.bound(down, max(-amount, 0.0), max(-amount, 0.0))
        answer = self.programme.solve(must=False)
        self.programme.bound(up, 0.0, np.inf)
        self.programme.bound(down, 0.0, self.values[cell])
        if answer is None:
            return None
        moved: NDArray[np.float64] = answer[:size] - answer[size:]
        new = np.flatnonzero((np.abs(moved) > _MOVED) & self.paid)
        self.paid[new] = False
        self.programme.cost(np.append(new, new + size), 0.0)
        return moved


def _cost(table: TableSystem, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What hiding costs, per unit of change: totals more than parts, zeros most of all."""
    import numpy as np

    cost = np.where(values > 0, 1.0 + np.log1p(values), 20.0)
    cost[np.unique(table.sums.indices[table.sums.data < 0])] += 5.0
    return cost
