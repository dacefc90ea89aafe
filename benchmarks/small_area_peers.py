"""Small area models beside programs that have them: `benchmarks.small_area_peers`.

The imaginary country: 19 sampled districts, 825 households. Peers run in environments of their
own (``--saepy`` and ``--svy``: a Python with saepy, statsmodels and pandas; one of 3.12 or later
with svy-sae and pandas); a peer that is not there is shown as such. Each cell is one call in a
process that has loaded its libraries; svy-sae compiles at its first call, so its second counts.
emdi's time is a stored one: 25,000 rows, 94 domains, 50 draws, 5 replicates, in R 4.2.2.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import exitline as xl

WORK = Path(__file__).parent / "work"
EXAMPLE = Path(__file__).parents[1] / "examples" / "imaginary-country"
REPLICATES = 200

THEIRS = """
import json, sys, time, warnings
import numpy as np, pandas as pd
warnings.filterwarnings("ignore")
folder = sys.argv[1]
homes, areas = pd.read_csv(folder + "/homes.csv"), pd.read_csv(folder + "/areas.csv")
near = np.loadtxt(folder + "/near.csv", delimiter=",")
from saePy.mseFH import mseFH
from saePy.mseSFH import mseSFH
from saePy.eblupBHF import eblupBHF
from saePy.pbmseBHF import pbmseBHF
means = areas[["area", "hhsize", "rooms"]].to_numpy(float)
sizes = areas[["area", "homes"]].to_numpy(float)
jobs = {
    "fh": lambda: mseFH("direct ~ toilet", "var", data=areas, PRECISION=1e-12),
    "sfh": lambda: mseSFH("direct ~ toilet", "var", near, data=areas, PRECISION=1e-10),
    "bhf": lambda: eblupBHF("y ~ hhsize + rooms", "area", None, means, sizes, data=homes),
    "pbmse": lambda: pbmseBHF(
        "y ~ hhsize + rooms", "area", None, means, sizes, B=REPLICATES, data=homes
    ),
}
found = {}
for name, job in jobs.items():
    try:
        begun = time.perf_counter()
        made = job()
        seconds = time.perf_counter() - begun
        est = made.get("eblup", made.get("est"))
        while isinstance(est, dict):
            est = est.get("eblup", est.get("EBLUP"))
        est = est["eblup"] if isinstance(est, pd.DataFrame) else est
        mse = made.get("mse")
        mse = mse["mse"] if isinstance(mse, pd.DataFrame) else mse
        errors = [] if mse is None else np.ravel(mse).tolist()
        found[name] = [seconds, np.ravel(est).tolist(), errors]
    except Exception as fault:
        found[name] = [str(fault)[:60]]
print(json.dumps(found))
""".replace("REPLICATES", str(REPLICATES))

THEIRS_SVY = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import polars as pl
from svy_sae.models import AreaLevel, UnitLevel
from svy_sae.core.enumerations import Indicator as I
folder = sys.argv[1]
read = lambda name: pl.read_csv(folder + "/" + name + ".csv")
homes, areas, census = read("homes"), read("areas"), read("census")
sample, people = read("sample94"), read("census94")
made = {"y": "y", "x": ["hhsize", "rooms"], "area": "area"}
pop = {"pop_data": areas, "pop_size": "homes"}
ebp = {"y": "pc_exp", "x": ["hhsize", "rooms"], "area": "area", "transformation": "log",
       "indicators": [I.POVERTY_HEADCOUNT, I.POVERTY_GAP, I.POVERTY_SEVERITY],
       "threshold": 2500.0, "rstate": 1}
kept = areas.select("area", "toilet", "direct", "var")
jobs = {
    "fh": lambda: AreaLevel(kept).fh(
        "direct", x=["toilet"], area="area", variance="var", tol=1e-10),
    "bhf": lambda: UnitLevel(homes).eblup(**made, **pop, tol=1e-8),
    "pbmse": lambda: UnitLevel(homes).eblup(
        **made, **pop, mse="bootstrap", n_reps=REPLICATES, tol=1e-8, rstate=1),
    "ebp": lambda: UnitLevel(homes).ebp(**ebp, pop_data=census, n_mc=50, n_reps=0),
    "ebp94": lambda: UnitLevel(sample).ebp(**ebp, pop_data=people, n_mc=50, n_reps=5),
}
found = {}
for name, job in jobs.items():
    try:
        job()
        begun = time.perf_counter()
        made_ = job()
        seconds = time.perf_counter() - begun
        rate = I.POVERTY_HEADCOUNT, "Poverty Headcount"
        first = [p for p in made_.prediction
                 if not name.startswith("ebp") or getattr(p, "indicator", None) in rate]
        first = sorted(first, key=lambda one: int(one.area))
        errors = [] if name == "ebp" else [one.mse for one in first]
        found[name] = [seconds, [one.pred for one in first], errors]
    except Exception as fault:
        found[name] = [type(fault).__name__ + ": " + str(fault)[:60]]
print(json.dumps(found))
""".replace("REPLICATES", str(REPLICATES))

