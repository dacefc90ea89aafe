"""What each asset was found to be, at the last look up to a day; and for how long it worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exitline.exits.works.records.typed import looked_up
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from exitline.exits.works.records.folder import WorksRecords

YEAR = 365.25
_STEPS = {"failed": "not functional", "retired": "gone"}


@dataclass(frozen=True)
class AssetStates:
    """Assets with what was last found of them.

    Attributes
    ----------
    table : pandas.DataFrame
        The assets with the columns state ("" where nobody looked), seen (the day), age (years
        from building to that day).
    notes : tuple of str
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()


def asset_states(records: WorksRecords) -> AssetStates:
    """The latest inspection of each asset up to the day of the records.

    Parameters
    ----------
    records : WorksRecords

    Returns
    -------
    AssetStates
        Inspections dated later are left out and counted; steps of a work that say whether it
        works (acceptance, inspection, failure, repair, retirement) count for its assets.
    """
    looks, day = _looks(records), pd.Timestamp(records.as_of)
    late = int((looks["on"] > day).sum())
    last = (
        looks[looks["on"] <= day].sort_values("on", kind="stable")
        .drop_duplicates("asset", keep="last").set_index("asset")
    )  # fmt: skip
    assets = records["assets"].copy()
    here = last.reindex(assets["asset"])
    assets["state"] = here["state"].fillna("").to_numpy(dtype=object)
    assets["seen"] = pd.to_datetime(here["on"]).to_numpy()
    assets["age"] = (assets["seen"] - assets["built"]).dt.days / YEAR
    early = assets["age"] < -0.51  # a year stands for its middle
    assets["age"] = assets["age"].where(~early).clip(lower=0.0)
    unseen = int((assets["state"] == "").sum())
    said = (
        (late, f"inspections dated after {records.as_of}: {late:,} left out"),
        (unseen, f"nobody looked at {unseen:,} of {len(assets):,} assets: not counted as working"),
        (int(early.sum()), say_plural(
            "{n} asset was seen before it was built: its age is not known",
            "{n} assets were seen before they were built: their age is not known",
            int(early.sum()))),
    )  # fmt: skip
    return AssetStates(assets, tuple(text for count, text in said if count))


def _looks(records: WorksRecords) -> pd.DataFrame:
    """Inspections, and what the steps of works say of their assets."""
    looks = records["inspections"][["asset", "on", "state"]]
    rows = [
        (work, event.on, state)
        for work, history in records.steps.histories.items()
        for event in history.events
        if (state := _said(event))
    ]
    if not rows:
        return looks
    steps = pd.DataFrame(rows, columns=["work", "on", "state"])
    steps["on"] = pd.to_datetime(steps["on"]).astype("datetime64[s]")
    own = records["assets"].loc[records["assets"]["work"] != "", ["asset", "work"]]
    said = own.merge(steps, on="work")[["asset", "on", "state"]]
    return said if looks.empty else pd.concat([said, looks], ignore_index=True)


def _said(event: Any) -> str:
    """What a step says of whether its work works; "" where it says nothing."""
    if event.state in _STEPS:
        return _STEPS[event.state]
    if event.decision is None:
        return ""
    return {"met": "functional", "not met": "not functional"}.get(event.decision.outcome, "")


def lives(records: WorksRecords, states: tuple[str, ...]) -> pd.DataFrame:
    """How long each asset worked: to the first look that found it failed, or to the last look.

    Parameters
    ----------
    records : WorksRecords
    states : tuple of str
        What counts as working.

    Returns
    -------
    pandas.DataFrame
        The assets with the columns years and failed; without those of which neither the day of
        building nor any look is known.
    """
    day = pd.Timestamp(records.as_of)
    looks = _looks(records)
    looks = looks[looks["on"] <= day].assign(works=lambda rows: rows["state"].isin(states))
    failed = looks[~looks["works"]].groupby("asset")["on"].min()
    last = looks.groupby("asset")["on"].max()
    assets = records["assets"].copy()
    ends = pd.to_datetime(failed.reindex(last.index)).fillna(pd.to_datetime(last))
    end = looked_up(ends, assets["asset"])
    assets["failed"] = assets["asset"].isin(failed.index)
    assets["years"] = (end - assets["built"]).dt.days / YEAR
    known = assets["years"].notna() & (assets["years"] >= -0.51)
    found = assets[known]
    return found.assign(years=np.maximum(found["years"], 0.0))
