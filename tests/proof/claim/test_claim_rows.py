"""The row digest: blind to order and format, not to a single cell."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.proof.claim import ClaimError, row_digest

CELLS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
TABLES = st.lists(st.tuples(CELLS, st.none() | st.text(max_size=4)), min_size=1, max_size=8)


def _table(rows: list[tuple[float | None, str | None]]) -> pa.Table:
    return pa.table(
        {
            "x": pa.array([row[0] for row in rows], pa.float64()),
            "t": pa.array([row[1] for row in rows], pa.string()),
        }
    )


@given(TABLES, st.randoms())
def test_order_of_rows_and_columns_does_not_matter(rows, random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert row_digest(_table(rows)) == row_digest(_table(shuffled).select(["t", "x"]))


@given(TABLES, TABLES)
def test_other_rows_have_another_digest(rows, others) -> None:
    def key(row):
        return (row[0] is None, row[0] or 0.0, row[1] is None, row[1] or "")

    same = sorted(rows, key=key) == sorted(others, key=key)
    assert (row_digest(_table(rows)) == row_digest(_table(others))) == same


def test_csv_and_parquet_of_the_same_rows_agree(tmp_path: Path) -> None:
    frame = pd.DataFrame({"hh": ["a", "b", "c"], "n": [1, 2, 3], "y": [0.1, None, 2.0]})
    frame.to_csv(tmp_path / "s.csv", index=False)
    frame.iloc[::-1].to_parquet(tmp_path / "s.parquet")
    digests = {
        row_digest(tmp_path / "s.csv"),
        row_digest(tmp_path / "s.parquet"),
        row_digest(frame),
    }
    assert len(digests) == 1


def test_numbers_are_their_value_and_not_their_type() -> None:
    whole = pa.table({"x": pa.array([5, 7], pa.int8())})
    decimal = pa.table({"x": pa.array(["5.00", "7.00"]).cast(pa.decimal128(5, 2))})
    assert row_digest(whole) == row_digest(pa.table({"x": [7.0, 5.0]})) == row_digest(decimal)
    small = pa.table({"x": pa.array(["0.0000001"]).cast(pa.decimal128(10, 7))})
    assert row_digest(small) == row_digest(pa.table({"x": [1e-7]}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1], ["1"]),
        ([True], [1]),
        ([True], ["true"]),
        ([0.0], [None]),
        ([""], [None]),
        ([1, 1], [1]),
        ([datetime.date(2020, 1, 1)], ["2020-01-01"]),
        ([float("inf")], [float("-inf")]),
    ],
)
def test_what_differs_stays_different(one: list[object], other: list[object]) -> None:
    assert row_digest(pa.table({"x": one})) != row_digest(pa.table({"x": other}))


def test_names_of_columns_count_even_without_rows() -> None:
    empty = pa.table({"x": pa.array([], pa.int64())})
    assert row_digest(empty) != row_digest(empty.rename_columns(["y"]))


def test_labelled_categories_count_by_their_label() -> None:
    plain = pd.DataFrame({"x": ["a", "b"]})
    assert row_digest(plain.astype("category")) == row_digest(plain)


def test_cells_without_canonical_form_are_refused() -> None:
    with pytest.raises(ClaimError, match="without canonical form"):
        row_digest(pa.table({"x": [[1, 2]]}))


def test_an_ibis_table_is_not_read() -> None:
    import ibis

    with pytest.raises(ClaimError, match="no digest of their own"):
        row_digest(ibis.memtable(pd.DataFrame({"x": [1]})))
