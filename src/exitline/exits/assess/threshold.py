"""A rate that was found, and its threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.exits.assess.bounds import largest_icc
from exitline.exits.assess.findings import KnownRate
from exitline.exits.decide.bound_text import decided_on
from exitline.exits.decide.clusters import LARGEST
from exitline.exits.decide.decision import CANNOT_TELL, MET, NOT_MET, sides
from exitline.exits.decide.reasons import threshold_text
from exitline.words.said import Numeral, Said, say, say_plural, together

if TYPE_CHECKING:
    from exitline.exits.assess.evidence import Assumptions
    from exitline.exits.assess.findings import RateFound
    from exitline.exits.decide.decision import Comparison, Outcome

MOST = 50.0
"""Times the sample beyond which no number of further households is named."""


@dataclass(frozen=True)
class ThresholdTest:
    """One threshold, and how findings are checked against it."""

    comparison: Comparison
    threshold: float
    rule: str
    assumptions: Assumptions

    def bounds(self, finding: RateFound) -> tuple[float, float]:
        """One-sided bounds; for a census only what is not verified leaves room."""
        if self.assumptions.full_count:
            return finding.extremes()
        level = self.assumptions.confidence
        return finding.lower(level), finding.upper(level)

    def outcome(self, finding: RateFound) -> Outcome:
        """Met, not met, or cannot tell."""
        if self.rule == "point" and not self.assumptions.full_count:
            return compare(finding.estimate, finding.estimate, self.threshold, self.comparison)
        return compare(*self.bounds(finding), self.threshold, self.comparison)

    def chance(self, finding: RateFound, outcome: Outcome) -> float:
        """P(evidence at least this much on its side) if the rate were at the threshold."""
        wants_low = self.comparison in {"below", "at_most"}
        if (outcome == NOT_MET) == wants_low:
            return finding.chance_above(self.threshold)
        return finding.chance_below(self.threshold)

    def holds_to(self, finding: RateFound, outcome: Outcome) -> float:
        """The largest intra-village correlation that leaves the outcome as it is."""
        if self.rule == "point":
            return math.nan
        return largest_icc(lambda icc: self.outcome(finding.with_icc(icc)) == outcome)

    def needed(self, finding: RateFound) -> float:
        """Households more that would settle it at the observed rate."""
        visited = sum(share.n for share in finding.shares)
        largest = max(share.sample.households for share in finding.shares)
        low, high = 1.0, min(MOST, LARGEST / largest)
        if high <= 1.0 or self.outcome(finding.enlarged(high)) == CANNOT_TELL:
            return math.nan
        while high - low > 0.01 * low:
            middle = math.sqrt(low * high)
            settled = self.outcome(finding.enlarged(middle)) != CANNOT_TELL
            low, high = (low, middle) if settled else (middle, high)
        return max(1.0, math.ceil(visited * (high - 1.0)))

    def reason(self, finding: RateFound, outcome: Outcome, more: float) -> str:
        """The outcome in one sentence; `more` households would settle it (NaN: none named)."""
        low, high = self.bounds(finding)
        if isinstance(finding, KnownRate):
            return say("nobody in this group, nothing to assess")
        wanted = threshold_text(self.threshold, self.comparison)
        rate = Numeral(percent(finding.estimate))
        if self.assumptions.full_count:
            text = say("{share} of everyone, to be {target}", share=rate, target=wanted)
        elif self.rule == "point":
            text = say("the estimate {share} is compared with {target}", share=rate, target=wanted)
        else:
            edge = decided_on(outcome, low, high, self.threshold, self.comparison)
            text = self._by_bounds(edge, outcome, wanted)
        return together(text, *_remarks(finding, more), sign="; ")

    def _by_bounds(self, edge: str, outcome: Outcome, wanted: str) -> Said:
        """The bound that decided, and what was asked for."""
        if outcome == CANNOT_TELL:
            limit = Numeral(percent(self.threshold))
            return say("{most}: {share} is within", most=edge, share=limit)
        sure = Numeral(percent(self.assumptions.confidence))
        if outcome == MET:
            return say("{most} with {sure} confidence, {target}", most=edge, sure=sure,
                       target=wanted)  # fmt: skip
        return say("{most} with {sure} confidence, not {target}", most=edge, sure=sure,
                   target=wanted)  # fmt: skip


def _remarks(finding: RateFound, more: float) -> list[Said]:
    """What else a reader must know."""
    found = []
    if math.isfinite(more):
        found.append(
            say_plural(
                "about {n} household more would settle it at this rate",
                "about {n} households more would settle it at this rate",
                round(more),
            )
        )
    if any(share.guarded for share in finding.shares):
        found.append(say("errors crowd in few villages, more than the plan assumed"))
    if unverified := sum(share.unverified for share in finding.shares):
        found.append(
            say_plural(
                "{n} household not verified, taken at their worst",
                "{n} households not verified, taken at their worst", unverified,
            )
        )  # fmt: skip
    return found


def compare(low: float, high: float, threshold: float, comparison: Comparison) -> Outcome:
    """Met where the whole range stands on the right side, not met where it is on the other.

    Examples
    --------
    >>> compare(0.001, 0.019, 0.02, "below"), compare(0.02, 0.04, 0.02, "below")
    ('met', 'not met')
    >>> compare(0.02, 0.02, 0.02, "at_most"), compare(0.01, 0.03, 0.02, "at_most")
    ('met', 'cannot tell')
    """
    met, failed = sides(low, high, threshold, comparison)
    return "met" if met else "not met" if failed else "cannot tell"


def percent(share: float) -> str:
    """A share as people write it: 2 %, 1.9 %, 0.04 %.

    Examples
    --------
    >>> percent(0.02), percent(0.0194), percent(0.0004)
    ('2 %', '1.9 %', '0.04 %')
    """
    value = 100.0 * share
    digits = 1 if value == 0 or abs(value) >= 0.1 else 2
    text = f"{value:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"
