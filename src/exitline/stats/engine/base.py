"""What every engine can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.scannable import Source


class Engine(Protocol):
    """Runs unbound Ibis expressions over sources that were attached under a name."""

    name: str
    rows: dict[str, int]
    """Rows of each CSV file that was attached, by the name of its table."""

    def attach(self, source: Source, name: str) -> Any:
        """Make a source known under a name and return an unbound Ibis table for it.

        Raises
        ------
        DataError
            When the file cannot be read as what it claims to be.
        """
        ...

    def run(self, expression: Any) -> pa.Table:
        """Execute an expression and return its rows.

        Raises
        ------
        DataError
            When a value cannot be used (text in a number), named by column.
        """
        ...

    def batches(self, expression: Any, rows: int) -> Iterator[pa.Table]:
        """Execute an expression and hand its rows back a number at a time, in any order."""
        ...

    def write(self, expression: Any, path: Path, about: Mapping[str, str] | None = None) -> int:
        """Execute an expression into one Parquet file, written whole, and count its rows.

        What it says about itself goes along as key-value metadata.
        """
        ...

    def close(self) -> None:
        """Give back memory and files."""
        ...
