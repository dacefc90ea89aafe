"""Columns that come from Python as columns of Arrow: one rule for tables in memory and sheets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def from_pandas(values: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    """A column of pandas; one that mixes kinds, or has a kind of pandas' own, is text.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    pyarrow.Array or ChunkedArray
        Bytes where a text cannot be written (lone surrogates), so that it is refused by name
        once it is used, and not before.

    Examples
    --------
    >>> import pandas as pd
    >>> from_pandas(pd.Series([1, "x", 2.0, None])).to_pylist()
    ['1', 'x', '2', None]
    >>> from_pandas(pd.Series(pd.period_range("2020-01", periods=2, freq="M"))).to_pylist()
    ['2020-01', '2020-02']
    """
    import pandas as pd
    import pyarrow as pa

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if isinstance(values.dtype, pd.PeriodDtype | pd.IntervalDtype):
        return _text(values)
    try:
        return pa.Array.from_pandas(values)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return _text(values)


def plain(table: pa.Table) -> pa.Table:
    """The table without codings that engines show in their own ways.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    pyarrow.Table
        Dictionaries as their values, extension types as what they store, moments as the
        clocks of their own zone show them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> noon = pa.array([0], pa.timestamp("s", "Africa/Nairobi"))
    >>> str(plain(pa.table({"t": noon}))["t"][0])
    '1970-01-01 03:00:00'
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    for position, field in enumerate(table.schema):
        column = table.column(position)
        if isinstance(column.type, pa.BaseExtensionType):
            storage = [chunk.storage for chunk in column.chunks]
            column = pa.chunked_array(storage, column.type.storage_type)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_timestamp(column.type) and column.type.tz:
            column = pc.local_timestamp(column)
        if column.type != field.type:
            table = table.set_column(position, field.name, column)
    return table


def absent(value: Any) -> bool:
    """Whether a cell is blank: None, NaN, or what pandas has for missing."""
    import pandas as pd

    found = pd.isna(value)
    return found if isinstance(found, bool) else False


def _text(values: Iterable[Any]) -> pa.Array:
    """The cells as they are written; whole numbers without a point."""
    import pyarrow as pa

    texts = [None if absent(value) else written(value) for value in values]
    try:
        return pa.array(texts, type=pa.string())
    except UnicodeEncodeError:
        encoded = [None if t is None else t.encode("utf-8", "surrogatepass") for t in texts]
        return pa.array(encoded, type=pa.binary())


def written(value: Any) -> str:
    """A value as text; a whole number without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
