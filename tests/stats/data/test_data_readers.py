"""Readers: what goes in comes out, and every file that cannot be used says why."""

from __future__ import annotations

import gzip
import itertools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

import exitline as xl
from exitline.errors import DataError
from exitline.stats.data import Source, open_source
from exitline.stats.data.readers import open_file, stat
from exitline.stats.data.readers.sql import check_query, read_sql, shown
from exitline.stats.engine.duckdb import DuckDB

SECRET = "KX-9917"  # an id: no message may show it
Read = Callable[[Source], pd.DataFrame]


@pytest.fixture
def read(engine: DuckDB) -> Read:
    """Rows of a source through the engine."""

    names = itertools.count()

    def run(source: Source) -> pd.DataFrame:
        return engine.run(engine.attach(source, f"t{next(names)}")).to_pandas()

    return run


def _refused(path: Path, **options: object) -> DataError:
    with pytest.raises(DataError) as raised:
        open_file(path, **options)
    error = raised.value
    assert error.where
    assert error.expected
    assert error.remedy
    assert SECRET not in str(error)
    return error


# --- any file ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.dta", "a.sav", "a.xlsx", "a.duckdb"])
def test_no_file_and_an_empty_file(tmp_path: Path, name: str) -> None:
    assert _refused(tmp_path / name).what == "there is no such file"
    (tmp_path / name).write_bytes(b"")
    assert _refused(tmp_path / name).what == "the file is empty"


def test_a_mistyped_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "households.parquet").write_bytes(b"")
    error = _refused(tmp_path / "housholds.parquet")
    assert error.remedy == "did you mean 'households.parquet'?"


def test_a_folder_and_an_unknown_ending(tmp_path: Path) -> None:
    assert "folder" in _refused(tmp_path).what
    (tmp_path / "a.rds").write_bytes(b"RDX3")
    assert "no reader" in _refused(tmp_path / "a.rds").what
    (tmp_path / "noending").write_bytes(b"x")
    assert "without an ending" in str(_refused(tmp_path / "noending").got)


CONTENTS = {
    "parquet": b"PAR1" + bytes(20),
    "csv": b"hhid,y\n1,2\n",
    "dta": b"<stata_dta><header>",
    "sav": b"$FL2@(#) SPSS DATA FILE",
    "xlsx": b"PK\x03\x04" + bytes(20),
    "duckdb": bytes(8) + b"DUCK" + bytes(20),
    "sqlite": b"SQLite format 3\0" + bytes(20),
    "gif": b"GIF89a\x00\x01\x02",
}


@pytest.mark.parametrize("ending", ["parquet", "csv", "dta", "sav", "xlsx", "duckdb"])
@pytest.mark.parametrize("content", list(CONTENTS))
def test_a_file_of_another_kind_than_its_name_says(
    tmp_path: Path, ending: str, content: str
) -> None:
    if ending == content or (ending, content) == ("duckdb", "sqlite"):
        return
    (tmp_path / f"a.{ending}").write_bytes(CONTENTS[content])
    error = _refused(tmp_path / f"a.{ending}")
    assert error.what == "the file is not what its name says"
    if content in ("parquet", "csv", "dta", "sav", "xlsx"):
        assert f"'a.{content}'" in str(error.remedy)


@pytest.mark.parametrize("ending", ["parquet", "dta", "sav", "xlsx"])
def test_a_file_that_was_cut_off(tmp_path: Path, ending: str) -> None:
    whole = tmp_path / f"whole.{ending}"
    frame = pd.DataFrame({"hhid": [SECRET] * 500, "y": range(500)})
    {
        "parquet": lambda: frame.to_parquet(whole),
        "dta": lambda: frame.to_stata(whole, write_index=False),
        "sav": lambda: pyreadstat.write_sav(frame, str(whole)),
        "xlsx": lambda: frame.to_excel(whole, index=False),
    }[ending]()
    cut = tmp_path / f"cut.{ending}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    assert "cut.ending".replace("ending", ending) in str(_refused(cut).where)


def test_an_option_that_the_kind_of_file_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    error = _refused(tmp_path / "a.csv", encodign="utf-8")
    assert error.remedy == "did you mean 'encoding'?"


