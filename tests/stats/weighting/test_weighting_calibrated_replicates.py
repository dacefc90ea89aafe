"""Replicate weights that are calibrated each, as R's calibrate of a replicate design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.stats.weighting.conftest import API99, CALLS, REFERENCE, STYPE

import exitline as xl

TOTALS = {"stype": STYPE, "api99": API99}
OWN = {"clus1": {"psu": "dnum"}, "strat": {"strata": "stype"}}
# R 4.2.2, survey 4.1.1: calibrate(as.svrepdesign(design, type=, compress=FALSE), ~stype+api99,
# totals, calfun=, bounds=, epsilon=1e-12): svymean(~api00), svytotal(~api.stu) and their SEs
R = {
    ("clus1", "JK1", "linear"):
        (665.30907116577998, 3.9825087280317968, 3088447.5621828204, 411016.60381098872),
    ("clus1", "JK1", "raking"):
        (665.39379600015013, 3.9182985593440005, 3071083.3207909516, 416752.07265013887),
    ("clus1", "JK1", "logit"):
        (665.38906539485822, 3.926324568551645, 3074663.6922345147, 416434.50498611154),
    ("strat", "BRR", "raking"):
        (664.62917004723397, 2.1168779306391503, 3080366.5510653569, 104238.19355553875),
}  # fmt: skip


@pytest.mark.parametrize("case", R)
def test_figures_are_those_of_r(case):
    name, kind, method = case
    sample = pd.read_csv(REFERENCE / f"api{name}.csv")
    made = xl.replicate_weights(sample, xl.Design(weight="pw", **OWN[name]), kind)
    bounds = (0.1, 6) if method == "logit" else None
    found = xl.calibrate(made.to_pandas(), made.design, TOTALS, method=method, bounds=bounds)
    data = found.to_pandas()
    mean = xl.estimate(data, "mean", welfare="api00", design=found.design).find()
    total = xl.estimate(data, "total", welfare="api.stu", design=found.design).find()
    ours = (mean.estimate, mean.se, total.estimate, total.se)
    assert ours == pytest.approx(R[case], rel=1e-9)


def test_every_replicate_reaches_the_totals(tmp_path):
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    made = xl.replicate_weights(sample, xl.Design(weight="pw", psu="dnum"), "JK1")
    made.write(tmp_path / "a.parquet")
    design = xl.Design(weight="pw", replicates="rw*", kind="JK1")
    found = xl.calibrate(tmp_path / "a.parquet", design, TOTALS)
    assert found.design.replicates == tuple(f"calibrated_weight_{i + 1}" for i in range(15))
    found.write(tmp_path / "b.parquet")
    data = pd.read_parquet(tmp_path / "b.parquet")
    for column in ("calibrated_weight", *found.design.replicates):
        assert data[column] @ data["api99"] == pytest.approx(API99, rel=1e-9)
        by = data.groupby("stype")[column].sum()
        assert by.to_dict() == pytest.approx(STYPE, rel=1e-9)
    left_out = data["dnum"] == data["dnum"].min()
    assert (data.loc[left_out, "calibrated_weight_1"] == 0).all()


def test_on_both_engines_the_same(engine):
    sample = pd.read_csv(REFERENCE / "apiclus1.csv").assign(r1=lambda d: d["pw"] * 1.1)
    sample["r2"] = sample["pw"] * np.where(sample["dnum"] < 300, 0.5, 1.2)
    design = xl.Design(weight="pw", replicates=["r1", "r2"], kind="other", scale=0.5)
    one, other = (
        xl.calibrate(sample, design, CALLS["rake"][0], engine=e).to_pandas()
        for e in (engine, "duckdb")
    )
    names = ["calibrated_weight", "calibrated_weight_1", "calibrated_weight_2"]
    np.testing.assert_allclose(one[names], other[names], rtol=1e-10)


@pytest.mark.parametrize(
    ("value", "said"),
    [(-1.0, "1 rows"), (None, "cannot be used"), ("level", "replicate 'r1' cannot be calibrated")],
)
def test_a_replicate_that_cannot_be_calibrated_is_named(value, said):
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    r1 = sample["pw"].copy()
    if value == "level":
        r1[sample["stype"] == "H"] = 0
    else:
        r1[sample["stype"] == "H"] = value
    design = xl.Design(weight="pw", replicates=["r1"], kind="other", scale=1.0)
    with pytest.raises(xl.ExitlineError, match=said.replace("1 rows", "rows cannot be used")) as e:
        xl.calibrate(sample.assign(r1=r1), design, TOTALS)
    assert "r1" in str(e.value)
