"""Which areas lie within which, read off the cells, against a plain pandas group-by."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl


def _homes(seed: int, straddling: bool) -> pd.DataFrame:
    """Counties in provinces; urban or rural crosses both; perhaps one county in two provinces."""
    rng = np.random.default_rng(seed)
    county = rng.integers(0, 12, 600)
    province = county // 4
    if straddling:
        province[np.flatnonzero(county == 0)[0]] = 2
    return pd.DataFrame({
        "y": rng.lognormal(0, 1, 600), "province": [f"p{p}" for p in province],
        "county": [f"c{c:02}" for c in county], "urban": rng.choice(["town", "land"], 600),
    })  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("straddling", [False, True])
def test_nesting_is_what_the_rows_say(seed, straddling):
    homes = _homes(seed, straddling)
    by = ["province", "urban", "county", ("province", "urban")]
    found = xl.estimate(homes, "mean", welfare="y", by=by)
    nests = {nest.by: nest for nest in found.nests}
    assert list(nests) == ["province", "urban", "county", "province, urban"]
    whole = homes.groupby("county")["province"].nunique().max() == 1
    assert whole is not straddling
    assert nests["county"].within == ("province" if whole else "")
    assert nests["province, urban"].within == "province"
    assert nests["province"].within == nests["urban"].within == ""
    if whole:
        truth = homes.drop_duplicates("county").set_index("county")["province"].to_dict()
        assert dict(nests["county"].parents) == truth
    assert dict(nests["province, urban"].parents)["p1, town"] == "p1"
    assert set(dict(nests["urban"].parents).values()) == {""}


def test_both_engines_nest_alike(engine):
    homes = _homes(0, straddling=False)
    found = xl.estimate(homes, "mean", welfare="y", by=["province", "county"], engine=engine)
    assert found.nests[1].within == "province"
    assert len(found.nests[1].parents) == 12
