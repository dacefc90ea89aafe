"""Multidimensional poverty: ten indicators at 30 million households, and two waves of a survey.

At scale: H, A, M0, headcounts and contributions of ten indicators by 840 counties with standard
errors from 125,000 villages, beside a bare DuckDB scan of the same columns and the same sums in
hand-written SQL. On 15,000 households in two waves: all figures by nine regions, and their changes.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import Timing, timed

WORK = Path(__file__).parent / "work"
WEIGHTS = [3, 3, 3, 3, 1, 1, 1, 1, 1, 1]
NAMES = [f"d{i}" for i in range(len(WEIGHTS))]
MADE = """
COPY (
    SELECT {flags}, 1 + household % 3 AS weight, 1 + hash(household + 5) % 7 AS size,
           household // 240 AS village, household // 240 * 840 // 125000 AS county
    FROM range({rows}) AS homes(household)
) TO '{path}' (FORMAT parquet)
"""
SCAN = """
import duckdb
start = time.perf_counter()
duckdb.sql("SELECT {sums} FROM '{path}'").fetchall()
"""
SQL = """
import duckdb
start = time.perf_counter()
found = duckdb.sql('''
    WITH scored AS (SELECT *, weight * size AS w, {score} AS score FROM '{path}')
    SELECT county, village, sum(w), sum(w) FILTER (score >= 6),
           sum(w * score) FILTER (score >= 6) / 18.0, {sums}
    FROM scored GROUP BY county, village
''').arrow()
"""
MPI = """
import exitline as xl
design = xl.Design(weight="weight", size="size", strata="county", psu="village")
xl.mpi
start = time.perf_counter()
found = xl.mpi("{path}", {indicators}, k="1/3", design=design, by="county")
assert len(found) == (3 + 4 * 10) * ({counties} + 1), len(found)
"""
WAVES = """
import exitline as xl, numpy as np, pandas as pd
def wave(seed):
    draw, n = np.random.default_rng(seed), 7500
    homes = pd.DataFrame({{name: (draw.random(n) < 0.3).astype(int) for name in {names}}})
    return homes.assign(w=draw.uniform(1, 3, n), ea=np.arange(n) // 20 + 1000 * seed,
                        stratum=np.arange(n) // 20 % 30, region=np.arange(n) // 20 % 30 % 9)
design = xl.Design(weight="w", strata="stratum", psu="ea")
then, now = wave(1), wave(2)
def job():
    both = [xl.mpi(homes, {indicators}, k="1/3", design=design, by="region")
            for homes in (then, now)]
    return xl.change(*both, years=4)
for _ in range({warm}):
    job()
start = time.perf_counter()
assert len(job()) == 4 * (3 + 4 * 10) * 10
"""


def indicators() -> dict[str, str]:
    """Ten weighted indicators, four of 1/6 and six of 1/18."""
    return {name: f"{part}/18" for name, part in zip(NAMES, WEIGHTS, strict=True)}


def households(rows: int) -> Path:
    """A file of made-up households, written once."""
    import duckdb

    path = WORK / f"mpi_{rows}.parquet"
    if not path.exists():
        WORK.mkdir(exist_ok=True)
        flags = ", ".join(
            f"hash(household * 31 + {i}) % 10 < 3 AS {name}" for i, name in enumerate(NAMES)
        )
        duckdb.sql(MADE.format(flags=flags, rows=rows, path=path))
    return path


def at_scale(rows: int = 30_000_000) -> list[Timing]:
    """Thirty million households."""
    path = households(rows)
    score = " + ".join(f"{part} * {n}::INT" for n, part in zip(NAMES, WEIGHTS, strict=True))
    sums = ", ".join(
        f"sum(w) FILTER ({name}), sum(w) FILTER ({name} AND score >= 6)" for name in NAMES
    )
    counted = ", ".join([*(f"count_if({n})" for n in NAMES), "sum(weight), sum(size)",
                         "sum(village), sum(county)"])  # fmt: skip
    counties = (rows - 1) // 240 * 840 // 125_000 + 1
    return [
        timed("bare scan of the columns", SCAN.format(sums=counted, path=path)),
        timed("hand-written SQL, sums by village", SQL.format(score=score, sums=sums, path=path)),
        timed("xl.mpi by county, all figures",
              MPI.format(path=path, indicators=indicators(), counties=counties)),
    ]  # fmt: skip


def two_waves() -> list[Timing]:
    """15,000 households in two waves."""
    given = {"names": NAMES, "indicators": indicators()}
    return [
        timed("two waves and changes, first", WAVES.format(**given, warm=0)),
        timed("two waves and changes, warm", WAVES.format(**given, warm=3)),
    ]


def main() -> None:
    """Print both tables."""
    print("30 million households, ten indicators, 840 counties, two cores")
    large = at_scale()
    for t in large:
        ratio = f"{t.inside / large[1].inside:6.2f} x SQL"
        print(
            f"  {t.name:<36} {t.inside:7.2f} s (process {t.wall:6.2f} s) {t.peak:5.2f} GB {ratio}"
        )
    print("15,000 households in two waves, nine regions")
    for t in two_waves():
        print(f"  {t.name:<36} {t.inside:7.2f} s (process {t.wall:6.2f} s) {t.peak:5.2f} GB")


if __name__ == "__main__":
    main()
