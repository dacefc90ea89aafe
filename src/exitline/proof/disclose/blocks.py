"""Parts of a large table in which its small cells can be protected one part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHOLE = 2_000
"""Tables of up to so many cells are one block."""
SIZE = 300
"""Cells of a block of a larger table."""
SOME = 16
"""A sum over more than a block's size divided by this is not taken whole."""


@dataclass(frozen=True)
class CellBlock:
    """Cells that may change while the rest of the table stays as it is.

    Attributes
    ----------
    members : int array
        Positions in the table.
    sums : sparse array of shape (equations, members)
        Changes that fit these fit the sums of the whole table.
    inside : int array
        Cells to be protected with this block.
    """

    members: NDArray[np.int64]
    sums: Any
    inside: NDArray[np.int64]


def blocks(sums: Any, cells: NDArray[np.int64], *, size: int = SIZE) -> Iterator[CellBlock]:
    """Cut a table around the cells that have to be protected.

    A block grows from a cell along the sums that hold it, the short ones first, until it has
    `size` cells. Of a sum over very many parts (20,000 areas without a level above them) it
    takes some: those still to be protected, then the others in the order of the table. It
    protects those cells all of whose other sums are inside; any change of its members that
    fits is one of the whole table, as the rest stays as it is.

    Parameters
    ----------
    sums : sparse array of shape (equations, cells)
    cells : int array
        To be protected; each is in exactly one block's `inside`.
    size : int

    Yields
    ------
    CellBlock

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.proof.disclose import with_margins
    >>> found = list(blocks(with_margins([3, 40, 50]).sums, np.array([0])))
    >>> found[0].members.tolist(), found[0].inside.tolist()
    ([0, 1, 2, 3], [0])
    """
    import numpy as np

    columns = sums.tocsc()
    length = np.diff(sums.indptr)
    left = np.zeros(sums.shape[1], dtype=bool)
    left[cells] = True
    rank = np.arange(sums.shape[1]) + len(cells)
    rank[cells] = np.arange(len(cells))
    for cell in cells:
        if left[cell]:
            members, equations = _grown(sums, columns, (length, rank, left), int(cell), size)
            own = sums[equations][:, members]
            cut = np.diff(own.indptr) < length[equations]  # sums that reach outside
            cut &= length[equations] <= size // SOME
            whole = np.ones(members.size, dtype=bool)
            whole[own[cut].indices] = False
            inside = members[(whole & left[members]) | (members == cell)]
            left[inside] = False
            yield CellBlock(members, own, inside)


def _grown(
    rows: Any, columns: Any, order: tuple[Any, Any, Any], cell: int, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells of a block, and every equation that holds one of them.

    `order` is the length of each equation, the rank of each cell, and which are left.
    """
    import numpy as np

    length, rank, left = order
    members = np.array([cell])
    used = np.zeros(length.size, dtype=bool)
    while members.size < size:
        near = np.unique(columns[:, members].indices)
        near = near[~used[near]]
        if not near.size:
            break
        for equation in near[np.argsort(length[near], kind="stable")]:
            used[equation] = True
            more = rows.indices[rows.indptr[equation] : rows.indptr[equation + 1]]
            if more.size > size // SOME:
                chosen = np.lexsort((rank[more], ~left[more]))[: size // SOME]
                more = more[chosen]
            members = np.union1d(members, more)
            if members.size >= size:
                break
    return members, np.unique(columns[:, members].indices)
