"""Decisions on the page: counts of each outcome at each level, then who and why.

The table of units that were decided on: outcome, value, bounds and why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.content.direction import isolated
from exitline.publish.content.households import household_words
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.content import as_mapping, rule_of
from exitline.publish.report.stacks import (
    KEYS,
    OUTCOMES,
    RANK,
    Stack,
    criterion_of,
    criterion_stack,
    outcome_words,
    stack_of,
    with_intervals,
)
from exitline.publish.report.table import (
    MOST_ROWS,
    Reference,
    Row,
    Table,
    TableCell,
    TableColumn,
    bar_of,
)
from exitline.words.numbers import DASH, count

if TYPE_CHECKING:
    from exitline.exits.decide.table import Decision, Decisions
    from exitline.publish.report.content import ReportInput
    from exitline.rules.standard import ExitRule
    from exitline.words.catalogue import Language


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


def unit_table(
    content: ReportInput, level: str, overall: Mapping[tuple[str, str], Decision],
    by_unit: Mapping[tuple[str, str], list[Decision]],
) -> Table:  # fmt: skip
    """All units, those that are open or not met first."""
    main = _main_criterion(by_unit)
    values = {key: _of(main, by_unit.get(key, [])) for key in overall}
    order = sorted(overall, key=lambda k: (RANK[overall[k].outcome], -_value(values[k]), k))
    shown = order[:MOST_ROWS]
    axis = _axis([v for v in values.values() if v is not None], content.t)
    common = {v.threshold for v in values.values() if v is not None and not math.isnan(v.threshold)}
    single = common.pop() if len(common) == 1 else None
    some_open = content.sampled and any(d.outcome == "cannot tell" for d in overall.values())
    rows = [
        _row(content, level, overall[k], values[k], by_unit.get(k, []), axis, single, some_open)
        for k in shown
    ]
    references: tuple[Reference, ...] = ()
    if axis is not None and single is not None:
        share = content.t.figure(f"{100 * single:g}\N{NO-BREAK SPACE}%")
        word = content.t("threshold {share}", share=share)
        references = (Reference(axis.at(single), word, "threshold"),)
    return Table(
        f"decisions-{level}", _caption(level, content.t),
        _columns(content, level, main, some_open), tuple(rows), None, axis, references,
        outcomes=True, total=len(overall), file="decisions.parquet",
    )  # fmt: skip


def _caption(level: str, t: Language) -> str:
    """What the table holds."""
    return t("Decisions on villages") if level == "village" else t("Decisions on counties")


def _main_criterion(by_unit: Mapping[tuple[str, str], list[Decision]]) -> str:
    """The first criterion that is checked against a threshold with a value."""
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


def _axis(values: list[Decision], t: Language) -> Axis | None:
    """The axis of a level's bars."""
    thresholds = [1.2 * d.threshold for d in values]
    highs = [d.high for d in values]
    return shared_axis([d.value for d in values], highs, "share", thresholds, 2, t)


def _columns(
    content: ReportInput, level: str, main: str, some_open: bool
) -> tuple[TableColumn, ...]:
    """Headings of a level's table."""
    rule = rule_of(content, level)
    criterion, t = criterion_of(rule, main), content.t
    head = t.of(level)
    found = [TableColumn("name", head[:1].upper() + head[1:]), TableColumn("outcome", t("Outcome"))]
    if main:
        label = (t.of(criterion.label) if criterion is not None else main) + t.in_context(
            "sign", ", "
        )
        sure = t("bounds")
        if rule:
            share = t.figure(f"{100 * rule.confidence:g} %")
            sure = t("bounds, each with {sure} confidence", sure=share)
        found += [
            TableColumn("figure", f"{label}%", sure if content.sampled else t("full count")),
            TableColumn("bar", t("Value and threshold"), sortable=False),
        ]
    if some_open:
        found.append(TableColumn("number", t("More households"), t("that would settle it")))
    return (*found, TableColumn("text", t("Why"), sortable=False))


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
        TableCell(content.area_label([own], [overall.unit]), None, parent),
        TableCell(
            outcome_words(content.t)[overall.outcome],
            RANK[overall.outcome],
            mark=KEYS[overall.outcome],
        ),
    ]
    if axis is not None:
        cells += [_figure(value, content.t), _bar(value, axis, single)]
    if some_open:
        cells.append(_needed(overall, criteria, content.t))
    rule = rule_of(content, level)
    why = tuple(content.t.of(text) for text in _why(overall, criteria, rule))
    return (*cells, TableCell(lines=why))


