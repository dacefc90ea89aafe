"""A cell is safe only if neither side of its protection interval can be ruled out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from exitline.proof.disclose import audit, with_margins
from exitline.proof.disclose.audit import Audit, CellInterval


@pytest.mark.parametrize(
    ("low", "high", "safe"),
    [(0, 10, True), (0, 9, False), (1, 10, False), (0, np.inf, True), (2, 9, False)],
)
def test_both_sides_count(low, high, safe):
    bounds = CellInterval(0, low, high, wanted_low=0, wanted_high=10, primary=True)
    assert bounds.safe is safe
    assert Audit((bounds,)).passed is safe


def test_a_cell_whose_upper_side_is_known_is_not_safe():
    """Rows (3, 4, 0) and (2, 90, 9): the first two cells of the first column are hidden, and so
    are those of the second; 3 and 2 sum to 5, so neither can be above 5: a cell of 3 wants up to
    6 (no less than twice itself), which is ruled out."""
    table = with_margins([[3, 4], [2, 90]])
    hidden = np.array([True, True, False, True, True, False, False, False, False])
    primary = np.array([True, False, False, True, False, False, False, False, False])
    found = audit(table, hidden, primary, min_count=10)
    first = next(b for b in found.bounds if b.cell == 0)
    assert (first.low, first.high) == (0.0, 5.0)
    assert first.low <= first.wanted_low
    assert first.high < first.wanted_high
    assert not first.safe
    assert not found.passed


@pytest.mark.parametrize("seed", range(6))
def test_both_sides_are_the_extremes_of_all_tables_that_fit(seed):
    """Each side against a linear programme of scipy over all that an attacker knows."""
    rng = np.random.default_rng(seed)
    table = with_margins(rng.integers(1, 30, (3, 4)).tolist())
    cells = rng.random(len(table.values)) < 0.6
    cells[-1] = False  # the grand total
    found = audit(table, cells, cells, min_count=10)
    sums = table.sums.toarray()
    known = -sums[:, ~cells] @ table.values[~cells]
    hidden = np.flatnonzero(cells)
    assert [b.cell for b in found.bounds] == hidden.tolist()
    for bound, unit in zip(found.bounds, np.eye(len(hidden)), strict=True):
        for sign, side in ((1.0, bound.low), (-1.0, bound.high)):
            best = linprog(sign * unit, A_eq=sums[:, cells], b_eq=known, bounds=(0, None))
            assert best.status in (0, 3)
            wanted = np.inf if best.status == 3 else sign * best.fun
            assert side == pytest.approx(wanted, abs=1e-6)
