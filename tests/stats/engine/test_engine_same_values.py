"""The same study gives the same values on every engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import exitline as xl
from exitline.stats.data.source import open_source
from exitline.stats.measure import portable

ALBANIA = "examples/albania-2012/lival.parquet"


@pytest.fixture(scope="module")
def albania(tmp_path_factory) -> Path:
    homes = pd.read_parquet(ALBANIA)
    homes["capita"] = (0.07527689 * homes.totcons / homes.rcons).round()
    path = tmp_path_factory.mktemp("albania") / "homes.parquet"
    homes.to_parquet(path)
    return path


def test_estimates(engine, albania):
    """R's figures on each engine; relative lines use windows and kernels."""
    design = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")
    found = xl.estimate(
        albania, ["headcount", "watts", "ge(2)"], welfare="rcons",
        line={"fixed": 4891, "relative": xl.relative_line(0.6, boundary="<=")}, design=design,
        by=["region", ("region", "urban")], engine=engine,
    )  # fmt: skip
    row = found.find(measure="headcount", line="fixed", by="")
    assert row.estimate == pytest.approx(0.14273885826980226, rel=1e-12)
    assert row.se == pytest.approx(0.00904961894312793, rel=1e-9)
    relative = found.find(measure="headcount", line="relative", by="region", domain="Mountains")
    assert relative.se == pytest.approx(0.021592743161025194, rel=1e-9)


def test_measures_that_rest_on_quantiles(engine, albania):
    """Bins, the rows around and windows; convey's and svyquantile's figures on each engine."""
    design = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")
    measures = ["median", "quantile(0.25, 'hf7')", "quintile_ratio('convey')", "palma"]
    measures += ["at_risk_rate", "relative_median_gap", "zenga_curve(0.4)", "renyi(2)", "renyi(1)"]
    measures += ["bourguignon(rcons + capita)", "bourguignon(rcons + capita, 0.5, 0)", "amato"]
    found = xl.estimate(
        albania, measures, welfare="rcons", design=design, by="urban", engine=engine
    )
    again = xl.estimate(albania, measures, welfare="rcons", design=design, by="urban")
    pd.testing.assert_frame_equal(found.to_pandas(), again.to_pandas(), rtol=1e-10)
    median = found.find(measure="median", domain="")
    limits = (7618.93310546875, 8102.912109375)
    assert (median.ci_low, median.ci_high) == pytest.approx(limits, rel=1e-8)
    gap = found.find(measure="relative_median_gap", domain="")
    assert gap.se == pytest.approx(0.013709125362565553, rel=1e-9)


def test_decisions(engine):
    decided = xl.decisions("examples/imaginary-country/census.yaml", engine=engine)
    assert decided.counts("village") == {"met": 73, "not met": 59, "cannot tell": 1}
    assert decided.counts("county") == {"met": 9, "not met": 13, "cannot tell": 1}


def test_household_decisions_are_written(engine, tmp_path):
    run = xl.run("examples/imaginary-country/sample.yaml", tmp_path / "out", engine=engine)
    written = pd.read_parquet(run.folder / "household_decisions.parquet")
    assert len(written) == 825
    assert set(written.outcome) <= {"met", "not met", "cannot tell"}


def test_what_is_not_defined_is_missing_on_every_engine(engine):
    values = pd.DataFrame({"x": [1.0, 0.0, -1.0], "y": [2.0, 0.0, 4.0]})
    table = engine.attach(open_source(values), "values")
    query = table.select(
        quotient=portable.divide(table.x, table.y),
        log=portable.log(table.x),
        finite=portable.finite(table.x),
    ).order_by("quotient")
    found = engine.run(query).to_pandas().sort_values("quotient").reset_index(drop=True)
    assert np.allclose(found.quotient[:2], [-0.25, 0.5])
    assert found.quotient.isna()[2]
    assert found.log.isna().sum() == 2
    assert found.finite.all()


def test_one_pass_counts_every_fault(engine):
    homes = pd.DataFrame({
        "y": [1.0, 2.0, np.nan, np.inf, 3.0, 4.0, 5.0],
        "w": [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0],
    })  # fmt: skip
    with pytest.raises(xl.ExitlineError, match="missing welfare"):
        xl.estimate(homes, "mean", welfare="y", design=xl.Design(weight="w"), engine=engine)
    found = xl.estimate(
        homes, "mean", welfare="y", design=xl.Design(weight="w"), missing="exclude", engine=engine
    )
    assert found.find().estimate == 3.0
    assert found.excluded == {"zero_weight": 1, "missing_welfare": 1, "infinite_welfare": 1}


def test_text_has_one_normal_form_on_every_engine(engine):
    import pyarrow as pa

    data = pa.table({"r": ["e\u0301", "\u00e9 ", "\u3000x", "\u3000", "017"], "y": [1.0] * 5})
    table = engine.attach(open_source(data), "normal")
    counted = table.group_by("r").aggregate(n=table.count())
    found = {row["r"]: row["n"] for row in engine.run(counted).to_pylist()}
    assert found == {"\u00e9": 2, "x": 1, None: 1, "017": 1}


def test_nan_in_a_file_is_missing_whatever_its_statistics_say(engine, tmp_path):
    """Parquet's statistics leave NaN out: an engine that trusts them takes isnan() for false."""
    y = np.arange(1.0, 1001.0)
    y[[5, 300]] = np.nan
    infinite = y.copy()
    infinite[7] = np.inf
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"y": y, "z": infinite, "k": np.arange(1000) % 2}), path)
    table = engine.attach(open_source(path), "t")
    counts = {
        f"{how}_{name}": value.ifelse(1, 0).sum()
        for name in ("y", "z")
        for how, value in (
            ("missing", table[name].isnull()), ("large", portable.infinite(table[name])),
        )
    }  # fmt: skip
    found = engine.run(table.aggregate(**counts, total=table.y.sum())).to_pylist()[0]
    assert found == {
        "missing_y": 2, "large_y": 0, "missing_z": 2, "large_z": 1, "total": np.nansum(y)
    }  # fmt: skip
