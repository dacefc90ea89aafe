"""What an attacker can infer about a suppressed cell, by linear programming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.programme import LinearProgramme
from exitline.proof.disclose.protection import Wanted, protection, wanted
from exitline.proof.disclose.reduce import Reduced, of_one_sum, reduced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exitline.proof.disclose.system import TableSystem

__all__ = ["Audit", "CellInterval", "audit", "audit_wanted", "protection"]

_ROUND = 6  # digits of an inferred bound, in rows of data


@dataclass(frozen=True)
class CellInterval:
    """The interval that can be inferred for one suppressed cell.

    Attributes
    ----------
    cell : int
        Position in the flattened table.
    low, high : float
        Smallest and largest value that fit all that is published; `high` may be infinite.
    wanted_low, wanted_high : float
        The protection interval, which must lie inside.
    primary : bool
        Whether the cell is itself small, or suppressed to protect another.
    """

    cell: int
    low: float
    high: float
    wanted_low: float
    wanted_high: float
    primary: bool

    @property
    def safe(self) -> bool:
        """Whether nothing inside the protection interval can be ruled out."""
        slack = 1e-6 * max(1.0, self.wanted_high)
        return self.low <= self.wanted_low + slack and self.high >= self.wanted_high - slack


@dataclass(frozen=True)
class Audit:
    """The bounds of every suppressed cell."""

    bounds: tuple[CellInterval, ...]

    @property
    def passed(self) -> bool:
        """Whether every small cell keeps its protection interval."""
        return all(b.safe for b in self.bounds if b.primary)


def audit(
    table: TableSystem,
    hidden: NDArray[np.bool_],
    primary: NDArray[np.bool_],
    *,
    min_count: float,
    share: float = 0.1,
    n: Any = None,
) -> Audit:
    """The interval an attacker can infer for each suppressed cell.

    The attacker knows every published cell, every sum, and that counts are not negative.

    Parameters
    ----------
    table : TableSystem
    hidden, primary : bool arrays of shape (cells,)
        Which cells are suppressed, and which of them because they are small.
    min_count : float
        Counts below this are small.
    share : float
        The least half-width of a protection interval, as a share of the cell.
    n : array of shape (cells,), optional
        Rows of data behind each cell, where the cells are not counts of rows.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.3 (attacker problems).

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.proof.disclose import with_margins
    >>> only = np.array([True, False, False])  # one hidden cell: the total gives it away
    >>> found = audit(with_margins([3, 40]), only, only, min_count=10).bounds[0]
    >>> (found.low, found.high, found.safe)
    (3.0, 3.0, False)
    """
    goal = wanted(table, min_count=min_count, share=share, n=n, also=primary)
    return audit_wanted(table, hidden, primary, goal)


def audit_wanted(
    table: TableSystem, hidden: Any, primary: Any, goal: Wanted, *, asked: Any = None
) -> Audit:
    """As `audit`, for protection intervals that are known, and perhaps for some cells alone."""
    import numpy as np

    free = table.sums[:, hidden]
    known = -(table.sums[:, ~hidden] @ table.values[~hidden]) / goal.scale
    cells = np.flatnonzero(hidden)
    wanted_of = np.ones(cells.size, dtype=bool) if asked is None else asked[cells]
    low, high = np.zeros(cells.size), np.full(cells.size, np.inf)
    for equations, columns in _components(free):
        if not wanted_of[columns].any():
            continue
        block = free[equations][:, columns]
        low[columns], high[columns] = _extremes(block, known[equations], wanted_of[columns])
    low, high = (np.round(x, _ROUND) * goal.scale for x in (low, high))
    return Audit(
        tuple(
            CellInterval(
                int(cell), float(low[i]), float(high[i]), float(goal.low[cell]),
                float(goal.high[cell]), bool(primary[cell]),
            )
            for i, cell in enumerate(cells)
            if wanted_of[i]
        )
    )  # fmt: skip


def _components(free: Any) -> Iterator[tuple[Any, Any]]:
    """Equations and hidden cells that have to do with each other, set by set."""
    import numpy as np
    from scipy import sparse

    rows = free.shape[0]
    graph = sparse.block_array([[None, abs(free)], [abs(free).T, None]], format="csr")
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        if (members >= rows).any():
            yield members[members < rows], members[members >= rows] - rows


def _extremes(block: Any, known: Any, asked: NDArray[np.bool_]) -> tuple[Any, Any]:
    """Least and largest value of each hidden cell of one component; infinite where unbounded."""
    import numpy as np

    found = reduced(block, known)
    low, high = of_one_sum(found) or _by_programmes(found, np.unique(found.unknown[asked]))
    return found.of_cells(low, high)


def _by_programmes(found: Reduced, asked: NDArray[np.int64]) -> tuple[Any, Any]:
    """Least and largest value of the unknowns that are asked for, each by a linear programme."""
    import numpy as np

    size = found.low.size
    low, high = np.full(size, np.nan), np.full(size, np.inf)
    programme = LinearProgramme(
        found.matrix, found.right, found.low, found.high, np.zeros(size), method="primal"
    )
    reached = np.zeros(size, dtype=bool)  # some table that fits has them at their lower bound
    for column in asked.tolist():
        for sign in (-1.0, 1.0):
            if sign > 0 and reached[column]:
                low[column] = found.low[column]
                continue
            programme.cost([column], sign)
            answer = programme.solve()
            if answer is not None:
                reached |= answer <= found.low + 1e-9
                (low if sign > 0 else high)[column] = max(found.low[column], answer[column])
        programme.cost([column], 0.0)
    return low, high
