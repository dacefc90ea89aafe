"""Figures of a poverty map that meet what is known of all areas together.

By ratio or by difference every level of areas is moved by one factor or amount, so that villages
still add up to their counties, except where figures stay on a bound. In two stages groups of areas
(provinces) have their own known figures, which first meet the total; areas then meet their group's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.smallarea.benchmarking import BenchmarkRule, benchmarked
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.cells import Places
    from exitline.stats.smallarea.unit.figures import AreaIndicator


WAYS: tuple[str, ...] = ("ratio", "difference")


@dataclass(frozen=True)
class BenchmarkTotals:
    """What all areas together are brought to.

    Attributes
    ----------
    how : {"ratio", "difference"}
    target, se : float arrays, shape (indicators,)
        The figure of all areas together, and its standard error: 0 for a known one.
    within : str
        The level of groups, of two stages; "" for one.
    group_target, group_se : float arrays, shape (groups, indicators), optional
        Their figures, NaN where nothing is known of a group: the model's own then.
    bounds : tuple of (float, float)
        Within which figures of each indicator stay; shares within 0 and 1 unless given.
    """

    how: str
    target: Floats
    se: Floats
    within: str = ""
    group_target: Floats | None = None
    group_se: Floats | None = None
    bounds: tuple[tuple[float, float], ...] = ()

    def drawn(self, random: np.random.Generator, places: Places) -> tuple[Floats, Floats]:
        """How far the targets of a replicate are from its truth: of all together, of groups.

        Groups are drawn independently; the error of all together is that of its groups.
        """
        if self.group_se is None:
            return random.normal(0.0, 1.0, len(self.se)) * self.se, np.zeros((0, len(self.se)))
        known = np.where(np.isfinite(self.group_se), self.group_se, 0.0)
        groups = random.normal(0.0, 1.0, known.shape) * known
        return _shares(places, self.within) @ groups, groups

    def aims(self, found: Mapping[str, Floats]) -> tuple[Floats, Floats | None]:
        """The targets; those of unknown groups are their own figures."""
        if self.group_target is None:
            return self.target, None
        own = found[self.within]
        return self.target, np.where(np.isfinite(self.group_target), self.group_target, own)

    def world(
        self, places: Places, truth: Mapping[str, Floats], found: Mapping[str, Floats],
        apart: tuple[Floats, Floats],
    ) -> tuple[Floats, Floats | None]:  # fmt: skip
        """The targets of a replicate's population, as far off as `drawn` says."""
        some = self.within or next(iter(truth))
        whole = self.means(places, some, truth[some]) + apart[0]
        if self.group_target is None:
            return whole, None
        known = np.isfinite(self.group_target)
        return whole, np.where(known, truth[self.within] + apart[1], found[self.within])

    def means(self, places: Places, level: str, found: Floats) -> Floats:
        """The figures of all areas together, shape (indicators,)."""
        shares = _shares(places, level)
        inside = shares > 0
        return np.asarray(shares[inside] @ found[inside])

    def moved(
        self, wanted: Sequence[AreaIndicator], places: Places, level: str, found: Floats,
        aims: tuple[Floats, Floats | None],
    ) -> Floats:  # fmt: skip
        """Figures that meet their totals, and stay within their bounds.

        Parameters
        ----------
        wanted : sequence of AreaIndicator
        places : Places
        level : str
        found : float array, shape (areas, indicators)
        aims : tuple of float array, shape (indicators,), and float array or None
            Of all together, and of groups.
        """
        whole, groups = aims
        if groups is None:
            return self._met(wanted, _shares(places, level), found, whole)
        staged = self._met(wanted, _shares(places, self.within), groups, whole)
        if level == self.within:
            return staged
        return self._inside(wanted, places, level, found, staged)

    def _met(
        self, wanted: Sequence[AreaIndicator], shares: Floats, found: Floats, aims: Floats
    ) -> Floats:
        """Figures of which the mean by these shares meets its aim."""
        after, inside = found.copy(), shares > 0
        part = shares[inside] / shares[inside].sum()
        for k, one in enumerate(wanted):
            low, high = self.bounds[k] if self.bounds else bounds_of(one)
            rule = BenchmarkRule(self.how, part, low, high)
            aim = float(np.clip(aims[k], low, high))
            nothing = np.zeros(int(inside.sum()))
            after[inside, k] = benchmarked(found[inside, k], nothing, aim, rule)
        return after

    def _inside(
        self, wanted: Sequence[AreaIndicator], places: Places, level: str, found: Floats,
        staged: Floats,
    ) -> Floats:  # fmt: skip
        """Figures of areas within groups meet their group's; those of larger ones follow."""
        shares, groups = _shares(places, level), _shares(places, self.within)
        pairs = np.unique(np.stack([places.domain[level], places.domain[self.within]]), axis=1)
        if len(np.unique(pairs[0])) == pairs.shape[1]:
            after = found.copy()
            for g in range(len(groups)):
                own = pairs[0][pairs[1] == g]
                if shares[own].sum() > 0:
                    after[own] = self._met(wanted, shares[own], found[own], staged[g])
            return after
        if len(np.unique(pairs[1])) != pairs.shape[1]:
            raise SmallAreaError(
                "areas that lie across groups cannot be benchmarked in two stages",
                where="within", expected=f"each area of '{level}' in one of '{self.within}', or "
                "the other way round",
                got="areas in several", remedy="leave this level out, or take other groups",
            )  # fmt: skip
        total = np.zeros_like(found)
        np.add.at(total, pairs[0], groups[pairs[1], None] * staged[pairs[1]])
        weight = np.where(shares > 0, shares, 1.0)[:, None]
        return np.where(shares[:, None] > 0, total / weight, found)


def bounds_of(one: AreaIndicator) -> tuple[float, float]:
    """Within which an indicator lies: 0 and 1 where it is a share."""
    return (0.0, 1.0) if one.share else (-np.inf, np.inf)


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
