"""Small area models beside Python packages that have them: `benchmarks.small_area_peers`.

The imaginary country: 19 sampled districts, 825 households. Peers run in an environment of their
own (``benchmarks/work/peers``, with saepy, statsmodels and pandas); without it only exitline's
times are shown. Each cell is one call in a process that has loaded its libraries.
"""

from __future__ import annotations

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

PEERS = Path(__file__).parent / "work" / "peers" / "bin" / "python"
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

NAMES = {
    "fh": "Fay-Herriot, REML, Prasad-Rao errors",
    "sfh": "spatial Fay-Herriot (SAR), REML, errors by formula",
    "bhf": "means by households (BHF), REML",
    "pbmse": f"the same with its bootstrap, {REPLICATES} replicates",
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
    homes = homes[["area", "y", "hhsize", "rooms"]].sort_values("area")
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
    jobs["fh"]()
    found: dict[str, list[Any]] = {}
    for name, job in jobs.items():
        begun = time.perf_counter()
        made = job()
        seconds = time.perf_counter() - begun
        table = made.to_pandas()
        table = table.assign(area=table["area"].astype(int)).sort_values("area")
        found[name] = [seconds, table["estimate"].to_numpy(), table["rmse"].to_numpy() ** 2]
    return found


def apart(mine: Any, theirs: Any) -> str:
    """The largest relative difference."""
    theirs = np.asarray(theirs, dtype=float)
    if theirs.shape != np.shape(mine) or not len(theirs):
        return "-"
    return f"{np.abs(theirs / mine - 1).max():.1e}"


def main() -> None:
    """One table: what each has, its time, how far apart they are."""
    with tempfile.TemporaryDirectory() as name:
        mine = ours(Path(name))
        theirs: dict[str, list[Any]] = {}
        if PEERS.exists():
            made = subprocess.run(
                [str(PEERS), "-c", THEIRS, name], check=True, capture_output=True, text=True
            )
            theirs = json.loads(made.stdout.splitlines()[-1])
    print("| model | exitline | saepy | predictions apart | errors apart |")
    print("| --- | --- | --- | --- | --- |")
    for key, said in NAMES.items():
        seconds, estimate, mse = mine[key]
        peer = theirs.get(key, ["not installed"])
        if len(peer) < 3:
            print(f"| {said} | {seconds:.3f} s | {peer[0]} | - | - |")
            continue
        far = (apart(estimate, peer[1]), apart(mse, peer[2]))
        print(f"| {said} | {seconds:.3f} s | {peer[0]:.3f} s | {far[0]} | {far[1]} |")


if __name__ == "__main__":
    main()
