"""Which rows can be used, and why others cannot: two ways to say it, on both engines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import exitline as xl
from exitline.errors import DataError
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.source import open_source
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.passes.prepared import FAULTS, fault_counts, prepared
from exitline.stats.measure.passes.sums import Plan

NAN, INF = float("nan"), float("inf")
ODD = [None, NAN, INF, -INF, -1.0, 0.0, 1e21, -1e21, 2.0]
DESIGN = Design(weight="w", size="n", strata="s", psu="p", fpc="f")


def homes() -> pa.Table:
    """A sound row, then rows with one odd value in one column, then with several."""
    sound = {"w": 1.0, "n": 2.0, "y": 5.0, "z": 4.0, "s": 1.0, "p": 1.0, "f": 9.0, "a": 3.0}
    rows = [sound]
    rows += [{**sound, name: odd} for name in sound for odd in ODD]
    rows += [{**sound, "w": w, "y": y} for w in ODD for y in ODD]
    asked = [i % 3 != 1 for i in range(len(rows))]
    columns = {name: pa.array([row[name] for row in rows], pa.float64()) for name in sound}
    return pa.table({**columns, "asked": pa.array(asked)})


@pytest.mark.parametrize("where", [None, "asked"])
def test_a_row_is_used_where_it_has_no_fault(engine, where):
    table = engine.attach(open_source(homes()), "households")
    lines = (PovertyLine("own", "z"), PovertyLine("fixed", 3.0))
    measures = (named("headcount"), named("mean(a)"))
    plan = Plan(measures, lines, "y", DESIGN, (), where=where)
    rows = prepared(table, plan, {"row": table["y"].isnull()})
    used = engine.run(rows.aggregate(used=rows["_use"].cast("int64").sum(), all=rows.count()))
    counts = engine.run(fault_counts(table, plan)).to_pylist()[0]
    unused = used["all"][0].as_py() - used["used"][0].as_py()
    single = {fault: counts[fault] for fault in FAULTS}
    assert 0 < used["used"][0].as_py() < used["all"][0].as_py()
    assert min(single[f] for f in FAULTS if f != "missing_value") > 0
    assert max(single.values()) <= unused <= sum(single.values())
    # by definition, in plain arithmetic
    data = homes().to_pandas()
    w, n, y, z, f = (data[c].to_numpy(dtype=float) for c in "wnyzf")
    asked = data["asked"].to_numpy() if where else np.ones(len(data), dtype=bool)

    def plain(x):
        return np.isfinite(x) & (np.abs(np.nan_to_num(x)) <= 1e20)

    known = ~data[["s", "p"]].isna().any(axis=1).to_numpy() & ~np.isnan(f)
    known &= np.isfinite(data["s"]) & np.isfinite(data["p"]) & np.isfinite(f)
    a = data["a"].to_numpy(dtype=float)
    money = (plain(y) & plain(z) & (z > 0) & plain(a)) | ~asked
    sound = plain(w) & (w > 0) & plain(n) & (n > 0) & known & money
    assert used["used"][0].as_py() == int(sound.sum())


def test_values_outside_a_subpopulation_never_reach_its_figures(engine):
    """Welfare that no measure could use, on rows that are not asked for, leaves no trace."""
    data = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 9.0, 8.0], "p": [1, 1, 2, 2, 3, 3]})
    spoiled = pd.concat([data, pd.DataFrame({"y": [-1e19, 0.0, INF, NAN], "p": [1, 2, 3, 4]})])
    spoiled["own"] = [1] * 6 + [0] * 4
    whole = data.assign(own=1)
    whole.loc[len(whole)] = [5.0, 4, 0]  # the fourth PSU, without members
    given = {"welfare": "y", "line": 2.5, "design": Design(psu="p"), "where": "own = 1"}
    measures = ["headcount", "watts", "atkinson(0.5)", "gini", "mean"]
    a = xl.estimate(spoiled, measures, engine=engine, **given).to_pandas()
    b = xl.estimate(whole, measures, engine=engine, **given).to_pandas()
    assert a["estimate"].notna().all()
    np.testing.assert_allclose(a["estimate"], b["estimate"], rtol=1e-12)
    np.testing.assert_allclose(a["se"], b["se"], rtol=1e-9)


def test_a_line_of_the_whole_sample_in_a_part_of_it_from_covariances(monkeypatch):
    """Beyond a number of households the engine gives covariances: the same as one by one."""
    rng = np.random.default_rng(3)
    homes = pd.DataFrame({"y": rng.lognormal(2, 0.5, 60), "s": np.arange(60) // 20})
    homes["own"] = np.arange(60) % 3
    given = {
        "welfare": "y", "line": xl.relative_line(0.8), "design": Design(strata="s"),
        "where": "own = 1",
    }  # fmt: skip
    one = xl.estimate(homes, "headcount", **given).find()
    monkeypatch.setattr("exitline.stats.measure.passes.totals.ONE_BY_ONE", 10)
    many = xl.estimate(homes, "headcount", **given).find()
    assert (many.estimate, many.df, many.n) == (one.estimate, one.df, one.n)
    assert many.se == pytest.approx(one.se, rel=1e-10)


@pytest.mark.parametrize("others", [(1.0, 2.0), (1.0, 1.0)])
def test_nan_that_a_files_statistics_leave_out_is_seen(tmp_path, others):
    """DuckDB takes isnan() of a column, and of sums of it, for false where a Parquet file's
    largest value is a number: in projections and groups, not in every filter."""
    y = np.tile([NAN, *others], 2000)
    table = pa.table(
        {"y": y, "w": np.tile([others[1], 1.0, NAN], 2000), "g": np.tile([1, 2, 3], 2000)}
    )
    pq.write_table(table, tmp_path / "homes.parquet")
    design = xl.Design(weight="w")
    with pytest.raises(DataError, match="weight"):
        xl.estimate(tmp_path / "homes.parquet", "mean", welfare="y", design=design)
    found = xl.estimate(tmp_path / "homes.parquet", ["mean", "headcount"], welfare="y", line=1.5,
                        by="g", missing="exclude")  # fmt: skip
    assert found.excluded == {"missing_welfare": 2000}
    assert found.find(measure="mean", by="").estimate == np.mean(others)
    assert found.find(measure="headcount", by="").n == 4000
    assert found.find(measure="mean", g=2).estimate == others[0]
    above = xl.estimate(tmp_path / "homes.parquet", "count", where="y >= 1", by="g")
    assert above.find(by="").n == 4000  # NaN is no number above 1
