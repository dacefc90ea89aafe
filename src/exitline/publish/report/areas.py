"""Estimates by area: for each set of areas a chart-table whose title is its finding."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.report import blocks as b
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.blocks import said_of
from exitline.publish.report.content import rule_of
from exitline.publish.report.maps import ReportMap, map_of
from exitline.publish.report.table import (
    MOST_ROWS,
    STATIC_ROWS,
    Reference,
    Row,
    Table,
    TableCell,
    TableColumn,
    bar_of,
)
from exitline.words.labels import inside
from exitline.words.numbers import SUPPRESSED, about, count

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.stats.infer.blocks import Block


MOST_MEASURES = 6
"""Measures side by side in a plain table: more do not fit on paper."""


@dataclass(frozen=True)
class ChartTable:
    """A chart-table: title (the finding), what is shown, how areas stand, source."""

    title: str
    subtitle: str
    standing: str
    source: str
    line: str
    table: Table
    measure: str = ""
    map: ReportMap | None = None
    line_name: str = ""


@dataclass(frozen=True)
class AreaSet:
    """One set of areas: a figure for each line, and all measures in plain tables."""

    key: str
    name: str
    figures: tuple[ChartTable, ...]
    measures: tuple[Table, ...]
    note: str
    by: str


def area_sets(content: ReportInput, *, maps: bool = False) -> tuple[AreaSet, ...]:
    """All sets of areas, in the order the study names them.

    Parameters
    ----------
    content : ReportInput
    maps : bool
        Whether to draw them, too: the page does; who only reads the titles need not.

    Returns
    -------
    tuple of AreaSet
    """
    names = b.sets(content.estimates)
    return tuple(
        _area_set(content, by, f"area{i}", maps=maps) for i, by in enumerate(names, start=1)
    )


def _area_set(content: ReportInput, by: str, key: str, *, maps: bool) -> AreaSet:
    """One set of areas."""
    found = b.of_set(content.estimates, by)
    lead = b.leads(content, found)
    name = content.t.listed(content.area_title(c) for c in b.columns_of(found[0]))
    figures = tuple(
        _figure(content, found, block, f"{key}-{i}", maps=maps)
        for i, block in enumerate(lead, start=1)
    )
    small = found[0].rows.size <= STATIC_ROWS
    rest = [block for block in found if all(block is not shown for shown in lead)]
    note = (
        ""
        if small or not rest
        else content.t("All other measures by area are in {file}.", file="estimates.parquet")
    )
    return AreaSet(
        key,
        name,
        figures,
        _measures(content, found, key, name) if small and rest else (),
        note,
        by,
    )


def _figure(
    content: ReportInput, found: list[Block], lead: Block, key: str, *, maps: bool
) -> ChartTable:
    """The chart-table of the leading measure at one line."""
    words = b.naming(content, lead.measure)
    whole = b.of_set(content.estimates, "")
    overall = next((o for o in whole if (o.measure, o.line) == (lead.measure, lead.line)), None)
    threshold = _threshold(content, lead)
    axis = shared_axis(
        [*lead.estimate.tolist(), *(overall.estimate.tolist() if overall else [])],
        lead.bounds.high.tolist(), words.unit, [threshold] if threshold is not None else [],
        t=content.t,
    )  # fmt: skip
    name = ", ".join(content.area_title(c) for c in b.columns_of(lead))
    companion = b.beside(found, lead, _companion(lead.measure))
    table = Table(
        key, content.t("{label} by {area}", label=words.label, area=name),
        _columns(content, words, name, companion),
        tuple(_rows(content, lead, companion, axis, words.unit)),
        _pinned(content, overall, companion, axis, words.unit), axis,
        _references(content, overall, axis, words.unit, threshold), sorted_by=1,
        total=lead.rows.size,
    )  # fmt: skip
    title, beside = said_of(content, lead, words)
    return ChartTable(
        title, _subtitle(content, lead, words.label, threshold), beside,
        source(content, lead), lead.line, table, lead.measure,
        map_of(content, lead, threshold) if maps else None, b.line_name(content, lead.line),
    )  # fmt: skip


def _threshold(content: ReportInput, lead: Block) -> float | None:
    """What an exit rule asks of these areas' headcount, where it asks the same of all."""
    level = next(
        (name for name, column in content.study.levels.named().items()
         if column == b.columns_of(lead)[-1] and name != "area_class"), None,
    )  # fmt: skip
    standard = content.standard
    rule = rule_of(content, level) if level is not None else None
    if rule is None or standard is None or standard.household is None:
        return None
    poor = standard.household.poor
    people = {"headcount": "persons", "household_headcount": "households"}.get(lead.measure)
    if poor is None or poor.lines != {lead.line}:
        return None
    values = {
        figure.value
        for c in rule.criteria
        if c.condition is not None and c.condition.text.strip() == "poor" and c.unit == people
        for figure in c.thresholds.values()
    }
    return values.pop() if len(values) == 1 else None


