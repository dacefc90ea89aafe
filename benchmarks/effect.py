"""Effects on simulated panels: how long they take; `benchmarks.effect_coverage` asks how right.

python -m benchmarks.effect [--villages 125000]

Villages in clusters, treated from period 4 or 6 on or never; effects that grow with time and
differ between groups.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from typing import Any

import numpy as np

from exitline.stats.effect.aggregates import Shares
from exitline.stats.effect.cells import cells, differences
from exitline.stats.effect.result import GroupTimeEffects
from exitline.stats.effect.sample import EffectSample

PERIODS, FIRST = 8, (4.0, 6.0)
GROWTH = {4.0: 1.0, 6.0: -0.3}
"""Change of the effect with each period under treatment, by group."""


def drawn(
    random: np.random.Generator, villages: int = 0, *, effect: bool, cluster: int = 1,
    sizes: tuple[int, ...] = (),
) -> Any:  # fmt: skip
    """One panel: groups, outcomes by period, clusters.

    With `sizes` so many clusters of each group (4, 6, never), the whole cluster treated at once.
    """
    if sizes:
        group = np.repeat(np.repeat([*FIRST, np.inf], sizes), cluster)
        villages = group.size
    else:
        group = random.choice([*FIRST, np.inf], villages, p=[0.25, 0.25, 0.5])
    counties = -(-villages // cluster)
    county = np.repeat(np.arange(counties), cluster)[:villages]
    shared = np.cumsum(random.normal(0, 0.3, (counties, PERIODS)), axis=1)[county]
    own = random.normal(0, 1, (villages, 1)) + 0.5 * np.isfinite(group)[:, None]
    noise = random.normal(0, 1, (villages, PERIODS))
    times = np.arange(1, PERIODS + 1)
    since = np.where(np.isinf(group), -1.0, 0.0)[:, None] + np.where(
        np.isinf(group)[:, None], 0.0, times[None, :] - np.where(np.isinf(group), 0, group)[:, None]
    )
    growth = np.array([GROWTH.get(g, 0.0) for g in group])[:, None]
    treated = np.where(since >= 0, growth * (since + 1), 0.0) if effect else 0.0
    return group, own + shared + 0.2 * times + noise + treated, county


def sample_of(group: Any, outcome: Any, county: Any) -> EffectSample:
    """The same as a sample with clusters."""
    ones = np.ones(group.size)
    return EffectSample(
        tuple(float(t) for t in range(1, PERIODS + 1)), group, ones, outcome,
        ones.astype(np.int64), county, np.zeros(group.size, dtype=np.int64),
        int(county.max()) + 1 < group.size,
    )  # fmt: skip


def effects(sample: EffectSample) -> GroupTimeEffects:
    """All comparisons with those not treated yet."""
    found, _ = cells(sample.times, [*FIRST, np.inf], controls="not_yet")
    return GroupTimeEffects(sample, tuple(found), *differences(sample, found), 0.95)


def two_way(group: Any, outcome: Any, county: Any = None) -> tuple[float, float]:
    """The slope of treatment in a regression with village and period effects, and its clustered
    standard error."""
    flag = (np.arange(1, PERIODS + 1)[None, :] >= group[:, None]).astype(float)
    flat = flag - flag.mean(1, keepdims=True) - flag.mean(0) + flag.mean()
    square = float((flat * flat).sum())
    slope = float((flat * outcome).sum() / square)
    rest = outcome - slope * flag
    rest = rest - rest.mean(1, keepdims=True) - rest.mean(0) + rest.mean()
    sums = np.bincount(np.arange(group.size) if county is None else county, (flat * rest).sum(1))
    return slope, float(np.sqrt((sums**2).sum()) / square)


def truth(sample: EffectSample, found: GroupTimeEffects) -> tuple[float, list[float]]:
    """The true overall effect, and that of each time since treatment began, in the population:
    both groups have the same share of it."""
    after = [c for c in found.cells if not c.before]
    each = [(sample.times[c.time] - c.group, c.group) for c in after]
    values = np.array([GROWTH[g] * (e + 1) for e, g in each])
    since = np.array([e for e, _ in each])
    return float(values.mean()), [float(values[since == e].mean()) for e in sorted(set(since))]


def simulated(samples: int, seed: int, **given: Any) -> dict[str, list[Any]]:
    """By sample: errors, whether intervals and bands hold, whether true nulls are rejected."""
    random = np.random.default_rng(seed)
    found: dict[str, list[Any]] = defaultdict(list)
    shares: Shares = "fixed" if given.get("sizes") else "estimated"
    for _ in range(samples):
        panel = drawn(random, effect=True, **given)
        sample = sample_of(*panel)
        result = effects(sample)
        overall, path = truth(sample, result)
        row = result.aggregate("simple", shares=shares).to_pandas().iloc[0]
        series = result.aggregate("event", shares=shares).to_pandas()
        group = result.aggregate("group").to_pandas().iloc[1]
        own = GROWTH[FIRST[0]] * (np.arange(PERIODS - FIRST[0] + 1) + 1).mean()
        found["group"].append(group["ci_low"] <= own <= group["ci_high"])
        slope, se = two_way(*panel)
        found["error"].append(row["estimate"] - overall)
        found["two_way"].append(slope - overall)
        found["covered"].append(row["ci_low"] <= overall <= row["ci_high"])
        found["two_way_covered"].append(abs(slope - overall) <= 1.96 * se)
        low, high = (series[k].to_numpy()[1:] for k in ("band_low", "band_high"))
        true = np.concatenate([np.zeros(len(low) - len(path)), path])
        found["banded"].append(bool(((low <= true) & (true <= high)).all()))
        none = effects(sample_of(*drawn(random, effect=False, **given)))
        row = none.aggregate("simple").to_pandas().iloc[0]
        found["size"].append(not row["ci_low"] <= 0 <= row["ci_high"])
        test = none.pretest()
        found["pretest"].append(test.p < 0.05)
        found["untold"].append(np.isnan(test.p))
    return found


def speed(villages: int) -> None:
    """From a Parquet file of all villages and periods to all effects, beside a bare scan."""
    import tempfile
    from pathlib import Path

    import duckdb
    import pandas as pd

    import exitline as xl

    group, outcome, county = drawn(np.random.default_rng(1), villages, effect=True, cluster=25)
    rows = pd.DataFrame({
        "village": np.repeat(np.arange(villages), PERIODS),
        "year": np.tile(np.arange(1, PERIODS + 1), villages),
        "first": np.repeat(np.where(np.isinf(group), 0, group), PERIODS),
        "county": np.repeat(county, PERIODS), "y": outcome.ravel(),
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.parquet"
        rows.to_parquet(path)
        began = time.perf_counter()
        duckdb.sql(f"SELECT sum(y), max(village), max(year) FROM '{path}'").fetchall()
        scan = time.perf_counter() - began
        for name, design in (("villages", None), ("counties", xl.Design(psu="county"))):
            began = time.perf_counter()
            xl.effect.difference_in_differences(
                path, "y", unit="village", time="year", first="first", design=design
            ).aggregate("event").to_pandas()
            took = time.perf_counter() - began
            said = f"{took:.2f} s, {took / scan:.0f} x a bare scan"
            print(f"{villages:,} villages x {PERIODS}, by {name}: {said}")


def main() -> None:
    """Print times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--villages", type=int, default=125_000)
    speed(parser.parse_args().villages)


if __name__ == "__main__":
    main()
