"""One budget for the assessments of all counties: who is visited how much, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.exits.assess.plans.cost_curve import (
    DesignOption,
    Limits,
    Question,
    frontier,
    hull,
    slope,
)
from exitline.exits.assess.plans.costs import Costs
from exitline.exits.decide.clusters import (
    DEFAULT_ICC,
    PlanError,
    check_confidence,
    check_icc,
    check_rate,
)
from exitline.words.said import Numeral, say, say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Goal = Literal["most settled", "equal power"]


@dataclass(frozen=True)
class CountyTask:
    """One county to be assessed.

    Parameters
    ----------
    name : str
    expected_rate : float
        The rate expected there (from screening or from last year), not at the threshold.
    costs : Costs
    villages : int
        Villages there are.
    households_per_village : int
        Households in a village that could be visited.
    icc : float
        Intra-village correlation.
    threshold : float
        The criterion: a rate below this is met.
    weight : float
        How much settling this county counts.

    Raises
    ------
    PlanError
        For numbers out of range, or an expected rate at the threshold, which no sample
        can settle.
    """

    name: str
    expected_rate: float
    costs: Costs
    villages: int
    households_per_village: int = 60
    icc: float = DEFAULT_ICC
    threshold: float = 0.02
    weight: float = 1.0

    def __post_init__(self) -> None:
        check_rate(self.threshold, "threshold")
        check_icc(self.icc)
        if not 0.0 <= self.expected_rate < 1.0 or self.expected_rate == self.threshold:
            raise PlanError(
                "the expected rate cannot be planned for",
                where=self.name,
                expected=f"a share below or above the threshold {self.threshold:g}, not at it",
                got=str(self.expected_rate),
                remedy="a county at the threshold itself is settled by no sample; count it in full",
            )
        if self.villages < 1 or self.households_per_village < 1 or not self.weight > 0:
            raise PlanError(
                "the county's size or weight is out of range",
                where=self.name,
                expected="at least one village with one household, and a weight above 0",
                got=f"villages: {self.villages}, households in each: "
                f"{self.households_per_village}, weight {self.weight}",
                remedy="leave the county out if it is not to be assessed",
            )


@dataclass(frozen=True)
class BudgetShare:
    """What one county receives.

    Attributes
    ----------
    county : str
    villages, per_village : int
        0 where the county receives nothing.
    cost : float
    settled : float
        Probability that its outcome is the right one, *met* or *not met*.
    next_cost, next_gain : float
        The next larger step worth taking: what it would cost more, and what it would add to
        `settled`; NaN where there is none.
    """

    county: str
    villages: int
    per_village: int
    cost: float
    settled: float
    next_cost: float
    next_gain: float


@dataclass(frozen=True)
class BudgetPlan(ShownResult):
    """Shares of all counties.

    Attributes
    ----------
    shares : tuple of BudgetShare
        In the order of the counties given.
    cost, budget : float
    settled : float
        Expected number of counties settled rightly (weighted).
    at_best : float
        No plan within the budget could exceed this (relaxed bound); equal to `settled`
        within one county's last step.
    price : float
        Cost of settling one more county, at the margin; NaN where the budget covers all.
    goal : {"most settled", "equal power"}
    """

    shares: tuple[BudgetShare, ...]
    cost: float
    budget: float
    settled: float
    at_best: float
    price: float
    goal: Goal

    def to_pandas(self) -> pd.DataFrame:
        """What each county receives."""
        import pandas as pd

        return pd.DataFrame([asdict(share) for share in self.shares])


def plan_budget(
    counties: Sequence[CountyTask],
    budget: float,
    *,
    confidence: float = 0.95,
    goal: Goal = "most settled",
) -> BudgetPlan:
    """Allocate one budget over counties.

    "most settled" maximises the (weighted) expected number of counties whose outcome is
    right. Each county has a frontier of designs (cost, probability); one is chosen from
    each: a multiple-choice knapsack. Its linear relaxation is solved exactly by taking the
    steps of all concave frontiers in the order of gain per cost (Sinha and Zoltners 1979,
    Operations Research 27, 503-515); designs that the relaxation's bound rules out are
    dropped, and the few left go to an exact integer programme.
    "equal power" gives every county the same probability of being settled rightly, as high
    as the budget allows.

    Parameters
    ----------
    counties : sequence of CountyTask
    budget : float
        In the unit of the costs.
    confidence : float
        One-sided; the risk of a wrong outcome at the threshold is kept in every county.
    goal : {"most settled", "equal power"}

    Returns
    -------
    BudgetPlan

    Raises
    ------
    PlanError
        For a budget that is not positive, no counties, or two of one name.

    Examples
    --------
    >>> task = lambda name, rate: CountyTask(name, rate, Costs(300, 15), villages=200)
    >>> plan = plan_budget([task("A", 0.005), task("B", 0.01), task("C", 0.018)], 40_000)
    >>> [round(share.settled, 2) for share in plan.shares]
    [0.82, 0.25, 0.0]
    """
    _check(counties, budget)
    check_confidence(confidence)
    frontiers = [_frontier(county, confidence, budget) for county in counties]
    hulls = [hull(options) for options in frontiers]
    weights = np.array([county.weight for county in counties])
    if goal == "equal power":
        chosen, at_best, price = _equal(frontiers, budget), math.nan, math.nan
    else:
        chosen, at_best, price = _most(frontiers, hulls, weights, budget)
    shares = tuple(
        _share(county, option, steps)
        for county, option, steps in zip(counties, chosen, hulls, strict=True)
    )
    settled = float(sum(w * o.value for w, o in zip(weights, chosen, strict=True)))
    cost = float(sum(option.cost for option in chosen))
    return BudgetPlan(shares, cost, budget, settled, at_best, price, goal)


def explain(plan: BudgetPlan) -> tuple[str, ...]:
    """The optimum in sentences.

    Parameters
    ----------
    plan : BudgetPlan

    Returns
    -------
    tuple of str
    """
    empty = [share for share in plan.shares if share.villages == 0]
    lines: list[str] = [
        say("{n} of {m} counties are visited for {low} of {high}; {most} are expected to be "
            "settled rightly.", n=len(plan.shares) - len(empty), m=len(plan.shares),
            low=Numeral(f"{plan.cost:,.0f}"), high=Numeral(f"{plan.budget:,.0f}"),
            most=Numeral(f"{plan.settled:.1f}"))
    ]  # fmt: skip
    if plan.goal == "equal power":
        lines.append(say("Every county has the same probability of being settled, up to one step."))
        return tuple(lines)
    if math.isfinite(plan.price):
        lines.append(
            say("At the margin one more county settled costs {figure}; no visited county could "
                "give up a step that costs less per county settled, and no county has a step left "
                "that would give more and still fits.", figure=Numeral(f"{plan.price:,.0f}"))
        )  # fmt: skip
    if empty:
        lines.append(
            say_plural(
                "{n} county receives nothing: its expected rate is so near the threshold, "
                "or its visits cost so much, that the same money settles more elsewhere. "
                "Count it in full or assess it when there is more.",
                "{n} counties receive nothing: their expected rate is so near the "
                "threshold, or their visits cost so much, that the same money settles "
                "more elsewhere. Count them in full or assess them when there is more.",
                len(empty))
        )  # fmt: skip
    lines.append(
        say("No allocation of this budget could settle more than {n}.",
            n=Numeral(f"{plan.at_best:.1f}"))
    )  # fmt: skip
    return tuple(lines)


def _check(counties: Sequence[CountyTask], budget: float) -> None:
    """Refuse a budget or a list of counties that cannot be planned."""
    names = [county.name for county in counties]
    if not counties or len(set(names)) < len(names):
        raise PlanError(
            "the counties cannot be planned",
            expected="at least one county, each named once",
            got=f"{len(names)} rows with {len(set(names))} names",
            remedy="make one row for each county",
        )
    if not (math.isfinite(budget) and budget > 0):
        raise PlanError(
            "the budget is out of range", expected="an amount above 0", got=str(budget),
            remedy="give it in the unit of the costs",
        )  # fmt: skip


def _frontier(county: CountyTask, confidence: float, budget: float) -> tuple[DesignOption, ...]:
    """The designs worth considering for one county."""
    question = Question(county.threshold, county.expected_rate, confidence, county.icc)
    limits = Limits(county.villages, county.households_per_village, budget)
    return frontier(question, county.costs, limits)


def _most(
    frontiers: Sequence[tuple[DesignOption, ...]],
    hulls: Sequence[tuple[DesignOption, ...]],
    weights: NDArray[np.float64],
    budget: float,
) -> tuple[list[DesignOption], float, float]:
    """Relaxation by steps of falling gain per cost, then the exact integer programme."""
    steps = [
        (weights[i] * slope(*pair), i, place)
        for i, options in enumerate(hulls)
        for place, pair in enumerate(pairwise(options))
    ]
    at = [0] * len(hulls)
    spent, bound, price = 0.0, 0.0, 0.0
    for gain, i, place in sorted(steps, key=lambda step: (-step[0], step[1], step[2])):
        first, second = hulls[i][place], hulls[i][place + 1]
        extra = second.cost - first.cost
        if spent + extra > budget:
            bound += gain * (budget - spent)
            price = gain
            break
        at[i] = place + 1
        spent += extra
        bound += gain * extra
    greedy = [options[place] for options, place in zip(hulls, at, strict=True)]
    if price == 0.0:
        return greedy, bound, math.nan
    chosen = _integer(frontiers, weights, budget, greedy, price, bound)
    return chosen, bound, 1.0 / price


def _integer(
    frontiers: Sequence[tuple[DesignOption, ...]], weights: NDArray[np.float64], budget: float,
    greedy: list[DesignOption], price: float, bound: float,
) -> list[DesignOption]:  # fmt: skip
    """The exact optimum among options that the relaxation does not rule out.

    An option can be in a better plan only if its loss in the Lagrangian is below the gap
    between the relaxed bound and the plan already at hand.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    known = float(sum(w * o.value for w, o in zip(weights, greedy, strict=True)))
    gap = bound - known
    rows: list[int] = []
    options: list[DesignOption] = []
    for i, designs in enumerate(frontiers):
        gains = np.array([weights[i] * o.value - price * o.cost for o in designs])
        left = np.flatnonzero(gains >= gains.max() - gap - 1e-12)
        rows += [i] * len(left)
        options += [designs[int(j)] for j in left]
    columns = np.arange(len(options))
    choose = csr_array((np.ones(len(rows)), (np.array(rows), columns)))
    costs = np.array([option.cost for option in options])
    values = np.array([weights[i] * o.value for i, o in zip(rows, options, strict=True)])
    solved = milp(
        -values,
        constraints=[
            LinearConstraint(choose, 1.0, 1.0),
            LinearConstraint(csr_array(costs[None, :]), -np.inf, budget),
        ],
        integrality=np.ones(len(options), dtype=np.int64),
        bounds=Bounds(0.0, 1.0),
        options={"mip_rel_gap": 1e-6, "time_limit": 20.0},
    )
    if solved.x is None or -solved.fun < known:
        return greedy
    picked = np.flatnonzero(solved.x > 0.5)
    return [options[j] for j in picked]


def _equal(frontiers: Sequence[tuple[DesignOption, ...]], budget: float) -> list[DesignOption]:
    """For the highest common probability that fits: each county's cheapest design with it."""
    levels = np.unique([option.value for options in frontiers for option in options])

    def designs(level: float) -> list[DesignOption]:
        return [next((o for o in f if o.value >= level - 1e-12), f[-1]) for f in frontiers]

    low, high = 0, len(levels)
    while high - low > 1:
        middle = (low + high) // 2
        fits = sum(option.cost for option in designs(levels[middle])) <= budget
        low, high = (middle, high) if fits else (low, middle)
    return designs(levels[low])


def _share(
    county: CountyTask, option: DesignOption, steps: tuple[DesignOption, ...]
) -> BudgetShare:
    """A county's design, and the next step on its hull."""
    after = next((o for o in steps if o.cost > option.cost and o.value > option.value), None)
    return BudgetShare(
        county.name, option.villages, option.per_village, option.cost, option.value,
        after.cost - option.cost if after else math.nan,
        after.value - option.value if after else math.nan,
    )  # fmt: skip
