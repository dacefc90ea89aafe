"""Trimmed weights and non-response classes, against R's algorithm and plain sums."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.stats.weighting.conftest import CALLS, REFERENCE

import exitline as xl
from exitline.stats.infer.weighting.trimming import trimmed

DESIGN = xl.Design(weight="w")


def r_trim(w: np.ndarray, lower: float, upper: float, *, strict: bool) -> np.ndarray:
    """R's trimWeights.survey.design2 (survey 4.5), row by row."""
    outside = (w < lower) | (w > upper)
    if not outside.any():
        return w
    new = np.clip(w, lower, upper)
    new[~outside] += (w - new).sum() / (~outside).sum()
    return r_trim(new, lower, upper, strict=True) if strict else new


@pytest.mark.parametrize("strict", [True, False])
def test_trimming_is_r_s(strict):
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"w": np.exp(rng.normal(3, 1, 400)).round(1)})
    expected = r_trim(data["w"].to_numpy(), 4, 80, strict=strict)
    found = xl.trim_weights(data, DESIGN, lower=4, upper=80, strict=strict)
    ours = found.to_pandas()["trimmed_weight"]
    np.testing.assert_allclose(ours, expected, rtol=1e-12)
    assert ours.sum() == pytest.approx(data["w"].sum())
    assert found.rows == ((data["w"] < 4) | (data["w"] > 80)).sum()
    assert strict == bool(ours.between(4, 80).all())


def test_weights_below_zero_can_be_trimmed():
    data = pd.DataFrame({"w": [-1.0, 2.0, 3.0, 4.0]})
    found = xl.trim_weights(data, DESIGN, lower=0.5, strict=True).to_pandas()
    assert found["trimmed_weight"].tolist() == pytest.approx([0.5, 1.5, 2.5, 3.5])


def test_trimmed_calibrated_weights_keep_their_residuals():
    """R: svymean after trimWeights(calibrate(...)): residuals by the calibrated weights."""
    sample = pd.read_csv(REFERENCE / "apiclus1.csv")
    totals, options = CALLS["raking_api99"]
    made = xl.calibrate(sample, xl.Design(weight="pw", psu="dnum"), totals, **options)
    cut = xl.trim_weights(made.to_pandas(), made.design, upper=50, strict=True)
    data = cut.to_pandas()
    w, t = data["calibrated_weight"].to_numpy(), data["trimmed_weight"].to_numpy()
    y = data["api00"].to_numpy()
    mean = t @ y / t.sum()
    z = t / w * (y - mean) / t.sum()
    x = np.column_stack([*(data["stype"] == k for k in "EHM"), data["api99"]]).astype(float)
    half = np.sqrt(data["pw"].to_numpy())
    b = np.linalg.lstsq(half[:, None] * x, half * z, rcond=None)[0]
    e = pd.Series(w * (z - x @ b)).groupby(data["dnum"]).sum()
    expected = np.sqrt(len(e) / (len(e) - 1) * ((e - e.mean()) ** 2).sum())
    found = xl.estimate(data, "mean", welfare="api00", design=cut.design).find()
    assert found.estimate == pytest.approx(mean, rel=1e-12)
    assert found.se == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("limits", "said"),
    [({"upper": 2.0}, "around the mean"), ({"lower": 9.0}, "around the mean"),
     ({"name": "W"}, "already")],
)  # fmt: skip
def test_limits_without_room(limits, said):
    data = pd.DataFrame({"w": [1.0, 3.0, 11.0]})
    with pytest.raises(xl.ExitlineError, match=said):
        xl.trim_weights(data, DESIGN, **limits)
    with pytest.raises(xl.ExitlineError, match="outside the limits"):
        trimmed(np.array([1.0, 9.0]), np.ones(2), 4, 6, strict=True)
    with pytest.raises(xl.ExitlineError, match="no column of weights"):
        xl.trim_weights(data, xl.Design(), upper=5)
    with pytest.raises(xl.ExitlineError, match="1 row cannot"):
        xl.trim_weights(data.assign(w=[1.0, None, 3.0]), DESIGN, upper=5)


def test_respondents_stand_for_their_class():
    rng = np.random.default_rng(6)
    data = pd.DataFrame({
        "zone": rng.integers(1, 4, 300), "urban": rng.choice(["u", "r"], 300),
        "w": rng.uniform(1, 9, 300), "here": rng.random(300) < 0.7,
    })  # fmt: skip
    found = xl.adjust_nonresponse(data, DESIGN, "here", ["zone", "urban"])
    made = found.to_pandas()
    keys = ["zone", "urban"]
    np.testing.assert_allclose(
        made.groupby(keys)["adjusted_weight"].sum(), made.groupby(keys)["w"].sum()
    )
    assert (made.loc[~made["here"], "adjusted_weight"] == 0).all()
    factor = (made["adjusted_weight"] / made["w"])[made["here"]]
    assert factor.groupby([made["zone"], made["urban"]]).agg(np.ptp).max() < 1e-12
    assert found.factors == pytest.approx((factor.min(), factor.max()))
    assert found.rows == (~data["here"]).sum()
    mean = xl.estimate(made, "mean", welfare="w", design=found.design).find()
    assert mean.n == data["here"].sum()


@pytest.mark.parametrize(
    ("change", "said"),
    [({"here": [0, 0, 1]}, "nobody responded"), ({"here": [2, 1, 1]}, "neither yes nor no"),
     ({"here": [None, 1, 1]}, "1 row cannot"), ({"zone": [None, "b", "b"]}, "1 row cannot"),
     ({"w": [0.0, 1.0, 1.0]}, "above zero")],
)  # fmt: skip
def test_answers_and_classes_that_cannot_be_used(change, said):
    data = pd.DataFrame({"zone": ["a", "a", "b"], "here": [1, 0, 1], "w": 2.0}).assign(**change)
    with pytest.raises(xl.ExitlineError, match=said):
        xl.adjust_nonresponse(data, DESIGN, "here", "zone")
