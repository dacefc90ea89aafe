"""Works chosen: exactness on small problems, and time on a large one beside other rules.

python -m benchmarks.works
"""

from __future__ import annotations

import time

import numpy as np

import exitline as xl

MALAWI = "examples/water-points-malawi"


def small(count: int = 1000) -> int:
    """How many of `count` random problems are not solved as trying all combinations does."""
    from tests.exits.works.test_works_choice import drawn, tried

    from exitline.exits.works.choice import best

    random, wrong = np.random.default_rng(2026), 0
    for _ in range(count):
        problem = drawn(random)
        wrong += abs(problem.people(best(problem).served) - tried(problem, problem.people)) > 1e-9
    return wrong


def large() -> None:
    """The broken water points of Malawi at several budgets."""
    for budget in (10_000, 30_000, 60_000, 100_000):
        began = time.perf_counter()
        plan = xl.works.choose(
            f"{MALAWI}/repairs.csv", f"{MALAWI}/points.csv", cost="cost", budget=budget,
            within_km=1, people="households", assets=f"{MALAWI}/points.csv",
            working="state = 'functional'", users="households",
        )  # fmt: skip
        took = time.perf_counter() - began
        rules = plan.compared()
        said = ", ".join(f"{r.people:,.0f} ({r.ratio:.3f})" for r in rules.itertuples())
        print(f"budget {budget:,}: {took:.2f} s, gap {plan.gap:.2e}; exact, greedy, users: {said}")


if __name__ == "__main__":
    print("small problems solved otherwise than by trying all:", small())
    large()
