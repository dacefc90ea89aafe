"""The reason of each decision, in one sentence of plain words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.exits.decide.bound_text import decided_on
from exitline.exits.decide.decision import CANNOT_TELL, WORDS
from exitline.words.numbers import rounded

if TYPE_CHECKING:
    from exitline.exits.decide.decision import Comparison, Verdicts
    from exitline.exits.decide.settling import Evidence


@dataclass(frozen=True)
class Wording:
    """How a criterion is spoken of.

    Attributes
    ----------
    subject : str
        What the share is of: the criterion's label.
    units : str
        What was counted or sampled: households, or villages.
    comparison : {"below", "at_most", "above", "at_least"}
    confidence : float
    rule : {"test", "point"}
    """

    subject: str
    comparison: Comparison
    confidence: float
    rule: str = "test"
    units: str = "households"


def percent(value: float, beside: float | None = None) -> str:
    """A share as a percentage; more decimals where it would look equal to its threshold.

    Examples
    --------
    >>> percent(0.1427), percent(0.01996, beside=0.02)
    ('14.3 %', '1.996 %')
    """
    if math.isnan(value):
        return "unknown"
    for decimals in (1, 2, 3, 4):
        text = rounded(value, decimals, percent=True)
        if beside is None or value == beside or text != rounded(beside, decimals, percent=True):
            return f"{text} %"
    return f"{100 * value:.6g} %"


def threshold_text(threshold: float, comparison: str) -> str:
    """For instance "below 3 %"."""
    return f"{WORDS[comparison]} {100 * threshold:g} %"


def reasons(
    evidence: Evidence, verdicts: Verdicts, thresholds: list[float], wording: Wording
) -> list[str]:
    """One sentence for each unit.

    Parameters
    ----------
    evidence, verdicts : Evidence, Verdicts
        Of one criterion.
    thresholds : list of float, length units
    wording : Wording

    Returns
    -------
    list of str
    """
    if evidence.kind == "none":
        return ["no evidence was given for this criterion"] * len(thresholds)
    say = _of_count if evidence.kind == "full count" else _of_sample
    return [say(evidence, verdicts, i, z, wording) for i, z in enumerate(thresholds)]


def _of_count(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """A full count: the exact share, or the range that missing values leave."""
    if math.isnan(threshold):
        return "the standard has no threshold for this unit's area class"
    target = threshold_text(threshold, w.comparison)
    seen = f"{w.subject}: {percent(e.low[i], threshold)} in a full count of {e.n[i]:,.0f} {w.units}"
    if e.missing[i] and e.low[i] != e.high[i]:
        highest = percent(e.high[i], threshold)
        seen += f" (up to {highest}: {e.missing[i]:,.0f} not known)"
    if v.outcome[i] == CANNOT_TELL:
        return f"{seen}; those not known decide whether it is {target}"
    return f"{seen}; required: {target}"


def _of_sample(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """A sample: the estimate, the bound that decides, and what would settle it."""
    if math.isnan(threshold):
        return "the standard has no threshold for this unit's area class"
    target = threshold_text(threshold, w.comparison)
    seen = f"{w.subject}: {percent(e.low[i], threshold)} in a sample of {e.n[i]:,.0f} {w.units}"
    if w.rule == "point":
        return f"{seen}; by the point rule, required: {target}{_chance(v.error_probability[i])}"
    if v.outcome[i] == CANNOT_TELL:
        return f"{seen}; {_undecided(e, v, i, threshold, w)}; required: {target}"
    edge = decided_on(str(v.outcome[i]), v.low[i], v.high[i], threshold, w.comparison)
    sure = f"{edge} with {100 * w.confidence:g} % confidence"
    return f"{seen}, {sure}; required: {target}"


def _undecided(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """Why a sample does not tell, and how many more households would settle it."""
    if e.df[i] < 1:
        why = "too few PSUs for a standard error"
    else:
        why = (
            f"with {100 * w.confidence:g} % confidence anything "
            f"{decided_on(CANNOT_TELL, v.low[i], v.high[i], threshold, w.comparison)}"
        )
        if not math.isnan(v.clusters_needed[i]):
            which = "with" if e.high[i] < threshold else "without"
            why += (
                f": too few clusters {which} such households for a narrower bound "
                f"({v.clusters[i]:.0f} effective, {v.clusters_needed[i]:,.0f} needed)"
            )
    needed = v.needed[i]
    if math.isnan(needed):
        return f"{why}; the observed share is at the threshold, so no larger sample would settle it"
    if needed + e.n[i] >= e.population[i]:
        return (
            f"{why}; only a full count of about {e.population[i]:,.0f} households would settle it"
        )
    return f"{why}; about {needed:,.0f} more households would settle it at this rate"


def _chance(probability: float) -> str:
    """The error probability of a point rule."""
    if math.isnan(probability):
        return "; its error probability cannot be estimated"
    return (
        f"; were the true share at the threshold, evidence this favourable would come up "
        f"with probability {probability:.3f}"
    )
