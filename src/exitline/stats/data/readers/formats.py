"""The kinds of files that can be read: one line for each.

A new one is a module of this room that hands back a `Source` (of kind "arrow", where its rows are
brought into a table), a line here, and its endings in docs/data.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from exitline.errors import DataError
from exitline.registry import Registry, lazily

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source


class FileFormat(NamedTuple):
    """A kind of file.

    Parameters
    ----------
    said : str
        In words, for messages.
    endings : tuple of str
    agrees : callable
        Whether the first 512 bytes are those of such a file.
    read : callable
        From the opened file (`exitline.stats.data.held.HeldFile`) and its options to its Source.
    options : frozenset of str
    """

    said: str
    endings: tuple[str, ...]
    agrees: Callable[[bytes], bool]
    read: Callable[..., Source]
    options: frozenset[str] = frozenset({"missing"})


def _reader(place: str) -> Callable[..., Source]:
    """A function of this room that is imported when a file is read."""
    return lazily(f"exitline.stats.data.readers.{place}")


def _is_stata(head: bytes) -> bool:
    """Stata 8 to 12 write a version byte, a byte order of 1 or 2, then 1; later ones a tag."""
    old = len(head) > 2 and head[0] in range(104, 116) and head[1] in (1, 2) and head[2] == 1
    return old or head.startswith(b"<stata_dta>")


def _is_text(head: bytes) -> bool:
    """Text has no zero bytes, unless it is UTF-16, which says so at its start."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head


FORMATS: Registry[FileFormat] = Registry(
    "kind of file",
    {
        "parquet": FileFormat(
            "a Parquet file",
            (".parquet", ".pq"),
            lambda head: head.startswith(b"PAR1"),
            _reader("parquet:open_parquet"),
        ),
        "stata": FileFormat(
            "a Stata file", (".dta",), _is_stata, _reader("stat:read_stata"),
            frozenset({"encoding", "missing"}),
        ),
        "spss": FileFormat(
            "an SPSS file", (".sav", ".zsav"), lambda head: head.startswith((b"$FL2", b"$FL3")),
            _reader("stat:read_spss"), frozenset({"encoding", "missing"}),
        ),
        "sheet": FileFormat(
            "a spreadsheet", (".xlsx", ".xlsm", ".xls", ".ods"),
            lambda head: head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")),
            _reader("sheet:read_sheet"), frozenset({"sheet", "missing"}),
        ),
        "database": FileFormat(
            "a DuckDB or SQLite database", (".duckdb", ".sqlite", ".sqlite3", ".db"),
            lambda head: head.startswith(b"SQLite format 3\0") or head[8:12] == b"DUCK",
            _reader("sql:read_database"), frozenset({"query", "missing"}),
        ),
        "csv": FileFormat(
            "a text file with separated values", (".csv", ".tsv", ".txt"), _is_text,
            _reader("csv:open_csv"),
            frozenset({"encoding", "delimiter", "decimal", "comment", "missing"}),
        ),
    },
    DataError,
)  # fmt: skip
"""Every kind of file, asked in this order whether the first bytes are theirs: text comes last."""
