"""The statistical core: ratios to hand-written SQL and a bare scan, growth, replicates.

`python -m benchmarks.core` prints a table; every task runs in a fresh process.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

from benchmarks.china import COUNTIES, country
from benchmarks.measure import Timing, compiled, timed

SCAN = """
import duckdb
start = time.perf_counter()
columns = "sum(weight), sum(size), sum(welfare), min(county), min(village)"
duckdb.sql(f"SELECT {{columns}} FROM '{path}'").fetchall()
"""
SQL = """
import duckdb
start = time.perf_counter()
duckdb.sql('''
  SELECT county, village, count(*), sum(w), sum(weight),
         sum(CASE WHEN welfare < 2952 THEN w ELSE 0 END),
         sum(CASE WHEN welfare < 2952 THEN w * (2952 - welfare) / 2952 ELSE 0 END),
         sum(CASE WHEN welfare < 2952 THEN w * ((2952 - welfare) / 2952) ** 2 ELSE 0 END)
  FROM (SELECT county, village, weight, weight * size AS w, welfare FROM '{path}') GROUP BY ALL
''').fetch_arrow_table()
"""
FGT = """
import exitline as xl
design = xl.Design(weight="weight", size="size", strata="county", psu="village", lonely="adjust")
xl.estimate; xl.measure
{before}
start = time.perf_counter()
found = xl.estimate("{path}", {measures}, welfare="welfare", line=2952, design=design, by={by})
assert len(found) > 1
"""
LOADED = """
import pyarrow as pa
few = {"weight": [1.0] * 4, "size": [2] * 4, "county": [1, 1, 2, 2], "village": [1, 2, 3, 4]}
few = pa.table(few | {"welfare": [1e3, 9e3, 2e3, 8e3]})
xl.estimate(few, "headcount", welfare="welfare", line=2952, design=design, by="county")
"""
"""A call on four rows first, so that no library is loaded within what is timed."""
REPLICATES = """
import exitline as xl
design = xl.Design(weight="weight", size="size", replicates="rw*", kind="BRR")
xl.estimate; xl.measure
start = time.perf_counter()
found = xl.estimate("{path}", {measures}, welfare="welfare", line=2952, design=design)
"""
WITH_REPLICATES = """
COPY (SELECT household, village, county, size, weight, welfare, {columns}
      FROM '{source}' ORDER BY household) TO '{path}' (FORMAT parquet)
"""
THREE = '["headcount", "poverty_gap", "severity"]'


def main(households: int = 30_000_000) -> None:
    """Measure and print.

    Parameters
    ----------
    households : int
        Of the largest file.
    """
    compiled()
    whole = str(country(households))
    scan, sql = timed("scan", SCAN.format(path=whole)), timed("SQL", SQL.format(path=whole))
    _say(scan, scan)
    _say(sql, scan)
    fgt = timed("FGT", _fgt(whole, '"county"'))
    _say(timed("FGT, libraries loaded meanwhile", _fgt(whole, '"county"', "")), scan)
    _say(fgt, scan)
    print(f"FGT 0-2 by {COUNTIES} counties: {fgt.inside / sql.inside:.2f} x hand-written SQL")
    _growth(households)
    _replicates()


def _fgt(path: Path | str, by: str, before: str = LOADED) -> str:
    """The estimate of FGT 0 to 2 by some domains."""
    return FGT.format(path=path, measures=THREE, by=by, before=before)


def _growth(households: int) -> None:
    """The exponent of time in rows; one domain beside many."""
    small = max(households // 30, 100_000)
    one = timed("1/30", _fgt(country(small), '"county"'))
    all_ = timed("all", _fgt(country(households), '"county"'))
    none = timed("no domains", _fgt(country(households), "[[]]"))
    exponent = math.log(all_.inside / one.inside) / math.log(households / small)
    print(f"exponent from {small:,} to {households:,} rows: {exponent:.2f}")
    print(f"by county {all_.inside:.2f} s, all together {none.inside:.2f} s")


def _replicates(rows: int = 1_000_000, replicates: int = 80) -> None:
    """Measures with replicate weights."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "replicates.parquet"
        columns = ", ".join(
            f"weight * 2 * (hash(village, {i}) % 2) AS rw{i}" for i in range(replicates)
        )
        with duckdb.connect() as connection:
            connection.execute(
                WITH_REPLICATES.format(columns=columns, source=country(rows), path=path)
            )
        for measures in ('["mean", "headcount"]', '["gini"]', '["median"]'):
            found = timed(measures, REPLICATES.format(path=path, measures=measures))
            print(
                f"{rows:,} rows x {replicates} replicates, {measures}: {found.inside:.2f} s, "
                f"{found.peak:.2f} GB"
            )


def _say(one: Timing, scan: Timing) -> None:
    print(
        f"{one.name}: {one.inside:.2f} s, {one.inside / scan.inside:.1f} x scan, {one.peak:.2f} GB"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000_000)
