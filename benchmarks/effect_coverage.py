"""How often intervals, bands and tests of effects are right, where the truth is known.

Each case is a kind of panel (or of villages in one round) that is drawn again and again. Intervals
and bands of 95 % should hold the truth in 95 of 100 samples, tests at 5 % reject a true hypothesis
in 5. Beside them: the bias of the estimate, and that of a regression with unit and period effects.

    python -m benchmarks.effect_coverage --case few8 --piece 2  # rows are kept, pieces added up
    python -m benchmarks.effect_coverage --page                       # table and plot again
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.effect import PERIODS, sample_of, simulated
from benchmarks.effect_plot import drawing, said_of, table
from exitline.stats.effect.cells import cells, differences
from exitline.stats.effect.matched import matched_comparison
from exitline.stats.effect.result import GroupTimeEffects
from exitline.stats.effect.synthetic import synthetic_control

HERE = Path(__file__).parent
KEPT, PLOT = HERE / "effect_coverage.csv", HERE.parent / "docs" / "effect_coverage.svg"
PAGE = HERE.parent / "docs" / "effect_coverage.md"
SEED = 20_261_129
Row = tuple[str, float, float, float]
"""What is counted, what it should be, what was found, how sure."""


def rate(what: str, nominal: float, found: list[bool]) -> Row:
    """A rate with its Monte-Carlo error."""
    share = float(np.mean(found))
    return what, nominal, share, float(np.sqrt(share * (1 - share) / len(found)))


def mean(what: str, found: list[float]) -> Row:
    """A bias with its Monte-Carlo error."""
    return what, 0.0, float(np.mean(found)), float(np.std(found) / np.sqrt(len(found)))


def panel(samples: int, seed: int, **given: Any) -> list[Row]:
    """Staggered treatment, effects that grow and differ between groups."""
    found = simulated(samples, seed, **given)
    return [
        mean("bias", found["error"]), mean("bias of two-way", found["two_way"]),
        rate("interval of one group's effect", 0.95, found["group"]),
        rate("interval of the overall effect", 0.95, found["covered"]),
        rate("two-way holds the overall effect", 0.95, found["two_way_covered"]),
        rate("simultaneous band", 0.95, found["banded"]),
        rate("test of no effect", 0.05, found["size"]),
        rate(
            "test before treatment", float("nan") if all(found["untold"]) else 0.05,
            found["pretest"],
        ),
        rate("test before treatment cannot tell yet", float("nan"), found["untold"]),
    ]  # fmt: skip


def all_treated(samples: int, seed: int) -> list[Row]:
    """Everybody is treated in the end, every effect is above zero and grows."""
    random, ours, two, negative = np.random.default_rng(seed), [], [], []
    from benchmarks.effect import two_way

    group = np.repeat([2.0, 6.0], 100)
    since = np.arange(1, PERIODS + 1)[None, :] - group[:, None]
    effect = np.where(since >= 0, since + 1.0, 0.0)
    for _ in range(samples):
        outcome = effect + random.normal(0, 1, (200, 1)) + random.normal(0, 1, (200, PERIODS))
        sample = sample_of(group, outcome, np.arange(200))
        found, _ = cells(sample.times, [2.0, 6.0], controls="not_yet")
        result = GroupTimeEffects(sample, tuple(found), *differences(sample, found), 0.95)
        after = [c for c in result.cells if not c.before]
        true = np.mean([sample.times[c.time] - c.group + 1 for c in after])
        ours.append(float(result.aggregate("simple").estimate[0]) - float(true))
        slope, _ = two_way(group, outcome)
        two.append(slope - float(effect[since >= 0].mean()))
        negative.append(slope < 0)
    return [mean("bias", ours), mean("bias of two-way", two),
            rate("two-way is below zero, all effects above", 0.0, negative)]  # fmt: skip


def one_treated(samples: int, seed: int, donors: int) -> list[Row]:
    """One of several counties, which move by common factors; no effect, and one of 2 sd."""
    random, size, error, power = np.random.default_rng(seed), [], [], []
    names, times = tuple(map(str, range(donors + 1))), tuple(map(float, range(1, 19)))
    for _ in range(samples):
        factor = random.normal(size=(3, 18)).cumsum(axis=1)
        outcome = random.uniform(0, 1, (donors + 1, 3)) @ factor
        outcome = outcome + random.normal(0, 0.5, outcome.shape)
        found = synthetic_control(names, times, outcome, 0, 12)
        size.append(found.p <= 0.05)
        error.append(found.effect)
        outcome[0, 12:] += 2.0
        power.append(synthetic_control(names, times, outcome, 0, 12).p <= 0.05)
    nominal = np.floor(0.05 * (donors + 1) + 1e-9) / (donors + 1)
    return [mean("bias", error), rate("test of no effect", float(nominal), size),
            rate("an effect of 2 is found", float("nan"), power)]  # fmt: skip


def one_round(
    samples: int, seed: int, treated: int, others: int, cluster: int = 1
) -> list[Row]:  # fmt: skip
    """Villages with and without the road, which differ in two covariates; the effect is 1."""
    random, covered, error, plain, size = np.random.default_rng(seed), [], [], [], []
    for _ in range(samples):
        flag = np.arange(treated + others) < treated
        flag = random.permutation(flag)
        x = random.normal(0, 1, (flag.size, 2)) + 0.5 * flag[:, None]
        psu = np.arange(flag.size) // cluster
        shared = random.normal(0, 0.3 if cluster > 1 else 0.0, psu.max() + 1)[psu]
        y = 1.0 * flag + x[:, 0] + 0.3 * x[:, 1] ** 2 + shared + random.normal(0, 1, flag.size)
        found = matched_comparison(
            y, flag, x, ("a", "b"), weight=np.ones(flag.size), psu=psu,
            stratum=np.zeros(flag.size, dtype=np.int64), matches=2,
        )  # fmt: skip
        low, high = found.interval
        covered.append(low <= 1 <= high)
        error.append(found.effect - 1)
        plain.append(found.plain - 1)
        size.append(not low <= 1 <= high)
    return [mean("bias", error), mean("bias of the plain difference", plain),
            rate("interval of the effect", 0.95, covered)]  # fmt: skip


def apart(samples: int, seed: int, kind: Any, villages: int, slope: float) -> list[Row]:
    """Groups drift apart along a straight line and nothing else happens: the truth is zero."""
    random, covered, plain = np.random.default_rng(seed), [], []
    group = np.repeat([4.0, np.inf], [villages // 3, villages - villages // 3])
    trend = slope * np.isfinite(group)[:, None] * np.arange(PERIODS)
    for _ in range(samples):
        outcome = trend + random.normal(0, 1, (villages, 1)) + random.normal(
            0, 1, (villages, PERIODS))  # fmt: skip
        sample = sample_of(group, outcome, np.arange(villages))
        found, _ = cells(sample.times, [4.0, np.inf], base="universal")
        series = GroupTimeEffects(
            sample, tuple(found), *differences(sample, found), 0.95, (), "universal"
        ).aggregate("event")
        bounds = series.honest(kind, (0.0 if kind == "smooth" else 1.0,))
        covered.append(bool(bounds.low[0] <= 0 <= bounds.high[0]))
        row = series.to_pandas().iloc[0]
        plain.append(bool(row["ci_low"] <= 0 <= row["ci_high"]))
    return [rate("bound holds the truth", 0.95, covered),
            rate("plain interval holds it", float("nan"), plain)]  # fmt: skip


CASES: dict[str, tuple[str, Callable[[int, int], list[Row]]]] = {
    "few8": ("two groups of 8, 40 never treated", lambda n, s: panel(n, s, sizes=(8, 8, 40))),
    "few10": ("two groups of 10, 40 never treated", lambda n, s: panel(n, s, sizes=(10, 10, 40))),
    "few14": ("two groups of 14, 40 never treated", lambda n, s: panel(n, s, sizes=(14, 14, 40))),
    "villages200": ("200 villages", lambda n, s: panel(n, s, villages=200)),
    "villages1000": ("1,000 villages", lambda n, s: panel(n, s, villages=1000)),
    "clusters40": ("400 villages in 40 clusters",
                   lambda n, s: panel(n, s, villages=400, cluster=10)),
    "clusters100": ("1,000 villages in 100", lambda n, s: panel(n, s, villages=1000, cluster=10)),
    "counties12": ("12 and 12 of 50 counties treated",
                   lambda n, s: panel(n, s, sizes=(12, 12, 26), cluster=10)),
    "all_treated": ("all of 200 treated in the end", all_treated),
    "synthetic19": ("1 of 20 counties", lambda n, s: one_treated(n, s, 19)),
    "synthetic39": ("1 of 40 counties", lambda n, s: one_treated(n, s, 39)),
    "matched100": ("100 with the road, 400 without", lambda n, s: one_round(n, s, 100, 400)),
    "matched20": ("20 with the road, 100 without", lambda n, s: one_round(n, s, 20, 100)),
    "matched_clusters": ("100 and 400 in 50 clusters", lambda n, s: one_round(n, s, 100, 400, 10)),
    "smooth200": ("200 villages, a straight line apart, smooth with M = 0",
                  lambda n, s: apart(n, s, "smooth", 200, 0.2)),
    "smooth30": ("30 villages, the same", lambda n, s: apart(n, s, "smooth", 30, 0.2)),
    "relative200": ("200 villages, relative with M = 1",
                    lambda n, s: apart(n, s, "relative", 200, 0.5)),
    "relative30": ("30 villages, the same", lambda n, s: apart(n, s, "relative", 30, 0.5)),
}  # fmt: skip


def keep(name: str, rows: list[Row], samples: int, piece: int) -> None:
    """Add a piece of a case to what is kept; the same piece again takes its place."""
    own = pd.DataFrame(rows, columns=["what", "nominal", "found", "error"])
    own.insert(0, "case", name)
    own["samples"], own["piece"] = samples, piece
    old = pd.read_csv(KEPT) if KEPT.exists() else own.iloc[:0]
    other = old[(old["case"] != name) | (old["piece"] != piece)]
    every = pd.concat([other, own], ignore_index=True)
    order = {case: i for i, case in enumerate(CASES)}
    every = every.sort_values(["case", "piece"], key=lambda one: one.map(order).fillna(one),
                              kind="stable")  # fmt: skip
    every.to_csv(KEPT, index=False, float_format="%.6g")


def together() -> pd.DataFrame:
    """All pieces of a case as one, in the order of the cases."""
    found = pd.read_csv(KEPT)
    rows = []
    for (case, what), part in found.groupby(["case", "what"], sort=False):
        samples = part["samples"].to_numpy()
        share = samples / samples.sum()
        rows.append((
            case, CASES[str(case)][0], what, part["nominal"].iloc[0], float(share @ part["found"]),
            float(np.sqrt((share**2) @ (part["error"] ** 2))), int(samples.sum()),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=["case", "panel", "what", "nominal", "found", "error",
                                       "samples"])  # fmt: skip


def body(found: pd.DataFrame) -> str:
    """What the page says of the rows that are kept."""
    return said_of(found) + "\n" + table(found)


def main() -> None:
    """Run a case and keep its rows; or make table and plot from those that are kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", choices=CASES, action="append", default=[])
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--piece", type=int, default=0, help="another draw of the same case")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    for name in asked.case:
        rows = CASES[name][1](asked.samples, SEED + asked.piece)
        keep(name, rows, asked.samples, asked.piece)
        print(name, [(what, round(found, 4)) for what, _, found, _ in rows], flush=True)
    if asked.page:
        found = together()
        PLOT.write_text(drawing(found), encoding="utf-8")
        before, after = "<!-- table -->\n", "<!-- end -->"
        text = PAGE.read_text(encoding="utf-8")
        start, end = text.index(before) + len(before), text.index(after)
        PAGE.write_text(text[:start] + "\n" + body(found) + "\n" + text[end:], encoding="utf-8")


if __name__ == "__main__":
    main()
