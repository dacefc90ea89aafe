"""A table as cells and the sums that everybody knows to hold between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


class TableError(ExitlineError):
    """A table that cannot be protected or written as it stands."""


@dataclass(frozen=True)
class TableSystem:
    """Cells of a table, margins included, and the linear sums between them.

    Attributes
    ----------
    values : array of shape (cells,)
        Counts, none below zero.
    sums : array of shape (equations, cells)
        ``sums @ values == 0``: +1 for parts, -1 for their total.
    shape : tuple of int
        Of the table with its margins, for reshaping.
    """

    values: NDArray[np.float64]
    sums: NDArray[np.float64]
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        import numpy as np

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


def with_margins(counts: ArrayLike) -> TableSystem:
    """A one-way or two-way table with its totals appended.

    Parameters
    ----------
    counts : array of shape (rows,) or (rows, columns)
        Inner cells.

    Returns
    -------
    TableSystem
        Of shape (rows + 1,) or (rows + 1, columns + 1), totals last.

    Raises
    ------
    TableError
        For more than two ways, or counts below zero.

    Examples
    --------
    >>> with_margins([[1, 2], [3, 4]]).values.reshape(3, 3).tolist()
    [[1.0, 2.0, 3.0], [3.0, 4.0, 7.0], [4.0, 6.0, 10.0]]
    """
    import numpy as np

    inner = np.asarray(counts, dtype=float)
    if inner.ndim not in (1, 2) or not inner.size:
        raise TableError(
            "not a one-way or two-way table", expected="one or two dimensions, with cells",
            got=f"shape {inner.shape}", remedy="pass the sums of larger tables as a TableSystem",
        )  # fmt: skip
    full = inner
    for axis in range(inner.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    return TableSystem(full.ravel(), _sums(full.shape), full.shape)


def _sums(shape: tuple[int, ...]) -> Any:
    """One equation per line of the table, along each of its ways."""
    import numpy as np

    position = np.arange(int(np.prod(shape))).reshape(shape)
    rows = []
    for axis in range(len(shape)):
        for line in np.moveaxis(position, axis, -1).reshape(-1, shape[axis]):
            row = np.zeros(position.size)
            row[line[:-1]], row[line[-1]] = 1.0, -1.0
            rows.append(row)
    return np.array(rows)
