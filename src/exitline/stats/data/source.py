"""Where rows come from: a file to scan or a table in memory, not yet read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from exitline.errors import DataError
from exitline.stats.data.readers.columns import from_pandas, plain, written
from exitline.stats.data.readers.names import check_names
from exitline.stats.data.scannable import Source


def open_source(data: Any, **options: Any) -> Source:
    """Look at what was given and say how an engine can scan it.

    Parameters
    ----------
    data : path, pandas.DataFrame, polars.DataFrame, pyarrow.Table, ibis.Table or Source
        The rows. Files are recognised by their ending.
    **options
        Passed to the reader of a file (`encoding`, `sheet`, `query`).

    Returns
    -------
    Source

    Raises
    ------
    DataError
        When there is no such file, it is empty or of no known kind.

    Examples
    --------
    >>> import pandas as pd
    >>> open_source(pd.DataFrame({"y": [1.0, 2.0]})).kind
    'arrow'
    """
    if isinstance(data, Source):
        return data
    if isinstance(data, str | Path):
        from exitline.stats.data.readers import open_file

        return open_file(Path(data), **options)
    return _in_memory(data)


def _in_memory(data: Any) -> Source:
    """A table already in memory, as Arrow where it is not an Ibis expression."""
    import pyarrow as pa

    root = type(data).__module__.partition(".")[0]
    if root == "ibis":
        return Source(kind="ibis", table=data)
    if root == "pandas" and hasattr(data, "columns"):
        names = [written(name) for name in data.columns]
        return _of_columns(names, lambda i: from_pandas(data.iloc[:, i]))
    if root == "polars":
        frame = data.lazy().collect()
        return _of_columns(frame.columns, lambda i: _from_polars(frame.to_series(i)))
    if isinstance(data, pa.Table):
        return _of_columns(data.column_names, data.column)
    raise DataError(
        "these data are of a kind that cannot be read",
        expected="a path, a pandas, Polars or PyArrow table, or an Ibis table",
        got=f"{type(data).__module__}.{type(data).__name__}",
        remedy="convert them to one of these, for instance with pandas.DataFrame(...)",
    )


def _of_columns(names: Sequence[str], column: Callable[[int], Any]) -> Source:
    """A source of the columns of a table in memory, once their names can be told apart."""
    import pyarrow as pa

    check_names(names, "a table in memory")
    table = pa.table([column(i) for i in range(len(names))], names=list(names))
    return Source(kind="arrow", table=plain(table))


def _from_polars(series: Any) -> Any:
    """A column of Polars; one of Python objects by the rule for pandas."""
    if str(series.dtype) == "Object":
        import pandas as pd

        return from_pandas(pd.Series(series.to_list(), dtype=object))
    return series.to_arrow()
