"""Makes points.csv and repairs.csv from the published survey.

python examples/water-points-malawi/make.py waterpointfunctionality.csv mwi_adm2.geojson

The survey is named in SOURCE.txt; the second file has the districts (geoBoundaries). Costs are
INVENTED.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
STATES = {
    "Functional": "functional", "Partially functional but in need of repair": "partly",
    "Not functional": "not functional", "No longer exists or abandoned": "gone",
}  # fmt: skip
COSTS = {"partly": 150, "not functional": 600, "gone": 3000}
"""Invented: a repair, a large repair, a new borehole."""


def inside(ring: Any, x: Any, y: Any) -> Any:
    """Which points lie within a ring, by crossings of a ray (even or odd)."""
    found = np.zeros(x.size, dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        between = (y1 > y) != (y2 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            found ^= between & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found


def districts(file: str, x: Any, y: Any) -> Any:
    """The district of each point; "" outside of all."""
    names = np.full(x.size, "", dtype=object)
    for feature in json.loads(Path(file).read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        for part in parts:
            names[inside([p[:2] for p in part[0]], x, y)] = feature["properties"]["name"]
    return names


def main(survey: str, boundaries: str) -> None:
    """Write both files."""
    read = pd.read_csv(survey)
    points = pd.DataFrame({
        "point": range(1, len(read) + 1), "latitude": read["latitude"].round(5),
        "longitude": read["longitude"].round(5), "state": read["functional_status"].map(STATES),
    })  # fmt: skip
    points["district"] = districts(
        boundaries, read["longitude"].to_numpy(), read["latitude"].to_numpy()
    )
    users = read["households_using_waterpoint"]
    points["households"] = users.fillna(users.median()).astype(int)
    points["known"] = users.notna().astype(int)
    points.to_csv(HERE / "points.csv", index=False)
    repairs = points[points["state"] != "functional"]
    repairs = repairs.assign(cost=repairs["state"].map(COSTS))
    repairs[["point", "latitude", "longitude", "state", "households", "cost"]].to_csv(
        HERE / "repairs.csv", index=False
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
