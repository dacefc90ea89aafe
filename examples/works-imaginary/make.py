"""Makes the tables of this folder from the census of the imaginary country.

python examples/works-imaginary/make.py

People, households and shares are those of the census. Works, assets, inspections, costs, places
and years are INVENTED, and so is the effect in panel.csv: truth.csv says what it is.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
CENSUS = HERE.parent / "imaginary-country" / "hld_pop_wb_2023.parquet"
SEED = 20231231
POOR_WATER = ("River/dam/lake/ponds/stream/canal/irrig", "Unprotected well", "Unprotected spring",
              "Tanker truck", "Cart with small tank")  # fmt: skip
POOR_TOILET = ("No facility/bush/field", "Pit latrine without slab/open pit",
               "Flush to somewhere else")  # fmt: skip
WANTED = {"water": 0.80, "toilet": 0.50}
COST = {"water": 12_000, "toilet": 7_500}
KIND = {"water": "water point", "toilet": "latrine block"}
SERVES = 60
"""Households that one asset serves."""


def villages(random: np.random.Generator) -> pd.DataFrame:
    """Villages with their people, the shares that the census found, and an invented place."""
    rows = pd.read_parquet(CENSUS)
    known = rows.assign(
        water=~rows["water"].isin([*POOR_WATER, "Other"]),
        toilet=~rows["toilet"].isin([*POOR_TOILET, "Other"]),
    )
    found = known.groupby("ea").agg(
        area=("geo2", "first"), province=("geo1", "first"), people=("hhsize", "sum"),
        households=("hid", "size"), water_before=("water", "mean"),
        toilet_before=("toilet", "mean"),
    )  # fmt: skip
    corner = pd.DataFrame({"y": [0.0, 0.0, 0.7, 0.7], "x": [0.0, 0.7, 0.0, 0.7]},
                          index=sorted(found["province"].unique()))  # fmt: skip
    place = corner.loc[found["province"]].to_numpy() + random.uniform(0, 0.62, (len(found), 2))
    found[["latitude", "longitude"]] = place.round(4)
    found[["water_before", "toilet_before"]] = found[["water_before", "toilet_before"]].round(6)
    return found.reset_index(names="village").drop(columns="province")


def works(home: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """A work for two of three criteria that villages lack, begun in one of three years."""
    rows = []
    for criterion, wanted in WANTED.items():
        lacking = home[home[f"{criterion}_before"] < wanted]
        for _, one in lacking.iterrows():
            short = (wanted - one[f"{criterion}_before"]) * one["households"]
            many = int(np.ceil(short / SERVES)) + int(random.integers(0, 2))
            rows.append({
                "work": f"{criterion[0].upper()}{one['village']}", "kind": KIND[criterion],
                "criterion": criterion, "villages": one["village"], "many": many,
                "cost": COST[criterion] * many, "year": int(random.choice([2020, 2021, 2022, 0])),
                "households": one["households"], "beneficiaries": min(
                    int(many * SERVES * one["people"] / one["households"]), int(one["people"])),
                "latitude": one["latitude"], "longitude": one["longitude"],
            })  # fmt: skip
    return pd.DataFrame(rows)


def steps_of(work: pd.Series) -> list[dict[str, object]]:
    """The steps of a finished work, from proposal to use."""
    begin = date(work["year"] - 1, 9, 1)
    rows = [
        ("propose", 0, "village", "village", "proposal", ""),
        ("list", 20, "township", "township", "review", ""),
        ("notice before entry", 25, "village", "village", "notice before entry(name of work)", ""),
        ("approve", 40, "county", "county", "approval", ""),
        ("begin building", 70, "builder", "contractor", "contract", ""),
        ("accept", 240, "inspector", "inspector", "acceptance", "true"),
        ("put into use", 250, "county", "county", "notice after completion(name of work)", ""),
    ]
    return [{
        "work": work["work"], "step": step, "on": begin + timedelta(days=days),
        "actor": f"{actor}-{work['villages']}", "role": role, "documents": documents,
        "evidence.functional": evidence, "evidence.share_built": "1" if evidence else "",
    } for step, days, actor, role, documents, evidence in rows]  # fmt: skip


def assets_of(done: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """What the finished works built, a little beside the middle of the village."""
    rows = [
        {"asset": f"{one['work']}-{k + 1}", "work": one["work"], "kind": one["kind"],
         "village": one["villages"], "latitude": round(one["latitude"] + random.normal(0, .004), 5),
         "longitude": round(one["longitude"] + random.normal(0, 0.004), 5), "built": one["built"],
         "keeper": f"committee of {one['villages']}",
         "repair_cost": int(random.integers(3, 30)) * 50}
        for _, one in done.iterrows() for k in range(one["many"])
    ]  # fmt: skip
    return pd.DataFrame(rows)


def inspections_of(assets: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """One look a year at each asset; a twelfth of those that work fail within a year."""
    rows = []
    for _, one in assets.iterrows():
        state = "functional"
        for year in range(pd.Timestamp(one["built"]).year + 1, 2024):
            draw = random.uniform()
            state = state if state != "functional" or draw > 1 / 12 else (
                "not functional" if draw > 1 / 60 else "gone")  # fmt: skip
            rows.append({"asset": one["asset"], "on": date(year, 6, int(random.integers(1, 29))),
                         "state": state, "by": "county inspector"})  # fmt: skip
    return pd.DataFrame(rows)


def panel(random: np.random.Generator, many: int = 600) -> pd.DataFrame:
    """Hours a day that households of 600 villages fetch water, by year; the effect grows."""
    village = np.arange(1, many + 1)
    first = random.choice([0, 2020, 2021, 2022], many, p=[0.4, 0.2, 0.2, 0.2])
    level = 2.0 + 0.5 * (first > 0) + random.normal(0, 0.4, many)
    tables = []
    for year in range(2017, 2024):
        since = np.where((first > 0) & (year >= first), year - first, -1)
        effect = np.where(since >= 0, -0.4 - 0.2 * since, 0.0)
        hours = level - 0.05 * (year - 2017) + random.normal(0, 0.25, many) + effect
        tables.append(pd.DataFrame({"village": village, "year": year, "first": first,
                                    "hours": hours.round(3)}))  # fmt: skip
    return pd.concat(tables).sort_values(["village", "year"])


def main() -> None:
    """Write every table."""
    random = np.random.default_rng(SEED)
    home = villages(random)
    made = works(home, random)
    made["ended"] = [f"{y}-04-29" if y else "" for y in made["year"]]
    made["built"] = made["ended"]
    done = made[made["year"] > 0].reset_index(drop=True)
    assets = assets_of(done, random)
    looks = inspections_of(assets, random)
    services = assets[["asset", "village"]].assign(households=SERVES)
    households = services["village"].map(home.set_index("village")["households"])
    services["households"] = np.minimum(services["households"], households)
    funds = pd.concat([
        made.assign(source=source, amount=made["cost"] * share)[["work", "source", "amount"]]
        for source, share in (("county", 0.7), ("province", 0.3))
    ])  # fmt: skip
    steps = pd.DataFrame([row for _, one in done.iterrows() for row in steps_of(one)])
    library = made[["work", "kind", "criterion", "villages", "cost", "beneficiaries", "latitude",
                    "longitude", "ended"]].copy()  # fmt: skip
    library["paid"] = np.where(made["year"] > 0, made["cost"], np.nan)
    library["state"] = np.where(made["year"] > 0, "", "approved")
    library, funds, assets, looks = with_faults(library, funds, assets, looks)
    tables = {"villages": home, "works": library, "funds": funds.sort_values("work"),
              "assets": assets, "inspections": looks, "services": services,
              "steps": steps}  # fmt: skip
    tables["panel"] = panel(random)
    tables["truth"] = pd.DataFrame({"since": range(4), "effect": [-0.4, -0.6, -0.8, -1.0]})
    for name, table in tables.items():
        table.to_csv(HERE / f"{name}.csv", index=False)


def with_faults(
    library: pd.DataFrame, funds: pd.DataFrame, assets: pd.DataFrame, looks: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Six faults that checks must find, each in another work."""
    undone = library.index[library["state"] == "approved"]
    library.loc[undone[0], ["state", "paid"]] = ["building", library.loc[undone[0], "cost"]]
    library.loc[undone[1], "state"] = "accepted"
    library.loc[undone[2], "beneficiaries"] = 99_999
    library.loc[undone[3], "latitude"] = 7.5
    rows = funds["work"] == library.loc[undone[4], "work"]
    funds.loc[rows & (funds["source"] == "province"), "amount"] *= 3
    twin = assets.iloc[[0]].assign(asset="COUNTED-TWICE")
    looked = looks[looks["asset"] == assets["asset"].iloc[0]].assign(asset="COUNTED-TWICE")
    return (library, funds, pd.concat([assets, twin], ignore_index=True),
            pd.concat([looks, looked], ignore_index=True))  # fmt: skip


if __name__ == "__main__":
    main()
