"""Beside svy and samplics: the same figures of one million households, warm and cold.

`python -m benchmarks.core_peers [--peers PYTHON] [--rows N]`, samplics and svy in an environment
of their own (`make .make/bench`). Every tool reads the file, computes and hands back a table; the
second call in the same process is the warm one. Processor seconds are those of the whole process
(two calls), which other work on the machine changes least.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.china import country
from benchmarks.main_job import PEERS
from benchmarks.measure import compiled

ROWS, REPLICATES = 1_000_000, 80
WRAP = """
import json, time
path = {path!r}
{code}
start = time.process_time(), time.perf_counter()
found = call()
first = time.process_time(), time.perf_counter()
call()
second = time.process_time(), time.perf_counter()
status = open("/proc/self/status").read()  # what getrusage says begins with the parent's
peak = int(status.split("VmHWM:")[1].split()[0]) / 1e6
print(json.dumps({{"cold": first[0], "warm": second[0] - first[0],
                   "warm_wall": second[1] - first[1], "peak": peak, "found": found}}))
"""
OURS = """
import exitline as xl
def call():
    design = xl.Design(weight="weight", size="size", {design})
    found = xl.estimate(path, {measure!r}, welfare="welfare", line=2952, by={by!r}, design=design)
    one = list(found)[1 if {by!r} else 0]  # the first area, where there are areas
    return one.estimate, one.se
"""
TAYLOR = 'strata="county", psu="village"'
BRR = 'replicates="rw*", kind="BRR"'
SVY = """
import polars as pl, svy
def call():
    columns = {columns}
    frame = pl.read_parquet(path, columns=columns).with_columns(
        poor=(pl.col("welfare") < 2952).cast(pl.Float64), pw=pl.col("weight") * pl.col("size"))
    sample = svy.Sample(frame, svy.Design({design}))
    found = sample.estimation.{method}
    row = found.to_polars().row(0, named=True)
    return row["est"], row["se"]
"""
COLUMNS = '["welfare", "size", "weight", "county", "village", "area_class"]'
SVY_TAYLOR = 'stratum="county", psu="village", wgt="pw"'
SVY_REPLICATES = """
import polars as pl, svy
def call():
    frame = pl.read_parquet(path)
    times = {{f"pw{{i}}": pl.col(f"rw{{i}}") * pl.col("size") for i in range(1, {many} + 1)}}
    frame = frame.with_columns(
        poor=(pl.col("welfare") < 2952).cast(pl.Float64), pw=pl.col("weight") * pl.col("size"),
        **times)
    replicates = svy.BrrWgts(prefix="pw", n_reps={many})
    sample = svy.Sample(frame, svy.Design(wgt="pw", rep_wgts=replicates))
    row = sample.estimation.{method}.to_polars().row(0, named=True)
    return row["est"], row["se"]
"""
SAMPLICS = """
import pandas as pd
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam
def call():
    frame = pd.read_parquet(path, columns=["welfare", "size", "weight", "county", "village",
                                           "area_class"])
    frame["poor"] = (frame.welfare < 2952).astype(float)
    est = TaylorEstimator(PopParam.mean)
    est.estimate(y=frame.poor, samp_weight=frame.weight * frame["size"], stratum=frame.county,
                 psu=frame.village{domain})
    return (list(est.point_est.values())[0], list(est.stderror.values())[0]) if isinstance(
        est.point_est, dict) else (est.point_est, est.stderror)
"""
WITH_REPLICATES = """
COPY (SELECT size, weight, welfare, {columns} FROM '{source}') TO '{path}' (FORMAT parquet)
"""


def jobs() -> dict[str, tuple[str, dict[str, str]]]:
    """Each job: its file, and the code of each tool."""
    taylor = {"columns": COLUMNS, "design": SVY_TAYLOR}
    return {
        "headcount by two domains": ("whole", {
            "exitline": OURS.format(measure="headcount", by="area_class", design=TAYLOR),
            "svy": SVY.format(method='mean("poor", by="area_class")', **taylor),
            "samplics": SAMPLICS.format(domain=", domain=frame.area_class"),
        }),
        "median": ("whole", {
            "exitline": OURS.format(measure="median", by=(), design=TAYLOR),
            "svy": SVY.format(method='median("welfare")', **taylor),
        }),
        f"headcount, {REPLICATES} replicates": ("replicates", {
            "exitline": OURS.format(measure="headcount", by=(), design=BRR),
            "svy": SVY_REPLICATES.format(
                many=REPLICATES, method='mean("poor", method="replication")'
            ),
        }),
        f"median, {REPLICATES} replicates": ("replicates", {
            "exitline": OURS.format(measure="median", by=(), design=BRR),
            "svy": SVY_REPLICATES.format(
                many=REPLICATES, method='median("welfare", method="replication")'
            ),
        }),
    }  # fmt: skip


def run(code: str, python: str, path: Path) -> dict[str, Any]:
    """A call twice, in a process of its own."""
    begin = time.perf_counter()
    done = subprocess.run(
        [python, "-c", WRAP.format(code=code, path=str(path))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2000:])
    return {"wall": time.perf_counter() - begin, **json.loads(done.stdout.splitlines()[-1])}


def with_replicates(path: Path, rows: int, replicates: int = REPLICATES) -> None:
    """A file with replicate weights by village, from 1."""
    columns = ", ".join(
        f"weight * 2 * (hash(village, {i}) % 2) AS rw{i}" for i in range(1, replicates + 1)
    )
    with duckdb.connect() as connection:
        connection.execute(WITH_REPLICATES.format(columns=columns, source=country(rows), path=path))


def main() -> None:
    """Print a line for each job and tool."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", default=str(PEERS))
    asked.add_argument("--rows", type=int, default=ROWS)
    given = asked.parse_args()
    compiled()
    with tempfile.TemporaryDirectory() as folder:
        files = {"whole": country(given.rows), "replicates": Path(folder) / "replicates.parquet"}
        with_replicates(files["replicates"], given.rows)
        for job, (file, tools) in jobs().items():
            print(job)
            for tool, code in tools.items():
                python = sys.executable if tool == "exitline" else given.peers
                found = run(code, python, files[file])
                print(
                    f"  {tool:<10} processor: cold process {found['cold']:6.2f} s, warm call "
                    f"{found['warm']:6.2f} s (wall {found['warm_wall']:6.2f} s), "
                    f"{found['peak']:5.2f} GB, {found['found']}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
