"""Whether places lie in the polygon that they should lie in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exitline.errors import install_extra
from exitline.exits.works.errors import WorksError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

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
