"""Makes villages.csv, works.csv and roads.geojson from the published files.

python examples/roads-odisha/make.py habitations.csv roads_proposed.geojson

The files are named in SOURCE.txt. Costs are INVENTED: 50 lakh rupees a km.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

HERE = Path(__file__).parent
NEAR_KM = 0.5
LAKH_PER_KM = 50
"""Invented."""
EARTH = 6371.0088


def on_sphere(longitude: Any, latitude: Any) -> Any:
    """Points of a sphere in km from its centre."""
    a, b = np.radians(latitude), np.radians(longitude)
    return EARTH * np.column_stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])


def along(line: Any, step: float = 0.002) -> Any:
    """Points of a line, about 200 m apart."""
    points = [np.asarray(line[0][:2])[None]]
    for start, end in itertools.pairwise(line):
        many = max(1, int(np.ceil(np.hypot(end[0] - start[0], end[1] - start[1]) / step)))
        share = (np.arange(many) + 1)[:, None] / many
        points.append(np.asarray(start[:2]) + share * (np.asarray(end[:2]) - start[:2]))
    return np.concatenate(points)


def main(habitations: str, roads: str) -> None:
    """Write the tables."""
    homes = pd.read_csv(habitations, dtype={"hab_id": str}).dropna(subset=["lon", "lat"])
    homes = homes[homes["population"] > 0].reset_index(drop=True)
    tree = cKDTree(on_sphere(homes["lon"], homes["lat"]))
    works: dict[str, dict[str, Any]] = {}
    for feature in json.loads(Path(roads).read_text(encoding="utf-8"))["features"]:
        said, shape = feature["properties"], feature["geometry"]
        lines = shape["coordinates"] if shape["type"] == "MultiLineString" else [
            shape["coordinates"]]  # fmt: skip
        points = np.concatenate([along(line) for line in lines])
        one = works.setdefault(str(said["mrl_id"]), {
            "km": float(said["proposed_km"]), "district": said["district_name"],
            "block": said["block_name"], "title": said["work_name"], "reach": set(), "at": points,
        })  # fmt: skip
        found = tree.query_ball_point(on_sphere(points[:, 0], points[:, 1]), NEAR_KM)
        one["reach"] |= {i for near in found for i in near}
    kept = sorted({i for one in works.values() for i in one["reach"]})
    near = homes.loc[kept]
    pd.DataFrame({
        "village": near["hab_id"], "name": near["hab_name"], "area": near["district_name"],
        "people": near["population"], "latitude": near["lat"].round(4),
        "longitude": near["lon"].round(4),
    }).to_csv(HERE / "villages.csv", index=False)  # fmt: skip
    rows = [{
        "work": key, "kind": "road", "criterion": "road", "title": one["title"],
        "villages": "; ".join(homes["hab_id"][i] for i in sorted(one["reach"])),
        "cost": round(one["km"] * LAKH_PER_KM), "km": one["km"], "block": one["block"],
        "latitude": round(float(one["at"][len(one["at"]) // 2][1]), 4),
        "longitude": round(float(one["at"][len(one["at"]) // 2][0]), 4), "state": "listed",
    } for key, one in sorted(works.items()) if one["reach"]]  # fmt: skip
    pd.DataFrame(rows).to_csv(HERE / "works.csv", index=False)


if __name__ == "__main__":
    main(*sys.argv[1:3])
