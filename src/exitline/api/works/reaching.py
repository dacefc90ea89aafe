"""Who is served: `xl.works.reach`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.works.places import AT, PlacesTable
from exitline.exits.works.errors import WorksError
from exitline.exits.works.reach import nearest
from exitline.words.said import say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.estimates import Estimates


@dataclass(frozen=True)
class Reach(ShownResult):
    """The nearest asset of each place.

    Attributes
    ----------
    table : pyarrow.Table
        The places with the columns km, asset (the nearest that works) and served (1 or 0).
    within_km : float
    assets : int
        Assets that work.
    notes : tuple of str
    """

    table: pa.Table
    within_km: float
    assets: int
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """The places, one in each row.

        Returns
        -------
        pandas.DataFrame
            The columns of the places with km, asset, served.
        """
        found: pd.DataFrame = self.table.to_pandas()
        return found

    def coverage(
        self, by: Any = (), design: Design | None = None, level: float = 0.95
    ) -> Estimates:
        """Share of the people who are served, by area.

        Parameters
        ----------
        by : str or sequence
            Columns of areas, as in `exitline.estimate`.
        design : Design, optional
            Weight and, where places are sampled, strata and PSUs; ``Design(weight=...,
            census=True)`` where they are all there are.
        level : float

        Returns
        -------
        Estimates
            Of ``proportion(served, 1)``.
        """
        from exitline.api.figures.estimation import estimate

        return estimate(self.table, "proportion(served, 1)", design=design, by=by, level=level)


def reach(
    places: Any,
    assets: Any,
    *,
    within_km: float,
    place_at: tuple[str, str] = AT,
    asset_at: tuple[str, str] = AT,
    asset: str | None = None,
    working: str | None = None,
) -> Reach:
    """Which places have an asset that works within a distance.

    Parameters
    ----------
    places, assets : path, table or Source
        PlacesTable (households, villages) and assets (water points, schools), one in each row.
    within_km : float
        Distance along the surface of the Earth.
    place_at, asset_at : pair of str
        Columns of latitude and longitude in degrees (WGS 84).
    asset : str, optional
        Column with the asset's id; its row number unless given.
    working : str, optional
        A condition over assets: only those for which it is true serve anybody.

    Returns
    -------
    Reach

    Raises
    ------
    WorksError
        For columns or coordinates that cannot be used.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"latitude": [0.0, 0.0], "longitude": [0.0, 1.0], "people": [5, 4]})
    >>> wells = pd.DataFrame({"latitude": [0.0], "longitude": [0.005], "state": ["in use"]})
    >>> found = xl.works.reach(homes, wells, within_km=1, working="state = 'in use'")
    >>> found.to_pandas()["served"].tolist()
    [1, 0]
    """
    if not 0 < within_km < 20_038:
        raise WorksError(
            "no distance", where="within_km", expected="kilometres, more than 0",
            got=f"{within_km:g}", remedy="name the distance that counts as served",
        )  # fmt: skip
    homes, things = PlacesTable(places, "place"), PlacesTable(assets, "asset", (asset,))
    there = things.where(working)
    names = things.texts(asset) if asset else [str(i + 1) for i in range(len(things))]
    kept = np.flatnonzero(there)
    km, which = nearest(homes.points(place_at), things.points(asset_at)[kept])
    nearest_name = [names[kept[i]] if i >= 0 else None for i in which]
    table = homes.table
    for name, values in (("km", km), ("asset", nearest_name),
                         ("served", (km <= within_km).astype(np.int64))):  # fmt: skip
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, [values])
    left = len(things) - kept.size
    note = say_plural(
        "{n} of {m} assets does not work and serves nobody",
        "{n} of {m} assets do not work and serve nobody",
        left,
        m=len(things),
    )
    notes = (note,) if left else ()
    return Reach(table, within_km, int(kept.size), notes)
