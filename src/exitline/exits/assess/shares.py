"""A weighted share from clustered visits: estimate, standard error, one-sided bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.assess.bounds import lower_bound, upper_bound
from exitline.exits.decide.clusters import LARGEST_ICC, Clusters, at_least, at_most, judged_icc
from exitline.stats.infer.designs.frame import Stage
from exitline.stats.infer.designs.variances import Taylor
from exitline.stats.infer.intake.cells import Rows, no_kinds, sum_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDS = 999
"""Seeded draws of the guard's null distribution."""

SUSPECT = 0.01
"""Chance below which the judged correlation is given up for the observed one."""

SEED = 20_161_128
"""Seed of the guard, fixed so that a decision can be repeated."""


@dataclass(frozen=True)
class Members:
    """The households a share is about, within all villages of the sample.

    Attributes
    ----------
    case : float array, shape (n,)
        1, 0 or NaN (not verified).
    weight : float array, shape (n,)
        What each household stands for, in the unit of the share.
    village : int array, shape (n,)
        Codes of villages, 0 .. villages - 1.
    village_stratum : int array, shape (villages,)
        Stratum of every sampled village, with members or without.
    """

    case: Floats
    weight: Floats
    village: Ints
    village_stratum: Ints


@dataclass(frozen=True)
class ClusteredShare:
    """A share and what is known of its uncertainty.

    Attributes
    ----------
    estimate, se : float
        Of the verified households; the standard error is design-based.
    low_case, high_case : float
        The share if no unverified household were a case, and if all were.
    n, cases, unverified : int
        Households.
    villages : int
        With at least one member.
    sample : Clusters
        Independent-weight equivalent: households and villages after the loss from unequal
        weights (Kish 1992, Journal of Official Statistics 8, 183-200), and the correlation
        that the bounds use.
    icc_observed : float
        From the design-based variance; NaN where there are no cases.
    guarded : bool
        Whether the observed correlation replaced the declared one.
    influence : float array, shape (villages of the sample,)
        Linearised village totals of the estimate.
    """

    estimate: float
    se: float
    low_case: float
    high_case: float
    n: int
    cases: int
    unverified: int
    villages: int
    sample: Clusters
    icc_observed: float
    guarded: bool
    influence: Floats

    def upper(self, confidence: float) -> float:
        """Largest share not ruled out, all unverified households taken for cases."""
        return upper_bound(self.high_case * self.sample.households, self.sample, confidence)

    def lower(self, confidence: float) -> float:
        """Smallest share not ruled out, no unverified household taken for a case."""
        return lower_bound(self.low_case * self.sample.households, self.sample, confidence)

    def chance_of_fewer(self, rate: float) -> float:
        """P(so few cases, or fewer) if the true share were `rate`."""
        return _on_line(self.high_case * self.sample.households, self.sample, rate, upper=False)

    def chance_of_more(self, rate: float) -> float:
        """P(so many cases, or more) if the true share were `rate`."""
        return _on_line(self.low_case * self.sample.households, self.sample, rate, upper=True)

    def with_icc(self, icc: float) -> ClusteredShare:
        """The same evidence under another correlation."""
        return replace(self, sample=replace(self.sample, icc=icc))

    def enlarged(self, factor: float) -> ClusteredShare:
        """The same shares from so many times the villages and households."""
        villages = max(1, math.floor(self.sample.villages * factor))
        households = max(villages, math.floor(self.sample.households * factor))
        return replace(self, sample=Clusters(households, villages, self.sample.icc))


def estimate_share(members: Members, icc: float, *, guard: bool = True) -> ClusteredShare:
    """Estimate a share of households, or of the persons in them.

    The estimate is a ratio of weighted totals; its variance is linearised and clustered
    by village within strata (Binder 1983). Bounds do not rest on that variance, which
    says little where errors are rare, but on the exact law of errors under `ICC_MARGIN`
    times the declared intra-village correlation.

    Parameters
    ----------
    members : Members
        At least one of them verified.
    icc : float
        Declared correlation.
    guard : bool
        Judge at the observed one where the data speak strongly against the margin.

    Returns
    -------
    ClusteredShare

    Examples
    --------
    >>> villages = np.repeat(np.arange(50), 10)
    >>> case = np.zeros(500)
    >>> case[[3, 77, 140, 410]] = 1
    >>> share = estimate_share(
    ...     Members(case, np.ones(500), villages, np.zeros(50, dtype=np.int64)), icc=0.0)
    >>> share.estimate, round(share.upper(0.95), 4)
    (0.008, 0.0182)
    """
    known = ~np.isnan(members.case)
    weight, total = members.weight, float(members.weight.sum())
    cases = np.nan_to_num(members.case)
    low = float(weight @ cases) / total
    high = float(weight @ np.where(known, cases, 1.0)) / total
    base = float(weight[known].sum())
    estimate = float(weight @ cases) / base if base > 0 else math.nan
    z = np.where(known, weight * (cases - estimate), 0.0) / base if base > 0 else 0.0 * weight
    influence = sum_by(members.village, z[:, None], len(members.village_stratum))[:, 0]
    se = math.sqrt(village_variance(influence, members.village_stratum))
    judged = judged_icc(icc)
    sample = _equivalent(members, judged)
    observed = _observed_icc(members, estimate, se)
    suspect = guard and observed > judged and _crowding_chance(members, judged) < SUSPECT
    return ClusteredShare(
        estimate=estimate, se=se, low_case=low, high_case=high, n=len(weight),
        cases=int(cases.sum()), unverified=int((~known).sum()),
        villages=len(np.unique(members.village)),
        sample=replace(sample, icc=min(observed, LARGEST_ICC)) if suspect else sample,
        icc_observed=observed, guarded=suspect, influence=influence,
    )  # fmt: skip


