"""Rows that an engine can scan: a file where it lies, or a table in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from exitline.stats.data.values import Uses

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.held import HeldFile


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
        What the columns are used for: it decides their types (see `exitline.stats.data.values`).
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
            Roles and the columns that may be read at all; see `exitline.stats.data.values`.

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
        from exitline.stats.data.readers.names import read_names

        where = self.path.name if self.path is not None else "a table in memory"
        return read_names(self.names or (), self.uses.reads, where)

    def without(self, columns: Collection[str]) -> Source:
        """The same rows, from which some columns may not be read.

        Parameters
        ----------
        columns : collection of str
        """
        there = self.names
        if not columns or there is None:
            return self
        return self.using(Uses(columns=frozenset(there) - frozenset(columns)))

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
