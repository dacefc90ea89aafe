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

    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.weighting.keyed import GroupKey

KINDS = (".parquet", ".csv")
"""Files that rows with new columns can be written as."""
FEW = 20
"""New columns up to which the engine writes them; more are written in batches of rows."""
BATCH = 50_000
_GROUP, _WEIGHT = "exitline__group", "exitline__weight_"


@dataclass(frozen=True)
class Reweighted:
    """The rows of the data with new columns of weights.

    ``to_pandas()`` and ``to_arrow()`` give the rows in their order, ``write(path)`` writes
    them as Parquet or CSV.

    Attributes
    ----------
    source : Source
    engine : {"duckdb", "spark"} or Engine
    keys : tuple of GroupKey
        What the new columns depend on.
    groups : pyarrow.Table
        The values of the keys, and the new columns (or their factors).
    new : mapping of str to str
        New columns, and the columns of `groups` that they are made of.
    weight : str or None
        A column that `groups` are factors of.
    weights : mapping of str to str
        The same for single new columns.
    notes : tuple of str
        What a user should know.
    """

    source: Source = field(repr=False)
    engine: str | Engine = field(repr=False)
    keys: tuple[GroupKey, ...] = field(repr=False)
    groups: pa.Table = field(repr=False)
    new: Mapping[str, str] = field(repr=False)
    weight: str | None = field(repr=False)
    notes: tuple[str, ...] = ()
    weights: Mapping[str, str] = field(default_factory=dict, repr=False, kw_only=True)

    def to_arrow(self) -> pa.Table:
        """All rows in their order, with the new columns last."""
        rows, group, times = self._parts()
        return self._multiplied(rows, group, times)

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
        from exitline.files import whole_file
        from exitline.stats.engine.session import session

        final = Path(path)
        if final.suffix.lower() not in KINDS:
            raise DataError(
                "rows cannot be written as this kind of file", where=str(final),
                expected="a name ending in " + " or ".join(KINDS), got=final.suffix or "no ending",
                remedy="name it .parquet or .csv",
            )  # fmt: skip
        by_engine = len(self.new) <= FEW and self.source.kind != "ibis"
        if final.suffix.lower() == ".parquet" and by_engine:
            with session(self.engine) as running:
                return running.write(self._whole(running), final)
        from pyarrow import csv, parquet

        rows, group, times = self._parts()
        first = self._multiplied(rows[:0], group[:0], times[:0])
        with whole_file(final) as partial:
            writer: Any = csv.CSVWriter(partial, first.schema)
            if final.suffix.lower() == ".parquet":
                writer = parquet.ParquetWriter(partial, first.schema, compression="zstd")
            with writer:
                for start in range(0, rows.num_rows, BATCH):
                    part = slice(start, start + BATCH)
                    writer.write_table(self._multiplied(rows[part], group[part], times[part]))
        return int(rows.num_rows)

    def _whole(self, running: Engine) -> Any:
        """The query of rows with new columns."""
        from exitline.stats.measure.weighting.keyed import ROW, joined

        table = running.attach(numbered(self.source), "households")
        found = self._attached(running, self.groups)
        kept = [c for c in table.columns if c != ROW]
        new = {name: (column, self._times(name)) for name, column in self.new.items()}
        return joined(table, found, self.keys, new, kept)

    def _parts(self) -> tuple[pa.Table, Any, pa.Table]:
        """All rows in their order, the number of each row's group, and its weights."""
        import pyarrow as pa

        from exitline.stats.engine.session import session
        from exitline.stats.measure.weighting.keyed import ROW, joined, key_name

        source = self.source
        keyed = self.groups.select([key_name(i) for i in range(len(self.keys))])
        keyed = keyed.append_column(_GROUP, pa.array(range(keyed.num_rows), pa.int64()))
        new: dict[str, tuple[str | None, str | None]] = {_GROUP: (_GROUP, None)}
        new |= {_WEIGHT + name: (None, name) for name in self._rows_weights()}
        with session(self.engine) as running:
            table = running.attach(numbered(source), "households")
            weights = self._attached(running, keyed)
            kept = (ROW,) if source.kind == "arrow" else table.columns
            rows = joined(table, weights, self.keys, new, kept)
            found = running.run(rows.order_by(ROW) if source.kind == "arrow" else rows)
        times = found.select([_WEIGHT + name for name in self._rows_weights()])
        own = source.table if source.kind == "arrow" else found.drop_columns(list(new))
        assert own is not None
        return own, found.column(_GROUP), times.rename_columns(self._rows_weights())

    def _times(self, name: str) -> str | None:
        """The column that a new one is a multiple of."""
        return self.weights.get(name, self.weight)

    def _rows_weights(self) -> list[str]:
        """Every column that a new one is a multiple of."""
        return list(dict.fromkeys(t for name in self.new if (t := self._times(name)) is not None))

    def _attached(self, running: Engine, table: pa.Table) -> Any:
        """Groups where the engine can join them to the rows."""
        from exitline.stats.measure.weighting.keyed import in_memory

        if self.source.kind == "ibis":  # its rows stay with the user's own backend
            return in_memory(table)
        return attached_groups(running, table)

    def _multiplied(self, rows: Any, group: Any, times: pa.Table) -> pa.Table:
        """Rows with new columns: those of their groups, times their weights."""
        import pyarrow as pa

        place = group.to_numpy()
        made = []
        for name, column in self.new.items():
            value = self.groups.column(column).to_numpy()[place]
            of = self._times(name)
            made.append(pa.array(value if of is None else times.column(of).to_numpy() * value))
        return pa.table([*rows.columns, *made], names=[*rows.column_names, *self.new])


def attached_groups(running: Engine, table: pa.Table) -> Any:
    """Groups where the engine can join them to the rows, their texts as they are written.

    Parameters
    ----------
    running : Engine
    table : pyarrow.Table
    """
    from exitline.stats.data.scannable import Source
    from exitline.stats.data.values import Uses

    texts = frozenset(field.name for field in table.schema if _is_text(field.type))
    source = Source(kind="arrow", table=table).using(Uses(text=texts))
    return running.attach(source, "weights")


def numbered(source: Source) -> Source:
    """Rows in memory with their numbers beside them; others as they are.

    Parameters
    ----------
    source : Source

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exitline.stats.data.source import open_source
    >>> numbered(open_source(pa.table({"y": [5, 6]}))).table.column_names
    ['y', 'exitline__row']
    """
    import pyarrow as pa

    from exitline.stats.measure.weighting.keyed import ROW

    if source.kind != "arrow" or source.table is None:
        return source
    rows = pa.array(range(source.table.num_rows), pa.int64())
    return replace(source, table=source.table.append_column(ROW, rows))


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
