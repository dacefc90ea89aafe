"""The two-fold model: against the whole covariance matrix."""

from __future__ import annotations

import numpy as np
import pytest

import exitline as xl
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.model import coefficient_covariance, fit_model
from exitline.stats.smallarea.unit.sample import UnitSample
from exitline.stats.smallarea.unit.transform import Transform


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_effects_and_likelihood_are_those_of_the_whole_matrix(method):
    random = np.random.default_rng(1)
    districts, areas = 12, 48
    area = np.repeat(np.arange(areas), random.integers(2, 8, areas))
    district = np.arange(areas) // 4
    x = np.column_stack([np.ones(len(area)), random.normal(3, 1, len(area))])
    y = x @ [1.0, 0.5] + random.normal(0, 0.5, districts)[district[area]]
    y = y + random.normal(0, 0.4, areas)[area] + random.normal(0, 0.8, len(area))
    sample = UnitSample(x, area, 0, district=district)
    found, _ = fit_model(sample, y, Transform("none"), method)

    same, near = area[:, None] == area, district[area][:, None] == district[area]

    def loss(v, u, e):
        whole = v * near + u * same + e * np.eye(len(y))
        inverse = np.linalg.inv(whole)
        a = x.T @ inverse @ x
        beta = np.linalg.solve(a, x.T @ inverse @ y)
        away = y - x @ beta
        free = len(y) - (2 if method == "reml" else 0)
        value = free * np.log(2 * np.pi) + np.linalg.slogdet(whole)[1] + away @ inverse @ away
        return -0.5 * (value + (np.linalg.slogdet(a)[1] if method == "reml" else 0)), beta, inverse

    at = np.array([found.sigma2_v, found.sigma2_u, found.sigma2_e])
    best, beta, inverse = loss(*at)
    assert found.likelihood == pytest.approx(best, rel=1e-11)
    for k in range(3):  # the top: no variance can be moved without losing likelihood
        for step in (0.99, 1.01):
            moved = at.copy()
            moved[k] *= step
            assert loss(*moved)[0] < best
    assert found.beta == pytest.approx(beta, rel=1e-10)
    to_sample = found.sigma2_v * (district[:, None] == district[area]) + found.sigma2_u * (
        np.arange(areas)[:, None] == area
    )
    assert found.effects == pytest.approx(to_sample @ inverse @ (y - x @ beta), abs=1e-12)
    own = found.sigma2_v + found.sigma2_u - np.diag(to_sample @ inverse @ to_sample.T)
    assert found.effect_vars == pytest.approx(own, rel=1e-10)
    mine = coefficient_covariance(sample, found)
    assert mine == pytest.approx(np.linalg.inv(x.T @ inverse @ x), rel=1e-9)


def test_districts_without_any_effect_give_the_model_of_areas():
    random = np.random.default_rng(2)
    area = np.repeat(np.arange(30), 8)
    x = np.ones((240, 1))
    y = random.normal(0, 0.7, 30)[area] + random.normal(0, 0.5, 240)
    alternating = np.arange(30) % 15  # every district holds a low and a high area
    y = y - np.array([y[alternating[area] == k].mean() for k in range(15)])[alternating[area]]
    two, _ = fit_model(UnitSample(x, area, 0, district=alternating), y, Transform("none"))
    one, _ = fit_model(UnitSample(x, area, 0), y, Transform("none"))
    assert two.sigma2_v == 0.0
    assert two.sigma2_u == pytest.approx(one.sigma2_u, rel=1e-9)
    assert two.effects == pytest.approx(one.effects, abs=1e-9)


def test_areas_of_a_sampled_district_share_its_effect(unit_sample, unit_census):
    formula = "pc_exp ~ log(hhsize) + proom + elec + toilet + urban"
    found = xl.small_area.ebp(
        formula, unit_sample, unit_census, area="ea", district="geo2", by="geo2",
        measures="headcount", line=2500, mse="parametric", replicates=20,
    )  # fmt: skip
    assert found.kind == "two_fold_ebp"
    assert found.fitted.sigma2_v >= 0
    villages, districts = found.levels
    assert (len(villages.n), len(districts.n)) == (133, 23)
    truth = unit_census.assign(poor=unit_census.pc_exp < 2500).groupby("ea").poor.mean()
    one = villages.figures[0]
    low, high = one.low, one.high
    so = np.array([truth[int(name)] for name in one.areas])
    # 84 % of the villages' intervals hold the truth with 200 replicates: see the example's page
    assert 0.75 < np.mean((low <= so) & (so <= high)) < 0.95
    with pytest.raises(SmallAreaError, match="lies in two districts"):
        xl.small_area.ebp(
            formula, unit_sample, unit_census, area="geo1", district="geo2", line=2500
        )
