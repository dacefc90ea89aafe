"""Suppression holds against an attacker: by linear programmes, and by trying everything."""

from __future__ import annotations

import importlib
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.proof.disclose import (
    TableError,
    TableSystem,
    audit,
    controlled_rounding,
    cross,
    flat,
    hierarchy,
    linked,
    suppress,
    suppress_together,
    tree,
    whole_rows,
    with_margins,
)
from exitline.proof.disclose.blocks import blocks
from exitline.proof.disclose.protection import protection

from .shapes import attacker, random_table, two_way, whole_number_attacker


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
            assert found.high - found.low > 0.5  # none is known, the protecting ones included
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


def test_three_ways_are_those_of_trying_every_table():
    """A 2 x 2 x 2 table, all 27 cells; the attacker tries every table of small counts."""
    inner = np.array([[[1, 4], [3, 5]], [[6, 2], [5, 4]]])
    table = with_margins(inner)
    hidden = np.zeros(table.shape, dtype=bool)
    hidden[:2, :2, :2] = True  # the whole inner cube: margins of two ways stay published
    found = audit(table, hidden.ravel(), hidden.ravel(), min_count=3)
    tried = np.array([with_margins(x).values.reshape(table.shape) for x in _cubes(inner)])
    for bound in found.bounds:
        at = np.unravel_index(bound.cell, table.shape)
        assert tried[(slice(None), *at)].min() == pytest.approx(bound.low)
        assert tried[(slice(None), *at)].max() == pytest.approx(bound.high)


suppression = importlib.import_module("exitline.proof.disclose.suppress")


def _cubes(inner):
    """Every 2 x 2 x 2 table of whole numbers with the margins of `inner`: one free cell."""
    sign = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    moved = inner + np.arange(-20, 21)[:, None, None, None] * sign
    return moved[(moved >= 0).all(axis=(1, 2, 3))]


@pytest.mark.parametrize("size", [1, 6, 20])
def test_protecting_part_by_part_is_as_safe(size, monkeypatch):
    """As large tables are treated, on small ones; blocks that are too small fall back."""
    monkeypatch.setattr(suppression, "WHOLE", 0)
    monkeypatch.setattr(suppression, "blocks", partial(blocks, size=size))
    for seed in range(0, 400, 5):
        table, n = random_table(seed)
        done = suppress(table, n=n)
        assert done.audit.passed
        for cell in np.flatnonzero(done.primary)[:1]:
            low, high = attacker(table, done.hidden, cell)
            value, wide = table.values[cell], 10 * table.values[cell] / n[cell]
            assert low <= max(0.0, value - wide) + 1e-5 * wide
            assert high >= value + wide - 1e-5 * wide


def test_every_cell_is_protected_in_exactly_one_block():
    table = random_table(3)[0]
    cells = np.flatnonzero(table.values < 40)
    inside = np.concatenate([b.inside for b in blocks(table.sums, cells, size=8)])
    assert sorted(inside) == sorted(cells)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 60), min_size=2, max_size=4), min_size=2, max_size=5).filter(
        lambda rows: len({len(row) for row in rows}) == 1
    ),
    st.integers(2, 30),
)
def test_what_always_holds(rows, min_count):
    """Small cells are hidden, zeros are not small, hidden cells span their value."""
    table = with_margins(rows)
    done = suppress(table, min_count=min_count)
    small = (table.values > 0) & (table.values < min_count)
    assert (done.hidden | ~small).all()
    assert (done.primary == small).all()
    assert done.hidden.any() == small.any()
    for found in done.audit.bounds:
        assert found.low - 1e-6 <= table.values[found.cell] <= found.high + 1e-6
    shown = [c for c in done.cells() if c != "suppressed"]
    assert all(c == 0 or c >= min_count for c in shown)


def test_whole_numbers_do_not_help_an_attacker_into_a_protection_interval():
    """Three ways and hierarchies, where bounds of linear programmes may be fractional."""
    attacked = 0
    for seed in range(0, 480, 8):
        for table, _ in (random_table(seed + 2), random_table(seed + 3)):
            done = suppress(table)
            for found in [b for b in done.audit.bounds if b.primary][:2]:
                low, high = whole_number_attacker(table, done.hidden, found.cell)
                assert low <= found.wanted_low + 1e-6
                assert high >= found.wanted_high - 1e-6
                attacked += 1
    assert attacked > 150


def test_a_hierarchy_protects_its_subtotals():
    made = hierarchy(
        [[3, 40], [50, 60], [70, 80], [5, 90]],
        [["N", "N", "S", "S"], ["a", "b", "a", "c"], ["1", "2", "1", "1"]],
        categories=["met", "not met"],
    )
    assert made.nodes[:3] == ((), ("N",), ("N", "a"))
    assert made.system.values[made.cell(("N", "a", "1"), "met")] == 3
    assert made.system.values[made.cell((), None)] == 398
    done = suppress(made.system)
    # a county with one village has its count: both are hidden
    assert done.hidden[made.cell(("N", "a", "1"), "met")]
    assert done.hidden[made.cell(("N", "a"), "met")]
    for found in done.audit.bounds:
        low, high = attacker(made.system, done.hidden, found.cell)
        assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_weights_do_not_decide_what_is_small():
    """Three sampled households that stand for 3,000 are small; 50 that stand for 5 are not."""
    n = with_margins([[3, 50], [60, 70]])
    weighted = with_margins([[3000.0, 5.0], [60000.0, 70000.0]])
    done = suppress(weighted, n=n.values)
    assert done.primary.tolist() == [True, *[False] * 8]
    (small,) = [b for b in done.audit.bounds if b.primary]
    assert (small.wanted_low, small.wanted_high) == (0.0, 13000.0)
    assert (small.low, small.high) != (3000.0, 3000.0)
    assert small.high >= 13000.0


