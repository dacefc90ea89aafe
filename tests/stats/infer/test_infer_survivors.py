"""What mutants of the code survived until these tests: `python -m benchmarks.mutation`."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_the_first_and_the_last_day_that_a_calendar_writes_are_days(engine, request):
    """A register writes that something has no end as "until 9999-12-31"."""
    told = request.getfixturevalue("spark") if engine == "spark" else engine
    days = [dt.date(9999, 12, 31), dt.date(1, 1, 1), dt.date(2020, 2, 1), None]
    homes = HOMES.append_column("until", pa.array(days, pa.date32()))
    found = xl.estimate(homes, "mean", welfare="y", by="until", engine=told)
    means = {e.domain: e.estimate for e in found if e.by}
    assert means == {"0001-01-01": -1.0, "2020-02-01": 2.0, "9999-12-31": -4.0, "(missing)": -9.0}


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
    gap = xl.estimate(made.to_arrow(), "relative_median_gap", welfare="y", by="area",
                      design=made.design)  # fmt: skip

    def half(w: np.ndarray) -> float:
        """The median: where the running sum of weights comes to half of all."""
        order = np.argsort(y)
        upto = np.cumsum(w[order])
        return y[order][np.argmax(upto >= upto[-1] / 2 * (1 - 1e-12))]

    def figures(w: np.ndarray) -> np.ndarray:
        line, own = 0.9 * np.average(y, weights=w), w * (ea % 2 == 1)
        gap = np.maximum(line - y, 0.0)
        return np.array([
            own @ gap / line / own.sum(), own @ gap / (own @ (y < line)),
            own @ (gap / line) ** 2 / own.sum(),
            1 - half(own * (y < 0.6 * half(w))) / half(w) / 0.6,
        ])  # fmt: skip

    moved = [figures(np.where(ea == k, 0.0, 10 / 9)) - figures(np.ones(60)) for k in range(10)]
    wanted = np.sqrt(0.9 * (np.array(moved) ** 2).sum(axis=0))
    got = [found.find(measure=m, domain="1").se for m in ("poverty_gap", "shortfall", "severity")]
    got.append(gap.find(domain="1").se)
    assert got == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("rule", ["hf7"])
def test_quantiles_between_two_values_move_in_each_replicate(rule):
    """Each replicate's own quantile, as a sample with these weights has it."""
    rng = np.random.default_rng(6)
    homes = pa.table({"y": rng.gamma(2, 3, 24), "ea": np.arange(24) // 4})
    made = xl.replicate_weights(homes, xl.Design(psu="ea"), "JK1", mse=True)
    table, names = made.to_arrow(), made.design.replicates
    measure = f"quantile(0.3, '{rule}')"
    found = xl.estimate(table, measure, welfare="y", design=made.design).find()
    each = []
    for name in names:  # one PSU of six is left out
        kept = table.filter(pc.greater(table[name], 0))
        design = xl.Design(weight=name)
        each.append(xl.estimate(kept, measure, welfare="y", design=design).find().estimate)
    assert len(set(each)) > 2
    wanted = np.sqrt(5 / 6 * ((np.array(each) - found.estimate) ** 2).sum())
    assert found.se == pytest.approx(wanted, rel=1e-9)
