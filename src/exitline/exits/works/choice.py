"""Which works reach most people under a budget: maximal covering, solved exactly.

Our own model of a known problem (Church and ReVelle 1974); HiGHS solves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array

from exitline.exits.works.errors import WorksError
from exitline.exits.works.problem import Chosen, WorksProblem, merged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def best(problem: WorksProblem, *, gap: float = 1e-6, seconds: float = 60.0) -> Chosen:
    """The works that serve most, exactly.

    Parameters
    ----------
    problem : WorksProblem
    gap : float
        Relative gap at which the search may stop.
    seconds : float
        Most time to search; the gap that is left is part of the result.

    Returns
    -------
    Chosen

    Raises
    ------
    WorksError
        Where the floors of areas cannot all be met under the budget.

    References
    ----------
    Church and ReVelle (1974), Papers of the Regional Science Association 32, 101-118.
    """
    model = _CoveringModel(problem)
    found, left = model.solved(gap, seconds)
    works, year = np.nonzero(found > 0.5)
    return Chosen(works, year, problem.after(works), left)


class _CoveringModel:
    """The mixed integer programme: works by year, merged places by year, areas."""

    def __init__(self, problem: WorksProblem) -> None:
        self.problem = problem
        self.reach, self.weight, self.area = merged(problem)
        self.years = len(problem.budget)
        self.works, self.places = problem.cost.size, self.weight.size
        self.first_place = self.works * self.years
        self.first_area = self.first_place + self.places * self.years
        self.first_unit = self.first_area + (problem.areas if problem.goal != "people" else 0)
        self.size = self.first_unit + (problem.units if problem.goal == "units" else 0)
        self.entries: list[tuple[Any, Any, Any]] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def row(self, columns: Any, values: Any, low: float, high: float) -> None:
        """One constraint."""
        columns = np.asarray(columns, dtype=np.int64)
        self.entries.append((np.full(columns.size, len(self.low)), columns, np.asarray(values)))
        self.low.append(low)
        self.high.append(high)

    def column(self, work: Any, year: int) -> Any:
        """The column of a work in a year."""
        return np.asarray(work) * self.years + year

    def rows(self) -> None:
        """All constraints."""
        problem, every = self.problem, np.arange(self.works)
        spent = np.cumsum(problem.budget)
        for t in range(self.years):
            so_far = np.concatenate([self.column(every, s) for s in range(t + 1)])
            self.row(so_far, np.tile(problem.cost, t + 1), -np.inf, float(spent[t]))
        if self.years > 1:
            for work in every:
                self.row(
                    self.column(work, 0) + np.arange(self.years), np.ones(self.years), -np.inf, 1
                )
        for group in np.unique(problem.group[problem.group >= 0]):
            members = np.flatnonzero(problem.group == group)
            columns = np.concatenate([self.column(members, t) for t in range(self.years)])
            self.row(columns, np.ones(columns.size), -np.inf, 1.0)
        self._covering()
        self._areas()

    def _covering(self) -> None:
        """A place is served from the year on in which a work that reaches it is done."""
        by_place = self.reach.tocsc()
        for i in range(self.places):
            works = by_place.indices[by_place.indptr[i] : by_place.indptr[i + 1]]
            for t in range(self.years):
                done = np.concatenate([self.column(works, s) for s in range(t + 1)])
                columns = np.concatenate([[self.first_place + i * self.years + t], done])
                self.row(columns, np.concatenate([[1.0], -np.ones(done.size)]), -np.inf, 0.0)

    def _areas(self) -> None:
        """Floors of areas, and areas that reach the threshold."""
        problem = self.problem
        total = np.bincount(problem.area, problem.weight, problem.areas)
        there = np.bincount(problem.area, problem.weight * problem.served, problem.areas)
        last = self.first_place + np.arange(self.places) * self.years + self.years - 1
        threshold = np.broadcast_to(problem.threshold, problem.areas)
        for a in range(problem.areas):
            inside = self.area == a
            if problem.floors.size and problem.floors[a] > 0:
                wanted = problem.floors[a] * total[a] - there[a]
                self.row(last[inside], self.weight[inside], float(wanted) - 1e-9 * total[a], np.inf)
            if problem.goal != "people" and total[a] > 0:
                columns = np.concatenate([last[inside], [self.first_area + a]])
                values = np.concatenate([self.weight[inside], [-threshold[a] * total[a]]])
                self.row(columns, values, float(-there[a]) - 1e-9 * total[a], np.inf)
                if problem.goal == "units":
                    unit = problem.unit[a] if problem.unit.size else a
                    pair = [self.first_unit + int(unit), self.first_area + a]
                    self.row(pair, [1.0, -1.0], -np.inf, 0.0)

    def objective(self) -> Floats:
        """People served, summed over the years; or areas or units, and a little for people."""
        costs = np.zeros(self.size)
        people = np.repeat(self.weight, self.years)
        costs[self.first_place : self.first_area] = people
        if self.problem.goal != "people":
            costs[self.first_place : self.first_area] = people / (2 * max(people.sum(), 1.0))
            known = np.bincount(self.problem.area, self.problem.weight, self.problem.areas) > 0
            if self.problem.goal == "units":  # a unit of which nothing is known is not reached
                unit = self.problem.unit if self.problem.unit.size else np.arange(known.size)
                known = np.bincount(unit[known], None, self.problem.units) > 0
            costs[self.size - known.size :] = known
        return costs

    def solved(self, gap: float, seconds: float) -> tuple[Floats, float]:
        """Works by year as zeros and ones, and the gap that is left."""
        import highspy

        self.rows()
        row, column, value = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        matrix = coo_array((value, (row, column)), shape=(len(self.low), self.size)).tocsc()
        costs = self.objective()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.size, len(self.low)
        lp.col_cost_, lp.sense_ = costs, highspy.ObjSense.kMaximize
        lp.col_lower_, lp.col_upper_ = np.zeros(self.size), np.ones(self.size)
        lp.row_lower_, lp.row_upper_ = np.array(self.low), np.array(self.high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        whole = np.arange(self.size) < self.first_place
        whole |= np.arange(self.size) >= self.first_area
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(one)] for one in whole]
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("threads", 1)
        solver.passModel(lp)
        _solve(solver)
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise self._unmet()
        found = np.array(solver.getSolution().col_value)[: self.first_place]
        info = solver.getInfo()
        if not found.size or not np.isfinite(info.objective_function_value):
            raise WorksError(
                "no choice was found in time", expected=f"one within {seconds:g} s",
                got=str(status), remedy="give it more time, or fewer candidates",
            )  # fmt: skip
        bound, value_found = info.mip_dual_bound, info.objective_function_value
        left = max(0.0, (bound - value_found) / abs(bound)) if bound else 0.0
        return found.reshape(self.works, self.years), float(left)

    def _unmet(self) -> WorksError:
        """Floors that cannot be met, with those that no money would meet."""
        problem = self.problem
        most = problem.shares(problem.after(np.arange(problem.cost.size)))
        never = np.flatnonzero(problem.floors > most + 1e-9)
        got = (
            f"{never.size} {'area' if never.size == 1 else 'areas'} that all works together do not "
            "bring so far"
            if never.size
            else f"a budget of {sum(problem.budget):,.0f} that does not do for all of them"
        )
        return WorksError(
            "the floors of areas cannot all be met", where="floor",
            expected="shares that the works reach within the budget", got=got,
            remedy="lower the floor, raise the budget, or add candidates",
        )  # fmt: skip


def greedy(problem: WorksProblem) -> Chosen:
    """Again and again the work that serves most new people for its cost: what many do by hand.

    Parameters
    ----------
    problem : WorksProblem
        Of one year; floors are not kept.
    """
    left, served = problem.budget[0], problem.served.copy()
    reach, chosen = problem.reach, []
    open_work = np.ones(problem.cost.size, dtype=bool)
    cost = np.maximum(problem.cost, 1e-12)
    while True:
        gain = reach @ (problem.weight * ~served)
        able = open_work & (problem.cost <= left + 1e-9) & (gain > 0)
        if not able.any():
            break
        k = int(np.argmax(np.where(able, gain / cost, -1.0)))
        chosen.append(k)
        left -= problem.cost[k]
        open_work[k] = False
        if problem.group.size and problem.group[k] >= 0:
            open_work &= problem.group != problem.group[k]
        served = served | (reach[[k]].sum(axis=0) > 0)
    return _in_order(problem, chosen)


def most_users_first(problem: WorksProblem, users: Floats) -> Chosen:
    """The works with most users first, whoever else serves them already: a common rule.

    Parameters
    ----------
    problem : WorksProblem
    users : float array, shape (works,)
    """
    left, chosen = problem.budget[0], []
    taken: set[int] = set()
    for k in np.argsort(-users, kind="stable"):
        group = int(problem.group[k]) if problem.group.size else -1
        if problem.cost[k] <= left + 1e-9 and group not in taken:
            chosen.append(int(k))
            left -= problem.cost[k]
            taken |= {group} if group >= 0 else set()
    return _in_order(problem, chosen)


def _in_order(problem: WorksProblem, chosen: list[int]) -> Chosen:
    works = np.array(sorted(chosen), dtype=np.int64)
    return Chosen(works, np.zeros(works.size, dtype=np.int64), problem.after(works))


def _solve(solver: Any) -> None:
    """Solve in a thread, so that Ctrl-C is heard while HiGHS searches."""
    solver.HandleUserInterrupt = True
    searching = solver.startSolve()
    try:
        while not solver.wait(0.1)[0]:
            pass
    except KeyboardInterrupt:
        solver.cancelSolve()
        searching.join()
        raise
