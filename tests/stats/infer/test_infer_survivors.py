"""What mutants of the code survived until these tests: `python -m benchmarks.mutation`."""

from __future__ import annotations

import math

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