@pytest.mark.parametrize("ending", ["parquet", "csv", "xlsx", "dta", "sav"])
def test_a_header_without_rows(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    frame = pd.DataFrame(
        {"hhid": pd.Series([], dtype="float64"), "y": pd.Series([], dtype="float64")}
    )
    {
        "parquet": lambda: frame.to_parquet(path),
        "csv": lambda: frame.to_csv(path, index=False),
        "xlsx": lambda: frame.to_excel(path, index=False),
        "dta": lambda: frame.to_stata(path, write_index=False),
        "sav": lambda: pyreadstat.write_sav(frame, str(path)),
    }[ending]()
    assert _refused(path).what == "the file has a header and no rows"


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    csv, parquet = tmp_path / "a.csv", tmp_path / "a.parquet"
    csv.write_text("hhid,y,y\n1,2,3\n")
    pq.write_table(pa.table([[1], [2]], names=["y", "y"]), parquet)
    assert _refused(csv).where == "a.csv, columns 2 and 3"
    assert _refused(csv).got == "'y' and 'y'"
    assert _refused(parquet).what == "two columns have the same name"
    sheet = tmp_path / "a.xlsx"
    pd.DataFrame([[1, 2]], columns=["y", "y"]).to_excel(sheet, index=False)
    assert _refused(sheet).what == "two columns have the same name"


@pytest.mark.parametrize("ending", ["parquet", "csv", "dta", "xlsx", "sqlite", "memory"])
def test_names_that_differ_by_case_are_refused_where_both_are_read(
    tmp_path: Path, ending: str, engine: Any
) -> None:
    table = pd.DataFrame(
        {"Npsu": [10.0] * 4, "npsu": [1.0, 2, 3, 4], "y": [1.0, 2, 3, 4], "p": [1, 1, 2, 2]}
    )
    data: Any = tmp_path / f"a.{ending}"
    if ending == "parquet":
        table.to_parquet(data)
    elif ending == "csv":
        table.to_csv(data, index=False)
    elif ending == "dta":
        table.to_stata(data, write_index=False)
    elif ending == "xlsx":
        table.to_excel(data, index=False)
    elif ending == "sqlite":
        import adbc_driver_sqlite.dbapi

        # a table of SQL cannot hold such names, the result of a query can
        select = 'SELECT "N" AS "Npsu", "n" AS "npsu", y, p FROM t'
        with adbc_driver_sqlite.dbapi.connect(str(data)) as connection, connection.cursor() as at:
            at.adbc_ingest("t", pa.table(table.rename(columns={"Npsu": "N", "npsu": "m"})))
            connection.commit()
        data = open_file(data, query=select.replace('"n"', "m"))
    else:
        data = table
    other = table.drop(columns="npsu")
    design = xl.Design(psu="p", fpc="Npsu")
    found = xl.estimate(data, "mean", welfare="y", design=design, engine=engine).find()
    again = xl.estimate(other, "mean", welfare="y", design=design, engine=engine).find()
    assert (found.estimate, found.se) == (again.estimate, again.se)
    both = xl.Design(psu="p", fpc="Npsu", weight="npsu")
    with pytest.raises(DataError, match="two columns have the same name"):
        xl.estimate(data, "mean", welfare="y", design=both, engine=engine)


# --- csv ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        ("id,région\n1,Île-de-France\n", "cp1252", "cp1252"),
        ("id,região\n1,São Paulo\n", "latin-1", "cp1252"),
        ("id,регион\n1,Новосибирская область\n", "cp1251", "cp1251"),
        ("id,省\n1,行唐县\n2,灵寿县\n", "gb18030", "gb18030"),
        ("id,region\n1,x\n", "utf-16", "utf-16"),
    ],
)
def test_a_csv_that_is_not_utf_8(
    tmp_path: Path, read: Read, text: str, encoding: str, guess: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    error = _refused(path)
    assert error.what == "the file is not encoded in UTF-8"
    assert f"encoding='{guess}'" in str(error.remedy)
    rows = read(open_file(path, encoding=encoding))
    assert list(rows.columns) == text.splitlines()[0].split(",")
    assert rows.iloc[0, 1] == text.splitlines()[1].split(",")[1]


def test_a_wrong_encoding_far_into_the_file_is_found_with_its_line(
    tmp_path: Path, read: Read
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n" + b"1,plain\n" * 600_000 + "2,Müller\n".encode("latin-1"))
    with pytest.raises(DataError) as raised:
        read(open_file(path))
    assert raised.value.where == "a.csv, line 600002"


def test_an_encoding_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    assert "no encoding 'utf-9'" in _refused(tmp_path / "a.csv", encoding="utf-9").what


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_from_the_header(tmp_path: Path, read: Read, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(separator.join(("hhid", '"income; in, lek|x"', "w")) + "\n"
                    + separator.join(("1", "2.5", "3")) + "\n")  # fmt: skip
    rows = read(open_file(path))
    assert rows.iloc[0].tolist() == [1, 2.5, 3]
    assert rows.columns[1] == "income; in, lek|x"


def test_a_decimal_comma_is_recognised_beside_semicolons(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.csv"
    path.write_text("hhid;y\n1;12,5\n2;1,25\n")
    assert read(open_file(path))["y"].tolist() == [12.5, 1.25]
    path.write_text("hhid;y\n1;1,234\n2;5,678\n")  # thousands? the file does not say
    assert read(open_file(path))["y"].tolist() == ["1,234", "5,678"]
    assert read(open_file(path, decimal=","))["y"].tolist() == [1.234, 5.678]


def test_marks_for_missing_values_are_declared(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.csv"
    path.write_text("hhid,y,name\n1,2.5,\n2,NA,x\n3,.,y\n")
    assert read(open_file(path))["y"].tolist() == ["2.5", "NA", "."]
    rows = read(open_file(path, missing=["NA", "."]))
    assert rows["y"].isna().tolist() == [False, True, True]
    assert rows["name"].isna().tolist() == [True, False, False]


def test_bom_gzip_quotes_and_blank_names(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_bytes(b'\xef\xbb\xbf"","y"\n"1",2\n')
    assert read(open_file(tmp_path / "a.csv"))["y"].tolist() == [2]
    assert read(open_file(tmp_path / "a.csv", missing=["NA"])).columns.tolist() == ["column0", "y"]
    pd.DataFrame({"": [1], "y": [2]}).to_excel(tmp_path / "a.xlsx", index=False)
    assert read(open_file(tmp_path / "a.xlsx")).columns.tolist() == ["column0", "y"]
    with gzip.open(tmp_path / "b.csv.gz", "wt") as handle:
        handle.write("hhid,y\n1,2\n")
    assert read(open_file(tmp_path / "b.csv.gz"))["y"].tolist() == [2]


def test_a_header_of_numbers_is_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2.5,3\n2,3.5,4\n")
    assert _refused(tmp_path / "a.csv").what == "the first row contains numbers, not column names"


def test_a_csv_is_scanned_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("hhid,y\n1,2\n")
    source = open_source(tmp_path / "a.csv")
    assert (source.kind, source.table) == ("csv", None)


# --- Stata and SPSS ----------------------------------------------------------------------


def test_stata_and_spss_keep_codes_labels_and_missing_values(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stat, "CHUNK", 2)  # five rows come in three chunks
    frame = pd.DataFrame(
        {
            "hhid": ["a", "b", "", "d", "e"],
            "region": [1, 2, 1, 2, 1],
            "y": [1.5, None, 3.25, None, 5.0],
            "n": [1.0, 2.0, None, 4.0, 5.0],
        }
    )
    labels = {"region": {1: "Nord", 2: "Süd"}}
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), variable_value_labels=labels)
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), variable_value_labels=labels)
    for name in ("a.dta", "a.sav"):
        source = open_file(tmp_path / name)
        rows = read(source)
        assert rows["region"].tolist() == [1, 2, 1, 2, 1]
        assert rows["y"].isna().tolist() == [False, True, False, True, False]
        assert rows["n"].sum() == 12
        assert dict(source.labels["region"]) == {1: "Nord", 2: "Süd"}


def test_stata_s_extended_missing_values_are_missing(tmp_path: Path, read: Read) -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0]})
    frame["y"] = frame["y"].astype("object")
    frame.loc[1, "y"] = "a"
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), missing_user_values={"y": ["a"]})
    assert read(open_file(tmp_path / "a.dta"))["y"].isna().tolist() == [False, True]


