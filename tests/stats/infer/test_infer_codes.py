"""Codes and numbers from the engine's columns, against NumPy's and PyArrow's own."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.stats.infer.intake.codes import codes, distinct, grouped, numbers

CODES = st.lists(st.integers(0, 40), max_size=60) | st.lists(st.integers(0, 10**9), max_size=20)
COLUMNS = (
    pa.chunked_array([[1, 2], [3, None]], pa.int64()),
    pa.chunked_array([[1.5, None, np.nan], [np.inf]], pa.float64()),
    pa.chunked_array([[1, 2], []], pa.int32()),
    pa.chunked_array([], pa.float64()),
    pa.chunked_array([[True, None, False]], pa.bool_()),
    pa.chunked_array([[Decimal("1.50"), None]], pa.decimal128(20, 2)),
    pa.chunked_array([pa.array([9.0, None, 7.0, 5.0])[1:], pa.array([1.0, None])[1:]]),
)


@given(CODES)
def test_groups_are_those_of_numpy(given_codes):
    code = np.array(given_codes, dtype=np.int64)
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    found = grouped(code)
    assert found[0].tolist() == first.tolist()
    assert found[1].tolist() == group.tolist()
    assert distinct(code).tolist() == np.unique(code).tolist()


@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: str(c.type))
def test_numbers_are_those_of_the_column(column):
    expected = [np.nan if v is None else float(v) for v in column.to_pylist()]
    np.testing.assert_array_equal(numbers(column).astype(float), expected)
    if len(column.chunks) == 1:
        np.testing.assert_array_equal(numbers(column.chunk(0)).astype(float), expected)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([10, 9, None, 10], ("9", "10", "(missing)")),
        ([2.5, 17.0, None], ("2.5", "17", "(missing)")),
        (["b", "(missing)", None, "a"], ('"(missing)"', "a", "b", "(missing)")),
        ([dt.date(2020, 2, 1), dt.date(1, 1, 1)], ("0001-01-01", "2020-02-01")),
        ([dt.datetime(2020, 2, 1), None], ("2020-02-01", "(missing)")),
        ([dt.datetime(2020, 2, 1, 7)], ("2020-02-01 07:00:00.000000",)),
    ],
)
def test_codes_ascend_by_value_and_missing_is_last(values, names):
    code, found = codes(pa.chunked_array([pa.array(values)]))
    assert found == names
    assert [values[list(code).index(i)] is None for i in range(len(names))][:-1].count(True) == 0


def test_an_estimate_loads_nothing_that_it_does_not_use():
    """Each takes a part of a second: pandas, the compilers of Ibis' other engines, and numpy's
    for Fortran, which scipy.special asks for with all of numpy."""
    unused = [
        "pandas", "ibis.backends.sql.compilers.athena", "sqlglot.dialects.trino",
        "numpy.f2py.f2py2e", "numpy.ma.core", "numpy.testing._private", "charset_normalizer",
    ]  # fmt: skip
    said = (
        "import sys; from exitline import late; late.in_a_command(); "
        "from exitline.cli import call; "
        "status = call('estimate examples/albania-2012/lival.parquet --welfare rcons --line 4891 "
        "--weight weight --psu psu --strata strat --by prefectu --missing exclude'.split()); "
        f"loaded = [name for name in {unused} if name in sys.modules]; "
        "print(loaded, file=sys.stderr); import numpy; from ibis.backends.sql import compilers; "
        "assert numpy.ma.array([1]).sum() == 1 and compilers.AthenaCompiler; "
        "sys.exit(status or bool(loaded) * 3)"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_compilers_of_other_engines_wait_in_a_command_and_are_whole_for_every_thread():
    said = (
        "import sys, threading, pyarrow as pa, exitline as xl; "
        "from exitline import late; late.in_a_command(); "
        "xl.estimate(pa.table({'y': [1.0, 2.0]}), 'mean', welfare='y'); "
        "assert 'ibis.backends.sql.compilers.athena' not in sys.modules; "
        "import ibis.backends.sql.compilers as compilers; found = []; "
        "ask = lambda: found.append(compilers.AthenaCompiler and compilers.postgres.compiler); "
        "threads = [threading.Thread(target=ask) for _ in range(8)]; "
        "[one.start() for one in threads]; [one.join() for one in threads]; "
        "assert len(found) == 8, found; assert not hasattr(compilers, 'nothing')"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_in_a_notebook_a_compiler_of_another_engine_can_be_imported_by_itself():
    said = (
        "import pyarrow as pa, exitline as xl; "
        "xl.estimate(pa.table({'y': [1.0, 2.0]}), 'mean', welfare='y'); "
        "import ibis.backends.sql.compilers.risingwave as one; assert one.RisingWaveCompiler"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
