"""Measures of ranks: windows within windows, ties and first passes, the same on every engine."""

from __future__ import annotations

import numpy as np
import pandas as pd

import exitline as xl
from exitline.stats.engine.duckdb import DuckDB

MEASURES = [
    "gini", "concentration(x)", "kolm(0.5)", "zenga", "wolfson", "pay_gap(x, g)", "sen", "takayama",
    "richness(0.5)", "theil", "renyi(2)", "bourguignon(x + g)", "zenga_curve(0.4)",
    "amato", "clark(0.4)", "bourguignon_chakravarty(x < 2 + g < 1: 2, 2, 3)",
]  # fmt: skip


def test_ranks_are_the_same_on_every_engine(engine):
    rng = np.random.default_rng(4)
    n = 80
    homes = pd.DataFrame({"psu": np.arange(n) % 8, "y": rng.lognormal(0, 0.8, n).round(1)})
    homes["w"] = rng.uniform(1, 5, n)
    homes["x"] = homes.y * rng.uniform(0.2, 1.0, n)
    homes["g"] = rng.integers(0, 2, n)
    homes["region"] = np.where(homes.psu % 2 == 0, "north", "south")
    options = {
        "welfare": "y", "by": "region", "design": xl.Design(weight="w", psu="psu"),
        "line": {"fixed": 1.2},
    }  # fmt: skip
    duck = DuckDB(threads=1)
    wanted = xl.estimate(homes, MEASURES, engine=duck, **options).to_pandas()
    duck.close()
    found = xl.estimate(homes, MEASURES, engine=engine, **options).to_pandas()
    assert wanted.estimate.notna().all()
    for column in ("estimate", "se"):
        np.testing.assert_allclose(found[column], wanted[column], rtol=1e-10)
