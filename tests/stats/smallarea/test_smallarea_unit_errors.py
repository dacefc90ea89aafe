"""Mean squared errors without drawing a census: against draws of it, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest

import exitline as xl
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.cells import CensusCells, Places
from exitline.stats.smallarea.unit.figures import indicators
from exitline.stats.smallarea.unit.model import AreaMatch, fit_model
from exitline.stats.smallarea.unit.population import (
    BootstrapPlan,
    average_scatter,
    population,
    scatter_of,
)
from exitline.stats.smallarea.unit.sample import UnitSample
from exitline.stats.smallarea.unit.transform import Transform

MEASURES = ("mean", "headcount", "poverty_gap", "watts", "poor_count", "gini", "quantile(0.25)")
LINE = 2.0


def small_plan(how):
    """A model of 12 areas of 300 households in two districts, and its population as cells."""
    random = np.random.default_rng(5)
    area = np.repeat(np.arange(12), 10)
    x = np.column_stack([np.ones(120), random.integers(0, 4, 120)])
    t = x @ [0.6, 0.25] + random.normal(0, 0.2, 12)[area] + random.normal(0, 0.4, 120)
    welfare = how.back(t)
    sample = UnitSample(x, area, 0)
    fitted, _ = fit_model(sample, welfare, how)
    place = np.repeat(np.arange(12), 4)
    columns = np.column_stack([np.ones(48), np.tile(np.arange(4), 12)])
    weight = np.tile([100.0, 80.0, 70.0, 50.0], 12)
    everywhere = np.arange(12)
    places = Places(
        everywhere, tuple(range(12)), {"area": everywhere, "district": everywhere // 6},
        {"area": tuple((k,) for k in range(12)), "district": ((0,), (1,))},
        np.full(12, 300), np.full(12, 300.0),
    )  # fmt: skip
    cells = CensusCells(
        place, weight, weight, columns @ fitted.beta, np.zeros(48), columns, np.zeros(48)
    )
    return BootstrapPlan(
        sample, fitted, how.forward(welfare), cells, places, AreaMatch(everywhere),
        indicators(MEASURES), LINE,
    )  # fmt: skip


@pytest.mark.parametrize("how", [Transform("log"), Transform("box-cox", 0.3)], ids=str)
def test_a_population_is_expected_and_scatters_as_its_draws_do(how):
    plan = small_plan(how)
    random = np.random.default_rng(6)
    effect = random.normal(0, 0.2, 12)
    truth = population(plan, effect)
    rows = np.repeat(np.arange(48), plan.cells.weight.astype(int))
    m = plan.cells.mu[rows] + effect[plan.cells.place[rows]]
    draws = []
    for _ in range(400):
        y = how.back(m + random.normal(0, np.sqrt(plan.fitted.sigma2_e), len(m)))
        found = []
        for k in range(12):
            own = np.sort(y[plan.cells.place[rows] == k])
            n, gap = len(own), np.maximum(1 - own / LINE, 0)
            g = 2 * (np.arange(1, n + 1) @ own) / (n * own.sum()) - (n + 1) / n
            watts = np.where(own < LINE, np.log(LINE / own), 0).mean()
            found.append(
                [own.mean(), (own < LINE).mean(), gap.mean(), watts, (own < LINE).sum(), g,
                 np.quantile(own, 0.25)]
            )  # fmt: skip
        draws.append(found)
    draws = np.array(draws)
    mean = truth.figures(plan, "area")
    scatter = scatter_of(plan, "area", truth)
    error = draws.std(axis=0) / np.sqrt(400)
    away = (mean - draws.mean(axis=0)) / error
    assert np.abs(away).max() < 4.5
    assert np.abs(away.mean(axis=0)).max() < 4.5 / np.sqrt(12)
    # variances of 400 draws are known to 7 %, their mean over 12 areas to 2 %
    ratio = (scatter / draws.var(axis=0)).mean(axis=0)
    assert ratio == pytest.approx(1.0, abs=0.10)


def test_what_populations_scatter_on_average_is_the_mean_over_their_effects():
    plan = small_plan(Transform("log"))
    random, sd = np.random.default_rng(7), np.sqrt(plan.fitted.sigma2_u)
    every = [population(plan, random.normal(0, sd, 12)).scatter for _ in range(800)]
    error = np.std(every, axis=0) / np.sqrt(len(every))
    assert (np.abs(average_scatter(plan) - np.mean(every, axis=0)) < 4.5 * error).all()


def errors(sample, census, **options):
    found = xl.small_area.ebp(
        "pc_exp ~ log(hhsize) + proom + elec + toilet", sample, census, area="geo2",
        measures=["headcount", "median"], line=2500, mse="parametric", replicates=12, **options,
    )  # fmt: skip
    return np.concatenate([one.mse for level in found.levels for one in level.figures])


def test_seeds_threads_and_order_of_rows(unit_sample, unit_census, monkeypatch):
    first = errors(unit_sample, unit_census, seed=3)
    monkeypatch.setenv("EXITLINE_THREADS", "1")
    # an engine adds a census in any order: quantiles move in the tenth digit
    assert errors(unit_sample, unit_census, seed=3) == pytest.approx(first, rel=1e-7)
    shuffled = unit_census.sample(frac=1.0, random_state=1)
    assert errors(unit_sample, shuffled, seed=3) == pytest.approx(first, rel=1e-7)
    assert errors(unit_sample, unit_census, seed=4) != pytest.approx(first, rel=0.01)


@pytest.mark.parametrize(
    ("transform", "options"),
    [("log-shift", {}), ("box-cox", {}), ("rank", {}), ("log", {"mse": "wild"}),
     ("log", {"weight": "hhweight"}), ("log", {"predictor": "ell"})],
)  # fmt: skip
def test_every_kind_has_errors_of_a_like_size(unit_sample, unit_census, transform, options):
    said = []
    found = xl.small_area.ebp(
        "pc_exp ~ log(hhsize) + proom + elec + toilet", unit_sample, unit_census, area="geo2",
        line=2500, measures="headcount", transform=transform, replicates=20,
        progress=lambda done, of: said.append((done, of)), **{"mse": "parametric", **options},
    )  # fmt: skip
    one = found.levels[0].figures[0]
    assert 0.02 < np.median(one.rmse) < 0.12
    assert np.all((one.low < one.estimate) & (one.estimate < one.high))
    if "predictor" in options:
        assert any("ELL" in note for note in found.notes)
    else:
        assert said[-1] == (20, 20)


def test_own_values_shrink_errors_and_stand_for_themselves():
    random = np.random.default_rng(8)
    import pandas as pd

    area = np.repeat(list("abcdef"), 40)
    rooms = random.integers(1, 5, 240)
    y = np.exp(0.3 * rooms + random.normal(0, 0.3, 6).repeat(40) + random.normal(0, 0.5, 240))
    homes = pd.DataFrame({"area": area, "rooms": rooms, "y": y})
    drawn, rest = homes[homes.index % 2 == 0], homes[homes.index % 2 == 1]
    options = {"area": "area", "measures": "headcount", "line": 2.0, "mse": "parametric"}
    own = xl.small_area.ebp("y ~ rooms", drawn, rest, own_values=True, **options)
    every = xl.small_area.ebp("y ~ rooms", drawn, homes, **options)
    assert own.levels[0].population == pytest.approx([40.0] * 6)
    mine, whole = own.levels[0].figures[0], every.levels[0].figures[0]
    assert np.all(mine.rmse < whole.rmse)
    rest_only = xl.small_area.ebp("y ~ rooms", drawn, rest, **options).levels[0].figures[0]
    known = (drawn.y < 2.0).groupby(drawn.area).mean().to_numpy()
    assert mine.estimate == pytest.approx((rest_only.estimate + known) / 2, rel=1e-9)


def test_a_benchmarked_map_meets_its_targets_and_says_their_error(unit_sample, unit_census):
    given = {"area": "geo2", "measures": ["headcount", "mean"], "line": 2500, "mse": "parametric",
             "replicates": 40}  # fmt: skip
    model = ("pc_exp ~ hhsize + rooms", unit_sample, unit_census)
    free = xl.small_area.ebp(*model, **given).to_pandas()
    targets = {"headcount": (0.45, 0.03), "mean": 3000.0}
    for how in ("ratio", "difference"):
        found = xl.small_area.ebp(*model, **given, benchmark=how, targets=targets)
        table = found.to_pandas()
        for name, target in (("headcount", 0.45), ("mean", 3000.0)):
            rows = table["measure"] == name
            share = table["population"][rows] / table["population"][rows].sum()
            assert (share * table["estimate"][rows]).sum() == pytest.approx(target, rel=1e-12)
        # a target that errs by .03 leaves no area surer than about that
        head = table["measure"] == "headcount"
        assert np.sqrt((table["rmse"][head] ** 2).mean()) > 0.03
        bounds = {"headcount": (0.4, 0.5)}
        held = xl.small_area.ebp(*model, **given | {"replicates": 8}, benchmark=how,
                                 targets=targets, bounds=bounds).levels[0].figures[0]  # fmt: skip
        assert held.estimate.min() >= 0.4
        assert held.estimate.max() == 0.5
        assert share.to_numpy() @ held.estimate == pytest.approx(0.45, rel=1e-9)
        known = table["measure"] == "mean"
        assert (table["rmse"][known] < 1.2 * free["rmse"][known]).all()
        assert found.mse_name == "parametric bootstrap of benchmarked figures"
    for wrong, said in (
        ({"benchmark": "raking"}, "there is no benchmark 'raking'"),
        ({"targets": targets}, "targets without a benchmark"),
        ({"bounds": {"headcount": (0, 1)}}, "bounds without a benchmark"),
        ({"benchmark": "ratio", "bounds": {"headcount": (1, 0)}}, "these are no bounds"),
        ({"benchmark": "ratio", "bounds": {"headcount": (0, 0.01)}}, "no figures meet this"),
        ({"benchmark": "ratio", "targets": {"headcount": 1.2}}, "no figures meet this"),
        ({"benchmark": "ratio", "measures": ["gini"]}, "'gini' of areas does not average"),
        ({"benchmark": "ratio", "targets": {"watts": 1.0}}, "there is no measure 'watts'"),
    ):
        with pytest.raises(SmallAreaError, match=said):
            xl.small_area.ebp(*model, **{**given, **wrong})
