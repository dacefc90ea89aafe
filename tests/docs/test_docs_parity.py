"""docs/parity.md says what the code gives, as far as the data are shipped."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.parity import page


def _bound(text: str) -> float:
    """A bound as the page writes it."""
    return float("inf") if text == "one has none" else float(text.removeprefix("< "))


@pytest.fixture(scope="module")
def found():
    return {(r.measure, r.peer, r.data): r for r in page.shipped_lines() if r.compared}


def test_the_page_holds_every_comparison_and_no_other(found):
    """If not: python -m benchmarks.parity --write."""
    assert set(page.read()) == set(found)


def test_every_line_of_the_page_is_so(found):
    for key, (figures, largest, differ) in page.read().items():
        row = found[key]
        assert len(row.compared) == figures, key
        assert row.count("differs") == differ, key
        if row.largest is not None and largest != "-":
            assert row.largest.difference <= 10 * _bound(largest), key


def test_existing_figures_are_rs(found):
    """Nothing on shipped data differs by more than 1e-9 without a stated reason, but for the
    measures named here, whose interval is another by default."""
    apart = {key[0] for key, row in found.items() if row.count("differs")}
    assert apart <= {"quantile"}
