"""The reason of each decision, in one sentence of plain words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.exits.decide.bound_text import bound_text, decided_on
from exitline.exits.decide.decision import CANNOT_TELL
from exitline.words.numbers import rounded
from exitline.words.said import say, say_plural

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
    >>> percent(0.1427), percent(0.01996, beside=0.02), percent(0.02, beside=math.nan)
    ('14.3 %', '1.996 %', '2.0 %')
    """
    if math.isnan(value):
        return "unknown"
    beside = None if beside is not None and math.isnan(beside) else beside  # no threshold
    for decimals in (1, 2, 3, 4):
        text = rounded(value, decimals, percent=True)
        if beside is None or value == beside or text != rounded(beside, decimals, percent=True):
            return f"{text} %"
    return f"{100 * value:.6g} %"


def threshold_text(threshold: float, comparison: str) -> str:
    """For instance "below 3 %"."""
    share = f"{100 * threshold:g} %"
    if comparison == "below":
        return say("below {share}", share=share)
    if comparison == "at_most":
        return say("at most {share}", share=share)
    if comparison == "above":
        return say("above {share}", share=share)
    return say("at least {share}", share=share)


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
        return [say("no evidence was given for this criterion")] * len(thresholds)
    of = {"full count": _of_count, "model": _of_model}.get(evidence.kind, _of_sample)
    return [of(evidence, verdicts, i, z, wording) for i, z in enumerate(thresholds)]