def _companion(measure: str) -> str:
    """The number of poor that goes with a share of poor."""
    known = {"headcount": "poor_count", "household_headcount": "poor_households"}
    return known.get(measure, "")


def _columns(
    content: ReportInput, words: b.Naming, name: str, companion: Block | None
) -> tuple[TableColumn, ...]:
    """Headings, with units."""
    people = b.people_of(content)
    t = content.t
    unit = {"share": "%", "money": b.money_words(content)}.get(words.unit, "")
    sign = t.in_context("sign", ", ") + unit if unit else ""
    interval = b.interval_words(content)
    drawn = t("Estimate and interval") if content.sampled else t("Value")
    found = [
        TableColumn("name", name),
        TableColumn("figure", f"{words.label}{sign}", interval),
        TableColumn("bar", drawn, sortable=False),
    ]
    if companion is not None:
        label = b.naming(content, companion.measure)
        found.append(TableColumn("number", label.label, interval if content.sampled else ""))
    heads = {"persons": t("Persons"), "households": t("Households")}
    note = t("estimated") if content.sampled else ""
    found.append(TableColumn("number", heads[people], note))
    rows = f"{content.study.unit}s"
    if content.sampled:
        found.append(TableColumn("number", heads[rows], t("in the sample")))
    elif people != "households" or rows != "households":
        found.append(TableColumn("number", heads[rows], t("counted")))
    return tuple(found)


def _rows(
    content: ReportInput, lead: Block, companion: Block | None, axis: Axis | None, unit: str
) -> list[Row]:
    """One row for each area, highest first, areas without a figure last; no more
    than a page can hold."""
    order = sorted(
        range(lead.rows.size),
        key=lambda i: (math.isnan(lead.estimate[i]), -float(lead.estimate[i])),
    )
    columns, keys = b.columns_of(lead), b.keys_of(lead)
    return [
        _row(content, content.area_label(columns, keys[i]), lead, companion, axis, unit, i)
        for i in order[:MOST_ROWS]
    ]


def _row(
    content: ReportInput, name: str, lead: Block, companion: Block | None, axis: Axis | None,
    unit: str, i: int,
) -> Row:  # fmt: skip
    """One area's cells."""
    said = b.written(content, lead, i, unit)
    value = float(lead.estimate[i])
    low, high = b.reach(lead, i)
    hidden, t = said.suppressed, content.t
    cells = [
        TableCell(name),
        TableCell(str(said), value, "" if hidden else said.reason),
        TableCell(bar=bar_of(axis, value, low, high) if axis is not None else None),
    ]
    if companion is not None:
        unit = b.naming(content, companion.measure).unit
        cells.append(
            TableCell(str(b.written(content, companion, i, unit)), float(companion.estimate[i]))
        )
    people, n = float(lead.population[i]), float(lead.n[i])
    cells.append(TableCell(said.text if hidden else about(people, content.sampled, t), people))
    if content.sampled or b.people_of(content) != "households" or content.study.unit == "person":
        cells.append(TableCell(said.text if hidden else count(n, t), n))
    return tuple(cells)


