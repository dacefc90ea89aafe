"""Suppression and audit of tables of 1,430 to 84,513 cells; beside it, one cold programme a cell.

    python -m benchmarks.tables [--counties 100 400 1500 6000] [--areas 1000 20000] [--cold 40]

Counties in provinces of twelve, twelve categories, skewed counts (Poisson with gamma means), a
quarter of the cells small. --areas are flat: areas of twenty households each in one sum, by poor
and not poor, most of them small. --cold audits that many suppressed cells of the smallest table
with scipy's linprog, a programme built anew for each bound.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.optimize import linprog

from exitline.proof.disclose import Suppressed, hierarchy, suppress, with_margins
from exitline.proof.disclose.audit import audit
from exitline.proof.disclose.system import TableSystem

CATEGORIES = 12


def table(counties: int) -> TableSystem:
    """A country of so many counties."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(rng.gamma(0.6, 60.0, size=(counties, CATEGORIES)))
    county = np.arange(counties)
    names = [f"category {i + 1}" for i in range(CATEGORIES)]
    return hierarchy(counts, [county // 12, county], categories=names).system


def flat(areas: int) -> TableSystem:
    """So many areas of twenty households without a level above them, by two categories."""
    rng = np.random.default_rng(1)
    poor = rng.binomial(20, rng.beta(2, 6, areas))
    return with_margins(np.column_stack([poor, 20 - poor]))


def measured(system: TableSystem) -> tuple[Suppressed, float, float]:
    """The table suppressed; seconds of all, and of the audit alone."""
    start = time.perf_counter()
    done = suppress(system)
    whole = time.perf_counter() - start
    start = time.perf_counter()
    audit(system, done.hidden, done.primary, min_count=10)
    return done, whole, time.perf_counter() - start


def cold(done: Suppressed, cells: int) -> float:
    """Milliseconds for both bounds of a suppressed cell, with a programme built for each."""
    free = done.table.sums[:, done.hidden]
    known = -done.table.sums[:, ~done.hidden] @ done.table.values[~done.hidden]
    start = time.perf_counter()
    for column in range(cells):
        for sign in (1.0, -1.0):
            goal = np.zeros(free.shape[1])
            goal[column] = sign
            linprog(goal, A_eq=free, b_eq=known, bounds=(0, None))
    return 1000.0 * (time.perf_counter() - start) / cells


def main() -> None:
    """Measure each size and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counties", type=int, nargs="+", default=[100, 400, 1500, 6000])
    parser.add_argument("--areas", type=int, nargs="*", default=[1000, 20000])
    parser.add_argument("--cold", type=int, default=40)
    options = parser.parse_args()
    print("cells   small  suppressed  suppress + audit  audit alone")
    first = None
    systems = [*map(table, options.counties), *map(flat, options.areas)]
    for system in systems:
        done, whole, alone = measured(system)
        first = first or (done, alone)
        assert done.audit.passed
        print(
            f"{done.table.values.size:6,} {done.primary.sum():6,} {done.hidden.sum():10,}"
            f" {whole:14.1f} s {alone:10.1f} s",
            flush=True,
        )
    if first is not None and options.cold:
        done, alone = first
        warm = 1000.0 * alone / done.hidden.sum()
        slow = cold(done, options.cold)
        print(f"both bounds of a cell: {warm:.2f} ms warm, {slow:.1f} ms cold, {slow / warm:.0f} x")


if __name__ == "__main__":
    main()
