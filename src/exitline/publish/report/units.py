"""The table of units that were decided on: outcome, value, bounds and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from exitline.publish.content.direction import isolated
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.content import rule_of
from exitline.publish.report.stacks import KEYS, RANK, criterion_of, outcome_words
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
    from exitline.exits.decide.table import Decision
    from exitline.publish.report.content import ReportInput
    from exitline.rules.standard import ExitRule
    from exitline.words.catalogue import Language


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
