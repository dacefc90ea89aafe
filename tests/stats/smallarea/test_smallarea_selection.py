"""Choosing covariates: criteria against R, cross-validation and derivatives written out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, multivariate_normal

import exitline as xl
from exitline.stats.smallarea.area.fit import Direct, fit
from exitline.stats.smallarea.area.selection import conditional_aic
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit import nested
from exitline.stats.smallarea.unit.selection import cross_validated

HOMES = pd.read_parquet("examples/imaginary-country/hld_sample_wb_2023.parquet")
DISTRICTS = pd.read_csv(Path(__file__).parent / "cases" / "districts.csv")
NAMES = ("aic", "bic", "kic", "caic")


def unit(right, **options):
    given = {"area": "geo2", "measures": "headcount", "line": 2500, **options}
    return xl.small_area.ebp(f"pc_exp ~ {right}", HOMES, HOMES, **given)


@pytest.mark.parametrize(
    ("right", "r"),
    [
        ("hhsize + rooms", [1028.5161256026, 1052.0930425343, 1033.5161256026, 1007.4264633288]),
        ("1", [1452.7603037055, 1466.9064538645, 1455.7603037055, 1423.3636980441]),
    ],
)
def test_criteria_of_households_are_those_of_r(right, r):
    """nlme 3.1, lme(log(pc_exp) ~ ..., random = ~1 | geo2, method = "ML"): AIC(), BIC(), and the
    conditional AIC from its fitted() with the trace of the dense hat matrix."""
    found = unit(right).criteria()
    assert [found[name] for name in NAMES] == pytest.approx(r, rel=1e-9)


def test_cross_validation_is_that_of_dense_matrices():
    model = unit("hhsize + rooms")
    sample, y = model.sample, model.fits + model.residuals
    total = 0.0
    for k in range(4):
        out = sample.area % 4 == k
        kept = type(sample)(sample.x[~out], np.unique(sample.area[~out], return_inverse=True)[1], 0)
        one = nested.climb(kept, kept.of(y[~out]), "ml")
        same = sample.area[out][:, None] == sample.area[out][None, :]
        spread = one.sigma2_u[0] * same + one.sigma2_e[0] * np.eye(out.sum())
        total += multivariate_normal.logpdf(y[out], sample.x[out] @ one.beta[0], spread)
    assert cross_validated(sample, y, 4) == pytest.approx(-total / len(y), rel=1e-9)


def test_noise_is_left_out_and_what_tells_is_kept():
    noise = np.random.default_rng(3).normal(size=len(HOMES))
    data = HOMES.assign(noise=noise)
    model = xl.small_area.ebp(
        "pc_exp ~ hhsize + rooms + noise", data, data, area="geo2", measures="mean"
    )
    for criterion in NAMES:
        found = model.select(criterion)
        assert found.terms == ("hhsize", "rooms")
        assert found.steps[-1].value < found.steps[0].value
    table = model.select("cv").to_pandas()
    assert {"hhsize", "rooms"} <= set(table["terms"].iloc[0].split(" + "))
    assert table["cv"].is_monotonic_increasing
    with pytest.raises(SmallAreaError, match="'aci'"):
        model.select("aci")


def test_a_model_may_end_with_its_intercept_alone():
    given = DISTRICTS.dropna().assign(noise=np.random.default_rng(5).normal(size=19))
    found = xl.small_area.fay_herriot(
        "direct ~ noise", given, area="geo2", variance="var_smooth"
    ).select("bic")
    assert found.terms == ()


@pytest.mark.parametrize("method", ["ml", "fh"])
def test_the_conditional_aic_of_areas_has_the_derivatives_of_its_predictions(method):
    given = DISTRICTS.dropna()
    x = np.column_stack([np.ones(len(given)), given["toilet"]])
    y, psi = given["direct"].to_numpy(), given["var_smooth"].to_numpy() / 4

    def predicted(values):
        found = fit(Direct(values, psi, x, x[:0], ["a", "b"]), method)
        return found, found.predicted

    found, here = predicted(y)
    assert found.variance > 0
    step, degrees = 1e-5, 0.0
    for i in range(len(y)):
        away = step * (np.arange(len(y)) == i)
        degrees += (predicted(y + away)[1][i] - predicted(y - away)[1][i]) / (2 * step)
    less = np.sum(np.log(2 * np.pi * psi) + (y - here) ** 2 / psi)
    assert conditional_aic(found) == pytest.approx(less + 2 * degrees, rel=1e-7)


def test_browns_test_of_households():
    model = unit(
        "hhsize + rooms", mse="parametric", replicates=30,
        design=xl.Design(weight="hhweight", psu="ea"),
    )  # fmt: skip
    table = model.to_pandas()
    both = table[(table["direct_se"] > 0) & table["rmse"].notna()]
    w = (
        (both["direct"] - both["estimate"]) ** 2 / (both["direct_se"] ** 2 + both["rmse"] ** 2)
    ).sum()
    found = model.brown("headcount")
    assert (found.statistic, found.df) == pytest.approx((w, len(both)), rel=1e-12)
    assert found.p == pytest.approx(chi2.sf(w, len(both)), rel=1e-12)
    with pytest.raises(SmallAreaError, match="there is no measure"):
        model.brown("gini")
