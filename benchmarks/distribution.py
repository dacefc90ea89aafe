"""Measures that rest on quantiles, at scale: 30 million households by 840 counties.

Median, quintile ratio, the headcount at 60 % of the median and the Gini index with village-based
standard errors, each beside a hand-written DuckDB SQL that orders all rows and makes the same
village sums, and beside a bare scan of the same columns. `python -m benchmarks.distribution
30000000 gini` runs those whose name has the last word.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.china import HOUSEHOLDS, country
from benchmarks.main_job import SCAN
from benchmarks.measure import Timing, timed

COLUMNS = "sum(welfare), sum(size), sum(weight), sum(village), sum(county)"
OURS = """
import exitline as xl
design = xl.Design(weight="weight", size="size", strata="county", psu="village")
xl.estimate; xl.measure
start = time.perf_counter()
found = xl.estimate("{path}", "{measure}", welfare="welfare", design=design, by="county")
assert len(found) == 841, len(found)
"""
SQL = """
import duckdb
connection = duckdb.connect(config={{"threads": 2}})
start = time.perf_counter()
rows = connection.sql('''{query}''').fetch_arrow_table()
assert rows.num_rows >= {villages}, rows.num_rows
"""
ORDERED = """
WITH ordered AS (
  SELECT village, county, welfare, w,
         sum(w) OVER (PARTITION BY {area} ORDER BY welfare) AS upto,
         sum(w) OVER (PARTITION BY {area}) AS total
  FROM (SELECT *, weight * size AS w FROM '{path}')),
found AS (
  SELECT {area} AS area, min(welfare) FILTER (upto >= {p} * total) AS q,
         min(welfare) FILTER (upto >= 0.8 * total) AS q80,
         stddev_pop(welfare) / pow(sum(w), 0.2) AS h
  FROM ordered GROUP BY {area})
SELECT county, village, sum(w), sum(w * welfare), {sums}
FROM ordered JOIN found ON found.area = {area} GROUP BY ALL
"""
RANKED = """
SELECT county, village, sum(w), sum(w * welfare), {sums}
FROM (SELECT county, village, welfare, w, {windows}
      FROM (SELECT *, weight * size AS w FROM '{path}'))
GROUP BY ALL
"""
KERNEL = "exp(-(({at} - welfare) / h) ** 2 / 2) / h"
BELOW = "sum(CASE WHEN welfare {sign} {at} THEN w ELSE 0 END)"


def _sums(at: str, sign: str = "<=") -> str:
    """Persons up to a value, and the kernel there."""
    return f"{BELOW.format(sign=sign, at=at)}, sum(w * {KERNEL.format(at=at)})"


def _both(at: str) -> str:
    """The same of persons and of their welfare."""
    inner = f"sum(CASE WHEN welfare <= {at} THEN w * welfare ELSE 0 END)"
    return f"{_sums(at)}, {inner}, sum(w * welfare * {KERNEL.format(at=at)})"


def _gini(path: Path, *orders: str) -> str:
    """What the Gini index and its error are made of: village sums of w (y C - D), C and D the sums
    of w and w y up to a row, in each order."""
    windows = ", ".join(
        f"sum(w) OVER ({order}) AS c{i}, sum(w * welfare) OVER ({order}) AS d{i}"
        for i, order in enumerate(orders)
    )
    sums = ", ".join(f"sum(w * (welfare * c{i} - d{i}))" for i in range(len(orders)))
    return RANKED.format(sums=sums, windows=windows, path=path)


JOBS = {
    "median": ("median", "county", 0.5, _sums("q")),
    "headcount at 60 % of the median": ("at_risk_rate", "1", 0.5, _sums("0.6 * q", "<")),
    "quintile ratio": ("quintile_ratio", "county", 0.2, f"{_both('q')}, {_both('q80')}"),
}


BY_COUNTY, TOGETHER = "PARTITION BY county ORDER BY welfare", "ORDER BY welfare"


def jobs(households: int, named: str = "") -> list[tuple[Timing, Timing]]:
    """Each measure: exitline, and the hand-written SQL."""
    path = country(households)
    villages = 125_000 * households // HOUSEHOLDS
    wanted = {
        name: (measure, ORDERED.format(area=area, path=path, p=p, sums=sums))
        for name, (measure, area, p, sums) in JOBS.items()
    }
    wanted["gini, SQL by county"] = ("gini", _gini(path, BY_COUNTY))
    wanted["gini, SQL by county and together"] = ("gini", _gini(path, BY_COUNTY, TOGETHER))
    return [
        (
            timed(name, OURS.format(path=path, measure=measure)),
            timed("hand-written SQL", SQL.format(query=query, villages=villages)),
        )
        for name, (measure, query) in wanted.items()
        if named in name
    ]


def main() -> None:
    """Print the table, with ratios to the SQL and to the scan."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    scan = timed("bare scan", SCAN.format(sums=COLUMNS, path=country(households)))
    print(f"{households:,} households by 840 counties; bare scan {scan.inside:.2f} s")
    for ours, sql in jobs(households, sys.argv[2] if len(sys.argv) > 2 else ""):
        print(
            f"  {ours.name:<36} {ours.inside:7.2f} s {ours.peak:5.2f} GB, SQL {sql.inside:7.2f} s "
            f"{sql.peak:5.2f} GB, {ours.inside / sql.inside:5.2f} x SQL, "
            f"{ours.inside / scan.inside:6.1f} x scan"
        )


if __name__ == "__main__":
    main()
