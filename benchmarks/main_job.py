"""The main job at scale: 30 million households, 125,000 villages, 840 counties.

Estimates with village-based standard errors by county, and the chain household -> village
-> county under china-2011-2020, beside a bare DuckDB scan of the same columns; and on one
million households beside the Python packages svy and samplics.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.china import country
from benchmarks.measure import Timing, timed

PEERS = Path(__file__).parent / "work" / "peers" / "bin" / "python"

SCAN = """
import duckdb
start = time.perf_counter()
duckdb.sql("SELECT {sums} FROM '{path}'").fetchall()
"""
ESTIMATE = """
import exitline as xl
design = xl.Design(weight="weight", size="size", strata="county", psu="village")
xl.estimate; xl.measure
start = time.perf_counter()
found = xl.estimate("{path}", ["headcount", "poverty_gap", "severity"], welfare="welfare",
                    line=2952, design=design, by="county")
assert len(found) == 3 * ({counties} + 1), len(found)
"""
STUDY = """study: benchmark
standard: china-2011-2020
year: 2016
data: {{households: {path}}}
columns: {{household: household, size: size, weight: weight}}
design: {{census: true}}
levels: {{village: village, county: county, area_class: area_class}}
lines: [national]
"""
CHAIN = """
import exitline as xl
from pathlib import Path
from exitline.api.runs.prepare import ready as made_ready
from exitline.api.runs.computing import decide_study
from exitline.api.runs.folder import write_households
start = time.perf_counter()
with made_ready("{study}") as ready:
    decisions, households = decide_study(ready)
    write_households(ready, Path("{out}"))
assert sum(decisions.counts("village").values()) == {villages}, decisions.counts("village")
"""
SVY = """
import polars as pl, svy
start = time.perf_counter()
frame = pl.read_parquet("{path}").with_columns(poor=(pl.col("welfare") < 2952).cast(pl.Float64),
                                               pw=pl.col("weight") * pl.col("size"))
sample = svy.Sample(frame, svy.Design(stratum="county", psu="village", wgt="pw"))
sample.estimation.mean("poor", by="area_class")
"""
SAMPLICS = """
import pandas as pd
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam
start = time.perf_counter()
frame = pd.read_parquet("{path}")
frame["poor"] = (frame.welfare < 2952).astype(float)
est = TaylorEstimator(PopParam.mean)
est.estimate(y=frame.poor, samp_weight=frame.weight * frame["size"], stratum=frame.county,
             psu=frame.village, domain=frame.area_class)
"""
OURS_SMALL = """
import exitline as xl, exitline.stats.engine.duckdb, exitline.stats.infer.inference
import exitline.stats.measure.passes.totals
design = xl.Design(weight="weight", size="size", strata="county", psu="village")
xl.estimate; xl.measure
start = time.perf_counter()
xl.estimate("{path}", "headcount", welfare="welfare", line=2952, design=design, by="area_class")
"""


def at_scale() -> list[Timing]:
    """Thirty million households."""
    path = country()
    sums = "sum(welfare), sum(size), sum(weight), sum(village), sum(county)"
    flags = ["food_secure", "clothing_secure", "education_secure", "medical_secure",
             "housing_safe", "safe_water"]  # fmt: skip
    more = sums + ", sum(household), max(area_class), " + ", ".join(f"count_if({f})" for f in flags)
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study.yaml"
        study.write_text(STUDY.format(path=path.resolve()))
        return [
            timed("bare scan, columns of the estimate", SCAN.format(sums=sums, path=path)),
            timed("estimates by county", ESTIMATE.format(path=path, counties=840)),
            timed("bare scan, columns of the chain", SCAN.format(sums=more, path=path)),
            timed(
                "chain household-village-county",
                CHAIN.format(study=study, out=Path(folder) / "h.parquet", villages=125_000),
            ),
        ]


def beside_peers() -> list[Timing]:
    """One million households, by two domains; every tool reads the file within its time."""
    path = country(1_000_000)
    ours = [timed("exitline", OURS_SMALL.format(path=path))]
    if not PEERS.exists():
        return ours
    return [
        *ours,
        timed("svy", SVY.format(path=path), str(PEERS)),
        timed("samplics", SAMPLICS.format(path=path), str(PEERS)),
    ]


def main() -> None:
    """Print both tables, with ratios."""
    print("30 million households (120 million persons), two cores")
    large = at_scale()
    scans = {1: large[0], 3: large[2]}
    for i, t in enumerate(large):
        ratio = f"{t.inside / scans[i].inside:7.1f} x scan" if i in scans else ""
        print(
            f"  {t.name:<38} {t.inside:7.2f} s (process {t.wall:6.2f} s) {t.peak:5.2f} GB {ratio}"
        )
    print("1 million households: headcount and SE by 2 domains")
    small = beside_peers()
    for t in small:
        ratio = f"{t.inside / small[0].inside:7.1f} x"
        print(f"  {t.name:<38} {t.inside:7.2f} s  {t.peak:5.2f} GB {ratio}")


if __name__ == "__main__":
    main()
