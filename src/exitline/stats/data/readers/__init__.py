"""Readers of files and databases: each hands back a `Source` that an engine can scan.

Parquet and CSV files stay where they are: only their first bytes and their header are
looked at here, so that a wrong file is named before an engine meets it. Stata, SPSS and
spreadsheet files, and the result of an SQL query, are brought into an Arrow table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, nearest
from exitline.stats.data.held import HeldFile
from exitline.stats.data.readers import magic
from exitline.stats.data.readers.formats import FORMATS
from exitline.stats.data.values import Uses

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source

DECLARED = ("text", "number")
"""Options of every kind of file: columns that are text as written, or numbers."""


def open_file(path: str | Path, **options: Any) -> Source:
    """Look at a file and say how an engine can scan it.

    Parameters
    ----------
    path : path
        Of a kind in `exitline.stats.data.readers.formats.FORMATS`; text also as .gz.
    **options
        `missing` (values that stand for a missing one, as written), `encoding` (csv, Stata,
        SPSS), `delimiter`, `decimal` ("." or ",") and `comment` for csv, `sheet` for spreadsheets,
        `query` for databases; `text` and `number` (names of columns that are text as written,
        or numbers, whatever their values look like) for every kind.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        For no file, an empty file, a wrong encoding, a file of another kind than its
        name says, a header without rows, or column names that occur twice.

    Examples
    --------
    >>> open_file("examples/albania-2012/lival.parquet").kind
    'parquet'
    """
    file = Path(path)
    kind = magic.kind_of(file, options.get("encoding"))
    given = {name: value for name, value in options.items() if value is not None}
    _check_options(file, kind, given)
    columns = {name: tuple(given.pop(name)) for name in DECLARED if name in given}
    held = HeldFile(file)
    source = replace(FORMATS[kind].read(held, **given), held=held)
    held.check()
    return declared(source, **columns)


def declared(source: Source, text: Sequence[str] = (), number: Sequence[str] = ()) -> Source:
    """The source with the columns that the user declares text or numbers, which are there.

    Parameters
    ----------
    source : Source
    text, number : sequence of str
        Column names.

    Raises
    ------
    DataError
        For a name that is not there, or is declared to be both.
    """
    names = source.names or ()
    both = set(text) & set(number)
    for name in (*text, *number):
        if name in both or name not in names:
            raise DataError(
                f"the column '{name}' is declared text and number at once"
                if name in both
                else f"there is no column '{name}' to be declared text or number",
                where=source.name,
                expected="one of the two" if name in both else "one of " + ", ".join(names[:30]),
                got="both" if name in both else f"'{name}'",
                remedy="remove one of them"
                if name in both
                else nearest(name, names) or "check the spelling; upper and lower case count",
            )
    return source.using(Uses(text=frozenset(text), number=frozenset(number)))


def open_each(paths: Sequence[str | Path], **options: Any) -> list[Source]:
    """Several files with the same options, each with those that its kind and columns know.

    Parameters
    ----------
    paths : sequence of path
    **options
        As `open_file`; one that no file knows is refused, as for a single file.

    Raises
    ------
    DataError

    Examples
    --------
    >>> lives = "examples/albania-2012/lival.parquet"
    >>> counts = "examples/assessment/counts.csv"
    >>> [source.kind for source in open_each([lives, counts], encoding="utf-8")]
    ['parquet', 'csv']
    """
    kinds = [magic.kind_of(Path(path), options.get("encoding")) for path in paths]
    columns = {name: options.pop(name) for name in DECLARED if options.get(name)}
    for name in options:
        if not any(name in FORMATS[kind].options for kind in kinds):
            _check_options(Path(paths[0]), kinds[0], {name: options[name]})
    sources = [open_beside(path, **options, **columns) for path in paths]
    there = {name for source in sources for name in source.names or ()}
    if any(set(names) - there for names in columns.values()):
        declared(sources[0], **columns)  # says which name is nowhere
    return sources


def open_beside(path: str | Path, **options: Any) -> Source:
    """A file beside another one, with those of its options that this kind and columns know.

    Parameters
    ----------
    path : path
    **options
        As `open_file`.

    Examples
    --------
    >>> open_beside("examples/albania-2012/lival.parquet", delimiter=";").kind
    'parquet'
    """
    known = FORMATS[magic.kind_of(Path(path), options.get("encoding"))].options
    columns = {name: options[name] for name in DECLARED if options.get(name)}
    source = open_file(path, **{name: v for name, v in options.items() if name in known})
    there = source.names or ()
    return declared(source, **{k: [n for n in v if n in there] for k, v in columns.items()})


def _check_options(path: Path, kind: str, options: dict[str, Any]) -> None:
    """Refuse an option that this kind of file does not have."""
    for name in options:
        if name not in FORMATS[kind].options and name not in DECLARED:
            known = sorted((*FORMATS[kind].options, *DECLARED))
            raise DataError(
                f"a {kind} file has no option '{name}'",
                where=path.name,
                expected="one of " + ", ".join(known),
                got=name,
                remedy=nearest(name, known) or "leave it out",
            )


__all__ = ["DECLARED", "declared", "open_each", "open_file"]
