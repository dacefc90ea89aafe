"""Multipliers of bootstrap weights, from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.weighting.replicates import Multipliers, SampleClusters
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TINY_FRACTION = 0.01
"""Below this the bootstrap draws with replacement, as R's does."""


def rao_wu(clusters: SampleClusters, replicates: int, random: np.random.Generator) -> Multipliers:
    """n - 1 clusters of each stratum, with replacement, times n / (n - 1).

    Rao and Wu (1988), Journal of the American Statistical Association 83, 231-241; without
    sampling fractions also McCarthy and Snowden's (1985). R's ``subbootweights``.
    """
    values = np.ones((len(clusters.stratum), replicates))
    for members, n, _ in _strata(clusters):
        if n > 1:
            drawn = random.multinomial(n - 1, np.full(n, 1.0 / n), size=replicates)
            values[members] = drawn.T * (n / (n - 1.0))
    notes = (say("population sizes (fpc) play no part in this bootstrap"),)
    return Multipliers(
        values, 1.0 / (replicates - 1), np.ones(replicates),
        notes if np.any(clusters.first.unsampled < 1) else (),
    )  # fmt: skip


def rescaled(clusters: SampleClusters, replicates: int, random: np.random.Generator) -> Multipliers:
    """n - 1 clusters of each stratum, with replacement, moved towards 1 by the sampling fraction.

    Rao, Wu and Yue (1992), Survey Methodology 18, 209-217, with m = n - 1 and the fraction as in
    Rao and Wu (1988), Journal of the American Statistical Association 83, section 4.1:
    1 + root(1 - f) (n r / (n - 1) - 1), never below zero. A stratum taken whole does not vary.
    """
    made = rao_wu(clusters, replicates, random)
    root = np.sqrt(clusters.first.unsampled)[clusters.stratum][:, None]
    return Multipliers(1.0 + root * (made.values - 1.0), made.scale, made.rscales)


def canty_davison(
    clusters: SampleClusters, replicates: int, random: np.random.Generator
) -> Multipliers:
    """n clusters of each stratum, with replacement, or from the sample repeated to the population.

    Canty and Davison (1999), The Statistician 48, 379-391. The variance is scaled by n / (n - 1)
    of the harmonic mean of n over strata. R's ``bootweights``.
    """
    values = np.ones((len(clusters.stratum), replicates))
    sizes = []
    for members, n, unsampled in _strata(clusters):
        sizes.append(n)
        fraction = 1.0 - unsampled
        if fraction < TINY_FRACTION:
            values[members] = random.multinomial(n, np.full(n, 1.0 / n), size=replicates).T
            continue
        population = round(n / fraction)
        copies = np.full(n, population // n, dtype=np.int64)
        copies[random.permutation(n)[: population % n]] += 1
        drawn = random.multivariate_hypergeometric(copies, n, size=replicates)
        values[members] = drawn.T
    mean = 1.0 / float(np.mean(1.0 / np.array(sizes, dtype=np.float64)))
    scale = mean / ((mean - 1.0) * (replicates - 1))
    return Multipliers(values, scale, np.ones(replicates))


def multistage(
    clusters: SampleClusters, replicates: int, random: np.random.Generator
) -> Multipliers:
    """Half of the clusters at every stage, without replacement (Preston 2009).

    Preston, Rescaled bootstrap for stratified multistage sampling, Survey Methodology 35,
    227-234. Each stage adds to the multiplier; within clusters that a stage left out the later
    ones add nothing. R's ``mrbweights``.
    """
    drawn = clusters.drawn
    values = np.ones((len(clusters.stratum), replicates))
    parent, above = clusters.stratum, np.ones((len(clusters.stratum), replicates))
    for stage, cluster in zip(drawn.stages, clusters.stages, strict=False):
        ids, first = np.unique(cluster, return_index=True)
        of = parent[first]
        n = stage.sampled.astype(np.float64)[of]
        half = np.floor(n / 2.0)
        kept = _smallest(of, half, random.random((len(ids), replicates)))
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.sqrt(stage.factor[of] * half * stage.unsampled[of] / (n - half))
            rate = np.where(half > 0, rate, 0.0)[:, None]
            grown = np.where(half > 0, n / half, 0.0)[:, None]
        at = np.searchsorted(ids, cluster)
        values += above * (rate * (grown * kept - 1.0))[at]
        above = above * (np.sqrt(grown) * kept)[at]
        parent = cluster
    return Multipliers(values, 1.0, np.full(replicates, 1.0 / (replicates - 1)))


def _strata(clusters: SampleClusters) -> list[tuple[Ints, int, float]]:
    """The clusters of each stratum, their number, and the unsampled share."""
    order = np.argsort(clusters.stratum, kind="stable")
    ends = np.cumsum(clusters.first.sampled)[:-1]
    members = np.split(order, ends)
    return [
        (one, len(one), float(share))
        for one, share in zip(members, clusters.first.unsampled, strict=True)
    ]


def _smallest(parent: Ints, take: Floats, keys: Floats) -> NDArray[np.bool_]:
    """Of the children of each parent, those with the smallest keys, as many as are taken."""
    order = np.argsort(parent, kind="stable")
    sorted_ = parent[order]
    place = np.arange(len(parent)) - np.searchsorted(sorted_, sorted_)
    kept = np.empty(keys.shape, dtype=bool)
    for column in range(keys.shape[1]):
        ranked = np.lexsort((keys[:, column], parent))
        kept[ranked, column] = place < take[ranked]
    return kept
