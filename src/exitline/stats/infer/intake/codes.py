"""From the engine's columns to NumPy: numbers, and whole numbers that stand for values.

PyArrow's own `to_numpy` loads pandas, which takes longer than a usual estimate.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.arrays import Ints


MISSING_DOMAIN = "(missing)"
_DENSE = 4


def numbers(column: pa.ChunkedArray | pa.Array) -> NDArray[Any]:
    """A column of numbers as an array of the same type; floats with NaN where some are missing.

    Parameters
    ----------
    column : pyarrow.ChunkedArray or pyarrow.Array

    Returns
    -------
    array, shape (rows,)

    Examples
    --------
    >>> import pyarrow as pa
    >>> numbers(pa.chunked_array([[3, 4], [5]])), numbers(pa.array([1, None]))
    (array([3, 4, 5]), array([ 1., nan]))
    """
    import pyarrow as pa

    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_boolean(array.type):
        array = array.cast(pa.uint8())
    elif not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type)):
        array = array.cast(pa.float64())
    if not array.null_count:
        return np.from_dlpack(array)
    there = np.from_dlpack(array.is_valid().cast(pa.uint8())).astype(bool)
    bare = pa.Array.from_buffers(
        array.type, len(array), [None, array.buffers()[1]], offset=array.offset
    )
    return np.where(there, np.from_dlpack(bare), np.nan)


def ranked(column: pa.ChunkedArray | pa.Array) -> tuple[Ints, pa.Array]:
    """Codes of a column in ascending order of its values, from 0; and the values in that order.

    A missing value comes last.

    Examples
    --------
    >>> import pyarrow as pa
    >>> code, values = ranked(pa.array(["b", None, "a", "b"]))
    >>> code.tolist(), values.to_pylist()
    ([1, 2, 0, 1], ['a', 'b', None])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = array.dictionary_encode(null_encoding="encode")
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    order = pc.array_sort_indices(encoded.dictionary)
    rank = np.empty(len(order), dtype=np.int64)
    rank[numbers(order)] = np.arange(len(order))
    return rank[numbers(encoded.indices)], encoded.dictionary.take(order)


def texts(values: pa.Array) -> tuple[str, ...]:
    """Values as results show them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> texts(pa.array([17.0, 1.5, None]))
    ('17', '1.5', '(missing)')
    """
    import pyarrow as pa

    shown = _moments(values) if pa.types.is_temporal(values.type) else values
    return tuple(as_text(value) for value in shown.to_pylist())


def codes(column: pa.ChunkedArray) -> tuple[Ints, tuple[str, ...]]:
    """Integer codes of a column in ascending order of its values, and the values as text."""
    code, values = ranked(column)
    return code, texts(values)


def _moments(values: pa.Array) -> pa.Array:
    """Dates and times as text, of any year; without a clock where all are at midnight."""
    import pyarrow as pa
    import pyarrow.compute as pc

    shown = pc.cast(values, pa.string())
    if pa.types.is_timestamp(values.type):
        days = pc.replace_substring_regex(shown, r" 00:00:00(\.0*)?$", "")
        if not pc.any(pc.match_substring(days, ":")).as_py():
            return days
    return shown


def as_text(value: object) -> str:
    """A domain value as results show it: whole numbers without a point.

    Examples
    --------
    >>> as_text(17.0), as_text(Decimal("1.50")), as_text("017"), as_text(None)
    ('17', '1.5', '017', '(missing)')
    """
    if value is None:
        return MISSING_DOMAIN
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if value == MISSING_DOMAIN:
        return f'"{value}"'
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def grouped(code: Ints) -> tuple[Ints, Ints]:
    """Where each code stands first, and the codes renumbered from 0 without gaps.

    As ``numpy.unique(..., return_index=True, return_inverse=True)``, without sorting where the
    codes are dense, as they mostly are.

    Parameters
    ----------
    code : int array, shape (rows,)
        At least 0.

    Returns
    -------
    first : int array, shape (groups,)
        In ascending order of the codes.
    group : int array, shape (rows,)

    Examples
    --------
    >>> first, group = grouped(np.array([7, 2, 7, 5]))
    >>> first.tolist(), group.tolist()
    ([1, 3, 0], [2, 0, 2, 1])
    """
    size = int(code.max(initial=-1)) + 1
    if size > _DENSE * len(code):
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        return first, group
    at = np.full(size, -1, dtype=np.int64)
    at[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    there = at >= 0
    return at[there], (np.cumsum(there) - 1)[code]


def distinct(code: Ints) -> Ints:
    """The codes that occur, in ascending order.

    Examples
    --------
    >>> distinct(np.array([7, 2, 7, 5])).tolist()
    [2, 5, 7]
    """
    ordered = np.sort(code)
    return ordered[np.diff(ordered, prepend=ordered[:1] - 1) > 0]


def crossed(outer: Ints, inner: Ints) -> Ints:
    """One code for each pair of codes, in the order of the first, then of the second.

    Examples
    --------
    >>> crossed(np.array([0, 1]), np.array([3, 2])).tolist()
    [3, 6]
    """
    return outer * (int(inner.max(initial=0)) + 1) + inner
