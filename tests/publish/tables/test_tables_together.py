"""Figures of one table used at once: n, households and persons, by somebody who knows weights."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from exitline.proof.disclose.behind import PerRow
from exitline.publish.tables.build import Leaves, ProtectionRule, protected
from exitline.publish.tables.content import TableFacts

from .shapes import random_areas

FACTS = TableFacts("t", "", "")


def sampled(seed, spread, sizes):
    """A sample of households in random areas: leaves as the engine would count them.

    Weights of an area differ by at most `spread`. Sizes are drawn from those given, one for each
    area; in every second sample some households have one person more.
    """
    rng = np.random.default_rng(seed)
    areas = random_areas(rng) if seed % 3 == 0 else [[f"A{i}" for i in range(rng.integers(3, 7))]]
    kinds = int(rng.integers(2, 4))
    shape = (len(areas[0]), kinds)
    n = rng.poisson(rng.gamma(0.7, 30.0, size=shape))
    n[n.sum(axis=1) == 0, 0] = 25
    cells = [np.repeat(i, count) for i, count in enumerate(n.ravel())]
    cell = np.concatenate(cells)
    weight = rng.choice([80.0, 100.0, 125.0, 140.0, 310.0], shape[0])[cell // kinds]
    weight = weight * rng.choice([1.0, 1.0 + spread], cell.size)
    size = rng.choice(np.array(sizes, dtype=float), shape[0])[cell // kinds]
    size += rng.integers(0, 1 + seed % 2, cell.size)

    def summed(of):
        return np.bincount(cell, of, n.size).reshape(shape)

    def between(of):
        low, high = np.full(shape[0], np.inf), np.zeros(shape[0])
        np.minimum.at(low, cell // kinds, of)
        np.maximum.at(high, cell // kinds, of)
        return PerRow(low, high)

    names = tuple(f"way{i}" for i in range(len(areas)))
    return Leaves(
        (names, ("kind",)),
        (tuple(map(np.array, areas)), (np.array([f"k{i}" for i in range(kinds)]),)),
        {"n": n.astype(float), "households": summed(weight), "persons": summed(weight * size)},
        {"weight": between(weight), "size": between(size), "weight_size": between(weight * size)},
    )


class Intruder:
    """Knows every published cell of every figure, and what a row of each area may count for.

    Shares no code with the audit: sums are built from the labels of the published table, and all
    figures are unknowns of one programme.
    """

    def __init__(self, made, leaves, figures, ties, n_everywhere=False):
        first = made.audits[figures[0]]
        rows, columns = (side.nodes for side in made.table.sides)
        chains = list(zip(*leaves.labels[0], strict=True))
        names = leaves.labels[1][0].tolist()
        inside = [
            [
                chain[: len(row)] == tuple(row) and (not column or column[0] == name)
                for chain, name in product(chains, names)
            ]
            for row, column in product(rows, columns)
        ]
        self.holds = np.array(inside, dtype=float)
        size = self.holds.shape[1]
        blocks, known = [], []
        for name in figures:
            hidden = first.hidden if n_everywhere else made.audits[name].hidden
            blocks.append(sparse.csr_array(self.holds[~hidden]))
            known.append(made.audits[name].table.values[~hidden])
        self.equal = sparse.block_diag(blocks, format="csr"), np.concatenate(known)
        bound = []
        for base, other, per in ties:
            for sign, end in ((-1.0, per.low), (1.0, per.high)):
                line = sparse.lil_array((size, size * len(figures)))
                for leaf in range(size):
                    line[leaf, figures.index(other) * size + leaf] = sign
                    line[leaf, figures.index(base) * size + leaf] = -sign * end[leaf // len(names)]
                bound.append(line)
        self.below = sparse.vstack(bound, format="csr"), np.zeros(size * len(bound))
        self.figures, self.size = figures, size

    def infers(self, figure, cell):
        """Least and most that the figure can be in the cell."""
        goal = np.zeros(self.size * len(self.figures))
        at = self.figures.index(figure) * self.size
        ends = []
        for sign in (1.0, -1.0):
            goal[at : at + self.size] = sign * self.holds[cell]
            found = linprog(
                goal, A_eq=self.equal[0], b_eq=self.equal[1], A_ub=self.below[0],
                b_ub=self.below[1],
            )  # fmt: skip
            assert found.status in (0, 3), found.message
            ends.append(np.inf if found.status == 3 else sign * found.fun)
        return ends


def lost(intruder, made, figures, rng, most=2):
    """Small cells that somebody can narrow down further than the rule allows; of how many."""
    narrowed = tried = 0
    small = np.flatnonzero(made.audits[figures[0]].primary)
    for cell in rng.permutation(small)[:most]:
        for figure in figures:
            bound = next(b for b in made.audits[figure].audit.bounds if b.cell == cell)
            low, high = intruder.infers(figure, cell)
            slack = 1e-4 * max(1.0, bound.wanted_high)
            narrowed += low > bound.wanted_low + slack or high < bound.wanted_high - slack
            tried += 1
            assert bound.low - slack <= low or low <= bound.wanted_low + slack
    return narrowed, tried


@pytest.mark.parametrize("spread", [0.0, 0.05])
@pytest.mark.parametrize("main", ["households", "persons"])
def test_n_and_a_weighted_figure_together_tell_no_small_cell(main, spread):
    """One weight in each area, or two close to each other; the same attack works where n stands
    in every cell that the figure stands in."""
    was = tried = kept = 0
    per = "weight" if main == "households" else "weight_size"
    for seed in range(18):
        rng = np.random.default_rng(seed)
        leaves = sampled(seed, spread, [4])
        made = protected(leaves, (main, "n"), ProtectionRule(), FACTS)
        ties = [("n", main, leaves.per_row[per])]
        found, of = lost(Intruder(made, leaves, (main, "n"), ties), made, (main, "n"), rng)
        assert not found, seed
        tried += of
        before = Intruder(made, leaves, (main, "n"), ties, n_everywhere=True)
        was += lost(before, made, (main, "n"), np.random.default_rng(seed))[0]
        n, over = made.table.figures[-1].values, made.table.over
        kept += (over & ~np.isnan(n)).sum()
    assert tried > 30
    assert was > 5  # the hole was there
    assert kept > 10  # and areas still say how many households were asked


def test_households_and_persons_together_tell_no_small_cell():
    """Sizes of two kinds: the figures bound each other, and the pattern grows by what it takes."""
    tried = grown = 0
    for seed in range(18):
        rng = np.random.default_rng(seed)
        leaves = sampled(seed, 0.0, [2, 3, 5, 6])
        figures = ("households", "persons")
        ties = [("households", "persons", leaves.per_row["size"])]
        made = protected(leaves, (*figures, "n"), ProtectionRule(), FACTS)
        found, of = lost(Intruder(made, leaves, figures, ties), made, figures, rng)
        assert not found, seed
        tried += of
        alone = Leaves(leaves.sides, leaves.labels, leaves.counts)
        plain = protected(alone, figures, ProtectionRule(), FACTS)
        grown += made.audits["persons"].hidden.sum() > plain.audits["persons"].hidden.sum()
        n = made.table.figures[-1].values
        assert np.isnan(n[made.table.over]).all()
    assert tried > 30
    assert grown > 3


def test_the_audit_says_what_the_intruder_infers():
    """Every hidden cell of a figure and of n, to the digit."""
    compared = 0
    for seed in (1, 2, 4, 5, 7, 8):
        leaves = sampled(seed, 0.3, [4])
        made = protected(leaves, ("households", "n"), ProtectionRule(), FACTS)
        ties = [("n", "households", leaves.per_row["weight"])]
        intruder = Intruder(made, leaves, ("households", "n"), ties)
        places = np.flatnonzero((intruder.holds.sum(axis=1) == 1) & made.audits["n"].hidden)
        bounds = {b.cell: b for b in made.audits["n"].audit.bounds}
        for cell in places[:6]:
            low, high = intruder.infers("n", cell)
            assert (bounds[cell].low, bounds[cell].high) == pytest.approx((low, high), abs=1e-4)
            compared += 1
        both = sampled(seed, 0.0, [2, 3, 5])
        made = protected(both, ("households", "persons"), ProtectionRule(), FACTS)
        ties = [("households", "persons", both.per_row["size"])]
        intruder = Intruder(made, both, ("households", "persons"), ties)
        for bound in made.audits["persons"].audit.bounds[:6]:
            assert (bound.low, bound.high) == pytest.approx(
                intruder.infers("persons", bound.cell), rel=1e-5, abs=1e-2
            )
            compared += 1
    assert compared > 40
