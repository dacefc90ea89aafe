"""Double, sequential and curtailed plans against simulation and brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from exitline.exits.assess.plans.budget import CountyTask, explain, plan_budget
from exitline.exits.assess.plans.cost_curve import Limits, Question, frontier
from exitline.exits.assess.plans.costs import Costs
from exitline.exits.assess.plans.fewest import plan_sample
from exitline.exits.assess.plans.planning import Aim, evaluate
from exitline.exits.assess.plans.sequential import curtailed_plan, double_plan, sequential_plan
from exitline.exits.assess.plans.stages import (
    InterimLook,
    StagedPlan,
    staged_bounds,
    staged_point,
    stops,
)
from exitline.exits.decide.clusters import Clusters, PlanError, at_most

AIM = Aim(true_rate=0.01, power=0.8)


@pytest.fixture(scope="module")
def sequential() -> StagedPlan:
    return sequential_plan(AIM, icc=0.05, per_village=20)


def walk(plan: StagedPlan, rate: float, runs: int, seed: int) -> dict[str, float]:
    """Outcomes and visits of simulated assessments, one run at a time."""
    generator = np.random.default_rng(seed)
    villages = plan.looks[-1].villages
    scale = 1 / plan.icc - 1 if plan.icc else None
    shape = (runs, villages)
    rates = generator.beta(rate * scale, (1 - rate) * scale, shape) if scale else rate
    found = np.cumsum(generator.binomial(plan.per_village, rates, shape), axis=1)
    met = not_met = visits = 0
    for path in found:
        for place, look in enumerate(plan.looks):
            errors = path[look.villages - 1]
            last = place == len(plan.looks) - 1
            if errors <= look.accept or errors >= look.stop_from or last:
                met += errors <= look.accept
                not_met += errors > look.accept and errors >= look.reject
                visits += look.households
                break
    return {"met": met / runs, "not_met": not_met / runs, "expected": visits / runs}


class TestSequential:
    @pytest.mark.parametrize(
        ("icc", "per_village", "power", "saved"),
        [(0.0, 1, 0.8, 1 / 3), (0.05, 20, 0.8, 0.29), (0.1, 10, 0.9, 0.32)],
    )
    def test_saves_near_a_third_of_the_visits_at_one_percent(
        self, icc: float, per_village: int, power: float, saved: float
    ) -> None:
        plan = sequential_plan(Aim(true_rate=0.01, power=power), icc=icc, per_village=per_village)
        assert plan.saving >= saved
        assert plan.false_met <= 0.05
        assert plan.false_not_met <= 0.05
        assert plan.power >= power

    @pytest.mark.parametrize("rate", [0.005, 0.01, 0.02, 0.03])
    def test_exact_figures_by_simulation(self, sequential: StagedPlan, rate: float) -> None:
        exact, seen = staged_point(sequential, rate), walk(sequential, rate, 6000, 3)
        spread = 4.5 * (0.25 / 6000) ** 0.5
        assert seen["met"] == pytest.approx(exact.met, abs=spread)
        assert seen["not_met"] == pytest.approx(exact.not_met, abs=spread)
        assert seen["expected"] == pytest.approx(exact.expected, rel=0.04)

    def test_going_on_until_not_met_is_shown(self) -> None:
        plan = sequential_plan(AIM, icc=0.05, per_village=20, stop_high="not met")
        assert plan.false_met <= 0.05
        assert plan.false_not_met <= 0.05
        assert staged_point(plan, 0.05).not_met > 0.95
        assert plan.power >= 0.8

    def test_stops_by_enumerating_all_paths(self) -> None:
        looks = (InterimLook(2, 2, 0, 2, 2), InterimLook(4, 4, 1, 2, 3))
        ends = stops(looks, 1, 0.0, 0.3)
        low = {0: 0.0, 1: 0.0}
        reached = 0.0
        for path in itertools.product((0, 1), repeat=4):
            chance = math.prod(0.3 if x else 0.7 for x in path)
            first = sum(path[:2])
            if first <= 0:
                low[0] += chance
            elif first < 2:
                reached += chance
                if sum(path) <= 1:
                    low[1] += chance
        assert ends.low[0].sum() == pytest.approx(low[0])
        assert ends.low[1].sum() == pytest.approx(low[1])
        assert ends.reached[1] == pytest.approx(reached)

    def test_bounds_after_stopping_cover(self, sequential: StagedPlan) -> None:
        generator = np.random.default_rng(5)
        scale = 1 / sequential.icc - 1
        known: dict[tuple[int, int], float] = {}
        missed = 0
        for _ in range(150):
            rates = generator.beta(0.015 * scale, 0.985 * scale, sequential.looks[-1].villages)
            path = np.cumsum(generator.binomial(sequential.per_village, rates))
            found = [int(path[look.villages - 1]) for look in sequential.looks]
            place = next(
                i
                for i, (look, errors) in enumerate(zip(sequential.looks, found, strict=True))
                if errors <= look.accept or errors >= look.stop_from
            )
            key = place, found[place]
            if key not in known:
                known[key] = staged_bounds(sequential, *key).high
            missed += known[key] < 0.015
        assert missed / 150 <= 0.05 + 3 * (0.05 * 0.95 / 150) ** 0.5

    def test_met_stops_have_upper_bounds_below_the_threshold(self, sequential: StagedPlan) -> None:
        for place, look in enumerate(sequential.looks[::12]):
            if look.accept >= 0:
                assert staged_bounds(sequential, place * 12, look.accept).high <= 0.02 + 1e-9


class TestDoubleAndCurtailed:
    def test_double_plan_keeps_its_promises(self) -> None:
        plan = double_plan(AIM, icc=0.05, per_village=20)
        assert len(plan.looks) == 2
        assert plan.false_met <= 0.05
        assert plan.power >= 0.8
        assert 0.1 < plan.saving < 0.4
        seen = walk(plan, 0.01, 6000, 11)
        assert seen["met"] == pytest.approx(plan.power, abs=4.5 * (0.25 / 6000) ** 0.5)

    def test_curtailing_changes_no_outcome(self) -> None:
        fixed = plan_sample(AIM, icc=0.05, per_village=20)
        plan = curtailed_plan(fixed)
        for rate in (0.005, 0.01, 0.02, 0.05):
            assert staged_point(plan, rate).met == pytest.approx(
                at_most(fixed.sample, rate, fixed.accept), abs=1e-9
            )
        assert staged_point(plan, 0.06).expected < 0.5 * fixed.sample.households

    def test_curtailing_refuses_uneven_villages(self) -> None:
        with pytest.raises(PlanError, match="equal villages"):
            curtailed_plan(evaluate(Clusters(11, 2), Aim(threshold=0.5, true_rate=0.1)))


def task(name: str, rate: float, **changes: object) -> CountyTask:
    """A county with usual costs."""
    given: dict[str, object] = {"costs": Costs(300, 15), "villages": 150, **changes}
    return CountyTask(name, rate, **given)  # type: ignore[arg-type]


class TestBudget:
    def test_optimum_by_brute_force(self) -> None:
        rates = (0.004, 0.01, 0.05)
        tasks = [task(str(i), rate, households_per_village=12) for i, rate in enumerate(rates)]
        budget = 30_000.0
        plan = plan_budget(tasks, budget)
        designs = [
            frontier(Question(0.02, rate, 0.95, 0.05), Costs(300, 15), Limits(150, 12, budget))
            for rate in rates
        ]
        best = max(
            sum(o.value for o in choice)
            for choice in itertools.product(*designs)
            if sum(o.cost for o in choice) <= budget
        )
        assert plan.settled == pytest.approx(best, abs=1e-6)
        assert plan.cost <= budget
        assert plan.settled <= plan.at_best + 1e-9

    def test_frontier_values_are_the_exact_ones(self) -> None:
        options = frontier(
            Question(0.02, 0.008, 0.95, 0.05), Costs(300, 15), Limits(150, 20, 60_000)
        )
        for option in options[1:]:
            sample = Clusters.equal(option.villages, option.per_village, 0.05)
            plan = evaluate(sample, Aim(true_rate=0.008))
            assert option.value == pytest.approx(plan.power, abs=1e-9)

    def test_more_money_never_settles_less(self) -> None:
        tasks = [task(str(i), rate) for i, rate in enumerate((0.005, 0.01, 0.015, 0.04))]
        settled = [plan_budget(tasks, b).settled for b in (5_000, 20_000, 80_000, 320_000)]
        assert settled == sorted(settled)
        assert settled[-1] > 3

    def test_equal_power_is_equal(self) -> None:
        tasks = [task(str(i), rate) for i, rate in enumerate((0.005, 0.008, 0.01))]
        plan = plan_budget(tasks, 120_000, goal="equal power")
        values = [share.settled for share in plan.shares]
        assert max(values) - min(values) < 0.05
        assert plan.cost <= 120_000
        assert len(explain(plan)) == 2

    def test_explanation_names_the_margin_and_who_gets_nothing(self) -> None:
        tasks = [task("near", 0.0195), task("low", 0.004)]
        plan = plan_budget(tasks, 15_000)
        text = " ".join(explain(plan))
        assert "1 of 2 counties are visited" in text
        assert "1 county receives nothing" in text
        assert math.isfinite(plan.price)

    @pytest.mark.parametrize(
        "build",
        [
            lambda: plan_budget([], 10.0),
            lambda: plan_budget([task("a", 0.01), task("a", 0.01)], 10.0),
            lambda: plan_budget([task("a", 0.01)], 0.0),
            lambda: task("a", 0.02),
            lambda: task("a", 0.01, villages=0),
            lambda: task("a", 0.01, weight=0.0),
        ],
    )
    def test_refusals(self, build: object) -> None:
        with pytest.raises(PlanError):
            build()  # type: ignore[operator]
