"""Suppression holds against an attacker: by linear programmes, and by trying everything."""

from __future__ import annotations

import numpy as np
import pytest

from exitline.publish.tables import (
    TableError,
    TableSystem,
    audit,
    controlled_rounding,
    suppress,
    with_margins,
)
from exitline.publish.tables.protection import protection

from .shapes import attacker, random_table, two_way


@pytest.mark.parametrize("block", range(10))
def test_no_suppressed_cell_of_1000_random_tables_can_be_inferred(block):
    """Ways from one to three, hierarchies, weights; the attacker shares no code with the audit."""
    small = 0
    for seed in range(100 * block, 100 * block + 100):
        table, n = random_table(seed)
        done = suppress(table, n=n)
        primary = (n > 0) & (n < 10)
        assert not (primary & ~done.hidden).any()
        bounds = {b.cell: b for b in done.audit.bounds}
        assert sorted(bounds) == np.flatnonzero(done.hidden).tolist()
        for found in bounds.values():
            value = table.values[found.cell]
            slack = 1e-5 * max(1.0, value)
            assert found.low - slack <= value <= found.high + slack
        cells = np.flatnonzero(primary)
        small += cells.size
        for cell in np.random.default_rng(seed).permutation(cells)[:2]:
            low, high = attacker(table, done.hidden, cell)
            value, wide = table.values[cell], 10 * table.values[cell] / n[cell]
            assert low <= max(0.0, value - wide) + 1e-5 * wide
            assert high >= value + wide - 1e-5 * wide
            assert bounds[cell].low == pytest.approx(low, abs=1e-4 * wide)
            assert bounds[cell].high == pytest.approx(high, rel=1e-6, abs=1e-4 * wide)
    assert small > 200


def test_bounds_are_those_of_trying_every_table():
    compared = 0
    for seed in range(12):
        inner = np.random.default_rng(seed).poisson(6, size=(2, 2))
        table = with_margins(inner)
        done = suppress(table, min_count=4)
        most = int(table.values.max()) + 12
        a, b, c, d = np.indices((min(most, 30),) * 4).reshape(4, -1)
        full = np.array([a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d]).T
        seen = full[(full == table.values)[:, ~done.hidden].all(axis=1)]
        for found in done.audit.bounds:
            assert seen[:, found.cell].min() == pytest.approx(found.low)
            if found.high < 30 and not done.hidden[-1]:
                assert seen[:, found.cell].max() == pytest.approx(found.high)
                compared += 1
        if compared > 8:
            break
    assert compared > 5


def test_an_unprotected_pattern_fails_the_audit():
    table = with_margins([[3, 40], [50, 60]])
    only = table.values == 3
    found = audit(table, only, only, min_count=10)
    assert not found.passed
    assert found.bounds[0].low == found.bounds[0].high == 3


def test_one_way_tables_and_other_sums_are_protected():
    assert suppress(with_margins([2, 30, 40])).cells().count("suppressed") >= 2
    sums = np.array([[1.0, 1, -1, 0, 0], [0, 0, 1, 1, -1]])
    nested = TableSystem(np.array([2.0, 30, 32, 50, 82]), sums, (5,))
    assert suppress(nested).audit.passed


def test_zero_is_published_and_never_stands_for_a_suppressed_cell():
    done = suppress(with_margins([[0, 40, 50], [30, 60, 70]]))
    assert done.cells()[0] == 0
    assert "suppressed" not in done.cells()


@pytest.mark.parametrize("seed", range(30))
def test_rounding_is_additive_and_within_the_base(seed):
    table = two_way(seed)
    rounded = controlled_rounding(table, 5)
    assert not (table.sums @ rounded).any()
    assert not (rounded % 5).any()
    assert (np.abs(rounded - table.values) < 5).all()


def test_what_cannot_be_protected_is_refused():
    with pytest.raises(TableError, match="below zero"):
        with_margins([1, -1])
    with pytest.raises(TableError, match="protects nobody"):
        suppress(with_margins([1, 2]), min_count=1)
    with pytest.raises(TableError, match="add up"):
        TableSystem(np.array([1.0, 2, 4]), np.array([[1.0, 1, -1]]), (3,))
    assert protection(200.0, 10, 0.1) == (180.0, 220.0)
