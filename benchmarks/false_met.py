"""How often a unit at its threshold is called met, where the truth is known.

Twelve designs draw stratified two-stage samples of the imaginary country's census: enumeration
areas within province x urban or rural (PPS systematic, or simple random), then households. Eight
draw from made-up populations (`benchmarks.synthetic`). The threshold of each area is its own true
share, the worst case: it is not below (or above) it, and every *met* is false. What a rule costs
shows at a threshold of twice the true share (*above*: half of it), where *met* is right.

    python -m benchmarks.false_met                  # 600 samples a design of the census
    python -m benchmarks.false_met --samples 100    # a quick look
    python -m benchmarks.false_met --search --synthetic-samples 1500  # 1,120 made-up designs
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.synthetic import DESIGNS, GRID, Synthetic, sampled
from exitline.exits.decide.decision import judge
from exitline.exits.decide.settling import Evidence
from exitline.stats.data.sampling.design import Design
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.inference import infer
from exitline.stats.infer.intake.cells import Cells, no_kinds
from exitline.stats.infer.intervals import logit_share
from exitline.stats.infer.spread import spread_of
from exitline.stats.measure.catalogue import share_of
from exitline.stats.measure.passes.sums import Plan

CENSUS = Path(__file__).parents[1] / "examples" / "imaginary-country" / "hld_pop_wb_2023.parquet"
LEVELS = ("", "geo1", "geo2")
NOMINAL = 0.05
Side = Literal["below", "above"]
Texts = NDArray[np.str_]
PLAN = Plan(
    (share_of("poor"),), (), None, Design(weight="w", size="hhsize", strata="s", psu="ea"),
    ("geo1", "geo2"), True, ((), (0,), (1,)),
)  # fmt: skip


@dataclass(frozen=True)
class Country:
    """The census as arrays, sorted by enumeration area."""

    ea: np.ndarray
    first: np.ndarray  # first household of each enumeration area
    size: np.ndarray  # households of each
    stratum: np.ndarray  # of each enumeration area
    areas: tuple[np.ndarray, np.ndarray]  # geo1 and geo2 code of each household
    names: tuple[tuple[str, ...], tuple[str, ...]]
    persons: np.ndarray
    poor: np.ndarray

    def truth(self, level: str) -> np.ndarray:
        """The true share of persons in poor households, by area."""
        if level == "":
            return np.array([(self.poor * self.persons).sum() / self.persons.sum()])
        code = self.areas[LEVELS.index(level) - 1]
        return np.bincount(code, self.poor * self.persons) / np.bincount(code, self.persons)


def country(line: float) -> Country:
    """The census at one poverty line."""
    homes = pd.read_parquet(CENSUS).sort_values("ea", kind="stable").reset_index(drop=True)
    ea = pd.factorize(homes.ea)[0]
    first = np.searchsorted(ea, np.arange(ea.max() + 1))
    coded = [pd.factorize(homes[c], sort=True) for c in ("geo1", "geo2")]
    stratum = pd.factorize(homes.geo1 + homes.urbrur, sort=True)[0][first]
    return Country(
        ea, first, np.bincount(ea), stratum, tuple(c for c, _ in coded),
        tuple(tuple(v) for _, v in coded), homes.hhsize.to_numpy(float),
        (homes.pc_exp < line).to_numpy(float),
    )  # fmt: skip


def drawn(
    place: Country, clusters: int, homes: int, pps: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Households of one sample, and their weights."""
    chosen, weights = [], []
    for stratum in np.unique(place.stratum):
        there = np.flatnonzero(place.stratum == stratum)
        k = min(clusters, len(there))
        size = place.size[there].astype(float)
        if pps:
            order = rng.permutation(len(there))
            edge = np.cumsum(size[order])
            points = (rng.uniform() + np.arange(k)) * edge[-1] / k
            picks = order[np.searchsorted(edge, points, side="right")]
            first_stage = size.sum() / (k * size[picks])
        else:
            picks = rng.choice(len(there), k, replace=False)
            first_stage = np.full(k, len(there) / k)
        for pick, weight in zip(there[picks], first_stage, strict=True):
            m = min(homes, place.size[pick])
            chosen.append(place.first[pick] + rng.choice(place.size[pick], m, replace=False))
            weights.append(np.full(m, weight * place.size[pick] / m))
    return np.concatenate(chosen), np.concatenate(weights)


