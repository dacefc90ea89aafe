"""Effects and choices beside Python packages that have them, in one run: `benchmarks.works_peers`.

Peers run in an environment of their own (``benchmarks/work/peers`` or ``--peers PYTHON``, with
diff-diff, csdid, spopt, pyarrow and highspy). Each cell is one call in a process that has loaded
its libraries; the data are the same file. Differences are the largest of all effects by group and
period, and of their standard errors (csdid's and diff-diff's analytical ones).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import exitline as xl
from benchmarks.effect import PERIODS, drawn

PEERS = Path(__file__).parent / "work" / "peers" / "bin" / "python"
ROOT = Path(__file__).parents[1]
COUNTIES = ROOT / "tests" / "stats" / "effect" / "reference" / "mpdta.csv"
MALAWI = ROOT / "examples" / "water-points-malawi"
POINTS = 200
"""Points that are repaired, all at one cost: spopt has no costs."""

THEIRS = """
import json, sys, time, warnings
import numpy as np, pandas as pd
warnings.filterwarnings("ignore")
job, path = sys.argv[1], sys.argv[2]

def effects(found):
    return {f"{float(g):g},{float(t):g}": [float(a), float(s)] for g, t, a, s in found}

def diff_diff():
    from diff_diff import CallawaySantAnna
    data = pd.read_parquet(path)
    begun = time.perf_counter()
    made = CallawaySantAnna(control_group="not_yet_treated", n_bootstrap=0).fit(
        data, outcome="y", unit="unit", time="time", first_treat="first")
    seconds = time.perf_counter() - begun
    rows = [(g, t, one["effect"], one["se"]) for (g, t), one in made.group_time_effects.items()]
    return {"seconds": seconds, "effects": effects(rows)}

def csdid():
    from csdid.att_gt import ATTgt
    data = pd.read_parquet(path)
    begun = time.perf_counter()
    made = ATTgt(yname="y", tname="time", idname="unit", gname="first", data=data,
                 control_group="notyettreated").fit(bstrap=False)
    seconds = time.perf_counter() - begun
    r = made.results
    rows = zip(r["group"], r["year"], r["att"], r["se"])
    return {"seconds": seconds, "effects": effects(rows)}

def spopt():
    import pulp
    from spopt.locate import MCLP
    given = np.load(path)
    begun = time.perf_counter()
    model = MCLP.from_cost_matrix(
        given["km"], given["weight"], service_radius=1.0, p_facilities=int(given["points"]))
    built = time.perf_counter() - begun
    model = model.solve(pulp.HiGHS(msg=False, timeLimit=300))
    seconds = time.perf_counter() - begun
    served = sum(w for w, d in zip(given["weight"], model.cli2fac) if len(d))
    return {"seconds": seconds, "people": float(served), "built": built}

try:
    print(json.dumps({"diff-diff": diff_diff, "csdid": csdid, "spopt": spopt}[job]()))
except Exception as fault:
    print(json.dumps({"fault": f"{type(fault).__name__}: {fault}"[:200]}))
