"""The cells of a staggered difference-in-differences: which periods, with whom, and the effect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.effect.sample import EffectSample


Controls = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]


@dataclass(frozen=True)
class Cell:
    """One comparison.

    Attributes
    ----------
    group : float
        First period under treatment of those who are compared.
    time, base : int
        Positions of the two periods among all.
    controls : tuple of float
        Groups that are not yet treated, with whom they are compared.
    before : bool
        Whether the period lies before treatment: a test of the assumption, no effect.
    """

    group: float
    time: int
    base: int
    controls: tuple[float, ...]
    before: bool


def cells(
    times: Sequence[float],
    groups: Sequence[float],
    *,
    controls: Controls = "not_yet",
    base: Base = "varying",
    anticipation: float = 0.0,
) -> tuple[list[Cell], list[tuple[float, float]]]:
    """All comparisons that the periods and groups allow.

    Parameters
    ----------
    times : sequence of float
        Periods in order.
    groups : sequence of float
        First periods under treatment; infinite: never treated.
    controls : {"never", "not_yet"}
        Compare with those never treated, or with all who are not treated up to then.
    base : {"varying", "universal"}
        Before treatment, compare with the period just before, or always with the last one
        before treatment.
    anticipation : float
        Units of time by which treatment may act before it begins.

    Returns
    -------
    list of Cell, and list of (group, time)
        The second: comparisons for which nobody is left to compare with.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230, equations 2.8 to 2.10.

    Examples
    --------
    >>> found, without = cells([1, 2, 3], [2.0, 3.0, float("inf")])
    >>> [(c.group, c.time, c.base, c.before) for c in found]
    [(2.0, 1, 0, False), (2.0, 2, 0, False), (3.0, 1, 0, True), (3.0, 2, 1, False)]
    >>> found[0].controls, found[1].controls
    ((3.0, inf), (inf,))
    """
    found: list[Cell] = []
    without: list[tuple[float, float]] = []
    for group in (g for g in groups if math.isfinite(g)):
        last = sum(t < group - anticipation for t in times) - 1
        if last < 0:
            continue
        for i in range(len(times)):
            before = times[i] < group - anticipation
            against = i - 1 if before and base == "varying" else last
            if against < 0 or (before and base == "universal" and i == last):
                continue
            later = max(times[i], times[against]) + anticipation
            others = tuple(
                g for g in groups
                if g != group and (math.isinf(g) or (controls == "not_yet" and g > later))
            )  # fmt: skip
            if others:
                found.append(Cell(group, i, against, others, times[i] < group))
            else:
                without.append((group, times[i]))
    return found, without


def differences(sample: EffectSample, wanted: Sequence[Cell]) -> tuple[Floats, Floats]:
    """Mean change of the treated less that of those they are compared with, cell by cell.

    Parameters
    ----------
    sample : EffectSample
    wanted : sequence of Cell

    Returns
    -------
    estimate : float array, shape (cells,)
    influence : float array, shape (rows, cells)
        What a row moves the estimate by: its covariances are sums over rows of products.

    References
    ----------
    Callaway and Sant'Anna (2021), equation 2.8 without covariates.
    """
    estimate = np.empty(len(wanted))
    influence = np.zeros((sample.group.size, len(wanted)))
    for k, cell in enumerate(wanted):
        change = sample.outcome[:, cell.time] - sample.outcome[:, cell.base]
        for sign, groups in ((1.0, (cell.group,)), (-1.0, cell.controls)):
            there = sample.in_groups(groups)
            weight = sample.weight[there]
            mean = change[there].sum() / weight.sum()
            estimate[k] = sign * mean + (estimate[k] if sign < 0 else 0.0)
            influence[there, k] = sign * (change[there] - mean * weight) / weight.sum()
    return estimate, influence
