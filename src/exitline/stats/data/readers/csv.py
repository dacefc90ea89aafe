"""CSV files: the dialect by declared rules; rows are read by an engine, or explained here.

Nothing about a file is guessed from its rows. The separator is the mark that occurs most
often in the header, the quote is `"`, there is no comment sign unless one is declared, and
every row has as many fields as the header. Engines read UTF-8 with one kind of line ends;
anything else is first copied in that form into a private folder (`plain`). When an engine
cannot read a row, `explain` finds its line and says what is wrong with it.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.errors import DataError
from exitline.stats.data.held import HeldFile
from exitline.stats.data.readers.csv_text import decoded_start, unreadable, wrong_encoding
from exitline.stats.data.readers.dialect import QUOTE, Dialect
from exitline.stats.data.readers.magic import no_rows
from exitline.stats.data.readers.names import check_names
from exitline.stats.data.values import written

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source

HEADER_LINES = 20
"""Names of columns may be broken into lines, but a header has no more."""
DELIMITERS = (",", ";", "\t", "|")
_NUMBER = re.compile(r"[-+]?\d*[.,]?\d+([eE][-+]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")


def open_csv(
    held: HeldFile,
    *,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    decimal: str | None = None,
    missing: Sequence[str] = (),
    comment: str | None = None,
) -> Source:
    """A CSV file as a source, once its header and first rows are in order.

    Parameters
    ----------
    held : HeldFile
        The file, plain or gzipped.
    encoding : str
        Any encoding that Python knows; UTF-8 unless said.
    delimiter : str, optional
        Found from the header unless said.
    decimal : {".", ","}, optional
        A comma is recognised where the separator is a semicolon.
    missing : sequence of str
        Texts that stand for a missing value, beside the empty one ("NA", ".").
    comment : str, optional
        One character; lines that begin with it are left out.

    Returns
    -------
    Source
        Of kind "csv".

    Raises
    ------
    DataError
        For a wrong encoding, a header without rows, a header that is data, or two columns
        of one name.
    """
    from exitline.stats.data.scannable import Source

    path = held.path
    codec = _codec(encoding, path)
    _check_marks(path, delimiter, decimal, comment)
    dialect = read_dialect(held, codec, delimiter, decimal, tuple(missing), comment)
    return Source(kind="csv", path=path, held=held, options={"dialect": dialect})


def read_dialect(
    held: HeldFile,
    codec: codecs.CodecInfo,
    delimiter: str | None = None,
    decimal: str | None = None,
    missing: tuple[str, ...] = (),
    comment: str | None = None,
) -> Dialect:
    """Column names, separator and decimal sign, from the first megabyte.

    Parameters
    ----------
    held : HeldFile
    codec : codecs.CodecInfo
        The file's encoding.
    delimiter, decimal : str, optional
        Taken as said; found otherwise.
    missing, comment
        As declared.

    Returns
    -------
    Dialect

    Raises
    ------
    DataError
        For a header without rows, a header that is data, or two columns of one name.
    """
    path = held.path
    gzipped = held.read(2) == b"\x1f\x8b"
    try:
        text, whole = decoded_start(held, codec, gzipped=gzipped)
    except UnicodeError as reason:  # UTF-16 without its mark at the start has no place
        before = reason.object[: reason.start] if isinstance(reason, UnicodeDecodeError) else b""
        raise wrong_encoding(held, codec.name, 1 + before.count(b"\n")) from reason
    lines = text.splitlines(keepends=True)
    if comment:
        lines = [line for line in lines if not line.startswith(comment)]
    skip = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    lines = lines[skip:] if whole else lines[skip:-1] or lines[skip:]
    if not lines:
        raise DataError(
            "the file is empty",
            where=path.name,
            expected="a header and rows",
            got="blank lines alone",
            remedy="export or download it again",
        )
    separator = delimiter or _delimiter(path, lines[0])
    _check_closed(held, lines, separator, skip + 1)
    rows = [tuple(row) for row in csv.reader(lines[:2000], delimiter=separator) if row]
    if whole and not any(line.strip("\x1a\r\n\t ") for line in lines[1:]):
        raise no_rows(path, rows[0])
    _check_header(rows[0], path)
    names = tuple(written(name) or f"column{i}" for i, name in enumerate(rows[0]))
    check_names(names, path.name)
    return Dialect(
        names,
        separator,
        decimal or _decimal(separator, rows[1:101]),
        codec.name,
        missing,
        comment,
        gzipped,
        skip if not comment else 0,
        tuple(rows[1:]),
    )


def _check_marks(
    path: Path, delimiter: str | None, decimal: str | None, comment: str | None
) -> None:
    """Declared marks are single characters that can be told apart."""
    for name, mark in (("delimiter", delimiter), ("comment", comment)):
        if mark is not None and (len(mark) != 1 or mark in f"{QUOTE}\r\n\0"):
            raise DataError(
                f"the {name} is not one character",
                where=path.name,
                expected="one character other than a double quotation mark, such as ; or |",
                got=f"{len(mark)} characters" if len(mark) != 1 else repr(mark),
                remedy=f"declare one character as {name}",
            )
    if decimal is not None and decimal not in (".", ","):
        raise DataError(
            "the decimal sign is neither a point nor a comma",
            where=path.name,
            expected="'.' or ','",
            got=repr(decimal),
            remedy="declare one of them as decimal, or leave it out",
        )


def _codec(encoding: str, path: Path) -> codecs.CodecInfo:
    """Python's codec of this name, if it is one for text."""
    try:
        found = codecs.lookup(encoding)
        "a,1\n".encode(encoding)
        b"".decode(encoding)
    except (LookupError, ValueError, TypeError, AssertionError) as reason:
        raise DataError(
            f"there is no encoding '{encoding[:40]}'",
            where=path.name,
            expected="a name such as utf-8, latin-1, cp1252, cp1251, gb18030",
            got=repr(encoding[:40]),
            remedy="use the name that the program which wrote the file gives",
        ) from reason
    return codecs.lookup("utf-8") if found.name in ("ascii", "utf-8-sig") else found


