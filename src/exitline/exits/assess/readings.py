"""What if the rule were read another way: the same evidence, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, get_args, get_type_hints

import exitline.exits.assess.evidence as evidence
from exitline.exits.assess.assessment import Assessment, assess
from exitline.exits.assess.evidence import (
    Assumptions,
    County,
    EvidenceReading,
    RateCriterion,
    Visits,
)
from exitline.exits.assess.rate_rules import criteria_of
from exitline.words.said import say

if TYPE_CHECKING:
    from exitline.rules.standard.model import ExitRule


@dataclass(frozen=True)
class RuleVariant:
    """One way to read the rule.

    Attributes
    ----------
    label : str
        In words.
    criteria : tuple of RateCriterion
    reading : EvidenceReading
    """

    label: str
    criteria: tuple[RateCriterion, ...]
    reading: EvidenceReading


@dataclass(frozen=True)
class Answer:
    """A variant and what the evidence says under it."""

    variant: RuleVariant
    assessment: Assessment


def what_if(
    visits: Visits,
    county: County,
    variants: Iterable[RuleVariant],
    assumptions: Assumptions | None = None,
) -> tuple[Answer, ...]:
    """The same evidence under several readings, in their order.

    Variants that need columns the visits do not have are left out. What an outcome would stand up
    to, and what would settle it, is found for the first alone.

    Parameters
    ----------
    visits : Visits
    county : County
    variants : iterable of RuleVariant
    assumptions : Assumptions, optional

    Returns
    -------
    tuple of Answer
    """
    return tuple(
        Answer(v, assess(visits, county, v.criteria, v.reading, assumptions, detail=not i))
        for i, v in enumerate(v for v in variants if usable(v, visits))
    )


def variants_of_rule(
    rule: ExitRule, area_class: str = "", base: EvidenceReading | None = None
) -> tuple[RuleVariant, ...]:
    """A standard's county rule as it is, and every reading that changes one point.

    First the readings that the standard itself offers as options, then those of `EvidenceReading`
    that give something new.

    Parameters
    ----------
    rule : ExitRule
        With its readings chosen.
    area_class : str
    base : EvidenceReading, optional

    Returns
    -------
    tuple of RuleVariant
        The rule as it is comes first; no two are the same.
    """
    reading = base or EvidenceReading()
    declared = criteria_of(rule, area_class)
    found = [RuleVariant(say("as declared"), declared, reading)]
    for option in rule.options:
        for choice in option.readings:
            changed = criteria_of(rule.choose({option.name: choice.name}), area_class)
            found.append(RuleVariant(_lowered(choice.label), changed, reading))
    found += variants_of_reading(declared, reading)[1:]
    return _distinct(found)


def variants_of_reading(
    criteria: Sequence[RateCriterion], base: EvidenceReading | None = None
) -> tuple[RuleVariant, ...]:
    """Criteria under a reading, and under every reading that differs from it in one point.

    Parameters
    ----------
    criteria : sequence of RateCriterion
    base : EvidenceReading, optional

    Returns
    -------
    tuple of RuleVariant
        The base first.

    Examples
    --------
    >>> rule = [RateCriterion("wrong exits", "wrong", "below", 0.02)]
    >>> [variant.label for variant in variants_of_reading(rule)]
    ['as declared', 'rates may equal their thresholds',
     'households, not persons, are counted', 'the bare estimate is compared']
    """
    reading = base or EvidenceReading()
    kept = tuple(criteria)
    changed = (RuleVariant(r.words(), kept, r) for r in _one_point_changes(reading))
    return _distinct([RuleVariant(say("as declared"), kept, reading), *changed])


def differences(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers whose outcome, for the county or any criterion, is not the first one's."""
    first = _outcomes(answers[0])
    return tuple(answer for answer in answers[1:] if _outcomes(answer) != first)


def usable(variant: RuleVariant, visits: Visits) -> bool:
    """Whether the visits have what a variant needs."""
    if visits.village_weight is not None and visits.village_unregistered is not None:
        return variant.reading.unit == "persons" or not _over_villages(variant)
    return not _over_villages(variant)


def _over_villages(variant: RuleVariant) -> bool:
    """Whether the missed rate is taken over all people of the sampled villages."""
    chosen = variant.reading.denominator
    return any(
        (criterion.denominator if chosen == "declared" else chosen) == "villages"
        for criterion in variant.criteria
        if criterion.rate in {"missed", "comprehensive"}
    )


def _outcomes(answer: Answer) -> tuple[str, ...]:
    """The county's outcome and those of the criteria."""
    judged = answer.assessment
    return (judged.outcome, *(j.outcome for j in judged.judgements))


def _one_point_changes(reading: EvidenceReading) -> Iterator[EvidenceReading]:
    """Readings that differ in one point."""
    hints = get_type_hints(EvidenceReading, vars(evidence))
    for point in fields(EvidenceReading):
        for value in get_args(hints[point.name]):
            changed = replace(reading, **{point.name: value})
            if changed != reading:
                yield changed


def _distinct(variants: Iterable[RuleVariant]) -> tuple[RuleVariant, ...]:
    """Without variants that judge in the same way as an earlier one."""
    seen: dict[tuple[object, ...], RuleVariant] = {}
    for variant in variants:
        seen.setdefault(_effect(variant), variant)
    return tuple(seen.values())


def _effect(variant: RuleVariant) -> tuple[object, ...]:
    """All that a variant changes in a judgement."""
    r = variant.reading
    rates = {criterion.rate for criterion in variant.criteria}
    criteria = tuple(
        (
            c.name,
            c.threshold,
            r.comparison(c.comparison),
            (c.denominator if r.denominator == "declared" else r.denominator)
            if c.rate in {"missed", "comprehensive"}
            else "",
        )
        for c in variant.criteria
    )
    unit = r.unit if rates & {"missed", "wrong"} else ""
    return criteria, unit, r.no_answer if "recognition" in rates else "", r.rule


def _lowered(label: str) -> str:
    """A label as part of a sentence."""
    return label[:1].lower() + label[1:]
