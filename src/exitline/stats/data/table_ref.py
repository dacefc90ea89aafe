"""Where a table comes from: a file, or a query on a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source


@dataclass(frozen=True)
class TableRef:
    """Where a table comes from: a file, or a query on a database.

    Parameters
    ----------
    path : Path, optional
        The file, absolute or from where the program was started.
    options : mapping
        Reader options: encoding, delimiter, decimal, comment, missing, text, number, sheet.
    sql, connection : str, optional
        One SELECT, and the database file or PostgreSQL address it is put to.
    where : str
        File, line and key of the study, for messages.

    Examples
    --------
    >>> TableRef(path=Path("examples/albania-2012/lival.parquet")).open().kind
    'parquet'
    """

    path: Path | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    sql: str | None = None
    connection: str | None = None
    where: str = ""

    @property
    def name(self) -> str:
        """The file's name, or the database without user and password."""
        if self.path is not None:
            return self.path.name
        from exitline.stats.data.readers.sql import shown

        return shown(self.connection or "")

    def open(self) -> Source:
        """Look at the file, or fetch the rows of the query.

        Raises
        ------
        DataError
            See `exitline.stats.data.readers.open_file`.
        """
        if self.sql is not None and self.connection is not None:
            from exitline.stats.data.readers import DECLARED, declared
            from exitline.stats.data.readers.sql import read_sql

            options = dict(self.options)
            given = {name: options.pop(name) for name in DECLARED if name in options}
            return declared(read_sql(self.sql, self.connection, **options), **given)
        from exitline.stats.data.readers import open_file

        return open_file(self.path or "", **self.options)


@dataclass(frozen=True)
class MadeTable(TableRef):
    """Rows that were made of what a file says, in place of the file's own.

    Parameters
    ----------
    table : pyarrow.Table
    """

    table: Any = None

    def open(self) -> Source:
        """The rows, with the path of the file that they were made of."""
        from exitline.stats.data.scannable import Source

        return Source(kind="arrow", path=self.path, table=self.table)
