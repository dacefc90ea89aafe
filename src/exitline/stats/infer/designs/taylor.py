"""Taylor linearisation: variances of totals of influence values under the design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.designs.frame import CERTAIN
from exitline.stats.infer.intake.cells import sum_by
from exitline.stats.infer.intake.codes import crossed, grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.designs.frame import Stage
    from exitline.stats.infer.intake.cells import Rows


def linearised_variance(
    rows: Rows, influence: Floats, stages: tuple[Stage, ...], lonely: str
) -> Floats:
    """Variance of the domain totals of influence values.

    Clusters without members of a domain count as zeros; nothing is filtered away.
    No loop runs over domains, strata or clusters.

    Parameters
    ----------
    rows : Rows
        One row per domain x last-stage cluster.
    influence : float array, shape (rows, q)
        Weighted influence values, already summed to the row.
    stages : tuple of Stage
        The design of the whole sample.
    lonely : str
        Treatment of strata with one PSU.

    Returns
    -------
    float array, shape (domains, q)
        NaN where only single-PSU strata contribute under "average".

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292; Lumley (2004), Journal of
    Statistical Software 9(8), section 4 (multistage recursion, single-PSU strata).

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.stats.infer.intake.cells import Rows
    >>> from exitline.stats.infer.designs.frame import Stage
    >>> c = np.array([0, 1, 2])
    >>> z = np.array([[1.0], [2.0], [3.0]])
    >>> rows = Rows(c * 0, ((),), c * 0, (c,), c * 0 + 1, z.astype(int), z)
    >>> one = np.array([1.0])
    >>> float(linearised_variance(rows, z, (Stage(np.array([3]), one, one),), "fail")[0, 0])
    3.0
    """
    parent = rows.stratum
    result = np.zeros((rows.size, influence.shape[1]))
    for index, (stage, cluster) in enumerate(zip(stages, rows.stages, strict=False)):
        level = _Level(rows.domain, parent, cluster, influence, rows.times, later=index > 0)
        result += _stage_variance(level, stage, lonely, rows.size)
        parent = cluster
    return result


def covariance_with_all(
    rows: Rows, influence: Floats, every: tuple[Rows, Floats], stages: tuple[Stage, ...],
    lonely: str,
) -> Floats:  # fmt: skip
    """Covariance of each domain's total with one total over the whole sample.

    Parameters
    ----------
    rows : Rows
    influence : float array, shape (rows,)
        Of a statistic by domain.
    every : (Rows, float array)
        The whole sample as one domain, and the influence of each of its rows on a statistic
        such as a relative line.
    stages : tuple of Stage
    lonely : str

    Returns
    -------
    float array, shape (domains,)
    """
    result = np.zeros((rows.size, 1))
    all_rows, common = every
    parent, all_parent = rows.stratum, all_rows.stratum
    for index, stage in enumerate(stages):
        cluster, all_cluster = rows.stages[index], all_rows.stages[index]
        one = influence[:, None]
        level = _Level(rows.domain, parent, cluster, one, rows.times, later=index > 0)
        groups = _centred_products(
            level, stage, lonely, rows.size, (all_parent, all_cluster, common)
        )
        result += _scaled(groups, stage, lonely, rows.size, later=index > 0)
        parent, all_parent = cluster, all_cluster
    return result[:, 0]


@dataclass(frozen=True)
class _Level:
    """Rows seen at one stage: domain, parent and cluster codes, influence values, the clusters
    that a row stands for (one, unless given); and whether the stage is a later one than the
    first."""

    domain: Ints
    parent: Ints
    cluster: Ints
    influence: Floats
    times: Floats | None
    later: bool

    def stands_for(self, first: Ints) -> Floats:
        """How many clusters some rows stand for."""
        return np.ones(len(first)) if self.times is None else self.times[first]


@dataclass(frozen=True)
class _Groups:
    """Cluster totals within domain x parent groups."""

    domain: Ints
    parent: Ints
    products: Floats


def _stage_variance(level: _Level, stage: Stage, lonely: str, size: int) -> Floats:
    """Contribution of one stage to the variance of every domain."""
    groups = _centred_squares(level, stage, lonely, size)
    return _scaled(groups, stage, lonely, size, later=level.later)


def _scaled(groups: _Groups, stage: Stage, lonely: str, size: int, *, later: bool) -> Floats:
    """Sums of squares or products by group, scaled by the design and added up by domain."""
    n = stage.sampled[groups.parent]
    unsampled = stage.unsampled[groups.parent]
    scale = stage.factor[groups.parent] * unsampled * _spread(n)
    scale = np.where(unsampled < CERTAIN, 0.0, scale)
    parts = groups.products * scale[:, None]
    alone = (n == 1) & (unsampled >= CERTAIN)
    if lonely != "average" or not alone.any():
        return sum_by(groups.domain, parts, size)
    if later:  # within a PSU there are no other strata to take the mean of
        return sum_by(groups.domain, np.where(alone[:, None], np.nan, parts), size)
    return _average_over_strata(groups.domain, parts, alone, size)


def _spread(n: Ints) -> Floats:
    """n / (n - 1)."""
    return np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)


def _centred_squares(level: _Level, stage: Stage, lonely: str, size: int) -> _Groups:
    """Sums of squares of cluster totals around their mean in each domain x parent group.

    A single PSU under "adjust" is centred at the mean of the totals of all PSUs in strata with
    members of the domain (R's ``subset``); a single cluster of a later stage at itself, so that
    it adds nothing.
    """
    first, inverse = grouped(crossed(level.domain, level.cluster))
    totals = sum_by(inverse, level.influence, len(first))
    domain, parent = level.domain[first], level.parent[first]
    head, group = grouped(domain * len(stage.sampled) + parent)
    times = level.stands_for(first)
    present = np.bincount(group, weights=times, minlength=len(head))
    n = stage.sampled[parent[head]]
    centre = sum_by(group, totals, len(head)) / n[:, None]
    if lonely == "adjust" and not level.later:
        clusters = np.maximum(np.bincount(domain[head], weights=n, minlength=size), 1)
        grand = sum_by(level.domain, level.influence, size) / clusters[:, None]
        centre = np.where((n == 1)[:, None], grand[domain[head]], centre)
    each = times[:, None]
    squares = sum_by(group, each * (totals / each - centre[group]) ** 2, len(head))
    squares += (n - present)[:, None] * centre**2
    return _Groups(domain[head], parent[head], squares)


def _centred_products(
    level: _Level, stage: Stage, lonely: str, size: int, common: tuple[Ints, Ints, Floats]
) -> _Groups:
    """As `_centred_squares`, for the products with a total over all clusters.

    sum (a - mean a)(b - mean b) = sum a b - (sum a)(sum b) / n, in which clusters outside
    the domain (a = 0) only enter through the sum of b.
    """
    parents, clusters, influence = common
    by_cluster = np.bincount(clusters, weights=influence)
    by_parent = np.bincount(parents, weights=influence, minlength=len(stage.sampled))
    first, inverse = grouped(crossed(level.domain, level.cluster))
    a = sum_by(inverse, level.influence, len(first))[:, 0]
    b = by_cluster[level.cluster[first]]
    domain, parent = level.domain[first], level.parent[first]
    head, group = grouped(domain * len(stage.sampled) + parent)
    n = stage.sampled[parent[head]]
    sum_a = np.bincount(group, weights=a, minlength=len(head))
    both = np.bincount(group, weights=a * b / level.stands_for(first), minlength=len(head))
    products: Floats = both - sum_a * by_parent[parent[head]] / n
    if lonely == "adjust" and not level.later:
        clusters_in_all = stage.sampled.sum()
        grand = sum_by(level.domain, level.influence, size)[:, 0] / clusters_in_all
        grand_b = influence.sum() / clusters_in_all
        alone = (sum_a - grand[domain[head]]) * (by_parent[parent[head]] - grand_b)
        products = np.where(n == 1, alone, products)
    return _Groups(domain[head], parent[head], products[:, None])


def _average_over_strata(
    domain: Ints, parts: Floats, alone: NDArray[np.bool_], size: int
) -> Floats:
    """Single-PSU strata count as the mean of the others (R's lonely.psu = "average")."""
    strata = np.bincount(domain, minlength=size)
    usable = np.bincount(domain[~alone], minlength=size)
    total = sum_by(domain[~alone], parts[~alone], size)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(usable[:, None] > 0, total * (strata / usable)[:, None], np.nan)


@dataclass(frozen=True)
class Sampled:
    """Of each domain, the PSUs in which the households that count were sampled.

    Attributes
    ----------
    psus : int array, shape (domains,)
    df : float array, shape (domains,)
        Degrees of freedom.
    """

    psus: Ints
    df: Floats


def sampled_in(rows: Rows, cases: Ints) -> Sampled:
    """PSUs with households that count; less strata with such, as R's ``degf``.

    Parameters
    ----------
    rows : Rows
    cases : int array, shape (rows,)
        `rows.n`, or a column of `rows.cases`: the households that a measure refers to.
    """
    used = cases > 0
    domain, psu, stratum = rows.domain[used], rows.stages[0][used], rows.stratum[used]
    by_household = rows.times is not None
    psus = rows.count(cases) if by_household else _distinct(domain, psu, rows.size)
    strata = _distinct(domain, stratum, rows.size)
    return Sampled(psus, (psus - strata).astype(np.float64))


def _distinct(domain: Ints, code: Ints, size: int) -> Ints:
    """Number of distinct codes in each domain."""
    first, _ = grouped(crossed(domain, code))
    return np.bincount(domain[first], minlength=size)
