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
from exitline.stats.data.values import Uses

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source

DECLARED = ("text", "number")
"""Options of every kind of file: columns that are text as written, or numbers."""
OPTIONS = {
    "parquet": frozenset({"missing"}),
    "csv": frozenset({"encoding", "delimiter", "decimal", "comment", "missing"}),
    "stata": frozenset({"encoding", "missing"}),
    "spss": frozenset({"encoding", "missing"}),
    "sheet": frozenset({"sheet", "missing"}),
    "database": frozenset({"query", "missing"}),
}
"""The options that each kind of file understands."""


def open_file(path: str | Path, **options: Any) -> Source:
    """Look at a file and say how an engine can scan it.

    Parameters
    ----------
    path : path
        A file ending in .parquet, .csv, .tsv, .txt (also .gz of these), .dta, .sav,
        .zsav, .xlsx, .xls, .ods, or .duckdb, .sqlite, .db together with `query`.
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
    kind = magic.kind_of(file)
    given = {name: value for name, value in options.items() if value is not None}
    _check_options(file, kind, given)
    columns = {name: tuple(given.pop(name)) for name in DECLARED if name in given}
    held = HeldFile(file)
    source = replace(_read(held, kind, given), held=held)
    held.check()
    return declared(source, **columns)


def _read(held: HeldFile, kind: str, given: dict[str, Any]) -> Source:
    """The source of a file of some kind."""
    file = held.path
    if kind == "csv":
        from exitline.stats.data.readers.csv import open_csv

        return open_csv(held, **given)
    if kind == "stata" or kind == "spss":
        from exitline.stats.data.readers.stat import read_stat

        return read_stat(file, kind, **given)
    if kind == "sheet":
        from exitline.stats.data.readers.sheet import read_sheet

        return read_sheet(file, **given)
    if kind == "database":
        from exitline.stats.data.readers.sql import read_database

        return read_database(file, given.get("query"), given.get("missing", ()))
    return _open_parquet(file, given.get("missing", ()))


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
    kinds = [magic.kind_of(Path(path)) for path in paths]
    columns = {name: options.pop(name) for name in DECLARED if options.get(name)}
    for name in options:
        if not any(name in OPTIONS[kind] for kind in kinds):
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
    known = OPTIONS[magic.kind_of(Path(path))]
    columns = {name: options[name] for name in DECLARED if options.get(name)}
    source = open_file(path, **{name: v for name, v in options.items() if name in known})
    there = source.names or ()
    return declared(source, **{k: [n for n in v if n in there] for k, v in columns.items()})


def _open_parquet(path: Path, missing: Sequence[str]) -> Source:
    """A Parquet file: its footer is read, its rows are not."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from exitline.stats.data.codebook import from_metadata
    from exitline.stats.data.readers.names import check_names
    from exitline.stats.data.scannable import Source

    try:
        footer = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as reason:
        raise DataError(
            "the Parquet file is damaged",
            where=path.name,
            expected="a whole Parquet file",
            got="a footer that cannot be read",
            remedy="copy or export the file again: it was probably cut off",
        ) from reason
    check_names(footer.schema_arrow.names, path.name)
    if footer.metadata.num_rows == 0:
        raise magic.no_rows(path)
    options: dict[str, Any] = {"schema": footer.schema_arrow}
    if missing:
        options["missing"] = tuple(missing)
    labels, titles = from_metadata(footer.metadata.metadata)
    return Source(kind="parquet", path=path, labels=labels, titles=titles, options=options)


def _check_options(path: Path, kind: str, options: dict[str, Any]) -> None:
    """Refuse an option that this kind of file does not have."""
    for name in options:
        if name not in OPTIONS[kind] and name not in DECLARED:
            known = sorted((*OPTIONS[kind], *DECLARED))
            raise DataError(
                f"a {kind} file has no option '{name}'",
                where=path.name,
                expected="one of " + ", ".join(known),
                got=name,
                remedy=nearest(name, known) or "leave it out",
            )


__all__ = ["DECLARED", "OPTIONS", "declared", "open_each", "open_file"]
