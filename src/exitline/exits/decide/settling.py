"""What a sample shows of a share: one-sided bounds, and what more would settle it.

The bounds are Clopper and Pearson's at an effective sample size (Korn and Graubard 1998). Four
things keep it from being too large where few clusters hold the cases (docs/decisions.md):

- the design effect is at least the one that an intra-cluster correlation of `DEFAULT_ICC` gives;
- the degrees of freedom are at most the effective number of clusters behind the bound minus 1;
- the t quantile grows with the skewness of the clusters, as far as it is not the binomial law's;
- where these leave nothing, each cluster counts as one household: the most that the clusters can
  resemble themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.exits.decide.clusters import DEFAULT_ICC
from exitline.stats.infer import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.spread import Spread

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

EvidenceKind = Literal["full count", "sample", "model", "none"]

SKEW_MARGIN = 2.0
"""Times the skewness that the clusters show at which bounds are drawn: few clusters show too little
of it (docs/decisions.md, from `benchmarks.false_met --search`)."""

LARGEST_POWER = 24.0
"""Samples more than two to this power times larger are called none."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one share in each unit.

    Attributes
    ----------
    kind : {"full count", "sample", "model", "none"}
    low, high : float arrays, shape (units,)
        The share if every household with a missing value counts as not in it, and if
        every one counts as in it. Equal where nothing is missing.
    se, df, n : float arrays, shape (units,)
        Standard error, degrees of freedom and households; unused for a census. Of a model: the
        root of the mean squared error.
    population : float array, shape (units,)
        Households in the unit, estimated from the weights or counted.
    missing : float array, shape (units,)
        Households (in the sample, or in the count) whose value is missing.
    deff : float
        Design effect to assume where a unit cannot show its own.
    spread : Spread, optional
        Effective numbers of clusters; None where households were drawn one by one.
    """

    kind: EvidenceKind
    low: Floats
    high: Floats
    se: Floats
    df: Floats
    n: Floats
    population: Floats
    missing: Floats
    deff: float = 1.0
    spread: Spread | None = None

    def only(self, which: Bools) -> Evidence:
        """The evidence on some of the units."""
        arrays = ("low", "high", "se", "df", "n", "population", "missing")
        chosen = {name: getattr(self, name)[which] for name in arrays}
        return replace(self, **chosen, spread=self.spread and self.spread.only(which))


def share_bounds(e: Evidence, confidence: float) -> tuple[Floats, Floats]:
    """Lower and upper bound in each unit, each valid alone; NaN with a single cluster.

    Parameters
    ----------
    e : Evidence
        Of a sample.
    confidence : float
        One-sided.
    """
    level = 2.0 * confidence - 1.0
    below = effective_size(e, e.low, confidence, upper=False)
    above = effective_size(e, e.high, confidence, upper=True)
    return (
        intervals.beta_share(e.low, below, level).low,
        intervals.beta_share(e.high, above, level).high,
    )


def effective_size(e: Evidence, share: Floats, confidence: float, *, upper: bool) -> Floats:
    """Independent households that would say as much, for the upper or the lower bound.

    n over the design effect, times the squared ratio of t quantiles (n - 1 and df), the second
    one wider where the clusters are skewed to the side on which the bound fails.

    Parameters
    ----------
    e : Evidence
    share : float array, shape (units,)
    confidence : float
    upper : bool
        For the upper bound, which fails where clusters with cases are few; else for the lower,
        which fails where clusters without are.

    Returns
    -------
    float array, shape (units,)
        NaN with a single cluster.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        own = e.se**2 * e.n / (share * (1.0 - share))
    deff = np.fmax(np.where(np.isfinite(own), own, 0.0), max(e.deff, 1.0))
    df, least, skew = e.df, np.zeros(len(e.n)), np.zeros(len(e.n))
    if e.spread is not None:
        behind = e.spread.with_cases if upper else e.spread.without_cases
        df = np.minimum(df, behind - 1.0)
        deff = np.maximum(deff, 1.0 + (e.spread.households - 1.0) * DEFAULT_ICC)
        least = np.minimum(e.spread.clusters, e.n)
        skew = _skewness(e, share, deff, upper=upper)
    ratio = intervals.t_quantile(confidence, np.maximum(e.n - 1.0, 1.0)) / _skewed_quantile(
        confidence, df, skew
    )
    size = np.fmax(e.n / deff * np.minimum(ratio, 1.0) ** 2, least)
    return np.where((e.df >= 1.0) & (size > 0), size, np.nan)


