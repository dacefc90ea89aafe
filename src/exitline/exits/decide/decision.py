"""One criterion, many units: met, not met, or cannot tell yet.

On a census the value is compared exactly. On a sample a criterion is met only if
the one-sided confidence bound lies beyond the threshold, and not met only if the other
bound does; between the two the evidence does not tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.exits.decide.settling import effective_size, settling, share_bounds
from exitline.stats.infer import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.exits.decide.settling import Evidence

    Floats = NDArray[np.float64]
    Texts = NDArray[np.str_]

Outcome = Literal["met", "not met", "cannot tell"]
Comparison = Literal["below", "at_most", "above", "at_least"]

MET, NOT_MET, CANNOT_TELL = "met", "not met", "cannot tell"
WORDS = {"below": "below", "at_most": "at most", "above": "above", "at_least": "at least"}
MORE = ("needed", "clusters", "clusters_needed")


@dataclass(frozen=True)
class Verdicts:
    """Outcome of one criterion in each unit, with what it rests on.

    Attributes
    ----------
    outcome : str array, shape (units,)
    value : float array
        The observed share (missing values counted as not in it).
    low, high : float arrays
        One-sided bounds, each at the confidence; the exact bounds for a census.
    error_probability : float array
        Probability of evidence at least this favourable if the true value were exactly
        at the threshold; NaN for a census.
    needed : float array
        Households more that would settle it at the observed rate; NaN where none would,
        or where it is settled.
    clusters, clusters_needed : float arrays
        Where too few clusters alone keep it open: the effective number behind the bound that
        would settle it, and how many would do; NaN elsewhere.
    """

    outcome: Texts
    value: Floats
    low: Floats
    high: Floats
    error_probability: Floats
    needed: Floats
    clusters: Floats
    clusters_needed: Floats


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
    >>> from exitline.exits.decide.settling import Evidence
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
    if evidence.kind == "model":
        return _judge_model(evidence, threshold, comparison, confidence, rule)
    bounds = _one_sided(evidence, confidence)
    low, high = bounds.low, bounds.high
    if rule == "point":
        outcome = _compare(evidence.low, evidence.high, threshold, comparison)
        outcome = np.where(evidence.n > 0, outcome, CANNOT_TELL)
    else:
        outcome = _compare(low, high, threshold, comparison)
    open_cases = outcome == CANNOT_TELL
    more = {name: np.full(len(threshold), np.nan) for name in MORE}
    if settle and open_cases.any():
        found = settling(evidence.only(open_cases), threshold[open_cases], confidence)
        for name, values in zip(MORE, found, strict=True):
            more[name][open_cases] = values
    chance = _error_probability(evidence, threshold, comparison, confidence)
    return Verdicts(outcome, evidence.low, low, high, chance, **more)


def _judge_count(evidence: Evidence, threshold: Floats, comparison: Comparison) -> Verdicts:
    """Exact comparison; undecided only where missing values could tip it."""
    outcome = _compare(evidence.low, evidence.high, threshold, comparison)
    outcome = np.where(evidence.population > 0, outcome, CANNOT_TELL)
    needed = np.where(outcome == CANNOT_TELL, evidence.missing, np.nan)
    none = np.full(len(threshold), np.nan)
    return Verdicts(outcome, evidence.low, evidence.low, evidence.high, none, needed, none, none)


def _judge_model(
    evidence: Evidence,
    threshold: Floats,
    comparison: Comparison,
    confidence: float,
    rule: Literal["test", "point"],
) -> Verdicts:
    """Figures of a model, with bounds that are normal on the scale of the logit.

    No larger sample settles what a model cannot tell by a rule that could be given.
    """
    from scipy.special import expit, logit, ndtr, ndtri

    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where((evidence.low > 0) & (evidence.low < 1), evidence.low, np.nan)
        se = np.where(evidence.se > 0, evidence.se, np.nan) / (p * (1.0 - p))
        half = float(ndtri(confidence)) * se
        low, high = expit(logit(p) - half), expit(logit(p) + half)
        lower, upper = (evidence.low, evidence.low) if rule == "point" else (low, high)
        outcome = _compare(lower, upper, threshold, comparison)
        sign = 1.0 if comparison in {"below", "at_most"} else -1.0
        chance = ndtr(sign * (logit(p) - logit(threshold)) / se)
    none = np.full(len(threshold), np.nan)
    return Verdicts(outcome, evidence.low, low, high, chance, none, none, none)


def _no_evidence(units: int) -> Verdicts:
    """A criterion without data is never counted as met."""
    none = np.full(units, np.nan)
    return Verdicts(np.full(units, CANNOT_TELL), none, none, none, none, none, none, none)


def sides(low: Any, high: Any, threshold: Any, comparison: Comparison) -> tuple[Any, Any]:
    """Whether a whole range is on the right side of a threshold, and whether on the other.

    Parameters
    ----------
    low, high, threshold : float, or float arrays of one shape
    comparison : {"below", "at_most", "above", "at_least"}

    Returns
    -------
    tuple of two bool, or bool arrays
        Both false where the threshold lies within.

    Examples
    --------
    >>> sides(0.01, 0.02, 0.02, "at_most"), sides(0.01, 0.02, 0.02, "below")
    ((True, False), (False, False))
    """
    return {
        "below": (high < threshold, low >= threshold),
        "at_most": (high <= threshold, low > threshold),
        "above": (low > threshold, high <= threshold),
        "at_least": (low >= threshold, high < threshold),
    }[comparison]


def _compare(low: Floats, high: Floats, threshold: Floats, comparison: Comparison) -> Texts:
    """Met where the whole range stands on the right side, not met where it is on the other."""
    with np.errstate(invalid="ignore"):
        met, failed = sides(low, high, threshold, comparison)
    return np.where(met, MET, np.where(failed, NOT_MET, CANNOT_TELL))


def _one_sided(evidence: Evidence, confidence: float) -> intervals.Bounds:
    """Lower and upper bounds, each valid alone at the confidence; (0, 1) where none exists."""
    low, high = share_bounds(evidence, confidence)
    return intervals.Bounds(np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=1.0))


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
    n = effective_size(evidence, p, confidence, upper=falling)
    known = np.isfinite(n) & (n > 0) & np.isfinite(p) & np.isfinite(threshold)
    n, x = np.where(known, n, 1.0), np.where(known, p * n, 0.0)
    if falling:
        tail = np.where(x < n, betainc(np.maximum(n - x, 1e-12), x + 1.0, 1.0 - threshold), 1.0)
    else:
        tail = np.where(x > 0, betainc(np.maximum(x, 1e-12), n - x + 1.0, threshold), 1.0)
    return np.where(known, tail, np.nan)


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