def _delimiter(path: Path, line: str) -> str:
    """A tab in a .tsv file; else the mark that occurs most often in the header, outside quotes."""
    if path.name.lower().removesuffix(".gz").endswith(".tsv"):
        return "\t"
    bare = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), -DELIMITERS.index(mark)))


def _decimal(delimiter: str, rows: Sequence[Sequence[str]]) -> str:
    """A comma, where cells are like 12,5 and none is like 12.5 (1,234 alone proves nothing)."""
    if delimiter == ",":
        return "."
    cells = [cell.strip() for row in rows for cell in row]
    commas = [cell for cell in cells if _DECIMAL_COMMA.fullmatch(cell)]
    points = any(re.fullmatch(r"[-+]?\d*\.\d+", cell) for cell in cells)
    other_than_thousands = any(len(cell.rpartition(",")[2]) != 3 for cell in commas)
    return "," if other_than_thousands and not points else "."


def _check_closed(held: HeldFile, lines: Sequence[str], separator: str, first: int) -> None:
    """A header whose quotation marks are closed: names of columns hold no rows."""
    reader = csv.reader(lines[:HEADER_LINES], delimiter=separator, strict=True)
    try:
        next(reader, None)
    except csv.Error as reason:
        raise unreadable(held, first, str(reason)) from None


def _check_header(names: Sequence[str], path: Path) -> None:
    """Names, not data."""
    filled = [name for name in names if name.strip()]
    if filled and all(_NUMBER.fullmatch(name.strip()) for name in filled):
        raise DataError(
            "the first row contains numbers, not column names",
            where=f"{path.name}, line 1",
            expected="a header with the column names",
            got="numbers in every column",
            remedy="add a header, or export the data with one",
        )
