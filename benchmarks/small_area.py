"""Speed of empirical best prediction, beside a Monte-Carlo EBP in NumPy written as its papers are.

python -m benchmarks.small_area                  # 2.5 million households
python -m benchmarks.small_area --households 30  # 30 million, point estimates only
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import exitline as xl
from exitline.stats.engine import open_engine

AREAS, COLUMNS, AT_ONCE, LINE, SAMPLED = 2_500, 15, 2_500_000, 18.0, 20_000
MEASURES = ["headcount", "poverty_gap", "severity"]
FORMULA = "y ~ " + " + ".join(f"x{j}" for j in range(COLUMNS))
BETA = np.linspace(-0.2, 0.2, COLUMNS)


def make(folder: Path, households: int) -> None:
    """A census sorted by area, eight of its covariates 0 or 1, and a sample of it."""
    random = np.random.default_rng(5)
    effect = random.normal(0, 0.15, AREAS)
    shift = random.normal(0, 0.3, (AREAS, COLUMNS))
    writer = None
    for start in range(0, households, AT_ONCE):
        n = min(AT_ONCE, households - start)
        area = ((np.arange(start, start + n) * AREAS) // households).astype(np.int32)
        x = random.normal(size=(n, COLUMNS)) + shift[area]
        x = np.where(np.arange(COLUMNS) < 8, x > 0, np.round(x, 3)).astype(np.float32)
        table = pa.table({"area": area, **{f"x{j}": x[:, j] for j in range(COLUMNS)}})
        table = table.append_column("size", pa.array(random.integers(1, 9, n).astype(np.int8)))
        writer = writer or pq.ParquetWriter(folder / "census.parquet", table.schema)
        writer.write_table(table)
        share = SAMPLED * n // households
        pick = np.sort(random.choice(n, share, replace=False))
        t = 3 + x[pick] @ BETA + effect[area[pick]] + random.normal(0, 0.5, share)
        part = table.take(pa.array(pick)).append_column("y", pa.array(np.exp(t)))
        pq.write_table(part, folder / f"sample-{start}.parquet")
    assert writer is not None
    writer.close()
    parts = [pq.read_table(one) for one in sorted(folder.glob("sample-*.parquet"))]
    pq.write_table(pa.concat_tables(parts), folder / "sample.parquet")


def timed(name: str, work: object) -> object:
    """Run and print wall and processor seconds, and the largest memory so far."""
    start, used = time.perf_counter(), time.process_time()
    found = work()  # type: ignore[operator]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{name:<60} {time.perf_counter() - start:8.2f} s  {time.process_time() - used:8.2f} s "
        f"processor  {memory:5.2f} GB",
        flush=True,
    )
    return found


def monte_carlo(folder: Path, found: object, draws: int) -> np.ndarray:
    """Molina and Rao's (2010) algorithm at the fitted model: draws of the census, averaged."""
    names = [f"x{j}" for j in range(COLUMNS)]
    table = pq.read_table(folder / "census.parquet", columns=["area", *names, "size"])
    x = np.column_stack([np.ones(table.num_rows)] + [table[c].to_numpy() for c in names])
    area, size = table["area"].to_numpy(), table["size"].to_numpy().astype(float)
    effects = found.effects()  # type: ignore[attr-defined]
    where = effects["area"].astype(int).to_numpy()
    u, sd = np.zeros(AREAS), np.full(AREAS, found.fitted.sigma2_u**0.5)  # type: ignore[attr-defined]
    u[where], sd[where] = effects["effect"], effects["se"]
    mu = x @ found.fitted.beta + u[area]  # type: ignore[attr-defined]
    random, total = np.random.default_rng(1), np.zeros((AREAS, 3))
    for _ in range(draws):
        error = random.normal(0, found.fitted.sigma2_e**0.5, len(mu))  # type: ignore[attr-defined]
        y = np.exp(mu + random.normal(0, sd)[area] + error)
        gap = np.maximum(1 - y / LINE, 0.0)
        for k, value in enumerate((gap > 0, gap, gap**2)):
            total[:, k] += np.bincount(area, size * value, minlength=AREAS)
    return total / draws / np.bincount(area, size)[:, None]


def main() -> None:
    """Make the census, predict it, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=float, default=2.5, help="in millions")
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--draws", type=int, default=10)
    given = parser.parse_args()
    count = int(given.households * 1e6)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make(folder, count)
        engine = open_engine("duckdb")
        asked = {"area": "area", "measures": MEASURES, "line": LINE, "size": "size"}
        tables = (str(folder / "sample.parquet"), str(folder / "census.parquet"))
        title = f"{given.households:g} million households, {AREAS:,} areas"
        xl.small_area.ebp(FORMULA, tables[0], tables[0], engine=engine, **asked)  # loads libraries
        found = timed(
            f"{title}: F0 to F2",
            lambda: xl.small_area.ebp(FORMULA, *tables, engine=engine, **asked),
        )
        if count <= 5_000_000:
            timed(
                f"... with errors, {given.replicates} replicates",
                lambda: xl.small_area.ebp(
                    FORMULA, *tables, engine=engine, mse="parametric",
                    replicates=given.replicates, **asked,
                ),
            )  # fmt: skip
            drawn = timed(
                f"Monte-Carlo EBP in NumPy, {given.draws} draws",
                lambda: monte_carlo(folder, found, given.draws),
            )
            mine = np.column_stack([one.estimate for one in found.levels[0].figures])
            order = [int(name) for name in found.levels[0].figures[0].areas]
            print(f"mean difference {np.abs(mine - drawn[order]).mean(axis=0).round(5)}")
        engine.close()


if __name__ == "__main__":
    main()
