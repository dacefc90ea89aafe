"""Spreadsheets (.xlsx, .xls, .ods), read by calamine through pandas once their size is known.

A spreadsheet is a zip archive of XML. A few kilobytes can hold gigabytes of it, and one cell
in the last corner makes a reader ask for seventeen thousand million cells; both end a
process. So the archive is unpacked here once, in pieces, and its cells are looked at.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from exitline.errors import DataError, nearest
from exitline.stats.data.readers.columns import absent, from_pandas, written
from exitline.stats.data.readers.declaring import declare
from exitline.stats.data.readers.magic import no_rows
from exitline.stats.data.readers.names import check_names

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.scannable import Source


def read_sheet(held: HeldFile, *, sheet: str | None = None, missing: Sequence[str] = ()) -> Source:
    """One sheet of a spreadsheet as an Arrow table; its first row holds the names.

    Parameters
    ----------
    held : HeldFile
    sheet : str, optional
        The sheet's name; needed where the file has several.
    missing : sequence of str
        Texts that stand for a missing value, beside the blank cell ("NA", "n/a").

    Returns
    -------
    Source

    Raises
    ------
    DataError
        When the file is damaged, the sheet is not there or not named, or it has no rows.
    """
    import pyarrow as pa

    from exitline.stats.data.scannable import Source

    path = held.path
    frame = _read(path, sheet, missing)
    if frame.empty:
        raise no_rows(path)
    names = [f"column{i}" if absent(n) else written(n) for i, n in enumerate(frame.iloc[0])]
    check_names(names, path.name)
    body = frame.iloc[1:].infer_objects()
    if body.empty:
        raise no_rows(path, names)
    columns = [from_pandas(body.iloc[:, position]) for position in range(len(names))]
    options = MappingProxyType({"missing": tuple(missing)} if missing else {})
    table = pa.table(columns, names=names)
    return Source(kind="arrow", path=path, table=table, options=options)


def _read(path: Path, sheet: str | None, missing: Sequence[str]) -> pd.DataFrame:
    """The sheet's cells, header included."""
    import pandas as pd
    from python_calamine import CalamineError

    check_workbook(path)
    try:
        with pd.ExcelFile(path, engine="calamine") as book:
            name = _choose([str(n) for n in book.sheet_names], sheet, path)
            return book.parse(name, header=None, keep_default_na=False, na_values=["", *missing])
    except BaseException as reason:
        broke = type(reason).__name__ == "PanicException"  # calamine's, and no Exception
        if not broke and not isinstance(reason, CalamineError | ValueError | OSError):
            raise
        raise DataError(
            "the spreadsheet cannot be read",
            where=path.name,
            expected="a whole .xlsx, .xls or .ods file without a password",
            got="content that is damaged or locked",
            remedy="open it, remove the password, and save it again, or export the sheet as CSV",
        ) from reason


def _choose(names: list[str], sheet: str | None, path: Path) -> str:
    """The sheet that was asked for; the only one where nothing was asked."""
    if sheet is None and len(names) == 1:
        return names[0]
    if sheet in names:
        return str(sheet)
    raise DataError(
        "the file has several sheets" if sheet is None else f"there is no sheet '{sheet}'",
        where=path.name,
        expected="one of " + ", ".join(f"'{name}'" for name in names),
        got="no sheet named" if sheet is None else f"'{sheet}'",
        remedy=(nearest(sheet, names) if sheet else "")
        or declare("sheet", names[0] if names else "Sheet1"),
    )


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
