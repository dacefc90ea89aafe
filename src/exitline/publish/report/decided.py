"""Decisions on the page: counts of each outcome at each level, then who and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.content.households import household_words
from exitline.publish.report.content import as_mapping, rule_of
from exitline.publish.report.stacks import (
    OUTCOMES,
    Stack,
    criterion_stack,
    stack_of,
    with_intervals,
)
from exitline.publish.report.table import Table
from exitline.publish.report.units import easiest_of, unit_table

if TYPE_CHECKING:
    from exitline.exits.decide.table import Decision, Decisions
    from exitline.publish.report.content import ReportInput
    from exitline.rules.standard import ExitRule


@dataclass(frozen=True)
class DecidedLevel:
    """One level of decisions: all its bars, and the table of its units."""

    key: str
    title: str
    overall: Stack
    criteria: tuple[Stack, ...]
    table: Table | None
    rule: str
    counts: Mapping[str, int]
    easiest: str
    """The undecided unit that the fewest more households would settle, in words."""


def household_level(content: ReportInput) -> DecidedLevel | None:
    """Households and persons by outcome; nobody is named."""
    if content.households is None or not content.households.total:
        return None
    t = content.t
    rows = t("Persons") if content.study.unit == "person" else t("Households")
    counts = [(rows, content.households)]
    if content.persons is not None and content.persons.total:
        counts.append((t("Persons in them"), content.persons))
    note = "" if not content.sampled else t("estimated")
    words = household_words(content.study, content.standard, t)
    stacks = [
        stack_of(label, as_mapping(c), note, content.sampled, t, words.outcomes)
        for label, c in counts
    ]
    stacks[0] = with_intervals(stacks[0], content.outcome_estimates, t)
    return DecidedLevel(
        "household", rows, stacks[0], tuple(stacks[1:]), None, words.meaning,
        {o: round(v) for o, v in as_mapping(content.households).items() if v == v}, "",
    )  # fmt: skip


def area_levels(content: ReportInput) -> tuple[DecidedLevel, ...]:
    """Villages, then counties, as far as they were decided on.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    tuple of DecidedLevel
    """
    if content.decisions is None:
        return ()
    there = set(content.decisions.columns["level"])
    return tuple(_level(content, name) for name in ("village", "county") if name in there)


def _level(content: ReportInput, name: str) -> DecidedLevel:
    """One level: read its decisions once, keep the overall ones and those of criteria apart."""
    assert content.decisions is not None
    overall: dict[tuple[str, str], Decision] = {}
    by_unit: dict[tuple[str, str], list[Decision]] = {}
    tallies: dict[str, dict[str, float]] = {}
    for decision in _at(content.decisions, name):
        key = (decision.parent, decision.unit)
        tally = tallies.setdefault(decision.criterion, dict.fromkeys(OUTCOMES, 0.0))
        tally[decision.outcome] += 1
        if decision.criterion:
            by_unit.setdefault(key, []).append(decision)
        else:
            overall[key] = decision
    rule = rule_of(content, name)
    counts = tallies.pop("", dict.fromkeys(OUTCOMES, 0.0))
    t = content.t
    plain = t("Villages") if name == "village" else t("Counties")
    return DecidedLevel(
        name, plain, stack_of(plain, counts, t("overall"), False, t),
        tuple(criterion_stack(c, tally, rule, t) for c, tally in tallies.items()),
        unit_table(content, name, overall, by_unit) if overall else None,
        _rule_words(rule, content), {o: int(v) for o, v in counts.items()},
        easiest_of(content, name, by_unit, overall),
    )  # fmt: skip


def _at(decisions: Decisions, level: str) -> list[Decision]:
    """The decisions at one level."""
    return [decision for decision in decisions if decision.level == level]


def _rule_words(rule: ExitRule | None, content: ReportInput) -> str:
    """How outcomes come about at a level, in two sentences."""
    t = content.t
    if not content.sampled:
        return t(
            "The data are a full count: each share is compared exactly with its threshold. Where "
            "missing values could tip the comparison, one cannot tell yet."
        )
    sure = rule.confidence if rule is not None else 0.95
    if rule is not None and rule.rule == "point":
        return t(
            "The standard compares the estimate itself with the threshold (point rule). Each "
            "reason gives the probability of so favourable a sample if the truth were at the "
            "threshold."
        )
    return t(
        "The data are a sample: a criterion is met only where the bound at {sure} one-sided "
        "confidence lies beyond the threshold, and not met only where the other bound does. "
        "Between the two, one cannot tell yet.",
        sure=t.figure(f"{100 * sure:g} %"),
    )
