"""What an attacker can infer about a suppressed cell, by linear programming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exitline.publish.tables.system import TableSystem


@dataclass(frozen=True)
class Bounds:
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

    bounds: tuple[Bounds, ...]

    @property
    def passed(self) -> bool:
        """Whether every small cell keeps its protection interval."""
        return all(b.safe for b in self.bounds if b.primary)


def protection(value: float, min_count: float, share: float) -> tuple[float, float]:
    """The protection interval: the value plus and minus max(min_count, share x value), from 0.

    Examples
    --------
    >>> protection(3.0, 10, 0.1)
    (0.0, 13.0)
    """
    wide = max(min_count, share * value)
    return max(0.0, value - wide), value + wide


def audit(
    table: TableSystem,
    hidden: NDArray[np.bool_],
    primary: NDArray[np.bool_],
    *,
    min_count: float,
    share: float = 0.1,
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

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.3 (attacker problems).

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.publish.tables import with_margins
    >>> only = np.array([True, False, False])  # one hidden cell: the total gives it away
    >>> found = audit(with_margins([3, 40]), only, only, min_count=10).bounds[0]
    >>> (found.low, found.high, found.safe)
    (3.0, 3.0, False)
    """
    import numpy as np

    free = table.sums[:, hidden]
    known = -table.sums[:, ~hidden] @ table.values[~hidden]
    found = []
    for column, cell in enumerate(np.flatnonzero(hidden)):
        low, high = (_extreme(free, known, column, sign) for sign in (1.0, -1.0))
        wanted = protection(float(table.values[cell]), min_count, share)
        found.append(Bounds(int(cell), low, high, *wanted, bool(primary[cell])))
    return Audit(tuple(found))


def _extreme(free: Any, known: Any, column: int, sign: float) -> float:
    """Least (sign +1) or largest (-1) value of a hidden cell; infinite where unbounded."""
    import numpy as np
    from scipy.optimize import linprog

    from exitline.publish.tables.system import TableError

    goal = np.zeros(free.shape[1])
    goal[column] = sign
    answer = linprog(goal, A_eq=free, b_eq=known, bounds=(0, None), method="highs")
    if answer.status == 3:
        return float("inf")
    if answer.status != 0:
        raise TableError(
            "the suppression cannot be audited", got=str(answer.message),
            remedy="divide the table into smaller ones; do not publish it unaudited",
        )  # fmt: skip
    return float(round(answer.fun * sign, 9)) + 0.0
