"""What kind of file this is: its ending says so and its first bytes must agree."""

from __future__ import annotations

from pathlib import Path

from exitline.errors import DataError, nearest

KINDS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".dta": "stata",
    ".sav": "spss",
    ".zsav": "spss",
    ".xlsx": "sheet",
    ".xlsm": "sheet",
    ".xls": "sheet",
    ".ods": "sheet",
    ".duckdb": "database",
    ".sqlite": "database",
    ".sqlite3": "database",
    ".db": "database",
}
"""File endings and the reader that each stands for."""

_SAID = {
    "parquet": "a Parquet file",
    "csv": "a text file with separated values",
    "stata": "a Stata file",
    "spss": "an SPSS file",
    "sheet": "a spreadsheet",
    "database": "a DuckDB or SQLite database",
    "gzip": "a gzip archive",
}


def kind_of(path: Path) -> str:
    """The kind of a file, by its ending, once its first bytes have confirmed it.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        "parquet", "csv", "stata", "spss", "sheet" or "database".

    Raises
    ------
    DataError
        When there is no such file, it is a folder, it is empty, its ending is unknown,
        or its content is of another kind.

    Examples
    --------
    >>> kind_of(Path("examples/albania-2012/lival.parquet"))
    'parquet'
    """
    _check_there(path)
    claimed = _by_ending(path)
    found = sniff(_head(path))
    if claimed == "csv" and found == "gzip" and path.suffix.lower() == ".gz":
        return claimed
    if found != claimed:
        raise DataError(
            "the file is not what its name says",
            where=path.name,
            expected=_SAID[claimed],
            got=_SAID[found] if found else "bytes of no known kind",
            remedy=_rename(path, found),
        )
    return claimed


def sniff(head: bytes) -> str | None:
    """The kind of file that starts with these bytes (None when it is none of ours).

    Parameters
    ----------
    head : bytes
        The first 512 bytes or so.

    Examples
    --------
    >>> sniff(b"PAR1...."), sniff(b"hhid,weight"), sniff(bytes(9))
    ('parquet', 'csv', None)
    """
    signatures = (
        ("parquet", head.startswith(b"PAR1")),
        ("sheet", head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))),
        ("stata", head.startswith(b"<stata_dta>") or _old_stata(head)),
        ("spss", head.startswith((b"$FL2", b"$FL3"))),
        ("database", head.startswith(b"SQLite format 3\0") or head[8:12] == b"DUCK"),
        ("gzip", head.startswith(b"\x1f\x8b")),
        ("csv", _is_text(head)),
    )
    return next((kind for kind, agrees in signatures if agrees), None)


def no_rows(path: Path) -> DataError:
    """The error for a file that has column names and nothing else."""
    return DataError(
        "the file has a header and no rows",
        where=path.name,
        expected="at least one row of data",
        got="column names alone",
        remedy="export the data again: the selection was probably empty",
    )


def _old_stata(head: bytes) -> bool:
    """Stata 8 to 12 write a version byte, a byte order of 1 or 2, then 1."""
    return len(head) > 2 and head[0] in range(104, 116) and head[1] in (1, 2) and head[2] == 1


def _is_text(head: bytes) -> bool:
    """Text has no zero bytes, unless it is UTF-16, which says so at its start."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head


def _check_there(path: Path) -> None:
    """There is a file, and something in it."""
    if path.is_dir():
        raise DataError(
            "this is a folder, not a file",
            where=str(path),
            expected="a data file",
            got="a folder",
            remedy="name the file inside it",
        )
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(
            "there is no such file",
            where=str(path),
            expected="a data file",
            got="nothing under this name",
            remedy=nearest(path.name, beside)
            or "check the path (that of a study's data is read from the study's folder)",
        )
    if path.stat().st_size == 0:
        raise DataError(
            "the file is empty",
            where=path.name,
            expected="a header and rows",
            got="0 bytes",
            remedy="export or download it again",
        )


def _by_ending(path: Path) -> str:
    """The kind that the file's ending stands for."""
    suffixes = [s.lower() for s in path.suffixes]
    ending = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else path.suffix.lower()
    if ending not in KINDS or (suffixes[-1] == ".gz" and KINDS[ending] != "csv"):
        raise DataError(
            "no reader knows this kind of file",
            where=path.name,
            expected="a file ending in " + ", ".join(KINDS) + " or .csv.gz",
            got=f"'{path.suffix}'" if path.suffix else "a name without an ending",
            remedy="export the data as Parquet or CSV",
        )
    return KINDS[ending]


def _head(path: Path) -> bytes:
    """The first bytes of a file."""
    try:
        with path.open("rb") as handle:
            return handle.read(512)
    except OSError as reason:
        raise DataError(
            "the file cannot be opened",
            where=str(path),
            expected="a file that you may read",
            got=reason.strerror or type(reason).__name__,
            remedy="ask for the right to read it, or copy it to a folder of yours",
        ) from reason


def _rename(path: Path, found: str | None) -> str:
    """What to do about a file with a wrong ending."""
    if found is None or found == "gzip":
        return "open it in the program that made it and export it again as CSV or Parquet"
    right = next(ending for ending, kind in KINDS.items() if kind == found)
    return f"rename it to '{path.stem}{right}', or name the file that was meant"
