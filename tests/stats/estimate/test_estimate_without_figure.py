"""Where there is no figure there is no standard error, whatever the measure and the welfare."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import exitline as xl

MEASURES = (
    "headcount", "shortfall", "sen", "takayama", "growth_elasticity(1)", "mld", "atkinson(2)",
    "zenga", "wolfson", "correlation(y, g)", "lorenz(0.4)", "quintile_ratio", "richness(2)",
)  # fmt: skip
RELATIVE = ("median_of_poor", "relative_median_gap")
WELFARE = {
    "all zero": lambda y: y * 0,
    "negative": lambda y: -y,
    "nobody poor": lambda y: y / y.max() + 1e4,
}


def homes(kind: str) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    n = 60
    data = pd.DataFrame({
        "y": WELFARE[kind](np.exp(rng.normal(3, 0.8, n))), "g": rng.integers(0, 2, n).astype(float),
        "w": rng.uniform(1, 3, n), "a": np.repeat(list("abc"), 20), "p": np.repeat(range(15), 4),
    })  # fmt: skip
    for i in range(5):
        data[f"r{i}"] = np.where(data.p % 5 == i, 0, data.w * 1.25)
    return data


@pytest.mark.parametrize("design", [
    xl.Design(weight="w", psu="p"),
    xl.Design(weight="w", replicates=[f"r{i}" for i in range(5)], kind="JK1"),
], ids=["PSUs", "replicates"])  # fmt: skip
@pytest.mark.parametrize("kind", WELFARE)
def test_no_figure_no_error(kind, design):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        measures = (*MEASURES, *(RELATIVE if kind == "nobody poor" else ()))
        found = xl.estimate(homes(kind), measures, welfare="y", line=15.0, design=design, by="a")
    table = found.to_pandas()
    assert table.estimate.isna().any()
    assert not np.isinf(table[["estimate", "se", "ci_low", "ci_high"]]).any(axis=None)
    assert table.se[table.estimate.isna()].isna().all()
    known = table.dropna(subset=["ci_low", "ci_high"])
    assert (known.ci_low <= known.estimate + 1e-9).all()
    assert (known.ci_high >= known.estimate - 1e-9).all()
