"""Rows with new columns of weights: made when they are asked for, never held twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.data.source import Source
    from exitline.engine.base import Engine
    from exitline.measure.keyed import Key

KINDS = (".parquet", ".csv")
"""Files that rows with new columns can be written as."""


@dataclass(frozen=True)
class Reweighted:
    """The rows of the data with new columns of weights.

    ``to_pandas()`` and ``to_arrow()`` give the rows in their order, ``write(path)`` writes
    them as Parquet or CSV.

    Attributes
    ----------
    source : Source
    engine : {"duckdb", "spark"} or Engine
    keys : tuple of Key
        What the new columns depend on.
    groups : pyarrow.Table
        The values of the keys, and the new columns (or their factors).
    new : mapping of str to str
        New columns, and the columns of `groups` that they are made of.
    weight : str or None
        A column that `groups` are factors of.
    notes : tuple of str
        What a user should know.
    """

    source: Source = field(repr=False)
    engine: str | Engine = field(repr=False)
    keys: tuple[Key, ...] = field(repr=False)
    groups: pa.Table = field(repr=False)
    new: Mapping[str, str] = field(repr=False)
    weight: str | None = field(repr=False)
    notes: tuple[str, ...] = ()

    def to_arrow(self) -> pa.Table:
        """All rows in their order, with the new columns last."""
        import pyarrow as pa

        from exitline.engine.session import session
        from exitline.measure.keyed import ROW

        source = self.source
        if source.kind == "arrow":
            assert source.table is not None
            numbered = source.table.append_column(ROW, pa.array(range(source.table.num_rows)))
            with session(self.engine) as running:
                rows = self._rows(running, replace(source, table=numbered), (ROW,))
                found = running.run(rows.order_by(ROW))
            whole = source.table
            for name in self.new:
                whole = whole.append_column(name, found.column(name))
            return whole
        with session(self.engine) as running:
            return running.run(self._rows(running, source, None))

    def to_pandas(self) -> pd.DataFrame:
        """As `to_arrow`, for pandas."""
        found: pd.DataFrame = self.to_arrow().to_pandas()
        return found

    def write(self, path: str | Path) -> int:
        """Write all rows with the new columns, and count them.

        Parameters
        ----------
        path : path
            Ending in .parquet or .csv. Parquet is written by the engine, without passing rows
            through Python.

        Returns
        -------
        int

        Raises
        ------
        DataError
            For another ending.
        OutputError
            Where the file cannot be written.
        """
        from exitline.engine.session import session
        from exitline.files import whole_file

        final = Path(path)
        if final.suffix.lower() not in KINDS:
            raise DataError(
                "rows cannot be written as this kind of file", where=str(final),
                expected="a name ending in " + " or ".join(KINDS), got=final.suffix or "no ending",
                remedy="name it .parquet or .csv",
            )  # fmt: skip
        if final.suffix.lower() == ".parquet":
            with session(self.engine) as running:
                return running.write(self._rows(running, self.source, None), final)
        import pyarrow.csv as writer

        table = self.to_arrow()
        with whole_file(final) as partial:
            writer.write_csv(table, partial)
        return int(table.num_rows)

    def _rows(self, running: Engine, source: Source, keep: Sequence[str] | None) -> Any:
        """The query of rows with new columns."""
        from exitline.data.source import Source as Rows
        from exitline.data.values import Uses
        from exitline.measure.keyed import joined

        table = running.attach(source, "households")
        texts = frozenset(f.name for f in self.groups.schema if _is_text(f.type))
        groups = Rows(kind="arrow", table=self.groups).using(Uses(text=texts))
        found = running.attach(groups, "weights")
        kept = table.columns if keep is None else keep
        return joined(table, found, self.keys, self.new, self.weight, kept)


def _is_text(kind: Any) -> bool:
    """Whether an Arrow type is text."""
    import pyarrow.types as types

    return bool(types.is_string(kind) or types.is_large_string(kind))


def refuse_names(new: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse new columns that the data have already.

    Parameters
    ----------
    new, columns : sequence of str

    Raises
    ------
    DataError
    """
    lower = {name.lower() for name in columns}
    for name in new:
        if name.lower() in lower:
            raise DataError(
                f"the data have a column '{name}' already", where=f"column '{name}'",
                expected="a name that the data do not have", got=f"'{name}'",
                remedy='choose another, for instance name="weight_2"',
            )  # fmt: skip
