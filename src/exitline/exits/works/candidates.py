"""What can be done next: repairs of what is broken, and works of the library that are not done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import block_diag, csr_array, hstack, vstack

from exitline.exits.works.errors import WorksError
from exitline.exits.works.gaps import LIBRARY
from exitline.exits.works.problem import WorksProblem
from exitline.exits.works.reach import on_sphere, within
from exitline.exits.works.serving import for_villages, repair_costs
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from exitline.exits.works.covered import VillageCoverage
    from exitline.exits.works.problem import Goal
    from exitline.exits.works.records.folder import WorksRecords
    from exitline.exits.works.serving import Serving

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """Works and repairs that can be done, and the problem of choosing among them.

    Attributes
    ----------
    problem : WorksProblem
        Its areas are the criteria of villages, its units the villages.
    names : tuple of str
    areas : tuple of str
        "village: criterion".
    at, place_at : float arrays, shape (works, 2) and (places, 2)
        Latitude and longitude; NaN where they are not known.
    notes : tuple of str
        What was left out, counted.
    """

    problem: WorksProblem
    names: tuple[str, ...]
    areas: tuple[str, ...]
    at: Floats
    place_at: Floats
    notes: tuple[str, ...]


def candidates_of(
    records: WorksRecords, found: VillageCoverage, budget: Sequence[float], goal: Goal,
    floor: float = 0.0,
) -> Candidates:  # fmt: skip
    """Everything that could be done for any criterion, as one problem.

    Parameters
    ----------
    records : WorksRecords
    found : VillageCoverage
    budget : sequence of float
        For each year.
    goal : {"people", "areas", "units"}
        Serve most people, meet most criteria, or bring most villages to all of theirs.
    floor : float
        Least share of each village's people, for each criterion.

    Returns
    -------
    Candidates

    Raises
    ------
    WorksError
        Where nothing can be done.
    """
    parts = [_part(records, one) for one in found.serving.values()]
    table = pd.concat([part[0] for part in parts], ignore_index=True) if parts else pd.DataFrame()
    if table.empty or table["cost"].notna().sum() == 0:
        raise WorksError(
            "there is nothing to choose from", where=str(records.folder),
            expected="broken assets with a cost of repair, or works that are not done with a cost",
            got=f"{len(table):,} candidates, none with a cost",
            remedy="add repair_cost to assets or to the criterion, cost to works",
        )  # fmt: skip
    known = table["cost"].notna().to_numpy()
    reach = csr_array(block_diag([part[1] for part in parts], format="csr"))[np.flatnonzero(known)]
    kept = table[known].reset_index(drop=True)
    villages, each = len(records["villages"]), [part[2] for part in parts]
    area = np.concatenate([one["village"] + k * villages for k, one in enumerate(each)])
    code, _ = pd.factorize(kept["exclusive"].where(kept["exclusive"] != ""))
    served = np.concatenate([one["served"] for one in each]).astype(bool)
    problem = WorksProblem(
        kept["cost"].to_numpy(np.float64), reach, np.concatenate([one["weight"] for one in each]),
        served, area.astype(np.int64), tuple(map(float, budget)), code.astype(np.int64),
        np.full(villages * len(parts), floor), goal,
        np.repeat([one.keys.at_least for one in found.serving.values()], villages),
        np.tile(np.arange(villages), len(parts)),
    )  # fmt: skip
    ids = records["villages"]["village"]
    left = int((~known).sum())
    notes = (
        (
            say_plural(
                "{n} candidate has no cost: left out", "{n} candidates have no cost: left out", left
            ),
        )
        if left
        else ()
    )
    return Candidates(
        problem, tuple(kept["name"]), tuple(f"{v}: {c}" for c in found.serving for v in ids),
        kept[["latitude", "longitude"]].to_numpy(np.float64),
        np.concatenate([one[["latitude", "longitude"]].to_numpy(np.float64) for one in each]),
        (*found.notes, *notes),
    )  # fmt: skip


def _part(records: WorksRecords, one: Serving) -> tuple[pd.DataFrame, csr_array, pd.DataFrame]:
    """Candidates, reach and places of one criterion."""
    repairs, broken = _repairs(records, one)
    works = _library(records, one)
    if one.listed:
        return _listed(records, one, repairs, broken, works)
    place = one.place.assign(village=one.village, weight=one.weight,
                             served=one.served(one.works_now) > 0)  # fmt: skip
    reach = vstack([one.gives[broken], _reach(records, one, works)], format="csr")
    return pd.concat([repairs, works], ignore_index=True), csr_array(reach), place


def _repairs(records: WorksRecords, one: Serving) -> tuple[pd.DataFrame, Any]:
    """Broken assets with what repairing, or replacing, them costs."""
    broken = np.flatnonzero(one.broken)
    rows = one.assets.iloc[broken]
    cost = pd.Series(repair_costs(rows, one.keys), index=rows.index)
    works = records["works"]
    planned = works[works["repairs"] != ""].drop_duplicates("repairs").set_index("repairs")["cost"]
    cost = rows["asset"].map(planned).fillna(cost)
    return pd.DataFrame({
        "name": "repair " + rows["asset"], "cost": cost.to_numpy(), "exclusive": "",
        "latitude": rows["latitude"].to_numpy(), "longitude": rows["longitude"].to_numpy(),
        "work": "",
    }).reset_index(drop=True), broken  # fmt: skip


def _library(records: WorksRecords, one: Serving) -> pd.DataFrame:
    """Works of the library for this criterion that are not done."""
    works = records["works"]
    state = [records.steps.state(w, records.as_of) or s
             for w, s in zip(works["work"], works["state"], strict=True)]  # fmt: skip
    fits = (works["criterion"] == one.criterion) | (
        (works["criterion"] == "") & works["kind"].isin(one.keys.kinds)
    )
    over = (works["ended"] <= pd.Timestamp(records.as_of)) & (np.array(state) == "")
    stands = works["work"].isin(records["assets"]["work"])
    undone = np.array([s in LIBRARY for s in state]) & ~over & ~stands & (works["repairs"] == "")
    rows = works[fits & undone]
    return pd.DataFrame({
        "name": rows["work"], "cost": rows["cost"], "exclusive": rows["exclusive"],
        "latitude": rows["latitude"], "longitude": rows["longitude"], "work": rows["work"],
    }).reset_index(drop=True)  # fmt: skip


def _reach(records: WorksRecords, one: Serving, works: pd.DataFrame) -> csr_array:
    """Places that planned works would serve: within reach of their place, or their villages'."""
    placed = works[["latitude", "longitude"]].notna().all(axis=1).to_numpy()
    found = _of_villages(records, one, works)
    if placed.any() and one.keys.within_km is not None and len(one.place):
        here = [on_sphere(f["latitude"].to_numpy(np.float64), f["longitude"].to_numpy(np.float64))
                for f in (one.place, works[placed])]  # fmt: skip
        rows: Any = found.tolil()
        rows[np.flatnonzero(placed)] = within(here[0], here[1], one.keys.within_km).tolil()
        return csr_array(rows)
    return csr_array(found)


