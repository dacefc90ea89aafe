"""Calibrated weights against R's, and what they must hold whatever the method."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tests.stats.weighting.conftest import CALLS, REFERENCE, STYPE, WIDE

import exitline as xl

DESIGN = xl.Design(weight="pw")


@pytest.mark.parametrize("name", CALLS)
def test_weights_are_those_of_r(school_sample, name):
    """R survey 4.5: postStratify, rake, calibrate (calls in reference/README.md)."""
    sample, weights = school_sample
    totals, options = CALLS[name]
    found = xl.calibrate(sample, DESIGN, totals, **options)
    np.testing.assert_allclose(found.to_pandas()["calibrated_weight"], weights[name], rtol=1e-9)
    for total in found.totals:
        assert total.reached == pytest.approx(total.wanted, rel=1e-9)
    low, high = options.get("bounds", (0.0, np.inf))
    assert low <= found.factors[0] <= found.factors[1] <= high


def test_on_both_engines_the_same(engine):
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    weights = pd.read_csv(REFERENCE / "calibrated_weights_clus1.csv")
    totals, options = CALLS["logit_api99"]
    found = xl.calibrate(sample, DESIGN, totals, engine=engine, **options)
    np.testing.assert_allclose(
        found.to_arrow().column("calibrated_weight"), weights["logit_api99"], rtol=1e-10
    )


def test_every_kind_of_table_gives_the_same_and_keeps_its_rows(tmp_path):
    path = REFERENCE / "apiclus1.csv"
    expected = xl.calibrate(pd.read_csv(path), DESIGN, {"stype": STYPE}).to_pandas()
    written = tmp_path / "sample.parquet"
    pl.read_csv(path).write_parquet(written)
    for data in (path, written, pl.read_csv(path), pl.read_csv(path).to_arrow()):
        found = xl.calibrate(data, DESIGN, {"stype": STYPE}).to_arrow().sort_by("snum")
        same = expected.sort_values("snum")
        assert found.column("snum").to_pylist() == same["snum"].tolist()
        assert found.column("stype").to_pylist() == same["stype"].tolist()
        np.testing.assert_allclose(
            found.column("calibrated_weight"), same["calibrated_weight"], rtol=1e-13
        )


def test_rows_in_memory_keep_their_order_and_their_columns():
    sample = pd.read_csv(REFERENCE / "apiclus1.csv").iloc[::-1].reset_index(drop=True)
    found = xl.calibrate(sample, DESIGN, {"stype": STYPE}, name="w").to_pandas()
    assert found.drop(columns="w").equals(sample)


def test_written_files_hold_what_is_returned(tmp_path):
    found = xl.calibrate(REFERENCE / "apiclus1.csv", DESIGN, {"stype": STYPE})
    expected = found.to_pandas().sort_values("snum")["calibrated_weight"].to_numpy()
    for name, read in (("a.parquet", pd.read_parquet), ("a.csv", pd.read_csv)):
        assert found.write(tmp_path / name) == 183
        got = read(tmp_path / name).sort_values("snum")["calibrated_weight"]
        np.testing.assert_allclose(got, expected, rtol=1e-15)
    with pytest.raises(xl.ExitlineError, match="kind of file"):
        found.write(tmp_path / "a.xyz")


def test_totals_from_a_table_are_those_of_a_mapping(tmp_path):
    rows = [("stype", k, v) for k, v in STYPE.items()] + [("api99", None, 3914069)]
    table = pd.DataFrame(rows, columns=["margin", "level", "total"])
    path = tmp_path / "totals.csv"
    table.to_csv(path, index=False)
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    expected = xl.calibrate(sample, DESIGN, CALLS["raking_api99"][0]).to_pandas()
    for totals in (table, path):
        found = xl.calibrate(sample, DESIGN, totals).to_pandas()
        np.testing.assert_allclose(
            found["calibrated_weight"], expected["calibrated_weight"], rtol=1e-14
        )


def test_crossed_levels_and_numbers_as_codes():
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    sample["code"] = sample["stype"].map({"E": 1, "H": 2, "M": 3})
    cells = sample.groupby(["code", "sch.wide"])["pw"].sum() * 1.1
    by_code = {(code, wide): total for (code, wide), total in cells.items()}
    found = xl.calibrate(
        sample, DESIGN, {("code", "sch.wide"): by_code}, method="poststratify"
    ).to_pandas()
    np.testing.assert_allclose(found["calibrated_weight"], sample["pw"] * 1.1, rtol=1e-12)


def test_the_ratio_estimator_multiplies_all_weights_alike():
    """R: calibrate(design, ~api99 - 1, total, variance = 1): total over estimated total."""
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    ratio = 3914069 / (sample["pw"] * sample["api99"]).sum()
    found = xl.calibrate(sample, DESIGN, {"api99": 3914069}, method="linear", variance="api99")
    assert found.factors == pytest.approx((ratio, ratio), rel=1e-12)


def test_rows_of_a_group_share_their_factor():
    """R: calibrate(design, ~stype + api99, totals, aggregate.stage = 1), by its own algebra."""
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    totals, _ = CALLS["lin_api99"]
    found = xl.calibrate(sample, DESIGN, totals, method="linear", within="dnum").to_pandas()
    factor = found["calibrated_weight"] / found["pw"]
    assert factor.groupby(found["dnum"]).agg(np.ptp).max() < 1e-12
    x = np.column_stack([*(sample["stype"] == k for k in STYPE), sample["api99"]]).astype(float)
    means = pd.DataFrame(x).groupby(sample["dnum"]).transform("mean").to_numpy()
    w = sample["pw"].to_numpy()
    wanted = np.array([*STYPE.values(), 3914069])
    lam = np.linalg.solve((means * w[:, None]).T @ means, wanted - w @ means)
    np.testing.assert_allclose(factor, 1 + means @ lam, rtol=1e-9)
    np.testing.assert_allclose(found["calibrated_weight"] @ x, wanted, rtol=1e-12)


def test_persons_are_counted_by_household_size():
    homes = pd.DataFrame({"zone": ["r", "r", "u", "u"], "w": 10.0, "size": [1, 3, 2, 4]})
    design = xl.Design(weight="w", size="size")
    found = xl.calibrate(homes, design, {"zone": {"r": 60, "u": 90}}, count="persons").to_pandas()
    persons = (found["calibrated_weight"] * found["size"]).groupby(found["zone"]).sum()
    assert persons.to_dict() == pytest.approx({"r": 60, "u": 90})
    assert np.ptp(found["calibrated_weight"][:2]) > 0  # a factor depends on the persons


def test_a_part_of_a_crossing_is_no_contradiction():
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    cells = sample.groupby(["stype", "sch.wide"])["pw"].sum().to_dict()
    part = sample.groupby("stype")["pw"].sum().to_dict()
    found = xl.calibrate(sample, DESIGN, {("stype", "sch.wide"): cells, "stype": part})
    assert found.factors == pytest.approx((1, 1), rel=1e-9)


def test_without_weights_every_row_counts_once():
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    found = xl.calibrate(sample, xl.Design(), {"stype": STYPE}).to_pandas()
    n = sample["stype"].value_counts()
    expected = [STYPE[k] / n[k] for k in sample["stype"]]
    np.testing.assert_allclose(found["calibrated_weight"], expected, rtol=1e-12)


def test_raking_is_iterative_proportional_fitting():
    """Deming and Stephan (1940), written out: margins in turn until nothing moves."""
    rng = np.random.default_rng(3)
    sample = pd.DataFrame({"a": rng.integers(0, 4, 500), "b": rng.integers(0, 3, 500)})
    sample["w"] = rng.uniform(1, 5, 500)
    goal = {"a": dict(enumerate([300, 400, 500, 250])), "b": dict(enumerate([700, 400, 350]))}
    w = sample["w"].to_numpy(copy=True)
    for _ in range(200):
        for column, totals in goal.items():
            now = np.bincount(sample[column], weights=w)
            w *= (
                np.array([totals[i] for i in range(len(now))])[sample[column]] / now[sample[column]]
            )
    found = xl.calibrate(sample, xl.Design(weight="w"), goal).to_pandas()
    np.testing.assert_allclose(found["calibrated_weight"], w, rtol=1e-10)


def test_linear_weights_below_zero_are_said():
    sample = pd.DataFrame({"x": [0.0, 1.0, 10.0], "w": 1.0})
    found = xl.calibrate(sample, xl.Design(weight="w"), {"(all)": 3, "x": 1}, method="linear")
    assert found.factors[0] < 0
    assert "below" in found.notes[0]


def test_margins_of_two_tables_are_reached_together():
    sample = pd.read_csv(REFERENCE / "apistrat.csv")
    found = xl.calibrate(sample, DESIGN, {"stype": STYPE, "sch.wide": WIDE})
    table = found.totals_to_pandas()
    assert table["reached"].tolist() == pytest.approx(table["wanted"].tolist())
    assert found.design.weight == "calibrated_weight"


def test_everyone_alone_is_one_factor():
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    for method in ("raking", "linear"):
        found = xl.calibrate(sample, DESIGN, {"(all)": 5000}, method=method)
        factor = 5000 / sample["pw"].sum()
        np.testing.assert_allclose(found.to_pandas()["calibrated_weight"], sample["pw"] * factor)


def test_tables_of_the_user_s_own_backend(tmp_path):
    import ibis

    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    table = ibis.duckdb.connect().create_table("schools", sample)
    expected = xl.calibrate(sample, DESIGN, {"stype": STYPE}).to_pandas().sort_values("snum")
    found = xl.calibrate(table, DESIGN, {"stype": STYPE})
    np.testing.assert_allclose(
        found.to_pandas().sort_values("snum")["calibrated_weight"], expected["calibrated_weight"]
    )
    assert found.write(tmp_path / "a.parquet") == len(sample)
    for design in (xl.Design(weight="pw", psu="dnum"), DESIGN):
        made = xl.replicate_weights(table, design, "JK1")
        assert made.to_pandas().shape == (len(sample), 11 + len(made.replicates))
