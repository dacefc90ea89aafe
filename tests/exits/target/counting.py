"""What the tests of targeting count with: plain pandas, and data whose cut-offs hold still."""

from __future__ import annotations

import numpy as np
import pandas as pd

CENSUS = "examples/imaginary-country/hld_pop_wb_2023.parquet"
SAMPLE = "examples/imaginary-country/hld_sample_wb_2023.parquet"


def chosen(score: pd.Series, weight: pd.Series, quota: float) -> pd.Series:
    """The part of a place of each household: the lowest first, ties at the cut-off in parts."""
    groups = weight.groupby(score).sum().sort_index()
    upto, target = groups.cumsum(), quota * groups.sum()
    cut = upto.index[int(np.searchsorted(upto, target * (1 - 1e-12)))]
    part = (target - (upto[cut] - groups[cut])) / groups[cut]
    return (score < cut) * 1.0 + (score == cut) * part


def coarse(rows: int = 240) -> pd.DataFrame:
    """Scores and welfare of few values, so that cut-offs hold still while weights move."""
    rng = np.random.default_rng(5)
    y = rng.choice([1.0, 2.0, 3.0, 4.0, 6.0], rows)
    table = pd.DataFrame({"y": y, "score": np.round(y / 2 + rng.normal(0, 1, rows))})
    table["gets"] = rng.integers(0, 2, rows) * 1.0
    table["benefit"] = table.gets * rng.uniform(1, 2, rows)
    table["other"] = (np.arange(rows) % 3 == 0) * 2.0
    table["w"] = rng.uniform(2e4, 5e4, rows)
    table["psu"] = np.arange(rows) % 24
    table["stratum"] = table.psu % 3
    return table
