"""What villages lack against the standard, what would bring it, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exitline.exits.works.covered import MET
from exitline.exits.works.records.typed import looked_up
from exitline.exits.works.serving import for_villages, repair_costs
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from exitline.exits.works.covered import VillageCoverage
    from exitline.exits.works.records.folder import WorksRecords

UNFINISHED = ("proposed", "listed", "noticed", "approved", "building")
LIBRARY = ("", *UNFINISHED)
OVER = ("accepted", "in use", "failed", "retired")


@dataclass(frozen=True)
class VillageGaps(ShownResult):
    """Which village lacks what.

    Attributes
    ----------
    table : pandas.DataFrame
        Columns village, name, area, criterion, outcome (not met, or cannot tell), share,
        threshold, unserved (people), under_way (works in the library that are not done),
        remedy (a repair, repairs, a work under way, a new one, a count), repair (assets), cost
        (missing where it is not known).
    notes : tuple of str
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """A row for each village and criterion that it lacks."""
        return self.table

    def by_area(self) -> pd.DataFrame:
        """How much is lacking, area by area.

        Returns
        -------
        pandas.DataFrame
            Columns area, criterion, villages, unserved, cost (of those known), unknown_costs.
        """
        grouped = self.table.groupby(["area", "criterion"], sort=False)
        found = grouped.agg(
            villages=("village", "size"), unserved=("unserved", "sum"), cost=("cost", "sum"),
            unknown_costs=("cost", lambda one: int(one.isna().sum())),
        )  # fmt: skip
        return found.reset_index()


def gaps_of(records: WorksRecords, found: VillageCoverage) -> VillageGaps:
    """Every criterion that a village does not meet.

    Parameters
    ----------
    records : WorksRecords
    found : VillageCoverage

    Returns
    -------
    VillageGaps
        Where a run decided a criterion, its decision counts; else today's coverage. Areas in the
        order of the table of villages; within one those with most people unserved first.
    """
    table = _outcomes(records, found)
    rows = table[table["outcome"] != MET].copy()
    rows["unserved"] = (rows["people"] * (1 - rows["share"])).round()
    rows["under_way"] = _under_way(records, rows)
    rows["repair"], rows["cost"] = "", np.nan
    rows["remedy"] = "a new one"
    for criterion, part in rows.groupby("criterion", sort=False):
        if criterion in found.serving:
            _repairs(records, found, str(criterion), rows, part)
    _new(records, rows)
    rows.loc[rows["under_way"] != "", "remedy"] = "a work under way"
    unknown = rows["outcome"] != "not met"
    rows["remedy"] = rows["remedy"].mask(unknown, "find out")
    rows["cost"] = rows["cost"].mask(unknown)
    order = pd.unique(records["villages"]["area"])
    rows["at"] = rows["area"].map({area: i for i, area in enumerate(order)})
    rows = rows.sort_values(["at", "unserved"], ascending=[True, False], kind="stable")
    kept = ["village", "name", "area", "criterion", "outcome", "share", "threshold", "unserved",
            "under_way", "remedy", "repair", "cost"]  # fmt: skip
    return VillageGaps(rows[kept].reset_index(drop=True), found.notes)


def _outcomes(records: WorksRecords, found: VillageCoverage) -> pd.DataFrame:
    """Villages and criteria with what was decided, or else what coverage says."""
    table = found.table.copy()
    if records.decided is None or records.decided.empty:
        return table
    decided = records.decided.drop_duplicates(["village", "criterion"], keep="last")
    at = table.merge(decided, on=["village", "criterion"], how="left", suffixes=("", "_decided"))
    said = at["outcome_decided"].to_numpy(dtype=object)
    known = pd.notna(said)
    table.loc[known, "outcome"] = said[known]
    table.loc[table["loses"], "outcome"] = "not met"  # an asset failed since
    return table


