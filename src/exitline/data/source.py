"""Where rows come from: a file to scan or a table in memory, not yet read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from exitline.data.readers.columns import from_pandas, plain, written
from exitline.data.readers.names import check_names
from exitline.data.values import Uses
from exitline.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.data.held import HeldFile

SourceKind = Literal["parquet", "csv", "arrow", "ibis"]


@dataclass(frozen=True)
class Source:
    """Rows that an engine can scan.

    Parameters
    ----------
    kind : {"parquet", "csv", "arrow", "ibis"}
        Parquet and CSV files are scanned by the engine where they lie; anything else
        was brought into an Arrow table by a reader.
    path : Path, optional
        The file the rows come from, if there is one.
    table : pyarrow.Table or ibis.Table, optional
        The rows themselves, for `kind` "arrow" or "ibis".
    labels : mapping of column to mapping of value to label
        Value labels that came with the file (Stata, SPSS, a release of ours).
    titles : mapping of column to text
        What the file says that a column holds.
    options : mapping
        What the engine needs to know to scan the file (CSV separator, encoding).
    uses : Uses
        What the columns are used for: it decides their types (see `exitline.data.values`).
    held : HeldFile, optional
        The file, open: its digest and all queries see the same bytes.

    Examples
    --------
    >>> Source(kind="parquet", path=Path("survey.parquet")).name
    'survey.parquet'
    """

    kind: SourceKind
    path: Path | None = None
    table: pa.Table | Any | None = None
    labels: Mapping[str, Mapping[Any, str]] = field(default_factory=lambda: MappingProxyType({}))
    titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    uses: Uses = field(default_factory=Uses)
    held: HeldFile | None = field(default=None, compare=False)

    def using(self, uses: Uses) -> Source:
        """The same rows, with what their columns are used for said as well.

        Parameters
        ----------
        uses : Uses
            Roles and the columns that may be read at all; see `exitline.data.values`.

        Examples
        --------
        >>> Source(kind="parquet").using(Uses(code={"ea"})).uses.of("ea")
        'code'
        """
        both = self.uses | uses
        if self.uses.columns is None:
            both = replace(both, columns=uses.columns)
        return replace(self, uses=both)

    def kept(self) -> dict[str, int] | None:
        """Columns with their positions, without twins in upper and lower case that nobody reads.

        None where all columns can be told apart.

        Raises
        ------
        DataError
            Where both twins are read.
        """
        from exitline.data.readers.names import read_names

        where = self.path.name if self.path is not None else "a table in memory"
        return read_names(self.names or (), self.uses.reads, where)

    @property
    def names(self) -> tuple[str, ...] | None:
        """Column names where they are known before an engine has seen the rows."""
        if self.kind == "ibis" and self.table is not None:
            return tuple(self.table.columns)
        if "dialect" in self.options:
            return tuple(self.options["dialect"].names)
        known = self.options.get("schema") or getattr(self.table, "schema", None)
        return tuple(known.names) if known is not None else None

    @property
    def name(self) -> str:
        """The file's name, or what kind of table it is."""
        return self.path.name if self.path is not None else "a table in memory"


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
        from exitline.data.readers import open_file

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
