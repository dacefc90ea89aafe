"""The text of a CSV file: decoded, copied in the one form that engines read, and explained."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from exitline.errors import DataError
from exitline.stats.data.held import BLOCK, HeldFile
from exitline.stats.data.readers.declaring import declare, in_encoding
from exitline.stats.data.readers.encodings import is_utf8, likely_encoding
from exitline.stats.data.values import Type, value_of, written

if TYPE_CHECKING:
    from exitline.stats.data.readers.dialect import Dialect

csv.field_size_limit(sys.maxsize)
START = 1024 * 1024
"""Bytes in which the header and the first rows are looked for."""
LONGEST = 2 * 1024 * 1024
"""Bytes of the longest row."""
END_MARK = "\x1a"
"""Ctrl-Z, with which old programs end a text file."""


def decoded_start(held: HeldFile, codec: codecs.CodecInfo, *, gzipped: bool) -> tuple[str, bool]:
    """The first megabyte as text, without a byte order mark, and whether that is all.

    Raises
    ------
    UnicodeDecodeError
    DataError
        For a gzip file that is cut off or damaged.
    """
    with opened(held, gzipped=gzipped) as handle:
        start = handle.read(START)
        whole = not handle.read(1)
    text = codec.incrementaldecoder(errors="strict").decode(start, final=whole)
    return text.lstrip("\ufeff"), whole


@contextmanager
def opened(held: HeldFile, *, gzipped: bool) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where it is gzipped.

    Raises
    ------
    DataError
        For a gzip file that is cut off or damaged.
    """
    raw = io.BufferedReader(_Raw(held), BLOCK)
    try:
        if not gzipped:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield cast("IO[bytes]", unpacked)
    except (EOFError, zlib.error, gzip.BadGzipFile) as reason:
        raise DataError(
            "the gzip file is damaged",
            where=held.path.name,
            expected="a whole gzip file",
            got="one that is cut off or not gzip throughout",
            remedy="copy or download it again",
        ) from reason


def needs_copy(held: HeldFile, dialect: Dialect) -> bool:
    """Whether an engine could not read the bytes as they are."""
    if dialect.gzipped or dialect.comment or dialect.encoding != "utf-8":
        return True
    tail = held.read(64, max(0, held.size - 64))
    return tail.rstrip(b"\r\n").endswith(END_MARK.encode())


def copy(held: HeldFile, dialect: Dialect, to: Path) -> HeldFile:
    """The rows as UTF-8 with one kind of line ends, without comments and end-of-file mark.

    Parameters
    ----------
    held : HeldFile
    dialect : Dialect
    to : Path
        A new file in a private folder.

    Returns
    -------
    HeldFile
        The copy.

    Raises
    ------
    DataError
        For bytes that are not in the declared encoding, naming the line.
    """
    with to.open("w", encoding="utf-8", newline="\n") as out:
        held_back = ""
        for text in _copied(held, dialect):
            there = held_back + text
            kept = there.rstrip(END_MARK + "\n")
            held_back = there[len(kept) :]
            out.write(kept)
        out.write(held_back.replace(END_MARK, "", 1))
    held.check()
    return HeldFile(to)


def explain(held: HeldFile, dialect: Dialect) -> DataError | None:
    """The first row that is not as the header says; None where every row is.

    Parameters
    ----------
    held : HeldFile
    dialect : Dialect

    Returns
    -------
    DataError or None
        With file and line, and never a value.
    """
    wide = len(dialect.names)
    begins = 1
    try:
        lines = _Lines(held, dialect)
        for row in lines.rows():
            if len(row) not in (0, wide) and not (len(row) == wide + 1 and row[-1] == ""):
                return _other_width(held, begins, len(row), dialect, lines.is_last())
            if 4 * sum(map(len, row)) > LONGEST and len("".join(row).encode()) > LONGEST - wide:
                return too_long(held, begins)
            begins = lines.line + 1
    except csv.Error as reason:
        return unreadable(held, begins, str(reason))
    except DataError as reason:
        return reason
    return None


