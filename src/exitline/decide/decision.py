"""One criterion, many units: met, not met, or cannot tell yet.

On a full count the value is compared exactly. On a sample a criterion is met only if
the one-sided confidence bound lies beyond the threshold, and not met only if the other
bound does; between the two the evidence does not tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.infer import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Texts = NDArray[np.str_]
    Bools = NDArray[np.bool_]

Outcome = Literal["met", "not met", "cannot tell"]
Comparison = Literal["below", "at_most", "above", "at_least"]
EvidenceKind = Literal["full count", "sample", "none"]

MET, NOT_MET, CANNOT_TELL = "met", "not met", "cannot tell"
WORDS = {"below": "below", "at_most": "at most", "above": "above", "at_least": "at least"}


@dataclass(frozen=True)
class Evidence:
    """What is known of one share in each unit.

    Attributes
    ----------
    kind : {"full count", "sample", "none"}
    low, high : float arrays, shape (units,)
        The share if every household with a missing value counts as not in it, and if
        every one counts as in it. Equal where nothing is missing.
    se, df, n : float arrays, shape (units,)
        Standard error, degrees of freedom and households; unused for a full count.
    population : float array, shape (units,)
        Households in the unit, estimated from the weights or counted.
    missing : float array, shape (units,)
        Households (in the sample, or in the count) whose value is missing.
    deff : float
        Design effect to assume where a unit cannot show its own.
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


@dataclass(frozen=True)
class Verdicts:
    """Outcome of one criterion in each unit, with what it rests on.

    Attributes
    ----------
    outcome : str array, shape (units,)
    value : float array
        The observed share (missing values counted as not in it).
    low, high : float arrays
        One-sided bounds, each at the confidence; the exact bounds for a full count.
    error_probability : float array
        Probability of evidence at least this favourable if the true value were exactly
        at the threshold; NaN for a full count.
    needed : float array
        Households more that would settle it at the observed rate; NaN where none would,
        or where it is settled.
    """

    outcome: Texts
    value: Floats
    low: Floats
    high: Floats
    error_probability: Floats
    needed: Floats


def judge(
    evidence: Evidence,
    threshold: Floats,
    comparison: Comparison,
    confidence: float = 0.95,
    rule: Literal["test", "point"] = "test",
    *,
    settle: bool = True,
) -> Verdicts:
    """Hold a share against a threshold in every unit.

    Parameters
    ----------
    evidence : Evidence
    threshold : float array, shape (units,)
        Each unit's own threshold; NaN where its area class has none.
    comparison : {"below", "at_most", "above", "at_least"}
        The criterion is met where the share stands so to the threshold.
    confidence : float
        One-sided confidence, for samples.
    rule : {"test", "point"}
        "point" compares the point estimate, as some official rules do; its error
        probability is then what a reader must look at.
    settle : bool
        Work out how many more households would settle what cannot be told.

    Returns
    -------
    Verdicts

    Examples
    --------
    >>> one = np.array([1.0])
    >>> e = Evidence("sample", 0.01 * one, 0.01 * one, 0.005 * one, 20 * one, 400 * one,
    ...              9000 * one, 0 * one)
    >>> judge(e, 0.02 * one, "below").outcome[0].item()
    'cannot tell'
    """
    if evidence.kind == "full count":
        return _judge_count(evidence, threshold, comparison)
    if evidence.kind == "none":
        return _no_evidence(len(threshold))
    bounds = _one_sided(evidence, confidence)
    low, high = bounds.low, bounds.high
    if rule == "point":
        outcome = _compare(evidence.low, evidence.high, threshold, comparison)
        outcome = np.where(evidence.n > 0, outcome, CANNOT_TELL)
    else:
        outcome = _compare(low, high, threshold, comparison)
    open_cases = outcome == CANNOT_TELL
    needed = np.full(len(threshold), np.nan)
    if settle and open_cases.any():
        needed[open_cases] = _needed(_only(evidence, open_cases), threshold[open_cases], confidence)
    chance = _error_probability(evidence, threshold, comparison, confidence)
    return Verdicts(outcome, evidence.low, low, high, chance, needed)


def _judge_count(evidence: Evidence, threshold: Floats, comparison: Comparison) -> Verdicts:
    """Exact comparison; undecided only where missing values could tip it."""
    outcome = _compare(evidence.low, evidence.high, threshold, comparison)
    outcome = np.where(evidence.population > 0, outcome, CANNOT_TELL)
    needed = np.where(outcome == CANNOT_TELL, evidence.missing, np.nan)
    none = np.full(len(threshold), np.nan)
    return Verdicts(outcome, evidence.low, evidence.low, evidence.high, none, needed)


def _no_evidence(units: int) -> Verdicts:
    """A criterion without data is never counted as met."""
    none = np.full(units, np.nan)
    return Verdicts(np.full(units, CANNOT_TELL), none, none, none, none, none)


def _compare(low: Floats, high: Floats, threshold: Floats, comparison: Comparison) -> Texts:
    """Met where the whole range stands on the right side, not met where it is on the other."""
    with np.errstate(invalid="ignore"):
        met, failed = {
            "below": (high < threshold, low >= threshold),
            "at_most": (high <= threshold, low > threshold),
            "above": (low > threshold, high <= threshold),
            "at_least": (low >= threshold, high < threshold),
        }[comparison]
    return np.where(met, MET, np.where(failed, NOT_MET, CANNOT_TELL))


