"""Standard errors of calibrated figures: those of residuals, as R has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.stats.weighting.conftest import CALLS, REFERENCE

import exitline as xl
from exitline.stats.infer.designs.calibration import coefficients, residuals

DESIGNS = {
    "clus1": {"psu": "dnum", "fpc": "fpc"},
    "strat": {"strata": "stype", "fpc": "fpc"},
    "clus2": {"psu": ("dnum", "snum"), "fpc": ("fpc1", "fpc2"), "lonely": "certainty"},
}
R = pd.read_csv(REFERENCE / "calibration_estimates.csv")
R[["design", "call", "by"]] = R["params"].str.split(";", expand=True)


def calibrated(design: str, call: str, **options: object) -> tuple[pd.DataFrame, xl.Design]:
    """A sample with calibrated weights."""
    totals, given = CALLS[call]
    sample = pd.read_csv(REFERENCE / f"api{design}.csv")
    own = xl.Design(weight="pw", **DESIGNS[design])
    if call == "rake":  # R's rake regresses without weights, its calibrate with them
        options = {"regression": "unweighted"} | options
    found = xl.calibrate(sample, own, totals, **given, **options)
    return found.to_pandas(), found.design


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("design", DESIGNS)
def test_standard_errors_are_those_of_r(design, call):
    """R survey 4.5: svymean, svytotal, svyby of calibrated designs (calls in the README)."""
    sample, own = calibrated(design, call)
    found = xl.estimate(sample, ["mean", "total"], welfare="api00", design=own, by="comp.imp")
    enroll = xl.estimate(sample, "total", welfare="enroll", design=own, missing="exclude")
    totals = {"api00": found.find(measure="total", by=""), "enroll": enroll.find()}
    wanted = R[(R["design"] == design) & (R["call"] == call)]
    for row in wanted.itertuples():
        if row.stat == "mean":
            domain = "" if row.domain == "ALL" else row.domain
            ours = found.find(measure="mean", domain=domain)
        elif row.stat == "total":
            ours = totals[row.component]
        else:
            continue
        assert ours.estimate == pytest.approx(row.estimate, rel=1e-9), row
        # R stops after ten sweeps of its margins, which has not converged for clus2
        close = 1e-5 if (design, call) == ("clus2", "rake") else 1e-9
        assert ours.se == pytest.approx(row.se, rel=close), row
    assert len(wanted[wanted["stat"].isin(["mean", "total"])]) == 5


@pytest.mark.parametrize("design", DESIGNS)
def test_what_is_calibrated_to_does_not_vary(design):
    sample, own = calibrated(design, "raking_api99")
    found = xl.estimate(sample, "total", welfare="api99", design=own).find()
    assert found.estimate == pytest.approx(3914069, rel=1e-12)
    assert found.se < 1e-6 * found.estimate


def test_on_both_engines_the_same(engine):
    sample, own = calibrated("clus1", "logit_api99")
    found = [
        xl.estimate(sample, "mean", welfare="api00", design=own, by="comp.imp", engine=e)
        for e in (engine, "duckdb")
    ]
    for one, other in zip(*found, strict=True):
        assert one.se == pytest.approx(other.se, rel=1e-10)


def direct(sample: pd.DataFrame, weight: str, z: np.ndarray) -> np.ndarray:
    """Residuals of a figure's influence, written out over rows (stype and api99)."""
    x = np.column_stack([*(sample["stype"] == k for k in "EHM"), sample["api99"]]).astype(float)
    d = np.sqrt(sample["pw"].to_numpy())[:, None]
    found = np.linalg.lstsq(d * x, d * z, rcond=None)[0]
    return sample[[weight]].to_numpy() * (z - x @ found)


def test_sums_by_psu_are_enough():
    """Residuals from sums by PSU are the sums of residuals over rows."""
    sample, own = calibrated("clus1", "lin_api99")
    w, d = sample[own.weight].to_numpy(), sample["pw"].to_numpy()
    x = np.column_stack([*(sample["stype"] == k for k in "EHM"), sample["api99"]]).astype(float)
    z = sample[["api00", "target"]] if "target" in sample else sample[["api00", "api.stu"]]
    z = z.to_numpy(dtype=float)

    def by_psu(values: np.ndarray) -> np.ndarray:
        return pd.DataFrame(values).groupby(sample["dnum"]).sum().to_numpy()

    regression = coefficients(x.T @ (d[:, None] * x), x.T @ (d[:, None] * z))
    ours = residuals(by_psu(w[:, None] * z), by_psu(w[:, None] * x), regression)
    np.testing.assert_allclose(ours, by_psu(direct(sample, own.weight, z)), rtol=1e-7, atol=1e-6)


def test_differences_of_areas_covary_through_the_auxiliaries():
    """The difference of two areas' means, from residuals over rows, by the with-fpc formula."""
    sample, own = calibrated("clus1", "lin_api99")
    found = xl.estimate(sample, "mean", welfare="api00", design=own, by="comp.imp")
    ours = found.difference({"domain": "Yes"}, {"domain": "No"})
    w, y = sample[own.weight], sample["api00"]
    z = np.zeros(len(sample))
    for domain, sign in (("Yes", 1), ("No", -1)):
        inside = sample["comp.imp"] == domain
        mean = (w * y)[inside].sum() / w[inside].sum()
        z += sign * inside * (y - mean) / w[inside].sum()
    e = (
        pd.Series(direct(sample, own.weight, np.asarray(z)[:, None])[:, 0])
        .groupby(sample["dnum"])
        .sum()
    )
    n, big = len(e), sample["fpc"].iloc[0]
    expected = np.sqrt((1 - n / big) * n / (n - 1) * ((e - e.mean()) ** 2).sum())
    assert ours.se == pytest.approx(expected, rel=1e-9)