def first_unfit(
    held: HeldFile, dialect: Dialect, column: str, as_type: Type
) -> tuple[int, str] | None:
    """Line and text of the first value that does not fit a column's type."""
    at = dialect.names.index(column)
    header = True
    begins = 1
    lines = _Lines(held, dialect)
    for row in lines.rows():
        text = written(row[at]) if len(row) > at and not header else None
        if text is not None and text not in dialect.missing:
            try:
                value_of(text.translate(_SWAPPED) if dialect.decimal == "," else text, as_type)
            except ValueError:
                return begins, text
        header = header and not row
        begins = lines.line + 1
    return None


def whole_rows(held: HeldFile, dialect: Dialect) -> Iterator[dict[str, str | None]]:
    """Every row by column name, in the file's order, as written; a missing value is None.

    For files that people write; larger ones are read by an engine.

    Parameters
    ----------
    held : HeldFile
    dialect : Dialect

    Raises
    ------
    DataError
        For the first row that is not as the header says, before any is given.
    """
    fault = explain(held, dialect)
    if fault is not None:
        raise fault
    rows = (row for row in _Lines(held, dialect).rows() if row)
    next(rows, None)
    for row in rows:
        texts = (written(text) for text in row)
        found = (None if text in dialect.missing else text for text in texts)
        yield dict(zip(dialect.names, found, strict=False))
    held.check()