def _of_villages(records: WorksRecords, one: Serving, works: pd.DataFrame) -> csr_array:
    """All places of the villages that works are for."""
    each = for_villages(records)
    each = each[each["work"].isin(works["work"])]
    row = pd.Index(works["work"]).get_indexer(each["work"])
    column = pd.Index(records["villages"]["village"]).get_indexer(each["village"])
    size = (len(works), len(records["villages"]))
    mine = csr_array((np.ones(len(each)), (row, column)), shape=size)
    where = np.arange(one.village.size)
    home = csr_array((np.ones(where.size), (one.village, where)), shape=(size[1], where.size))
    return csr_array(mine @ home)


def _listed(
    records: WorksRecords, one: Serving, repairs: pd.DataFrame, broken: Any, works: pd.DataFrame
) -> tuple[pd.DataFrame, csr_array, pd.DataFrame]:
    """Services by list: each candidate serves households of its own, up to all of a village."""
    new = _of_villages(records, one, works)
    new.data = one.weight[new.indices]
    gives = vstack([one.gives[broken], new], format="coo")
    now = np.minimum(one.served(one.works_now) + one.base[one.village] * one.weight, one.weight)
    total = np.asarray(gives.sum(axis=0)).ravel()
    rest = one.weight - now
    scale = np.minimum(1.0, np.divide(rest, total, out=np.zeros_like(total), where=total > 0))
    own = np.arange(gives.nnz)
    closed = pd.DataFrame({"village": one.village, "weight": now, "served": True})
    never = pd.DataFrame({"village": one.village, "weight": np.maximum(rest - total * scale, 0),
                          "served": False})  # fmt: skip
    added = pd.DataFrame({"village": one.village[gives.col], "weight":
                          gives.data * scale[gives.col], "served": False})  # fmt: skip
    place = pd.concat([added, closed, never], ignore_index=True)
    for name in ("latitude", "longitude"):
        at = records["villages"][name].to_numpy(np.float64)
        place[name] = at[place["village"]]
    reach = csr_array((np.ones(own.size), (gives.row, own)), shape=(gives.shape[0], own.size))
    empty = csr_array((gives.shape[0], len(closed) + len(never)))
    return (
        pd.concat([repairs, works], ignore_index=True),
        csr_array(hstack([reach, empty], format="csr")), place,
    )  # fmt: skip
