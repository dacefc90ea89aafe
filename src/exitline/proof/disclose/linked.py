"""Tables that share cells, as one system: what one table discloses, the other must not."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.proof.disclose.system import TableError, TableSystem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
