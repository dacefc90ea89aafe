"""Who is within reach of what: distances on the sphere, nearest places, pairs within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from exitline.exits.works.errors import WorksError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

EARTH = 6371.0088
"""Mean radius in km (IUGG)."""


def on_sphere(latitude: Floats, longitude: Floats, what: str = "places") -> Floats:
    """Points of a sphere in km from its centre.

    Parameters
    ----------
    latitude, longitude : float array, shape (places,)
        Degrees, WGS 84.
    what : str
        For the error.

    Returns
    -------
    float array, shape (places, 3)

    Raises
    ------
    WorksError
        For coordinates that are missing or not on the Earth.

    Examples
    --------
    >>> on_sphere(np.array([0.0]), np.array([0.0])).round(1).tolist()
    [[6371.0, 0.0, 0.0]]
    """
    wrong = ~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180))
    if wrong.any():
        swapped = ((np.abs(latitude) <= 180) & (np.abs(longitude) <= 90)).all()
        raise WorksError(
            f"{what} with coordinates that are missing or not on the Earth",
            expected="latitude from -90 to 90 and longitude from -180 to 180, in degrees",
            got=f"{int(wrong.sum()):,} of {wrong.size:,}",
            remedy="latitude and longitude seem to be exchanged" if swapped
            else "leave these places out, or correct them",
        )  # fmt: skip
    a, b = np.radians(latitude), np.radians(longitude)
    return EARTH * np.column_stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])


def _chord(km: float) -> float:
    """The straight way between points that are so far apart on the surface."""
    return float(2 * EARTH * np.sin(min(km, np.pi * EARTH) / (2 * EARTH)))


def nearest(places: Floats, to: Floats) -> tuple[Floats, Ints]:
    """Distance of each place to the nearest of others, and which that is.

    Parameters
    ----------
    places : float array, shape (places, 3)
    to : float array, shape (others, 3)
        As `on_sphere` gives them.

    Returns
    -------
    km : float array, shape (places,)
        Along the surface; infinite where there are no others.
    which : int array, shape (places,)
        -1 where there are no others.

    Examples
    --------
    >>> equator = on_sphere(np.zeros(2), np.array([0.0, 1.0]))
    >>> km, which = nearest(equator[:1], equator[1:])
    >>> km.round(2).tolist(), which.tolist()
    ([111.2], [0])
    """
    if not len(to):
        return np.full(len(places), np.inf), np.full(len(places), -1)
    straight, which = cKDTree(to).query(places)
    return 2 * EARTH * np.arcsin(np.minimum(1.0, straight / (2 * EARTH))), np.asarray(
        which, dtype=np.int64
    )


def within(places: Floats, of: Floats, km: float) -> csr_array:
    """Which places lie within a distance of which others.

    Parameters
    ----------
    places : float array, shape (places, 3)
    of : float array, shape (others, 3)
    km : float

    Returns
    -------
    sparse array, shape (others, places)
        Ones where a place is within reach.
    """
    reached = cKDTree(places).query_ball_point(of, np.full(len(of), _chord(km)), return_sorted=True)
    sizes = np.array([len(one) for one in reached], dtype=np.int64)
    columns: Ints = np.concatenate([np.empty(0), *reached]).astype(np.int64)
    pointer = np.concatenate([[0], np.cumsum(sizes)])
    return csr_array(
        (np.ones(len(columns)), columns, pointer), shape=(len(of), len(places)), dtype=np.float64
    )
