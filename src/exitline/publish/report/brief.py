"""The brief: two pages of a report, for the screen and the printer, or as a document of Word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.publish.report import blocks as b
from exitline.publish.report.page import digest, environment, page_asset, style, view
from exitline.words.shown.files import need

if TYPE_CHECKING:
    from exitline.publish.report.areas import AreaSet, ChartTable
    from exitline.publish.report.content import ReportInput
    from exitline.publish.report.decided import DecidedLevel
    from exitline.publish.report.page import Page
    from exitline.words.catalogue import Language

MOST_ROWS = 12
"""Areas of the one table."""
MOST_FINDINGS = 6
MOST_OF_CHART = 40
"""A set of more areas is no picture for two pages."""


@dataclass(frozen=True)
class Brief:
    """What stands on two pages.

    Attributes
    ----------
    page : Page
        The report that it is made of.
    chart : ChartTable or None
        The one figure, with the areas that have the highest values.
    left_out : int
        Areas that the report shows besides.
    findings : tuple of (str, str)
        Of every other set of areas: where, and what.
    decided : tuple of str
        Numbers by outcome, a sentence a level.
    lines, method : tuple of str
    """

    page: Page
    chart: ChartTable | None
    left_out: int
    findings: tuple[tuple[str, str], ...]
    decided: tuple[str, ...]
    lines: tuple[str, ...]
    method: tuple[str, ...]


def brief_of(content: ReportInput) -> Brief:
    """The brief of a run.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    Brief

    Examples
    --------
    >>> from exitline.api import estimate
    >>> from exitline.stats.data import parse_study
    >>> from exitline.publish.report import ReportInput
    >>> import pandas as pd
    >>> study = parse_study("{study: Four homes, data: {households: homes.csv}}")
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0]})
    >>> made = brief_of(ReportInput(study, estimate(homes, "headcount", welfare="y", line=2.5)))
    >>> made.page.title, made.chart
    ('Four homes', None)
    """
    page, t = view(content), content.t
    shown = _chosen(page.areas)
    chart = shown.figures[0] if shown is not None else None
    rows = chart.table.rows if chart is not None else ()
    if chart is not None and len(rows) > MOST_ROWS:
        chart = replace(chart, table=replace(chart.table, rows=rows[:MOST_ROWS], total=MOST_ROWS))
    findings = [(areas.name, areas.figures[0].title) for areas in page.areas
                if areas is not shown and areas.figures]  # fmt: skip
    labels = dict.fromkeys(block.line for block in content.estimates.blocks if block.line)
    facts = {fact.term: fact.details for fact in page.method.facts}
    method = (*facts.get(t("Intervals"), ())[:1], *facts.get(t("Subpopulation"), ()))
    return Brief(
        page, chart, max(0, len(rows) - MOST_ROWS),
        tuple(findings[:MOST_FINDINGS]), tuple(_counted(level, t) for level in page.levels),
        tuple(b.line_words(content, label) for label in labels), method,
    )  # fmt: skip


def _chosen(areas: tuple[AreaSet, ...]) -> AreaSet | None:
    """The set of areas that tells most: the finest that a page can hold."""
    small = [of for of in areas if of.figures and len(of.figures[0].table.rows) <= MOST_OF_CHART]
    return max(small, key=lambda of: len(of.figures[0].table.rows), default=None)


def _counted(level: DecidedLevel, t: Language) -> str:
    """Households, villages or counties by outcome, in a sentence."""
    parts = [f"{segment.count} {segment.word}" for segment in level.overall.segments]
    return level.title + t.signs[": "] + t.joined(parts, ", ")


def brief_page(made: Brief, t: Language) -> str:
    """The brief as one HTML file that prints on two pages.

    Parameters
    ----------
    made : Brief
    t : Language

    Returns
    -------
    str
    """
    css = style(t) + page_asset("brief.css")
    page = (
        environment(page_asset)
        .get_template("brief.html.j2")
        .render(brief=made, t=t, plural=t.plural, style=css, style_digest=digest(css))
    )
    return str(page)


def brief_document(made: Brief, t: Language, path: Path) -> None:
    """The brief as a document of Word.

    Parameters
    ----------
    made : Brief
    t : Language
    path : Path
        Ending in .docx.

    Raises
    ------
    ExitlineError
        Where python-docx is not installed.
    """
    need("docx", "documents", "writing .docx")
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    for section in document.sections:
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.0)
        section.top_margin = section.bottom_margin = Cm(1.6)
    normal = document.styles["Normal"]
    normal.font.size, normal.paragraph_format.space_after = Pt(10), Pt(4)
    head = made.page.headline
    document.add_heading(made.page.title, level=1)
    document.add_paragraph(head.question)
    answer = document.add_paragraph()
    run = answer.add_run(str(head.figure))
    run.bold, run.font.size = True, Pt(20)
    answer.add_run(f"  {head.meaning} {head.people}")
    for small in head.smaller:
        document.add_paragraph(f"{small.figure} {small.label}")
    _listed(document, t("How sure"), head.sure, "List Bullet")
    _listed(document, t("What to do next"), [s.text for s in head.steps], "List Number")
    if made.chart is not None:
        document.add_heading(made.chart.title, level=2)
        document.add_paragraph(made.chart.subtitle)
        _table(document, made.chart, t)
        document.add_paragraph(made.chart.source)
    said = [where + t.signs[": "] + what for where, what in made.findings]
    _listed(document, t("Other areas"), said, "List Bullet")
    _listed(document, made.page.decided, made.decided, "List Bullet")
    _listed(document, t("How it was measured"), [*made.lines, *made.method], "List Bullet")
    document.save(str(path))


def _listed(document: Any, title: str, texts: Any, kind: str) -> None:
    """A heading and its points; nothing where there is none."""
    if not texts:
        return
    document.add_heading(title, level=2)
    for text in texts:
        document.add_paragraph(text, style=kind)


def _table(document: Any, chart: ChartTable, t: Language) -> None:
    """The figures of the areas, without the drawn bars."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    table = chart.table
    kept = [i for i, column in enumerate(table.columns) if column.kind != "bar"]
    heads = [t.joined((table.columns[i].label, table.columns[i].note), ", ") for i in kept]
    rows = ([table.pinned] if table.pinned is not None else []) + list(table.rows)
    shown = document.add_table(rows=1, cols=len(kept), style="Light List")
    for at, texts in enumerate([heads, *([row[i].text for i in kept] for row in rows)]):
        cells = (shown.rows[0] if not at else shown.add_row()).cells
        for i, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            cell.text = text
            if i:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
