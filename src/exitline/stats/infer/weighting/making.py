"""From the clusters that an engine found to the multipliers of one kind of replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from exitline.errors import DesignError, Faults, nearest
from exitline.stats.infer.designs.frame import stages_of
from exitline.stats.infer.designs.usable import refuse_reused_psus
from exitline.stats.infer.designs.variances import Taylor
from exitline.stats.infer.intake.arrived import cells_from_arrow
from exitline.stats.infer.intake.codes import codes
from exitline.stats.infer.weighting import bootstraps, replicates
from exitline.stats.infer.weighting.replicates import Kind, Multipliers, SampleClusters

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.sampling.design import Design

DRAWN = ("bootstrap", "subbootstrap", "rescaled", "mrbbootstrap")
"""Kinds that are drawn from a seed."""
MOST = 3e8
"""Largest number of multipliers that are made."""
_DRAWS = {
    "bootstrap": bootstraps.canty_davison,
    "subbootstrap": bootstraps.rao_wu,
    "rescaled": bootstraps.rescaled,
    "mrbbootstrap": bootstraps.multistage,
}


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
