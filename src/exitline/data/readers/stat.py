"""Stata .dta and SPSS .sav files, read in chunks into Arrow, with their value labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.data.readers.magic import no_rows
from exitline.data.readers.names import check_names
from exitline.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.data.source import Source

CHUNK = 100_000
_PROGRAM = {"stata": "Stata", "spss": "SPSS"}


def read_stat(path: Path, kind: str, *, encoding: str | None = None) -> Source:
    """A Stata or SPSS file as an Arrow table, codes kept as codes.

    Parameters
    ----------
    path : Path
    kind : str
        "stata" or "spss".
    encoding : str, optional
        For files that do not say their own encoding (Stata 13 and older).

    Returns
    -------
    Source
        With `labels`: for each labelled column, what its codes mean. Missing values,
        the extended ones of Stata and the declared ones of SPSS included, are missing.

    Raises
    ------
    DataError
        When the file is damaged, in another encoding, or has no rows.
    """
    import pyarrow as pa

    from exitline.data.source import Source

    chunks, labels = _read_chunks(path, kind, encoding)
    if not chunks:
        raise no_rows(path)
    check_names(chunks[0].column_names, path.name)
    table = pa.concat_tables(chunks, promote_options="permissive")
    return Source(kind="arrow", path=path, table=table, labels=labels)


def _read_chunks(
    path: Path, kind: str, encoding: str | None
) -> tuple[list[pa.Table], Mapping[str, Mapping[Any, str]]]:
    """All chunks as Arrow, and the labels."""
    import pyreadstat
    from pyreadstat._readstat_parser import PyreadstatError, ReadstatError

    read = pyreadstat.read_dta if kind == "stata" else pyreadstat.read_sav
    try:
        chunks: list[pa.Table] = []
        labels: Mapping[str, Mapping[Any, str]] = MappingProxyType({})
        for frame, meta in _chunks(read, path, encoding):
            chunks.append(_arrow(frame, meta))
            labels = _labels(meta)
    except UnicodeDecodeError as reason:
        raise _wrong_encoding(path, kind, encoding) from reason
    except (ReadstatError, PyreadstatError, ValueError) as reason:
        if "encod" in str(reason).lower() or "convert" in str(reason).lower():
            raise _wrong_encoding(path, kind, encoding) from reason
        raise DataError(
            f"the {_PROGRAM[kind]} file is damaged or of an unknown version",
            where=path.name,
            expected=f"a whole {_PROGRAM[kind]} file",
            got="content that cannot be read",
            remedy="copy it again, or save it anew from the program that made it",
        ) from reason
    return chunks, labels


def _chunks(
    read: Callable[..., Any], path: Path, encoding: str | None
) -> Iterator[tuple[pd.DataFrame, Any]]:
    """Frames of at most CHUNK rows, with the file's description."""
    offset = 0
    while True:
        frame, meta = read(
            str(path), encoding=encoding, row_offset=offset, row_limit=CHUNK, user_missing=False
        )
        if len(frame):
            yield frame, meta
        if len(frame) < CHUNK:
            return
        offset += CHUNK


def _arrow(frame: pd.DataFrame, meta: Any) -> pa.Table:
    """A frame as Arrow; numbers that the file shows without decimals become integers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = pa.Table.from_pandas(frame, preserve_index=False)
    for position, name in enumerate(table.column_names):
        column = table[name]
        shown = str(meta.original_variable_types.get(name, ""))
        if pa.types.is_floating(column.type) and shown.startswith("F") and shown.endswith(".0"):
            whole = pc.all(pc.equal(column, pc.round(column))).as_py()
            if whole is not False and not pc.any(pc.is_inf(column)).as_py():
                table = table.set_column(position, name, column.cast(pa.int64()))
    return table


def _labels(meta: Any) -> Mapping[str, Mapping[Any, str]]:
    """Value labels by column, whole-number codes as integers."""
    return MappingProxyType(
        {
            column: MappingProxyType({_code(value): str(label) for value, label in codes.items()})
            for column, codes in meta.variable_value_labels.items()
        }
    )


def _code(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _wrong_encoding(path: Path, kind: str, encoding: str | None) -> DataError:
    return DataError(
        f"the {_PROGRAM[kind]} file holds text in another encoding",
        where=path.name,
        expected=f"text in {encoding.upper()}" if encoding else "text in the encoding it declares",
        got="bytes that do not decode",
        remedy="declare 'encoding: cp1252' (or the right one) beside the path",
    )
