"""Areas as shapes: boundaries that the user brings, as paths of a picture with few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.publish.explorer.model import Area, AreaLevel
from exitline.publish.maps.boundaries import read_boundaries
from exitline.publish.maps.joined import joined
from exitline.publish.maps.projection import projected, simplified
from exitline.words.said import Text, say

if TYPE_CHECKING:
    from exitline.publish.explorer.settings import ShapeSettings

ACROSS = 1600
"""Steps over the longer side of a picture: what a screen can show."""


def put_in_shape(
    level: AreaLevel, index: int, areas: Sequence[Area], given: ShapeSettings
) -> tuple[AreaLevel, list[Area], tuple[tuple[Text, Text], ...]]:
    """A level's areas with their shapes, in an equal-area projection.

    Parameters
    ----------
    level : AreaLevel
    index : int
        Its position among levels.
    areas : sequence of Area
        All areas.
    given : ShapeSettings
        The user's boundaries, the property that names each shape, and whose they are.

    Returns
    -------
    AreaLevel, list of Area, notes
        Areas without a shape stay as they are; the notes tell of what does not match.

    Raises
    ------
    MapError
        For boundaries that cannot be used, or that no area has a shape in.
    """
    import shapely

    found = read_boundaries(given.file, given.key, given.source)
    own = [i for i, area in enumerate(areas) if area.level == index]
    match = joined([areas[i].key for i in own], found, where=given.file)
    names = list(found.shapes)
    plane = dict(zip(names, _in_plane([found.shapes[n] for n in names]), strict=True))
    west, south, east, north = shapely.total_bounds(list(plane.values()))
    unit = max(east - west, north - south) / ACROSS
    made = list(areas)
    for i in own:
        name = match.shape.get(areas[i].key)
        if name is None:
            continue
        shape = plane[name]
        middle = shape.representative_point()
        x, y = (middle.x - west) / (east - west), (north - middle.y) / (north - south)
        made[i] = replace(
            areas[i], x=round(float(x), 4), y=round(float(y), 4),
            shape=path_of(shape, west, north, unit),
        )  # fmt: skip
    aspect = round(float((east - west) / (north - south)), 3)
    width = round((east - west) / unit)
    notes = tuple((say("Boundaries"), note) for note in (given.source, *match.notes) if note)
    return replace(level, layout="map", aspect=aspect, width=width), made, notes


def _in_plane(shapes: list[Any]) -> list[Any]:
    """Shapes on the plane, with no more detail than a picture shows."""
    import shapely

    plane = projected(shapes)
    west, south, east, north = shapely.total_bounds(plane)
    return simplified(plane, max(east - west, north - south) / ACROSS)


def path_of(shape: Any, west: float, north: float, unit: float) -> str:
    """A shape as a path of SVG: whole steps from corner to corner.

    Examples
    --------
    >>> import shapely
    >>> path_of(shapely.box(0, 0, 2, 1), 0.0, 1.0, 1.0)
    'M2 1v-1h-2v1z'
    """
    import shapely

    parts = []
    for ring in shapely.get_rings(_polygons(shape)):
        at = np.round((shapely.get_coordinates(ring) - (west, north)) / (unit, -unit)).astype(int)
        steps = np.diff(at[:-1], axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        if len(steps) < 2:
            continue
        x, y = at[0]
        parts.append(f"M{x} {y}" + "".join(map(_step, steps.tolist())) + "z")
    return "".join(parts)


def _polygons(shape: Any) -> Any:
    """The polygons of a shape, whatever else mending it has left."""
    import shapely

    parts = shapely.get_parts(shape, return_index=False)
    while any(part.geom_type == "GeometryCollection" for part in parts):
        parts = shapely.get_parts(parts)
    flat = shapely.get_parts(parts)
    return [part for part in flat if part.geom_type == "Polygon"]


def _step(step: list[int]) -> str:
    """One step, as short as it can be written."""
    x, y = step
    if not y:
        return f"h{x}"
    if not x:
        return f"v{y}"
    return f"l{x}{'' if y < 0 else ' '}{y}"
