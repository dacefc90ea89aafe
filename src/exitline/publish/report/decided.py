"""Decisions on the page: counts of each outcome, then who and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.numbers import CANNOT_TELL, DASH, about, count, plural
from exitline.publish.report.table import (
    MOST_ROWS,
    Cell,
    Column,
    Mark,
    Reference,
    Row,
    Table,
    bar_of,
)

if TYPE_CHECKING:
    from exitline.decide.table import Decision, Decisions
    from exitline.publish.report.content import OutcomeCounts, ReportInput
    from exitline.standard import Criterion, ExitRule

OUTCOMES = ("met", "not met", "cannot tell")
WORDS = {"met": "met", "not met": "not met", "cannot tell": CANNOT_TELL}
KEYS: dict[str, Mark] = {"met": "met", "not met": "not-met", "cannot tell": "cannot-tell"}
_RANK = {"cannot tell": 0, "not met": 1, "met": 2}
_MANY = {"village": "villages", "county": "counties", "household": "households"}


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

    @property
    def spoken(self) -> str:
        """The bar for screen readers."""
        parts = ", ".join(f"{s.count} {s.word} ({s.share})" for s in self.segments)
        return f"{self.label}: {parts}; {self.total} in all"


@dataclass(frozen=True)
class Level:
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


def household_level(content: ReportInput) -> Level | None:
    """Households and persons by outcome; nobody is named."""
    if content.households is None or not content.households.total:
        return None
    counts = [("Households", content.households)]
    if content.persons is not None and content.persons.total:
        counts.append(("Persons in them", content.persons))
    note = "" if not content.sampled else "estimated from the sample"
    stacks = tuple(_stack(label, _floats(c), note, content.sampled) for label, c in counts)
    rule = content.standard.household if content.standard is not None else None
    return Level(
        "household", "Households", stacks[0], stacks[1:], None, _rule_words(rule, content),
        {o: round(v) for o, v in _floats(content.households).items()}, "",
    )  # fmt: skip


def area_levels(content: ReportInput) -> tuple[Level, ...]:
    """Villages, then counties, as far as they were decided on.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    tuple of Level
    """
    if content.decisions is None:
        return ()
    there = set(content.decisions.columns["level"])
    return tuple(_level(content, name) for name in ("village", "county") if name in there)


def _level(content: ReportInput, name: str) -> Level:
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
    rule = _rule_of(content, name)
    counts = tallies.pop("", dict.fromkeys(OUTCOMES, 0.0))
    plain = _MANY[name].capitalize()
    return Level(
        name, plain, _stack(plain, counts, "overall", False),
        tuple(_criterion_stack(c, t, rule) for c, t in tallies.items()),
        _table(content, name, overall, by_unit) if overall else None,
        _rule_words(rule, content), {o: int(v) for o, v in counts.items()},
        _easiest(content, name, by_unit, overall),
    )  # fmt: skip


def _at(decisions: Decisions, level: str) -> list[Decision]:
    """The decisions at one level."""
    return [decision for decision in decisions if decision.level == level]


def _rule_of(content: ReportInput, level: str) -> ExitRule | None:
    """The standard's rule for a level."""
    from exitline.standard.model import Level as StandardLevel

    if content.standard is None:
        return None
    return content.standard.rule(cast("StandardLevel", level))


def _floats(counts: OutcomeCounts) -> dict[str, float]:
    return {"met": counts.met, "not met": counts.not_met, "cannot tell": counts.cannot_tell}


def _stack(label: str, counts: Mapping[str, float], note: str, sampled: bool) -> Stack:
    """A stacked bar; shares in percent of all."""
    total = sum(counts.values())
    start, parts = 0.0, []
    for outcome in OUTCOMES:
        width = 100 * counts[outcome] / total if total else 0.0
        parts.append(
            Segment(
                KEYS[outcome], WORDS[outcome], about(counts[outcome], sampled),
                f"{width:.1f}\N{NO-BREAK SPACE}%", round(start, 3), round(width, 3),
            )
        )  # fmt: skip
        start += width
    return Stack(label, note, tuple(parts), about(total, sampled))


def _criterion_stack(name: str, tally: Mapping[str, float], rule: ExitRule | None) -> Stack:
    """A criterion's bar, with what it asks for."""
    criterion = _criterion(rule, name)
    if criterion is None:
        return _stack(name, tally, "", False)
    notes = [_asked(criterion)]
    notes += [] if criterion.veto else ["reported only, decides nothing"]
    verified = criterion.verified and all(f.verified for f in criterion.thresholds.values())
    notes += [] if verified else ["unverified figure"]
    return _stack(criterion.label, tally, "; ".join(n for n in notes if n), False)


