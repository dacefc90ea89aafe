"""What lies beneath dots on a map: land, water and the user's own shapes, from GeoJSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import skia

from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.lettering import Box
from exitline.publish.film.parts import MapGround
from exitline.records.reading import open_regular

SEA, LAND, RIVER, SHAPE = "#E3EEF3", "#F6F3EA", "#A9CBDD", "#B9B3A4"
MOST_BYTES = 20 * 2**20
"""Of one file beneath a map."""

Place = tuple[float, float]
Line = tuple[Place, ...]


@dataclass(frozen=True)
class View:
    """Longitude and latitude to pixels, the same scale both ways in the middle.

    Notes
    -----
    Equirectangular projection with the mean latitude as standard parallel (Snyder 1987,
    Map Projections: A Working Manual, eq. 12-1 and 12-2).

    Examples
    --------
    >>> there = View.fitting([(0.0, 0.0), (10.0, 0.0)], Box(0, 0, 100, 100))
    >>> there(5.0, 0.0)
    (50.0, 50.0)
    """

    shrink: float
    scale: float
    left: float
    top: float

    @classmethod
    def fitting(cls, places: Sequence[Place], box: Box, shrink: float | None = None) -> View:
        """The largest one that keeps all places in a box."""
        if shrink is None:
            shrink = math.cos(math.radians(sum(lat for _, lat in places) / len(places)))
        xs, ys = [lon * shrink for lon, _ in places], [-lat for _, lat in places]
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        scale = min(box.width / wide if wide else 1.0, box.height / high if high else box.width)
        left = box.x + (box.width - wide * scale) / 2 - min(xs) * scale
        top = box.y + (box.height - high * scale) / 2 - min(ys) * scale
        return cls(shrink, scale, left, top)

    @classmethod
    def covering(cls, corners: Sequence[Place], box: Box, near: View) -> View:
        """The widest view around the middle of a nearer one in which no corner is inside a box.

        Parameters
        ----------
        corners : sequence of (float, float)
            South-west and north-east: beyond them nothing is known.
        box : Box
        near : View
        """
        (west, south), (east, north) = corners
        middle = (box.x + box.width / 2, box.y + box.height / 2)
        x, y = (middle[0] - near.left) / near.scale, (near.top - middle[1]) / near.scale
        room = (
            box.width / 2 / max(min(x - west * near.shrink, east * near.shrink - x), 1e-6),
            box.height / 2 / max(min(y - south, north - y), 1e-6),
        )
        scale = min(max(room), near.scale)
        return cls(near.shrink, scale, middle[0] - x * scale, middle[1] + y * scale)

    def __call__(self, longitude: float, latitude: float) -> Place:
        """Pixels of a place."""
        return (
            self.left + longitude * self.shrink * self.scale,
            self.top - latitude * self.scale,
        )

    def towards(self, other: View, part: float) -> View:
        """A view on the way to another one of the same standard parallel, 0 to 1 of it.

        The scale grows by equal factors in equal times, about the one point that both views
        show at the same place.

        Examples
        --------
        >>> View(1.0, 1.0, 0.0, 0.0).towards(View(1.0, 4.0, -30.0, 0.0), 0.5)
        View(shrink=1.0, scale=2.0, left=-10.0, top=0.0)
        """
        scale = self.scale * (other.scale / self.scale) ** part
        change = other.scale - self.scale
        share = part if abs(change) < 1e-9 else (scale - self.scale) / change
        left = self.left + share * (other.left - self.left)
        return View(self.shrink, scale, left, self.top + share * (other.top - self.top))


@dataclass(frozen=True)
class _Layer:
    """Rings and lines of a file, as they are in it."""

    rings: tuple[Line, ...]
    lines: tuple[Line, ...]


class GroundLayers:
    """The layers beneath a map, drawn in any view.

    Parameters
    ----------
    files : MapGround
    """

    def __init__(self, files: MapGround) -> None:
        self._land = read_layer(files.land)
        self._water = read_layer(files.water) if files.water else None
        self._shapes = read_layer(files.shapes) if files.shapes else None

    @property
    def shapes(self) -> list[Place]:
        """Corners of the user's own shapes."""
        return [place for ring in self._shapes.rings for place in ring] if self._shapes else []

    @property
    def corners(self) -> list[Place]:
        """The extent of the land."""
        lons = [lon for ring in self._land.rings for lon, _ in ring]
        lats = [lat for ring in self._land.rings for _, lat in ring]
        return [(min(lons), min(lats)), (max(lons), max(lats))]

    def draw(self, ink: Ink, box: Box, view: View) -> None:
        """Land, water and shapes inside a box."""
        u = ink.u
        ink.canvas.save()
        ink.canvas.clipRect(skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height))
        ink.rectangle(box, SEA)
        ink.areas(self._in(self._land.rings, view, box), LAND)
        if self._shapes is not None:
            for ring in self._in(self._shapes.rings, view, box):
                ink.line([*ring, ring[0]], SHAPE, 2.5 * u)
        if self._water is not None:
            ink.areas(self._in(self._water.rings, view, box), SEA)
            for line in self._in(self._water.lines, view, box):
                ink.line(line, RIVER, 2.5 * u)
        ink.canvas.restore()

    @staticmethod
    def _in(lines: Sequence[Line], view: View, box: Box) -> list[list[Place]]:
        """Those that may be seen, in pixels."""
        found = []
        for line in lines:
            places = [view(lon, lat) for lon, lat in line]
            xs, ys = [x for x, _ in places], [y for _, y in places]
            beside = max(xs) < box.x or min(xs) > box.right
            if not beside and max(ys) >= box.y and min(ys) <= box.bottom:
                found.append(places)
        return found