def test_relative_lines_and_quantiles_take_part():
    """With auxiliaries that explain nothing but the population, errors are those before.

    Nearly so at a median: the share below it is not exactly a half.
    """
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    design = xl.Design(weight="pw", psu="dnum")
    total = {"(all)": sample["pw"].sum()}
    found = xl.calibrate(sample, design, total)
    data = found.to_pandas()
    for of, close in (("median", 1e-2), ("mean", 1e-9)):
        line = xl.relative_line(0.9, of=of)
        ours, before = (
            xl.estimate(data, ["headcount", "poverty_gap"], welfare="api00", line=line,
                        design=one, by="comp.imp")
            for one in (found.design, design)
        )  # fmt: skip
        for one, other in zip(ours, before, strict=True):
            assert one.se == pytest.approx(other.se, rel=close)


def test_rows_of_a_group_with_one_factor_have_mean_auxiliaries():
    """R's aggregate.stage: residuals from the regression on means over the PSU."""
    sample, own = calibrated("clus1", "lin_stype", within="dnum")
    found = xl.estimate(sample, "total", welfare="api00", design=own).find()
    x = np.column_stack([sample["stype"] == k for k in "EHM"]).astype(float)
    x = pd.DataFrame(x).groupby(sample["dnum"]).transform("mean").to_numpy()
    w, d, y = sample[own.weight].to_numpy(), sample["pw"].to_numpy(), sample["api00"].to_numpy()
    half = np.sqrt(d)
    b = np.linalg.lstsq(half[:, None] * x, half * y, rcond=None)[0]
    e = pd.Series(w * (y - x @ b)).groupby(sample["dnum"]).sum()
    n, big = len(e), sample["fpc"].iloc[0]
    expected = np.sqrt((1 - n / big) * n / (n - 1) * ((e - e.mean()) ** 2).sum())
    assert found.se == pytest.approx(expected, rel=1e-9)


def test_other_rows_or_weights_than_those_calibrated_are_refused():
    sample, own = calibrated("clus1", "lin_stype")
    with pytest.raises(xl.ExitlineError, match="do not add up to the totals"):
        xl.estimate(sample.iloc[5:], "mean", welfare="api00", design=own)
    other = sample.assign(calibrated_weight=sample["pw"])
    with pytest.raises(xl.ExitlineError, match="do not add up to the totals"):
        xl.estimate(other, "mean", welfare="api00", design=own)
    with pytest.raises(xl.ExitlineError, match="not calibrated yet"):
        xl.calibrate(sample, own, {"(all)": 6194}, name="w2")
    with pytest.raises(xl.ExitlineError, match="no column 'stype'"):
        xl.estimate(sample.drop(columns="stype"), "mean", welfare="api00", design=own)


def test_a_design_without_its_calibration_gives_larger_errors():
    sample, own = calibrated("strat", "lin_api99")
    with_it, without = (
        xl.estimate(sample, "mean", welfare="api00", design=design).find()
        for design in (own, replace(own, calibration=None))
    )
    assert with_it.estimate == without.estimate
    assert with_it.se < without.se / 4


def test_a_subpopulation_has_the_error_of_the_area():
    sample, own = calibrated("clus1", "raking_api99")
    by = xl.estimate(sample, "mean", welfare="api00", design=own, by="stype")
    one = xl.estimate(sample, "mean", welfare="api00", design=own, where="stype = 'E'").find()
    area = by.find(domain="E")
    assert (one.estimate, one.se, one.df) == pytest.approx((area.estimate, area.se, area.df))
    line = xl.relative_line(0.9, of="median")
    by = xl.estimate(sample, "headcount", welfare="api00", line=line, design=own, by="stype")
    one = xl.estimate(
        sample, "headcount", welfare="api00", line=line, design=own, where="stype = 'E'"
    ).find()
    assert one.se == pytest.approx(by.find(domain="E").se, rel=1e-9)


def test_models_and_tables_are_calibrated_too():
    """R 4.2.2, survey 4.1.1: svyglm(api00 ~ I(comp.imp == "Yes")), svytotal(~comp.imp)."""
    sample, own = calibrated("clus1", "raking_api99")
    sample = sample.assign(yes=(sample["comp.imp"] == "Yes").astype(float))
    model = xl.glm("api00 ~ yes", sample, design=own).to_pandas()
    assert model["estimate"].tolist() == pytest.approx([650.4941913822, 21.3365105382], rel=1e-9)
    assert model["se"].tolist() == pytest.approx([12.7204167382, 18.2019144271], rel=1e-9)
    table = xl.tabulate(sample, "comp.imp", design=own).to_pandas()
    counts = table[(table["share"] == "count") & table["row"].isin(["No", "Yes"])]
    assert counts["se"].tolist() == pytest.approx([222.598762585] * 2, rel=1e-9)