def _criterion(rule: ExitRule | None, name: str) -> Criterion | None:
    """The criterion of this name, if the rule has it."""
    found = rule.criteria if rule is not None else ()
    return next((c for c in found if c.name == name), None)


def _asked(criterion: Criterion) -> str:
    """The thresholds in words: "below 3 % (west), below 2 % (other)"."""
    if criterion.comparison is None:
        return ""
    word = criterion.comparison.replace("_", " ")
    parts = [
        f"{word} {100 * figure.value:g}\N{NO-BREAK SPACE}%{f' ({area})' if area else ''}"
        for area, figure in criterion.thresholds.items()
    ]
    return "required: " + ", ".join(parts) if parts else ""


def _rule_words(rule: ExitRule | None, content: ReportInput) -> str:
    """How outcomes come about at a level, in two sentences."""
    if rule is not None and rule.level == "household":
        return (
            "A household has met the rule where every criterion is met, and has not where any "
            "is not. Where a value is missing that could decide, one cannot tell yet."
        )
    if not content.sampled:
        return (
            "The data are a full count: each share is compared exactly with its threshold. Where "
            "missing values could tip the comparison, one cannot tell yet."
        )
    sure = rule.confidence if rule is not None else 0.95
    if rule is not None and rule.rule == "point":
        return (
            "The standard compares the estimate itself with the threshold (point rule). Each "
            "reason gives the probability of so favourable a sample if the truth were at the "
            "threshold."
        )
    return (
        f"The data are a sample: a criterion is met only where the bound at {100 * sure:g} % "
        f"one-sided confidence lies beyond the threshold, and not met only where the other bound "
        f"does. Between the two, one cannot tell yet."
    )


def _table(
    content: ReportInput, level: str, overall: Mapping[tuple[str, str], Decision],
    by_unit: Mapping[tuple[str, str], list[Decision]],
) -> Table:  # fmt: skip
    """All units, those that are open or not met first."""
    main = _main_criterion(by_unit)
    values = {key: _of(main, by_unit.get(key, [])) for key in overall}
    order = sorted(overall, key=lambda k: (_RANK[overall[k].outcome], -_value(values[k]), k))
    shown = order[:MOST_ROWS]
    axis = _axis([v for v in values.values() if v is not None])
    common = {v.threshold for v in values.values() if v is not None and not math.isnan(v.threshold)}
    single = common.pop() if len(common) == 1 else None
    some_open = any(d.outcome == "cannot tell" for d in overall.values())
    rows = [
        _row(content, level, overall[k], values[k], by_unit.get(k, []), axis, single, some_open)
        for k in shown
    ]
    references = ()
    if axis is not None and single is not None:
        word = f"threshold {100 * single:g}\N{NO-BREAK SPACE}%"
        references = (Reference(axis.at(single), word, "threshold"),)
    return Table(
        f"decisions-{level}", f"Decisions on {_MANY[level]}",
        _columns(content, level, main, some_open), tuple(rows), None, axis, references,
        outcomes=True, total=len(overall), file="decisions.parquet",
    )  # fmt: skip


def _main_criterion(by_unit: Mapping[tuple[str, str], list[Decision]]) -> str:
    """The first criterion that is held against a threshold with a value."""
    for decisions in by_unit.values():
        for decision in decisions:
            if decision.comparison and not math.isnan(decision.value):
                return decision.criterion
    return ""


def _of(criterion: str, decisions: list[Decision]) -> Decision | None:
    """A unit's decision on one criterion."""
    return next((d for d in decisions if d.criterion == criterion and criterion), None)


def _value(decision: Decision | None) -> float:
    """The observed value, -1 where there is none."""
    known = decision is not None and not math.isnan(decision.value)
    return decision.value if decision is not None and known else -1.0


def _axis(values: list[Decision]) -> Axis | None:
    """The axis of a level's bars."""
    thresholds = [1.2 * d.threshold for d in values]
    return shared_axis([d.value for d in values], [d.high for d in values], "share", thresholds)


def _columns(content: ReportInput, level: str, main: str, some_open: bool) -> tuple[Column, ...]:
    """Headings of a level's table."""
    rule = _rule_of(content, level)
    criterion = _criterion(rule, main)
    found = [Column("name", level.capitalize()), Column("outcome", "Outcome")]
    if main:
        label = criterion.label if criterion is not None else main
        sure = f"bounds, each with {100 * rule.confidence:g} % confidence" if rule else "bounds"
        found += [
            Column("figure", f"{label}, %", sure if content.sampled else "full count"),
            Column("bar", "Value and threshold", sortable=False),
        ]
    if some_open:
        found.append(Column("number", "More households", "that would settle it"))
    return (*found, Column("text", "Why", sortable=False))


