"""The live tables of works and assets: a row each, with all that checks ask about.

Among it: whether places lie in the polygon that they should lie in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exitline.errors import install_extra
from exitline.exits.works.covered import MET
from exitline.exits.works.errors import WorksError
from exitline.exits.works.reach import EARTH, on_sphere
from exitline.exits.works.records.typed import looked_up
from exitline.exits.works.serving import for_villages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.exits.works.covered import VillageCoverage
    from exitline.exits.works.records.folder import WorksRecords

    Floats = NDArray[np.float64]


ACCEPTED = ("accepted", "in use", "failed", "retired")
"""States that a work reaches by acceptance."""


def live_works(records: WorksRecords, found: VillageCoverage) -> pd.DataFrame:
    """A row for each work, as checks see it.

    Parameters
    ----------
    records : WorksRecords
    found : VillageCoverage

    Returns
    -------
    pandas.DataFrame
        The works with the columns state, accepted, inspections, built (share), funds, phase_cost,
        met_without, village_people, outside, placed, future, backwards, refused, twin_m
        (metres to the nearest other of its kind), criteria, villages (how many), assets (how
        many).
    """
    works = records["works"]
    table = works.drop(columns=["villages"]).set_index("work", drop=False)
    own = records["assets"][records["assets"]["work"] != ""]
    each = for_villages(records)
    people = records["villages"].set_index("village")["people"]
    table["state"] = [records.steps.state(w, records.as_of) or s
                      for w, s in zip(works["work"], works["state"], strict=True)]  # fmt: skip
    table["accepted"] = _accepted(records, table)
    table["inspections"] = _inspections(records, own).reindex(table.index).fillna(0)
    table["built"] = _built(records, table)
    table["funds"] = _sum(records["funds"], "amount")
    table["phase_cost"] = _sum(records["phases"], "cost")
    table["village_people"] = (
        each.assign(people=each["village"].map(people)).groupby("work")["people"]
        .sum(min_count=1)
    )  # fmt: skip
    table["villages"] = each.groupby("work").size().reindex(table.index).fillna(0)
    table["assets"] = own.groupby("work").size().reindex(table.index).fillna(0)
    table["criteria"] = table["criterion"].isin(list(records.keys.criteria) or list(
        table["criterion"].unique()[table["criterion"].unique() != ""])).astype(int)  # fmt: skip
    table["met_without"] = _met_without(table, each, found)
    first = each.drop_duplicates("work").set_index("work")["village"]
    whose = looked_up(first.astype(object), table["work"]).fillna("")
    table["outside"], table["placed"] = _places(records, table, whose.to_numpy(), own)
    table["future"] = table["work"].isin(_to_come(records))
    table["backwards"] = table["ended"] < table["began"]
    refused = pd.Series([work for work, _, _ in records.steps.refused], dtype=object)
    table["refused"] = refused.value_counts().reindex(table.index).fillna(0)
    new = (table["repairs"] == "").to_numpy()
    table["twin_m"] = _twins(table, new)
    return table.reset_index(drop=True)


def _to_come(records: WorksRecords) -> set[str]:
    """Works with a day that is still to come: their own, of a phase, of funds, of a step."""
    day = pd.Timestamp(records.as_of)
    dated = {"works": ["began", "ended"], "phases": ["began", "ended"], "funds": ["on"]}
    found = set(records.steps.late)
    for name, days in dated.items():
        found |= set(records[name].loc[(records[name][days] > day).any(axis=1), "work"])
    return found


def _accepted(records: WorksRecords, table: pd.DataFrame) -> Any:
    """Whether a work was accepted: by its steps, or by the state that the table gives."""
    taken = {
        work for work, history in records.steps.histories.items()
        if any(event.state in ACCEPTED[:2] for event in history.events)
    }  # fmt: skip
    return table["work"].isin(taken) | (
        table["state"].isin(ACCEPTED) & ~table["work"].isin(list(records.steps.histories))
    )


def _inspections(records: WorksRecords, own: pd.DataFrame) -> Any:
    """How often somebody looked: inspections of a work's assets, and steps that assess."""
    looks = records["inspections"]
    seen = looks[looks["on"] <= pd.Timestamp(records.as_of)].merge(own[["asset", "work"]])
    steps = {
        work: sum(event.decision is not None for event in history.events)
        for work, history in records.steps.histories.items()
    }
    return seen.groupby("work").size().add(pd.Series(steps, dtype=float), fill_value=0)