def test_spss_s_declared_missing_values_are_missing(tmp_path: Path, read: Read) -> None:
    frame = pd.DataFrame({"y": [1.0, 99.0, 3.0]})
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), missing_ranges={"y": [99]})
    assert read(open_file(tmp_path / "a.sav"))["y"].isna().tolist() == [False, True, False]


# --- spreadsheets ------------------------------------------------------------------------


def test_a_spreadsheet_of_one_sheet_and_of_several(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.xlsx"
    frame = pd.DataFrame({"hhid": ["a", "b"], "y": [1.5, None], "n": [3, 4]})
    frame.to_excel(path, index=False)
    rows = read(open_file(path))
    assert rows["n"].tolist() == [3, 4]
    assert rows["y"].isna().tolist() == [False, True]
    with pd.ExcelWriter(path) as book:
        frame.to_excel(book, sheet_name="households", index=False)
        frame.to_excel(book, sheet_name="notes", index=False)
    assert _refused(path).what == "the file has several sheets"
    assert _refused(path, sheet="houshold").remedy == "did you mean 'households'?"
    assert len(read(open_file(path, sheet="households"))) == 2


def test_a_sheet_column_that_mixes_numbers_and_text_is_text(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"y": [1.5, "n/a", None], "n": [1, 2, 3]}).to_excel(path, index=False)
    values = read(open_file(path))["y"].tolist()
    assert values[:2] == ["1.5", "n/a"]
    assert pd.isna(values[2])
    assert read(open_file(path, missing=["n/a"]))["y"].sum() == 1.5


