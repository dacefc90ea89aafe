"""How many to draw in each stratum: whole numbers that add up."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.exits.draw.seed import DrawError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Allocation = Literal["proportional", "equal", "square root", "neyman"]


def allocate(
    total: int,
    sizes: ArrayLike,
    method: Allocation = "proportional",
    *,
    spread: ArrayLike | None = None,
    least: int = 2,
    most: ArrayLike | None = None,
) -> Ints:
    """Divide a sample over strata.

    "proportional" to size, "equal", or proportional to the "square root" of size (Bankier
    1988, The American Statistician 42, 174-177), by largest remainders; "neyman" minimises
    the variance of the total exactly over whole numbers (Wright 2012, The American
    Statistician 66, 217-224). No stratum gives more than it has, and each gives at least
    `least` (two let a variance be estimated) or all it has.

    Parameters
    ----------
    total : int
        Units to draw.
    sizes : int array, shape (strata,)
        Units there are, or whatever else measures the strata (households, where villages
        are drawn in proportion to them).
    method : {"proportional", "equal", "square root", "neyman"}
    spread : float array, shape (strata,), optional
        Standard deviations within strata, for "neyman"; equal ones unless given.
    least : int
    most : int array, shape (strata,), optional
        Units there are, where `sizes` measures something else.

    Returns
    -------
    int array, shape (strata,)
        Adds up to `total`.

    Raises
    ------
    DrawError
        When there are fewer units than `total`, or `total` does not reach `least` for all.

    Examples
    --------
    >>> allocate(30, [600, 300, 100]).tolist()
    [18, 9, 3]
    >>> allocate(30, [600, 300, 100], "neyman", spread=[1.0, 4.0, 0.0]).tolist()
    [9, 19, 2]
    """
    size = np.asarray(sizes, dtype=np.int64)
    high = size if most is None else np.asarray(most, dtype=np.int64)
    low = np.minimum(high, least)
    _check(total, high, low)
    if method == "neyman":
        weight = size * (np.ones(len(size)) if spread is None else np.asarray(spread, float))
        return _wright(total, weight, low, high)
    power = {"proportional": 1.0, "equal": 0.0, "square root": 0.5}[method]
    weight = np.where(size > 0, size.astype(np.float64) ** power, 0.0)
    return _largest_remainders(total, weight, low, high)


def _check(total: int, size: Ints, low: Ints) -> None:
    """Refuse what cannot be divided."""
    if (size < 0).any() or len(size) == 0:
        raise DrawError(
            "the strata cannot be drawn from", expected="at least one, with counts of 0 or more",
            got=f"{len(size)} strata", remedy="count the frame again",
        )  # fmt: skip
    if total > size.sum():
        raise DrawError(
            "there are fewer units than are to be drawn",
            expected=f"at most {int(size.sum()):,}",
            got=f"{total:,}",
            remedy="draw fewer, or visit everyone",
        )
    if total < low.sum():
        raise DrawError(
            "the sample is too small for its strata",
            expected=f"at least {int(low.sum()):,}, so that each stratum has its least number",
            got=f"{total:,}",
            remedy="merge strata, or draw more",
        )


def _largest_remainders(total: int, weight: Floats, low: Ints, high: Ints) -> Ints:
    """Quotas in proportion to weight between bounds, rounded by largest remainder."""
    fixed = np.full(len(weight), -1, dtype=np.int64)
    while True:
        free = fixed < 0
        rest = total - int(fixed[~free].sum())
        share = weight[free].sum()
        quota = np.where(free, rest * weight / share if share > 0 else 0.0, fixed)
        over, under = free & (quota > high), free & (quota < low)
        excess = float((quota - high)[over].sum()) - float((low - quota)[under].sum())
        if not (over.any() or under.any()):
            break
        side = over if excess >= 0 and over.any() else under if under.any() else over
        fixed[side] = (high if side is over else low)[side]
        if not (fixed < 0).any():
            break
    whole = np.floor(quota + 1e-9).astype(np.int64)
    remainder = np.where(whole < high, quota - whole, -1.0)
    order = np.lexsort((np.arange(len(weight)), -remainder))
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def _wright(total: int, weight: Floats, low: Ints, high: Ints) -> Ints:
    """Give each next unit where it lowers sum W^2 / n the most: exact, since that is convex."""
    chosen = low.copy()
    heap = [(-_gain(weight[i], int(chosen[i])), i) for i in range(len(weight))]
    heapq.heapify(heap)
    left = total - int(chosen.sum())
    while left:
        _, i = heapq.heappop(heap)
        if chosen[i] < high[i]:
            chosen[i] += 1
            left -= 1
            heapq.heappush(heap, (-_gain(weight[i], int(chosen[i])), i))
    return chosen


def _gain(weight: float, n: int) -> float:
    """How much one more unit lowers W^2 / n."""
    return float("inf") if n == 0 else weight**2 / (n * (n + 1))