def test_households_persons_and_n_hide_under_one_pattern():
    homes = with_margins([[3, 40], [50, 60]])
    persons = with_margins([[30, 42], [210, 240]])
    first, second = suppress_together([homes, persons], n=homes.values)
    assert (first.hidden == second.hidden).all()
    assert first.audit.passed
    assert second.audit.passed
    (small,) = [b for b in second.audit.bounds if b.primary]
    assert small.high >= 30 + 100  # ten persons a household, ten households


def test_a_row_of_one_kind_is_protected_on_request():
    """Where all of a village are poor, a published zero tells about each of them."""
    table = with_margins([[12, 0], [45, 67], [80, 30]])
    assert not suppress(table).hidden.any()
    also = whole_rows(table)
    assert also.reshape(4, 3)[0].tolist() == [False, True, False]
    done = suppress(table, also=also)
    (zero,) = [b for b in done.audit.bounds if b.primary]
    assert (zero.low, zero.high >= 10) == (0.0, True)


def test_linked_tables_are_protected_together():
    """A cell that two tables show is protected against all their sums at once."""
    regions = with_margins([4, 40, 50])
    kinds = cross([[4.0], [90.0]], [flat(2, ["r0", "rest"]), flat(1, ["k"])])
    both = linked(
        [regions, kinds],
        [["r0", "r1", "r2", "all"], ["r0", "r0 all", "rest", "rest all", "all k", "all"]],
    )
    done = suppress(both.system)
    small = both.positions[0][0]
    assert done.hidden[small]
    low, high = attacker(both.system, done.hidden, small)
    assert low == 0.0
    assert high >= 14.0
    with pytest.raises(TableError, match="differ in a cell"):
        linked([regions, with_margins([1, 2])], [list("abcd"), list("abx")])


def test_a_table_of_a_hundred_counties_and_twelve_columns():
    """1,430 cells; twenty of the small cells, attacked by cold programmes over all cells."""
    rng = np.random.default_rng(5)
    counts = rng.poisson(rng.gamma(0.6, 60.0, size=(100, 12)))
    areas = [[f"P{i // 12}" for i in range(100)], [f"C{i}" for i in range(100)]]
    table = cross(counts, [tree(areas), flat(12)])
    done = suppress(table)
    small = np.flatnonzero(done.primary)
    assert small.size > 200
    for cell in rng.choice(small, 20, replace=False):
        low, high = attacker(table, done.hidden, cell)
        assert low <= 1e-6
        assert high >= table.values[cell] + 10 - 1e-6


def test_everything_or_nothing_suppressed():
    few = suppress(with_margins([[1, 2], [1, 1]]))
    assert few.cells().count("suppressed") == 9
    none = suppress(with_margins([[10, 20], [30, 40]]))
    assert not none.hidden.any()
    assert none.audit.bounds == ()
    assert not suppress(with_margins([[0, 0], [0, 0]])).hidden.any()


def test_wrong_hierarchies_and_counts_are_refused():
    with pytest.raises(TableError, match="too large"):
        suppress(with_margins(np.full((20, 20), 5)), largest=400)
    with pytest.raises(TableError, match="two leaves"):
        hierarchy([1, 2], [["a", "a"]])
    with pytest.raises(TableError, match="missing"):
        hierarchy([1, 2], [["a", None]])
    with pytest.raises(TableError, match="do not fit"):
        hierarchy([1, 2, 3], [["a", "b"]])
    with pytest.raises(TableError, match="no rows of data"):
        suppress(with_margins([5, 6]), n=with_margins([0, 6]).values)
    with pytest.raises(TableError, match="do not fit the table"):
        suppress(with_margins([5, 6]), n=[1, 2])


@pytest.mark.parametrize("categories", [2, 3])
def test_flat_areas_without_a_level_above_are_cut_into_parts(categories):
    """3,000 areas in one sum: the attacker's bounds are those of the audit."""
    rng = np.random.default_rng(categories)
    share = rng.dirichlet(np.arange(1, categories + 1), size=900)
    table = with_margins(rng.multinomial(20, share))
    done = suppress(table)
    assert done.audit.passed
    assert table.values.size > suppression.WHOLE
    bounds = {b.cell: b for b in done.audit.bounds}
    for cell in rng.permutation(np.flatnonzero(done.primary))[:3]:
        low, high = attacker(table, done.hidden, cell)
        assert (bounds[cell].low, bounds[cell].high) == pytest.approx((low, high), abs=1e-5)
        assert low <= max(0.0, table.values[cell] - 10)
        assert high >= table.values[cell] + 10


def test_fewer_unknowns_say_the_same():
    """Bounds by the sums that are left, and by the attacker, who takes every sum as it is."""
    for seed in range(60):
        table, n = random_table(seed)
        done = suppress(table, n=n)
        for found in done.audit.bounds[:4]:
            low, high = attacker(table, done.hidden, found.cell)
            size = 1e-6 * max(1.0, table.values.max())
            assert (found.low, found.high) == pytest.approx((low, high), abs=size)
