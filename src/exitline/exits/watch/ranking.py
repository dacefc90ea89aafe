"""Whom a rule would visit: an order of households, as far as the visits go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.panel.panel import Panel

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def capacity_of(capacity: float, households: int) -> int:
    """A number of visits from a share (below 1) or a number (1 or above).

    Raises
    ------
    MeasureError
        For a capacity of nothing, or of more households than there are.

    Examples
    --------
    >>> capacity_of(0.1, 615), capacity_of(50, 615)
    (62, 50)
    """
    visits = round(capacity * households) if 0 < capacity < 1 else round(capacity)
    if not 1 <= visits <= households:
        raise MeasureError(
            "the capacity cannot be used",
            expected=f"a share below 1, or a number up to the {households:,} households at risk",
            got=f"{capacity:g}",
            remedy="0.1 watches one household in ten",
        )
    return visits


def relative_welfare(panel: Panel, wave: int) -> Floats:
    """Welfare over the line in one wave, shape (n,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(panel.welfare[:, wave] / panel.line[:, wave])


def fall_since(panel: Panel, wave: int) -> Floats:
    """Share of (relative) welfare lost since the wave before; 0 where it is not known."""
    if wave == 0:
        return np.zeros(panel.size)
    now, before = relative_welfare(panel, wave), relative_welfare(panel, wave - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.nan_to_num(np.where(before > 0, 1.0 - now / before, 0.0)))


def chosen(key: Floats, used: Bools, visits: float) -> Floats:
    """How far each household is among the `visits` with the highest key, from 0 to 1.

    Households tied at the last place share what is left of the visits.

    Examples
    --------
    >>> chosen(np.array([3.0, 2.0, 2.0, 1.0]), np.array([True] * 4), 2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    result = np.zeros(len(key))
    values = np.sort(key[used])[::-1]
    limit = values[int(np.ceil(visits)) - 1]
    above, tied = used & (key > limit), used & (key == limit)
    result[above] = 1.0
    result[tied] = (visits - above.sum()) / tied.sum()
    return result


def area_under_curve(risk: Floats, outcome: Floats, weight: Floats) -> float:
    """Weighted area under the ROC curve; ties count one half.

    The chance that a household that fell had a higher risk than one that did not (Hanley
    and McNeil 1982, Radiology 143, 29-36).

    Examples
    --------
    >>> area_under_curve(np.array([0.1, 0.4, 0.4, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]),
    ...                  np.ones(4))
    0.875
    """
    values, inverse = np.unique(risk, return_inverse=True)
    ones = np.bincount(inverse, weights=weight * outcome, minlength=len(values))
    zeros = np.bincount(inverse, weights=weight * (1.0 - outcome), minlength=len(values))
    below = np.cumsum(zeros) - zeros
    return float(ones @ (below + zeros / 2.0) / (ones.sum() * zeros.sum()))
