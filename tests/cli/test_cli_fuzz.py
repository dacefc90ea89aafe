# ruff: noqa: E501 - lists of odd things
"""Each boundary under arbitrary input: an answer or an ExitlineError, never anything else."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exitline.cli import call
from exitline.cli.shared import show
from exitline.errors import DataError, ExitlineError
from exitline.rules.condition import parse
from exitline.rules.yamlfile.tree import read_text
from exitline.stats.data.source import open_source
from exitline.stats.data.studies.loader import parse_study
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.engine.faults import running, said

FEW = settings(max_examples=60, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=200, suppress_health_check=list(HealthCheck))
ENDINGS = st.sampled_from(
    ["csv", "csv.gz", "tsv", "parquet", "dta", "sav", "xlsx", "xls", "ods", "db", "duckdb"]
)
MARKS = st.sampled_from(
    [b"", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"<stata_dta>", b"$FL2", b"$FL3",
     b"SQLite format 3\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"a,b\n1,2\n"]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates()
)
TREES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = ("study", "standard", "data", "columns", "design", "areas", "levels", "lines", "measures",
        "period", "year", "prices", "ppp", "equivalence", "missing", "population", "villages",
        "counties", "readings", "outputs", "confidence", "interval")  # fmt: skip


@contextlib.contextmanager
def only_our_errors():
    with contextlib.suppress(ExitlineError):
        yield


@FEW
@given(st.lists(st.text(max_size=30), max_size=4))
def test_arguments(arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = call(["standards", *arguments])
    assert status in (0, 1, 2)
    assert "\x1b" not in err.getvalue()


@MANY
@given(st.one_of(st.text(), st.text("{}[]:,-&*!|>'\"#%@`?\n \ta0", max_size=60)))
def test_yaml(text):
    with only_our_errors():
        tree = read_text(text, "a.yaml")
        tree.plain()


@MANY
@given(st.sampled_from(KEYS), TREES)
def test_every_key_of_a_study(key, value):
    import yaml

    study = {"study": "x", "data": {"households": "a.csv"}, key: value}
    with only_our_errors():
        parse_study(yaml.safe_dump(study, allow_unicode=True))


@MANY
@given(st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(
        ["y", "NULL", "1", "0", "'a'", "AND", "OR", "NOT", "(", ")", "/", "+", "-", "<", "=", "IN",
         "IS", "CASE", "WHEN", "THEN", "END", "round(", "sum(", ",", "coalesce(", "9" * 400]
    ), max_size=14).map(" ".join),
))  # fmt: skip
def test_conditions(text):
    with only_our_errors():
        parse(text)


@FEW
@given(ENDINGS, MARKS, st.binary(max_size=400))
def test_files(ending, mark, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(mark + content)
        with only_our_errors():
            source = open_source(path)
            engine = DuckDB(threads=1)
            try:
                engine.run(engine.attach(source, "t").count().as_table())
            finally:
                engine.close()


@FEW
@given(st.sampled_from(["rot13", "base64", "hex", "idna", "undefined", "punycode", "zlib", "mbcs",
                        "utf-16", "utf-7", "cp037", "latin-1", "unicode_escape", "", "a\0b"]),
       st.binary(max_size=80))  # fmt: skip
def test_encodings(encoding, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(b"a,b\n1,2\n" + content)
        with only_our_errors():
            open_source(path, encoding=encoding)


@pytest.mark.parametrize("kind", [
    pa.struct([("a", pa.int64())]), pa.list_(pa.int64()), pa.map_(pa.string(), pa.int64()),
    pa.binary(), pa.null(), pa.date32(), pa.timestamp("s"), pa.timestamp("ns"), pa.time64("us"),
    pa.duration("s"), pa.decimal128(38, 2), pa.uint64(), pa.float16(), pa.large_string(),
], ids=str)  # fmt: skip
def test_columns_of_every_type_of_parquet(tmp_path, kind, capsys):
    import numpy as np

    odd = {pa.struct([("a", pa.int64())]): [{"a": 1}], pa.list_(pa.int64()): [[1]]}
    extreme = {pa.date32(): 2**31 - 1, pa.timestamp("s"): 2**52, pa.timestamp("ns"): 2**62}
    plain = {pa.map_(pa.string(), pa.int64()): [("a", 1)], pa.binary(): b"\xff", pa.null(): None,
             pa.uint64(): 2**64 - 1, pa.float16(): np.float16(1), pa.large_string(): "x"}  # fmt: skip
    if kind in extreme:
        width = pa.int32() if kind == pa.date32() else pa.int64()
        column = pa.array([extreme[kind]] * 6, width).cast(kind)
    else:
        value = odd[kind][0] if kind in odd else plain.get(kind, 1)
        column = pa.array([value] * 6, kind)
    numbers = pa.array([1.0, 2, 3, 4, 5, 6])
    for role in ("y", "w", "g"):
        columns = {"y": numbers, "w": numbers, "g": numbers} | {role: column}
        pq.write_table(pa.table(columns), tmp_path / "a.parquet")
        status = call(["estimate", str(tmp_path / "a.parquet"), "--welfare", "y", "--line", "4",
                       "--weight", "w", "--by", "g"])  # fmt: skip
        assert status in (0, 1), capsys.readouterr().err


@pytest.mark.parametrize("number", [1e308, -1e308, 1e21, float("inf"), float("nan"), 5e-324])
def test_numbers_that_overflow_are_refused_or_computed(tmp_path, number, capsys):
    for role in ("y", "w", "n"):
        columns = {"y": [1.0, 2, 3, 4], "w": [1.0] * 4, "n": [1.0] * 4}
        columns[role] = [number, *columns[role][1:]]
        pq.write_table(pa.table(columns), tmp_path / "a.parquet")
        status = call(["estimate", str(tmp_path / "a.parquet"), "--welfare", "y", "--line", "2.5",
                       "--weight", "w", "--size", "n", "--measure", "mean"])  # fmt: skip
        out, err = capsys.readouterr()
        assert status == 1 or (number == 5e-324 and status == 0) or (role == "y" and number < 0), (
            err
        )
        assert "nan" not in out + err


@given(st.text(st.characters(categories=["L", "N", "Z"]), min_size=1, max_size=80))
def test_an_engine_that_quotes_values_is_not_repeated(name):
    assert said(ValueError(name)) == "ValueError"
    told = said(ValueError(f"Conversion Error: Could not convert string '{name}' to DOUBLE"))
    assert told == "Conversion Error: a value that is no DOUBLE"


def test_a_value_with_a_quote_and_a_line_end_stays_in(tmp_path):
    pq.write_table(pa.table({"y": ["O'Hara\n'Ana' \"x\"", "1"]}), tmp_path / "a.parquet")
    engine = DuckDB(threads=1)
    table = engine.attach(open_source(tmp_path / "a.parquet"), "t")
    with pytest.raises(DataError) as refused, running():
        engine.run(table.select(y=table.y.cast("float64")))
    engine.close()
    assert "Hara" not in str(refused.value)
    assert "Ana" not in str(refused.value)


@FEW
@given(st.text(), st.text())
def test_the_terminal_shows_and_never_obeys(one, other):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        show.note(one)
        show.table(one, (other,), [(one,)], caption=other)
        show.error(ExitlineError(one, where=other, got=one))
        show.as_json({one: other})
    printed = out.getvalue() + err.getvalue()
    assert not set(printed) & {"\x1b", "\u202e", "\u2066", "\x9b", "\0"}
    printed.encode()
