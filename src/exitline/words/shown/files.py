"""Results as files that other programs open: CSV, Parquet, Excel, Stata, Word, HTML, LaTeX."""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError, install_extra
from exitline.files import whole_file
from exitline.foreign import visible
from exitline.words.numbers import decimals
from exitline.words.sheets import safe_cell
from exitline.words.shown import sdmx
from exitline.words.shown.table import ReadableTable

if TYPE_CHECKING:
    import great_tables
    import pandas as pd

_LABELS = {
    "se": "standard error", "ci_low": "lower end of the confidence interval",
    "ci_high": "upper end of the confidence interval", "level": "confidence of the interval",
    "df": "degrees of freedom; missing: a full count", "n": "rows of the data",
    "population": "weighted number that the figure refers to", "by": "columns of the areas",
    "cv": "coefficient of variation: se / estimate", "deff": "design effect",
    "domain": "area", "line": "poverty line",
}  # fmt: skip


def need(library: str, extra: str, purpose: str) -> None:
    """Refuse, with the remedy, where a library is not installed.

    Parameters
    ----------
    library, extra, purpose : str

    Raises
    ------
    ExitlineError

    Examples
    --------
    >>> need("json", "tables", "writing .json")
    """
    if importlib.util.find_spec(library) is None:
        raise ExitlineError(
            f"{purpose} needs {library}", expected=f"the extra '{extra}'", got="not installed",
            remedy=install_extra(extra),
        )  # fmt: skip


def known_ending(path: str | Path, endings: Iterable[str], what: str) -> Path:
    """The path, if its ending is known.

    Parameters
    ----------
    path : str or Path
    endings : iterable of str
        Such as ".svg".
    what : str
        What is written, for the message: "a drawing".

    Raises
    ------
    ExitlineError

    Examples
    --------
    >>> known_ending("a.SVG", (".svg",), "a drawing").name
    'a.SVG'
    """
    found, known = Path(path), tuple(endings)
    if found.suffix.lower() not in known:
        raise ExitlineError(
            f"no way to write {what} under such a name is known", where=str(found),
            expected="a name that ends in " + ", ".join(known), got=found.suffix or "no ending",
            remedy="choose one of these endings",
        )  # fmt: skip
    return found


def save(path: Path, frame: pd.DataFrame, readable: ReadableTable, period: str = "") -> Path:
    """Write a result; the ending of the name says as what.

    Parameters
    ----------
    path : Path
    frame : pandas.DataFrame
        All figures.
    readable : ReadableTable
        What is read of them.
    period : str
        The year that the figures speak of, for SDMX.

    Returns
    -------
    Path

    Raises
    ------
    ExitlineError
        For an ending that is not known, or where a library is not installed.
    """
    if path.name.lower().endswith(sdmx.ENDING):
        return _sdmx(path, frame, period)
    write = WRITERS[known_ending(path, WRITERS, "a table").suffix.lower()]
    with whole_file(path) as partial:
        write(partial, frame, readable)
    return path


def _csv(path: Path, frame: pd.DataFrame, _: ReadableTable) -> None:
    texts = [name for name in frame if frame[name].dtype.kind not in "fiub"]
    frame.assign(**{str(n): frame[n].map(safe_cell) for n in texts}).to_csv(path, index=False)


def _sdmx(path: Path, frame: pd.DataFrame, period: str) -> Path:
    """SDMX-CSV, and beside it the message that says what its columns are."""
    need("pysdmx", "tables", "writing SDMX")
    if not sdmx.is_estimates(frame):
        raise ExitlineError(
            "this table has no form in SDMX", where=str(path), expected="estimates",
            got=f"columns {', '.join(map(str, frame.columns[:4]))} ...",
            remedy="save it as .csv",
        )  # fmt: skip
    rows = sdmx.observations(frame, period)
    beside = sdmx.structure_path(path)
    with whole_file(beside) as message, whole_file(path) as partial:
        message.write_text(sdmx.structure_message([str(name) for name in rows]), encoding="utf-8")
        rows.to_csv(partial, index=False, lineterminator="\n")
    return path


def _parquet(path: Path, frame: pd.DataFrame, _: ReadableTable) -> None:
    frame.to_parquet(path, index=False)


def _stata(path: Path, frame: pd.DataFrame, _: ReadableTable) -> None:
    """Names of at most 32 letters, all different; infinite numbers are missing."""
    names = stata_names([str(name) for name in frame])
    labels = {
        new: _LABELS.get(str(old), str(old))[:80] for old, new in zip(frame, names, strict=True)
    }
    told = frame.replace([math.inf, -math.inf], math.nan).set_axis(names, axis=1)
    for name in names:
        if told[name].dtype.kind not in "fiub":
            told[name] = told[name].map(lambda x: "" if x is None else str(x)).astype(object)
    told.to_stata(path, write_index=False, version=118, variable_labels=labels)


