"""Boundaries as users bring them: GeoJSON and TopoJSON, others through pyogrio.

TopoJSON: arcs that neighbours share, put together to rings.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import install_extra, unknown
from exitline.publish.maps.errors import MapError
from exitline.records.reading import open_regular

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


MOST_BYTES = 200 * 2**20
MOST_SHAPES = 20_000
LON_LAT = ("crs84", "4326", "wgs 84", "wgs84")


@dataclass(frozen=True)
class Boundaries:
    """Polygons by name.

    Attributes
    ----------
    shapes : mapping of str to shapely geometry
        Longitude and latitude, WGS 84.
    file : str
        The name of the file.
    source : str
        Who drew them and under which terms: it stands under each map.
    mended : tuple of str
        Shapes whose rings crossed themselves.
    """

    shapes: Mapping[str, BaseGeometry]
    file: str
    source: str = ""
    mended: tuple[str, ...] = field(default=())


def read_boundaries(path: str | Path, key: str, source: str = "") -> Boundaries:
    """Boundaries from a file.

    Parameters
    ----------
    path : path
        GeoJSON (``.geojson``, ``.json``), TopoJSON (``.topojson``, ``.json``), and with the extra
        ``maps`` GeoPackage (``.gpkg``) and Shapefile (``.shp``, ``.zip``).
    key : str
        The property that names each shape.
    source : str
        Who drew them, and under which terms.

    Returns
    -------
    Boundaries
        Shapes with the same name are one.

    Raises
    ------
    MapError
        For a file that cannot be read, a key that is not there, shapes that are no polygons,
        coordinates that are not longitude and latitude, or too many shapes.
    """
    need_shapely()
    file = Path(path)
    if file.suffix.lower() in {".gpkg", ".shp", ".zip", ".fgb"}:
        found = _by_pyogrio(file)
    else:
        found = _json_features(file)
    if not 0 < len(found) <= MOST_SHAPES:
        raise MapError(
            "this is no file of boundaries", where=file.name,
            expected=f"1 to {MOST_SHAPES:,} shapes", got=f"{len(found):,}",
            remedy="name a file with the areas' polygons",
        )  # fmt: skip
    return _made(found, key, file, source)


def boundaries_of(file: Path, key: str) -> Boundaries:
    """As `read_boundaries`, read once and anew where the file has changed.

    Parameters
    ----------
    file : Path
    key : str

    Returns
    -------
    Boundaries

    Raises
    ------
    MapError
    """
    if not file.is_file():
        return read_boundaries(file, key)  # says what is there instead
    return _read_as_of(file.resolve(), key, file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read_as_of(file: Path, key: str, _: int) -> Boundaries:
    return read_boundaries(file, key)


def can_draw() -> bool:
    """Whether shapely is installed, without which no map is drawn."""
    return importlib.util.find_spec("shapely") is not None


def need_shapely() -> None:
    """Refuse, with the remedy, where shapely is not installed.

    Raises
    ------
    MapError
    """
    if not can_draw():
        raise MapError(
            "maps need shapely", expected="the extra 'maps'", got="not installed",
            remedy=install_extra("maps"),
        )  # fmt: skip


def _json_features(file: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON or TopoJSON file."""
    handle = open_regular(file, what="the boundaries", error=MapError, max_bytes=MOST_BYTES)
    with handle:
        raw = handle.read()
    try:
        read = json.loads(raw.decode("utf-8-sig"))
        kind = read["type"]
        if kind == "Topology":
            return features(read)
        if kind != "FeatureCollection":
            raise KeyError(kind)
        crs = json.dumps(read.get("crs") or "crs84").lower()
        if not any(name in crs for name in LON_LAT):
            raise _projected(file, json.dumps(read["crs"])[:80])
        return [dict(one) for one in read["features"]]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as reason:
        raise MapError(
            "the boundaries cannot be read", where=file.name,
            expected="a GeoJSON FeatureCollection or a TopoJSON Topology, in UTF-8",
            got=f"a file of another form ({type(reason).__name__})",
            remedy="export the boundaries as GeoJSON in longitude and latitude",
        ) from reason  # fmt: skip