@lru_cache(maxsize=16)
def read_layer(path: Path) -> _Layer:
    """Rings and lines of a GeoJSON file; holes are left out.

    Raises
    ------
    StoryError
        For a file that is no GeoJSON, or is not in longitude and latitude.
    """
    with open_regular(path, what="the ground", error=StoryError, max_bytes=MOST_BYTES) as handle:
        raw = handle.read()
    try:
        read = json.loads(raw.decode("utf-8-sig"))
        parts = [part for one in read["features"] for part in _parts(one["geometry"])]
    except (ValueError, KeyError, TypeError, RecursionError) as reason:
        raise _no_ground(path, type(reason).__name__) from reason
    rings = tuple(line for kind, line in parts if kind == "ring")
    lines = tuple(line for kind, line in parts if kind == "line")
    every = [place for line in (*rings, *lines) for place in line]
    if not every or any(abs(lon) > 360 or abs(lat) > 90 for lon, lat in every):
        raise _no_ground(path, f"{len(every)} places")
    return _Layer(rings, lines)


def _no_ground(path: Path, got: str) -> StoryError:
    return StoryError(
        "this is no ground for a map", where=path.name,
        expected="a FeatureCollection of GeoJSON, polygons or lines in longitude and latitude",
        got=got, remedy="save it as GeoJSON in WGS 84",
    )  # fmt: skip


def _parts(geometry: dict[str, Any] | None) -> Iterator[tuple[str, Line]]:
    """Outer rings and lines of a geometry, each with at least two places."""
    if geometry is None:
        return
    kind = geometry["type"]
    if kind == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _parts(one)
        return
    held = geometry["coordinates"]
    several = held if kind.startswith("Multi") else [held]
    if kind.endswith("Polygon"):
        yield from (("ring", _line(polygon[0])) for polygon in several if polygon)
    elif kind.endswith("LineString"):
        yield from (("line", _line(line)) for line in several if len(line) > 1)


def _line(places: Sequence[Sequence[float]]) -> Line:
    return tuple((float(place[0]), float(place[1])) for place in places)
