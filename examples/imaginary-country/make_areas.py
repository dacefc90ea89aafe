"""Make districts.csv and villages.csv: what the census knows of each area, and who is poor there.

Run from the repository: python examples/imaginary-country/make_areas.py
"""

from pathlib import Path

import duckdb

HERE = Path(__file__).parent
IMPROVED_WATER = """water NOT IN ('River/dam/lake/ponds/stream/canal/irrig', 'Unprotected well',
    'Unprotected spring', 'Tanker truck', 'Cart with small tank', 'Other')"""
IMPROVED_TOILET = """toilet NOT IN ('No facility/bush/field', 'Pit latrine without slab/open pit',
    'Flush to somewhere else', 'Other')"""


def made(area: str) -> None:
    """One row for each area."""
    duckdb.sql(f"""
        COPY (
            SELECT {area}, any_value(geo1) AS province, sum(hhsize) AS persons,
                round(avg((electricity = 'Yes')::DOUBLE), 6) AS electricity,
                round(avg(({IMPROVED_WATER})::DOUBLE), 6) AS water,
                round(avg(({IMPROVED_TOILET})::DOUBLE), 6) AS toilet,
                round(avg((urbrur = 'Urban')::DOUBLE), 6) AS urban,
                round(avg(hhsize), 6) AS size,
                round(avg(rooms / hhsize), 6) AS rooms,
                round(sum(hhsize * (pc_exp < 2500)::INT) / sum(hhsize), 6) AS census_headcount
            FROM '{HERE}/hld_pop_wb_2023.parquet' GROUP BY {area} ORDER BY {area}
        ) TO '{HERE}/{"districts" if area == "geo2" else "villages"}.csv' (HEADER)
    """)


if __name__ == "__main__":
    made("geo2")
    made("ea")