HAS = (
    ("areas: REML, ML", "yes", "yes", "yes", "yes"),
    ("areas: adjusted likelihoods; logarithm, arcsine, logit", "yes", "no", "no", "yes"),
    ("areas: neighbours; measured covariates; robust", "yes", "neighbours", "no", "yes"),
    ("households: means", "yes", "yes", "yes", "no"),
    ("households: poverty over a census", "closed form", "no", "simulated", "simulated"),
    ("scales", "log, log-shift, Box-Cox, dual, rank", "-", "log, Box-Cox",
     "log, log-shift, Box-Cox, dual"),
    ("unit weights; two-fold model", "both", "no", "no", "weights"),
    ("benchmarking with errors anew", "yes", "no", "no", "no"),
    ("census beyond memory", "yes", "no", "no", "no"),
)  # fmt: skip
"""What each has: exitline, saepy 0.2.0, svy-sae 0.4.1, emdi 2.2.2, by their documentation."""
EMDI = {"ebp94": [19.0]}

NAMES = {
    "fh": "Fay-Herriot, REML, Prasad-Rao errors",
    "sfh": "spatial Fay-Herriot (SAR), REML, errors by formula",
    "bhf": "means by households (BHF), REML",
    "pbmse": f"the same with its bootstrap, {REPLICATES} replicates",
    "ebp": "F0 to F2 of 23 districts over 57,867 households (the others: 50 draws)",
    "ebp94": "F0 to F2 of 94 areas over 25,000 households, 5 replicates (50 draws)",
}


def inputs(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray[Any, Any]]:
    """Households, districts and neighbours, written for the peers."""
    homes = pd.read_parquet(EXAMPLE / "hld_sample_wb_2023.parquet")
    names = sorted(homes["geo2"].unique())
    homes["area"] = homes["geo2"].map({name: i + 1 for i, name in enumerate(names)})
    homes["y"] = np.log(homes["pc_exp"])
    table = pd.read_csv(EXAMPLE / "districts.csv").set_index("geo2").loc[names]
    poor = homes.assign(poor=homes["pc_exp"] < 2500).groupby("area")["poor"]
    areas = pd.DataFrame({
        "area": range(1, len(names) + 1), "toilet": table["toilet"].to_numpy(),
        "hhsize": homes.groupby("area")["hhsize"].mean().to_numpy() + 0.1,
        "rooms": homes.groupby("area")["rooms"].mean().to_numpy() - 0.05,
        "homes": (table["persons"] / table["size"]).round().to_numpy(),
        "direct": poor.mean().to_numpy(), "var": 0.24 / poor.size().to_numpy(),
    })  # fmt: skip
    near = np.eye(len(names), k=1) + np.eye(len(names), k=-1)
    near /= near.sum(axis=1, keepdims=True)
    homes = homes[["area", "y", "pc_exp", "hhsize", "rooms"]].sort_values("area")
    census = pd.read_parquet(EXAMPLE / "hld_pop_wb_2023.parquet")
    numbers = {name: i + 1 for i, name in enumerate(names)}
    numbers |= {one: 100 + i for i, one in enumerate(sorted(set(census["geo2"]) - set(names)))}
    columns = ["area", "hhsize", "rooms"]
    census.assign(area=census["geo2"].map(numbers))[columns].to_csv(
        folder / "census.csv", index=False
    )
    large = census[census["ea"].isin(census["ea"].value_counts().index[:94])]
    large = large.sample(25_000, random_state=2)
    large = large.assign(area=large["ea"].rank(method="dense").astype(int)).sort_values("area")
    large[columns].to_csv(folder / "census94.csv", index=False)
    drawn = large.sample(1_945, random_state=1).sort_values("area")
    drawn[["area", "pc_exp", "hhsize", "rooms"]].to_csv(folder / "sample94.csv", index=False)
    homes.to_csv(folder / "homes.csv", index=False)
    areas.to_csv(folder / "areas.csv", index=False)
    np.savetxt(folder / "near.csv", near, delimiter=",")
    return homes, areas, near


