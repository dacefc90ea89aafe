"""Controlled rounding: every cell to a multiple of a base, and the sums still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.proof.disclose.system import TableError, TableSystem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def controlled_rounding(table: TableSystem, base: int = 5) -> NDArray[np.int64]:
    """Each cell to one of its two neighbouring multiples of `base`, nearest in sum, additive.

    Zero-restricted: a multiple of the base stays as it is. The values are not unbiased.

    Parameters
    ----------
    table : TableSystem
    base : int
        At least 2.

    Returns
    -------
    int array of shape (cells,)

    Raises
    ------
    TableError
        Where no such rounding exists (it always does in one-way and two-way tables).

    References
    ----------
    Cox & Ernst (1982), INFOR 20: 423-432.

    Examples
    --------
    >>> from exitline.proof.disclose import with_margins
    >>> controlled_rounding(with_margins([3, 4, 11])).tolist()
    [5, 5, 10, 20]
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    if base < 2:
        raise TableError("the base rounds nothing", expected="2 or more", remedy="use 3, 5 or 10")
    low = np.floor(table.values / base)
    rest = table.values / base - low
    room = (rest > 1e-9).astype(float)
    even = -table.sums @ low
    answer = milp(
        1.0 - 2.0 * rest, integrality=np.ones(low.size, dtype=np.int64), bounds=Bounds(0, room),
        constraints=LinearConstraint(table.sums, even, even),
    )  # fmt: skip
    if answer.x is None:
        raise TableError("no additive rounding exists", remedy="choose another base, or suppress")
    rounded: NDArray[np.int64] = ((low + np.round(answer.x)) * base).astype(np.int64)
    return rounded
