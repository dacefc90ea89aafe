"""Other scales and errors by refitting: against R's emdi, and against simulated truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.smallarea.area.fit import Direct, fitted_at
from exitline.stats.smallarea.area.mse import analytic
from exitline.stats.smallarea.area.resampled import jackknife, weighted_jackknife
from exitline.stats.smallarea.area.transforms import scale_named
from exitline.stats.smallarea.area.variance import Batch, estimate_variance
from exitline.stats.smallarea.area.variants import Extra, Options
from exitline.stats.smallarea.area.worlds import bootstrap

CASES = Path(__file__).parent / "cases"
DISTRICTS = pd.read_csv(CASES / "districts.csv")
SAMPLED = DISTRICTS.dropna().reset_index(drop=True)
EMDI = pd.read_csv(CASES / "emdi_transformed.csv")


def fitted(data, **options):
    given = {"area": "geo2", "variance": "var", **options}
    return xl.small_area.fay_herriot("direct ~ toilet + urban", data, **given).figures


def test_logarithms_come_back_as_in_emdi():
    data = SAMPLED.assign(direct=SAMPLED["direct"] + 0.5, var=SAMPLED["var_smooth"] / 4)
    for back, column in (("bias_corrected", "log_sm"), ("crude", "log_crude")):
        found = fitted(data, transform="log", back=back)
        assert found.estimate == pytest.approx(EMDI[column].to_numpy(), rel=1e-9)
        assert found.mse == pytest.approx(EMDI[f"{column}_mse"].to_numpy(), rel=1e-9)


def test_shares_come_back_as_in_emdi():
    found = fitted(SAMPLED.assign(size=25.0), transform="arcsine", sample_size="size")
    assert found.estimate == pytest.approx(EMDI["arcsine"].to_numpy(), rel=1e-8)
    data = SAMPLED.assign(direct=SAMPLED["direct"].clip(0.02, 0.98), var=SAMPLED["var_smooth"] / 16)
    found = fitted(data, transform="logit")
    assert found.estimate == pytest.approx(EMDI["logit"].to_numpy(), rel=1e-8)
    assert ((found.low >= 0) & (found.high <= 1) & (found.low < found.estimate)).all()


def drawn(sets, areas=30, variance=0.5, seed=5):
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(areas), random.normal(size=areas)])
    psi = np.tile([0.3, 0.5, 0.8, 1.2, 2.0], areas // 5)
    truth = x @ [1.0, 2.0] + random.normal(0.0, np.sqrt(variance), (sets, areas))
    return x, psi, truth, truth + random.normal(size=(sets, areas)) * np.sqrt(psi)


def test_errors_are_those_of_simulated_truth():
    """In 300 samples of 30 areas: the mean of each MSE against the mean squared error."""
    x, psi, truth, direct = drawn(300)
    given = {"analytic": [], "jackknife": [], "weighted": [], "bootstrap": []}
    away, covered = [], []
    variances = estimate_variance(Batch(direct, x, psi), "reml")
    for i, y in enumerate(direct):
        one = fitted_at(Direct(y, psi, x, x[:0], ["1", "x"]), float(variances[i]), "reml")
        away.append((one.predicted - truth[i]) ** 2)
        mse = analytic(one)[0]
        given["analytic"].append(mse)
        if i < 150:
            given["weighted"].append(weighted_jackknife(one))
            given["jackknife"].append(jackknife(one))
        covered.append(np.abs(one.predicted - truth[i]) <= 1.96 * np.sqrt(mse))
        if i < 60:
            given["bootstrap"].append(bootstrap(one, Extra(), scale_named("none"),
                Options(back="naive", replicates=40, seed=i))[0])  # fmt: skip
    so = np.mean(away)
    assert np.mean(given["analytic"]) == pytest.approx(so, rel=0.06)
    assert np.mean(given["weighted"]) == pytest.approx(so, rel=0.08)
    assert np.mean(given["jackknife"]) == pytest.approx(so, rel=0.08)
    assert np.mean(given["bootstrap"]) == pytest.approx(so, rel=0.12)
    assert 0.93 <= np.mean(covered) <= 0.97


def test_the_error_of_an_area_outside_the_sample_by_profile_likelihood():
    """The bias of the variance is taken off, A - b + x'Qx: unbiased in 2,000 samples."""
    x, psi, _, direct = drawn(2000, areas=15, variance=1.0)
    random = np.random.default_rng(9)
    new = np.array([[1.0, 0.5]])
    given, away = [], []
    variances = estimate_variance(Batch(direct, x, psi), "ml")
    for y, variance in zip(direct, variances, strict=True):
        one = fitted_at(Direct(y, psi, x, new, ["1", "x"]), float(variance), "ml")
        given.append(analytic(one)[1][0])
        so = float(new[0] @ [1.0, 2.0]) + random.normal()
        away.append((float(one.outside[0]) - so) ** 2)
    assert np.mean(given) == pytest.approx(np.mean(away), rel=0.08)


def test_bootstrap_errors_and_intervals_on_the_arcsine_scale():
    data = DISTRICTS.assign(size=25.0)
    found = fitted(data, transform="arcsine", sample_size="size", mse="bootstrap", replicates=200)
    assert np.isfinite(found.mse).all()
    assert ((found.low >= 0) & (found.high <= 1)).all()
    again = fitted(data, transform="arcsine", sample_size="size", mse="bootstrap", replicates=200)
    assert (again.mse == found.mse).all()


def test_both_engines_give_the_same(engine):
    options = {"variance": "var_smooth", "area": "geo2"}
    one, two = (
        xl.small_area.fay_herriot("direct ~ toilet + urban", DISTRICTS, engine=used, **options)
        for used in ("duckdb", engine)
    )
    assert one.figures.areas == two.figures.areas
    assert two.figures.estimate == pytest.approx(one.figures.estimate, rel=1e-12, nan_ok=True)
