"""Missing values, odd cells and labels: what each case once got wrong, and what is right."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from click.testing import CliRunner, Result

import exitline as xl
from exitline.cli import exitline as program
from exitline.errors import DataError
from exitline.stats.data import open_source
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.infer.intake.naming import shown_names

CASES = Path(__file__).parent / "cases"


def _cli(*arguments: object) -> Result:
    return CliRunner().invoke(program, [str(a) for a in arguments])


def _areas(data: Any, by: str, **more: Any) -> dict[str, float]:
    """Headcount at 5 by area, of a column y."""
    table = xl.estimate(data, "headcount", welfare="y", line=more.pop("line", 5), by=by, **more)
    rows = table.to_pandas()
    rows = rows[rows.by == by]
    assert rows.domain.is_unique
    return dict(zip(rows.domain, rows.estimate.round(3), strict=True))


# --- one meaning of missing ---------------------------------------------------------------


def test_nan_is_no_stratum_and_no_area() -> None:
    path = CASES / "nan-stratum" / "nan.parquet"
    with pytest.raises(DataError, match="cannot be used") as raised:
        _areas(path, "st", design=xl.Design(strata="st", psu="ea"))
    assert "missing stratum on 40 rows" in str(raised.value)
    assert _areas(path, "st", design=xl.Design(psu="ea")) == {
        "1": 0.675, "2": 0.325, "(missing)": 0.325,
    }  # fmt: skip
    checked = _cli("check", path.parent / "study.yaml")
    assert checked.exit_code == 1
    assert "40 of 120 rows have no" in checked.output
    assert "nan" not in checked.output.replace("nan.parquet", "")


def test_nan_in_parquet_is_missing_whatever_its_statistics_say(tmp_path: Path) -> None:
    """DuckDB folds isnan() to false by the statistics of a file, which leave NaN out."""
    y = np.arange(100.0) + 1
    y[3] = np.nan
    pq.write_table(pa.table({"y": pa.array(y, from_pandas=False)}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="missing welfare"):
        xl.estimate(tmp_path / "a.parquet", "headcount", welfare="y", line=20)
    found = xl.estimate(tmp_path / "a.parquet", "mean", welfare="y", missing="exclude").find()
    assert (found.n, found.estimate) == (99, pytest.approx((5050 - 4) / 99))


@pytest.mark.parametrize("form", ["csv", "parquet", "sqlite"])
def test_an_infinite_welfare_is_an_error_in_every_format(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    frame = pd.DataFrame({"y": [1.0, 2.0, np.inf]})
    options = {}
    if form == "csv":
        frame.to_csv(path, index=False)
    elif form == "parquet":
        frame.to_parquet(path)
    else:
        import sqlite3

        with sqlite3.connect(path) as opened:
            frame.to_sql("a", opened, index=False)
        options = {"query": "SELECT * FROM a"}
    with pytest.raises(DataError, match="infinite welfare"):
        xl.estimate(open_source(path, **options), "headcount", welfare="y", line=5)


def test_an_infinite_key_is_missing() -> None:
    table = pd.DataFrame({"y": [1.0, 9.0] * 6, "r": [1.0, np.inf, np.nan, 1.0] * 3})
    assert set(_areas(table, "r")) == {"1", "(missing)"}


@pytest.mark.parametrize("file", ["d.dta", "d.sav"])
def test_a_blank_area_is_missing(file: str) -> None:
    path = CASES / "blank-area" / file
    right = {"N": 0.7, "S": 0.3, "(missing)": 0.35}
    assert _areas(path, "zone", design=xl.Design(psu="ea")) == right
    said = _cli("estimate", path, "--welfare", "y", "--line", 5, "--psu", "ea", "--by", "zone")
    assert said.output.count("all ") == 1
    assert "(missing)" in said.output


def test_blank_strata_and_areas_do_not_pass_check() -> None:
    found = xl.check(CASES / "blank-area" / "study.yaml")
    assert [f.count for f in found if f.check == "missing"] == [20, 20]
    assert any(f.severity == "error" and "stratum" in f.message for f in found)


def test_an_empty_label_keeps_its_code() -> None:
    path = CASES / "blank-area" / "emptylabel.dta"
    assert set(_areas(path, "reg")) == {"1", "B", "3"}


def test_declared_marks_are_missing_in_every_role(tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": [1.0, -99.0, 3.0, 9.0] * 3, "st": ["a", "NA", "a", "b"] * 3})
    frame.to_parquet(tmp_path / "a.parquet")
    said = _cli("estimate", tmp_path / "a.parquet", "--welfare", "y", "--line", 5, "--by", "st",
                "--missing", "exclude", "--missing-code", "NA", "--missing-code", "-99",
                "--json")  # fmt: skip
    rows = json.loads(said.output)
    assert [(r["domain"], r["n"]) for r in rows] == [("", 9), ("a", 6), ("b", 3)]


def test_values_that_the_file_labels_are_remarked_upon(tmp_path: Path) -> None:
    y = [*np.arange(1.0, 38.0), 99999.0, 99999.0, -99.0]
    labels = {"y": {99999: "Refused", -99: "Don't know"}, "r": {1: "N", 2: "S"}}
    frame = pd.DataFrame({"hhid": np.arange(40.0), "y": y, "r": [1.0, 2.0] * 20})
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), variable_value_labels=labels)
    study = "study: a\ndata: {households: a.dta}\ncolumns: {household: hhid, welfare: y * 2}\n"
    (tmp_path / "a.yaml").write_text(study + "design: {census: true}\nlines: [20]\nareas: [r]\n")
    (one,) = (f for f in xl.check(tmp_path / "a.yaml") if f.check == "labelled values")
    assert (one.severity, one.count) == ("warning", 3)
    assert "99999 'Refused'" in one.message
    assert "declare 'missing: [" in one.remedy
    said = _cli("estimate", tmp_path / "a.dta", "--welfare", "y", "--line", 20)
    assert "3 rows have a value in 'y'" in said.output
    assert "--missing-code -99 --missing-code 99999" in " ".join(said.output.split())
    clean = xl.estimate(open_source(tmp_path / "a.dta", missing=("99999", "-99")), "mean",
                        welfare="y", missing="exclude")  # fmt: skip
    assert not any("labels" in note for note in clean.notes)
    assert clean.find().estimate == pytest.approx(19.0)


# --- files that were refused, or broke ----------------------------------------------------


def test_a_big_number_is_no_wrong_encoding() -> None:
    path = CASES / "big-number-called-encoding" / "d.sav"
    assert _cli("estimate", path, "--welfare", "y", "--line", 5).exit_code == 0


@pytest.mark.parametrize("file", ["d.sav", "d.dta"])
def test_a_date_that_no_calendar_writes_is_missing(file: str) -> None:
    path = CASES / "date-out-of-range" / file
    assert xl.estimate(path, "headcount", welfare="y", line=5).find().estimate == 0.5
    assert "(missing)" in _areas(path, "when")


ODD = {
    "unsigned": pa.array([2**64 - 1] * 40, pa.uint64()),
    "record": pa.array([{"a": 1}] * 40),
    "list": pa.array([[1, 2]] * 40),
    "map": pa.array([[("k", 1)]] * 40, pa.map_(pa.string(), pa.int32())),
    "moment": pa.array([2**62] * 40, pa.timestamp("us")),
    "day": pa.array([-(2**30)] * 40, pa.date32()),
    "bytes": pa.array([b"\xff"] * 40),
    "decimal": pa.array([Decimal("1.50")] * 40, pa.decimal128(38, 4)),
    "nothing": pa.nulls(40),
}
SAID = {"unsigned": "18446744073709551615", "moment": "(missing)", "day": "(missing)",
        "decimal": "1.5", "nothing": "(missing)"}  # fmt: skip


@pytest.mark.parametrize("name", list(ODD))
def test_an_odd_column_of_parquet_is_refused_only_where_it_is_used(
    tmp_path: Path, name: str
) -> None:
    table = pa.table({"y": np.arange(40) + 1.0, name: ODD[name]})
    pq.write_table(table, tmp_path / "a.parquet")
    path = tmp_path / "a.parquet"
    assert xl.estimate(path, "headcount", welfare="y", line=20.5).find().estimate == 0.5
    if name in SAID:
        assert list(_areas(path, name)) == [SAID[name]]
        return
    with pytest.raises(DataError, match=f"the column '{name}' cannot be used"):
        _areas(path, name)


def test_a_release_refuses_columns_that_it_cannot_look_into(tmp_path: Path) -> None:
    table = pa.table({"r": ["N"] * 40, "who": pa.array([{"name": "x"}] * 40)})
    pq.write_table(table, tmp_path / "a.parquet")
    said = _cli("release", tmp_path / "a.parquet", "--keys", "r", "--out", tmp_path / "o.parquet")
    assert said.exit_code != 0
    assert "who" in str(said.exception)
    assert not (tmp_path / "o.parquet").exists()


# --- tables in memory ---------------------------------------------------------------------


def _homes(**more: Any) -> pd.DataFrame:
    return pd.DataFrame({"y": np.arange(40) + 1.0, "r": ["a", "b"] * 20}).assign(**more)


def test_tables_in_memory() -> None:
    assert _areas(_homes(m=[1, "x"] * 20), "m", line=20) == {"1": 0.5, "x": 0.45}
    periods = pd.period_range("2020-01", periods=40, freq="M")
    assert next(iter(_areas(_homes(q=periods), "q"))) == "2020-01"
    zoned = pd.Timestamp("2020-01-01", tz="Africa/Nairobi")
    assert list(_areas(_homes(q=zoned), "q")) == ["2020-01-01"]
    assert len(_areas(_homes(q=pd.cut(np.arange(40), 4)), "q")) == 4
    assert _areas(_homes(q=[2019.0, 2020.0] * 20), "q").keys() == {"2019", "2020"}


@pytest.mark.parametrize("line", [np.int64(20), np.float32(20), Decimal("20"), 20])
def test_any_number_is_a_line(line: Any) -> None:
    assert xl.estimate(_homes(), "headcount", welfare="y", line=line).find().estimate == 0.475


def test_two_columns_of_one_name_in_memory() -> None:
    table = _homes()
    table.columns = ["y", "y"]
    with pytest.raises(DataError, match="two columns have the same name"):
        xl.estimate(table, "headcount", welfare="y", line=20)


def test_text_that_cannot_be_written_is_refused_by_name() -> None:
    table = _homes(bad=pd.Series(["\ud800"] * 40, dtype=object))
    assert xl.estimate(table, "headcount", welfare="y", line=20).find().n == 40
    with pytest.raises(DataError, match="the column 'bad' cannot be used"):
        _areas(table, "bad")


def test_headings_that_are_numbers() -> None:
    table = pd.DataFrame({2019: [1.0, 9.0], 2020.0: ["a", "b"]})
    assert xl.estimate(table, "headcount", welfare="2019", line=5).find().estimate == 0.5


# --- flags where there is no study --------------------------------------------------------


def test_the_defaults_of_r_and_excel_have_flags_that_errors_name(tmp_path: Path) -> None:
    rows = [f"{'Né' if i % 2 else 'S'},{i}" for i in range(40)]
    (tmp_path / "a.csv").write_bytes(("reg,y\n" + "\n".join(rows)).encode("cp1252"))
    asked = ["estimate", tmp_path / "a.csv", "--welfare", "y", "--line", 20]
    assert "add --encoding cp1252" in str(_cli(*asked).exception)
    assert _cli(*asked, "--encoding", "cp1252", "--by", "reg").exit_code == 0
    with pytest.raises(DataError, match="not encoded") as raised:
        open_source(tmp_path / "a.csv")
    assert "open_source(path, encoding='cp1252')" in str(raised.value)
    study = tmp_path / "s.yaml"
    study.write_text("{study: a, data: {households: a.csv}, columns: {welfare: y}, lines: [20]}")
    assert "declare 'encoding: cp1252' beside the path" in " ".join(
        _cli("check", study).output.split()
    )
    (tmp_path / "b.csv").write_text("reg,y\n" + "\n".join(["a,1", "b,NA", "a,30"] * 9))
    asked[1] = tmp_path / "b.csv"
    assert "--missing-code NA" in str(_cli(*asked).exception)
    assert "--missing exclude" in str(_cli(*asked, "--missing-code", "NA").exception)
    with pd.ExcelWriter(tmp_path / "c.xlsx") as book:
        for sheet in ("Data 1", "Notes"):
            _homes().to_excel(book, sheet_name=sheet, index=False)
    asked[1] = tmp_path / "c.xlsx"
    assert "add --sheet 'Data 1'" in str(_cli(*asked).exception)
    assert _cli(*asked, "--sheet", "Notes").exit_code == 0


# --- labels -------------------------------------------------------------------------------


def test_labels_belong_to_the_column_that_is_shown(tmp_path: Path) -> None:
    folder = shutil.copytree(CASES / "labels-of-another-column", tmp_path / "c")
    found = xl.run(folder / "recode.yaml", tmp_path / "o").estimates.to_pandas()
    heads = found[found.measure == "headcount"].set_index(["by", "domain"]).n
    assert heads["region"].to_dict() == {"North": 16, "South": 8}
    assert set(heads["sex"].index) == {"0", "1"}
    said = _cli("table", folder / "person.yaml", "--rows", "sex", "--columns", "household_sex",
                "--count", "persons", "--min-count", 2)  # fmt: skip
    lines = {line.split()[0]: line.split()[1:] for line in said.output.splitlines() if line}
    assert lines["Sex"][1:] == ["Man", "Woman"]
    assert lines["male"][0] == lines["female"][0] == "24"


def test_equal_labels_stay_apart_the_same_way_everywhere(tmp_path: Path) -> None:
    folder = shutil.copytree(CASES / "same-label-twice", tmp_path / "c")
    names = {"Coast", "Other (2)", "Other (3)"}
    assert set(_areas(folder / "d.dta", "reg")) == names
    assert _cli("run", folder / "study.yaml", "--out", tmp_path / "o").exit_code == 0
    written = pd.read_parquet(tmp_path / "o" / "estimates.parquet")
    assert set(written.domain[written.by == "reg"]) == names
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert all(name in page for name in names)
    assert _cli("explore", tmp_path / "o", "--out", tmp_path / "e.html").exit_code == 0
    assert all(name in (tmp_path / "e.html").read_text(encoding="utf-8") for name in names)
    for domain in ("Other (3)", "3"):
        file = tmp_path / f"{domain}.json"
        claimed = _cli("claim", tmp_path / "o", "--measure", "headcount", "--by", "reg",
                       "--domain", domain, "--out", file)  # fmt: skip
        assert claimed.exit_code == 0, claimed.output
        assert 'reg "Other (3)"' in " ".join(claimed.output.split())
        checked = _cli("verify", file, "--data", folder / "d.dta")
        assert checked.exit_code == 0, checked.output
    for source in ("study.yaml", "d.dta"):
        table = _cli("table", folder / source, "--rows", "reg", "--min-count", 2)
        assert all(name in table.output for name in names)


def test_a_release_carries_its_labels_along(tmp_path: Path) -> None:
    data = CASES / "release-loses-labels" / "d.dta"
    said = _cli("release", data, "--keys", "reg", "--out", tmp_path / "o.parquet")
    assert said.exit_code == 0
    assert "labels written along" in said.output
    book = json.loads(pq.read_metadata(tmp_path / "o.parquet").metadata[b"exitline.columns"])
    assert book["reg"]["values"] == {"1": "North", "2": "South"}
    again = xl.estimate(tmp_path / "o.parquet", "count", by="reg").to_pandas()
    assert list(again.domain) == ["", "North", "South"]


def test_a_released_column_brings_no_label_that_names_people(tmp_path: Path) -> None:
    frame = pd.DataFrame({"r": [1.0] * 40, "who": [1.0, 2.0] * 20})
    labels = {"who": {1: "13912345678", 2: "13987654321"}}
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), variable_value_labels=labels)
    said = _cli("release", tmp_path / "a.dta", "--keys", "r", "--out", tmp_path / "o.parquet")
    assert "value labels name people" in str(said.exception)
    assert not (tmp_path / "o.parquet").exists()
    dropped = _cli("release", tmp_path / "a.dta", "--keys", "r", "--drop", "who", "--out",
                   tmp_path / "o.parquet")  # fmt: skip
    assert dropped.exit_code == 0


def test_a_notice_shows_the_names_of_villages(tmp_path: Path) -> None:
    frame = pd.DataFrame({"v": [1.0, 2.0, 3.0] * 4, "ref": [f"E-{i}" for i in range(12)]})
    labels = {"v": {1: "East", 2: "Hill", 3: "Hill"}}
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), variable_value_labels=labels)
    said = _cli("notice", tmp_path / "a.sav", "--village", "v", "--reference", "ref", "--title",
                "Exit", "--objections", "In writing", "--posted",
                "2020-11-02", "--out", tmp_path / "n.csv")  # fmt: skip
    assert said.exit_code == 0, said.exception
    page = (tmp_path / "n.csv").read_text(encoding="utf-8")
    assert all(name in page for name in ("East", "Hill (2)", "Hill (3)"))


def test_dynamics_show_labels_of_their_areas() -> None:
    from exitline.stats.panel import panel_spec, read_panel

    source = open_source(pd.DataFrame({
        "id": [1, 1, 2, 2], "t": ["a", "b"] * 2, "y": [1.0, 3.0, 5.0, 1.0], "r": [1, 1, 2, 2],
    }))  # fmt: skip
    labels = {"r": {1: "North", 2: "North"}}
    from dataclasses import replace

    spec = panel_spec(household="id", welfare="y", wave="t", line=2.0, by="r")
    panel = read_panel(replace(source, labels=labels), spec)
    assert panel.domains["r"].labels == ("North (1)", "North (2)")


def test_crossings_cannot_collide() -> None:
    table = pd.DataFrame({"y": [1.0, 9.0] * 8, "r": ["a, b", "a"] * 8, "q": ["c", "b, c"] * 8})
    found = xl.estimate(table, "headcount", welfare="y", line=5, by=[("r", "q")]).to_pandas()
    assert list(found.domain[1:]) == ['a, "b, c"', '"a, b", c']


def test_names_are_unique_whatever_labels_say(engine: DuckDB) -> None:
    del engine
    labels = {1: "2", 2: "x", 3: "x", 4: "x (3)", 5: "(missing)", 6: ""}
    values = ["1", "2", "3", "4", "5", "6", "(missing)", "7"]
    names = shown_names(values, labels)
    assert len(set(names)) == len(values)
    assert names[-2:] == ("(missing)", "7")
    assert dict(zip(values, names, strict=True))["2"] == "x (2)"
    assert shown_names(["2"], labels) == ("x (2)",)