def stata_names(names: list[str]) -> list[str]:
    """Names that Stata takes: letters, digits and _, at most 32, all different.

    Examples
    --------
    >>> stata_names(["ci_low", "année 2", "2nd", "ci low", "ci_low"])
    ['ci_low', 'année_2', '_2nd', 'ci_low_2', 'ci_low_3']
    """
    found: list[str] = []
    for name in names:
        plain = re.sub(r"\W", "_", name)[:32] or "_"
        plain = (f"_{plain}" if plain[0].isdigit() else plain)[:32]
        one, at = plain, 1
        while one in found:
            at += 1
            one = f"{plain[: 31 - len(str(at))]}_{at}"
        found.append(one)
    return found


def _excel(path: Path, frame: pd.DataFrame, readable: ReadableTable) -> None:
    """Numbers as numbers, in the format that their standard error carries; notes apart."""
    need("openpyxl", "tables", "writing .xlsx")
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Figures"
    for column, name in enumerate(frame, start=1):
        cell = _plain_cell(sheet, 1, column, str(name))
        cell.font = Font(bold=True)
        width = max(
            [len(str(name)), *(len(str(v)) for v in frame[name].head(200) if isinstance(v, str))]
        )
        sheet.column_dimensions[cell.column_letter].width = min(50, max(11, width + 2))
    for row, values in enumerate(frame.to_dict("records"), start=2):
        form = _format(values)
        for column, (name, value) in enumerate(values.items(), start=1):
            cell = _plain_cell(sheet, row, column, value)
            if name in {"estimate", "se", "ci_low", "ci_high"}:
                cell.number_format = form
            elif isinstance(value, int) or name == "population":
                cell.number_format = "#,##0"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    notes: Any = book.create_sheet("Notes")
    said = [("Title", readable.title), *(("Note", text) for text in readable.notes)]
    said += [(str(n), _LABELS[str(n)]) for n in frame if str(n) in _LABELS]
    for row, (name, text) in enumerate(((n, t) for n, t in said if t), start=1):
        _plain_cell(notes, row, 1, name).font = Font(bold=True)
        _plain_cell(notes, row, 2, text)
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 16, 100
    book.save(path)


def _format(values: dict[Any, Any]) -> str:
    """The number format of a row's figures."""
    value, se = values.get("estimate", math.nan), values.get("se", math.nan)
    if not isinstance(value, float) or not isinstance(se, float) or math.isnan(value):
        return "General"
    places = max(0, decimals(se, "number", value))
    return "#,##0" + ("." + "0" * places if places else "")


def _plain_cell(sheet: Any, row: int, column: int, value: Any) -> Any:
    """A cell: numbers as numbers, nothing for what is missing, text that is never a formula."""
    if isinstance(value, float) and not math.isfinite(value):
        value = None
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()
    text = value is not None and not isinstance(value, bool | int | float)
    cell = sheet.cell(row, column, visible(str(value)) if text else value)
    if text:
        cell.data_type = "s"
    return cell


def _word(path: Path, _: pd.DataFrame, readable: ReadableTable) -> None:
    """A document with the readable table, its heading repeated on each page."""
    need("docx", "documents", "writing .docx")
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = Document()
    if readable.title:
        document.add_heading(readable.title, level=2)
    table = document.add_table(rows=1, cols=len(readable.columns), style="Light List")
    for at, row in enumerate((readable.columns, *readable.rows)):
        cells = (table.rows[0] if not at else table.add_row()).cells
        for i, (cell, text) in enumerate(zip(cells, row, strict=True)):
            cell.text = text
            if i in readable.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for text in readable.notes:
        document.add_paragraph(text)
    document.save(str(path))


def great_table(readable: ReadableTable) -> great_tables.GT:
    """The readable table for Great Tables.

    Parameters
    ----------
    readable : ReadableTable

    Returns
    -------
    great_tables.GT

    Raises
    ------
    ExitlineError
        Where great_tables is not installed.
    """
    need("great_tables", "tables", "a Great Table")
    import pandas as pd
    from great_tables import GT

    names = stata_names(list(readable.columns))
    frame = pd.DataFrame(readable.rows, columns=names, dtype=object)
    table = GT(frame).cols_label(dict(zip(names, readable.columns, strict=True)))
    right = [names[i] for i in sorted(readable.numbers)]
    table = table.cols_align("right", right) if right else table
    table = table.tab_header(readable.title) if readable.title else table
    for text in readable.notes:
        table = table.tab_source_note(text)
    return table


def _page(path: Path, _: pd.DataFrame, readable: ReadableTable) -> None:
    head = (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    )
    title = f"<title>{escape(readable.title or 'Figures')}</title>"
    path.write_text(f"{head}{title}{readable.html(None)}\n", encoding="utf-8")


def _markdown(path: Path, _: pd.DataFrame, readable: ReadableTable) -> None:
    path.write_text(readable.markdown() + "\n", encoding="utf-8")


def _latex(path: Path, _: pd.DataFrame, readable: ReadableTable) -> None:
    path.write_text(readable.latex() + "\n", encoding="utf-8")


WRITERS: dict[str, Callable[[Path, pd.DataFrame, ReadableTable], None]] = {
    ".csv": _csv, ".parquet": _parquet, ".xlsx": _excel, ".dta": _stata, ".docx": _word,
    ".html": _page, ".md": _markdown, ".tex": _latex,
}  # fmt: skip