def _by_pyogrio(file: Path) -> list[dict[str, Any]]:
    """The features of another kind of file, in longitude and latitude."""
    if importlib.util.find_spec("pyogrio") is None:
        raise MapError(
            f"reading {file.suffix} needs pyogrio", where=file.name, expected="the extra 'maps'",
            got="not installed", remedy=install_extra("maps"),
        )  # fmt: skip
    import pyogrio
    import shapely

    try:
        meta, _, shapes, values = pyogrio.raw.read(str(file))
    except Exception as reason:  # what GDAL raises is its own
        raise MapError(
            "the boundaries cannot be read", where=file.name, expected="a GeoPackage or Shapefile",
            got=type(reason).__name__, remedy="open it in a GIS, and export GeoJSON",
        ) from reason  # fmt: skip
    if not any(name in str(meta["crs"] or "crs84").lower() for name in LON_LAT):
        raise _projected(file, str(meta["crs"])[:80])
    names = [str(name) for name in meta["fields"]]
    return [
        {"properties": {n: column[i] for n, column in zip(names, values, strict=True)},
         "geometry": shapely.from_wkb(shape)}
        for i, shape in enumerate(shapes)
    ]  # fmt: skip


def _projected(file: Path, crs: str) -> MapError:
    return MapError(
        "the boundaries are in another projection", where=file.name,
        expected="longitude and latitude (WGS 84, EPSG:4326)", got=crs,
        remedy="export them in WGS 84; with GDAL: ogr2ogr -t_srs EPSG:4326 out.geojson in",
    )  # fmt: skip


def _made(found: list[dict[str, Any]], key: str, file: Path, source: str) -> Boundaries:
    """Shapes by name: valid, in range, those of one name joined."""
    import shapely

    known = {name: None for one in found for name in (one.get("properties") or {})}
    if key not in known:
        raise unknown(
            "property of the boundaries", key, tuple(known), error=MapError, where=file.name
        )
    parts: dict[str, list[Any]] = {}
    mended = []
    for number, one in enumerate(found, start=1):
        given = (one.get("properties") or {}).get(key)
        name = "" if given is None or given != given else f"{given}".strip()
        if not name:
            raise MapError(
                f"shape {number} has no name", where=f"{file.name}, property '{key}'",
                expected="a name in each shape", got="none", remedy="name it, or leave it out",
            )  # fmt: skip
        shape = _polygon(one.get("geometry"), name, file)
        if not shape.is_valid:
            shape = _mended(shape, name, file)
            mended.append(name)
        parts.setdefault(name, []).append(shape)
    shapes = {
        name: shapely.union_all(many) if many[1:] else many[0] for name, many in parts.items()
    }
    _in_range(shapes, file)
    return Boundaries(shapes, file.name, source, tuple(mended))


def _polygon(geometry: Any, name: str, file: Path) -> Any:
    """A polygon, or several as one."""
    import shapely

    if geometry is None:
        raise MapError(
            f"'{name}' has no shape in the file", where=file.name, expected="a polygon or several",
            got="a feature without geometry", remedy="draw it in a GIS, or leave it out",
        )  # fmt: skip
    try:
        with np.errstate(invalid="ignore"):
            known = hasattr(geometry, "geom_type")
            shape = geometry if known else shapely.geometry.shape(geometry)
    except Exception as reason:  # shapely and numpy name a broken ring in many ways
        raise MapError(
            f"the rings of '{name}' are broken", where=file.name,
            expected="rings of at least four points, the last as the first",
            got="too few points, or points that are no pairs of numbers",
            remedy="correct the shape in a GIS",
        ) from reason  # fmt: skip
    if shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise MapError(
            f"'{name}' is no area", where=file.name, expected="a polygon or several",
            got="nothing" if shape.is_empty else shape.geom_type,
            remedy="choose the layer of polygons",
        )  # fmt: skip
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise MapError(
            f"the rings of '{name}' are broken", where=file.name, expected="finite coordinates",
            got="a coordinate that is no number", remedy="correct the shape in a GIS",
        )  # fmt: skip
    return shape


