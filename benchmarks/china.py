"""Make the benchmark's country once: 30 million households in one Parquet file.

120 million persons, 125,000 villages, 840 counties, the indicators of the standard
china-2011-2020. Everything comes from a hash of the household's number, so that the
file is the same wherever it is made.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from exitline.files import whole_file

DATA = Path(__file__).parent / "data"
HOUSEHOLDS = 30_000_000
VILLAGES = 125_000
COUNTIES = 840

_SQL = """
COPY (
  WITH base AS (
    SELECT i AS household,
           (i * {villages} // {households})::INTEGER AS village,
           (hash(i, 1) % 1000000) / 1e6 AS u1, (hash(i, 2) % 1000000) / 1e6 AS u2,
           (hash(i, 3) % 1000000) / 1e6 AS u3, hash(i, 4) AS bits
    FROM range({households}) t(i)),
  places AS (
    SELECT *, (village * {counties} // {villages})::SMALLINT AS county,
           (hash(village, 5) % 1000) / 1e3 AS v,
           (hash(village * {counties} // {villages}, 6) % 1000) / 1e3 AS c
    FROM base)
  SELECT household, village, county,
         CASE WHEN county % 3 = 0 THEN 'west' ELSE 'other' END AS area_class,
         (2 + (bits % 5))::TINYINT AS size,
         1.0::DOUBLE AS weight,
         round(exp(8.9 + 0.25 * v + 0.35 * c
               + 0.42 * sqrt(-2 * ln(u1 + 1e-7)) * cos(6.283185307179586 * u2)), 2) AS welfare,
         (bits >> 8) % 400 > 0 AS food_secure,
         (bits >> 20) % 500 > 0 AS clothing_secure,
         (bits >> 30) % 600 > 0 AS education_secure,
         (bits >> 40) % 300 > 0 AS medical_secure,
         u3 > 0.004 * (1 + c) AS housing_safe,
         (bits >> 50) % 250 > 0 AS safe_water
  FROM places
) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 500000)
"""


def country(households: int = HOUSEHOLDS) -> Path:
    """The file with this many households; made when it is not there yet."""
    DATA.mkdir(exist_ok=True)
    path = DATA / f"country-{households}.parquet"
    if not path.exists():
        share = households / HOUSEHOLDS
        with whole_file(path) as partial, duckdb.connect() as connection:
            connection.execute(
                _SQL.format(
                    households=households,
                    villages=max(1, round(VILLAGES * share)),
                    counties=max(1, round(COUNTIES * min(1.0, share * 10))),
                    path=partial,
                )
            )
    return path


if __name__ == "__main__":
    print(country(int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS))
