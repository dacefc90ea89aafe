"""Effects on simulated panels, where the truth is known: bias, size, coverage, and time.

python -m benchmarks.effect [--samples 1000] [--speed]

Villages in clusters, treated from period 4 or 6 on or never; effects that grow with time and
differ between groups. Beside every figure: a regression with village and period effects.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from exitline.stats.effect.cells import cells
from exitline.stats.effect.means import differences
from exitline.stats.effect.result import GroupTimeEffects
from exitline.stats.effect.sample import EffectSample

PERIODS, FIRST = 8, (4.0, 6.0)
GROWTH = {4.0: 1.0, 6.0: -0.3}
"""Change of the effect with each period under treatment, by group."""


def drawn(random: np.random.Generator, villages: int, *, effect: bool, cluster: int) -> Any:
    """One panel: groups, outcomes by period, clusters."""
    counties = -(-villages // cluster)
    group = random.choice([*FIRST, np.inf], villages, p=[0.25, 0.25, 0.5])
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
        ones.astype(np.int64), county, np.zeros(group.size, dtype=np.int64), True,
    )  # fmt: skip


def effects(sample: EffectSample) -> GroupTimeEffects:
    """All comparisons with those not treated yet."""
    found, _ = cells(sample.times, [*FIRST, np.inf], controls="not_yet")
    return GroupTimeEffects(sample, tuple(found), *differences(sample, found), 0.95)


def two_way(group: Any, outcome: Any) -> float:
    """The slope of treatment in a regression with village and period effects."""
    flag = (np.arange(1, PERIODS + 1)[None, :] >= group[:, None]).astype(float)
    flat = flag - flag.mean(1, keepdims=True) - flag.mean(0) + flag.mean()
    return float((flat * outcome).sum() / (flat * flat).sum())


def truth(sample: EffectSample, found: GroupTimeEffects) -> tuple[float, list[float]]:
    """The true overall effect, and that of each time since treatment began, in the population:
    both groups have the same share of it."""
    after = [c for c in found.cells if not c.before]
    each = [(sample.times[c.time] - c.group, c.group) for c in after]
    values = np.array([GROWTH[g] * (e + 1) for e, g in each])
    since = np.array([e for e, _ in each])
    return float(values.mean()), [float(values[since == e].mean()) for e in sorted(set(since))]


def simulated(samples: int, villages: int, cluster: int) -> dict[str, float]:
    """Bias, coverage of intervals and bands, and size of tests."""
    random = np.random.default_rng(20_261_128)
    error, two, covered, banded, size, wald = [], [], [], [], [], []
    for _ in range(samples):
        panel = drawn(random, villages, effect=True, cluster=cluster)
        sample = sample_of(*panel)
        found = effects(sample)
        overall, path = truth(sample, found)
        simple, series = found.aggregate("simple").to_pandas(), found.aggregate("event").to_pandas()
        error.append(simple["estimate"][0] - overall)
        two.append(two_way(*panel[:2]) - overall)
        covered.append(simple["ci_low"][0] <= overall <= simple["ci_high"][0])
        after = series[[not str(s).startswith("-") and s != "all" for s in series["since"]]]
        before = series[[str(s).startswith("-") for s in series["since"]]]
        inside = (after["band_low"].to_numpy() <= path) & (path <= after["band_high"].to_numpy())
        banded.append(
            inside.all() and (before["band_low"] <= 0).all() and (before["band_high"] >= 0).all()
        )
        none = effects(sample_of(*drawn(random, villages, effect=False, cluster=cluster)))
        row = none.aggregate("simple").to_pandas().iloc[0]
        size.append(not row["ci_low"] <= 0 <= row["ci_high"])
        wald.append(none.pretest().p < 0.05)
    return {
        "bias": float(np.mean(error)), "bias_two_way": float(np.mean(two)),
        "coverage": float(np.mean(covered)), "band_coverage": float(np.mean(banded)),
        "size": float(np.mean(size)), "pretest_size": float(np.mean(wald)),
    }  # fmt: skip


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
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--speed", action="store_true")
    asked = parser.parse_args()
    if asked.speed:
        speed(125_000)
        return
    for villages, cluster in ((200, 1), (1000, 1), (400, 10), (1000, 10)):
        found = simulated(asked.samples, villages, cluster)
        print(
            villages, "villages in clusters of", cluster, {k: round(v, 4) for k, v in found.items()}
        )


if __name__ == "__main__":
    main()