def _mended(shape: Any, name: str, file: Path) -> Any:
    """A shape whose rings cross themselves, made of rings that do not."""
    import shapely

    mended = shapely.make_valid(shape, method="structure")
    if mended.geom_type not in {"Polygon", "MultiPolygon"} or mended.area == 0:
        raise MapError(
            f"the rings of '{name}' enclose no area", where=file.name,
            expected="a polygon or several", got="points on one line",
            remedy="correct the shape in a GIS",
        )  # fmt: skip
    return mended


def _in_range(shapes: Mapping[str, Any], file: Path) -> None:
    """Refuse coordinates that are no degrees."""
    import shapely

    bounds = np.array([shapely.bounds(shape) for shape in shapes.values()])
    outside = (np.abs(bounds[:, [0, 2]]) > 180.5).any() or (np.abs(bounds[:, [1, 3]]) > 90.5).any()
    if outside:
        low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        if max(np.abs(low[1]), np.abs(high[1])) <= 180.5 and max(np.abs(low[0]), high[0]) <= 90.5:
            raise MapError(
                "latitude and longitude are the wrong way round", where=file.name,
                expected="longitude first, then latitude",
                got=f"first numbers from {low[0]:.4g} to {high[0]:.4g}, second ones from "
                f"{low[1]:.4g} to {high[1]:.4g}",
                remedy="export them anew as GeoJSON (RFC 7946), which has longitude first",
            )  # fmt: skip
        x, y = (f"from {low[i]:,.10g} to {high[i]:,.10g}" for i in (0, 1))
        raise _projected(file, f"x {x}, y {y}")


def features(topology: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The features of all layers, with plain coordinates as in GeoJSON.

    Parameters
    ----------
    topology : mapping
        A TopoJSON object.

    Returns
    -------
    list of dict

    References
    ----------
    Bostock and Metcalf (2013), The TopoJSON Format Specification.

    Examples
    --------
    >>> square = {"type": "Topology", "arcs": [[[0, 0], [1, 0], [1, 1], [0, 0]]], "objects": {
    ...     "all": {"type": "Polygon", "arcs": [[0]], "properties": {"name": "A"}}}}
    >>> features(square)[0]["geometry"]["coordinates"][0][2]
    [1.0, 1.0]
    """
    move = topology.get("transform")
    arcs = []
    for arc in topology["arcs"]:
        points = np.array([point[:2] for point in arc], dtype=np.float64).reshape(-1, 2)
        if move is not None:
            points = np.cumsum(points, axis=0) * move["scale"] + np.array(move["translate"])
        arcs.append(points)
    found: list[dict[str, Any]] = []
    for layer in topology["objects"].values():
        members = layer.get("geometries", [layer])
        found += [_feature(one, arcs) for one in members if one.get("type")]
    return found


def _feature(one: Mapping[str, Any], arcs: list[Any]) -> dict[str, Any]:
    """One geometry as a feature."""
    kind = one["type"]
    if kind == "Polygon":
        shape: Any = [_ring(ring, arcs) for ring in one["arcs"]]
    elif kind == "MultiPolygon":
        shape = [[_ring(ring, arcs) for ring in part] for part in one["arcs"]]
    else:
        shape = None
    geometry = {"type": kind, "coordinates": shape}
    return {"type": "Feature", "properties": one.get("properties") or {}, "id": one.get("id"),
            "geometry": geometry}  # fmt: skip


def _ring(numbers: list[int], arcs: list[Any]) -> list[list[float]]:
    """A ring from its arcs; a negative number is the arc backwards."""
    parts = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in numbers]
    joined = [parts[0], *(part[1:] for part in parts[1:])]
    ring: list[list[float]] = np.concatenate(joined).tolist()
    return ring
