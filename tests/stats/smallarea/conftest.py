"""What tests of small areas share: the imaginary country with the covariates of the models."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[3] / "examples" / "imaginary-country"
BAD_WATER = (
    "River/dam/lake/ponds/stream/canal/irrig", "Unprotected well", "Unprotected spring",
    "Tanker truck", "Cart with small tank", "Other",
)  # fmt: skip
BAD_TOILET = (
    "No facility/bush/field", "Other", "Pit latrine without slab/open pit",
    "Flush to somewhere else",
)  # fmt: skip


def _with_covariates(name: str) -> pd.DataFrame:
    homes = pd.read_parquet(FOLDER / name)
    return homes.assign(
        urban=(homes.urbrur == "Urban") * 1.0,
        proom=homes.rooms / homes.hhsize,
        elec=(homes.electricity == "Yes") * 1.0,
        water=(~homes.water.isin(BAD_WATER)) * 1.0,
        toilet=(~homes.toilet.isin(BAD_TOILET)) * 1.0,
    )


@pytest.fixture(scope="session")
def unit_sample() -> pd.DataFrame:
    return _with_covariates("hld_sample_wb_2023.parquet")


@pytest.fixture(scope="session")
def unit_census() -> pd.DataFrame:
    return _with_covariates("hld_pop_wb_2023.parquet")
