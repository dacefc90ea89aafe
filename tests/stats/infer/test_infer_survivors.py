"""What mutants of the code survived until these tests: `python -m benchmarks.mutation`."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

import exitline as xl
from exitline.errors import ExitlineError

HOMES = pa.table({"y": [-4.0, -1.0, 2.0, -9.0], "w": [1.0, 2.0, 1.0, 3.0]})


def test_the_coefficient_of_variation_is_the_error_over_the_figures_size():
    found = xl.estimate(HOMES, "mean", welfare="y", design=xl.Design(weight="w"))
    one = found.find(measure="mean")
    assert one.estimate < 0 < one.se
    assert one.cv == pytest.approx(one.se / -one.estimate, rel=1e-15)
    assert found.to_pandas(cv=True)["cv"].iloc[0] == pytest.approx(one.cv, rel=1e-15)


def test_a_figure_of_zero_has_no_coefficient_of_variation():
    flat = pa.table({"y": [0.0, 0.0, 0.0]})
    assert math.isnan(xl.estimate(flat, "mean", welfare="y").find(measure="mean").cv)


@pytest.mark.parametrize("size", [float("nan"), None, 0.0, -1.0])
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_every_size_that_is_no_number_of_persons_is_refused(size, engine, request):
    told = request.getfixturevalue("spark") if engine == "spark" else engine
    homes = HOMES.append_column("size", pa.array([2.0, size, 1.0, 3.0], pa.float64()))
    design = xl.Design(weight="w", size="size")
    with pytest.raises(ExitlineError) as refused:
        xl.estimate(homes, "mean", welfare="y", design=design, engine=told)
    assert "size" in str(refused.value)


def test_a_limit_at_the_whole_sample_is_its_largest_value():
    """Beyond the sample there is no limit; a share of exactly 1 is within it."""
    homes = pa.table({"y": [3.0] * 8, "ea": [1, 1, 2, 2, 3, 3, 4, 4]})
    one = xl.estimate(homes, "median", welfare="y", design=xl.Design(psu="ea")).find()
    assert (one.ci_low, one.ci_high) == (3.0, 3.0)


def test_an_areas_figures_at_the_line_of_the_whole_sample_move_with_it_in_each_replicate():
    """Jackknife by hand: the line, 0.9 of the mean of all, is found anew with each weight."""
    rng = np.random.default_rng(5)
    y, ea = rng.gamma(2, 3, 60), np.arange(60) // 6
    homes = pa.table({"y": y, "ea": ea, "area": ea % 2})
    made = xl.replicate_weights(homes, xl.Design(psu="ea"), "JK1", mse=True)
    found = xl.estimate(
        made.to_arrow(), ["poverty_gap", "shortfall", "severity"], welfare="y", by="area",
        line=xl.relative_line(0.9, of="mean"), design=made.design,
    )  # fmt: skip

    def figures(w: np.ndarray) -> np.ndarray:
        line, own = 0.9 * np.average(y, weights=w), w * (ea % 2 == 1)
        gap = np.maximum(line - y, 0.0)
        return np.array([
            own @ gap / line / own.sum(), own @ gap / (own @ (y < line)),
            own @ (gap / line) ** 2 / own.sum(),
        ])  # fmt: skip

    moved = [figures(np.where(ea == k, 0.0, 10 / 9)) - figures(np.ones(60)) for k in range(10)]
    wanted = np.sqrt(0.9 * (np.array(moved) ** 2).sum(axis=0))
    got = [found.find(measure=m, domain="1").se for m in ("poverty_gap", "shortfall", "severity")]
    assert got == pytest.approx(wanted, rel=1e-9)
