"""Works are chosen as trying every combination would choose them, and what cannot be is refused."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_array

import exitline as xl
from exitline.cli import exitline
from exitline.errors import ExitlineError
from exitline.exits.works.choice import best, greedy
from exitline.exits.works.errors import WorksError
from exitline.exits.works.plan import WorksPlan
from exitline.exits.works.problem import WorksProblem, merged
from exitline.exits.works.reach import nearest, on_sphere, within

MALAWI = "examples/water-points-malawi"
WATER = {
    "cost": "cost", "within_km": 1, "people": "households", "work": "point",
    "assets": f"{MALAWI}/points.csv", "working": "state = 'functional'", "users": "households",
}  # fmt: skip


def drawn(random, **more):
    """A small problem: works, places, some of them served, groups, areas."""
    works, places = random.integers(2, 8), random.integers(2, 11)
    area = random.integers(0, 3, places)
    area[0] = 2
    return WorksProblem(
        random.integers(0, 10, works).astype(float),
        csr_array((random.random((works, places)) < 0.35).astype(float)),
        random.integers(1, 20, places).astype(float), random.random(places) < 0.2, area,
        (float(random.integers(1, 25)),), random.integers(-1, 2, works), **more,
    )  # fmt: skip


def tried(problem, value):
    """The best value of all combinations that the budget and the groups allow; None without one."""
    found = None
    for taken in itertools.product([False, True], repeat=problem.cost.size):
        works = np.flatnonzero(taken)
        groups = problem.group[works]
        groups = groups[groups >= 0]
        if problem.cost[works].sum() > problem.budget[0] or len(groups) != len(set(groups)):
            continue
        served = problem.after(works)
        if problem.floors.size and (problem.shares(served) < problem.floors - 1e-12).any():
            continue
        found = value(served) if found is None else max(found, value(served))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_choice_is_the_best_of_all_combinations(seed):
    random = np.random.default_rng(seed)
    for _ in range(50):
        problem = drawn(random)
        found = best(problem)
        assert problem.people(found.served) == pytest.approx(tried(problem, problem.people))
        assert problem.cost[found.works].sum() <= problem.budget[0] + 1e-9
        assert problem.people(greedy(problem).served) <= problem.people(found.served) + 1e-9


def test_floors_are_kept_or_refused():
    random, kept, refused = np.random.default_rng(9), 0, 0
    for _ in range(60):
        problem = drawn(random, floors=np.array([0.3, 0.3, 0.3]))
        wanted = tried(problem, problem.people)
        if wanted is None:
            refused += 1
            with pytest.raises(WorksError, match="floors of areas cannot all be met"):
                best(problem)
        else:
            kept += 1
            assert problem.people(best(problem).served) == pytest.approx(wanted)
    assert kept > 5
    assert refused > 5


def test_most_areas_rather_than_most_people():
    random = np.random.default_rng(5)
    for _ in range(40):
        problem = drawn(random, goal="areas", threshold=0.6)
        reached = lambda served, p=problem: int((p.shares(served) >= 0.6 - 1e-12).sum())  # noqa: E731
        assert reached(best(problem).served) == tried(problem, reached)


def test_most_villages_with_all_their_criteria():
    random = np.random.default_rng(6)
    for _ in range(60):
        problem = drawn(random, goal="units", threshold=np.array([0.5, 0.7, 0.6]),
                        unit=np.array([0, 0, 1]))  # fmt: skip
        complete = lambda served, p=problem: int(p.complete(served).sum())  # noqa: E731
        assert complete(best(problem).served) == tried(problem, complete)


def test_two_years_spend_what_is_left_and_serve_early():
    problem = WorksProblem(
        np.array([4.0, 5.0, 6.0]), csr_array(np.eye(3)), np.array([10.0, 20.0, 30.0]),
        np.zeros(3, dtype=bool), np.zeros(3, dtype=np.int64), (5.0, 6.0),
    )  # fmt: skip
    found = best(problem)
    assert dict(zip(found.works.tolist(), found.year.tolist(), strict=True)) == {1: 0, 2: 1}


def tried_by_year(problem):
    """The most people, summed over the years, of all ways to put works into years; or None."""
    years, found = len(problem.budget), None
    spent = np.cumsum(problem.budget)
    for taken in itertools.product(range(years + 1), repeat=problem.cost.size):
        when = np.array(taken)
        groups = problem.group[(when < years) & (problem.group >= 0)]
        done = [np.flatnonzero(when <= t) for t in range(years)]
        dear = any(problem.cost[one].sum() > spent[t] + 1e-9 for t, one in enumerate(done))
        if dear or len(groups) != len(set(groups)):
            continue
        served = [problem.after(one) for one in done]
        if (problem.shares(served[-1]) < problem.floors - 1e-12).any():
            continue
        value = sum(problem.people(one) for one in served)
        found = value if found is None else max(found, value)
    return found


def test_several_years_with_options_and_floors_are_the_best_of_all_ways():
    """Mutually exclusive options, floors of areas and money that is left, all at once."""
    random, kept, refused = np.random.default_rng(12), 0, 0
    for _ in range(60):
        years = tuple(float(b) for b in random.integers(1, 9, random.integers(2, 4)))
        problem = drawn(random, floors=np.array([0.2, 0.2, 0.2]))
        few = slice(0, 5)
        problem = dataclasses.replace(
            problem, cost=problem.cost[few], reach=csr_array(problem.reach.tocsr()[few]),
            group=problem.group[few], budget=years,
        )  # fmt: skip
        wanted = tried_by_year(problem)
        if wanted is None:
            refused += 1
            with pytest.raises(WorksError, match="floors of areas cannot all be met"):
                best(problem)
            continue
        kept += 1
        found = best(problem)
        reached = [problem.after(found.works[found.year <= t]) for t in range(len(years))]
        assert sum(map(problem.people, reached)) == pytest.approx(wanted)
        assert not (problem.shares(found.served) < 0.2 - 1e-9).any()
        costs = [problem.cost[found.works[found.year <= t]].sum() for t in range(len(years))]
        assert (np.array(costs) <= np.cumsum(years) + 1e-9).all()
    assert kept > 10
    assert refused > 5


def test_floors_that_other_costs_cannot_meet_are_told_not_raised():
    problem = WorksProblem(
        np.array([4.0, 5.0]), csr_array(np.eye(2)), np.array([10.0, 20.0]),
        np.zeros(2, dtype=bool), np.array([0, 1]), (9.0,), floors=np.array([1.0, 1.0]),
    )  # fmt: skip
    plan = WorksPlan(problem, best(problem), ("a", "b"))
    assert plan.at_budgets((0.5, 1.0))["people"].fillna(-1).tolist() == [-1.0, 30.0]
    sure = plan.stability(spread=0.3, draws=20)
    assert 0 < sure.max() < 1


def test_joining_places_keeps_everybody():
    problem = drawn(np.random.default_rng(3))
    _, weight, _ = merged(problem)
    able = problem.after(np.arange(problem.cost.size)) & ~problem.served
    assert weight.sum() == problem.weight[able].sum()


def test_distances_are_those_of_the_sphere():
    places = on_sphere(np.array([0.0, 0.0, 45.0]), np.array([0.0, 180.0, 0.0]))
    km, which = nearest(places[1:], places[:1])
    assert km == pytest.approx([np.pi * 6371.0088, np.pi / 4 * 6371.0088], rel=1e-9)
    assert which.tolist() == [0, 0]
    assert within(places, places[:1], 5004).toarray().tolist() == [[1, 0, 1]]
    assert np.isinf(nearest(places, places[:0])[0]).all()


def test_malawi_exactly_and_beside_other_rules():
    plan = xl.works.choose(f"{MALAWI}/repairs.csv", f"{MALAWI}/points.csv", budget=30_000, **WATER)
    assert plan.gap < 1e-3
    assert plan.spent <= 30_000
    assert plan.people == 67_937
    rules = plan.compared().set_index("rule")["people"]
    assert rules["most new people for the money, one by one"] < plan.people
    assert rules["most users first"] == 34_609
    table = plan.to_pandas()
    assert table["cost"].sum() == plan.spent
    assert (table["alone"] <= table["people"]).all()


def test_coverage_is_what_a_plain_loop_gives():
    points = pd.read_csv(f"{MALAWI}/points.csv")
    some = points.sample(60, random_state=1)
    found = xl.works.reach(some, points, within_km=1, working="state = 'functional'", asset="point")
    works = points[points["state"] == "functional"]
    for row in found.to_pandas().itertuples():
        a, b = (
            np.radians([row.latitude, row.longitude]),
            np.radians(works[["latitude", "longitude"]]),
        )
        half = (
            np.sin((b["latitude"] - a[0]) / 2) ** 2
            + np.cos(a[0]) * np.cos(b["latitude"]) * np.sin((b["longitude"] - a[1]) / 2) ** 2
        )
        assert row.km == pytest.approx((2 * 6371.0088 * np.arcsin(np.sqrt(half))).min(), abs=1e-6)
        assert row.served == int(row.km <= 1)
    share = found.coverage(design=xl.Design(weight="households", census=True)).find(domain="")
    served = found.to_pandas()
    assert share.estimate == pytest.approx(
        np.average(served["served"], weights=served["households"])
    )


HOMES = pd.DataFrame(
    {"latitude": [0.0, 0.5], "longitude": [0.0, 0.0], "people": [5, 4], "area": ["a", "b"]}
)
WELLS = HOMES.assign(cost=[3.0, 2.0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": 0}, "budget is out of range"),
        ({"budget": []}, "budget is out of range"),
        ({"within_km": -1, "floor": 2}, "within_km is out of range"),
        ({"cost": "costs"}, "did you mean 'cost'"),
        ({"goal": "peple"}, "did you mean 'people'"),
        ({"candidates": WELLS.assign(cost=[-1.0, 2.0])}, "below 0"),
        ({"candidates": WELLS.assign(cost=["x", "y"])}, "is no number"),
        ({"candidates": WELLS.assign(latitude=[100.0, 200.0])}, "not on the Earth"),
        ({"candidates": WELLS.assign(latitude=[100.0, 0.0])}, "exchanged"),
        ({"places": HOMES.assign(people=[np.nan, 1])}, "missing or below 0"),
        ({"candidates": WELLS.head(0)}, "there is no candidate"),
        ({"area": "area", "floor": 1.0, "budget": 3}, "floors of areas cannot all be met"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused_with_its_reason(change, said):
    asked = {"candidates": WELLS, "places": HOMES, "cost": "cost", "budget": 5, "within_km": 1,
             "people": "people", **change}  # fmt: skip
    with pytest.raises(ExitlineError) as refused:
        xl.works.choose(asked.pop("candidates"), asked.pop("places"), **asked)
    assert said in str(refused.value)


def test_candidates_that_serve_nobody_and_people_out_of_reach_are_said():
    far = pd.concat([WELLS, WELLS.head(1).assign(latitude=9.0)])
    homes = pd.concat([HOMES, HOMES.head(1).assign(latitude=-9.0, people=7)])
    plan = xl.works.choose(far, homes, cost="cost", budget=4, within_km=1, people="people")
    assert "1 candidate serves nobody" in plan.notes[0]
    assert "7 people are within reach of no candidate" in plan.notes[-1]
    assert plan.stability(draws=3).between(0, 1).all()
    assert plan.at_budgets((1.0, 2.0))["people"].tolist() == [5.0, 9.0]


def test_the_commands_show_what_the_functions_find():
    run = CliRunner().invoke(exitline, [
        "works", "choose", f"{MALAWI}/repairs.csv", f"{MALAWI}/points.csv", "--cost", "cost",
        "--budget", "3000", "--within", "1", "--people", "households", "--work", "point",
        "--assets", f"{MALAWI}/points.csv", "--working", "state = 'functional'",
    ])  # fmt: skip
    assert run.exit_code == 0, run.output
    assert "20 works serve" in run.output
    shares = CliRunner().invoke(exitline, [
        "works", "coverage", f"{MALAWI}/points.csv", f"{MALAWI}/points.csv", "--within", "1",
        "--working", "state = 'functional'", "--weight", "households", "--census",
        "--by", "district",
    ])  # fmt: skip
    assert "84.0 %" in shares.output.replace("\N{NO-BREAK SPACE}", " ")
