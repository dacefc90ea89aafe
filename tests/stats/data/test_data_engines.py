"""Binding and checks give the same values on DuckDB and on Spark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from exitline.stats.data import parse_study
from exitline.stats.data.prepare import prepare
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.measure.quality.report import inspect

ROOT = Path(__file__).parents[3]
STUDY = """
study: Imaginary country
data: {households: hld_sample_wb_2023.parquet, persons: ind_sample_wb_2023.parquet, on: hid}
columns:
  household: hid
  welfare: tot_exp
  size: hhsize
  children: count(age < 15)
  literate: any(literacy = 'Yes')
  mean_age: mean(age)
design: {weight: hhweight, strata: geo1, psu: ea}
equivalence: {scale: oecd-modified, age: age}
areas: [geo1, geo2]
lines: [2000]
population: 150000
"""
SHOWN = ["household", "welfare", "children", "literate", "mean_age"]


def _everything(engine: Any) -> tuple[pd.DataFrame, Any]:
    """Bound rows in order, and findings."""
    study = parse_study(STUDY, ROOT / "examples/imaginary-country/study.yaml")
    ready = prepare(study, None, engine.attach)
    found = inspect(
        ready.table, study, ready.lines, engine.run,
        households=ready.households, persons=ready.persons,
    )  # fmt: skip
    rows = engine.run(ready.table.select(*SHOWN)).to_pandas()
    return rows.sort_values("household", ignore_index=True), found


@pytest.mark.spark
def test_duckdb_and_spark_agree(spark: Any) -> None:
    duck = DuckDB(threads=1)
    ours, theirs = _everything(duck), _everything(spark)
    duck.close()
    pd.testing.assert_frame_equal(ours[0], theirs[0], check_dtype=False, rtol=1e-12)
    assert ours[1] == theirs[1]
    assert {finding.check for finding in ours[1]} == {"thin areas", "population"}