def _one_sided(evidence: Evidence, confidence: float) -> intervals.Bounds:
    """Lower and upper bounds, each valid alone at the confidence; (0, 1) where none exists."""
    low, high = _bounds(evidence, evidence.n, evidence.df, confidence)
    return intervals.Bounds(np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=1.0))


def _bounds(e: Evidence, n: Floats, df: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Korn and Graubard's bounds at the larger of the unit's own and the pooled design effect.

    A unit with few PSUs whose share came out low has a standard error that came out low,
    too: logit and Wald bounds from it pass a unit at the threshold in up to 16 % of samples
    at a nominal 5 % (benchmarks/false_met.py). The pooled design effect does not fall with
    the unit's own share.
    """
    level = 2.0 * confidence - 1.0
    low = intervals.beta_share(e.low, _effective(e, e.low, n, df, confidence), level).low
    high = intervals.beta_share(e.high, _effective(e, e.high, n, df, confidence), level).high
    return low, high


def _effective(e: Evidence, share: Floats, n: Floats, df: Floats, confidence: float) -> Floats:
    """n over the design effect, times the squared ratio of t quantiles (n - 1 and df)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        own = e.se**2 * e.n / (share * (1.0 - share))
    deff = np.fmax(np.where(np.isfinite(own), own, 0.0), max(e.deff, 1.0))
    ratio = intervals.t_quantile(confidence, np.maximum(n - 1.0, 1.0)) / intervals.t_quantile(
        confidence, df
    )
    return np.asarray(n / deff * np.minimum(ratio, 1.0) ** 2)


def _error_probability(
    evidence: Evidence, threshold: Floats, comparison: Comparison, confidence: float
) -> Floats:
    """Binomial tail at the threshold with the effective number of households.

    For "below": P(X <= x | threshold) = I_(1-z)(n - x, x + 1), x = n p; the tail beyond the
    observed share in the direction that would meet the criterion.
    """
    from scipy.special import betainc

    falling = comparison in {"below", "at_most"}
    p = evidence.high if falling else evidence.low
    n = _effective(evidence, p, evidence.n, evidence.df, confidence)
    known = np.isfinite(n) & (n > 0) & np.isfinite(p) & np.isfinite(threshold)
    n, x = np.where(known, n, 1.0), np.where(known, p * n, 0.0)
    if falling:
        tail = np.where(x < n, betainc(np.maximum(n - x, 1e-12), x + 1.0, 1.0 - threshold), 1.0)
    else:
        tail = np.where(x > 0, betainc(np.maximum(x, 1e-12), n - x + 1.0, threshold), 1.0)
    return np.where(known, tail, np.nan)


def _only(evidence: Evidence, which: Bools) -> Evidence:
    """The evidence on some of the units."""
    arrays = ("low", "high", "se", "df", "n", "population", "missing")
    return replace(evidence, **{name: getattr(evidence, name)[which] for name in arrays})


LARGEST_FACTOR = 2.0**24
"""Samples more than this many times larger are called none."""


def _needed(evidence: Evidence, threshold: Floats, confidence: float) -> Floats:
    """Households more, drawn in the same way, at which the observed rate would settle it.

    The smallest multiple of the sample (degrees of freedom growing with it) at which the
    bound passes the threshold, by bisection. NaN where the rate is at the threshold itself,
    where missing values alone keep it open, or where there is no sample.
    """
    none = np.zeros(len(threshold))
    small, large = none.copy(), none + np.log2(LARGEST_FACTOR)
    reachable = _settles(evidence, threshold, confidence, large)
    for _ in range(40):
        middle = (small + large) / 2.0
        enough = _settles(evidence, threshold, confidence, middle)
        small, large = np.where(enough, small, middle), np.where(enough, middle, large)
    more = np.ceil(evidence.n * 2.0**large - evidence.n - 1e-6)
    return np.where(reachable & (evidence.n > 0), np.maximum(more, 1.0), np.nan)


def _settles(evidence: Evidence, threshold: Floats, confidence: float, power: Floats) -> Bools:
    """Whether a sample 2^power times as large would put a bound beyond the threshold."""
    factor = 2.0**power
    df = np.maximum(evidence.df, 1.0) * factor
    low, high = _bounds(evidence, evidence.n * factor, df, confidence)
    with np.errstate(invalid="ignore"):
        return np.asarray((high < threshold) | (low > threshold))


def overall(outcomes: list[Texts]) -> Texts:
    """Not met if any criterion is not met, met if all are, else cannot tell.

    Parameters
    ----------
    outcomes : list of str arrays, each shape (units,)
        At least one criterion.

    Examples
    --------
    >>> [str(o) for o in overall([np.array(["met", "met"]), np.array(["met", "cannot tell"])])]
    ['met', 'cannot tell']
    """
    stack = np.stack(outcomes)
    any_failed = (stack == NOT_MET).any(axis=0)
    all_met = (stack == MET).all(axis=0)
    return np.where(any_failed, NOT_MET, np.where(all_met, MET, CANNOT_TELL))