def _figure(decision: Decision | None, t: Language) -> TableCell:
    """The value of the main criterion with its bounds."""
    from exitline.exits.decide.reasons import percent

    if decision is None or math.isnan(decision.value):
        return TableCell(t("cannot tell yet"), -1.0)
    space = "\N{NO-BREAK SPACE}"
    value = percent(decision.value, decision.threshold).replace(" ", space)
    if not decision.high > decision.low:
        return TableCell(t.figure(value), decision.value)
    low, high = (percent(x, decision.threshold)[:-2] for x in (decision.low, decision.high))
    return TableCell(t.figure(f"{value} ({low}{DASH}{high})"), decision.value)


def _bar(decision: Decision | None, axis: Axis, single: float | None) -> TableCell:
    """The bar of the main criterion, its dot in the shape of the outcome."""
    if decision is None:
        return TableCell()
    threshold = math.nan if single is not None else decision.threshold
    return TableCell(
        bar=bar_of(
            axis, decision.value, decision.low, decision.high, threshold=threshold,
            mark=KEYS[decision.outcome],
        )
    )  # fmt: skip


def _needed(overall: Decision, criteria: list[Decision], t: Language) -> TableCell:
    """Households more that would settle an open outcome, if one sample size can tell."""
    if overall.outcome != "cannot tell":
        return TableCell(t("none"), 0.0)
    more = _more(criteria)
    if math.isnan(more):
        return TableCell(t("see why"), None)
    if math.isinf(more):
        return TableCell(t("full count"), 1e15)
    return TableCell(count(more, t), more)


def _more(criteria: list[Decision]) -> float:
    """The largest number that open criteria need: infinite where only a full count would
    do, NaN where one of them has no number."""
    needs = [
        math.inf if d.needed + d.n >= d.population else d.needed
        for d in criteria
        if d.outcome == "cannot tell"
    ]
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
    criterion = criterion_of(rule, decision.criterion)
    return criterion is None or criterion.veto


def _labelled(decision: Decision, rule: ExitRule | None, *, many: bool) -> str:
    """A reason that names its criterion."""
    criterion = criterion_of(rule, decision.criterion)
    label = criterion.label if criterion is not None else decision.criterion
    if not many or decision.reason.startswith(label):
        return decision.reason
    return f"{label}: {decision.reason}"


def easiest_of(
    content: ReportInput, level: str, by_unit: Mapping[tuple[str, str], list[Decision]],
    overall: Mapping[tuple[str, str], Decision],
) -> str:  # fmt: skip
    """The open unit that the fewest more households would settle."""
    needs = {
        key: _more(by_unit.get(key, []))
        for key, decision in overall.items()
        if decision.outcome == "cannot tell"
    }
    known = {key: more for key, more in needs.items() if math.isfinite(more)}
    if not known or not content.sampled:
        return ""
    key = min(known, key=lambda k: known[k])
    columns = content.study.levels
    column = (columns.village if level == "village" else columns.county) or level
    name = isolated(content.area_label([column], [key[1]]))
    t = content.t
    where = t("{level} {name}", level=t.of(level), name=name)
    return t.plural("{unit}, with about {n} more household",
                    "{unit}, with about {n} more households", known[key], unit=where)  # fmt: skip
