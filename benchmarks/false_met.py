"""How often a unit at its threshold is called met: samples drawn from a known census.

Stratified two-stage samples of the imaginary country's census: enumeration areas within
province x urban or rural (PPS systematic, or simple random), then households. The threshold
of each area is its own true share, the worst case: it is not below (or above) it, and every
*met* is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exitline.data.design import Design
from exitline.decide.decision import judge
from exitline.decide.settling import Evidence
from exitline.infer.cells import Cells, no_kinds
from exitline.infer.estimates import Block
from exitline.infer.inference import Options, infer
from exitline.infer.intervals import logit_share
from exitline.infer.spread import spread_of
from exitline.measure.catalogue import share_of
from exitline.measure.sums import Plan

CENSUS = Path(__file__).parents[1] / "examples" / "imaginary-country" / "hld_pop_wb_2023.parquet"
LEVELS = ("", "geo1", "geo2")
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
    return infer(cells, PLAN, ((), (0,), (1,)), Options()).blocks


def _ours(block: Block, deff: float, threshold: np.ndarray, comparison: str) -> np.ndarray:
    """Met, by the decision rule of exitline."""
    evidence = Evidence(
        "sample", block.estimate, block.estimate, block.se, block.df, block.n.astype(float),
        block.population, np.zeros(len(block.n)), deff, spread_of(block),
    )  # fmt: skip
    return judge(evidence, threshold, comparison, settle=False).outcome == "met"


def _logit(block: Block, deff: float, threshold: np.ndarray, comparison: str) -> np.ndarray:  # noqa: ARG001
    """Met, by the logit bound that survey packages give."""
    bounds = logit_share(block.estimate, block.se, block.df, 0.9)
    with np.errstate(invalid="ignore"):
        return bounds.high < threshold if comparison == "below" else bounds.low > threshold


RULES: dict[str, Callable[..., np.ndarray]] = {"exitline": _ours, "logit": _logit}


def samples(
    place: Country, repetitions: int, clusters: int, homes: int, pps: bool, seed: int
) -> Iterator[tuple[Block, ...]]:
    """Estimates from many samples."""
    rng = np.random.default_rng(seed)
    for _ in range(repetitions):
        yield estimated(place, *drawn(place, clusters, homes, pps, rng))


def false_met(
    line: float, repetitions: int, clusters: int, homes: int, *, pps: bool, seed: int = 1
) -> dict[tuple[str, str, str], np.ndarray]:
    """Share of samples in which each area is falsely met, by rule, level and comparison."""
    place = country(line)
    tally: dict[tuple[str, str, str], np.ndarray] = {}
    for blocks in samples(place, repetitions, clusters, homes, pps, seed):
        deff = max(1.0, float(blocks[0].deff[0]))
        for level, block in zip(LEVELS, blocks, strict=True):
            names = place.names[LEVELS.index(level) - 1] if level else ("",)
            at = [names.index(label) for label in block.rows.labels]
            threshold = place.truth(level)
            for rule, met in RULES.items():
                for comparison in ("below", "above"):
                    key = (rule, level or "all", comparison)
                    counts = tally.setdefault(key, np.zeros(len(names)))
                    counts[at] += met(block, deff, threshold[at], comparison)
    return {key: counts / repetitions for key, counts in tally.items()}


def main(repetitions: int = 600) -> None:
    """Print the largest and the mean rate of false met over areas."""
    print(f"false met at the threshold, nominal 5 %, {repetitions} samples each")
    print("line  design                 areas  side   exitline max mean   logit max mean")
    for line in (1000.0, 1500.0, 2500.0):
        for pps, clusters, homes in ((True, 8, 12), (True, 4, 25), (False, 8, 12), (False, 4, 25)):
            found = false_met(line, repetitions, clusters, homes, pps=pps)
            design = f"{'PPS' if pps else 'SRS'} {clusters} EAs x {homes}"
            for level in ("all", "geo1", "geo2"):
                for side in ("below", "above"):
                    ours, logit = found["exitline", level, side], found["logit", level, side]
                    rates = (ours.max(), ours.mean(), logit.max(), logit.mean())
                    shown = "  ".join(f"{rate:6.3f}" for rate in rates)
                    print(f"{line:5.0f} {design:<22} {level:<6} {side:<8}{shown}")


if __name__ == "__main__":
    main()
