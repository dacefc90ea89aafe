"""The page of movements: flows between visits, rates with intervals, histories."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.publish.report.axis import shared_axis
from exitline.publish.report.findings.drawings import Flow, VisitPair, alluvial
from exitline.publish.report.findings.sections import FoundPage, PageSection, sentence, table_of
from exitline.publish.report.table import TableCell, TableColumn, bar_of
from exitline.words.numbers import Written, points, write
from exitline.words.said import Told, collected

if TYPE_CHECKING:
    from exitline.stats.panel.report import DynamicsSection
    from exitline.words.catalogue import Language

_WORDS = {
    "exit_rate": collected("poor who left"),
    "entry_rate": collected("others who fell"),
    "re_entry_rate": collected("leavers who fell back"),
    "first_entry_rate": collected("never poor who fell"),
    "lasting_exit_rate": collected("leavers who stayed out"),
    "persistence_rate": collected("poor who stayed poor"),
    "stay_out_rate": collected("others who stayed out"),
    "attrition_rate": collected("lost"),
    "exit_confirmed": collected("leavers confirmed"),
    "plain_headcount": collected("poor, plain line"),
    "lasting_headcount": collected("poor, lasting rule"),
}
_FLOWS = {
    "share_poor_poor": collected("poor at both visits"),
    "share_poor_out": collected("left poverty"),
    "share_out_poor": collected("fell into poverty"),
    "share_out_out": collected("not poor at either visit"),
}
_COLUMNS = {
    "state": collected("state"), "time": collected("time"), "at_risk": collected("at risk"),
    "ended": collected("ended"), "hazard": collected("hazard"),
    "still_in": collected("still in the state"),
    "reliability": collected("real"), "se": collected("standard error"),
    "ci_low": collected("interval from"), "ci_high": collected("interval to"),
    "exit_se": collected("standard error of the exit rate"),
    "entry_se": collected("standard error of the entry rate"),
}  # fmt: skip
_STATES = {"poor": collected("poor"), "out": collected("out of poverty")}
_SECONDARY = ("persistence_rate", "stay_out_rate", "share_", "anonymous_growth")
"""Left out of short tables: they follow from the others, or serve comparison."""
_INDICES = ("total_poverty", "chronic_poverty", "transient_poverty", "duration_adjusted", "all_sp")
"""Measures that are indices; all others are shares or rates, shown in percent."""


@dataclass(frozen=True)
class MovedRow:
    """One estimate of a part, as it is read.

    Attributes
    ----------
    domain, what, waves : str
    said : Written
    n : int
    record : mapping
        The estimate.
    """

    domain: str
    what: str
    waves: str
    said: Written
    n: int
    record: Mapping[str, Any]


def secondary(record: Mapping[str, Any]) -> bool:
    """Whether an estimate is left out of a short table.

    Parameters
    ----------
    record : mapping
        A row of a part.
    """
    nobody_lost = record["measure"].startswith("attrition_rate") and record["estimate"] == 0
    return bool(nobody_lost or record["measure"].startswith(_SECONDARY))


def moved_row(record: Mapping[str, Any], t: Language) -> MovedRow:
    """One estimate as people read it; differences in points.

    Parameters
    ----------
    record : mapping
        A row of a part that is made of estimates.
    t : Language
    """
    name, _, inside = record["measure"].rstrip(")").partition("(")
    what = _WORDS.get(name) or _FLOWS.get(name) or name.replace("_", " ")
    what, waves = t.of(Told(what)), inside.replace(">", "–")
    if name == "share":
        what, waves = t.joined((t.of(Told(state)) for state in inside.split(",")), ", "), ""
    unit = "index" if name.startswith(_INDICES) else "share"
    value, ends, se = record["estimate"], (record["ci_low"], record["ci_high"]), record["se"]
    if unit == "share" and record["difference"]:
        said = points(value, *ends, se, t)
    else:
        said = write(value, *ends, se, unit, record["reason"], t)
    return MovedRow(record["domain"] or t("all"), what, waves, said, record["n"], record)


def dynamics_page(found: Sequence[DynamicsSection], t: Language, *, title: str = "") -> FoundPage:
    """Movements in and out of poverty.

    Parameters
    ----------
    found : sequence of DynamicsSection
    t : Language
    title : str
    """
    rates = next((part.records for part in found if part.name == "rates"), ())
    whole = {r["measure"]: r for r in rates if not r["by"] and not r["difference"]}
    pairs = _pairs(whole, t)
    sections = [_flows(pairs, whole, t)] if pairs else []
    sections += [_part(part, f"part-{i}", t) for i, part in enumerate(found, start=1)
                 if part.records]  # fmt: skip
    notes = dict.fromkeys(sentence(t.of(note)) for part in found for note in part.notes)
    page = FoundPage(
        t("Movements"), title or t("Who left poverty, and who fell into it"),
        sections=tuple(sections), notes=tuple(notes),
    )  # fmt: skip
    return _answered(page, pairs[-1], whole, t) if pairs else page


def _answered(
    page: FoundPage, last: VisitPair, whole: Mapping[str, Mapping[str, Any]], t: Language
) -> FoundPage:
    """The page with its first screen: the last two visits."""
    from dataclasses import replace

    place = f"({last.before}>{last.after})"
    left = moved_row(whole["exit_rate" + place], t).said
    fell = moved_row(whole["entry_rate" + place], t).said
    level = t.figure(f"{100 * whole['exit_rate' + place]['level']:g}\N{NO-BREAK SPACE}%")
    sure = [
        t("{sure} interval of those who left: {ends}.", sure=level,
          ends=left.interval or t("none")),
        t("{sure} interval of those who fell: {ends}.", sure=level,
          ends=fell.interval or t("none")),
        t.plural("{n} household was poor at {wave}, {m} not.",
                 "{n} households were poor at {wave}, {m} were not.",
                 whole["exit_rate" + place]["n"], m=whole["entry_rate" + place]["n"],
                 wave=last.before),
    ]  # fmt: skip
    return replace(
        page,
        question=t("Of those who were poor at {first}, how many had left poverty at {last}? Of the "
                   "others, how many fell?", first=last.before, last=last.after),
        answer=t("{left} left, {fell} fell", left=left.text, fell=fell.text),
        meaning=t("Of those who were poor at {first}, {left} were out of poverty at {last}; of the "
                  "others, {fell} had become poor.", first=last.before, last=last.after,
                  left=left.text, fell=fell.text),
        sure=tuple(sure),
        steps=(
            t("Support those who leave until it lasts: a single visit above the line is not an "
              "exit."),
            t("Keep a watch on those a little above the line: exitline watch ranks them."),
            t("Ask what made others fall: illness, drought and lost work need different help."),
        ),
    )  # fmt: skip


def _pairs(whole: Mapping[str, Mapping[str, Any]], t: Language) -> list[VisitPair]:
    """The flows between each two visits, where the rates are there."""
    found = []
    for measure in whole:
        name, _, inside = measure.rstrip(")").partition("(")
        if name != "share_poor_poor":
            continue
        before, _, after = inside.partition(">")
        flows = tuple(
            Flow(one, two, whole[key]["estimate"], moved_row(whole[key], t).said)
            for one in ("out", "poor") for two in ("out", "poor")
            for key in [f"share_{one}_{two}({inside})"]
        )  # fmt: skip
        if all(math.isfinite(flow.share) for flow in flows):
            found.append(VisitPair(before, after, flows))
    return found


def _flows(
    pairs: Sequence[VisitPair], whole: Mapping[str, Mapping[str, Any]], t: Language
) -> PageSection:
    """The picture of all flows, and the same as a table with intervals."""
    heading = t("Where households went between visits")
    rows, axis = [], shared_axis(
        [flow.share for pair in pairs for flow in pair.flows],
        [whole[f"share_{f.before}_{f.after}({p.before}>{p.after})"]["ci_high"]
         for p in pairs for f in p.flows], "share", t=t,
    )  # fmt: skip
    for pair in pairs:
        for flow in pair.flows:
            name = f"share_{flow.before}_{flow.after}"
            record = whole[f"{name}({pair.before}>{pair.after})"]
            said = moved_row(record, t)
            bar = bar_of(axis, record["estimate"], record["ci_low"], record["ci_high"]) \
                if axis else None  # fmt: skip
            rows.append(
                (
                    TableCell(said.what),
                    TableCell(said.waves),
                    TableCell(str(said.said), record["estimate"]),
                    TableCell(bar=bar),
                )
            )
    columns = (
        TableColumn("name", t("What happened")), TableColumn("name", t("Visits")),
        TableColumn("figure", t("Share of households"), _sure(whole, t)),
        TableColumn("bar", t("Share of households"), sortable=False),
    )  # fmt: skip
    return PageSection(
        heading, t("Of all households seen at both visits. Orange: poor, or fell into poverty; "
                   "blue: not poor, or left poverty."),
        table_of("flows", heading, columns, tuple(rows), axis),
        alluvial(pairs, heading, t), key="flows",
        source=t("Under each share is its {what}.", what=_sure(whole, t)),
    )  # fmt: skip


def _sure(records: Mapping[str, Mapping[str, Any]], t: Language) -> str:
    level = next(iter(records.values()))["level"]
    return t("{sure} interval", sure=t.figure(f"{100 * level:g}\N{NO-BREAK SPACE}%"))


def _part(part: DynamicsSection, key: str, t: Language) -> PageSection:
    """One part as a table: estimates with bars, others as they are."""
    heading = t.of(part.title)
    if "estimate" not in part.records[0]:
        return PageSection(heading, table=_plain_table(part, key, heading, t), key=key)
    shown = [moved_row(r, t) for r in part.records if not secondary(r)]
    levels = [row for row in shown if not row.record["difference"]]
    axis = shared_axis([row.record["estimate"] for row in levels],
                       [row.record["ci_high"] for row in levels], "share", t=t)  # fmt: skip
    areas = len({row.domain for row in shown}) > 1
    waves = any(row.waves for row in shown)
    rows = []
    for row in shown:
        bar = None
        if axis is not None and not row.record["difference"]:
            bar = bar_of(axis, row.record["estimate"], row.record["ci_low"], row.record["ci_high"])
        rows.append((
            TableCell(row.what),
            *([TableCell(row.domain)] if areas else []), *([TableCell(row.waves)] if waves else []),
            TableCell(str(row.said), row.record["estimate"], row.said.reason), TableCell(bar=bar),
            TableCell(t.number(row.n), row.n),
        ))  # fmt: skip
    by = dict.fromkeys(r["by"] for r in part.records if r["by"])
    columns = (
        TableColumn("name", t("What")),
        *([TableColumn("name", ", ".join(by) or t("Area"))] if areas else []),
        *([TableColumn("name", t("Visits"))] if waves else []),
        TableColumn("figure", t("Estimate"), _sure({"": part.records[0]}, t)),
        TableColumn("bar", t("Estimate and interval"), sortable=False),
        TableColumn("number", t("Households")),
    )  # fmt: skip
    return PageSection(heading, table=table_of(key, heading, columns, tuple(rows), axis), key=key)


def _plain_table(part: DynamicsSection, key: str, heading: str, t: Language) -> Any:
    """Rows that are not estimates."""
    names = list(part.records[0])
    columns = tuple(
        TableColumn("name" if isinstance(part.records[0][n], str) else "number",
                    t.of(Told(column_said(n))), sortable=False)
        for n in names
    )  # fmt: skip
    rows = tuple(tuple(TableCell(plain_cell(n, r[n], t)) for n in names) for r in part.records)
    return table_of(key, heading, columns, rows)


def column_said(name: str) -> str:
    """What a column of a part is called.

    Examples
    --------
    >>> column_said("at_risk")
    'at risk'
    """
    return _COLUMNS.get(name) or name.replace("_", " ")


def plain_cell(name: str, value: Any, t: Language) -> str:
    """A cell of a table that is not made of estimates.

    Parameters
    ----------
    name : str
        Of its column.
    value : str or number
    t : Language
    """
    if isinstance(value, str):
        return t.of(_STATES[value]) if name == "state" and value in _STATES else value
    if name in {"time", "at_risk", "ended", "reliability"}:
        return t.figure(f"{value:g}")
    return write(value, math.nan, math.nan, 0.0, "share", t=t).text
