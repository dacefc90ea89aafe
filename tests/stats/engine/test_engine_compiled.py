"""SQL that is written once is the SQL of that expression."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.data.source import open_source
from exitline.stats.engine import kept
from exitline.stats.engine.duckdb import DuckDB


def test_equal_expressions_over_other_rows_give_their_own_figures():
    design = xl.Design(psu="ea")
    homes = pd.DataFrame({"y": [1.0, 2, 3, 4], "ea": [1, 1, 2, 2]})
    for factor in (1, 10, 100):
        found = xl.estimate(homes.assign(y=homes.y * factor), "mean", welfare="y", design=design)
        assert found.find().estimate == 2.5 * factor


@pytest.mark.parametrize("kind", ["float64", "int64", "string"])
def test_tables_of_other_types_are_not_taken_for_each_other(kind):
    engine = DuckDB()
    table = engine.attach(open_source(pd.DataFrame({"y": [3, 1]}).astype(kind)), "t")
    found = engine.run(table.select(z=table.y.cast("string")).order_by("z"))
    assert found["z"].to_pylist() == (["1.0", "3.0"] if kind == "float64" else ["1", "3"])
    engine.close()


def test_rows_in_an_expression_are_not_kept():
    engine = DuckDB()
    for value in (1, 2):
        rows = ibis.memtable(pd.DataFrame({"y": [value]}), schema={"y": "int64"})
        assert engine.run(rows.aggregate(t=rows.y.sum()))["t"].to_pylist() == [value]
    engine.close()


def test_few_are_kept(monkeypatch):
    monkeypatch.setattr(kept, "MOST_SQL", 3)
    backend = kept.compiled_once(ibis.duckdb.connect())
    table = ibis.table({"y": "int64"}, name="t")
    for limit in range(10):
        assert f"LIMIT {limit + 1}" in backend.compile(table, limit=limit + 1)
    assert len(kept._known) == 3
