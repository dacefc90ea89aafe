"""A table as cells and the sums that everybody knows to hold between them.

Tables that share cells, as one system: what one table discloses, the other must not.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TableError(ExitlineError):
    """A table that cannot be protected or written as it stands."""


@dataclass(frozen=True)
class TableSystem:
    """Cells of a table, margins included, and the linear sums between them.

    Attributes
    ----------
    values : array of shape (cells,)
        Counts, none below zero.
    sums : sparse array of shape (equations, cells)
        ``sums @ values == 0``: +1 for parts, -1 for their total. A dense array is taken, too.
    shape : tuple of int
        Of the table with its margins, for reshaping.

    Raises
    ------
    TableError
        Where a cell is missing or below zero, or the sums do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> TableSystem(np.array([1.0, 2.0, 3.0]), np.array([[1.0, 1.0, -1.0]]), (3,)).sums.nnz
    3
    """

    values: NDArray[np.float64]
    sums: Any
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        import numpy as np
        from scipy import sparse

        object.__setattr__(self, "sums", sparse.csr_array(self.sums))
        if not np.isfinite(self.values).all() or (self.values < 0).any():
            raise TableError(
                "a cell is missing or below zero", expected="counts of zero or more",
                remedy="leave the missing out of the table, or count them in a row of their own",
            )  # fmt: skip
        if self.sums.ndim != 2 or self.sums.shape[1] != self.values.size:
            raise TableError(
                "the sums do not fit the cells", expected=f"{self.values.size} columns",
                got=f"shape {self.sums.shape}", remedy="give one column per cell",
            )  # fmt: skip
        off = np.abs(self.sums @ self.values).max(initial=0.0)
        if off > 1e-6 * max(1.0, self.values.max(initial=0.0)):
            raise TableError(
                "the cells do not add up to their totals", got=f"off by {off:g}",
                remedy="compute the totals from the cells",
            )  # fmt: skip


def over_hidden(sums: Any, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells that are hidden, or have a hidden cell among their parts, however deep.

    Parameters
    ----------
    sums : sparse array of shape (equations, cells)
        +1 for parts, -1 for their total.
    hidden : bool array of shape (cells,)

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.proof.disclose import with_margins
    >>> table = with_margins([[3, 40], [50, 60]])
    >>> over_hidden(table.sums, np.arange(9) == 0).reshape(3, 3)[2].tolist()
    [True, False, True]
    """
    import numpy as np

    parts, total = sums.maximum(0), (-sums).maximum(0)
    found = np.asarray(hidden, dtype=bool)
    while True:
        more = found | ((total.T @ ((parts @ found) > 0)) > 0)
        if (more == found).all():
            return found
        found = more


@dataclass(frozen=True)
class Linked:
    """Several tables as one system.

    Attributes
    ----------
    system : TableSystem
        Every different cell once.
    positions : tuple of int arrays
        For each table, where its cells are in the system.
    """

    system: TableSystem
    positions: tuple[NDArray[np.int64], ...]


def linked(tables: Sequence[TableSystem], keys: Sequence[Sequence[Hashable]]) -> Linked:
    """Join tables at the cells that they share.

    Parameters
    ----------
    tables : sequence of TableSystem
    keys : sequence of sequences
        For each table, what each cell counts; cells with the same key are the same cell.

    Raises
    ------
    TableError
        Where the keys do not fit, or a shared cell has two values.

    Examples
    --------
    >>> from exitline.proof.disclose import with_margins
    >>> regions, ages = with_margins([3, 40, 50]), with_margins([60, 33])
    >>> both = linked([regions, ages], [["N", "S", "W", "all"], ["young", "old", "all"]])
    >>> both.system.values.tolist(), both.positions[1].tolist()
    ([3.0, 40.0, 50.0, 93.0, 60.0, 33.0], [4, 5, 3])
    """
    import numpy as np
    from scipy import sparse

    if len(tables) != len(keys) or not tables:
        raise TableError("the keys do not fit the tables", remedy="give the keys of each table")
    found: dict[Hashable, int] = {}
    values: list[float] = []
    positions = []
    for table, names in zip(tables, keys, strict=True):
        if len(set(names)) != table.values.size:
            raise TableError(
                "the keys do not fit the cells", expected=f"{table.values.size} different keys",
                got=f"{len(set(names))}", remedy="name each cell once, totals included",
            )  # fmt: skip
        for name, value in zip(names, table.values.tolist(), strict=True):
            if found.setdefault(name, len(values)) == len(values):
                values.append(value)
            elif abs(values[found[name]] - value) > 1e-6 * max(1.0, value):
                raise TableError(
                    "two tables differ in a cell that they share", expected="one value",
                    remedy="make both from the same rows",
                )  # fmt: skip
        positions.append(np.array([found[name] for name in names]))
    blocks = []
    for table, where in zip(tables, positions, strict=True):
        sums = table.sums.tocoo()
        shape = (table.sums.shape[0], len(values))
        blocks.append(sparse.csr_array((sums.data, (sums.row, where[sums.col])), shape=shape))
    system = TableSystem(np.array(values), sparse.vstack(blocks), (len(values),))
    return Linked(system, tuple(positions))