def village_variance(influence: Floats, stratum: Ints) -> float:
    """Variance of the sum of linearised village totals, villages drawn within strata.

    A stratum with one village is centred at zero, the mean of all (R's "adjust").

    Parameters
    ----------
    influence : float array, shape (villages,)
    stratum : int array, shape (villages,)
        Codes from 0.
    """
    villages = np.arange(len(influence))
    sampled = np.bincount(stratum)
    ones = np.ones(len(sampled))
    domain = np.zeros(len(influence), dtype=np.int64)
    values = influence[:, None]
    rows = Rows(domain, ((),), stratum, (villages,), domain + 1, no_kinds(domain), values)
    return float(Taylor((Stage(sampled, ones, ones),), "adjust").of(rows, values)[0, 0])


def _equivalent(members: Members, icc: float) -> Clusters:
    """As many equally weighted households in equal villages as the weights are worth.

    Households: (sum a)^2 / sum a^2; villages: the same of village totals. With equal
    weights and equal villages both are what was visited.
    """
    total = float(members.weight.sum())
    by_village = np.bincount(members.village, weights=members.weight)
    households = math.floor(total**2 / float((members.weight**2).sum()) + 1e-6)
    villages = math.floor(total**2 / float((by_village**2).sum()) + 1e-6)
    households = max(1, households)
    return Clusters(households, min(max(1, villages), households), icc)


def _observed_icc(members: Members, estimate: float, se: float) -> float:
    """The correlation at which the model's variance equals the design-based one.

    Var(share) = p (1 - p) [(1 - icc) sum a^2 + icc sum A^2] / (sum a)^2, with a the
    households' and A the villages' weights.
    """
    if not 0.0 < estimate < 1.0:
        return math.nan
    known = ~np.isnan(members.case)
    weight = members.weight[known]
    total = weight.sum() ** 2
    alone = float((weight**2).sum()) / total
    together = float((np.bincount(members.village[known], weights=weight) ** 2).sum()) / total
    if together <= alone * (1 + 1e-9):
        return math.nan
    return float((se**2 / (estimate * (1.0 - estimate)) - alone) / (together - alone))


def _crowding_chance(members: Members, icc: float) -> float:
    """Chance of cases as crowded in few villages as these, under the declared correlation.

    Crowding is the share of pairs of cases that lie in the same village; villages are
    redrawn from the beta-binomial law at the observed share, with a fixed seed.
    """
    known = ~np.isnan(members.case)
    cases = np.bincount(members.village[known], weights=members.case[known])
    sizes = np.bincount(members.village[known], minlength=len(cases))
    if cases.sum() < 2:
        return 1.0
    observed = _crowding(cases[None, :].astype(np.float64))[0]
    key = np.sort(sizes[sizes > 0]).astype(np.int64).tobytes()
    null = _crowding_null(key, int(cases.sum()), icc)
    return float((1 + (null >= observed - 1e-12).sum()) / (1 + len(null)))


@lru_cache(maxsize=512)
def _crowding_null(sizes_key: bytes, cases: int, icc: float) -> Floats:
    """Crowding in seeded redraws with such village sizes and about so many cases."""
    sizes = np.frombuffer(sizes_key, dtype=np.int64)
    rate = cases / sizes.sum()
    if rate >= 1.0:
        return np.ones(ROUNDS)
    generator = np.random.default_rng(SEED)
    shape = (ROUNDS, len(sizes))
    scale = 1.0 / icc - 1.0 if icc > 0 else math.inf
    rates = (
        np.full(shape, rate)
        if math.isinf(scale)
        else generator.beta(rate * scale, (1.0 - rate) * scale, shape)
    )
    return _crowding(generator.binomial(sizes, rates).astype(np.float64))


def _crowding(cases: Floats) -> Floats:
    """Share of pairs of cases within one village, by row; 0 with fewer than two cases."""
    total = cases.sum(axis=1)
    pairs = (cases * (cases - 1.0)).sum(axis=1)
    return np.asarray(pairs / np.maximum(total * (total - 1.0), 1.0), dtype=np.float64)


def _on_line(cases: float, sample: Clusters, rate: float, *, upper: bool) -> float:
    """A tail probability at a fractional number of cases, between its neighbours."""
    chance = at_least if upper else at_most
    nearest = round(cases)
    if abs(cases - nearest) < 1e-9:
        return chance(sample, rate, nearest)
    floor = math.floor(cases)
    part = cases - floor
    low, high = chance(sample, rate, floor), chance(sample, rate, floor + 1)
    return (1.0 - part) * low + part * high
