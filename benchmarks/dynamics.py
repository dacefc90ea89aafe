"""Transition matrices of a large panel: time and memory.

Makes a registry of households followed over eight waves (one Parquet file a wave, sorted by
household id; 3 % of the households are absent from each wave), estimates the transition
matrix of every pair of consecutive waves for 840 counties with PSU-based standard errors,
and checks one county against a plain count.

    python benchmarks/dynamics.py                       # 30 million households, 8 waves
    python benchmarks/dynamics.py --households 3000000  # a tenth of it
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from pathlib import Path

DATA = Path(__file__).parent / "data" / "dynamics"
HOMES_PER_VILLAGE = 240
COUNTIES = 840
WAVES = 8


def make(households: int) -> list[Path]:
    """The wave files, made once."""
    import duckdb

    folder = DATA / str(households)
    paths = [folder / f"wave{w}.parquet" for w in range(WAVES)]
    if all(path.exists() for path in paths):
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    villages = -(-households // HOMES_PER_VILLAGE)
    connection = duckdb.connect()
    for w, path in enumerate(paths):
        connection.sql(
            f"""
            SELECT id AS household,
                   CAST(hash(id * 8 + {w}) % 1000
                        < 150 + 250 * CAST(hash(id * 3) % 10 < 3 AS INT) AS TINYINT) AS poor,
                   CAST(1 + (id // {HOMES_PER_VILLAGE}) % 7 / 10.0 AS FLOAT) AS weight,
                   CAST(id // {HOMES_PER_VILLAGE} * {COUNTIES} // {villages} AS SMALLINT) AS county,
                   CAST(id // {HOMES_PER_VILLAGE} AS INT) AS village
            FROM range({households}) AS homes(id)
            WHERE hash(id * 31 + {w} + 7) % 100 >= 3
            """
        ).write_parquet(str(path), compression="zstd")
    connection.close()
    return paths


def run(paths: list[Path]) -> None:
    """The estimates, with what they took."""
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.panel import panel_spec, transitions

    # Each county is a stratum: villages are drawn within counties.
    spec = panel_spec(
        household="household", state="poor", by="county",
        design=Design(weight="weight", strata="county", psu="village", lonely="average"),
    )  # fmt: skip
    begun = time.perf_counter()
    found = transitions(paths, spec)
    table = found.to_pandas()
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"cores {len(os.sched_getaffinity(0))}, load {os.getloadavg()[0]:.1f}")
    print(f"{sum(r.households for r in found.reports):,} rows in {len(paths)} files")
    print(f"{len(table):,} estimates: {took:.1f} s, peak memory {peak:.2f} GB")
    print(found.matrix("wave0", "wave1").round(4))
    check(paths, table)


def check(paths: list[Path], table: object) -> None:
    """One county's exit rate against a plain weighted count with pandas."""
    import duckdb
    import numpy as np

    county = 7
    first, second = (
        duckdb.sql(f"SELECT * FROM '{p}' WHERE county = {county}").df() for p in paths[:2]
    )
    both = first.merge(second[["household", "poor"]], on="household", suffixes=("", "_later"))
    poor = both[both.poor == 1]
    left = poor.weight.astype(float) * (poor.poor_later == 0)
    rate = left.sum() / poor.weight.astype(float).sum()
    villages = np.array([*first.village.unique()])
    z = (left - rate * poor.weight.astype(float)) / poor.weight.astype(float).sum()
    sums = z.groupby(poor.village).sum().reindex(villages, fill_value=0.0)
    se = float(np.sqrt(len(sums) / (len(sums) - 1) * ((sums - sums.mean()) ** 2).sum()))
    mine = table[(table.measure == "exit_rate(wave0>wave1)") & (table.domain == str(county))]  # type: ignore[index,attr-defined]
    print(
        f"county {county}: {float(mine.estimate.iloc[0]):.10f} (se {float(mine.se.iloc[0]):.10f})"
    )
    print(f"by pandas: {rate:.10f} (se {se:.10f})")
    assert abs(rate - float(mine.estimate.iloc[0])) < 1e-9
    assert abs(se - float(mine.se.iloc[0])) < 1e-9


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--households", type=int, default=30_000_000)
    chosen = options.parse_args()
    run(make(chosen.households))
