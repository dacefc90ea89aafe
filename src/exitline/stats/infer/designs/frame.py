"""What the whole sample says about its design: clusters per stratum, sampling fractions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DesignError, Faults
from exitline.stats.infer.intake.codes import grouped
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.intake.cells import Cells


CERTAIN = 1e-7
"""A stratum whose unsampled share is below this has no sampling error at its stage (as in R)."""


@dataclass(frozen=True)
class Stage:
    """One stage of sampling.

    Attributes
    ----------
    sampled : int array, shape (parents,)
        Clusters in the sample, by parent (stratum, or cluster of the stage before).
    unsampled : float array, shape (parents,)
        1 - sampling fraction, by parent; 1 where sampling is with replacement.
    factor : float array, shape (parents,)
        Product of the sampling fractions of the stages before.
    """

    sampled: Ints
    unsampled: Floats
    factor: Floats


def stages_of(cells: Cells, lonely: str) -> tuple[Stage, ...]:
    """The stages of the whole sample, from all its cells.

    Parameters
    ----------
    cells : Cells
        All cells, domains or not: a cluster without households of a domain counts.
    lonely : str
        Treatment of strata with one PSU.

    Returns
    -------
    tuple of Stage
        Those that add to the variance.

    Raises
    ------
    DesignError
        When a stratum has one PSU and `lonely` is "fail", or a population size
        contradicts the sample.
    """
    stages: list[Stage] = []
    parent = cells.stratum
    factor = np.ones(int(parent.max(initial=-1)) + 1)
    faults = Faults()
    for index, cluster in enumerate(cells.stages):
        if index > 0 and index >= cells.fpc.shape[1]:
            break
        if cells.clusters is None:
            sampled = _clusters_by(parent, cluster, len(factor))
        else:
            counted = np.bincount(parent, weights=cells.clusters, minlength=len(factor))
            sampled = counted.astype(np.int64)
        unsampled = np.ones(len(factor))
        if index < cells.fpc.shape[1]:
            with faults.kept():
                unsampled = _unsampled(parent, cells.fpc[:, index], sampled, index)
        stage = Stage(sampled, unsampled, factor)
        with faults.kept():
            _refuse_lonely(stage, lonely, index)
        stages.append(stage)
        below = np.empty(int(cluster.max(initial=-1)) + 1)
        below[cluster] = (factor * (1.0 - unsampled))[parent]
        parent, factor = cluster, below
    faults.raise_all()
    return tuple(stages)


def _clusters_by(parent: Ints, cluster: Ints, size: int) -> Ints:
    """Number of distinct clusters by parent; a cluster has one parent."""
    return np.bincount(parent[grouped(cluster)[0]], minlength=size)


def _unsampled(parent: Ints, fpc: Floats, sampled: Ints, index: int) -> Floats:
    """1 - sampling fraction by parent, from population sizes or fractions."""
    size = len(sampled)
    highest, lowest = np.full(size, -np.inf), np.full(size, np.inf)
    with np.errstate(invalid="ignore"):  # NaN where a cell has several values
        np.maximum.at(highest, parent, fpc)
        np.minimum.at(lowest, parent, fpc)
    where = f"design.fpc, stage {index + 1}"
    if np.any(highest != lowest):
        raise DesignError(
            "the population size (fpc) varies within a stratum",
            where=where,
            expected="one value for all clusters of a stratum",
            got=say_plural(
                "{n} stratum with several values",
                "{n} strata with several values",
                int(np.sum(highest != lowest)),
            ),
            remedy="give the number of clusters in the stratum's population on every row",
        )
    below = highest <= 0
    if below.any():
        raise DesignError(
            "a population size (fpc) is zero or negative",
            where=where,
            expected="the number of clusters in the population, or a sampling fraction up to 1",
            got=_strata(int(below.sum())),
            remedy="check the fpc column; without a population size leave fpc out",
        )
    fraction = np.where(highest <= 1.0, highest, sampled / highest)
    impossible = fraction > 1.0 + 1e-9
    if impossible.any():
        raise DesignError(
            "the sample is larger than the population (fpc) of its stratum",
            where=where,
            expected="at least as many clusters in the population as in the sample",
            got=_strata(int(impossible.sum())),
            remedy="check the fpc column; it counts clusters, not households",
        )
    return 1.0 - np.minimum(fraction, 1.0)


def _strata(number: int) -> str:
    """In how many strata a population size cannot be."""
    return say_plural("{n} stratum where it is not so", "{n} strata where it is not so", number)


def _refuse_lonely(stage: Stage, lonely: str, index: int) -> None:
    """Refuse strata with one PSU where the design says to."""
    alone = (stage.sampled == 1) & (stage.unsampled > CERTAIN)
    if lonely != "fail" or not alone.any():
        return
    if index:
        raise DesignError(
            say_plural(
                "{n} of {m} clusters of stage {stage} has a single unit at stage {next}, so the "
                "variance within it cannot be estimated",
                "{n} of {m} clusters of stage {stage} have a single unit at stage {next}, so the "
                "variance within them cannot be estimated",
                int(alone.sum()),
                m=len(alone),
                stage=index,
                next=index + 1,
            ),
            where=f"design.psu, stage {index + 1}",
            expected=f"at least two sampled units of stage {index + 1} in every cluster, or all "
            "units of its population (by the fpc)",
            got="one, of more in the population",
            remedy="choose design.lonely: adjust, certainty or remove (they add nothing within), "
            "or leave out the later stages; R: options(survey.lonely.psu=)",
        )
    raise DesignError(
        say("the only stratum has a single PSU, so its variance cannot be estimated")
        if len(alone) == 1
        else say_plural(
            "{n} of {m} strata has a single PSU, so its variance cannot be estimated",
            "{n} of {m} strata have a single PSU, so their variance cannot be estimated",
            int(alone.sum()),
            m=len(alone),
        ),
        where="design.strata",
        expected="at least two sampled PSUs in every stratum",
        got="one",
        remedy="merge such strata, or choose design.lonely: adjust (centre at the grand mean, "
        "conservative), average (the mean of the other strata), certainty or remove (count "
        "them as zero); R: options(survey.lonely.psu=)",
    )


def population_shares(stratum: Ints, fpc: Floats, sampled: Ints, stage: int = 0) -> Floats:
    """Sampling fractions by stratum or cluster, from population sizes or fractions.

    Parameters
    ----------
    stratum : int array
    fpc : float array
        One value for each of `stratum`.
    sampled : int array, shape (strata,)
    stage : int
        From 0.

    Raises
    ------
    DesignError
        Where they contradict the sample.
    """
    return np.asarray(1.0 - _unsampled(stratum, fpc, sampled, stage))
