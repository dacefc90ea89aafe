"""Values are what was written: the rule in SQL gives what the rule in Python gives."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exitline.errors import DataError
from exitline.stats.data.source import open_source
from exitline.stats.data.values import Uses, type_of, value_of, written
from exitline.stats.engine.duckdb import DuckDB

TYPES = {"integer": "int64", "number": "float64", "text": "string", "truth": "boolean"}
CODES = st.one_of(
    st.sampled_from(["010", "10", "1.1", "1.10", "17.0", "1E2", "100", "0x1F", "T", "true", "-0"]),
    st.sampled_from(
        ["01-02-03", "2003-02-01", "#3", "1_000", "+5", ".5", "5.", "nan", "inf", "NA"]
    ),
    st.sampled_from(
        [
            " 7",
            "7 ",
            "\u00a07",
            "7\x0c",
            "N\x1e",
            "\u200bN",
            "",
            "  ",
            "e\u0301",
            "\u00e9",
            "99999999999999999999",
        ]
    ),
    st.integers(-(2**70), 2**70).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x1a"), max_size=6),
)
AS_ONE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    opened = DuckDB(threads=1)
    yield opened
    opened.close()


def _as_csv(path: Path, values: list[str], column: str = "v") -> Path:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["n", column])
    rows.writerows([i, value] for i, value in enumerate(values))
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def _read(engine: Any, path: Path, uses: Uses, **options: Any) -> pa.Table:
    table = engine.attach(open_source(path, **options).using(uses), "t")
    return engine.run(table.order_by("n"))


@AS_ONE
@given(values=st.lists(CODES, min_size=1, max_size=8), use=st.sampled_from(["code", "any"]))
def test_the_rule_in_sql_is_the_rule_in_python(
    tmp_path: Path, engine: DuckDB, values: list[str], use: Any
) -> None:
    path = _as_csv(tmp_path / "a.csv", values)
    uses = Uses(code={"v"}) if use == "code" else Uses()
    found = _read(engine, path, uses)["v"]
    wanted = type_of(values, use)
    assert found.type == pa.type_for_alias("float64" if wanted == "number" else TYPES[wanted])
    assert found.to_pylist() == [value_of(value, wanted) for value in values]


@AS_ONE
@given(values=st.lists(CODES, min_size=1, max_size=8))
def test_codes_survive_as_written(tmp_path: Path, engine: DuckDB, values: list[str]) -> None:
    found = _read(engine, _as_csv(tmp_path / "a.csv", values), Uses(text={"v"}))["v"].to_pylist()
    assert found == [written(value) for value in values]
    as_codes = _read(engine, tmp_path / "a.csv", Uses(code={"v"}))["v"].to_pylist()
    apart = len({written(value) for value in values} - {None})
    assert len(set(as_codes) - {None}) == apart


@AS_ONE
@given(values=st.lists(CODES, min_size=1, max_size=5))
def test_a_column_used_as_a_number_holds_numbers_or_is_refused_with_its_line(
    tmp_path: Path, engine: DuckDB, values: list[str]
) -> None:
    path = _as_csv(tmp_path / "a.csv", values)
    wanted: list[Any] = []
    for line, value in enumerate(values, start=2):
        try:
            wanted.append(value_of(value, "number"))
        except ValueError:
            with pytest.raises(DataError) as raised:
                _read(engine, path, Uses(numeric={"v"}))
            assert raised.value.where == f"a.csv, line {line}"
            return
    assert _read(engine, path, Uses(numeric={"v"}))["v"].to_pylist() == wanted


@AS_ONE
@example(values=["", "1.0"])
@given(values=st.lists(CODES, min_size=1, max_size=8))
def test_codes_of_other_tables_follow_the_same_rule(engine: DuckDB, values: list[str]) -> None:
    table = pa.table({"n": range(len(values)), "v": pa.array(values, pa.string())})
    source = open_source(table).using(Uses(code={"v"}))
    found = engine.run(engine.attach(source, "m").order_by("n"))["v"].to_pylist()
    kind = type_of(values, "code")
    assert found == [value_of(value, kind) for value in values]


def test_a_sample_that_misleads_does_not_decide(tmp_path: Path, engine: DuckDB) -> None:
    values = [str(i % 7) for i in range(60_000)]
    values[59_998] = "07"
    found = _read(engine, _as_csv(tmp_path / "a.csv", values), Uses(code={"v"}))["v"]
    assert found.type == pa.string()
    assert found[59_998].as_py() == "07"
    values[59_998] = "7.5"
    found = _read(engine, _as_csv(tmp_path / "a.csv", values), Uses())["v"]
    assert (found.type, found[59_998].as_py()) == (pa.float64(), 7.5)


def test_infinite_and_missing_numbers_have_one_meaning(tmp_path: Path, engine: DuckDB) -> None:
    values = ["1", "Inf", "-inf", "NaN", "", " ", "1e3", "007"]
    found = _read(engine, _as_csv(tmp_path / "a.csv", values), Uses(numeric={"v"}))["v"]
    assert found.to_pylist() == [1, math.inf, -math.inf, None, None, None, 1000, 7]


def test_what_the_user_declares_comes_first(tmp_path: Path, engine: DuckDB) -> None:
    path = _as_csv(tmp_path / "a.csv", ["010", "10", "NA"])
    given = {"missing": ["NA"]}
    assert _read(engine, path, Uses(), **given)["v"].to_pylist() == ["010", "10", None]
    as_number = _read(engine, path, Uses(code={"v"}), number=["v"], **given)["v"]
    assert (as_number.type, as_number.to_pylist()) == (pa.int64(), [10, 10, None])
    path = _as_csv(tmp_path / "b.csv", ["1", "2"])
    assert _read(engine, path, Uses(numeric={"v"}), text=["v"])["v"].to_pylist() == ["1", "2"]
    with pytest.raises(DataError, match="no column 'w' to be declared"):
        open_source(path, text=["w"])
    with pytest.raises(DataError, match="text and number at once"):
        open_source(path, text=["v"], number=["v"])


@pytest.mark.spark
def test_spark_reads_the_same_values(tmp_path: Path, engine: DuckDB, spark: Any) -> None:
    values = ["010", "10", "1E2", "true", "", " e\u0301 ", "99999999999999999999", "a,b"]
    for column in (values, [str(i) for i in range(8)], ["0.5", "1", "-3", "2", "9", "1", "2", ""]):
        path = _as_csv(tmp_path / "d[1]*.csv", column)
        for uses in (Uses(), Uses(code={"v"}), Uses(columns={"n", "v"})):
            ours, theirs = _read(engine, path, uses), _read(spark, path, uses)
            assert ours["v"].to_pylist() == theirs["v"].to_pylist()


def test_a_column_that_nothing_uses_is_not_read_and_never_silently_missing(
    tmp_path: Path, engine: DuckDB
) -> None:
    path = _as_csv(tmp_path / "a.csv", ["x", "y"])
    table = engine.attach(open_source(path).using(Uses(columns={"n"})), "t")
    assert table.columns == ("n", "v")
    assert engine.run(table.n.sum().as_table())["Sum(n)"].to_pylist() == [1]
    with pytest.raises(DataError):
        engine.run(table)
