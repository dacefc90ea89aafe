"""Data files as commands open them, and small tables read whole."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.scannable import Source


def open_source(data: Any, **reading: Any) -> Source:
    """A data file or table, with what its reader must be told.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
    **reading
        encoding, delimiter, decimal, comment, sheet, missing, text, number: those that the
        kind of file knows.

    Returns
    -------
    Source
        Takes the place of a path wherever `exitline` asks for data.

    Raises
    ------
    DataError
        For a file that cannot be read, or an option that its kind does not know.

    Examples
    --------
    >>> open_source("examples/assessment/counts.csv", encoding="utf-8").kind
    'csv'
    """
    from exitline.stats.data.source import open_source as opened

    return opened(data, **reading)


def open_waves(data: Any) -> Any:
    """One table, or a list with one for each wave; files are read with the same options.

    Parameters
    ----------
    data : path, table, or sequence of these

    Returns
    -------
    Source, table, or list of these

    Examples
    --------
    >>> open_waves(["examples/assessment/counts.csv"]).kind
    'csv'
    """
    from pathlib import Path

    from exitline.stats.data.readers import open_each

    given = list(data) if isinstance(data, list | tuple) else [data]
    if all(isinstance(one, str | Path) for one in given):
        given = list(open_each(given))
    return given[0] if len(given) == 1 else given


def open_together(paths: Sequence[Any], **reading: Any) -> list[Source]:
    """Several files with the same options, each with those that its kind and columns know.

    Parameters
    ----------
    paths : sequence of path
    **reading
        As for `open_source`.

    Returns
    -------
    list of Source

    Examples
    --------
    >>> [one.kind for one in open_together(["examples/assessment/counts.csv"])]
    ['csv']
    """
    from exitline.stats.data.readers import open_each

    return open_each(paths, **reading)


def open_beside(path: Any, **reading: Any) -> Source:
    """A table beside the data, read with the options that were given for the data.

    Parameters
    ----------
    path : path
    **reading
        As for `open_source`; those that this kind of file and its columns know.

    Returns
    -------
    Source

    Examples
    --------
    >>> open_beside("examples/assessment/counts.csv", sheet="2020").kind
    'csv'
    """
    from exitline.stats.data.readers import open_beside as opened

    return opened(path, **reading)


def as_flags() -> AbstractContextManager[None]:
    """Name options as flags of a command in messages, for the length of the block.

    Returns
    -------
    context manager
    """
    from exitline.stats.data.readers.declaring import as_flags as named

    return named()


def read_rows(data: Any, code: Sequence[str | None] = ()) -> pa.Table:
    """All rows of a small table; names and ids as they are written.

    Parameters
    ----------
    data : path, table or Source
    code : sequence of str or None
        Columns that hold names or ids.

    Returns
    -------
    pyarrow.Table

    Examples
    --------
    >>> read_rows("examples/assessment/counts.csv", ["county"]).column_names[0]
    'county'
    """
    from exitline.stats.engine.whole import read_whole

    return read_whole(data, code)
