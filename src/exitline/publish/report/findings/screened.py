"""The page of screens: which patterns chance rarely makes, and what else may explain them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exitline.publish.report.axis import Axis
from exitline.publish.report.findings.sections import FoundPage, PageSection, sentence, table_of
from exitline.publish.report.table import TableCell, TableColumn, bar_of

if TYPE_CHECKING:
    from exitline.exits.screens import ScreenFinding
    from exitline.words.catalogue import Language

RARE = 0.05
"""Adjusted p-values up to this one are called rare."""


def screens_page(found: Sequence[ScreenFinding], t: Language, *, title: str = "") -> FoundPage:
    """All screens of one table.

    Parameters
    ----------
    found : sequence of ScreenFinding
    t : Language
    title : str
    """
    names = list(dict.fromkeys(one.screen for one in found))
    rare = sum(one.q_value <= RARE for one in found)
    answer = t.plural("{m} of {n} pattern is rare", "{m} of {n} patterns are rare", len(found),
                      m=rare)  # fmt: skip
    steps = (
        (t("Look at the rarest first, with its ordinary explanations beside it."),
         t("Ask those who know the place before anyone is named."),
         t("Visit again where the explanation does not hold."))
        if rare else (t("Nothing here asks for a second visit."),)
    )  # fmt: skip
    return FoundPage(
        t("Screens of records"), title or t("Patterns that chance rarely makes"),
        question=t("Which patterns in these records would chance rarely make?"),
        answer=answer, meaning=t("after adjustment for the number of tests"),
        sure=(
            t("A small p-value says that a pattern is rare, not why it is there."),
            t("Among patterns called rare, about one in twenty is expected to be chance."),
        ),
        steps=steps,
        sections=tuple(
            _screen([one for one in found if one.screen == name], f"screen-{i}", t)
            for i, name in enumerate(names, start=1)
        ),
    )  # fmt: skip


def _screen(found: Sequence[ScreenFinding], key: str, t: Language) -> PageSection:
    """One screen: each unit beside what chance alone would give."""
    first, axis = found[0], _axis(found, t)
    rare = sum(one.q_value <= RARE for one in found)
    heading = t.plural("{what}: {m} of {n} test rare after adjustment",
                       "{what}: {m} of {n} tests rare after adjustment", len(found), m=rare,
                       what=sentence(t.of(first.screen)))  # fmt: skip
    found_in_words = any(one.detail for one in found)
    columns = [
        TableColumn("name", t("Unit")), TableColumn("number", t("Found")),
        *([TableColumn("bar", t("Found, and expected"), sortable=False)] if axis else []),
        TableColumn("number", t("Expected")), TableColumn("number", t("Adjusted p")),
        TableColumn("number", t("p")), TableColumn("number", t("Rows")),
        *([TableColumn("name", t("What was found"))] if found_in_words else []),
    ]  # fmt: skip
    rows = tuple(_row(one, axis, t)[: len(columns)] for one in found)
    return PageSection(
        heading, t("{what}. Null: {hypothesis}.", what=sentence(t.of(first.measure)),
                   hypothesis=t.of(first.null)),
        table_of(key, heading, tuple(columns), rows, axis), points=(t.of(first.reading),),
        source=t("Dot: what was found. Upright line: what chance alone would give.")
        if axis else "", key=key,
    )  # fmt: skip


def _axis(found: Sequence[ScreenFinding], t: Language) -> Axis | None:
    """An axis for the units of a screen; none for a single one."""
    from exitline.publish.report.axis import shared_axis

    if len(found) < 2:
        return None
    return shared_axis([one.statistic for one in found], [], "number",
                       [one.expected for one in found], t=t)  # fmt: skip


def _row(one: ScreenFinding, axis: Axis | None, t: Language) -> tuple[TableCell, ...]:
    """One test."""
    mark = "not-met" if one.q_value <= RARE else "estimate"
    cells = [TableCell(one.unit or t("all")),
             TableCell(t.figure(f"{one.statistic:,.3g}"), one.statistic)]  # fmt: skip
    if axis is not None:
        bar = bar_of(axis, one.statistic, one.statistic, one.statistic, threshold=one.expected,
                     mark=mark)  # type: ignore[arg-type]  # fmt: skip
        cells.append(TableCell(bar=bar))
    return (
        *cells, TableCell(t.figure(f"{one.expected:,.3g}"), one.expected),
        TableCell(_p(one.q_value, t), one.q_value), TableCell(_p(one.p_value, t), one.p_value),
        TableCell(t.number(one.n), one.n), TableCell(t.of(one.detail)),
    )  # fmt: skip


def _p(value: float, t: Language) -> str:
    """A p-value with as many digits as it carries."""
    if value < 0.001:
        return t("under {figure}", figure=t.figure("0.001"))
    return t.figure(f"{value:.3f}") if value == value else t("none")
