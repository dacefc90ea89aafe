"""A table as cells and the sums that everybody knows to hold between them."""

from __future__ import annotations

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