def _of_count(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """A census: the exact share, or the range that missing values leave."""
    if math.isnan(threshold):
        return say("the standard has no threshold for this unit's area class")
    target = threshold_text(threshold, w.comparison)
    parts = {"share": percent(e.low[i], threshold), "n": f"{e.n[i]:,.0f}"}
    if e.missing[i] and e.low[i] != e.high[i]:
        parts |= {"most": percent(e.high[i], threshold), "m": f"{e.missing[i]:,.0f}"}
    seen = f"{w.subject}: {_counted(w.units, e.n[i], parts)}"
    if v.outcome[i] == CANNOT_TELL:
        rest = say("those not known decide whether it is {target}", target=target)
    else:
        rest = say("required: {target}", target=target)
    return f"{seen}; {rest}"


def _counted(units: str, n: float, parts: dict[str, str]) -> str:
    """What a census of households or villages found."""
    if units == "villages" and "most" in parts:
        return say_plural(
            "{share} in a full count of {n} village (up to {most}: {m} not known)",
            "{share} in a full count of {n} villages (up to {most}: {m} not known)", n, **parts,
        )  # fmt: skip
    if units == "villages":
        return say_plural("{share} in a full count of {n} village",
                          "{share} in a full count of {n} villages", n, **parts)  # fmt: skip
    if "most" in parts:
        return say_plural(
            "{share} in a full count of {n} household (up to {most}: {m} not known)",
            "{share} in a full count of {n} households (up to {most}: {m} not known)", n, **parts,
        )  # fmt: skip
    return say_plural("{share} in a full count of {n} household",
                      "{share} in a full count of {n} households", n, **parts)  # fmt: skip


def _of_sample(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """A sample: the estimate, the bound that decides, and what would settle it."""
    if math.isnan(threshold):
        return say("the standard has no threshold for this unit's area class")
    target = threshold_text(threshold, w.comparison)
    asked = say("required: {target}", target=target)
    parts = {"share": percent(e.low[i], threshold), "n": f"{e.n[i]:,.0f}"}
    seen = f"{w.subject}: {_sampled(w.units, e.n[i], parts)}"
    if w.rule == "point":
        point = say("by the point rule, required: {target}", target=target)
        return f"{seen}; {point}; {_chance(v.error_probability[i])}"
    if v.outcome[i] == CANNOT_TELL:
        return f"{seen}; {_undecided(e, v, i, threshold, w)}; {asked}"
    edge = decided_on(str(v.outcome[i]), v.low[i], v.high[i], threshold, w.comparison)
    parts["sure"] = f"{100 * w.confidence:g} %"
    return f"{w.subject}: {_sampled(w.units, e.n[i], parts, edge)}; {asked}"


def _of_model(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """A model's figure, which is no measurement, and the bounds that decide."""
    if math.isnan(threshold):
        return say("the standard has no threshold for this unit's area class")
    if math.isnan(e.low[i]):
        nothing = say("the model has no figure of this unit")
        return f"{w.subject}: {nothing}"
    target = threshold_text(threshold, w.comparison)
    share = percent(e.low[i], threshold)
    seen = say("{share} by a model, not a measurement", share=share)
    if w.rule == "point":
        point = say("by the point rule, required: {target}", target=target)
        return f"{w.subject}: {seen}; {point}; {_chance(v.error_probability[i])}"
    asked = say("required: {target}", target=target)
    if math.isnan(v.low[i]):
        unsure = say("its error is not known")
        return f"{w.subject}: {seen}; {unsure}; {asked}"
    between = say(
        "with {sure} confidence anything between {low} and {high}",
        sure=f"{100 * w.confidence:g} %", low=bound_text(v.low[i], threshold, upper=False),
        high=bound_text(v.high[i], threshold, upper=True),
    )  # fmt: skip
    return f"{w.subject}: {seen}; {between}; {asked}"


def _sampled(units: str, n: float, parts: dict[str, str], edge: str = "") -> str:
    """What a sample of households or villages found, and the bound that decided."""
    if units == "villages" and edge:
        return say_plural(
            "{share} in a sample of {n} village, {edge} with {sure} confidence",
            "{share} in a sample of {n} villages, {edge} with {sure} confidence", n, **parts,
            edge=edge,
        )  # fmt: skip
    if units == "villages":
        return say_plural("{share} in a sample of {n} village",
                          "{share} in a sample of {n} villages", n, **parts)  # fmt: skip
    if edge:
        return say_plural(
            "{share} in a sample of {n} household, {edge} with {sure} confidence",
            "{share} in a sample of {n} households, {edge} with {sure} confidence", n, **parts,
            edge=edge,
        )  # fmt: skip
    return say_plural("{share} in a sample of {n} household",
                      "{share} in a sample of {n} households", n, **parts)  # fmt: skip


def _undecided(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """Why a sample does not tell, and how many more households would settle it."""
    if e.df[i] < 1:
        why: str = say("too few PSUs for a standard error")
    else:
        why = _between(e, v, i, threshold, w)
    needed = v.needed[i]
    if math.isnan(needed):
        rest = say("the observed share is at the threshold, so no larger sample would settle it")
    elif needed + e.n[i] >= e.population[i]:
        rest = say_plural(
            "only a full count of about {n} household would settle it",
            "only a full count of about {n} households would settle it",
            round(e.population[i]),
            n=f"{e.population[i]:,.0f}",
        )
    else:
        rest = say_plural(
            "about {n} more household would settle it at this rate",
            "about {n} more households would settle it at this rate",
            round(needed),
            n=f"{needed:,.0f}",
        )
    return f"{why}; {rest}"


def _between(e: Evidence, v: Verdicts, i: int, threshold: float, w: Wording) -> str:
    """Between which shares the truth may lie, and whether too few clusters are the reason."""
    between = say(
        "with {sure} confidence anything between {low} and {high}",
        sure=f"{100 * w.confidence:g} %", low=bound_text(v.low[i], threshold, upper=False),
        high=bound_text(v.high[i], threshold, upper=True),
    )  # fmt: skip
    if math.isnan(v.clusters_needed[i]):
        return between
    parts = {"n": f"{v.clusters[i]:.0f}", "m": f"{v.clusters_needed[i]:,.0f}"}
    if e.high[i] < threshold:
        few = say("too few clusters with such households for a narrower bound "
                  "({n} effective, {m} needed)", **parts)  # fmt: skip
    else:
        few = say("too few clusters without such households for a narrower bound "
                  "({n} effective, {m} needed)", **parts)  # fmt: skip
    return f"{between}: {few}"


def _chance(probability: float) -> str:
    """The error probability of a point rule."""
    if math.isnan(probability):
        return say("its error probability cannot be estimated")
    return say(
        "were the true share at the threshold, evidence this favourable would come up "
        "with probability {n}",
        n=f"{probability:.3f}",
    )
