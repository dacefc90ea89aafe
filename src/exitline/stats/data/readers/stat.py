"""Stata .dta and SPSS .sav files, read in chunks into Arrow, with their value labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from exitline.errors import DataError
from exitline.stats.data.readers.declaring import declare
from exitline.stats.data.readers.magic import no_rows
from exitline.stats.data.readers.names import check_names

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.scannable import Source

CHUNK = 100_000
_PROGRAM = {"stata": "Stata", "spss": "SPSS"}


def read_stata(held: HeldFile, **options: Any) -> Source:
    """A Stata file, with the options of `read_stat`."""
    return read_stat(held.path, "stata", **options)


def read_spss(held: HeldFile, **options: Any) -> Source:
    """An SPSS file, with the options of `read_stat`."""
    return read_stat(held.path, "spss", **options)


def read_stat(
    path: Path, kind: str, *, encoding: str | None = None, missing: Sequence[str] = ()
) -> Source:
    """A Stata or SPSS file as an Arrow table, codes kept as codes.

    Parameters
    ----------
    path : Path
    kind : str
        "stata" or "spss".
    encoding : str, optional
        For files that do not say their own encoding (Stata 13 and older).
    missing : sequence of str
        Values that stand for a missing one, as written: "-99", "NA".

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
    from exitline.stats.data.scannable import Source

    table, labels, titles = _read(path, kind, encoding)
    if table is None:
        raise no_rows(path)
    check_names(table.column_names, path.name)
    options = MappingProxyType({"missing": tuple(missing)} if missing else {})
    return Source(
        kind="arrow", path=path, table=table, labels=labels, titles=titles, options=options
    )


def _read(
    path: Path, kind: str, encoding: str | None
) -> tuple[pa.Table | None, Mapping[str, Mapping[Any, str]], Mapping[str, str]]:
    """The rows as Arrow (None where there are none), value labels and titles of columns."""
    import pyarrow as pa
    import pyreadstat
    from pyreadstat._readstat_parser import PyreadstatError, ReadstatError

    read = pyreadstat.read_dta if kind == "stata" else pyreadstat.read_sav
    try:
        chunks: list[pa.Table] = []
        found: Any = None
        for frame, meta in _chunks(read, path, encoding):
            chunks.append(pa.Table.from_pandas(frame, preserve_index=False))
            found = meta
    except UnicodeDecodeError as reason:
        raise _wrong_encoding(path, kind, encoding) from reason
    except (ReadstatError, PyreadstatError, ValueError) as reason:
        if "encod" in str(reason).lower() or "convert string" in str(reason).lower():
            raise _wrong_encoding(path, kind, encoding) from reason
        raise DataError(
            f"the {_PROGRAM[kind]} file is damaged or of an unknown version",
            where=path.name,
            expected=f"a whole {_PROGRAM[kind]} file",
            got="content that cannot be read",
            remedy="copy it again, or save it anew from the program that made it",
        ) from reason
    if not chunks:
        return None, MappingProxyType({}), MappingProxyType({})
    table = pa.concat_tables(chunks, promote_options="permissive")
    return _typed(table, found.original_variable_types), _labels(found), _titles(found)


def _chunks(
    read: Callable[..., Any], path: Path, encoding: str | None
) -> Iterator[tuple[pd.DataFrame, Any]]:
    """Frames of at most CHUNK rows, with the file's description."""
    offset = 0
    while True:
        frame, meta = read(
            str(path), encoding=encoding, row_offset=offset, row_limit=CHUNK,
            user_missing=False, disable_datetime_conversion=True,
        )  # fmt: skip
        if len(frame):
            yield frame, meta
        if len(frame) < CHUNK:
            return
        offset += CHUNK


def _typed(table: pa.Table, kinds: Mapping[str, str]) -> pa.Table:
    """Dates and times as such, and numbers that the file shows without decimals as integers."""
    import pyarrow as pa

    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        shown = str(kinds.get(name, ""))
        moment = next((m for m in _MOMENTS if m.formats.match(shown)), None)
        if not pa.types.is_floating(column.type):
            columns.append(column)
        elif moment is not None:
            columns.append(moment.of(column))
        else:
            columns.append(_whole(column) if re.fullmatch(r"F\d+\.0", shown) else column)
    return pa.table(columns, names=table.column_names)


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Integers, where every value is one that a double holds exactly."""
    import pyarrow as pa
    import pyarrow.compute as pc

    exact = pc.and_(pc.equal(column, pc.round(column)), pc.less(pc.abs(column), 2.0**53))
    return column.cast(pa.int64()) if pc.all(exact).as_py() is not False else column


@dataclass(frozen=True)
class _Moment:
    """Formats under which a file shows numbers as dates or times, and how to read them.

    `unit` is what the number counts, in microseconds; `epoch` the days from its start to 1970.
    """

    formats: re.Pattern[str]
    kind: Literal["date", "moment", "time"]
    unit: int
    epoch: int

    def of(self, column: pa.ChunkedArray) -> pa.Array:
        """The column as dates or times; missing before year 1 and after year 9999."""
        import numpy as np
        import pyarrow as pa

        number = column.to_numpy().astype(float) * self.unit
        low, high = (0, _DAY) if self.kind == "time" else (_FIRST, _LAST)
        shifted = number - self.epoch * float(_DAY)
        held = (shifted >= low) & (shifted < high)
        whole = np.where(held, np.nan_to_num(number), 0.0).astype(np.int64)
        micro = whole - np.where(held, self.epoch * _DAY, 0)
        if self.kind == "date":
            days = (micro // _DAY).astype(np.int32)
            return pa.array(days, mask=~held).cast(pa.date32())
        return pa.array(micro, mask=~held).cast(
            pa.time64("us") if self.kind == "time" else pa.timestamp("us")
        )


_MICRO = 1_000_000
_DAY = 86_400 * _MICRO
_FIRST, _LAST = -719_162 * _DAY, 2_932_897 * _DAY
_STATA, _SPSS = 3_653, 141_428
_MOMENTS = (
    _Moment(re.compile(r"%-?t?d"), "date", _DAY, _STATA),
    _Moment(re.compile(r"%-?t[cC]"), "moment", 1000, _STATA),
    _Moment(re.compile(r"([AEJS]?DATE|MOYR|QYR|WKYR)\d"), "date", _MICRO, _SPSS),
    _Moment(re.compile(r"(DATETIME|YMDHMS)\d"), "moment", _MICRO, _SPSS),
    _Moment(re.compile(r"M?TIME\d"), "time", _MICRO, 0),
)


def _labels(meta: Any) -> Mapping[str, Mapping[Any, str]]:
    """Value labels by column, whole-number codes as integers; blank labels say nothing."""
    return MappingProxyType(
        {
            column: MappingProxyType(
                {
                    _code(value): str(label).strip()
                    for value, label in codes.items()
                    if str(label).strip()
                }
            )
            for column, codes in meta.variable_value_labels.items()
        }
    )


def _titles(meta: Any) -> Mapping[str, str]:
    """What the file says that its columns hold, where it says anything."""
    said = meta.column_names_to_labels.items()
    return MappingProxyType({name: text.strip() for name, text in said if text and text.strip()})


def _code(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _wrong_encoding(path: Path, kind: str, encoding: str | None) -> DataError:
    return DataError(
        f"the {_PROGRAM[kind]} file contains text in another encoding",
        where=path.name,
        expected=f"text in {encoding.upper()}" if encoding else "text in the encoding it declares",
        got="bytes that do not decode",
        remedy=declare("encoding", "cp1252") + " (or the right one)",
    )
