"""Which cells are small, and how far each must stay from being known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.system import TableError, TableSystem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def protection(value: float, min_count: float, share: float) -> tuple[float, float]:
    """The protection interval: the value plus and minus max(min_count, share x value), from 0.

    Examples
    --------
    >>> protection(3.0, 10, 0.1)
    (0.0, 13.0)
    """
    wide = max(min_count, share * value)
    return max(0.0, value - wide), value + wide


@dataclass(frozen=True)
class Wanted:
    """What has to be protected in a table.

    Attributes
    ----------
    primary : bool array of shape (cells,)
        Small or otherwise sensitive cells.
    low, high : arrays of shape (cells,)
        The protection interval of each cell, in the unit of the table.
    scale : float
        Units of the table for one row of the data, on average.
    known : bool array of shape (cells,), optional
        Cells that are published elsewhere.
    """

    primary: NDArray[np.bool_]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    scale: float
    known: NDArray[np.bool_] | None = None


def wanted(
    table: TableSystem, *, min_count: float, share: float, n: Any = None, also: Any = None
) -> Wanted:
    """Small cells and the protection interval of every cell.

    Without `n` the cells are counts of rows and themselves decide what is small. With `n`
    (a survey's weighted estimates, persons in counted households) the rows of data behind a
    cell decide, and the threshold is carried into the unit of the table by the cell's own
    value per row.

    Parameters
    ----------
    table : TableSystem
    min_count, share : float
        See `protection`.
    n : array of shape (cells,), optional
        Rows of the data behind each cell.
    also : bool array of shape (cells,), optional
        Further cells to be protected, such as zeros that tell about everyone in a row.

    Raises
    ------
    TableError
        For a threshold below 2, or an `n` that does not add up or contradicts the cells.

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.proof.disclose import with_margins
    >>> weighted = with_margins([300.0, 9000.0])
    >>> found = wanted(weighted, min_count=10, share=0.1, n=np.array([3, 60, 63]))
    >>> found.primary.tolist(), float(found.high[0])
    ([True, False, False], 1300.0)
    """
    import numpy as np

    if min_count < 2 or share < 0:
        raise TableError(
            "the threshold protects nobody", expected="min_count of 2 or more, share of 0 or more",
            got=f"{min_count:g} and {share:g}", remedy="use the rule of your office, often 10",
        )  # fmt: skip
    rows = table.values if n is None else TableSystem(_counts(n, table), table.sums, ()).values
    if ((rows == 0) & (table.values > 0)).any():
        raise TableError(
            "a cell has a value but no rows of data", expected="n above zero where the cell is",
            remedy="count the rows of the same table",
        )  # fmt: skip
    scale = float(table.values.sum() / rows.sum()) if table.values.any() else 1.0
    own = np.divide(table.values, rows, out=np.full(rows.shape, scale), where=table.values > 0)
    wide = np.maximum(min_count * own, share * table.values)
    primary = (rows > 0) & (rows < min_count)
    if also is not None:
        primary = primary | np.asarray(also, dtype=bool)
    return Wanted(primary, np.maximum(0.0, table.values - wide), table.values + wide, scale)


def whole_rows(table: TableSystem, n: Any = None) -> NDArray[np.bool_]:
    """Zeros that tell the state of everyone in their row: all others of the row are zero, too.

    Where all twelve households of a village are poor, "0 not poor" says of each of them that
    it is (group disclosure). Hiding these zeros as primary cells forces a wider pattern.

    Parameters
    ----------
    table : TableSystem
        Its last way holds the categories, their total last.
    n : array of shape (cells,), optional
        Rows of data behind each cell; the cells themselves otherwise.

    Examples
    --------
    >>> from exitline.proof.disclose import with_margins
    >>> whole_rows(with_margins([[12, 0], [5, 7]])).reshape(3, 3)[0].tolist()
    [False, True, False]
    """
    import numpy as np

    rows = (table.values if n is None else np.asarray(n)).reshape(-1, table.shape[-1])
    inner = rows[:, :-1]
    whole = (inner > 0).sum(axis=1) == 1
    found = np.zeros(rows.shape, dtype=bool)
    found[:, :-1] = whole[:, None] & (inner == 0)
    return found.ravel()


def _counts(n: Any, table: TableSystem) -> NDArray[np.float64]:
    """Rows of data as an array that fits the table."""
    import numpy as np

    counts = np.asarray(n, dtype=float).ravel()
    if counts.size != table.values.size:
        raise TableError(
            "the rows of data do not fit the table", expected=f"{table.values.size} cells",
            got=f"{counts.size}", remedy="count the rows of the same table, margins included",
        )  # fmt: skip
    return counts