def _built(records: WorksRecords, table: pd.DataFrame) -> Any:
    """How much of each work is built: by its phases, its state, or its last day of building."""
    phases = records["phases"]
    share = phases["share"].where(
        phases["share"].notna(), 1.0 / phases.groupby("work")["work"].transform("size")
    )
    done = phases["done"].where(
        phases["done"].notna(), (phases["ended"] <= pd.Timestamp(records.as_of)).astype(float)
    )
    by_phase = (share * done).groupby(phases["work"]).sum().reindex(table.index)
    over = (table["ended"] <= pd.Timestamp(records.as_of)) | table["accepted"]
    said = table["state"] != ""
    plain = over.astype(float).where(over | said | table["began"].notna())
    return by_phase.where(by_phase.notna(), plain)


def _sum(frame: pd.DataFrame, column: str) -> Any:
    """Sums by work; nothing where there is no row."""
    return frame.groupby("work")[column].sum(min_count=1)


def _met_without(table: pd.DataFrame, each: pd.DataFrame, found: VillageCoverage) -> Any:
    """Whether all villages of a work meet its criterion without it."""
    criterion = looked_up(table["criterion"], each["work"]).astype(object)
    rows = each.assign(criterion=criterion).merge(
        found.table[["village", "criterion", "outcome", "because_of"]],
        on=["village", "criterion"],
    )  # fmt: skip
    if rows.empty:
        return np.full(len(table), None, dtype=object)
    needs = [work in because.split("; ") for work, because in zip(
        rows["work"], rows["because_of"], strict=True)]  # fmt: skip
    rows["without"] = (rows["outcome"] == MET) & ~np.array(needs)
    return rows.groupby("work")["without"].all().reindex(table.index).astype("boolean")


def _places(
    records: WorksRecords, table: pd.DataFrame, village: Any, own: pd.DataFrame | None = None
) -> tuple[Any, Any]:
    """Whether each row lies outside, and whether its place is known."""
    placed = table[["latitude", "longitude"]].notna().all(axis=1).to_numpy()
    outside = pd.array(
        _outside_box(records, table) | _far(records, table, village, placed), dtype="boolean"
    ) | _beyond(records, table, village, placed)
    if own is not None:  # a work is where its assets are, or where its villages are
        there = own[own[["latitude", "longitude"]].notna().all(axis=1)]["work"].unique()
        placed = placed | table["work"].isin(there).to_numpy() | (village != "")
    else:
        placed = placed | (village != "")
    return outside, placed


def _outside_box(records: WorksRecords, table: pd.DataFrame) -> Any:
    """Which rows lie outside the bounds of the area."""
    outside = np.zeros(len(table), dtype=bool)
    for key in ("latitude", "longitude"):
        ends = getattr(records.keys.area, key) if records.keys.area else None
        if ends is not None:
            outside |= ((table[key] < ends[0]) | (table[key] > ends[1])).to_numpy()
    return outside


def _far(records: WorksRecords, table: pd.DataFrame, village: Any, placed: Any) -> Any:
    """Which rows lie far from their village."""
    far_km = records.keys.area.far_km if records.keys.area else 30.0
    home = records["villages"].set_index("village")[["latitude", "longitude"]]
    at = home.reindex(village)
    both = placed & at.notna().all(axis=1).to_numpy()
    found = np.zeros(len(table), dtype=bool)
    if both.any():
        one, two = (
            on_sphere(frame["latitude"].to_numpy(np.float64), frame["longitude"].to_numpy(
                np.float64), "works") for frame in (table[both], at[both])
        )  # fmt: skip
        straight = np.sqrt(((one - two) ** 2).sum(axis=1))
        found[both] = 2 * EARTH * np.arcsin(np.minimum(1, straight / (2 * EARTH))) > far_km
    return found


def _beyond(records: WorksRecords, table: pd.DataFrame, village: Any, placed: Any) -> Any:
    """Which rows lie outside the polygon of their village or area; nothing where it has none."""
    found = pd.array([False] * len(table), dtype="boolean")
    if not records.shapes or records.keys.area is None:
        return found

    homes = records["villages"]
    named = homes["village" if records.keys.area.named == "village" else "area"]
    whose = looked_up(named.set_axis(homes["village"]), pd.Series(village)).fillna("")
    rows = np.flatnonzero(placed)
    found[rows] = outside_shapes(
        table[["latitude", "longitude"]].to_numpy(np.float64)[rows], whose.to_numpy()[rows],
        records.shapes, records.keys.area.border_km,
    )  # fmt: skip
    return found


