"""Errors of weights that were passed on from those who did not respond."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl

STEP = 1e-5
DESIGN = xl.Design(weight="w", size="n", strata="s", psu="ea")


@pytest.fixture(scope="module")
def homes() -> pd.DataFrame:
    """Homes of which some did not answer; what they would have said is missing."""
    rng = np.random.default_rng(7)
    size = 240
    table = pd.DataFrame({
        "ea": np.arange(size) // 8, "zone": rng.choice(["a", "b"], size),
        "urban": rng.choice([0, 1], size), "w": rng.uniform(1, 4, size),
        "n": rng.integers(1, 6, size).astype(float), "r": rng.choice(["x", "z"], size),
        "y": rng.gamma(2, 3, size).round(2),
    })  # fmt: skip
    table["s"] = table["ea"] % 3
    table["here"] = rng.random(size) < np.where(table["zone"] == "a", 0.8, 0.5)
    return table.assign(y=table["y"].where(table["here"]))


def _adjusted(table: pd.DataFrame, weight: pd.Series) -> pd.Series:
    """The weights by hand."""
    classes = [table["zone"], table["urban"]]
    there = weight.where(table["here"], 0.0)
    whole, answered = (v.groupby(classes).transform("sum") for v in (weight, there))
    return there * whole / answered


def _figures(table: pd.DataFrame, weight: pd.Series) -> np.ndarray:
    w = _adjusted(table, weight)[table["here"]] * table["n"][table["here"]]
    own = table[table["here"]]
    part = own["r"] == "x"
    poor = own["y"] < 4
    return np.array([
        (w * own["y"]).sum(), (w * own["y"]).sum() / w.sum(), (w * poor).sum() / w.sum(),
        (w * poor)[part].sum() / w[part].sum(),
    ])  # fmt: skip


def _by_derivatives(table: pd.DataFrame) -> np.ndarray:
    """Standard errors from the derivative of each figure by the weight of each PSU."""
    moved = []
    for ea in range(table["ea"].max() + 1):
        own = table["ea"] == ea
        up, down = (_figures(table, table["w"] * (1 + h * own)) for h in (STEP, -STEP))
        moved.append((up - down) / (2 * STEP))
    z = pd.DataFrame(moved).groupby(np.arange(len(moved)) % 3)
    return np.sqrt((z.count() * z.var()).sum().to_numpy())


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_errors_take_in_that_factors_are_estimated(homes, engine):
    found = xl.adjust_nonresponse(homes, DESIGN, "here", ["zone", "urban"], engine=engine)
    made = found.to_pandas()
    assert made["adjusted_weight"].to_numpy() == pytest.approx(_adjusted(homes, homes["w"]))
    asked = {"welfare": "y", "line": 4.0, "design": found.design, "by": "r", "engine": engine}
    got = xl.estimate(made, ["total", "mean", "headcount"], **asked)
    ours = [got.find(measure=m, domain=d) for m, d in (
        ("total", ""), ("mean", ""), ("headcount", ""), ("headcount", "x"))]  # fmt: skip
    values, errors = _figures(homes, homes["w"]), _by_derivatives(homes)
    assert [one.estimate for one in ours] == pytest.approx(values, rel=1e-12)
    assert [one.se for one in ours] == pytest.approx(errors, rel=1e-7)
    assert got.find(measure="mean", domain="").n == homes["here"].sum()


def test_weights_taken_as_given_have_other_errors(homes):
    """What was done before: the classes unknown to the design. The total is too uncertain."""
    found = xl.adjust_nonresponse(homes, DESIGN, "here", ["zone", "urban"])
    made = found.to_pandas()
    plain = xl.Design(weight="adjusted_weight", size="n", strata="s", psu="ea")
    ours, bare = (
        xl.estimate(made, "total", welfare="y", design=d).find().se for d in (found.design, plain)
    )
    assert ours == pytest.approx(_by_derivatives(homes)[0], rel=1e-7)
    assert abs(bare / ours - 1) > 0.02


def test_replicates_are_adjusted_each(homes):
    """The jackknife, whose factors are found anew in each replicate, is near to it."""
    base = xl.replicate_weights(homes, DESIGN, "JKn", mse=True)
    found = xl.adjust_nonresponse(base.to_pandas(), base.design, "here", ["zone", "urban"])
    made = found.to_pandas()
    assert found.design.replicates == tuple(f"adjusted_weight_{i + 1}" for i in range(30))
    for i in (0, 17):
        want = _adjusted(homes, base.to_pandas()[f"rw{i + 1}"])
        assert made[f"adjusted_weight_{i + 1}"].to_numpy() == pytest.approx(want)
    again = xl.estimate(made, ["total", "mean"], welfare="y", design=found.design)
    for measure, se in zip(("total", "mean"), _by_derivatives(homes)[:2], strict=True):
        assert again.find(measure=measure).se == pytest.approx(se, rel=0.05)


def test_adjusted_weights_can_be_calibrated(homes):
    found = xl.adjust_nonresponse(homes, DESIGN, "here", "zone")
    there = found.to_pandas().query("here")
    given = xl.calibrate(there, found.design, {"urban": {0: 300, 1: 320}})
    assert given.design.calibration.weight == "adjusted_weight"
    with pytest.raises(xl.ExitlineError, match="calibrated weights are not passed on"):
        xl.adjust_nonresponse(given.to_pandas(), given.design, "here", "zone")