def _under_way(records: WorksRecords, rows: pd.DataFrame) -> Any:
    """Works for a village and criterion that are listed and not done."""
    works = records["works"].set_index("work")
    each = for_villages(records)
    each["criterion"] = looked_up(works["criterion"], each["work"])
    state = looked_up(works["state"], each["work"]).fillna("")
    taken = each["work"].map(lambda work: records.steps.state(work, records.as_of))
    each["state"] = taken.where(taken != "", state)
    over = each["state"].isin(OVER) | (
        (each["state"] == "")
        & (looked_up(works["ended"], each["work"]) <= pd.Timestamp(records.as_of))
    )
    stands = each["work"].isin(records["assets"]["work"]) & ~each["state"].isin(UNFINISHED)
    each = each[~over & ~stands]
    text = each.groupby(["village", "criterion"])["work"].agg("; ".join)
    keys = pd.MultiIndex.from_frame(rows[["village", "criterion"]])
    return text.reindex(keys).fillna("").to_numpy()


def _repairs(
    records: WorksRecords, found: VillageCoverage, criterion: str, rows: pd.DataFrame,
    part: pd.DataFrame,
) -> None:  # fmt: skip
    """Where repairs are enough: the cheapest single one, or all that serve somebody new."""
    one = found.serving[criterion]
    broken = np.flatnonzero(one.broken)
    if not broken.size:
        return
    pairs = one.gives[broken].tocoo()
    now = one.served(one.works_now)
    adds = np.minimum(pairs.data if one.listed else one.weight[pairs.col],
                      one.weight[pairs.col] - now[pairs.col])  # fmt: skip
    asset = one.assets.iloc[broken[pairs.row]]
    frame = pd.DataFrame({
        "village": records["villages"]["village"].to_numpy()[one.village[pairs.col]],
        "asset": asset["asset"].to_numpy(), "adds": adds,
        "cost": repair_costs(asset, one.keys),
    })  # fmt: skip
    frame = frame[frame["adds"] > 0].groupby(["village", "asset"], sort=False).agg(
        adds=("adds", "sum"), cost=("cost", "first")).reset_index()  # fmt: skip
    total = pd.Series(np.bincount(one.village, one.weight, one.base.size),
                      index=records["villages"]["village"])  # fmt: skip
    row_of = part.reset_index().set_index("village")
    frame = frame[frame["village"].isin(row_of.index)]
    share = frame["village"].map(row_of["share"]) + frame["adds"] / frame["village"].map(total)
    frame["alone"] = share >= one.keys.at_least - 1e-9
    single = frame[frame["alone"]].sort_values("cost", kind="stable").drop_duplicates("village")
    at = row_of.loc[single["village"], "index"]
    rows.loc[at, ["remedy", "repair", "cost"]] = np.column_stack(
        [np.full(len(single), "a repair", dtype=object), single["asset"], single["cost"]]
    )
    many = frame[~frame["village"].isin(single["village"])]
    many = many[many["village"].map(row_of["repaired"]) >= one.keys.at_least - 1e-9]
    text = many.groupby("village", sort=False).agg(
        asset=("asset", "; ".join), cost=("cost", lambda c: c.sum(skipna=False)))  # fmt: skip
    at = row_of.loc[text.index, "index"]
    rows.loc[at, ["remedy", "repair", "cost"]] = np.column_stack(
        [np.full(len(text), "repairs", dtype=object), text["asset"], text["cost"]]
    )
    rows["cost"] = rows["cost"].astype(np.float64)


def _new(records: WorksRecords, rows: pd.DataFrame) -> None:
    """Costs where no repair will do: that of the work under way, or of a new one."""
    cost = records["works"].set_index("work")["cost"]
    first = rows["under_way"].str.split("; ").str[0].map(cost)
    new = rows["criterion"].map({name: keys.new_cost for name, keys in
                                 records.keys.criteria.items()}).astype(float)  # fmt: skip
    plain = rows["remedy"] == "a new one"
    rows["cost"] = rows["cost"].where(~plain, first.where(first.notna(), new)).astype(float)
