"""Three-valued logic and arithmetic on missing values: executed, not believed.

The oracle is `meaning` (conftest.py), an interpreter in plain Python; the truth tables are also
those printed in docs/condition-language.md.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exitline.rules.condition import nodes as n
from exitline.rules.condition import parse

DOC = Path(__file__).parents[3] / "docs" / "condition-language.md"
Meaning = Callable[[Mapping[str, Any], n.Node], Any]
TRUTHS = (True, False, None)
NUMBERS = (-2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 2.5, 7.0, 1e300, None, math.nan, math.inf)
SHOWN = {True: "true", False: "false", None: "missing"}


@cache
def _duckdb() -> Any:
    return ibis.duckdb.connect()


def _execute(table: pa.Table, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Every condition on every row, on DuckDB."""
    t = ibis.memtable(table)
    built = {f"r{i}": parse(text).build(t) for i, text in enumerate(texts)}
    return _duckdb().to_pyarrow(t.select(**built)).to_pylist()  # type: ignore[no-any-return]


# --- truth tables ------------------------------------------------------------------------


def _rows(**columns: Sequence[Any]) -> pa.Table:
    """Every combination of the columns' values."""
    combined = list(itertools.product(*columns.values()))
    kinds = {
        name: pa.bool_() if isinstance(values[0], bool) else pa.float64()
        for name, values in columns.items()
    }
    return pa.table(
        {
            name: pa.array([row[i] for row in combined], kind, from_pandas=False)
            for i, (name, kind) in enumerate(kinds.items())
        }
    )


LOGIC = (
    "a AND b",
    "a OR b",
    "NOT a",
    "a = b",
    "a <> b",
    "a IS NULL",
    "a IS NOT NULL",
    "a IS TRUE",
    "a IS NOT TRUE",
    "a IS FALSE",
    "a AND b AND c",
    "a OR b OR c",
    "NOT (a AND b) OR c",
    "coalesce(a, b, c)",
    "nullif(a, b)",
    "a IN (TRUE)",
    "IF(a, b, c)",
    "CASE WHEN a THEN b WHEN b THEN c END",
    "CASE WHEN a IS NULL THEN b WHEN a THEN c ELSE TRUE END",
)
ARITHMETIC = (
    "x + y",
    "x - y",
    "x * y",
    "x / y",
    "-x",
    "abs(x)",
    "ceil(x)",
    "floor(x)",
    "round(x)",
    "exp(x)",
    "ln(x)",
    "sqrt(x)",
    "greatest(x, y)",
    "least(x, y)",
    "coalesce(x, y)",
    "nullif(x, y)",
    "x * y * y",
    "1 / (x * 1e300 * 1e300)",
    "exp(-(y * 1e300 * 1e300))",
    "coalesce(x * 1e300 * 1e300, 5)",
    "IF(x > y, x, y)",
)
COMPARISONS = (
    "x < y",
    "x <= y",
    "x > y",
    "x >= y",
    "x = y",
    "x <> y",
    "x BETWEEN y AND 2",
    "x NOT BETWEEN 0 AND y",
    "x IN (1, 2.5, -1)",
    "x NOT IN (0, 7)",
    "x IS NULL",
)


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float | int) and not isinstance(wanted, bool) and found is not None:
        return math.isclose(found, wanted, rel_tol=1e-14)
    return found is wanted or found == wanted


def _check(
    meaning: Meaning, found: list[dict[str, Any]], table: pa.Table, texts: Sequence[str]
) -> None:
    trees = [parse(text).tree for text in texts]
    for got, row in zip(found, table.to_pylist(), strict=True):
        for i, (text, tree) in enumerate(zip(texts, trees, strict=True)):
            wanted = meaning(row, tree)
            assert _same(got[f"r{i}"], wanted), f"{text} on {row}: {got[f'r{i}']}, not {wanted}"


def test_logic_on_every_combination_of_true_false_and_missing(meaning: Meaning) -> None:
    table = _rows(a=TRUTHS, b=TRUTHS, c=TRUTHS)
    assert table.num_rows == 27
    _check(meaning, _execute(table, LOGIC), table, LOGIC)


def test_numbers_on_every_pair_of_missing_nan_infinite_and_ordinary_values(
    meaning: Meaning,
) -> None:
    table = _rows(x=NUMBERS, y=NUMBERS)
    _check(meaning, _execute(table, ARITHMETIC + COMPARISONS), table, ARITHMETIC + COMPARISONS)


