"""A plan of works: which, when, for whom; and what other ways to choose would have given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.works.choice import best, greedy, most_users_first
from exitline.exits.works.errors import WorksError
from exitline.exits.works.problem import at_budget
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.exits.works.problem import Chosen, WorksProblem

    Floats = NDArray[np.float64]

RULES = {"exact": "chosen exactly", "greedy": "most new people for the money, one by one",
         "users": "most users first"}  # fmt: skip


@dataclass(frozen=True)
class WorksPlan(ShownResult):
    """Works that serve most under a budget.

    Attributes
    ----------
    problem : WorksProblem
    chosen : Chosen
    candidates : tuple of str
        Names of all works, in the order of the problem.
    areas : tuple of str
    users : float array or None, shape (works,)
        For the rule "most users first".
    notes : tuple of str
    candidate_at, place_at : float arrays, shape (works, 2) and (places, 2), or None
        Latitude and longitude, for maps.
    """

    problem: WorksProblem
    chosen: Chosen
    candidates: tuple[str, ...]
    areas: tuple[str, ...] = ()
    users: Floats | None = None
    notes: tuple[str, ...] = ()
    candidate_at: Floats | None = None
    place_at: Floats | None = None

    @property
    def people(self) -> float:
        """People whom the plan serves and who were not served before."""
        before = self.problem.people(self.problem.served)
        return self.problem.people(self.chosen.served) - before

    @property
    def reached(self) -> tuple[int, int]:
        """How many areas (criteria of villages) are at their threshold before and after."""
        before, after = (self.problem.reached(one) for one in
                         (self.problem.served, self.chosen.served))  # fmt: skip
        return int(before.sum()), int(after.sum())

    @property
    def complete(self) -> tuple[int, int]:
        """How many units (villages) have all their areas at their thresholds, before and after."""
        before, after = (self.problem.complete(one) for one in
                         (self.problem.served, self.chosen.served))  # fmt: skip
        return int(before.sum()), int(after.sum())

    @property
    def spent(self) -> float:
        """What the chosen works cost."""
        return float(self.problem.cost[self.chosen.works].sum())

    @property
    def gap(self) -> float:
        """By how much, of the best possible, the plan may fall short."""
        return self.chosen.gap

    def to_pandas(self) -> pd.DataFrame:
        """One row for each chosen work, those that add most first.

        Returns
        -------
        pandas.DataFrame
            Columns work, year (where there are several), cost, people (within its reach and not
            served before; some of them by other works, too), alone (whom no other chosen work
            serves).
        """
        import pandas as pd

        problem, works = self.problem, self.chosen.works
        reach = problem.reach[works] if works.size else problem.reach[:0]
        new = problem.weight * ~problem.served
        times = np.asarray(reach.sum(axis=0)).ravel()
        table = pd.DataFrame({
            "work": [self.candidates[k] for k in works], "year": self.chosen.year + 1,
            "cost": problem.cost[works], "people": reach @ new,
            "alone": reach @ (new * (times == 1)),
        })  # fmt: skip
        table = table.sort_values(["year", "people"], ascending=[True, False], ignore_index=True)
        return table if len(problem.budget) > 1 else table.drop(columns="year")

    def by_area(self) -> pd.DataFrame:
        """People served before and after, area by area.

        Returns
        -------
        pandas.DataFrame
            Columns area, people, before, after (shares).
        """
        import pandas as pd

        problem = self.problem
        names = self.areas or tuple(str(a) for a in range(problem.areas))
        return pd.DataFrame({
            "area": names, "people": np.bincount(problem.area, problem.weight, problem.areas),
            "before": problem.shares(problem.served), "after": problem.shares(self.chosen.served),
        })  # fmt: skip

    def compared(self) -> pd.DataFrame:
        """What other ways to choose give for the same money in the first year.

        Returns
        -------
        pandas.DataFrame
            Columns rule, works, cost, people (newly served), ratio (to the exact choice).
        """
        import pandas as pd

        first = at_first(self.problem)
        found = {"exact": self.chosen if len(self.problem.budget) == 1 else best(first),
                 "greedy": greedy(first)}  # fmt: skip
        if self.users is not None:
            found["users"] = most_users_first(first, self.users)
        before = first.people(first.served)
        people = {name: first.people(one.served) - before for name, one in found.items()}
        most = people["exact"]
        return pd.DataFrame({
            "rule": [RULES[name] for name in found],
            "works": [one.works.size for one in found.values()],
            "cost": [float(first.cost[one.works].sum()) for one in found.values()],
            "people": list(people.values()),
            "ratio": [value / most if most else float("nan") for value in people.values()],
        })  # fmt: skip

    def at_budgets(self, factors: tuple[float, ...] = (0.5, 0.75, 1.0, 1.25, 1.5)) -> pd.DataFrame:
        """Whom other budgets would serve; costs that are all higher are a lower budget.

        Parameters
        ----------
        factors : tuple of float
            Of the budget.

        Returns
        -------
        pandas.DataFrame
            Columns factor, budget, works, people (missing where the floors of areas cannot be
            met for that money).
        """
        import pandas as pd

        if not factors or not all(0 < one < np.inf for one in factors):
            raise WorksError(
                "no budget can be made of these factors", where="factors", expected="above 0",
                got=str(factors), remedy="give factors such as 0.5, 1, 1.5",
            )  # fmt: skip
        before, rows = self.problem.people(self.problem.served), []
        for factor in factors:
            one = at_budget(self.problem, factor)
            try:
                found = best(one)
            except WorksError:  # the floors of areas cannot be met for this money
                rows.append((factor, sum(one.budget), 0, float("nan")))
                continue
            people = one.people(found.served) - before
            rows.append((factor, sum(one.budget), found.works.size, people))
        return pd.DataFrame(rows, columns=["factor", "budget", "works", "people"])

    def stability(self, spread: float = 0.25, draws: int = 20, seed: int = 1) -> pd.Series[float]:
        """How often each chosen work is chosen again when costs turn out otherwise.

        Parameters
        ----------
        spread : float
            Standard deviation of the logarithm of each cost, drawn independently.
        draws, seed : int

        Returns
        -------
        pandas.Series
            Share of draws by work, the surest first; in a draw in which the floors of areas
            cannot be met no work is chosen.
        """
        from dataclasses import replace

        import pandas as pd

        if not (0 <= spread < 5 and draws >= 1):
            raise WorksError(
                "costs cannot be drawn so", where="stability", got=f"{spread:g}, {draws}",
                expected="a spread from 0 to 5, and at least one draw", remedy="correct it",
            )  # fmt: skip
        random, counts = np.random.default_rng(seed), np.zeros(self.problem.cost.size)
        for _ in range(draws):
            cost = self.problem.cost * np.exp(spread * random.standard_normal(counts.size))
            try:
                counts[best(replace(self.problem, cost=cost)).works] += 1
            except WorksError:  # the floors of areas cannot be met at these costs
                continue
        works = self.chosen.works
        named = pd.Series(counts[works] / draws, index=[self.candidates[k] for k in works])
        return named.sort_values(ascending=False, kind="stable")


def at_first(problem: WorksProblem) -> WorksProblem:
    """The problem of the first year alone.

    Parameters
    ----------
    problem : WorksProblem
    """
    from dataclasses import replace

    return replace(problem, budget=problem.budget[:1])
