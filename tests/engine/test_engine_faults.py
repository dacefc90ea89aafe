"""What an engine raises becomes what it was: an interrupt stays an interrupt."""

from __future__ import annotations

import subprocess
import sys

import pytest

from exitline.engine.faults import reading, running
from exitline.errors import DataError

CHILD = """
import signal

import duckdb

from exitline.engine.faults import running

signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.5)
try:
    with running():
        duckdb.connect().execute(
            "select sum(sqrt(a.range * b.range + 1)) from range(1000000) a, range(100000) b"
        ).fetchall()
except BaseException as reason:
    print(type(reason).__name__)
"""


def test_ctrl_c_in_a_query_is_no_fault_of_the_data():
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "KeyboardInterrupt\n", done.stderr


@pytest.mark.parametrize("words", ["Query interrupted", "INTERRUPT Error: Interrupted!"])
def test_an_interrupt_is_known_by_any_of_its_names(words):
    class Opened:
        held, kind, name = None, "csv", "a.csv"

    with pytest.raises(KeyboardInterrupt), running():
        raise RuntimeError(words)
    with pytest.raises(KeyboardInterrupt), reading(Opened()):
        raise RuntimeError(words)


def test_another_error_stays_one():
    with pytest.raises(DataError, match="do not allow"), running():
        raise RuntimeError("Invalid Input Error: interrupted is a value here")
