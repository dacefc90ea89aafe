"""The test for a jump of the density at the line: its size without a jump, its power with one."""

from __future__ import annotations

from itertools import pairwise

import ibis
import numpy as np
import pyarrow as pa
import pytest

from exitline.stats.data.checking.heaping import LineCounts, density_jump
from exitline.stats.data.money import StudyLine
from exitline.stats.measure.quality.queries import line_counts


def _counts(welfare: np.ndarray, line: float) -> LineCounts:
    edges = line * np.array([0.90, 0.95, 1.0, 1.05, 1.10])
    bins = np.histogram(welfare[(welfare >= edges[0]) & (welfare < edges[-1])], edges)[0]
    return LineCounts("z", *(int(n) for n in bins))


@pytest.mark.parametrize("line", [0.5, 0.8, 1.0, 1.6])
def test_without_a_jump_it_rejects_as_often_as_it_says(line: float) -> None:
    """2,000 log-normal samples of 4,000: at the 5 % level 100 are expected, sd 9.7."""
    chance = np.random.default_rng(11)
    found = [
        density_jump(_counts(np.exp(0.6 * chance.standard_normal(4000)), line)) for _ in range(2000)
    ]
    rejected = sum(jump is not None and jump.p_value < 0.05 for jump in found)
    assert abs(rejected - 100) < 4 * 9.75


@pytest.mark.parametrize("side", [1, -1])
def test_households_that_were_moved_across_are_found(side: int) -> None:
    chance = np.random.default_rng(12)
    welfare = np.exp(0.6 * chance.standard_normal(20_000))
    source = (0.95, 1.0) if side < 0 else (1.0, 1.05)
    near = np.flatnonzero((welfare >= source[0]) & (welfare < source[1]))
    moved = near[: len(near) // 3]
    welfare[moved] += -side * 0.05
    jump = density_jump(_counts(welfare, 1.0))
    assert jump is not None
    assert jump.p_value < 1e-6
    assert np.sign(jump.moved) == side
    assert abs(jump.moved) == pytest.approx(len(moved), rel=0.25)


def test_the_smooth_curve_of_a_large_census_is_no_jump() -> None:
    """A steep density and 30 million households: curvature alone must not be remarked upon."""
    line, n = 0.5, 30e6
    from math import erf, log, sqrt

    def below(x: float) -> float:
        return 0.5 * (1 + erf(log(x) / 0.6 / sqrt(2)))

    edges = [line * f for f in (0.90, 0.95, 1.0, 1.05, 1.10)]
    counts = [round(n * (below(b) - below(a))) for a, b in pairwise(edges)]
    jump = density_jump(LineCounts("z", *counts))
    assert jump is not None
    assert jump.share < 0.001


def test_few_households_cannot_tell() -> None:
    assert density_jump(LineCounts("z", 9, 14, 15, 9)) is None
    assert density_jump(LineCounts("z", 9, 15, 15, 9)) is not None
    assert density_jump(LineCounts("z", 0, 30, 0, 0)) is not None


@pytest.mark.parametrize("given", [{"value": 50.0}, {"column": "z", "factor": 0.5}])
def test_the_query_counts_the_bins_that_the_test_is_made_for(given: dict[str, float]) -> None:
    """Bins of 5 % of the line, as `_counts` above has them; a line of 0 has none."""
    welfare = np.concatenate([np.linspace(44.03, 55.97, 200), [50.0, 50.0]])
    table = ibis.memtable(pa.table({"welfare": welfare, "z": np.full(202, 100.0)}))
    parts = line_counts(table, StudyLine("z", **given))
    row = table.aggregate(**parts).to_pyarrow().to_pylist()[0]
    exactly = row.pop("exactly")
    assert exactly == 2
    assert LineCounts("z", **row) == _counts(welfare, 50.0)
