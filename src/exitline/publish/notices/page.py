"""A notice as pages to be printed, one for each village, and as CSV."""

from __future__ import annotations

import csv
import io
from html import escape
from typing import TYPE_CHECKING

from exitline.words.catalogue import ENGLISH, Language
from exitline.words.sheets import safe_cells

if TYPE_CHECKING:
    from exitline.publish.notices import Notice

STYLE = """
body { margin: 0; color: #1a1f24; background: #fff;
  font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", Arial, sans-serif; }
section { max-width: 760px; margin: 0 auto; padding: 32px 20px; break-after: page; }
section:last-child { break-after: auto; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .2rem; }
h2 { font-size: 1.2rem; margin: 0 0 1rem; font-weight: 600; color: #56616b; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #d9dee2;
  overflow-wrap: anywhere; }
th:first-child, td:first-child { text-align: right; width: 3rem; color: #56616b; }
thead { display: table-header-group; }
p { margin: .8rem 0 0; }
"""


def render(notice: Notice, t: Language = ENGLISH) -> str:
    """The notice as one page of HTML; each village begins a new sheet.

    Parameters
    ----------
    notice : Notice
    t : Language
        Of the fixed words.
    """
    named = heads_of(t)
    heads = "".join(f'<th scope="col">{named[name]}</th>' for name in ("number", *notice.fields))
    sheets = "\n".join(_sheet(notice, v, rows, heads, t) for v, rows in notice.villages)
    return (
        f'<!DOCTYPE html>\n<html lang="{t.code}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(notice.title)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{sheets}\n</body>\n</html>\n"
    )


def heads_of(t: Language) -> dict[str, str]:
    """Headings of the fields, by name."""
    return {
        "number": t("No."), "reference": t.in_context("notice", "Household"), "name": t("Name"),
        "decision": t("Decision"), "date": t("Date"),
    }  # fmt: skip


def _sheet(
    notice: Notice, village: str, rows: tuple[tuple[str, ...], ...], heads: str, t: Language
) -> str:
    """One village."""
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in (str(i), *row)) + "</tr>"
        for i, row in enumerate(rows, start=1)
    )
    said = t("Posted on {day}.", day=notice.posted)
    if notice.last_day is not None:
        until = t.plural(
            "Objections until {day} ({n} day).",
            "Objections until {day} ({n} days).",
            notice.days or 0,
            day=notice.last_day,
        )
        said += " " + until
    listed = t.plural("{n} household", "{n} households", len(rows))
    how = t("How to object") + t.in_context("sign", ": ")
    return (
        f"<section>\n<h1>{escape(notice.title)}</h1>\n"
        f"<h2>{escape(village)} · {listed}</h2>\n"
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"
        f"<p>{said}</p>\n<p>{how}{escape(notice.objections)}</p>\n"
        "</section>"
    )


def as_csv(notice: Notice) -> str:
    """The same fields as CSV, the village in the first column; no cell is a formula.

    Parameters
    ----------
    notice : Notice
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("village", *notice.fields))
    for village, rows in notice.villages:
        writer.writerows(safe_cells((village, *row)) for row in rows)
    return out.getvalue()
