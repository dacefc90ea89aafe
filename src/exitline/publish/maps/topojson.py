"""TopoJSON: arcs that neighbours share, put together to rings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


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
