"""What an engine raises becomes what it was: an interrupt stays an interrupt."""

from __future__ import annotations

import pytest

from exitline.errors import DataError
from exitline.stats.engine.faults import reading, running


@pytest.mark.parametrize(
    "words", ["Query interrupted", "INTERRUPT Error: Interrupted!"]
)  # both are DuckDB's
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