"""


def theirs(python: Path, job: str, path: Path) -> dict[str, Any]:
    """What a peer answers, or why it does not."""
    try:
        done = subprocess.run(
            [str(python), "-c", THEIRS, job, str(path)],
            capture_output=True, text=True, timeout=580, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"fault": "not done in 580 s"}
    lines = done.stdout.strip().splitlines()
    if not lines:
        return {"fault": done.stderr.strip()[-200:] or f"status {done.returncode}"}
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def ours(path: Path) -> dict[str, Any]:
    """Our own, the same way: from the file to every effect with its standard error."""
    begun = time.perf_counter()
    found = xl.effect.difference_in_differences(path, "y", unit="unit", time="time", first="first")
    rows = found.to_pandas()
    seconds = time.perf_counter() - begun
    keys = zip(rows["group"], rows["period"], strict=True)
    values = zip(rows["estimate"], rows["se"], strict=True)
    named = {f"{g},{t}": list(v) for (g, t), v in zip(keys, values, strict=True)}
    return {"seconds": seconds, "effects": named}


def apart(one: dict[str, Any], other: dict[str, Any]) -> str:
    """The largest difference of effects and of standard errors among those that both have."""
    both = [key for key in one["effects"] if key in other["effects"]]
    pairs = np.array([[one["effects"][key], other["effects"][key]] for key in both])
    found = np.nanmax(np.abs(pairs[:, 0] - pairs[:, 1]), axis=0)
    return f"effects {found[0]:.1e}, errors {found[1]:.1e} ({len(both)} effects)"


def simulated(villages: int, path: Path) -> None:
    """A panel of eight periods as a file."""
    group, outcome, _ = drawn(np.random.default_rng(1), villages, effect=True, cluster=1)
    pd.DataFrame({
        "unit": np.repeat(np.arange(villages), PERIODS),
        "time": np.tile(np.arange(1, PERIODS + 1), villages),
        "first": np.repeat(np.where(np.isinf(group), 0, group), PERIODS), "y": outcome.ravel(),
    }).to_parquet(path)  # fmt: skip


def panels(python: Path, folder: Path) -> None:
    """Effects: the county panel, and larger ones."""
    counties = folder / "mpdta.parquet"
    names = {"countyreal": "unit", "year": "time", "first.treat": "first", "lemp": "y"}
    pd.read_csv(COUNTIES).rename(columns=names)[[*names.values()]].to_parquet(counties)
    ours(counties)  # libraries loaded
    for villages in (0, 10_000, 125_000):
        path = counties
        if villages:
            path = folder / f"{villages}.parquet"
            simulated(villages, path)
        own = ours(path)
        print(f"{villages or 'mpdta'}: exitline {own['seconds']:.2f} s", flush=True)
        for name in ("diff-diff", "csdid"):
            found = theirs(python, name, path)
            said = found.get("fault") or f"{found['seconds']:.2f} s; {apart(own, found)}"
            print(f"{villages or 'mpdta'}: {name} {said}", flush=True)


def choice(python: Path, folder: Path) -> None:
    """Repairs of one cost each: places in reach of a broken point that nobody serves."""
    from exitline.exits.works.reach import EARTH, on_sphere

    points, repairs = pd.read_csv(MALAWI / "points.csv"), pd.read_csv(MALAWI / "repairs.csv")
    begun = time.perf_counter()
    plan = xl.works.choose(
        repairs.assign(one=1.0), points, cost="one", budget=POINTS, within_km=1,
        people="households", assets=points, working="state = 'functional'",
    )  # fmt: skip
    took = time.perf_counter() - begun
    print(f"{len(repairs):,} candidates, {POINTS} repairs: exitline {took:.2f} s, "
          f"{plan.people:,.0f} households, gap {plan.gap:.1e}", flush=True)  # fmt: skip
    problem = plan.problem
    kept = ~problem.served & (np.asarray(problem.reach.sum(axis=0)).ravel() > 0)
    at = [on_sphere(one[:, 0], one[:, 1]) for one in (plan.place_at[kept], plan.candidate_at)]
    straight = np.sqrt(((at[0][:, None, :] - at[1][None, :, :]) ** 2).sum(axis=2))
    km = 2 * EARTH * np.arcsin(np.minimum(1, straight / (2 * EARTH)))
    path = folder / "choice.npz"
    km = km[:, (km <= 1).any(axis=0)]  # points that reach one of these places
    np.savez(path, km=km, weight=problem.weight[kept], points=POINTS)
    found = theirs(python, "spopt", path)
    said = found.get("fault") or (
        f"{found['seconds']:.2f} s ({found['built']:.2f} s to write the model), "
        f"{found['people']:,.0f} households"
    )
    left = f"{km.shape[0]:,} places and {km.shape[1]:,} candidates left"
    print(f"spopt (HiGHS; what is served or reaches nobody was taken out for it, {left}): {said}")


def main() -> None:
    """Print one line a cell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, default=PEERS)
    python = parser.parse_args().peers
    with tempfile.TemporaryDirectory() as folder:
        panels(python, Path(folder))
        choice(python, Path(folder))


if __name__ == "__main__":
    main()
