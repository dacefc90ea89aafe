"""Diagnostics of unit-level models, and whether survey and census are alike."""

from __future__ import annotations

import numpy as np
import pytest

import exitline as xl
from exitline.stats.smallarea.unit.nested import climb
from exitline.stats.smallarea.unit.sample import UnitSample

MODEL = "pc_exp ~ log(hhsize) + proom + elec + toilet + urbrur"


def test_residuals_and_influence_are_those_of_refits(unit_sample, unit_census):
    found = xl.small_area.ebp(
        MODEL, unit_sample, unit_census, area="geo2", measures="headcount", line=2500
    )
    table = found.normality().set_index("of")
    assert table.loc["residuals", "n"] == 825
    assert table.loc["residuals", "kurtosis"] == pytest.approx(
        np.mean((found.residuals - found.residuals.mean()) ** 4) / found.residuals.var() ** 2
    )
    marginal, conditional = found.explained()
    assert 0 < marginal < conditional < 1
    sample, one = found.sample, found.fitted
    y = found.fits + found.residuals
    influence = found.influence().set_index("area")["cook"]
    ratio = one.sigma2_u / one.sigma2_e
    v = one.sigma2_e * (np.eye(len(y)) + ratio * (sample.area[:, None] == sample.area))
    whole = sample.x.T @ np.linalg.solve(v, sample.x)
    for k in (0, 7):
        kept = sample.area != k
        part = np.linalg.inv(v[np.ix_(kept, kept)])
        x = sample.x[kept]
        moved = np.linalg.solve(x.T @ part @ x, x.T @ part @ y[kept]) - one.beta
        right = moved @ whole @ moved / len(one.beta)
        assert influence.iloc[k] == pytest.approx(right, rel=1e-6)
    assert climb(sample, sample.of(y)).beta[0] == pytest.approx(one.beta)
    assert isinstance(sample, UnitSample)


def test_covariates_are_held_side_by_side(engine, unit_sample, unit_census):
    found = xl.small_area.comparability(
        MODEL, unit_sample, unit_census, weight="hhweight", engine=engine
    ).set_index("column")
    w = unit_sample.hhweight.to_numpy()
    for name in ("proom", "elec", "toilet"):
        mine = np.average(unit_sample[name], weights=w)
        so = unit_census[name]
        assert found.loc[name, "sample_mean"] == pytest.approx(mine)
        assert found.loc[name, "census_sd"] == pytest.approx(so.std(ddof=0))
        assert found.loc[name, "difference"] == pytest.approx((mine - so.mean()) / so.std(ddof=0))
    rooms = found.loc["proom"]  # shares of weights between the edges; the ends are open
    inner = np.array(rooms["edges"])[1:-1]
    for side, table, weight in (("sample", unit_sample, w), ("census", unit_census, None)):
        place = np.searchsorted(inner, table["proom"], side="right")
        right = np.bincount(place, weight, minlength=len(inner) + 1)
        assert rooms[f"{side}_shares"] == pytest.approx(right / right.sum(), abs=2e-3)
    both = np.minimum(rooms["sample_shares"], rooms["census_shares"])
    assert rooms["common"] == pytest.approx(both.sum())
    so = (unit_census["elec"] == 1).mean()
    assert found.loc["elec", "census_shares"] == pytest.approx((1 - so, so))
    urban = found.loc["urbrur[T.Urban]"]
    assert urban["census_mean"] == pytest.approx((unit_census.urbrur == "Urban").mean())


def test_covariates_that_differ_in_shape_or_code_stand_apart(unit_sample, unit_census):
    # as wide, about the same mean, another shape: seen by the distribution alone
    shape = unit_census.assign(proom=unit_census.proom.mean() + unit_census.proom.std()
                               * np.where(np.arange(len(unit_census)) % 2, 1.0, -1.0))  # fmt: skip
    bent = xl.small_area.comparability(
        MODEL, unit_census, shape
    ).set_index("column").loc["proom"]  # fmt: skip
    assert abs(bent["difference"]) < 0.01
    assert bent["common"] < 0.5
    assert bent["apart"]
    other = unit_census.assign(elec=1 - unit_census.elec)
    wrong = xl.small_area.comparability(MODEL, unit_sample, other)
    assert bool(wrong.set_index("column").loc["elec", "apart"])