def live_assets(records: WorksRecords, found: VillageCoverage) -> pd.DataFrame:
    """A row for each asset, as checks see it.

    Parameters
    ----------
    records : WorksRecords
    found : VillageCoverage

    Returns
    -------
    pandas.DataFrame
        The assets with the columns state, inspections, twin_m (metres to the nearest other of its
        kind), outside, placed, future, seen_before_built, served, households.
    """
    table = found.assets.copy()
    looks = records["inspections"]
    day = pd.Timestamp(records.as_of)
    own = records["assets"]
    seen = looks[looks["on"] <= day].groupby("asset")["on"]
    by_step = own.set_index("asset")["work"].map(
        lambda work: work in records.steps.histories and any(
            event.decision is not None for event in records.steps.histories[work].events)
    )  # fmt: skip
    table["inspections"] = table["asset"].map(seen.size()).fillna(0) + table["asset"].map(
        by_step.astype(float))  # fmt: skip
    first = looked_up(seen.min(), table["asset"])
    table["seen_before_built"] = (table["built"] - first).dt.days > 183
    late = looks[looks["on"] > day]["asset"].unique()
    table["future"] = (table["built"] > day) | table["asset"].isin(late)
    table["outside"], table["placed"] = _places(records, table, table["village"].to_numpy())
    table["twin_m"] = _twins(table)
    services, villages = records["services"], records["villages"].set_index("village")
    rows = services.assign(most=services["village"].map(villages["households"]))
    sums = rows.groupby("asset")[["households", "most"]].sum(min_count=1)
    table["served"] = table["asset"].map(sums["households"])
    table["households"] = table["asset"].map(sums["most"])
    return table


def _twins(table: pd.DataFrame, kept: Any = True) -> Any:
    """Metres from each row to the nearest other of its kind, among those kept."""
    from scipy.spatial import cKDTree

    found = np.full(len(table), np.nan)
    there = kept & table[["latitude", "longitude"]].notna().all(axis=1).to_numpy()
    kinds = table["kind"].to_numpy()
    for kind in np.unique(kinds[there].astype(str)):
        rows = np.flatnonzero(there & (kinds == kind))
        if rows.size > 1:
            part = table.iloc[rows]
            at = on_sphere(part["latitude"].to_numpy(), part["longitude"].to_numpy(), "assets")
            found[rows] = np.asarray(cKDTree(at).query(at, k=2)[0])[:, 1] * 1000
    return found


DEGREE = 111.195
"""Kilometres in a degree of latitude, on the sphere."""


def outside_shapes(
    at: Floats, named: NDArray[Any], shapes: Mapping[str, str], border_km: float = 0.0
) -> Any:
    """Which places lie outside the shape of their name.

    Parameters
    ----------
    at : float array, shape (places, 2)
        Latitude and longitude in degrees.
    named : array of str
        The name of each place's shape; "" where it belongs to none: it lies outside where it is
        in no shape at all.
    shapes : mapping of str to str
        WKT by name.
    border_km : float
        How far outside a place may lie.

    Returns
    -------
    pandas boolean array
        Nothing for names that have no shape.

    Raises
    ------
    WorksError
        Without shapely (extra ``maps``).

    Examples
    --------
    >>> square = {"north": "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"}
    >>> at = np.array([[0.5, 0.5], [0.5, 2.0], [0.5, 0.5]])
    >>> outside_shapes(at, np.array(["north", "north", "south"]), square).tolist()
    [False, True, <NA>]
    """
    try:
        import shapely
    except ImportError as reason:
        raise WorksError(
            "places cannot be compared with polygons", expected="shapely",
            got="it is not installed", remedy=install_extra("maps"),
        ) from reason  # fmt: skip
    found = pd.array([pd.NA] * len(at), dtype="boolean")
    for name in np.unique(named.astype(str)):
        rows = np.flatnonzero(named == name)
        own = [name] if name else list(shapes)
        if not set(own) <= set(shapes):
            continue
        whole = shapely.union_all([shapely.from_wkt(shapes[one]) for one in own])
        scale = np.array([DEGREE * np.cos(np.radians(at[rows, 0].mean())), DEGREE])
        flat = shapely.transform(whole, partial(np.multiply, scale))
        points = shapely.points(at[rows, ::-1] * scale)
        found[rows] = shapely.distance(flat, points) > border_km + 1e-9
    return found