def estimated(place: Country, rows: np.ndarray, weight: np.ndarray) -> tuple[Block, ...]:
    """Shares with standard errors for the whole, provinces and districts."""
    ea, inverse = np.unique(place.ea[rows], return_inverse=True)
    persons = weight * place.persons[rows]
    sums = [persons, weight, persons * place.poor[rows]]
    head = place.first[ea]
    n = np.bincount(inverse)
    cells = Cells(
        place.stratum[ea], (np.arange(len(ea)),), tuple(a[head] for a in place.areas), place.names,
        n, no_kinds(n), np.column_stack([np.bincount(inverse, s) for s in sums]),
        np.empty((len(ea), 0)),
    )  # fmt: skip
    return infer(cells, PLAN, ((), (0,), (1,)), Confidence()).blocks


@dataclass(frozen=True)
class Seen:
    """Estimates of areas, as every rule sees them."""

    block: Block
    evidence: Evidence

    @classmethod
    def of(cls, block: Block, deff: float) -> Seen:
        """With the design effect to assume where an area cannot show its own."""
        evidence = Evidence(
            "sample", block.estimate, block.estimate, block.se, block.df,
            block.n.astype(float), block.population, np.zeros(len(block.n)), deff,
            spread_of(block),
        )  # fmt: skip
        return cls(block, evidence)


def _now(seen: Seen, threshold: np.ndarray, side: Side) -> Texts:
    """The rule as it stands."""
    return judge(seen.evidence, threshold, side, settle=False).outcome


def _before(seen: Seen, threshold: np.ndarray, side: Side) -> Texts:
    """Korn and Graubard's bound with the design's degrees of freedom, whatever the clusters."""
    return judge(replace(seen.evidence, spread=None), threshold, side, settle=False).outcome


def _logit(seen: Seen, threshold: np.ndarray, side: Side) -> Texts:
    """The logit bound that survey packages give."""
    block = seen.block
    bounds = logit_share(block.estimate, block.se, block.df, 0.9)
    with np.errstate(invalid="ignore"):
        beyond, short = bounds.high < threshold, bounds.low >= threshold
        if side == "above":
            beyond, short = bounds.low > threshold, bounds.high <= threshold
    return np.where(beyond, "met", np.where(short, "not met", "cannot tell"))


RULES: dict[str, Callable[..., Texts]] = {"now": _now, "before": _before, "logit": _logit}
SIDES: tuple[Side, ...] = ("below", "above")


@dataclass
class Tally:
    """What became of each area over the samples, by one rule on one side of the threshold.

    Attributes
    ----------
    false_met, decided : float arrays, shape (areas,)
        Samples in which it was called met, and met or not met, at its own true share.
    met : float array
        Samples in which it was called met at twice its true share (*above*: half).
    """

    false_met: np.ndarray
    decided: np.ndarray
    met: np.ndarray

    @property
    def cannot_tell(self) -> np.ndarray:
        """Share in which nothing was decided, where the others are shares."""
        return 1.0 - self.decided

    def share(self, samples: int) -> Tally:
        """Counts as shares of the samples."""
        return Tally(self.false_met / samples, self.decided / samples, self.met / samples)


Key = tuple[str, str, str]


def _count(
    tally: dict[Key, Tally], level: str, seen: Seen, truth: np.ndarray, at: np.ndarray,
    rules: tuple[str, ...],
) -> None:  # fmt: skip
    """Add a block's outcomes, by the rules and on both sides, to the areas `at`."""
    for rule in rules:
        outcomes = RULES[rule]
        for side in SIDES:
            own = outcomes(seen, truth[at], side)
            easier = np.minimum(2.0 * truth, 0.999) if side == "below" else truth / 2.0
            zeros = (np.zeros(len(truth)) for _ in range(3))
            found = tally.setdefault((rule, level, side), Tally(*zeros))
            np.add.at(found.false_met, at, own == "met")
            np.add.at(found.decided, at, own != "cannot tell")
            np.add.at(found.met, at, outcomes(seen, easier[at], side) == "met")


def samples(
    place: Country, repetitions: int, clusters: int, homes: int, pps: bool, seed: int
) -> Iterator[tuple[Block, ...]]:
    """Estimates from many samples."""
    rng = np.random.default_rng(seed)
    for _ in range(repetitions):
        yield estimated(place, *drawn(place, clusters, homes, pps, rng))


def false_met(
    line: float,
    repetitions: int,
    clusters: int,
    homes: int,
    *,
    pps: bool,
    seed: int = 1,
    rules: tuple[str, ...] = tuple(RULES),
) -> dict[Key, Tally]:
    """What becomes of each area of the census, by rule, level and side."""
    place = country(line)
    tally: dict[Key, Tally] = {}
    truth = [place.truth(level) for level in LEVELS]
    for blocks in samples(place, repetitions, clusters, homes, pps, seed):
        deff = max(1.0, float(blocks[0].deff[0]))
        for level, block, true in zip(LEVELS, blocks, truth, strict=True):
            names = place.names[LEVELS.index(level) - 1] if level else ("",)
            at = np.array([names.index(label) for label in block.rows.labels])
            _count(tally, level or "all", Seen.of(block, deff), true, at, rules)
    return {key: found.share(repetitions) for key, found in tally.items()}


