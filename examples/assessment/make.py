"""Build the example: a registry with planted errors, a public draw, the visits, the truth.

Everything follows from the census in ../imaginary-country, the fixed numbers below and the
published seed; run it again and the same files come out:

    python examples/assessment/make.py [FOLDER]
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exitline.exits.draw.frame import open_frame
from exitline.exits.draw.record import write_record
from exitline.exits.draw.sample import Draw, DrawPlan, draw_sample
from exitline.exits.draw.seed import Seed, moment
from exitline.stats.engine.session import session
from exitline.stats.measure.draw import FrameRoles

if TYPE_CHECKING:
    from numpy.random import Generator

HERE = Path(__file__).parent
CENSUS = HERE.parent / "imaginary-country" / "hld_pop_wb_2023.parquet"

PLANTED = {
    "geo_02": {"wrong": 0.003, "missed": 0.003, "approves": 0.96},
    "geo_03": {"wrong": 0.060, "missed": 0.008, "approves": 0.92},
    "geo_04": {"wrong": 0.014, "missed": 0.015, "approves": 0.95},
}
"""True rates of households by county; the people's share of errors comes out a little different."""

ICC = 0.02
ASSESSORS = 24
SEED = Seed("state lottery 2026-12-01: 4 8 15 16 23 42", moment("2026-12-01T20:00:00Z", "seed"))
DRAWN = moment("2026-12-02T09:00:00Z", "drawn")
PLAN = DrawPlan({"registered": 3, "exited": 26, "unregistered": 30}, villages=84)
ROLES = FrameRoles("hid", "ea", "stratum", "status")


def registry(generator: Generator) -> pd.DataFrame:
    """The registry and, beside it, the truth that nobody knows."""
    census = pd.read_parquet(
        CENSUS, columns=["hid", "geo1", "geo2", "ea", "urbrur", "hhsize", "pc_exp"]
    )
    homes = census[census["geo1"].isin(list(PLANTED))].sort_values("hid").reset_index(drop=True)
    homes = homes.rename(columns={"geo1": "county", "geo2": "township"})
    homes["stratum"] = homes["county"] + " " + homes["urbrur"].str.lower()
    homes["status"] = statuses(homes, generator)
    homes["error"] = errors(homes, generator)
    homes["approves"] = generator.random(len(homes)) < homes["county"].map(
        {county: rates["approves"] for county, rates in PLANTED.items()}
    )
    homes["identified_by"] = [
        f"A{number:02d}" for number in generator.integers(1, ASSESSORS + 1, len(homes))
    ]
    return homes


def statuses(homes: pd.DataFrame, generator: Generator) -> pd.Series:
    """The poorest 0.3 % of each county are registered; 12 % from the lower half have exited."""
    rank = homes.groupby("county")["pc_exp"].rank(pct=True)
    chance = generator.random(len(homes))
    status = pd.Series("unregistered", index=homes.index)
    status[(rank <= 0.5) & (chance < 0.24)] = "exited"
    status[rank <= 0.003] = "registered"
    return status


def errors(homes: pd.DataFrame, generator: Generator) -> pd.Series:
    """Wrong exits and missed households, beta-binomial by enumeration area."""
    scale = 1.0 / ICC - 1.0
    error = pd.Series(0.0, index=homes.index)
    for (county, _, status), part in homes.groupby(["county", "ea", "status"]):
        name = {"exited": "wrong", "unregistered": "missed"}.get(str(status))
        if name is not None:
            rate = PLANTED[str(county)][name]
            local = generator.beta(rate * scale, (1.0 - rate) * scale)
            error[part.index] = (generator.random(len(part)) < local).astype(float)
    return error.where(homes["status"] != "registered")


def draw(homes: pd.DataFrame) -> Draw:
    """The public draw, from the frame alone."""
    with session() as engine:
        frame = open_frame(engine, homes[["hid", "ea", "stratum", "status"]], ROLES)
        return draw_sample(frame, PLAN, SEED, DRAWN)


def visits(homes: pd.DataFrame, drawn: Draw, generator: Generator) -> pd.DataFrame:
    """What the assessors found: the truth of those drawn, a few of them not verified."""
    sample = pd.DataFrame(
        {
            "hid": [one.household for one in drawn.selected],
            "weight": [one.weight for one in drawn.selected],
            "village_weight": [float(1 / one.village_probability) for one in drawn.selected],
        }
    )
    found = sample.merge(homes, on="hid", validate="one_to_one")
    people = homes[homes["status"] == "unregistered"].groupby("ea")["hhsize"].sum()
    found["village_unregistered"] = found["ea"].map(people).fillna(0).astype(float)
    found["error"] = found["error"].where(generator.random(len(found)) >= 0.0002)
    found["approves"] = found["approves"].astype(float).where(generator.random(len(found)) >= 0.02)
    found = found.rename(columns={"ea": "village", "hhsize": "size"})
    kept = [
        "county", "stratum", "village", "status", "size", "weight", "village_weight",
        "village_unregistered", "error", "approves",
    ]  # fmt: skip
    return found[kept]


def counts(homes: pd.DataFrame) -> pd.DataFrame:
    """What registry and population count say of each county, in persons."""
    people = homes.pivot_table(index="county", columns="status", values="hhsize", aggfunc="sum")
    return pd.DataFrame(
        {
            "county": people.index,
            "area_class": "other",
            "rural_population": people.sum(axis=1).to_numpy(),
            "registered": people["registered"].to_numpy(),
            "exited": people["exited"].to_numpy(),
        }
    )


def truth(homes: pd.DataFrame) -> pd.DataFrame:
    """The rates that a visit to everyone would find."""
    rows = []
    for county, part in homes.groupby("county"):
        size, error = part["hhsize"], part["error"].fillna(0.0)
        exited, unregistered = part["status"] == "exited", part["status"] == "unregistered"
        poor = size[part["status"] == "registered"].sum() + (size * error).sum()
        rows.append(
            {
                "county": county,
                "missed": (size * error)[unregistered].sum() / size[unregistered].sum(),
                "wrong": (size * error)[exited].sum() / size[exited].sum(),
                "comprehensive": poor / size.sum(),
                "recognition": part["approves"].mean(),
            }
        )
    return pd.DataFrame(rows).round(5)


def assessors(homes: pd.DataFrame, path: Path) -> None:
    """A list of assessors, each at home in one township."""
    townships = sorted(homes["township"].unique())
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["assessor", "township", "capacity"])
        for number in range(1, ASSESSORS + 1):
            writer.writerow([f"A{number:02d}", townships[number % len(townships)], 250])


def main(folder: Path = HERE) -> None:
    """Write all files of the example."""
    generator = np.random.default_rng(20_261_201)
    homes = registry(generator)
    public = ["hid", "county", "township", "ea", "stratum", "status", "hhsize", "identified_by"]
    homes[public].to_parquet(folder / "frame.parquet", compression="zstd", index=False)
    drawn = draw(homes)
    write_record(drawn, folder / "draw.json", ids=False)
    found = visits(homes, drawn, generator)
    found.to_parquet(folder / "visits.parquet", compression="zstd", index=False)
    counts(homes).to_csv(folder / "counts.csv", index=False)
    truth(homes).to_csv(folder / "truth.csv", index=False)
    assessors(homes, folder / "assessors.csv")


if __name__ == "__main__":
    main(*(Path(folder) for folder in sys.argv[1:2]))