# --- databases ---------------------------------------------------------------------------


@pytest.fixture
def databases(tmp_path: Path) -> tuple[Path, Path]:
    """The same two households in DuckDB and SQLite."""
    duck, lite = tmp_path / "a.duckdb", tmp_path / "a.sqlite"
    with duckdb.connect(str(duck)) as connection:
        connection.execute("CREATE TABLE h (hhid VARCHAR, y DOUBLE)")
        connection.execute("INSERT INTO h VALUES ('a', 1.5), ('b', NULL)")
    with sqlite3.connect(lite) as plain:
        plain.execute("CREATE TABLE h (hhid TEXT, y REAL)")
        plain.execute("INSERT INTO h VALUES ('a', 1.5), ('b', NULL)")
    plain.close()
    return duck, lite


def test_a_query_on_duckdb_and_sqlite(databases: tuple[Path, Path], read: Read) -> None:
    for path in databases:
        rows = read(read_sql("WITH t AS (SELECT * FROM h) SELECT hhid, y * 2 AS y FROM t", path))
        assert sorted(rows["hhid"]) == ["a", "b"]
        assert rows["y"].sum() == 3.0


def test_a_database_without_a_query_or_with_an_empty_answer(databases: tuple[Path, Path]) -> None:
    for path in databases:
        assert "needs a query" in _refused(path).what
        assert "returns no rows" in _refused(path, query="SELECT * FROM h WHERE y > 9").what
        assert "did not answer" in _refused(path, query="SELECT nothing FROM h").what


WRITES = [
    "DROP TABLE h",
    "DELETE FROM h",
    "INSERT INTO h VALUES ('c', 1)",
    "UPDATE h SET y = 0",
    "CREATE TABLE x AS SELECT * FROM h",
    "SELECT 1; DROP TABLE h",
    "COPY h TO 'stolen.csv'",
    "ATTACH 'other.db' AS other",
    "PRAGMA writable_schema = 1",
    "SELECT * INTO x FROM h",
    "not sql at all )(",
]


@pytest.mark.parametrize("query", WRITES)
@pytest.mark.parametrize("which", [0, 1])
def test_only_a_single_select_is_run(databases: tuple[Path, Path], query: str, which: int) -> None:
    error = _refused(databases[which], query=query)
    assert error.what == "the query is not a single SELECT"


def test_a_writing_query_inside_a_select_is_refused() -> None:
    with pytest.raises(DataError, match="not a single SELECT"):
        check_query("WITH gone AS (DELETE FROM h RETURNING *) SELECT * FROM gone", "postgres")


def test_a_duckdb_query_cannot_read_other_files(databases: tuple[Path, Path]) -> None:
    (databases[0].parent / "other.csv").write_text("a\n1\n")
    other = databases[0].parent / "other.csv"
    error = _refused(databases[0], query=f"SELECT * FROM read_csv('{other}')")
    assert error.what == "the database did not answer the query"


def test_a_connection_is_shown_without_its_secrets() -> None:
    assert (
        shown("postgresql://ana:s3cret@host:5432/db?password=s3cret") == "postgresql://host:5432/db"
    )
    with pytest.raises(DataError) as raised:
        read_sql("SELECT 1", "postgresql://ana:s3cret@127.0.0.1:1/db?connect_timeout=1")
    assert "s3cret" not in str(raised.value)
    assert raised.value.where == "postgresql://127.0.0.1:1/db"
