"""Outcomes as stacked bars with their counts in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exitline.publish.report.table import Mark
from exitline.words.numbers import about, rounded, write

if TYPE_CHECKING:
    from exitline.rules.standard import Criterion, ExitRule
    from exitline.stats.infer.blocks import Estimate
    from exitline.words.catalogue import Language

OUTCOMES = ("met", "not met", "cannot tell")
KEYS: dict[str, Mark] = {"met": "met", "not met": "not-met", "cannot tell": "cannot-tell"}
RANK = {"cannot tell": 0, "not met": 1, "met": 2}


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar: `start` and `width` in percent of all."""

    key: Mark
    word: str
    count: str
    share: str
    start: float
    width: float


@dataclass(frozen=True)
class Stack:
    """A stacked bar with its counts in words."""

    label: str
    note: str
    segments: tuple[Segment, ...]
    total: str

    def spoken(self, t: Language) -> str:
        """The bar for screen readers."""
        parts = t.joined((f"{s.count} {s.word} ({s.share})" for s in self.segments), ", ")
        said = self.label + t.in_context("sign", ": ") + parts
        return t("{sentence}; {total} in all", sentence=said, total=self.total)


def outcome_words(t: Language) -> dict[str, str]:
    """The words for outcomes of an exit rule."""
    return {"met": t("met"), "not met": t("not met"), "cannot tell": t("cannot tell yet")}


def criterion_of(rule: ExitRule | None, name: str) -> Criterion | None:
    """The criterion of this name, if the rule has it."""
    found = rule.criteria if rule is not None else ()
    return next((c for c in found if c.name == name), None)


def stack_of(
    label: str, counts: Mapping[str, float], note: str, sampled: bool, t: Language,
    words: Mapping[str, str] | None = None,
) -> Stack:  # fmt: skip
    """A stacked bar; shares in percent of all. Counts that are NaN are suppressed."""
    words = words or outcome_words(t)
    total = sum(counts.values())
    start, parts = 0.0, []
    for outcome in OUTCOMES:
        width = 100 * counts[outcome] / total if total > 0 else 0.0
        hidden = math.isnan(counts[outcome])
        parts.append(
            Segment(
                KEYS[outcome], words[outcome],
                t("suppressed") if hidden else about(counts[outcome], sampled, t),
                t("suppressed") if math.isnan(total)
                else t.figure(f"{rounded(width, 1)}\N{NO-BREAK SPACE}%"),
                round(start, 3), round(width, 3),
            )
        )  # fmt: skip
        start += width
    return Stack(
        label,
        note,
        tuple(parts),
        t("suppressed") if math.isnan(total) else about(total, sampled, t),
    )


def with_intervals(stack: Stack, estimates: Mapping[str, Estimate], t: Language) -> Stack:
    """A bar whose numbers of households carry their intervals, where these are known."""
    if not estimates:
        return stack
    words = {
        KEYS[o]: str(write(e.estimate, e.ci_low, e.ci_high, e.se, "households", e.reason, t))
        for o, e in estimates.items()
    }
    parts = tuple(replace(s, count=words.get(s.key, s.count)) for s in stack.segments)
    return replace(stack, segments=parts)


def criterion_stack(
    name: str, tally: Mapping[str, float], rule: ExitRule | None, t: Language
) -> Stack:
    """A criterion's bar, with what it asks for."""
    criterion = criterion_of(rule, name)
    if criterion is None:
        return stack_of(name, tally, "", False, t)
    notes = [_asked(criterion, t)]
    notes += [] if criterion.veto else [t("reported only, decides nothing")]
    verified = criterion.verified and all(f.verified for f in criterion.thresholds.values())
    notes += [] if verified else [t("unverified figure")]
    return stack_of(t.of(criterion.label), tally, t.joined(notes), False, t)


def _asked(criterion: Criterion, t: Language) -> str:
    """The thresholds in words: "below 3 % (west), below 2 % (other)"."""
    if criterion.comparison is None:
        return ""
    word = criterion.comparison.replace("_", " ")
    parts = [
        t.of(f"{word} {100 * figure.value:g}\N{NO-BREAK SPACE}%")
        + (f" ({t.of(area)})" if area else "")
        for area, figure in criterion.thresholds.items()
    ]
    return t("required: {target}", target=t.joined(parts, ", ")) if parts else ""
