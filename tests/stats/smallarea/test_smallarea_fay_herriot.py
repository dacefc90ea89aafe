"""The Fay-Herriot model and its variants against R's sae, emdi and saeRobust."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.smallarea.errors import SmallAreaError

CASES = Path(__file__).parent / "cases"
DISTRICTS = pd.read_csv(CASES / "districts.csv")
NOBODY = 0.0 * DISTRICTS["direct"]
MODEL = "direct ~ toilet + urban"


def fitted(data=DISTRICTS, formula=MODEL, **options):
    given = {"area": "geo2", "variance": "var_smooth", **options}
    return xl.small_area.fay_herriot(formula, data, **given)


def of_r(name, method):
    table = pd.read_csv(CASES / f"{name}.csv")
    return table[table["method"] == method].set_index("geo2")


@pytest.mark.parametrize("method", ["reml", "ml", "fh"])
def test_fits_and_errors_are_those_of_sae(method):
    found, r = fitted(method=method), of_r("sae_mseFH", method)
    fit = pd.read_csv(CASES / "sae_mseFH_fit.csv")
    fit = fit[fit["method"] == method]
    table = found.to_pandas().set_index("area").loc[r.index]
    assert table["estimate"].to_numpy() == pytest.approx(r["eblup"].to_numpy(), rel=1e-11)
    assert table["rmse"].to_numpy() ** 2 == pytest.approx(r["mse"].to_numpy(), rel=1e-11)
    assert found.coefficients()["estimate"].to_numpy() == pytest.approx(
        fit["estimate"].to_numpy()[:3], rel=1e-11
    )
    assert found.coefficients()["se"].to_numpy() == pytest.approx(
        fit["se"].to_numpy()[:3], rel=1e-11
    )
    assert found.variance == pytest.approx(fit["estimate"].to_numpy()[3], rel=1e-10)


def test_areas_without_a_direct_estimate_are_predicted_by_the_regression():
    found = fitted()
    out = found.to_pandas().query("not sampled")
    assert len(out) == 4
    beta = found.coefficients()["estimate"].to_numpy()
    rows = DISTRICTS[DISTRICTS["direct"].isna()]
    x = np.column_stack([np.ones(4), rows["toilet"], rows["urban"]])
    assert out["estimate"].to_numpy() == pytest.approx(x @ beta, rel=1e-12)
    mse = found.variance + np.einsum("ij,jk,ik->i", x, found.fit.covariance, x)
    assert out["rmse"].to_numpy() ** 2 == pytest.approx(mse, rel=1e-12)
    assert set(out["evidence"]) == {"model"}


def neighbours():
    size = len(DISTRICTS)
    sampled = np.flatnonzero(DISTRICTS["direct"].notna())
    weights = np.zeros((size, size))
    for before, after in itertools.pairwise(sampled):
        weights[before, after] = weights[after, before] = 1.0
    sums = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, sums, out=weights, where=sums > 0)


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_the_spatial_model_is_that_of_sae(method):
    found, r = fitted(method=method, proximity=neighbours()), of_r("sae_mseSFH", method)
    fit = pd.read_csv(CASES / "sae_mseSFH_fit.csv")
    fit = fit[fit["method"] == method].set_index("term")["estimate"]
    table = found.to_pandas().set_index("area").loc[r.index]
    assert table["estimate"].to_numpy() == pytest.approx(r["eblup"].to_numpy(), rel=1e-9)
    assert table["rmse"].to_numpy() ** 2 == pytest.approx(r["mse"].to_numpy(), rel=1e-8)
    assert found.variance == pytest.approx(fit["variance"], rel=1e-8)
    assert found.fit.correlation == pytest.approx(fit["rho"], rel=1e-8)
    assert found.fit.loglik == pytest.approx(fit["loglik"], rel=1e-9)
    out = found.to_pandas().query("not sampled")
    assert set(out["reason"]) == {"no formula for this error: take the bootstrap"}


def test_the_robust_model_is_at_the_fixed_points_of_saerobust():
    found, r = fitted(robust=True), pd.read_csv(CASES / "saeRobust.csv").set_index("geo2")
    table = found.to_pandas().set_index("area").loc[r.index]
    assert table["estimate"].to_numpy() == pytest.approx(r["eblup"].to_numpy(), rel=1e-9)
    assert table["rmse"].to_numpy() ** 2 == pytest.approx(r["mse"].to_numpy(), rel=1e-9)


def test_covariates_that_are_estimates():
    """emdi 2.2.2, ybarralohr() and eblup_YL() with tol = 1e-15; error variance .002 of toilet."""
    data = DISTRICTS.assign(error=0.002)
    found = fitted(data, errors={"toilet": "error"}, mse="jackknife")
    beta = [1.5143524067936118, -1.9577966829340969, 0.47608618626645072]
    assert found.coefficients()["estimate"].to_numpy() == pytest.approx(beta, rel=1e-9)
    assert found.variance == pytest.approx(0.0018502305645283596, rel=1e-8)
    first = [0.20526453658226790, 0.42888291017462421, 0.16776669722735790, 0.20416414293393648]
    assert found.to_pandas()["estimate"].to_numpy()[:4] == pytest.approx(first, rel=1e-9)
    exact = fitted(data.assign(error=0.0), errors={"toilet": "error"}, mse="jackknife")
    assert exact.variance > 0


@pytest.mark.parametrize("method", ["amrl", "ampl", "amrl_yl", "ampl_yl"])
def test_adjusted_likelihoods_are_never_at_zero(method):
    """Alike direct estimates: REML's variance of area effects is zero, the adjusted ones' not."""
    data = DISTRICTS.assign(direct=DISTRICTS["direct"].where(DISTRICTS["direct"].isna(), 0.3))
    data["direct"] += 0.001 * np.arange(len(data))
    assert fitted(data, "direct ~ toilet").variance == 0.0
    assert fitted(data, "direct ~ toilet", method=method).variance > 0.0


@pytest.mark.parametrize("method", ["reml", "ml", "amrl", "ampl", "amrl_yl", "ampl_yl"])
def test_the_variance_is_where_the_likelihood_is_highest(method):
    from exitline.stats.smallarea.area.variance import Batch, estimate_variance, likelihood

    given = DISTRICTS.dropna()
    x = np.column_stack([np.ones(len(given)), given["toilet"], given["urban"]])
    batch = Batch(given["direct"].to_numpy()[None], x, given["var_smooth"].to_numpy())
    found = estimate_variance(batch, method)
    heights = [
        float(likelihood(batch, np.array([v]), method)[0][0]) for v in np.linspace(1e-6, 0.1, 2001)
    ]
    assert float(likelihood(batch, found, method)[0][0]) >= max(heights)
    step = 1e-7
    near = [float(likelihood(batch, found + d, method)[0][0]) for d in (step, -step)]
    slope = (near[0] - near[1]) / (2.0 * step)
    assert float(likelihood(batch, found, method)[1][0]) == pytest.approx(slope, abs=1e-3)


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"var_smooth": 0.0}, {}, "direct estimates whose sampling variance is zero or missing"),
        ({"toilet": np.nan}, {}, "a covariate of an area with a direct estimate is missing"),
        ({"urban": 1.0}, {}, "'urban' follows from the columns before it"),
        ({}, {"method": "rml"}, "there is no method 'rml'"),
        ({}, {"transform": "lgo"}, "there is no transformation 'lgo'"),
        ({}, {"transform": "arcsine"}, "the arcsine scale needs effective sample sizes"),
        ({}, {"mse": "jack"}, "the Fay-Herriot model has no mean squared error 'jack'"),
        ({}, {"robust": True, "mse": "jackknife"}, "the robust model has no mean squared error"),
        ({}, {"robust": True, "transform": "log"}, "on another scale the robust model has its"),
        ({}, {"robust": True, "transform": "log", "back": "crude", "mse": "bootstrap"},
         "the robust model has no back-transform 'crude'"),
        ({}, {"variance": "vardir"}, "the data have no column 'vardir'"),
        ({}, {"area": "geo3"}, "the areas have no column 'geo3'"),
        ({"geo2": "one"}, {}, "areas: a row for each area is needed"),
        ({}, {"proximity": np.zeros((3, 3))}, "proximity weights that do not fit the areas"),
        ({}, {"errors": {"toilets": "var"}}, "the model has no column 'toilets'"),
        ({"direct": NOBODY}, {"transform": "logit"}, "direct estimates that have no logit"),
    ],
)  # fmt: skip
def test_bad_input_is_named(change, options, said):
    with pytest.raises(SmallAreaError) as found:
        fitted(DISTRICTS.assign(**change), **options)
    assert found.value.what.startswith(said)
    assert found.value.remedy


def test_one_sampled_area_is_too_few():
    one = DISTRICTS.assign(direct=DISTRICTS["direct"].where(DISTRICTS.index == 0))
    with pytest.raises(SmallAreaError, match="too few areas with a direct estimate"):
        fitted(one, "direct ~ 1")


def test_areas_on_one_side_are_named_with_their_likes():
    survey = DISTRICTS[["geo2", "direct", "var_smooth"]].dropna()
    survey = survey.replace({"geo2": {"geo_01_02": "geo-01-02"}})
    census = DISTRICTS[["geo2", "toilet", "urban"]]
    with pytest.raises(SmallAreaError) as found:
        fitted(survey, covariates=census)
    assert "'geo-01-02' (like 'geo_01_02')" in found.value.parts()["got"]
    dropped = fitted(survey, covariates=census, unmatched="drop")
    joins = dropped.joined.to_pandas()
    assert joins["found"].value_counts().to_dict() == {
        "both": 18, "covariates only": 5, "survey only": 1,
    }  # fmt: skip
    assert len(dropped.figures) == 23
    assert not dropped.find("geo_01_02").sampled


def test_an_area_without_covariates_is_left_out_and_said():
    data = DISTRICTS.copy()
    data.loc[data["direct"].isna().idxmax(), "toilet"] = np.nan
    found = fitted(data)
    lost = found.to_pandas().query("estimate.isna()")
    assert lost["reason"].tolist() == ["a covariate is missing"]
    assert any("without a figure" in note for note in found.notes)


def test_the_response_is_never_a_column_of_the_covariates():
    """A census truth under the name of the measure does not take the direct estimates' place."""
    survey = DISTRICTS[["geo2", "direct", "var_smooth"]].dropna()
    census = DISTRICTS[["geo2", "toilet", "urban"]].assign(direct=0.99)
    found = fitted(survey, covariates=census)
    assert found.figures.estimate == pytest.approx(fitted().figures.estimate, rel=1e-12)


def test_proximity_may_name_its_areas_in_a_column():
    weights = neighbours()
    given = pd.DataFrame(weights, columns=[f"V{i}" for i in range(len(weights))])
    given.insert(0, "geo2", DISTRICTS["geo2"])
    mixed = fitted(DISTRICTS.sample(frac=1.0, random_state=2), proximity=given)
    assert mixed.fit.correlation == pytest.approx(fitted(proximity=weights).fit.correlation)
    with pytest.raises(SmallAreaError, match="do not fit the areas"):
        fitted(proximity=given.drop(columns="geo2"))
