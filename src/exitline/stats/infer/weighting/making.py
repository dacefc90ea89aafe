"""From the clusters that an engine found to the multipliers of one kind of replicates.

Those of bootstraps are drawn here, from a seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from exitline.errors import DesignError, Faults, nearest
from exitline.stats.infer.designs.frame import stages_of
from exitline.stats.infer.designs.usable import refuse_reused_psus
from exitline.stats.infer.designs.variances import Taylor
from exitline.stats.infer.intake.arrived import cells_from_arrow
from exitline.stats.infer.intake.codes import codes
from exitline.stats.infer.weighting import replicates
from exitline.stats.infer.weighting.replicates import Kind, Multipliers, SampleClusters
from exitline.words.said import say

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.design import Design


DRAWN = ("bootstrap", "subbootstrap", "rescaled", "mrbbootstrap")
"""Kinds that are drawn from a seed."""
MOST = 3e8
"""Largest number of multipliers that are made."""
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


def check_kind(kind: str, number: int | None, rho: float | None) -> None:
    """Refuse kinds and numbers of replicates that do not exist or do not fit together.

    Parameters
    ----------
    kind : str
    number : int, optional
    rho : float, optional

    Raises
    ------
    DesignError
    """
    faults = Faults()
    known = get_args(Kind)
    if kind not in known:
        faults.add(DesignError(
            f"there are no replicates of the kind '{kind}'", where="kind",
            expected="one of " + ", ".join(known), got=repr(kind),
            remedy=nearest(kind, known) or "choose one of these",
        ))  # fmt: skip
    if number is not None and (kind not in (*DRAWN, "SDR") or number < 2):
        faults.add(DesignError(
            f"the number of {kind} replicates cannot be chosen" if kind not in (*DRAWN, "SDR")
            else "too few replicates", where="replicates",
            expected="at least 2, for a bootstrap or SDR", got=str(number),
            remedy="leave replicates out: they follow from the design"
            if kind not in (*DRAWN, "SDR") else "some hundreds for a bootstrap",
        ))  # fmt: skip
    if (rho is not None) != (kind == "Fay") or (rho is not None and not 0 < rho < 1):
        faults.add(DesignError(
            "Fay's method has a factor between 0 and 1, and no other kind has", where="rho",
            expected="rho=0.3, for instance" if kind == "Fay" else "no rho",
            got="nothing" if rho is None else str(rho), remedy="see docs/weights.md",
        ))  # fmt: skip
    faults.raise_all()


def clusters_of(found: pa.Table, design: Design) -> SampleClusters:
    """The clusters of a sample.

    Parameters
    ----------
    found : pyarrow.Table
        One row for each cluster of the last stage, with the columns that
        `exitline.stats.infer.intake.cells.cells_from_arrow` reads.
    design : Design

    Returns
    -------
    SampleClusters

    Raises
    ------
    DesignError
        For strata with one PSU, population sizes that contradict the sample, or PSU ids that
        stand in several strata.
    """
    cells = cells_from_arrow(found, 0)
    refuse_reused_psus(cells, design)
    lonely = design.sampling.lonely
    drawn = Taylor(stages_of(cells, lonely), lonely)
    rank = np.zeros(len(drawn.clusters), dtype=np.int64)
    if "stratum" in found.column_names:
        texts = codes(found.column("stratum"))[1]
        rank[np.argsort(np.array(texts))] = np.arange(len(texts))
    return SampleClusters(cells.stratum, drawn, cells.stages, rank)


def make(
    clusters: SampleClusters, kind: Kind, number: int | None, seed: int | None, rho: float | None
) -> Multipliers:
    """The multipliers of one kind of replicates.

    Parameters
    ----------
    clusters : SampleClusters
    kind : str
    number : int, optional
        Replicates of a bootstrap (500), or at least of successive differences.
    seed : int, optional
        Of a bootstrap.
    rho : float, optional
        Fay's factor.

    Returns
    -------
    Multipliers

    Examples
    --------
    >>> from exitline.stats.infer.designs.frame import Stage
    >>> one = np.ones(1)
    >>> two = SampleClusters(np.zeros(2, int), Taylor((Stage(np.array([2]), one, one),)),
    ...                (np.arange(2),), np.zeros(1, int))
    >>> make(two, "JKn", None, None, None).values.tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    count = (number or 500) if kind in DRAWN else (number or len(clusters.stratum))
    if count * len(clusters.stratum) > MOST:
        raise DesignError(
            "these would be too many replicate weights", where="kind",
            expected=f"at most {MOST:,.0f} multipliers",
            got=f"{len(clusters.stratum):,} clusters with {count:,} replicates",
            remedy='choose kind="subbootstrap" with some hundreds of replicates, or name the PSU',
        )  # fmt: skip
    if kind in DRAWN:
        return _DRAWS[kind](clusters, count, np.random.default_rng(seed))
    if kind == "SDR":
        return replicates.successive(clusters, number)
    if kind in ("BRR", "Fay"):
        return replicates.balanced(clusters, rho or 0.0)
    return replicates.jackknife_1(clusters) if kind == "JK1" else replicates.jackknife_n(clusters)


_DRAWS = {
    "bootstrap": canty_davison,
    "subbootstrap": rao_wu,
    "rescaled": rescaled,
    "mrbbootstrap": multistage,
}
