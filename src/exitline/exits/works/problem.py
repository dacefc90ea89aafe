"""Works, places that need them and a budget: what a choice is made from, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


Goal = Literal["people", "areas", "units"]


@dataclass(frozen=True)
class WorksProblem:
    """What can be built, for whom, and with how much.

    Attributes
    ----------
    cost : float array, shape (works,)
    reach : sparse array, shape (works, places)
        Ones where a work would serve a place.
    weight : float array, shape (places,)
        People or households at each place.
    served : bool array, shape (places,)
        Served already.
    area : int array, shape (places,)
        Codes of areas.
    budget : tuple of float
        For each year; what is left of one is there in the next.
    group : int array, shape (works,)
        Works of one group exclude each other; -1: of none.
    floors : float array, shape (areas,)
        Least share of each area's people that must be served in the end.
    goal : {"people", "areas", "units"}
        Serve most people, bring most areas to `threshold`, or most units all of whose areas are.
    threshold : float or float array, shape (areas,)
        Share of an area's people, for the goals "areas" and "units".
    unit : int array, shape (areas,)
        For the goal "units": whose area it is. (Areas are a village's criteria, units villages.)
    """

    cost: Floats
    reach: csr_array
    weight: Floats
    served: Bools
    area: Ints
    budget: tuple[float, ...]
    group: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    floors: Floats = field(default_factory=lambda: np.empty(0))
    goal: Goal = "people"
    threshold: float | Floats = 1.0
    unit: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def areas(self) -> int:
        """Number of areas."""
        return max(int(self.area.max(initial=-1)) + 1, self.unit.size)

    @property
    def units(self) -> int:
        """Number of units: areas of their own where nothing else was said."""
        return int(self.unit.max(initial=-1)) + 1 if self.unit.size else self.areas

    def reached(self, served: Bools) -> Bools:
        """Which areas are at their threshold."""
        return np.asarray(self.shares(served) >= self.threshold - 1e-9)

    def complete(self, served: Bools) -> Bools:
        """Which units have all their areas at their thresholds."""
        if not self.unit.size:
            return self.reached(served)
        known = ~np.isnan(self.shares(np.zeros_like(served)))
        lacking = np.bincount(self.unit[known], ~self.reached(served)[known], self.units)
        return np.asarray((lacking == 0) & (np.bincount(self.unit[known], None, self.units) > 0))

    def people(self, served: Bools) -> float:
        """People at places that are served."""
        return float(self.weight[served].sum())

    def shares(self, served: Bools) -> Floats:
        """Share of each area's people that are served; NaN where nobody lives."""
        total = np.bincount(self.area, self.weight, self.areas)
        there = np.bincount(self.area, self.weight * served, self.areas)
        return np.divide(there, total, out=np.full_like(total, np.nan), where=total > 0)

    def after(self, chosen: Ints) -> Bools:
        """Which places are served once these works are done."""
        reached = self.reach[chosen].sum(axis=0) > 0 if len(chosen) else np.zeros_like(self.served)
        return np.asarray(self.served | reached)


@dataclass(frozen=True)
class Chosen:
    """Works that were chosen, and how good the choice is.

    Attributes
    ----------
    works : int array
        Positions, in order.
    year : int array
        When each is done.
    served : bool array, shape (places,)
    gap : float
        By how much, of the best possible, the choice may fall short; 0: none is better.
    """

    works: Ints
    year: Ints
    served: Bools
    gap: float = 0.0


def merged(problem: WorksProblem) -> tuple[csr_array, Floats, Ints]:
    """Places that the same works reach, in the same area, made one.

    Returns
    -------
    reach : sparse array, shape (works, merged places)
    weight : float array, shape (merged places,)
    area : int array, shape (merged places,)
    """
    open_places = np.flatnonzero(~problem.served)
    columns = problem.reach[:, open_places].tocsc()
    columns.sort_indices()
    keys: dict[tuple[int, bytes], int] = {}
    member = np.full(open_places.size, -1)
    for i in range(open_places.size):
        works = columns.indices[columns.indptr[i] : columns.indptr[i + 1]]
        if works.size:
            key = (int(problem.area[open_places[i]]), works.tobytes())
            member[i] = keys.setdefault(key, len(keys))
    there = member >= 0
    weight = np.bincount(member[there], problem.weight[open_places[there]], len(keys))
    first = np.zeros(len(keys), dtype=np.int64)
    first[member[there][::-1]] = np.flatnonzero(there)[::-1]
    return columns[:, first].tocsr(), weight.astype(np.float64), problem.area[open_places[first]]


def at_budget(problem: WorksProblem, factor: float) -> WorksProblem:
    """The same with another budget; costs that are higher by a factor are a budget that is lower.

    Parameters
    ----------
    problem : WorksProblem
    factor : float
    """
    return replace(problem, budget=tuple(factor * one for one in problem.budget))