def _pinned(
    content: ReportInput, overall: Block | None, companion: Block | None,
    axis: Axis | None, unit: str,
) -> Row | None:  # fmt: skip
    """The row of all areas together."""
    if overall is None or not overall.rows.size:
        return None
    whole = b.of_set(content.estimates, "")
    total = b.beside(whole, overall, companion.measure) if companion is not None else None
    if companion is not None and total is None:
        return None
    return _row(content, content.t("All together"), overall, total, axis, unit, 0)


def _references(
    content: ReportInput,
    overall: Block | None,
    axis: Axis | None,
    unit: str,
    threshold: float | None,
) -> tuple[Reference, ...]:
    """The overall figure, and a threshold, as lines across all bars."""
    found: list[Reference] = []
    if axis is not None and threshold is not None:
        found.append(Reference(axis.at(threshold), "", "threshold"))
    if axis is not None and overall is not None and not math.isnan(float(overall.estimate[0])):
        at = axis.at(float(overall.estimate[0]))
        found.append(
            Reference(
                at,
                content.t("all: {figure}", figure=b.written(content, overall, 0, unit).text),
                "overall",
            )
        )
    return tuple(found)


def _subtitle(content: ReportInput, lead: Block, label: str, threshold: float | None) -> str:
    """What the chart shows, in what unit, at which line."""
    t, parts = content.t, [label]
    if content.sampled:
        parts.append(t("estimate (dot) and {sure} interval (bar)", sure=b.confidence(content)))
    else:
        parts.append(t("full count (dot)"))
    if threshold is not None:
        asked = t.figure(f"{100 * threshold:g} %")
        parts.append(t("threshold of the exit rule, {share} (upright line)", share=asked))
    return t.joined((t.joined(parts, ", "), inside(b.line_name(content, lead.line))))


def source(content: ReportInput, block: Block) -> str:
    """Line, standard, year and source, to stand under a chart.

    Parameters
    ----------
    content : ReportInput
    block : Block

    Returns
    -------
    str
    """
    study, standard, t = content.study, content.standard, content.t
    parts = [b.line_words(content, block.line)]
    if standard is not None:
        parts.append(t("standard: {title}", title=t.of(standard.title)))
    if study.year is not None:
        parts.append(t("year: {when}", when=str(study.year)))
    if study.subpopulation:
        parts.append(t("only where {condition}", condition=study.subpopulation))
    parts.append(t("data: {title} ({file})", title=study.title, file=study.households.name))
    text = t.joined(parts)
    text = t("{sentence}.", sentence=text[0].upper() + text[1:])
    hides = any(reason.startswith(SUPPRESSED) for reason in block.reason)
    return t.sentences(
        text, t("Suppressed figures would give a small count away.") if hides else ""
    )


def _heading_note(content: ReportInput, block: Block, unit: str) -> str:
    """Under the heading of a measure: its line, or the unit of an amount."""
    money = b.money_words(content) if unit == "money" else ""
    return content.t.joined((b.line_name(content, block.line), money))


def _measures(
    content: ReportInput, found: list[Block], key: str, name: str
) -> tuple[Table, ...]:  # fmt: skip
    """All measures of a set of areas, as plain figures, in tables that fit on paper."""
    size = math.ceil(len(found) / math.ceil(len(found) / MOST_MEASURES))
    return tuple(
        _some(content, found[at : at + size], f"{key}-all{i or ''}", name)
        for i, at in enumerate(range(0, len(found), size))
    )


def _some(content: ReportInput, found: list[Block], key: str, name: str) -> Table:
    """Some measures of a set of areas."""
    naming = {block.measure: b.naming(content, block.measure) for block in found}
    columns = [TableColumn("name", name)]
    columns += [
        TableColumn(
            "number",
            naming[block.measure].label,
            _heading_note(content, block, naming[block.measure].unit),
        )
        for block in found
    ]
    areas, first = b.columns_of(found[0]), found[0]
    rows = [
        (
            TableCell(content.area_label(areas, labels)),
            *(
                TableCell(
                    str(b.written(content, block, i, naming[block.measure].unit)),
                    float(block.estimate[i]),
                )
                for block in found
            ),
        )
        for i, labels in enumerate(b.keys_of(first))
    ]
    return Table(
        key,
        content.t("All measures by {area}", area=name),
        tuple(columns),
        tuple(rows),
        total=len(rows),
    )
