"""Effects by group and period, against R's did (reference/SOURCE.txt has the calls)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exitline as xl

HERE = Path(__file__).parent / "reference"
COUNTIES = pd.read_csv(HERE / "mpdta.csv").rename(columns={"first.treat": "first"})
SIMULATED = pd.read_csv(HERE / "sim_data.csv.gz")
EFFECTS, AVERAGES = pd.read_csv(HERE / "ref_attgt.csv"), pd.read_csv(HERE / "ref_aggte.csv")
PRETESTS = pd.read_csv(HERE / "ref_pretest.csv").set_index("scenario")
WAGES = {"outcome": "lemp", "unit": "countyreal", "time": "year", "first": "first"}
UNITS = {"outcome": "Y", "unit": "id", "time": "period", "first": "G"}
CALLS = {
    "mpdta_nev_dr": (COUNTIES, WAGES, {"controls": "never"}),
    "mpdta_nyt_dr": (COUNTIES, WAGES, {"controls": "not_yet"}),
    "mpdta_nev_reg_cov": (
        COUNTIES, WAGES, {"controls": "never", "covariates": "lpop", "method": "regression"}
    ),
    "mpdta_nev_ipw": (
        COUNTIES, WAGES, {"controls": "never", "covariates": "1", "method": "weighting"}
    ),
    "sim_nev_dr": (SIMULATED, UNITS, {"controls": "never", "covariates": "X"}),
}  # fmt: skip
NEAR = {"sim_nev_dr": 1e-9}
"""R's glm stops at a deviance that changes by 1e-8 of itself, ours at 1e-12 of the slopes."""
KINDS = {"simple": "simple", "group": "group", "dynamic": "event", "calendar": "calendar"}


@pytest.fixture(scope="module", params=CALLS)
def both(request):
    data, columns, options = CALLS[request.param]
    return request.param, xl.effect.difference_in_differences(data, **columns, **options)


def test_each_effect_and_its_standard_error(both):
    name, found = both
    wanted = EFFECTS[EFFECTS["scenario"] == name].set_index(["group", "t"])
    table = found.to_pandas().astype({"group": float, "period": float})
    table = table.set_index(["group", "period"]).loc[wanted.index]
    assert len(table) == len(found.cells)
    np.testing.assert_allclose(table["estimate"], wanted["att"], rtol=0, atol=NEAR.get(name, 1e-13))
    np.testing.assert_allclose(table["se"], wanted["se"], rtol=NEAR.get(name, 1e-12))


@pytest.mark.parametrize("kind", KINDS)
def test_each_average_and_its_standard_error(both, kind):
    name, found = both
    wanted = AVERAGES[(AVERAGES["scenario"] == name) & (AVERAGES["type"] == kind)]
    series, near = found.aggregate(KINDS[kind]), NEAR.get(name, 1e-12)
    assert series.overall == pytest.approx(
        (wanted["overall_att"].iloc[0], wanted["overall_se"].iloc[0]), rel=near, abs=1e-10
    )
    if kind != "simple":
        assert list(series.by) == wanted["egt"].tolist()
        np.testing.assert_allclose(series.estimate[1:], wanted["att_egt"], rtol=0, atol=1e-10)
        np.testing.assert_allclose(series.se[1:], wanted["se_egt"], rtol=near)


def test_the_pretest(both):
    name, found = both
    test = found.pretest()
    assert test.statistic == pytest.approx(PRETESTS.loc[name, "W"], rel=1e-9)
    wald = stats.chi2.sf(test.statistic, test.df)
    assert wald == pytest.approx(PRETESTS.loc[name, "Wpval"], abs=6e-6)  # printed to five places
    assert wald < test.p < wald + 0.1  # of few units: an F


def test_flags_by_period_say_the_same_as_the_first_period():
    flagged = COUNTIES.assign(
        under=((COUNTIES["first"] > 0) & (COUNTIES["year"] >= COUNTIES["first"])).astype(int)
    )
    columns = {**WAGES, "first": None, "treated": "under"}
    one = xl.effect.difference_in_differences(flagged, **columns)
    other = xl.effect.difference_in_differences(COUNTIES, **WAGES)
    np.testing.assert_array_equal(one.estimate, other.estimate)


def test_a_universal_base_moves_effects_before_treatment_alone():
    varying = xl.effect.difference_in_differences(COUNTIES, **WAGES).to_pandas()
    universal = xl.effect.difference_in_differences(COUNTIES, **WAGES, base="universal").to_pandas()
    after = ["group", "period", "estimate", "se"]
    pd.testing.assert_frame_equal(
        varying.loc[~varying["before"], after].reset_index(drop=True),
        universal.loc[~universal["before"], after].reset_index(drop=True),
    )
    sums = varying[varying["before"] & (varying["group"] == "2007")]["estimate"].sum()
    first = universal[(universal["group"] == "2007") & (universal["period"] == "2003")]
    assert -first["estimate"].iloc[0] == pytest.approx(sums, abs=0.02)
