"""A page with one table, made by Great Tables; opens from disk, prints, works on a phone."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from exitline.publish.tables.write.wide import Wide, wide
from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.publish.tables.content import SafeTable

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1f24; --soft: #56616b; --faint: #d9dee2; --page: #fff; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e9edf0; --soft: #a9b4bd; --faint: #3c464e; --page: #12171b; } }
body { margin: 0; padding: 24px 20px; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; text-wrap: balance; }
.under { color: var(--soft); margin: .3rem 0 1.2rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
dl { color: var(--soft); font-size: .85rem; max-width: 75ch; margin: 1.2rem 0 0; }
dt { float: left; clear: left; margin-right: .5em; font-weight: 600; }
dd { margin: 0 0 .3rem; overflow-wrap: anywhere; }
#table .gt_table, #table .gt_table td, #table .gt_table th { background: var(--page) !important;
  color: var(--ink) !important; border-color: var(--faint) !important; }
#table .gt_table { margin: 0 !important; font-family: inherit !important; }
#table .gt_table td, #table .gt_table th { white-space: nowrap; padding-left: 16px; }
#table .gt_table .gt_stub, #table .gt_table .gt_stubhead { padding-left: 2px; }
#table .gt_table .gt_stub { position: sticky; left: 0; border-right: 0; white-space: normal;
  min-width: 7.5rem; }
#table .interval { display: block; color: var(--soft); font-size: .85em; line-height: 1.2;
  font-weight: 400; }
#table .hidden { color: var(--soft); font-style: italic; }
@media (max-width: 500px) { h1 { font-size: 1.25rem; } body { padding: 16px 12px; }
  #table .gt_table { font-size: 0.82rem !important; }
  #table .gt_table td, #table .gt_table th { padding-left: 6px; padding-right: 2px; }
  #table .gt_table th { white-space: normal; hyphens: auto; min-width: 3.2rem; }
  #table .gt_table .gt_stub { min-width: 5rem; } }
@media print { .scroll { overflow: visible; } }
"""
_PAGE = """<!DOCTYPE html>
<html lang="{code}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="under">{under}</p>
<div class="scroll" tabindex="0" role="region" aria-label="{title}">
{table}
</div>
<dl>{said}</dl>
</main>
</body>
</html>
"""


def render_html(table: SafeTable, t: Language = ENGLISH) -> str:
    """A table as a page: title, unit, line and year above, everything else below.

    Parameters
    ----------
    table : SafeTable
    t : Language
        The reader's.

    Raises
    ------
    ExitlineError
        Where great_tables is not installed.
    """
    from exitline.words.shown.files import need

    need("great_tables", "tables", "writing .html")
    facts = table.facts
    title = escape(facts.title)
    under = " · ".join(x for x in (t.of(facts.unit), t.of(facts.line), facts.year) if x)
    said = "".join(f"<dt>{escape(n)}</dt><dd>{escape(x)}</dd>" for n, x in facts.lines(t))
    return _PAGE.format(
        code=t.code, title=title, style=_STYLE, under=escape(under), said=said,
        table=_great_table(table, t).as_raw_html(inline_css=False),
    )  # fmt: skip


def _great_table(table: SafeTable, t: Language) -> Any:
    """The table itself; a column for each figure and category."""
    import numpy as np
    import pandas as pd
    from great_tables import GT, loc, style

    laid = wide(table, t)
    names = [f"c{i}" for i in range(len(laid.heads))]
    number = np.arange(laid.values.size).reshape(laid.values.shape)
    frame = pd.DataFrame(number, columns=names)
    frame.insert(0, "area", _indented(laid))
    made = (
        GT(frame, rowname_col="area", id="table")
        .fmt(lambda at: _cell(laid, at // len(names), at % len(names), t), names)
        .cols_label({n: category or figure for n, (figure, category) in
                     zip(names, laid.heads, strict=True)})
        .cols_align("right", names)
        .tab_stubhead(" / ".join(table.heading(name) for name in table.sides[0].names))
    )  # fmt: skip
    if any(category for _, category in laid.heads):
        for figure in dict.fromkeys(figure for figure, _ in laid.heads):
            under = [n for n, (f, _) in zip(names, laid.heads, strict=True) if f == figure]
            made = made.tab_spanner(figure, under)
    upper = [i for i, depth in enumerate(laid.depths) if depth < max(laid.depths)]
    return (
        made.tab_style(style.text(weight="bold"), [loc.stub(rows=upper), loc.body(rows=upper)])
        .tab_options(
            table_font_size="0.95rem", data_row_padding="4px", table_border_top_style="none",
            table_border_bottom_style="none",
            table_additional_css=[".gt_row {font-variant-numeric: tabular-nums;}"],
        )
    )  # fmt: skip


def _cell(laid: Wide, row: int, column: int, t: Language) -> str:
    """The figure, and its interval below it."""
    word = escape(t("suppressed"))
    hidden = f'<span class="hidden">{word}</span>'
    interval = laid.interval(row, column, t)
    under = f'<span class="interval">{escape(interval)}</span>' if interval else ""
    return laid.text(row, column, hidden, t) + under


def _indented(laid: Wide) -> list[str]:
    """Names with a space for each level below the first."""
    blank = "\N{EM SPACE}"
    return [blank * max(0, d - 1) + name for name, d in zip(laid.stub, laid.depths, strict=True)]
