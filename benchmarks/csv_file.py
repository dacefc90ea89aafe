"""A CSV file of five million households: what `estimate` and `run` add to DuckDB's own read.

Each job is a process of its own, so that its peak of memory is its own. Where other work runs
on the same machine, wall seconds tell little: seconds of the processors are given, too.

    python -m benchmarks.csv_file
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

WORK = Path(__file__).parent / "work"
FILE = WORK / "households_5m.csv"
STUDY = """
study: Five million households
data: {households: households_5m.csv}
columns: {household: hhid, welfare: y, size: hsize}
design: {weight: w, strata: strat, psu: ea}
areas: [reg]
lines: [1500]
"""
_MAKE = """
import duckdb
duckdb.sql("SELECT setseed(0.1)")
duckdb.sql('''COPY (SELECT i AS hhid, i // 10 AS ea, i // 5000 AS strat,
    round(random() * 5000 + 200, 2) AS y, 1 + (random() * 7)::INT AS hsize,
    round(50 + random() * 200, 3) AS w, i // 125000 AS reg
    FROM range(5000000) t(i)) TO '{file}' (HEADER true)''')
"""
_OWN = "import duckdb; duckdb.sql(\"SELECT sum(y) FROM read_csv('{file}')\").fetchall()"
_MAIN = "import sys; from exitline.cli import main; main(sys.argv[1:])"


def measure(code: str, *arguments: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak memory (GB) of one process."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"a job ended with status {status}")
    wall = time.perf_counter() - begin
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2


def main() -> None:
    """Make the file once, run every job, print a line for each."""
    WORK.mkdir(exist_ok=True)
    if not FILE.exists():
        measure(_MAKE.format(file=FILE))
    study = WORK / "csv_study.yaml"
    study.write_text(STUDY)
    loose = WORK / "csv_loose_study.yaml"
    loose.write_text(STUDY.replace(", psu: ea", ""))
    common = ["estimate", str(FILE), "--measure", "headcount", "--welfare", "y", "--line", "1500"]
    design = ["--weight", "w", "--size", "hsize", "--strata", "strat", "--psu", "ea"]
    jobs = {
        "DuckDB's own read (sum of one column)": (_OWN.format(file=FILE), []),
        "estimate, with PSUs": (_MAIN, [*common, *design, "--by", "reg"]),
        "estimate, full count": (_MAIN, [*common, "--size", "hsize", "--census", "--by", "reg"]),
        "estimate, strata without PSUs": (_MAIN, [*common, *design[:-2], "--by", "reg"]),
        "run": (_MAIN, ["run", str(study), "--out", str(WORK / "csv_out")]),
        "run, strata without PSUs": (_MAIN, ["run", str(loose), "--out", str(WORK / "csv_loose")]),
    }
    own = 0.0
    for name, (code, arguments) in jobs.items():
        wall, processor, memory = measure(code, *arguments)
        own = own or processor
        print(f"{name:40s} {wall:7.2f} s {processor:7.2f} s of processors "
              f"({processor / own:4.1f} x) {memory:5.2f} GB")  # fmt: skip


if __name__ == "__main__":
    main()
