"""Works as one page: a sentence, a map, and tables under their questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from exitline.foreign import visible
from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.publish.maps.draw import MapDrawing
    from exitline.words.shown.table import ReadableTable

MOST = 200
"""Rows of a table on the page; the file that `--save` writes has all."""


@dataclass(frozen=True)
class WorksSection:
    """A question with its answer.

    Attributes
    ----------
    heading : str
    lead : str
        One sentence: the answer.
    table : ReadableTable or None
    drawing : MapDrawing or None
    """

    heading: str
    lead: str = ""
    table: ReadableTable | None = None
    drawing: MapDrawing | None = None


def render_works(
    title: str, under: str, sections: Sequence[WorksSection], notes: Sequence[str] = (),
    t: Language = ENGLISH,
) -> str:  # fmt: skip
    """The page, in one file.

    Parameters
    ----------
    title, under : str
    sections : sequence of WorksSection
    notes : sequence of str
        What was left out, and what a reader must know.
    t : Language
        Of the fixed words.
    """
    styles = files("exitline.publish.report") / "templates"
    css = "".join((styles / name).read_text(encoding="utf-8") for name in ("look.css", "style.css"))
    body = "".join(_section(one) for one in sections)
    if notes:
        items = "".join(f"<li>{_safe(note)}</li>" for note in notes)
        heading = t("What to mind")
        body += f'<section><h2>{heading}</h2><ul class="prose">{items}</ul></section>'
    return (
        f'<!DOCTYPE html>\n<html lang="{t.code}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{_safe(title)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{css}\n.wide{{overflow-x:auto}} main svg{{max-width:760px;width:100%}}"
        "</style>\n</head>\n<body>\n"
        f'<header class="top"><h1>{_safe(title)}</h1><p class="under">{_safe(under)}</p></header>'
        f"\n<main>{body}</main>\n</body>\n</html>\n"
    )


def _section(one: WorksSection) -> str:
    """One question."""
    parts = [f"<h2>{_safe(one.heading)}</h2>"]
    if one.lead:
        parts.append(f'<p class="lead">{_safe(one.lead)}</p>')
    if one.drawing is not None:
        parts.append(one.drawing.svg)
    if one.table is not None and one.table.rows:
        parts.append(f'<div class="wide">{one.table.html(MOST)}</div>')
    return f"<section>{''.join(parts)}</section>"


def _safe(text: str) -> str:
    return escape(visible(text))
