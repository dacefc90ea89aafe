"""Random tables of many shapes, and an attacker who shares no code with the audit."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from exitline.proof.disclose import TableSystem, cross, flat, tree, with_margins


def random_table(seed: int) -> tuple[TableSystem, np.ndarray]:
    """A table and the rows of data behind each cell: every second one weighted."""
    rng = np.random.default_rng(seed)
    kind = seed % 4
    if kind == 0:
        ways = [flat(int(rng.integers(2, 10)))]
    elif kind == 1:
        ways = [flat(int(n)) for n in (rng.integers(2, 7), rng.integers(2, 9))]
    elif kind == 2:
        ways = [flat(int(n)) for n in rng.integers(2, 4, size=3)]
    else:
        ways = [tree(random_areas(rng)), flat(int(rng.integers(2, 4)))]
    shape = tuple(way.members.shape[1] for way in ways)
    counts = rng.poisson(rng.gamma(0.7, 30.0, size=shape))
    if not counts.any():
        counts.flat[0] = 25
    n = cross(counts, ways)
    if seed % 8 < 4:
        return n, n.values
    weights = rng.gamma(4.0, 50.0, size=shape)
    return cross(counts * weights, ways), n.values


def random_areas(rng: np.random.Generator) -> list[list[str]]:
    """Labels of up to two provinces with up to three counties with up to three villages."""
    chains = [
        (f"P{p}", f"C{c}", f"V{v}")
        for p in range(rng.integers(1, 3))
        for c in range(rng.integers(1, 4))
        for v in range(rng.integers(1, 4))
    ]
    return [list(column) for column in zip(*chains, strict=True)]


def attacker(table: TableSystem, hidden: np.ndarray, cell: int) -> tuple[float, float]:
    """Bounds of one cell over all tables with the published cells: one cold programme each."""
    limits = [(0, None) if h else (v, v) for h, v in zip(hidden, table.values, strict=True)]
    goal = np.zeros(table.values.size)
    found = []
    for sign in (1.0, -1.0):
        goal[cell] = sign
        answer = linprog(goal, A_eq=table.sums, b_eq=np.zeros(table.sums.shape[0]), bounds=limits)
        assert answer.status in (0, 3)
        found.append(np.inf if answer.status == 3 else sign * answer.fun)
    return found[0], found[1]


def whole_number_attacker(table: TableSystem, hidden: np.ndarray, cell: int) -> tuple[float, float]:
    """As `attacker`, over tables of whole numbers; a cell without bound stops at a million."""
    low = np.where(hidden, 0.0, table.values)
    high = np.where(hidden, 1e6, table.values)
    goal = np.zeros(table.values.size)
    found = []
    for sign in (1.0, -1.0):
        goal[cell] = sign
        answer = milp(
            goal, integrality=np.ones(goal.size), bounds=Bounds(low, high),
            constraints=LinearConstraint(table.sums, 0.0, 0.0),
        )  # fmt: skip
        assert answer.status == 0
        found.append(sign * answer.fun)
    return found[0], found[1]


def two_way(seed: int) -> TableSystem:
    """A table of 2-3 x 2-3 with margins."""
    rng = np.random.default_rng(seed)
    shape = rng.integers(2, 4, size=2)
    return with_margins(rng.poisson(rng.gamma(0.8, 30.0, size=shape)))
