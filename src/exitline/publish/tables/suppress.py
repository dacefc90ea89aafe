"""Suppression of small counts, and of the further cells that protect them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.publish.tables.audit import Audit, audit, protection
from exitline.publish.tables.system import TableError, TableSystem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUPPRESSED = "suppressed"


@dataclass(frozen=True)
class Suppressed:
    """A table that can be published, with the audit that says so.

    Attributes
    ----------
    table : TableSystem
        With every value: not for publication.
    hidden, primary : bool arrays of shape (cells,)
    audit : Audit
    """

    table: TableSystem
    hidden: NDArray[np.bool_]
    primary: NDArray[np.bool_]
    audit: Audit

    def cells(self) -> list[int | str]:
        """The flattened table as published: a number, or the word "suppressed"."""
        pairs = zip(self.table.values, self.hidden, strict=True)
        return [SUPPRESSED if hidden else round(float(value)) for value, hidden in pairs]


def suppress(table: TableSystem, *, min_count: float = 10, share: float = 0.1) -> Suppressed:
    """Hide counts from 1 to below `min_count`, and enough others that they stay hidden.

    For each small cell and direction a linear programme finds the cheapest change of the table
    that moves the cell to the end of its protection interval; the cells that change are
    suppressed too. By construction that table fits all that is published. An audit that
    does not use the construction checks the result. Zeros are published unless they are
    needed to protect another cell.

    Parameters
    ----------
    table : TableSystem
    min_count : float
        At least 2.
    share : float
        At least 0; see :func:`exitline.publish.tables.audit.protection`.

    Raises
    ------
    TableError
        For a threshold below 2, or where the audit does not pass.

    References
    ----------
    Kelly, Golden & Assad (1992), Networks 22: 397-417; Fischetti & Salazar-Gonzalez (2000),
    JASA 95: 916-928.

    Examples
    --------
    >>> from exitline.publish.tables import with_margins
    >>> done = suppress(with_margins([[3, 40], [50, 60]]))
    >>> done.cells()[:3], done.audit.passed
    (['suppressed', 'suppressed', 43], True)
    """
    import numpy as np

    if min_count < 2 or share < 0:
        raise TableError(
            "the threshold protects nobody", expected="min_count of 2 or more, share of 0 or more",
            got=f"{min_count:g} and {share:g}", remedy="use the rule of your office, often 10",
        )  # fmt: skip
    primary = (table.values > 0) & (table.values < min_count)
    hidden = primary.copy()
    for cell in np.flatnonzero(primary)[np.argsort(table.values[primary], kind="stable")]:
        value = float(table.values[cell])
        for target in protection(value, min_count, share):
            if target != value:
                hidden |= _moved(table, hidden, int(cell), target - value)
    checked = audit(table, hidden, primary, min_count=min_count, share=share)
    if not checked.passed:
        raise TableError(
            "the suppression does not pass its audit", remedy="join small rows, then try again"
        )
    return Suppressed(table, hidden, primary, checked)


def _moved(table: TableSystem, hidden: Any, cell: int, change: float) -> Any:
    """Cells that take part in the cheapest change of the table that moves `cell` by `change`."""
    import numpy as np
    from scipy import sparse
    from scipy.optimize import linprog

    size = table.values.size
    cost = np.where(hidden, 0.0, 1.0 + np.log1p(table.values) + 5.0 * _totals(table))
    bounds = [(0.0, None)] * size + [(0.0, float(v)) for v in table.values]
    up, down = cell, size + cell
    bounds[up] = (max(change, 0.0),) * 2
    bounds[down] = (max(-change, 0.0),) * 2
    both = sparse.hstack([table.sums, -table.sums])
    answer = linprog(
        np.concatenate([cost, cost]), A_eq=both, b_eq=np.zeros(both.shape[0]), bounds=bounds,
        method="highs",
    )  # fmt: skip
    if answer.status != 0:
        raise TableError(
            "no set of cells protects a small count", got=str(answer.message),
            remedy="join small rows, then try again",
        )  # fmt: skip
    return np.abs(answer.x[:size] - answer.x[size:]) > 1e-7


def _totals(table: TableSystem) -> Any:
    """Whether each cell is the total of some sum."""
    import numpy as np

    found = np.zeros(table.values.size, dtype=bool)
    found[table.sums.indices[table.sums.data < 0]] = True
    return found