def ours(folder: Path) -> dict[str, list[Any]]:
    """Seconds, predictions and mean squared errors of each job."""
    homes, areas, near = inputs(folder)
    model = ("y ~ hhsize + rooms", homes, areas)
    given: dict[str, Any] = {"area": "area", "population": "homes"}
    level: dict[str, Any] = {"area": "area", "variance": "var"}
    jobs: dict[str, Callable[[], Any]] = {
        "fh": lambda: xl.small_area.fay_herriot("direct ~ toilet", areas, **level),
        "sfh": lambda: xl.small_area.fay_herriot("direct ~ toilet", areas, proximity=near, **level),
        "bhf": lambda: xl.small_area.eblup(*model, **given),
        "pbmse": lambda: xl.small_area.eblup(
            *model, **given, mse="parametric", replicates=REPLICATES
        ),
    }
    asked: dict[str, Any] = {
        "area": "area", "line": 2500, "measures": ["headcount", "poverty_gap", "severity"]
    }  # fmt: skip
    rows = {name: pd.read_csv(folder / f"{name}.csv") for name in
            ("census", "sample94", "census94")}  # fmt: skip
    jobs["ebp"] = lambda: xl.small_area.ebp(
        "pc_exp ~ hhsize + rooms", homes, rows["census"], **asked
    )
    jobs["ebp94"] = lambda: xl.small_area.ebp(
        "pc_exp ~ hhsize + rooms", rows["sample94"], rows["census94"], mse="parametric",
        replicates=5, **asked,
    )  # fmt: skip
    jobs["fh"](), jobs["ebp"]()
    found: dict[str, list[Any]] = {}
    for name, job in jobs.items():
        begun = time.perf_counter()
        made = job()
        seconds = time.perf_counter() - begun
        table = made.to_pandas()
        table = table[table["measure"] == table["measure"].iloc[0]]
        table = table.assign(area=table["area"].astype(int)).sort_values("area")
        found[name] = [seconds, table["estimate"].to_numpy(), table["rmse"].to_numpy() ** 2]
    return found


def apart(mine: Any, theirs: Any) -> str:
    """The largest relative difference."""
    theirs = np.asarray(theirs, dtype=float)
    if theirs.shape != np.shape(mine) or not len(theirs):
        return "-"
    return f"{np.abs(theirs / mine - 1).max():.1e}"


def asked_of(python: str | None, script: str, folder: str) -> dict[str, list[Any]]:
    """What a peer gives, in an environment of its own; nothing without one."""
    if not python or not Path(python).exists():
        return {}
    made = subprocess.run(
        [python, "-c", script, folder], check=True, capture_output=True, text=True
    )
    return dict(json.loads(made.stdout.splitlines()[-1]))


def cell(peer: list[Any], mine: list[Any]) -> str:
    """A peer's time, and how far its predictions and errors are from ours."""
    if len(peer) < 3:
        return f"{peer[0]:.0f} s" if isinstance(peer[0], float) else str(peer[0])
    far = apart(mine[1], peer[1]), apart(mine[2], peer[2])
    return f"{peer[0]:.3f} s ({far[0]}, {far[1]})"


def main() -> None:
    """Two tables: what each has; its time, and how far apart predictions and errors are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saepy", default=str(WORK / "peers" / "bin" / "python"))
    parser.add_argument("--svy", default=str(WORK / "peers-svy" / "bin" / "python"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        mine = ours(Path(name))
        peers = [asked_of(given.saepy, THEIRS, name), asked_of(given.svy, THEIRS_SVY, name), EMDI]
    print("| | exitline | saepy 0.2.0 | svy-sae 0.4.1 | emdi 2.2.2 |\n" + "| --- " * 5 + "|")
    for row in HAS:
        print("| " + " | ".join(row) + " |")
    print("\n| | exitline | saepy | svy-sae | emdi, stored |\n" + "| --- " * 5 + "|")
    for key, said in NAMES.items():
        cells = [cell(one.get(key, ["-"]), mine[key]) for one in peers]
        print(f"| {said} | {mine[key][0]:.3f} s | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