def test_the_reference_itself_follows_kleene(meaning: Meaning) -> None:
    """Kleene (1952), section 64: the strong tables, by hand."""
    by_hand = {
        "AND": {
            (True, True): True, (True, None): None, (None, None): None,
            (True, False): False, (None, False): False, (False, False): False,
        },
        "OR": {
            (True, True): True, (True, None): True, (None, None): None,
            (True, False): True, (None, False): None, (False, False): False,
        },
    }  # fmt: skip
    for word, table in by_hand.items():
        tree = parse(f"a {word} b").tree
        for (a, b), wanted in table.items():
            assert meaning({"a": a, "b": b}, tree) is wanted
            assert meaning({"a": b, "b": a}, tree) is wanted


def _printed_tables() -> Iterator[tuple[str, dict[str, bool | None], bool | None]]:
    """Condition, row and result of every line of the truth tables in the documentation."""
    values = {shown: value for value, shown in SHOWN.items()}
    names: list[str] = []
    for line in DOC.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            names = []
        elif not names:
            names = [cell.strip("`") for cell in cells] if cells[:2] == ["`a`", "`b`"] else ["-"]
        elif names != ["-"] and not re.fullmatch(r"[-|: ]+", line):
            row = {"a": values[cells[0]], "b": values[cells[1]]}
            for text, cell in zip(names[2:], cells[2:], strict=True):
                yield text, row, values[cell]


def test_the_printed_truth_tables_are_what_duckdb_gives() -> None:
    printed = list(_printed_tables())
    assert {text for text, _, _ in printed} >= {"a AND b", "a OR b", "NOT a", "IF(a, b, TRUE)"}
    for text in dict.fromkeys(text for text, _, _ in printed):
        rows = [(row, wanted) for t, row, wanted in printed if t == text]
        assert len(rows) == 9
        table = pa.table(
            {name: pa.array([row[name] for row, _ in rows], pa.bool_()) for name in ("a", "b")}
        )
        found = [got["r0"] for got in _execute(table, [text])]
        assert found == [wanted for _, wanted in rows], text


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.int64(), pa.uint16(), pa.float32(), pa.decimal128(21, 2)]
)
def test_every_type_of_number_is_a_double_in_conditions(kind: pa.DataType) -> None:
    table = pa.table({"x": pa.array([1, 2, None], pa.int64()).cast(kind)})
    found = _execute(table, ["x / 4 < 0.5", "x * 100000 * 100000 * 100000"])
    assert [row["r0"] for row in found] == [True, False, None]
    assert [row["r1"] for row in found] == [1e15, 2e15, None]


def test_texts_are_compared_exactly() -> None:
    values = ["a", "A", "a ", "", None, "ä", "日本"]
    table = pa.table({"s": values})
    found = _execute(table, ["s = 'a'", "s IN ('', '日本')", "s <> 'A'", "coalesce(s, 'a') = 'a'"])
    assert [row["r0"] for row in found] == [True, False, False, False, None, False, False]
    assert [row["r1"] for row in found] == [False, False, False, True, None, False, True]
    assert [row["r2"] for row in found] == [True, False, True, True, None, True, True]
    assert [row["r3"] for row in found] == [True, False, False, False, True, False, False]


def test_a_column_without_any_value_is_missing_throughout() -> None:
    table = pa.table({"x": pa.nulls(2), "a": [True, False]})
    found = _execute(table, ["x < 3", "x AND a", "coalesce(x, 4)", "x IS NULL", "x = 'a'"])
    assert [tuple(row.values()) for row in found] == [
        (None, None, 4.0, True, None),
        (None, False, 4.0, True, None),
    ]


def test_round_with_digits_is_half_away_from_zero() -> None:
    table = pa.table({"x": [0.125, -0.125, 2.5, -2.5, 1e300, 1234.5678]})
    found = _execute(table, ["round(x, 2)", "round(x)"])
    assert [row["r0"] for row in found] == [0.13, -0.13, 2.5, -2.5, 1e300, 1234.57]
    assert [row["r1"] for row in found] == [0.0, 0.0, 3.0, -3.0, 1e300, 1235.0]


# --- random conditions -------------------------------------------------------------------

_numbers_written = st.sampled_from(["0", "1", "2.5", "7", "0.5", "1e300", "-1"])


