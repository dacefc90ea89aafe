"""Samples from made-up populations of clusters whose true share is known.

Each population has 20,000 clusters, each with its own rate: drawn from a beta law, or from two
points (no cases at all, or one rate: pockets of poverty). Clusters are drawn at random, then
households in them. Every sample is one domain and one stratum of a single `Cells`, so that all are
estimated and judged at once by the code that judges surveys.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import numpy as np

from exitline.stats.data.sampling.design import Design
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.inference import infer
from exitline.stats.infer.intake.cells import Cells, no_kinds
from exitline.stats.measure.catalogue import share_of
from exitline.stats.measure.passes.sums import Plan

Law = Literal["beta", "two-point"]
Sizes = Literal["equal", "weights", "households"]
POPULATION = 20_000
PLAN = Plan(
    (share_of("poor"),), (), None, Design(weight="w", size="hhsize", strata="s", psu="c"),
    ("sample",), True, ((0,),),
)  # fmt: skip


@dataclass(frozen=True)
class Synthetic:
    """A population and how it is sampled.

    Attributes
    ----------
    clusters, homes : int
        Clusters in a sample, and households in each (on average).
    rate, icc : float
        Share of households with the property, and its intra-cluster correlation.
    law : {"beta", "two-point"}
        Of the clusters' rates.
    sizes : {"equal", "weights", "households"}
        Clusters of equal size; of unequal size (coefficient of variation 0.8) with the same
        number of households from each, so that weights differ; or the same share of each.
    """

    clusters: int
    homes: int
    rate: float
    icc: float
    law: Law
    sizes: Sizes = "equal"

    @property
    def name(self) -> str:
        """As tables show it."""
        spread = "" if self.sizes == "equal" else f", unequal {self.sizes}"
        return (
            f"{self.clusters} x {self.homes}, {100 * self.rate:g} %, ICC {self.icc:g}, "
            f"{self.law}{spread}"
        )


DESIGNS = (
    Synthetic(4, 25, 0.10, 0.05, "beta", "weights"),
    Synthetic(6, 20, 0.40, 0.4, "two-point"),
    Synthetic(8, 12, 0.20, 0.2, "two-point", "weights"),
    Synthetic(12, 20, 0.05, 0.1, "beta", "households"),
    Synthetic(20, 15, 0.02, 0.4, "beta"),
    Synthetic(28, 12, 0.10, 0.1, "two-point", "weights"),
    Synthetic(40, 20, 0.01, 0.2, "two-point", "households"),
    Synthetic(60, 10, 0.005, 0.02, "beta"),
)

GRID = tuple(
    Synthetic(clusters, 15, rate, icc, law, sizes)
    for clusters, rate, icc, law, sizes in product(
        (4, 6, 8, 12, 20, 28, 40, 60), (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4),
        (0.02, 0.05, 0.1, 0.2, 0.4), get_args(Law), get_args(Sizes)[:2],
    )
)  # fmt: skip
"""Everything between the designs: to find where the rule is weakest."""


def sampled(design: Synthetic, samples: int, seed: int) -> tuple[Block, float]:
    """The share in each of many samples, one a domain, and the true share."""
    rng = np.random.default_rng(seed)
    rates, size = _population(design, rng)
    pick = rng.integers(0, POPULATION, (samples, design.clusters)).ravel()
    if design.sizes == "households":
        homes = np.maximum(np.rint(design.homes * size), 1.0)
        truth = (homes * rates).sum() / homes.sum()
        n, weight = homes[pick].astype(np.int64), np.ones(len(pick))
    else:
        truth = (size * rates).sum() / size.sum()
        n, weight = np.full(len(pick), design.homes), size[pick]
    return _estimated(design, samples, n, weight, rng.binomial(n, rates[pick])), float(truth)


def _population(design: Synthetic, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rate and size (1 on average) of every cluster."""
    size = np.ones(POPULATION)
    if design.sizes != "equal":
        variance = np.log1p(0.8**2)
        size = np.exp(rng.normal(-variance / 2.0, np.sqrt(variance), POPULATION))
    p = design.rate
    if design.law == "beta":
        scale = 1.0 / design.icc - 1.0
        return rng.beta(p * scale, (1.0 - p) * scale, POPULATION), size
    high = p + design.icc * (1.0 - p)
    return np.where(rng.random(POPULATION) < p / high, high, 0.0), size


def _estimated(
    design: Synthetic, samples: int, n: np.ndarray, weight: np.ndarray, found: np.ndarray
) -> Block:
    """The block of all samples, from the households and the cases of every cluster drawn."""
    sample = np.repeat(np.arange(samples), design.clusters)
    labels = tuple(f"{i:06d}" for i in range(samples))
    total = weight * n
    sums = np.column_stack([total, total, weight * found])
    cells = Cells(
        sample, (np.arange(len(n)),), (sample,), (labels,), n, no_kinds(n), sums,
        np.empty((len(n), 0)),
    )  # fmt: skip
    return infer(cells, PLAN, ((0,),), Confidence()).blocks[0]
