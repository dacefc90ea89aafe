"""The section on a multidimensional index: what it is, and which deprivations make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.content.indicators import IndexPart, index_parts
from exitline.publish.report import blocks as b
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.table import Row, Table, TableCell, TableColumn, bar_of
from exitline.words.numbers import Written, write

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.stats.infer.blocks import Estimate
    from exitline.words.catalogue import Language


@dataclass(frozen=True)
class IndexSection:
    """The index in sentences, and its parts as a chart-table."""

    title: str
    subtitle: str
    lines: tuple[str, ...]
    table: Table


def index_section(content: ReportInput) -> IndexSection | None:
    """The section; None where the run has no parts of an index.

    Parameters
    ----------
    content : ReportInput
    """
    parts, t = index_parts(content.estimates, content.standard), content.t
    if not parts:
        return None
    axis = shared_axis([p.share.estimate for p in parts], [p.share.ci_high for p in parts],
                       "share", t=t)  # fmt: skip
    first = parts[0]
    apart = all(first.share.ci_low > p.share.ci_high for p in parts[1:])
    title = (
        t("‘{name}’ makes up the largest part of the index", name=t.of(first.label))
        if apart else t("No deprivation stands out: the largest parts cannot be told apart")
    )  # fmt: skip
    columns = (
        TableColumn("name", t("Deprivation")),
        TableColumn("figure", t("Part of the index, %"), b.interval_words(content)),
        TableColumn("bar", t("Part of the index"), sortable=False),
        TableColumn("number", t("Poor and deprived in it, %"), b.interval_words(content)),
        TableColumn("number", t("Weight")),
    )
    table = Table("index-parts", title, columns, tuple(_row(p, axis, t) for p in parts), axis=axis,
                  sorted_by=1, total=len(parts))  # fmt: skip
    subtitle = t("Each deprivation's part of the index: its weight times the people who are poor "
                 "and deprived in it.")  # fmt: skip
    return IndexSection(title, subtitle, _lines(content), table)


def _row(part: IndexPart, axis: Axis | None, t: Language) -> Row:
    """One indicator."""
    share = part.share
    bar = bar_of(axis, share.estimate, share.ci_low, share.ci_high) if axis else None
    deprived = part.deprived
    said = t("not computed") if deprived is None else str(_written(deprived, "share", t))
    return (
        TableCell(t.of(part.label), small=t.of(part.dimension)),
        TableCell(str(_written(share, "share", t)), share.estimate), TableCell(bar=bar),
        TableCell(said, None if deprived is None else deprived.estimate),
        TableCell(t.figure(f"{100 * part.weight:.1f}\N{NO-BREAK SPACE}%"), part.weight),
    )  # fmt: skip


def _written(e: Estimate, unit: str, t: Language) -> Written:
    return write(e.estimate, e.ci_low, e.ci_high, e.se, unit, e.reason, t)


def _lines(content: ReportInput) -> tuple[str, ...]:
    """How many are poor, how much they lack, and the index of both."""
    whole = {e.measure: e for e in content.estimates if not e.by}
    t, said = content.t, []
    people = {"persons": t("persons"), "households": t("households")}[b.people_of(content)]
    if "H" in whole:
        said.append(t("{share} of {people} are poor in many ways at once.",
                      share=str(_written(whole["H"], "share", t)), people=people))  # fmt: skip
    if "A" in whole:
        said.append(t("On average they lack {share} of what is weighed.",
                      share=str(_written(whole["A"], "share", t))))  # fmt: skip
    if "M0" in whole:
        said.append(t("The index, the product of the two, is {figure}.",
                      figure=str(_written(whole["M0"], "index", t))))  # fmt: skip
    return tuple(said)
