"""One criterion, many units: met, not met, or cannot tell yet.

On a full count the value is compared exactly. On a sample a criterion is met only if
the one-sided confidence bound lies beyond the threshold, and not met only if the other
bound does; between the two the evidence does not tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.infer import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Texts = NDArray[np.str_]

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
    low, high = _one_sided(evidence, confidence)
    if rule == "point":
        outcome = _compare(evidence.low, evidence.high, threshold, comparison)
        outcome = np.where(evidence.n > 0, outcome, CANNOT_TELL)
    else:
        outcome = _compare(low, high, threshold, comparison)
    open_cases = outcome == CANNOT_TELL
    needed = np.full(len(threshold), np.nan)
    if open_cases.any():
        needed = np.where(open_cases, _needed(evidence, threshold, confidence), np.nan)
    chance = _error_probability(evidence, threshold, comparison)
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


def _one_sided(evidence: Evidence, confidence: float) -> tuple[Floats, Floats]:
    """Lower and upper bounds, each valid alone at the confidence; (0, 1) where none exists."""
    level = 2.0 * confidence - 1.0
    e = evidence
    low = intervals.share(e.low, e.se, e.n, e.df, level, design_effect=e.deff).low
    high = intervals.share(e.high, e.se, e.n, e.df, level, design_effect=e.deff).high
    return np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=1.0)


def _error_probability(evidence: Evidence, threshold: Floats, comparison: Comparison) -> Floats:
    """One-sided p-value of the observed share against the threshold, on the logit scale."""
    from scipy.special import logit, stdtr

    favourable = -1.0 if comparison in {"below", "at_most"} else 1.0
    observed = evidence.high if favourable < 0 else evidence.low
    inside = (observed > 0) & (observed < 1) & (evidence.df >= 1) & (evidence.se > 0)
    p = np.where(inside, observed, 0.5)
    se = np.where(inside, evidence.se, 1.0) / (p * (1.0 - p))
    t = (logit(p) - logit(threshold)) / se
    df = np.where(evidence.df >= 1, evidence.df, 1.0)
    by_logit = stdtr(df, -favourable * t)
    return np.where(inside, by_logit, _chance_of_none(evidence, observed, threshold, favourable))


def _chance_of_none(
    evidence: Evidence, observed: Floats, threshold: Floats, favourable: float
) -> Floats:
    """P(no case at all, or nothing but cases) at the threshold, with effective households."""
    n = intervals.effective_size(observed, evidence.se, evidence.n, evidence.df, 0.9, evidence.deff)
    rate = 1.0 - threshold if favourable < 0 else threshold
    perfect = observed <= 0 if favourable < 0 else observed >= 1
    return np.where(perfect & (evidence.df >= 1), rate**n, np.nan)


def _needed(evidence: Evidence, threshold: Floats, confidence: float) -> Floats:
    """Households more, drawn in the same way, at which the observed rate would settle it.

    On the logit scale the bound passes the threshold when t x se(n') < |logit p - logit z|,
    and se falls with the square root of the number of households (the design effect stays
    as it is). Where the rate is 0 or 1: Clopper-Pearson's zero-case size times the design
    effect. NaN where the rate is at the threshold itself.
    """
    from scipy.special import logit

    p = np.clip((evidence.low + evidence.high) / 2.0, 0.0, 1.0)
    inside = (p > 0) & (p < 1)
    q = np.where(inside, p, 0.5)
    plain = np.sqrt(q * (1 - q) * evidence.deff / np.maximum(evidence.n, 1.0))
    se = np.where((evidence.df >= 1) & (evidence.se > 0), evidence.se, plain) / (q * (1 - q))
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.abs(logit(q) - logit(threshold))
        wanted = _settling_size(evidence, se / gap, confidence)
        rate = np.where(p <= 0, 1.0 - threshold, threshold)
        perfect = np.log(1.0 - confidence) / np.log(rate) * evidence.deff
    size = np.where(inside, wanted, perfect)
    more = np.ceil(size - evidence.n)
    return np.where(np.isfinite(more), np.maximum(more, 1.0), np.nan)


def _settling_size(evidence: Evidence, ratio: Floats, confidence: float) -> Floats:
    """n' with t(df') x se x sqrt(n/n') = gap, where df' grows as the sample does."""
    n, df = np.maximum(evidence.n, 1.0), np.maximum(evidence.df, 1.0)
    size = n * (intervals.t_quantile(confidence, np.full(len(n), np.inf)) * ratio) ** 2
    for _ in range(12):
        grown = np.maximum(df * np.maximum(size / n, 1.0), 1.0)
        size = n * (intervals.t_quantile(confidence, grown) * ratio) ** 2
    return size


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
