"""What kind of file this is: its ending says so and its first bytes must agree."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from exitline.errors import DataError, nearest
from exitline.stats.data.readers.declaring import in_encoding
from exitline.stats.data.readers.encodings import likely_encoding
from exitline.stats.data.readers.formats import FORMATS

_GZIP = "gzip"


def endings() -> dict[str, str]:
    """File endings and the kind of file that each stands for.

    Examples
    --------
    >>> endings()[".dta"]
    'stata'
    """
    return {ending: kind for kind, form in FORMATS.items() for ending in form.endings}


def kind_of(path: Path, encoding: str | None = None) -> str:
    """The kind of a file, by its ending, once its first bytes have confirmed it.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        As declared: text of two or four bytes a character need not begin with its mark then.

    Returns
    -------
    str
        A name of `exitline.stats.data.readers.formats.FORMATS`.

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
    head = _head(path)
    found = sniff(head)
    if claimed == "csv" and found is None:
        if encoding:
            return claimed
        if (guess := likely_encoding(head)).startswith("utf-16"):
            raise DataError(
                "the file is not encoded in UTF-8", where=f"{path.name}, line 1",
                expected="text in UTF-8", got=f"bytes that look like {guess}, without its mark",
                remedy=in_encoding(guess),
            )  # fmt: skip
    if claimed == "csv" and found == _GZIP and path.suffix.lower() == ".gz":
        return claimed
    if found != claimed:
        raise DataError(
            "the file is not what its name says",
            where=path.name,
            expected=FORMATS[claimed].said,
            got=_said(found),
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
    if head.startswith(b"\x1f\x8b"):
        return _GZIP
    return next((kind for kind, form in FORMATS.items() if form.agrees(head)), None)


class NoRowsError(DataError):
    """A file that has column names and nothing else.

    Attributes
    ----------
    columns : tuple of str
        Those names, as far as the reader knows them.
    """

    columns: tuple[str, ...] = ()


def no_rows(path: Path, columns: Iterable[str] = ()) -> NoRowsError:
    """The error for a file that has column names and nothing else."""
    found = NoRowsError(
        "the file has a header and no rows",
        where=path.name,
        expected="at least one row of data",
        got="column names alone",
        remedy="export the data again: the selection was probably empty",
    )
    found.columns = tuple(columns)
    return found


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
    known = endings()
    if ending not in known or (suffixes[-1] == ".gz" and known[ending] != "csv"):
        raise DataError(
            "no reader knows this kind of file",
            where=path.name,
            expected="a file ending in " + ", ".join(known) + " or .csv.gz",
            got=f"'{path.suffix}'" if path.suffix else "a name without an ending",
            remedy="export the data as Parquet or CSV",
        )
    return known[ending]


def _said(kind: str | None) -> str:
    """What first bytes are, in words."""
    if kind is None:
        return "bytes of no known kind"
    return "a gzip archive" if kind == _GZIP else FORMATS[kind].said


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
    if found is None or found == _GZIP:
        return "open it in the program that made it and export it again as CSV or Parquet"
    right = FORMATS[found].endings[0]
    return f"rename it to '{path.stem}{right}', or name the file that was meant"
