"""Which villages meet a criterion, by whose works, and which would not if assets stay broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array

from exitline.exits.works.reach import on_sphere, within
from exitline.exits.works.records.typed import parted
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.exits.works.records.folder import WorksRecords
    from exitline.exits.works.records.keys import WorksCriterionKeys

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

EPS = 1e-9


@dataclass(frozen=True)
class Serving:
    """Who is served for a criterion, village by village.

    Attributes
    ----------
    criterion : str
    keys : WorksCriterionKeys
    assets : pandas.DataFrame
        Those of its kinds, with their state.
    gives : sparse array, shape (assets, places)
        What an asset adds to a place: 1 within reach; households where services are listed.
    weight : float array, shape (places,)
        People or households; where services are listed, the households of each village.
    village : int array, shape (places,)
    base : float array, shape (villages,)
        The share that is served by none of these assets.
    place : pandas.DataFrame
        The places, for estimates.
    notes : tuple of str
    """

    criterion: str
    keys: WorksCriterionKeys
    assets: pd.DataFrame
    gives: csr_array
    weight: Floats
    village: NDArray[np.int64]
    base: Floats
    place: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def listed(self) -> bool:
        """Whether services are listed rather than measured."""
        return self.keys.within_km is None

    @property
    def works_now(self) -> Bools:
        """Which assets work."""
        return np.asarray(self.assets["state"].isin(self.keys.states))

    @property
    def broken(self) -> Bools:
        """Which assets were seen and do not work."""
        return np.asarray((self.assets["state"] != "") & ~self.works_now)

    def served(self, active: Bools) -> Floats:
        """What of each place's weight is served by these assets."""
        given = np.asarray(self.gives.T @ active.astype(np.float64))
        if not self.listed:
            return np.asarray(np.where(given > 0, self.weight, 0.0))
        return np.asarray(np.minimum(given, self.weight))

    def shares(self, active: Bools) -> Floats:
        """Share of each village that is served; NaN where nobody is known to live."""
        return self._share(self.served(active))

    def _share(self, served: Floats) -> Floats:
        size = self.base.size
        total = np.bincount(self.village, self.weight, size)
        there = np.bincount(self.village, served, size)
        share = np.divide(there, total, out=np.full(size, np.nan), where=total > 0)
        return np.asarray(np.minimum(share + self.base, 1.0))

    def meets(self, share: Floats) -> Bools:
        """Which shares are enough; missing ones are not."""
        return np.asarray(share >= self.keys.at_least - EPS)

    def without(self, owner: NDArray[np.int64], owners: int) -> csr_array:
        """What each village's share loses without the assets of each owner.

        Parameters
        ----------
        owner : int array, shape (assets,)
            -1: of none.
        owners : int

        Returns
        -------
        sparse array, shape (owners, villages)
        """
        active = self.works_now & (owner >= 0)
        at = np.flatnonzero(active)
        member = csr_array((np.ones(at.size), (owner[at], at)), shape=(owners, len(self.assets)))
        own = (member @ self.gives).tocsr()
        all_given = np.asarray(self.gives.T @ self.works_now.astype(np.float64))
        own.sort_indices()
        column = own.indices
        if self.listed:
            rest = all_given[column] - own.data
            lost = np.minimum(all_given, self.weight)[column] - np.minimum(
                rest, self.weight[column])  # fmt: skip
        else:
            lost = np.where(own.data >= all_given[column] - EPS, self.weight[column], 0.0)
        own.data = np.maximum(lost, 0.0)
        size = self.base.size
        to_village = csr_array(
            (np.ones(self.village.size), (np.arange(self.village.size), self.village)),
            shape=(self.village.size, size),
        )
        total = np.bincount(self.village, self.weight, size)
        scale = np.divide(1.0, total, out=np.zeros(size), where=total > 0)
        return csr_array((own @ to_village) @ diags_array(scale))


def serving(records: WorksRecords, criterion: str, assets: pd.DataFrame) -> Serving:
    """Who could be served for a criterion by which assets.

    Parameters
    ----------
    records : WorksRecords
    criterion : str
    assets : pandas.DataFrame
        As `exitline.exits.works.inspected.asset_states` gives them.

    Returns
    -------
    Serving
    """
    keys = records.keys.criteria[criterion]
    villages = records["villages"]
    own = assets[assets["kind"].isin(keys.kinds)].reset_index(drop=True)
    base = np.zeros(len(villages))
    if keys.base is not None:
        base = _base(records, keys)
    measure = _measured if keys.within_km is not None else _listed
    own, gives, place, notes = measure(records, keys, own)
    code = pd.Index(villages["village"]).get_indexer(place["village"])
    return Serving(
        criterion, keys, own, gives, place["weight"].to_numpy(np.float64), code.astype(np.int64),
        base, place, notes,
    )  # fmt: skip


