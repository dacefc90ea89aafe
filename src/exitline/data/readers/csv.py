"""CSV files: the header, the separator and the encoding are looked at; rows are not read.

The engine scans the file where it lies. Only a file in an encoding that engines do not
know, or with declared marks for missing values, is brought into an Arrow table, by
PyArrow's own CSV reader.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from exitline.data.readers.declaring import declare
from exitline.data.readers.encodings import likely_encoding
from exitline.data.readers.magic import no_rows
from exitline.data.readers.names import check_names
from exitline.errors import DataError

if TYPE_CHECKING:
    from exitline.data.source import Source

DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 4 * 1024 * 1024
_ENGINE_ENCODINGS = {"utf-8": "utf-8", "iso8859-1": "latin-1"}
_NUMBER = re.compile(r"[-+]?\d*[.,]?\d+([eE][-+]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")


@dataclass(frozen=True)
class Header:
    """What the first lines of a CSV file say.

    Parameters
    ----------
    names : tuple of str
        Column names.
    delimiter : str
        One character.
    decimal : {".", ","}
    rows : tuple of tuple of str
        The first rows, as text.
    """

    names: tuple[str, ...]
    delimiter: str
    decimal: str
    rows: tuple[tuple[str, ...], ...]


def open_csv(
    path: Path,
    *,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    decimal: str | None = None,
    missing: Sequence[str] = (),
) -> Source:
    """A CSV file as a source, once its encoding, header and first rows are in order.

    Parameters
    ----------
    path : Path
        The file, plain or gzipped.
    encoding : str
        Any encoding that Python knows; UTF-8 unless said.
    delimiter : str, optional
        Found from the header unless said.
    decimal : {".", ","}, optional
        A comma is recognised where the separator is a semicolon.
    missing : sequence of str
        Texts that stand for a missing value, beside the empty one ("NA", ".").

    Returns
    -------
    Source
        Of kind "csv", or "arrow" where an engine could not scan the file as it is.

    Raises
    ------
    DataError
        For a wrong encoding, a header without rows, a header that is data, a broken
        row, or two columns of one name.
    """
    from exitline.data.source import Source

    codec = _codec(encoding, path)
    check_encoding(path, codec)
    header = read_header(path, codec, delimiter, decimal)
    if codec.name not in _ENGINE_ENCODINGS or missing:
        return _read_with_arrow(path, codec.name, header, missing)
    options = {"delimiter": header.delimiter}
    if header.decimal != ".":
        options["decimal"] = header.decimal
    if codec.name != "utf-8":
        options["encoding"] = _ENGINE_ENCODINGS[codec.name]
    return Source(kind="csv", path=path, options=options)


def check_encoding(path: Path, codec: codecs.CodecInfo) -> None:
    """Decode the file in blocks and refuse one that is not in the encoding.

    Parameters
    ----------
    path : Path
    codec : codecs.CodecInfo

    Raises
    ------
    DataError
        Naming the line and the encoding that the file is probably in.
    """
    decoder = codec.incrementaldecoder(errors="strict")
    lines = 1
    with _open(path) as handle:
        while block := handle.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as reason:
                line = lines + reason.object[: reason.start].count(b"\n")
                raise _wrong_encoding(path, codec, line) from reason
            lines += block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as reason:
            raise _wrong_encoding(path, codec, lines) from reason


def read_header(
    path: Path,
    codec: codecs.CodecInfo,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> Header:
    """Column names, separator and decimal sign, from the first 64 kB.

    Parameters
    ----------
    path : Path
    codec : codecs.CodecInfo
        The file's encoding.
    delimiter, decimal : str, optional
        Taken as said; found otherwise.

    Returns
    -------
    Header

    Raises
    ------
    DataError
        For a header without rows, a header that is data, or two columns of one name.
    """
    with _open(path) as handle:
        start = handle.read(65536)
        whole = not handle.read(1)
    text = codec.incrementaldecoder(errors="strict").decode(start).lstrip("\ufeff")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise DataError(
            "the file is empty",
            where=path.name,
            expected="a header and rows",
            got="blank lines alone",
            remedy="export or download it again",
        )
    if len(lines) == 1 and whole:
        raise no_rows(path)
    separator = delimiter or _delimiter(lines[0])
    rows = tuple(
        tuple(row)
        for row in csv.reader(lines if whole else lines[:-1] or lines, delimiter=separator)
    )
    names = rows[0]
    _check_header(names, path)
    return Header(names, separator, decimal or _decimal(separator, rows[1:]), rows[1:101])


def _read_with_arrow(path: Path, encoding: str, header: Header, missing: Sequence[str]) -> Source:
    """Bring the file into an Arrow table, decoded and with its marks for missing values."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    from exitline.data.source import Source

    convert = pacsv.ConvertOptions(
        null_values=["", *missing], strings_can_be_null=True, decimal_point=header.decimal
    )
    try:
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(encoding=encoding),
            parse_options=pacsv.ParseOptions(delimiter=header.delimiter, newlines_in_values=True),
            convert_options=convert,
        )
    except pa.ArrowInvalid as reason:
        raise DataError(
            "the CSV file has a broken row",
            where=path.name,
            expected=f"{len(header.names)} fields in each row",
            got="a row with another number of fields, or a quote that is not closed",
            remedy="name the separator (delimiter), or export the file again",
        ) from reason
    named = [name or f"column{i}" for i, name in enumerate(table.column_names)]
    return Source(kind="arrow", path=path, table=table.rename_columns(named))


def _open(path: Path) -> BinaryIO:
    """The file's bytes, unpacked where it is gzipped."""
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def _codec(encoding: str, path: Path) -> codecs.CodecInfo:
    """Python's codec of this name."""
    try:
        return codecs.lookup(encoding)
    except LookupError as reason:
        raise DataError(
            f"there is no encoding '{encoding}'",
            where=path.name,
            expected="a name such as utf-8, latin-1, cp1252, cp1251, gb18030",
            got=repr(encoding),
            remedy="use the name that the program which wrote the file gives",
        ) from reason


def _wrong_encoding(path: Path, codec: codecs.CodecInfo, line: int) -> DataError:
    with _open(path) as handle:
        guess = likely_encoding(handle.read(_BLOCK))
    return DataError(
        f"the file is not encoded in {codec.name.upper()}",
        where=f"{path.name}, line {line}",
        expected=f"text in {codec.name.upper()}",
        got=f"bytes that look like {guess}",
        remedy=declare("encoding", guess) + ", or save the file as UTF-8",
    )


def _delimiter(line: str) -> str:
    """The separator that occurs most often in the header, outside quotes."""
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


def _check_header(names: Sequence[str], path: Path) -> None:
    """Names, not data; and each name once."""
    filled = [name for name in names if name.strip()]
    if filled and all(_NUMBER.fullmatch(name.strip()) for name in filled):
        raise DataError(
            "the first row holds numbers, not column names",
            where=f"{path.name}, line 1",
            expected="a header with the column names",
            got="numbers in every column",
            remedy="add a header, or export the data with one",
        )
    check_names([name or f"unnamed {i}" for i, name in enumerate(names)], path.name)