def _numeric(truth: st.SearchStrategy[str]) -> Callable[[Any], Any]:
    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        one = st.sampled_from(["abs", "round", "floor", "ceil", "ln", "sqrt", "exp"])
        two = st.sampled_from(["greatest", "least", "coalesce", "nullif"])
        return st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(
                lambda t: f"({t[0]} {t[1]} {t[2]})"
            ),
            st.tuples(one, inner).map(lambda t: f"{t[0]}({t[1]})"),
            st.tuples(two, inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
            inner.map(lambda t: f"-({t})"),
            st.tuples(truth, inner, inner).map(lambda t: f"IF({t[0]}, {t[1]}, {t[2]})"),
        )

    return extend


_simple_truth = st.sampled_from(["a", "b", "x < y", "x IS NULL", "TRUE"])
_number = st.recursive(
    st.one_of(st.sampled_from(["x", "y"]), _numbers_written), _numeric(_simple_truth), max_leaves=5
)
_comparison = st.one_of(
    st.tuples(_number, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), _number).map(" ".join),
    st.tuples(_number, _number, _number).map(lambda t: f"{t[0]} BETWEEN {t[1]} AND {t[2]}"),
    _number.map(lambda t: f"{t} IN (1, -1, 7)"),
    _number.map(lambda t: f"{t} IS NOT NULL"),
)
_truth = st.recursive(
    st.one_of(st.sampled_from(["a", "b"]), _comparison.map(lambda t: f"({t})")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda t: f"NOT ({t})"),
        inner.map(lambda t: f"(({t}) IS TRUE)"),
        st.tuples(inner, inner, inner).map(lambda t: f"IF({', '.join(t)})"),
        st.tuples(inner, inner).map(lambda t: f"CASE WHEN {t[0]} THEN {t[1]} END"),
    ),
    max_leaves=6,
)
_row = st.fixed_dictionaries(
    {
        "x": st.sampled_from(NUMBERS),
        "y": st.sampled_from(NUMBERS),
        "a": st.sampled_from(TRUTHS),
        "b": st.sampled_from(TRUTHS),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_truth, min_size=1, max_size=5), st.lists(_row, min_size=1, max_size=12))
def test_random_conditions_on_random_rows_agree_with_the_reference(
    meaning: Meaning, texts: list[str], rows: list[dict[str, Any]]
) -> None:
    kinds = {"x": pa.float64(), "y": pa.float64(), "a": pa.bool_(), "b": pa.bool_()}
    table = pa.table(
        {
            name: pa.array([row[name] for row in rows], kind, from_pandas=False)
            for name, kind in kinds.items()
        }
    )
    _check(meaning, _execute(table, texts), table, texts)


# --- the same on Spark -------------------------------------------------------------------


@pytest.mark.spark
def test_spark_gives_the_same_on_every_combination(meaning: Meaning, spark: Any) -> None:
    """With ANSI arithmetic on, which is Spark 4's default."""
    from exitline.stats.data.source import open_source

    for table, texts in (
        (_rows(a=TRUTHS, b=TRUTHS, c=TRUTHS), LOGIC),
        (_rows(x=NUMBERS, y=NUMBERS), ARITHMETIC + COMPARISONS),
    ):
        rows = table.append_column("i", pa.array(range(table.num_rows), pa.int32()))
        t = spark.attach(open_source(rows), "kleene")
        built = {f"r{i}": parse(text).build(t) for i, text in enumerate(texts)}
        found = spark.run(t.select("i", **built).order_by("i")).to_pylist()
        _check(meaning, found, table, texts)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y / NULL", [None, None]), ("5 / NULL", [None, None]), ("NULL / NULL", [None, None]),
        ("NOT NULL", [None, None]), ("NULL OR b", [True, None]), ("NULL IS NULL", [True, True]),
        ("NULL IS TRUE", [False, False]), ("coalesce(NULL, y)", [1.0, None]),
    ],
)  # fmt: skip
def test_a_written_null_is_a_value_like_any_other(
    text: str, expected: list[object], engine: str
) -> None:
    from exitline.stats.data.source import open_source
    from exitline.stats.engine import open_engine

    with closing(open_engine(engine)) as opened:
        table = opened.attach(open_source(pa.table({"y": [1.0, None], "b": [True, None]})), "t")
        found = opened.run(table.select(v=parse(text).build(table)))
    assert found["v"].to_pylist() == expected
