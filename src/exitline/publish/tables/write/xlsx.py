"""A workbook: the table with a frozen head, and a sheet of notes."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from exitline.publish.tables.write.wide import Wide, wide
from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.publish.tables.content import SafeTable

_HEAD = 4  # rows above the cells: title, unit, figure, category


def workbook(table: SafeTable, t: Language = ENGLISH) -> bytes:
    """Numbers as numbers, suppressed cells as the word, one sheet of notes.

    Parameters
    ----------
    table : SafeTable
    t : Language
        The reader's; names of sheets are in English.

    Raises
    ------
    ExitlineError
        Where openpyxl is not installed.
    """
    from exitline.words.shown.files import need

    need("openpyxl", "tables", "writing .xlsx")
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Table"
    laid = wide(table, t)
    _head(sheet, table, laid, t)
    _body(sheet, laid, t)
    _shape(sheet, laid, t)
    _notes(book.create_sheet("Notes"), table, t)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _head(sheet: Any, table: SafeTable, laid: Wide, t: Language) -> None:
    """Title, unit, and two rows of headings."""
    from openpyxl.styles import Alignment, Font

    facts = table.facts
    _text(sheet, 1, 1, facts.title).font = Font(bold=True, size=14)
    under = " · ".join(x for x in (t.of(facts.unit), t.of(facts.line), facts.year) if x)
    _text(sheet, 2, 1, under).font = Font(color="56616B")
    rows = " / ".join(table.heading(name) for name in table.sides[0].names)
    _text(sheet, _HEAD, 1, rows).font = Font(bold=True)
    before = ""
    for column, (figure, text) in enumerate(_heads(laid, t), start=2):
        if figure != before:
            sheet.cell(_HEAD - 1, column, figure).font = Font(bold=True)
        before = figure
        cell = _text(sheet, _HEAD, column, text)
        cell.font, cell.alignment = Font(bold=True), Alignment(horizontal="right", wrap_text=True)


def _heads(laid: Wide, t: Language) -> list[tuple[str, str]]:
    """Figure and heading of every column of the sheet: an estimate's is followed by its ends."""
    found: list[tuple[str, str]] = []
    for (figure, category), sampled in zip(laid.heads, laid.sampled, strict=True):
        found.append((figure, category))
        if sampled:
            ends = t("low"), t("high")
            found += [(figure, t.joined((category, end) if category else (end,), ", "))
                      for end in ends]  # fmt: skip
    return found


def _body(sheet: Any, laid: Wide, t: Language) -> None:
    """One row for each area, indented by level."""
    from openpyxl.styles import Alignment, Font

    for row, (name, depth) in enumerate(zip(laid.stub, laid.depths, strict=True)):
        cell = _text(sheet, row + _HEAD + 1, 1, name)
        cell.alignment = Alignment(indent=max(0, depth - 1))
        cell.font = Font(bold=depth < max(laid.depths))
        at = 2
        for column, value in enumerate(laid.values[row]):
            ends = (laid.low[row, column], laid.high[row, column]) if laid.sampled[column] else ()
            for number in (value, *ends):
                cell = sheet.cell(row + _HEAD + 1, at)
                at += 1
                if math.isnan(value):
                    cell.value = t("suppressed")
                    cell.font = Font(italic=True, color="56616B")
                    cell.alignment = Alignment(horizontal="right")
                elif not math.isnan(number):
                    whole = not laid.decimals[row, column]
                    cell.value = int(number) if whole else float(number)
                    cell.number_format = "#,##0" if whole else "0.0"


def _shape(sheet: Any, laid: Wide, t: Language) -> None:
    """Frozen head, widths, printing."""
    from openpyxl.styles import Border, Side
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = sheet.cell(_HEAD + 1, 2)
    sheet.column_dimensions["A"].width = min(50, 4 + max(map(len, (*laid.stub, "Total"))))
    for column, (_, text) in enumerate(_heads(laid, t), start=2):
        sheet.column_dimensions[get_column_letter(column)].width = min(24, max(12, len(text)))
        sheet.cell(_HEAD, column).border = Border(bottom=Side(style="thin"))
    sheet.cell(_HEAD, 1).border = Border(bottom=Side(style="thin"))
    sheet.print_title_rows = f"{_HEAD - 1}:{_HEAD}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _notes(sheet: Any, table: SafeTable, t: Language) -> None:
    """All that the table says about itself."""
    from openpyxl.styles import Alignment, Font

    lines = [(t("Title"), table.facts.title), *table.facts.lines(t)]
    for row, (name, text) in enumerate(lines, start=1):
        sheet.cell(row, 1, name).font = Font(bold=True)
        _text(sheet, row, 2, text).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 100


def _text(sheet: Any, row: int, column: int, text: str) -> Any:
    """A cell with text, never a formula."""
    cell = sheet.cell(row, column, text)
    cell.data_type = "s"
    return cell
