"""What an attacker can infer about a suppressed cell, by linear programming.

Fewer unknowns for the audit: cells that one sum ties to each other are one unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.programme import LinearProgramme
from exitline.proof.disclose.protection import Wanted, protection, wanted
from exitline.proof.disclose.system import TableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exitline.proof.disclose.system import TableSystem

    Floats = NDArray[np.float64]


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


_ZERO = 1e-9


@dataclass(frozen=True)
class Reduced:
    """Hidden cells as functions of fewer unknowns: cell = sign * unknown + shift.

    Attributes
    ----------
    unknown : int array of shape (cells,)
        Which unknown each cell follows.
    sign, shift : float arrays of shape (cells,)
    matrix : sparse array of shape (equations, unknowns)
        What is left of the sums: matrix @ unknowns = right.
    right : float array of shape (equations,)
    low, high : float arrays of shape (unknowns,)
        Bounds, from the cells' being zero or more.
    """

    unknown: NDArray[np.int64]
    sign: Floats
    shift: Floats
    matrix: Any
    right: Floats
    low: Floats
    high: Floats

    def of_cells(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Bounds of the cells, from those of the unknowns."""
        import numpy as np

        a = self.sign * low[self.unknown] + self.shift
        b = self.sign * high[self.unknown] + self.shift
        return np.minimum(a, b), np.maximum(a, b)


def reduced(sums: Any, known: Floats) -> Reduced:
    """Take out every sum that holds two hidden cells: it makes one the other's function.

    A table of many areas by two categories is mostly such sums. What is left says exactly the
    same about the cells.

    Parameters
    ----------
    sums : sparse array of shape (equations, cells)
    known : float array of shape (equations,)
        sums @ cells = known, and no cell is below zero.

    References
    ----------
    Andersen & Andersen (1995), Presolving in linear programming, Mathematical Programming
    71: 221-245 (doubleton equations).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> found = reduced(sparse.csr_array([[1.0, 1.0]]), np.array([7.0]))
    >>> found.sign.tolist(), found.shift.tolist(), found.high.tolist()
    ([1.0, -1.0], [0.0, 7.0], [7.0])
    """
    import numpy as np
    from scipy import sparse

    rows = sparse.csr_array(sums)
    rows.eliminate_zeros()
    cells = rows.shape[1]
    pairs = np.flatnonzero(np.diff(rows.indptr) == 2)
    root, sign, shift, rest = _tied(rows, known, pairs)
    names, unknown = np.unique(root, return_inverse=True)
    link = sparse.csr_array((sign, (np.arange(cells), unknown)), shape=(cells, names.size))
    left = np.setdiff1d(np.arange(rows.shape[0]), pairs[~rest])
    matrix = sparse.csr_array(rows[left] @ link)
    matrix.data[np.abs(matrix.data) < _ZERO] = 0.0
    matrix.eliminate_zeros()
    right = known[left] - rows[left] @ shift
    some = _different(matrix)
    low, high = _box(unknown, sign, shift, names.size)
    return Reduced(unknown, sign, shift, matrix[some], right[some], low, high)


def _different(matrix: Any) -> NDArray[np.int64]:
    """Equations that are not empty and not a multiple of one before."""
    import numpy as np

    matrix.sort_indices()
    seen: dict[tuple[bytes, bytes], int] = {}
    for row in np.flatnonzero(np.diff(matrix.indptr)).tolist():
        start, end = matrix.indptr[row : row + 2]
        factors = np.round(matrix.data[start:end] / matrix.data[start], 9)
        seen.setdefault((matrix.indices[start:end].tobytes(), factors.tobytes()), row)
    return np.array(sorted(seen.values()), dtype=np.int64)


def _tied(
    rows: Any, known: Floats, pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats, Floats, NDArray[np.bool_]]:
    """Each cell's root with sign and shift, and which pairs said nothing new (union-find)."""
    import numpy as np

    cells = rows.shape[1]
    parent, sign, shift = list(range(cells)), [1.0] * cells, [0.0] * cells

    def find(cell: int) -> tuple[int, float, float]:
        path = []
        while parent[cell] != cell:
            path.append(cell)
            cell = parent[cell]
        for one in reversed(path):  # from the root downwards: each then hangs at the root
            above = parent[one]
            if above != cell:
                shift[one] += sign[one] * shift[above]
                sign[one] *= sign[above]
                parent[one] = cell
        first = path[0] if path else cell
        return cell, sign[first], shift[first]

    rest = np.zeros(pairs.size, dtype=bool)
    for i, row in enumerate(pairs.tolist()):
        start = rows.indptr[row]
        (x, y), (a, b) = rows.indices[start : start + 2], rows.data[start : start + 2]
        (rx, sx, tx), (ry, sy, ty) = find(int(x)), find(int(y))
        if rx == ry:
            rest[i] = True
            continue
        # a (sx X + tx) + b (sy Y + ty) = known, for the root Y in terms of X
        sign[ry] = -a * sx / (b * sy)
        shift[ry] = (known[row] - a * tx - b * ty) / (b * sy)
        parent[ry] = rx
    found = [find(cell) for cell in range(cells)]
    root = np.array([r for r, _, _ in found], dtype=np.int64)
    return root, np.array([s for _, s, _ in found]), np.array([t for _, _, t in found]), rest


def _box(
    unknown: NDArray[np.int64], sign: Floats, shift: Floats, size: int
) -> tuple[Floats, Floats]:
    """Bounds of the unknowns for which every cell is zero or more."""
    import numpy as np

    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    edge = 0.0 - shift / sign
    up = sign > 0
    np.maximum.at(low, unknown[up], edge[up])
    np.minimum.at(high, unknown[~up], edge[~up])
    return low, np.maximum(high, low)


def of_one_sum(found: Reduced) -> tuple[Floats, Floats] | None:
    """Bounds of the unknowns where at most one sum is left; None where more are.

    With one sum each term lies between what the others leave at their highest and lowest.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> one = reduced(sparse.csr_array([[1.0, 1.0, 1.0]]), np.array([7.0]))
    >>> [x.tolist() for x in of_one_sum(one)]
    [[0.0, 0.0, 0.0], [7.0, 7.0, 7.0]]
    """
    import numpy as np

    if found.matrix.shape[0] > 1:
        return None
    low, high = found.low.copy(), found.high.copy()
    if found.matrix.shape[0] == 0:
        return low, high
    at, factor = found.matrix.indices, found.matrix.data
    ends = np.sort(np.stack([factor * low[at], factor * high[at]]), axis=0)
    least = np.maximum(ends[0], found.right[0] - _without(ends[1]))
    most = np.minimum(ends[1], found.right[0] - _without(ends[0]))
    if np.any(least > most + 1e-6 * np.maximum(1.0, np.abs(most))):
        raise TableError("no table fits the published sums", remedy="make them from the same rows")
    both = np.sort(np.stack([least / factor, most / factor]), axis=0)
    low[at], high[at] = both[0], both[1]
    return low, high


def _without(values: Floats) -> Floats:
    """The sum of all others, for each value; infinite ones counted, not subtracted."""
    import numpy as np

    endless = np.isinf(values)
    number = endless.sum()
    finite = np.where(endless, 0.0, values)
    total = np.full(values.size, finite.sum()) - finite
    some = number - endless.astype(int) > 0
    if number:
        total[some] = values[endless][0]
    return total
