"""The imaginary country's census, decided again in plain pandas: every household, all 133
enumeration areas and all 23 districts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.api.runs.folder import FILES

EXAMPLE = Path(__file__).parents[3] / "examples" / "imaginary-country"
BAD_WATER = {
    "River/dam/lake/ponds/stream/canal/irrig", "Unprotected well", "Unprotected spring",
    "Tanker truck", "Cart with small tank",
}  # fmt: skip
BAD_TOILET = {
    "No facility/bush/field", "Pit latrine without slab/open pit", "Flush to somewhere else",
}  # fmt: skip
LINE = 1500


def _known(column: pd.Series, bad: set[str]) -> pd.Series:
    """True, False, or missing for "Other"."""
    return (~column.isin(bad)).astype("boolean").mask(column == "Other")


def _all_three(parts: list[pd.Series]) -> pd.Series:
    """Not met if any is False, met if all are True, else cannot tell."""
    table = pd.concat(parts, axis=1)
    failed = (table == False).fillna(False).any(axis=1)  # noqa: E712 - missing stays missing
    met = table.fillna(False).astype(bool).all(axis=1)
    outcome = pd.Series("cannot tell", index=table.index)
    return outcome.mask(met, "met").mask(failed, "not met")


@pytest.fixture(scope="module")
def homes() -> pd.DataFrame:
    census = pd.read_parquet(EXAMPLE / "hld_pop_wb_2023.parquet")
    census["poor"] = census.pc_exp < LINE
    census["water_ok"] = _known(census.water, BAD_WATER)
    census["toilet_ok"] = _known(census.toilet, BAD_TOILET)
    census["light"] = (census.electricity == "Yes").astype("boolean")
    census["outcome"] = _all_three(
        [(~census.poor).astype("boolean"), census.water_ok, census.toilet_ok, census.light]
    )
    return census


def _against(low: pd.Series, high: pd.Series, threshold: pd.Series | float, below: bool):
    """Outcome of a share that lies somewhere between low and high."""
    met = high < threshold if below else low >= threshold
    failed = low >= threshold if below else high < threshold
    return pd.Series("cannot tell", index=low.index).mask(met, "met").mask(failed, "not met")


def _share(homes: pd.DataFrame, by: str, column: str) -> tuple[pd.Series, pd.Series]:
    groups = homes[column].groupby(homes[by])
    low = groups.apply(lambda x: x.fillna(False).astype(bool).mean())
    return low, groups.apply(lambda x: x.fillna(True).astype(bool).mean())


def _incidence(homes: pd.DataFrame, by: str) -> pd.Series:
    persons = homes.hhsize.groupby(homes[by]).sum()
    return (homes.hhsize * homes.poor).groupby(homes[by]).sum() / persons


@pytest.fixture(scope="module")
def villages(homes) -> pd.DataFrame:
    rural = homes.groupby("ea").urbrur.first() == "Rural"
    incidence = _incidence(homes, "ea")
    thresholds = rural.map({True: 0.30, False: 0.05})
    table = pd.DataFrame({
        "incidence": _against(incidence, incidence, thresholds, below=True),
        "water": _against(*_share(homes, "ea", "water_ok"), 0.80, below=False),
        "toilet": _against(*_share(homes, "ea", "toilet_ok"), 0.50, below=False),
    })  # fmt: skip
    table[""] = _overall(table)
    table["district"] = homes.groupby("ea").geo2.first()
    return table


def _overall(table: pd.DataFrame) -> pd.Series:
    failed, met = (table == "not met").any(axis=1), (table == "met").all(axis=1)
    return pd.Series("cannot tell", index=table.index).mask(met, "met").mask(failed, "not met")


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> object:
    return xl.run(EXAMPLE / "census.yaml", tmp_path_factory.mktemp("census") / "out")


def test_every_household(homes, decided):
    found = pd.read_parquet(decided.folder / "household_decisions.parquet")
    found = found.set_index("household").outcome.loc[homes.hid]
    assert len(found) == 57_867
    assert (found.to_numpy() == homes.outcome.to_numpy()).all()
    assert decided.households == homes.outcome.value_counts().to_dict()
    assert set(homes.outcome) == {"met", "not met", "cannot tell"}


@pytest.mark.parametrize("criterion", ["incidence", "water", "toilet", ""])
def test_every_village(villages, decided, criterion):
    found = decided.decisions.to_pandas()
    found = found[(found.level == "village") & (found.criterion == criterion)]
    assert len(found) == 133
    by_unit = found.set_index(found.unit.astype(int)).outcome
    assert (by_unit.loc[villages.index] == villages[criterion]).all()


def test_every_county(homes, villages, decided):
    incidence = _incidence(homes, "geo2")
    exited = villages[""].groupby(villages.district)
    low = exited.apply(lambda x: (x == "met").mean())
    high = exited.apply(lambda x: (x != "not met").mean())
    table = pd.DataFrame({
        "incidence": _against(incidence, incidence, 0.15, below=True),
        "villages": _against(low, high, 0.60, below=False),
    })  # fmt: skip
    table[""] = _overall(table)
    found = decided.decisions.to_pandas()
    found = found[found.level == "county"]
    for criterion in table:
        by_unit = found[found.criterion == criterion].set_index("unit").outcome
        assert len(by_unit) == 23
        assert (by_unit.loc[table.index] == table[criterion]).all()


def test_all_three_outcomes_occur_at_every_level(decided):
    for level in ("village", "county"):
        assert all(n > 0 for n in decided.decisions.counts(level).values())


def test_the_folder_is_complete(decided):
    assert sorted(p.name for p in decided.folder.iterdir()) == sorted(
        {*FILES} - {"small_areas.parquet", "scenario.parquet", "brief.html", "brief.docx"}
    )


def test_on_the_sample_most_areas_cannot_be_told():
    decisions = xl.decisions(EXAMPLE / "sample.yaml")
    villages, counties = decisions.counts("village"), decisions.counts("county")
    assert villages["cannot tell"] > 0.9 * sum(villages.values())
    assert counties["cannot tell"] > counties["met"]
    undecided = [d for d in decisions if d.level == "county" and d.outcome == "cannot tell" and d.n]
    assert all(d.reason for d in undecided)
