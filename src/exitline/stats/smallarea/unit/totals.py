"""Figures of a poverty map that meet what is known of all areas together.

By ratio or by difference every level of areas is moved by one factor or amount, so that villages
still add up to their counties, except where figures stay on a bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.smallarea.benchmarking import BenchmarkRule, benchmarked
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.smallarea.unit.cells import Places
    from exitline.stats.smallarea.unit.figures import AreaIndicator

    Floats = NDArray[np.float64]

WAYS: tuple[str, ...] = ("ratio", "difference")


@dataclass(frozen=True)
class BenchmarkTotals:
    """What all areas together are brought to.

    Attributes
    ----------
    how : {"ratio", "difference"}
    target, se : float arrays, shape (indicators,)
        The figure of all areas together, and its standard error: 0 for a known one.
    """

    how: str
    target: Floats
    se: Floats

    def means(self, places: Places, level: str, found: Floats) -> Floats:
        """The figures of all areas together, shape (indicators,)."""
        shares = _shares(places, level)
        inside = shares > 0
        return np.asarray(shares[inside] @ found[inside])

    def moved(
        self, wanted: Sequence[AreaIndicator], places: Places, level: str, found: Floats,
        aims: Floats,
    ) -> Floats:  # fmt: skip
        """Figures that meet their totals; shares stay within 0 and 1.

        Parameters
        ----------
        wanted : sequence of AreaIndicator
        places : Places
        level : str
        found : float array, shape (areas, indicators)
        aims : float array, shape (indicators,)
        """
        shares, after = _shares(places, level), found.copy()
        inside = shares > 0
        for k, one in enumerate(wanted):
            low, high = (0.0, 1.0) if one.share else (-np.inf, np.inf)
            rule = BenchmarkRule(self.how, shares[inside], low, high)
            aim = float(np.clip(aims[k], low, high))
            nothing = np.zeros(int(inside.sum()))
            after[inside, k] = benchmarked(found[inside, k], nothing, aim, rule)
        return after


def _shares(places: Places, level: str) -> Floats:
    """The share of each area in the population of the census."""
    weight = places.sums(level, places.weight)
    return np.asarray(weight / weight.sum())


def require_means(wanted: Sequence[AreaIndicator]) -> None:
    """Refuse figures of which those of areas have no weighted mean in common.

    Raises
    ------
    SmallAreaError
    """
    other = [one.name for one in wanted if one.moment is None or one.summed]
    if other:
        raise SmallAreaError(
            f"'{other[0]}' of areas does not average to that of all together",
            where="benchmark", expected="means and shares: mean, headcount, poverty_gap, ...",
            got=", ".join(other), remedy="ask for the others in a model of their own",
        )  # fmt: skip