def sample(
    plain: HeldFile, dialect: Dialect, pieces: int, size: int
) -> list[tuple[str, ...] | list[str]]:
    """Rows from the start of the file and from places all over it, as written.

    Parameters
    ----------
    plain : HeldFile
        UTF-8, not gzipped.
    dialect : Dialect
    pieces, size : int
        How many places, and bytes of each.
    """
    rows: list[tuple[str, ...] | list[str]] = list(dialect.sample)
    for number in range(1, pieces + 1):
        block = plain.read(size, number * plain.size // (pieces + 1))
        lines = block.decode("utf-8", "replace").splitlines(keepends=True)[1:-1]
        if not any('"' in line for line in lines):
            rows += csv.reader(lines, delimiter=dialect.delimiter)
    return rows


def wrong_encoding(held: HeldFile, encoding: str, line: int) -> DataError:
    """The error for bytes that are not in the declared encoding."""
    start = held.read(BLOCK)
    guess = likely_encoding(start)
    if encoding != "utf-8" and is_utf8(start):
        guess = "utf-8"
    return DataError(
        f"the file is not encoded in {encoding.upper()}",
        where=f"{held.path.name}, line {line}",
        expected=f"text in {encoding.upper()}",
        got=f"bytes that look like {guess}",
        remedy=in_encoding(guess),
    )


class _Raw(io.RawIOBase):
    """A held file as a stream of its own."""

    def __init__(self, held: HeldFile) -> None:
        self._held = held
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        block = self._held.read(len(buffer), self._at)
        buffer[: len(block)] = block
        self._at += len(block)
        return len(block)


class _Lines:
    """The lines of the text, comments left out; `line` is the number of the last one."""

    def __init__(self, held: HeldFile, dialect: Dialect) -> None:
        self.line = 0
        self._dialect = dialect
        self._lines = self._read(held)
        self._next = next(self._lines, None)

    def __iter__(self) -> Iterator[str]:
        """Every line with its end."""
        while self._next is not None:
            line, self._next = self._next, next(self._lines, None)
            self.line += 1
            if self._dialect.comment is None or not line.startswith(self._dialect.comment):
                yield line

    def is_last(self) -> bool:
        """Whether nothing follows."""
        return self._next is None

    def rows(self) -> Iterator[list[str]]:
        """Rows of fields; none for a blank line and the end-of-file mark."""
        for row in csv.reader(self, delimiter=self._dialect.delimiter, strict=True):
            yield [] if row == [END_MARK] else row

    def _read(self, held: HeldFile) -> Iterator[str]:
        rest = ""
        for text in _pieces(held, self._dialect):
            lines = io.StringIO(rest + text, newline="\n").readlines()
            rest = lines.pop() if lines and not lines[-1].endswith("\n") else ""
            yield from lines
        if rest:
            yield rest


def _copied(held: HeldFile, dialect: Dialect) -> Iterator[str]:
    """The text as it is copied."""
    return iter(_Lines(held, dialect)) if dialect.comment else _pieces(held, dialect)


def _pieces(held: HeldFile, dialect: Dialect) -> Iterator[str]:
    """The text in pieces, lines ending in a newline alone, without a byte order mark."""
    codec = codecs.lookup(dialect.encoding).incrementaldecoder
    assert codec is not None
    decoder = io.IncrementalNewlineDecoder(codec("strict"), translate=True)
    lines, first = 1, True
    with opened(held, gzipped=dialect.gzipped) as handle:
        while block := handle.read(BLOCK):
            text = _decoded(decoder, block, held, dialect, lines)
            lines += text.count("\n")
            yield text.lstrip("\ufeff") if first else text
            first = False
    yield _decoded(decoder, b"", held, dialect, lines)


def _decoded(
    decoder: io.IncrementalNewlineDecoder, block: bytes, held: HeldFile, dialect: Dialect, at: int
) -> str:
    """The next piece of text."""
    try:
        return decoder.decode(block, final=not block)
    except UnicodeError as reason:
        before = reason.object[: reason.start] if isinstance(reason, UnicodeDecodeError) else b""
        raise wrong_encoding(held, dialect.encoding, at + before.count(b"\n")) from reason


def _other_width(held: HeldFile, line: int, found: int, dialect: Dialect, last: bool) -> DataError:
    """A row with more or fewer fields than the header."""
    wanted = len(dialect.names)
    if found < wanted and last:
        cause = "it is the last line: probably a footer or a total, or the file was cut off"
    elif found < wanted:
        cause = "a field is missing, or a quotation mark or line break is out of place"
    else:
        cause = (
            f"a field contains the separator '{dialect.delimiter}' and is not in quotation marks"
        )
    return DataError(
        f"a row has {found} field{'s' if found != 1 else ''}, the header has {wanted}",
        where=f"{held.path.name}, line {line}",
        expected=f"{wanted} fields separated by {_shown(dialect.delimiter)}, as in the header",
        got=f"{found}; {cause}",
        remedy="correct or remove the line, or export the file again; or, where the fields are "
        "separated by something else, " + declare("delimiter", ";"),
    )


def too_long(held: HeldFile, line: int) -> DataError:
    """The error for a row that no engine takes whole; line 0 where it is not known."""
    return DataError(
        "a row is too long",
        where=f"{held.path.name}, line {line}" if line else held.path.name,
        expected=f"rows of at most {LONGEST // 1024**2} MB",
        got="a longer one: a field contains a document, or the file is not a table",
        remedy="leave the column out, or export the data as Parquet",
    )


def unreadable(held: HeldFile, line: int, said: str) -> DataError:
    """The error for a row that is no CSV: marks of quotation out of place."""
    unclosed = "unexpected end" in said
    return DataError(
        "a quotation mark is not closed" if unclosed else "a quotation mark is out of place",
        where=f"{held.path.name}, line {line}",
        expected="fields in quotation marks from their first to their last character, with "
        "marks inside doubled",
        got="one that opens and never closes" if unclosed else "text after a closing one",
        remedy="correct the line, or export the file again",
    )


def _shown(mark: str) -> str:
    return {"\t": "a tab", " ": "a space"}.get(mark, f"'{mark}'")


_SWAPPED = {ord(","): ".", ord("."): ","}

__all__ = [
    "copy", "decoded_start", "explain", "first_unfit", "needs_copy", "opened", "too_long",
    "unreadable", "whole_rows", "wrong_encoding",
]  # fmt: skip