def _base(records: WorksRecords, keys: WorksCriterionKeys) -> Floats:
    """The share that no asset here serves, from a column of villages."""
    villages = records["villages"]
    if keys.base not in villages.columns:
        raise keys.at("base").unknown(str(keys.base), keys.at("base"), tuple(villages.columns))
    found = pd.to_numeric(villages[keys.base], errors="coerce").to_numpy(np.float64)
    if ((found < 0) | (found > 1)).any():
        raise keys.at("base").unlike("a column of shares from 0 to 1")
    return np.asarray(found)


def _measured(
    records: WorksRecords, keys: WorksCriterionKeys, own: pd.DataFrame
) -> tuple[pd.DataFrame, csr_array, pd.DataFrame, tuple[str, ...]]:
    """Assets and the places within their distance."""
    place = places_of(records)
    there = place[["latitude", "longitude"]].notna().all(axis=1)
    stands = own[["latitude", "longitude"]].notna().all(axis=1)
    said = (
        say_plural(
            "{n} asset has no place: it serves nobody here",
            "{n} assets have no place: they serve nobody here",
            int((~stands).sum()),
        ),
        say_plural(
            "{n} place has no coordinates: left out",
            "{n} places have no coordinates: left out",
            int((~there).sum()),
        ),
    )
    place, own = place[there].reset_index(drop=True), own[stands].reset_index(drop=True)
    at = [on_sphere(one["latitude"].to_numpy(), one["longitude"].to_numpy(), what)
          for one, what in ((place, "places"), (own, "assets"))]  # fmt: skip
    assert keys.within_km is not None
    gives = within(at[0], at[1], keys.within_km) if len(own) and len(place) else csr_array(
        (len(own), len(place)))  # fmt: skip
    return own, gives, place, tuple(text for text in said if text.n)


def places_of(records: WorksRecords) -> pd.DataFrame:
    """Where people live: the places, or else the villages themselves.

    Parameters
    ----------
    records : WorksRecords
    """
    villages, places = records["villages"], records["places"]
    people = villages["people"].where(villages["people"].notna(), villages["households"])
    if places.empty:
        return villages.assign(weight=people.fillna(1.0), place=villages["village"])
    return places.assign(weight=places["weight"].fillna(1.0))


def _listed(
    records: WorksRecords, keys: WorksCriterionKeys, own: pd.DataFrame
) -> tuple[pd.DataFrame, csr_array, pd.DataFrame, tuple[str, ...]]:
    """Assets and the households that they are said to serve."""
    villages, services = records["villages"], records["services"]
    size = villages["households"].where(villages["households"].notna(), villages["people"])
    place = villages.assign(weight=size.fillna(1.0), place=villages["village"])
    rows = services[services["asset"].isin(own["asset"])]
    far = 0
    if keys.within_minutes is not None:
        near = rows["minutes"] <= keys.within_minutes
        far = int(rows["minutes"].isna().sum())
        rows = rows[near]
    asset = pd.Index(own["asset"]).get_indexer(rows["asset"])
    village = pd.Index(villages["village"]).get_indexer(rows["village"])
    many = rows["households"].to_numpy(np.float64)
    many = np.where(np.isnan(many), place["weight"].to_numpy(np.float64)[village], many)
    gives = csr_array((many, (asset, village)), shape=(len(own), len(place)))
    note = say_plural(
        "{n} service has no minutes: left out", "{n} services have no minutes: left out", far
    )
    return own, gives, place, ((note,) if far else ())


def work_codes(records: WorksRecords, assets: pd.DataFrame) -> Any:
    """The position of each asset's work; -1 for assets of none.

    Parameters
    ----------
    records : WorksRecords
    assets : pandas.DataFrame
    """
    return pd.Index(records["works"]["work"]).get_indexer(assets["work"]).astype(np.int64)


def for_villages(records: WorksRecords) -> pd.DataFrame:
    """Works and the villages that they are for, a row each.

    Parameters
    ----------
    records : WorksRecords

    Returns
    -------
    pandas.DataFrame
        Columns work, village, and `row` (the position of the work).
    """
    works = records["works"]
    each = parted(works["villages"])
    return pd.DataFrame({
        "row": each.index, "work": works["work"].loc[each.index].to_numpy(),
        "village": each.to_numpy(),
    })  # fmt: skip


def repair_costs(rows: pd.DataFrame, keys: WorksCriterionKeys) -> Floats:
    """What putting right each asset costs; NaN where it is not known.

    Parameters
    ----------
    rows : pandas.DataFrame
        Assets with their state.
    keys : WorksCriterionKeys

    Returns
    -------
    float array
        Its own cost; else that of the criterion, where it is gone that of a new one.
    """
    some, new = (np.nan if one is None else one for one in (keys.repair_cost, keys.new_cost))
    own = rows["repair_cost"].to_numpy(np.float64)
    default = np.where(rows["state"] == "gone", new, some)
    return np.asarray(np.where(np.isnan(own), default, own))