def _skewness(e: Evidence, share: Floats, deff: Floats, *, upper: bool) -> Floats:
    """How far the clusters are skewed to the side on which a bound fails, beyond the binomial law.

    Clopper and Pearson's bounds know the skewness of so many independent households.
    """
    assert e.spread is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        known = (1.0 - 2.0 * share) / np.sqrt(e.n / deff * share * (1.0 - share))
    known = np.where(np.isfinite(known), known, 0.0)
    there = e.spread.skew_upper - known if upper else known - e.spread.skew_lower
    return np.maximum(there, 0.0)


def _skewed_quantile(confidence: float, df: Floats, skew: Floats) -> Floats:
    """The t quantile, wider by the first term of the t statistic's Edgeworth expansion.

    Hall (1992), "The Bootstrap and Edgeworth Expansion", section 2.6; Johnson (1978), J. Amer.
    Statist. Assoc. 73, 536-544.
    """
    t = intervals.t_quantile(confidence, df)
    with np.errstate(over="ignore", invalid="ignore"):
        wider = t + SKEW_MARGIN * skew * (2.0 * t**2 + 1.0) / 6.0
    return np.where(skew > 0, wider, t)


def settling(e: Evidence, threshold: Floats, confidence: float) -> tuple[Floats, Floats, Floats]:
    """What would settle units that cannot be told, at their observed rates.

    Parameters
    ----------
    e : Evidence
        Of these units only.
    threshold : float array, shape (units,)
    confidence : float

    Returns
    -------
    needed : float array, shape (units,)
        Households more, drawn in the same way. NaN where the rate is at the threshold itself,
        where missing values alone keep it open, or where there is no sample.
    clusters, clusters_needed : float arrays, shape (units,)
        Effective clusters behind the bound that would settle it, and how many would do with
        the same households and design effect; NaN where more clusters alone would not.
    """
    factor = 2.0 ** _smallest(
        lambda power: _settled(_grown(e, 2.0**power), threshold, confidence), len(threshold)
    )
    more = np.ceil(e.n * factor - e.n - 1e-6)
    needed = np.where(e.n > 0, np.maximum(more, 1.0), np.nan)
    none = np.full(len(threshold), np.nan)
    if e.spread is None:
        return needed, none, none
    enough = 2.0 ** _smallest(
        lambda power: _settled(_spread_out(e, 2.0**power), threshold, confidence), len(threshold)
    )
    clusters = np.where(e.high < threshold, e.spread.with_cases, e.spread.without_cases)
    short = clusters < enough
    return needed, np.where(short, clusters, np.nan), np.where(short, np.ceil(enough), np.nan)


def _smallest(settled: Callable[[Floats], Bools], units: int) -> Floats:
    """The smallest power of two that settles each unit, by bisection; NaN where none does."""
    small, large = np.zeros(units), np.full(units, LARGEST_POWER)
    reachable = settled(large)
    for _ in range(40):
        middle = (small + large) / 2.0
        enough = settled(middle)
        small, large = np.where(enough, small, middle), np.where(enough, middle, large)
    return np.where(reachable, large, np.nan)


def _grown(e: Evidence, factor: Floats) -> Evidence:
    """The same rates from so many times the sample, drawn in the same way."""
    spread = e.spread and replace(
        e.spread, clusters=e.spread.clusters * factor, with_cases=e.spread.with_cases * factor,
        without_cases=e.spread.without_cases * factor,
        skew_upper=e.spread.skew_upper / np.sqrt(factor),
        skew_lower=e.spread.skew_lower / np.sqrt(factor),
    )  # fmt: skip
    return replace(
        e, n=e.n * factor, se=e.se / np.sqrt(factor), df=np.maximum(e.df, 1.0) * factor,
        spread=spread,
    )  # fmt: skip


def _spread_out(e: Evidence, clusters: Floats) -> Evidence:
    """The same sample, its evidence spread over so many effective clusters."""
    assert e.spread is not None
    there = np.maximum(e.spread.with_cases, e.spread.without_cases)
    less = np.sqrt(np.minimum(1.0, there / clusters))
    spread = replace(
        e.spread, with_cases=clusters, without_cases=clusters,
        skew_upper=e.spread.skew_upper * less, skew_lower=e.spread.skew_lower * less,
    )  # fmt: skip
    return replace(e, spread=spread)


def _settled(e: Evidence, threshold: Floats, confidence: float) -> Bools:
    """Whether a bound lies beyond the threshold."""
    low, high = share_bounds(e, confidence)
    with np.errstate(invalid="ignore"):
        return np.asarray((high < threshold) | (low > threshold))
