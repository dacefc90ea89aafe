"""Whether a spreadsheet is of a size that can be read, before a reader is given it.

A spreadsheet is a zip archive of XML. A few kilobytes can hold gigabytes of it, and one cell
in the last corner makes a reader ask for seventeen thousand million cells; both end a
process. So the archive is unpacked here once, in pieces, and its cells are looked at.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from exitline.errors import DataError

MOST_BYTES = 2_000_000_000
"""Most XML that is read."""
MOST_CELLS = 60_000_000
"""Most cells between the first and the last, empty ones included: 1.5 GB in a reader."""
_PIECE = 1 << 20
_OVERLAP = 40
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


def check_workbook(path: Path) -> None:
    """Refuse a spreadsheet that unpacks to more than can be read.

    Parameters
    ----------
    path : Path
        Anything that is no zip archive passes: older formats hold at most 65,536 rows.

    Raises
    ------
    DataError
        With the size that was found.

    Examples
    --------
    >>> check_workbook(Path("README.md"))
    """
    try:
        with zipfile.ZipFile(path) as book:
            members = book.infolist()
            _check_size(path, sum(member.file_size for member in members))
            for member in members:
                pieces = _unpacked(book, member, path)
                if _SHEET.fullmatch(member.filename):
                    _check_cells(path, pieces)
                else:
                    for _ in pieces:
                        pass
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
        return  # the reader says what is wrong with it


def _check_size(path: Path, size: int) -> None:
    """Refuse what says itself that it is too much."""
    if size > MOST_BYTES:
        raise DataError(
            "the spreadsheet is too large",
            where=path.name,
            expected=f"at most {MOST_BYTES / 1e9:g} GB when unpacked",
            got=f"{size / 1e9:,.1f} GB",
            remedy="export the sheet with the data as CSV or Parquet",
        )


def _unpacked(book: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    """A member's bytes in pieces; one that holds more than it says is refused."""
    left = member.file_size
    raw = _raw(book, member)
    inflate = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    for packed in raw:
        while packed:
            piece = inflate.decompress(packed, _PIECE) if inflate else packed
            packed = inflate.unconsumed_tail if inflate else b""
            left -= len(piece)
            if left < 0:
                raise DataError(
                    "the spreadsheet is damaged",
                    where=path.name,
                    expected="parts as large as the file says",
                    got=f"more than the {member.file_size:,} bytes that a part should have",
                    remedy="open it, save it again, or export the sheet as CSV",
                )
            yield piece


def _raw(book: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's bytes as they lie in the archive."""
    archive = book.fp
    assert archive is not None
    archive.seek(member.header_offset)
    header = archive.read(30)
    archive.seek(int.from_bytes(header[26:28], "little"), 1)
    archive.seek(int.from_bytes(header[28:30], "little"), 1)
    left = member.compress_size
    while left > 0 and (packed := archive.read(min(left, 1 << 16))):
        left -= len(packed)
        yield packed


def _check_cells(path: Path, pieces: Iterator[bytes]) -> None:
    """Refuse a sheet whose first and last cells lie too far apart."""
    top, bottom, left, right = 1 << 30, 0, 1 << 30, 0
    rest = b""
    for piece in pieces:
        for name, row in set(_CELL.findall(rest + piece)):
            column = _column(name)
            top, bottom = min(top, int(row)), max(bottom, int(row))
            left, right = min(left, column), max(right, column)
        rest = piece[-_OVERLAP:]
    cells = max(0, bottom - top + 1) * max(0, right - left + 1)
    if cells > MOST_CELLS:
        raise DataError(
            "the spreadsheet is too large",
            where=path.name,
            expected=f"at most {MOST_CELLS:,} cells from the first to the last, with empty ones",
            got=f"{bottom - top + 1:,} rows and {right - left + 1:,} columns: {cells:,} cells",
            remedy="delete what is far from the data, or export the sheet as CSV",
        )


def _column(name: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in name:
        number = 26 * number + letter - 64
    return number
