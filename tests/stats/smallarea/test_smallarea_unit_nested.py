"""Nested-error models from sums of areas, against nlme and against the whole matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import exitline as xl
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.nested import covariance, fit
from exitline.stats.smallarea.unit.sample import UnitSample

CASES = Path(__file__).parent / "cases"
MODEL = "pc_exp ~ log(hhsize) + proom + elec + water + toilet + urban"


def test_fits_and_effects_are_those_of_nlme(unit_sample, unit_census):
    found = xl.small_area.ebp(
        MODEL, unit_sample, unit_census, area="geo2", measures="headcount", line=2500
    )
    r = pd.read_csv(CASES / "lme_log_reml.csv").set_index("term")
    table = found.coefficients()
    # nlme stops its search before the last digits; its variances are printed with seven
    assert table["estimate"].to_numpy() == pytest.approx(r["estimate"].to_numpy()[:7], abs=1e-8)
    assert table["se"].to_numpy() == pytest.approx(r["se"].to_numpy()[:7], rel=1e-6)
    assert found.variances()["sigma2_u"] == pytest.approx(r.loc["sigma2_u", "estimate"], rel=1e-6)
    assert found.variances()["sigma2_e"] == pytest.approx(r.loc["sigma2_e", "estimate"], rel=1e-6)
    likelihood = r.loc["logLik_reml", "estimate"]
    assert found.variances()["log_likelihood"] == pytest.approx(likelihood, rel=1e-10)
    effects = pd.read_csv(CASES / "lme_effects.csv").set_index("geo2")["u"]
    mine = found.effects().set_index("area")["effect"]
    assert mine[effects.index].to_numpy() == pytest.approx(effects.to_numpy(), abs=1e-7)


def whole(x, y, area, method):
    """The likelihood over the whole covariance matrix, climbed without any formula of ours."""

    def loss(logs):
        u, e = np.exp(logs)
        v = e * np.eye(len(y)) + u * (area[:, None] == area)
        inverse = np.linalg.inv(v)
        a = x.T @ inverse @ x
        beta = np.linalg.solve(a, x.T @ inverse @ y)
        away = y - x @ beta
        free = len(y) - (x.shape[1] if method == "reml" else 0)
        found = free * np.log(2 * np.pi) + np.linalg.slogdet(v)[1] + away @ inverse @ away
        return 0.5 * (found + (np.linalg.slogdet(a)[1] if method == "reml" else 0.0))

    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000}
    return minimize(loss, [-1.0, -1.0], method="Nelder-Mead", options=options)


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("intercept", [0, None])
def test_sums_of_areas_give_the_likelihood_of_the_whole_matrix(method, intercept):
    random = np.random.default_rng(3)
    area = np.sort(random.integers(0, 8, 60))
    x = np.column_stack([np.ones(60), random.normal(5.0, 2.0, (60, 2))])[:, (intercept is None) :]
    y = x.sum(axis=1) + random.normal(0, 0.7, 8)[area] + random.normal(0, 1.0, 60)
    found = fit(UnitSample(x, np.unique(area, return_inverse=True)[1], intercept), y, method)
    best = whole(x, y, area, method)
    assert found.likelihood[0] == pytest.approx(-best.fun, rel=1e-10)
    u, e = np.exp(best.x)
    assert found.sigma2_u[0] == pytest.approx(u, rel=1e-4)
    assert found.sigma2_e[0] == pytest.approx(e, rel=1e-4)
    v = found.sigma2_e[0] * np.eye(60) + found.sigma2_u[0] * (area[:, None] == area)
    inverse = np.linalg.inv(x.T @ np.linalg.solve(v, x))
    sample = UnitSample(x, np.unique(area, return_inverse=True)[1], intercept)
    mine = covariance(sample, found.ratio[0], found.sigma2_e[0])
    assert mine == pytest.approx(inverse, rel=1e-9)


def test_many_responses_at_once_are_fitted_as_one_by_one():
    random = np.random.default_rng(4)
    area = np.repeat(np.arange(10), 6)
    x = np.column_stack([np.ones(60), random.normal(size=60)])
    y = random.normal(size=(60, 5)) + random.normal(0, 0.5, (10, 5))[area]
    sample = UnitSample(x, area, 0)
    together = fit(sample, y)
    for k in range(5):
        alone = fit(sample, y[:, k])
        assert together.beta[k] == pytest.approx(alone.beta[0], rel=1e-10)
        assert together.ratio[k] == pytest.approx(alone.ratio[0], abs=1e-12)


def test_areas_that_do_not_differ_have_a_variance_of_zero():
    area = np.repeat(np.arange(4), 4)
    y = np.tile([1.0, -1.0, 2.0, -2.0], 4)
    found = fit(UnitSample(np.ones((16, 1)), area, 0), y)
    assert found.ratio[0] == 0.0
    assert found.sigma2_e[0] == pytest.approx(40 / 15)
    assert np.all(found.effects == 0.0)


@pytest.mark.parametrize(
    ("x", "area", "says"),
    [
        (np.ones((4, 1)), np.zeros(4, int), "a single area"),
        (np.column_stack([np.ones(8), np.arange(8), 2.0 * np.arange(8)]), np.arange(8) // 2,
         "follows from the columns"),
        (np.ones((3, 1)), np.arange(3), "too few rows"),
    ],
)  # fmt: skip
def test_samples_that_tell_no_variance_are_refused(x, area, says):
    with pytest.raises(SmallAreaError, match=says):
        fit(UnitSample(x, area, 0), np.arange(len(x)) * 1.0)