def false_met_synthetic(
    design: Synthetic, repetitions: int, seed: int = 1, rules: tuple[str, ...] = tuple(RULES)
) -> dict[Key, Tally]:
    """What becomes of the whole of a made-up population; it shows its own design effect."""
    block, truth = sampled(design, repetitions, seed)
    seen = Seen.of(block, 1.0)
    tally: dict[Key, Tally] = {}
    for rule in rules:
        outcomes = RULES[rule]
        for side in SIDES:
            own = outcomes(seen, np.full(repetitions, truth), side)
            easier = min(2.0 * truth, 0.999) if side == "below" else truth / 2.0
            found = outcomes(seen, np.full(repetitions, easier), side)
            means = (own == "met", own != "cannot tell", found == "met")
            tally[rule, "all", side] = Tally(*(np.array([m.mean()]) for m in means))
    return tally


def limit(samples: int) -> float:
    """The nominal rate plus two Monte-Carlo errors."""
    return NOMINAL + 2.0 * float(np.sqrt(NOMINAL * (1.0 - NOMINAL) / samples))


HEADS = (
    "design", "limit", "*below*: before", "now", "*above*: before", "now", "usual",
    "cannot tell: before", "now", "met at twice: before", "now",
)  # fmt: skip


def row(name: str, tally: Mapping[Key, Tally], samples: int) -> str:
    """One design's line: the largest false met over areas, the means of the rest."""

    def of(rule: str, side: str = "") -> list[Tally]:
        return [t for key, t in tally.items() if key[0] == rule and side in key[2]]

    def worst(rule: str, side: str = "") -> float:
        return max(float(t.false_met.max()) for t in of(rule, side))

    def mean(rule: str, what: str) -> float:
        return float(np.concatenate([getattr(t, what) for t in of(rule)]).mean())

    figures = [limit(samples)]
    figures += [worst(rule, side) for side in SIDES for rule in ("before", "now")]
    figures += [worst("logit")]
    figures += [mean(rule, w) for w in ("cannot_tell", "met") for rule in ("before", "now")]
    return f"| {name} | " + " | ".join(f"{100 * f:.1f} %" for f in figures) + " |"


def search(samples: int) -> None:
    """Judge every design of the grid; print how many pass the limit, and the worst."""
    rules = ("before", "now")
    found = {d: false_met_synthetic(d, samples, rules=rules) for d in GRID}
    print(f"{len(GRID):,} made-up designs, {samples:,} samples each; {100 * limit(samples):.1f} %:")
    for rule in rules:
        for side in SIDES:
            rates = {d: float(t[rule, "all", side].false_met[0]) for d, t in found.items()}
            worst = sorted(rates, key=lambda d: -rates[d])[:5]
            beyond = sum(rate > limit(samples) for rate in rates.values())
            print(f"{rule}, {side}: {beyond} beyond; largest", end=" ")
            print("; ".join(f"{100 * rates[d]:.1f} % ({d.name})" for d in worst))
        met = np.mean([t[rule, "all", side].met[0] for t in found.values() for side in SIDES])
        print(f"{rule}: met at twice the rate in {100 * met:.1f} %")


def main() -> None:
    """Print a line for each design."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=600)
    parser.add_argument("--synthetic-samples", type=int, default=10_000)
    parser.add_argument("--search", action="store_true", help="a grid of made-up designs instead")
    given = parser.parse_args()
    if given.search:
        search(given.synthetic_samples)
        return
    print(f"nominal {100 * NOMINAL:g} %; {given.samples:,} samples of each design of the census,")
    print(f"{given.synthetic_samples:,} of the made-up ones")
    print("| " + " | ".join(HEADS) + " |")
    print("| " + " | ".join("---" for _ in HEADS) + " |")
    for line in (1000.0, 1500.0, 2500.0):
        for pps, clusters, homes in ((True, 8, 12), (True, 4, 25), (False, 8, 12), (False, 4, 25)):
            found = false_met(line, given.samples, clusters, homes, pps=pps)
            name = f"line {line:g}, {'PPS' if pps else 'SRS'} {clusters} EAs x {homes}"
            print(row(name, found, given.samples), flush=True)
    for design in DESIGNS:
        found = false_met_synthetic(design, given.synthetic_samples)
        print(row(design.name, found, given.synthetic_samples), flush=True)


if __name__ == "__main__":
    main()
