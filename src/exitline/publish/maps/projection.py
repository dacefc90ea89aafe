"""Longitude and latitude to a plane where areas keep their size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RADIUS = 6371.0088


def equal_area(points: Floats, centre: tuple[float, float]) -> Floats:
    """Lambert's azimuthal equal-area projection of the sphere.

    Parameters
    ----------
    points : float array, shape (points, 2)
        Longitude and latitude in degrees.
    centre : (float, float)
        Longitude and latitude of the middle.

    Returns
    -------
    float array, shape (points, 2)
        Km to the east and north.

    References
    ----------
    Snyder (1987), Map Projections: A Working Manual, equations 24-2 to 24-4.

    Examples
    --------
    >>> equal_area(np.array([[20.0, 41.0]]), (20.0, 41.0)).tolist()
    [[0.0, 0.0]]
    """
    lon, lat = np.radians(points[:, 0] - centre[0]), np.radians(points[:, 1])
    middle = np.radians(centre[1])
    cos = np.sin(middle) * np.sin(lat) + np.cos(middle) * np.cos(lat) * np.cos(lon)
    k = np.sqrt(2.0 / np.maximum(1.0 + cos, 1e-9))
    x = k * np.cos(lat) * np.sin(lon)
    y = k * (np.cos(middle) * np.sin(lat) - np.sin(middle) * np.cos(lat) * np.cos(lon))
    return RADIUS * np.column_stack([x, y])


def projected(shapes: list[Any]) -> list[Any]:
    """Shapes on the plane, around their common middle; across the date line as one piece.

    Parameters
    ----------
    shapes : list of shapely geometry

    Returns
    -------
    list of shapely geometry
    """
    import shapely

    bounds = np.array([shapely.bounds(shape) for shape in shapes])
    (west, south), (east, north) = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    if east - west > 180:  # on both sides of the date line
        turned = [
            shapely.transform(s, lambda p: np.column_stack([p[:, 0] % 360, p[:, 1]]))
            for s in shapes
        ]
        again = np.array([shapely.bounds(shape) for shape in turned])
        if again[:, 2].max() - again[:, 0].min() < east - west:
            shapes, west, east = turned, again[:, 0].min(), again[:, 2].max()
    centre = (float(west + east) / 2, float(south + north) / 2)
    return [shapely.transform(shape, lambda p: equal_area(p, centre)) for shape in shapes]


def simplified(shapes: list[Any], size: float) -> list[Any]:
    """Shapes with no more detail than a picture shows; neighbours keep their common border.

    Parameters
    ----------
    shapes : list of shapely geometry
        On the plane.
    size : float
        Length that the picture shows as one pixel.

    Returns
    -------
    list of shapely geometry
        By Visvalingam and Whyatt's method, on the borders that neighbours share at once.
    """
    import shapely

    if not shapely.coverage_is_valid(shapes):  # overlaps, or slivers between neighbours
        return [shapely.simplify(shape, size / 2) for shape in shapes]
    return list(shapely.coverage_simplify(shapes, size))