def _row(
    content: ReportInput, level: str, overall: Decision, value: Decision | None,
    criteria: list[Decision], axis: Axis | None, single: float | None, some_open: bool,
) -> Row:  # fmt: skip
    """One unit's cells."""
    columns = content.study.levels
    county = columns.county or "county"
    own = columns.village or "village" if level == "village" else county
    parent = content.area_label([county], [overall.parent]) if overall.parent else ""
    cells = [
        Cell(content.area_label([own], [overall.unit]), None, parent),
        Cell(WORDS[overall.outcome], _RANK[overall.outcome], mark=KEYS[overall.outcome]),
    ]
    if axis is not None:
        cells += [_figure(value), _bar(value, axis, single)]
    if some_open:
        cells.append(_needed(overall, criteria))
    rule = _rule_of(content, level)
    return (*cells, Cell(lines=_why(overall, criteria, rule)))


def _figure(decision: Decision | None) -> Cell:
    """The value of the main criterion with its bounds."""
    from exitline.decide.reasons import percent

    if decision is None or math.isnan(decision.value):
        return Cell(CANNOT_TELL, -1.0)
    space = "\N{NO-BREAK SPACE}"
    value = percent(decision.value, decision.threshold).replace(" ", space)
    if not decision.high > decision.low:
        return Cell(value, decision.value)
    low, high = (percent(x, decision.threshold)[:-2] for x in (decision.low, decision.high))
    return Cell(f"{value} ({low}{DASH}{high})", decision.value)


def _bar(decision: Decision | None, axis: Axis, single: float | None) -> Cell:
    """The bar of the main criterion, its dot in the shape of the outcome."""
    if decision is None:
        return Cell()
    threshold = math.nan if single is not None else decision.threshold
    return Cell(
        bar=bar_of(
            axis, decision.value, decision.low, decision.high, threshold=threshold,
            mark=KEYS[decision.outcome],
        )
    )  # fmt: skip


def _needed(overall: Decision, criteria: list[Decision]) -> Cell:
    """Households more that would settle an open outcome, if one sample size can tell."""
    if overall.outcome != "cannot tell":
        return Cell("none", 0.0)
    more = _more(criteria)
    if math.isnan(more):
        return Cell("see why", None)
    return Cell(count(more), more)


def _more(criteria: list[Decision]) -> float:
    """The largest number that open criteria need; NaN where one of them has no number."""
    needs = [d.needed for d in criteria if d.outcome == "cannot tell"]
    return max(needs) if needs and not any(math.isnan(n) for n in needs) else math.nan


def _why(overall: Decision, criteria: list[Decision], rule: ExitRule | None) -> tuple[str, ...]:
    """Sentences on the criteria that decide a unit's outcome."""
    decisive = [d for d in criteria if d.outcome == overall.outcome and _decides(rule, d)]
    if overall.outcome == "met" and len(decisive) > 1:
        return (overall.reason,)
    if not decisive:
        return (overall.reason,)
    return tuple(_labelled(d, rule, many=len(criteria) > 1) for d in decisive)


def _decides(rule: ExitRule | None, decision: Decision) -> bool:
    criterion = _criterion(rule, decision.criterion)
    return criterion is None or criterion.veto


def _labelled(decision: Decision, rule: ExitRule | None, *, many: bool) -> str:
    """A reason that names its criterion."""
    criterion = _criterion(rule, decision.criterion)
    label = criterion.label if criterion is not None else decision.criterion
    if not many or decision.reason.startswith(label):
        return decision.reason
    return f"{label}: {decision.reason}"


def _easiest(
    content: ReportInput, level: str, by_unit: Mapping[tuple[str, str], list[Decision]],
    overall: Mapping[tuple[str, str], Decision],
) -> str:  # fmt: skip
    """The open unit that the fewest more households would settle."""
    needs = {
        key: _more(by_unit.get(key, []))
        for key, decision in overall.items()
        if decision.outcome == "cannot tell"
    }
    known = {key: more for key, more in needs.items() if not math.isnan(more)}
    if not known or not content.sampled:
        return ""
    key = min(known, key=lambda k: known[k])
    columns = content.study.levels
    column = (columns.village if level == "village" else columns.county) or level
    name = content.area_label([column], [key[1]])
    return f"{name}, with about {plural(known[key], 'more household', 'more households')}"
