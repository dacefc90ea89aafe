"""A table of records as it was declared: ids as text, numbers, days; every fault said at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exitline.errors import SPELLING, Faults, nearest
from exitline.exits.works.errors import WorksError
from exitline.stats.data.values import written

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.exits.works.records.declared import RecordColumn, RecordTable

_FEW = 5


def typed(declared: RecordTable, table: pa.Table, names: Mapping[str, str] | None = None, *,
          where: str = "") -> pd.DataFrame:  # fmt: skip
    """A table with the columns that were declared, those not there filled with nothing.

    Parameters
    ----------
    declared : RecordTable
    table : pyarrow.Table
    names : mapping of str to str, optional
        From declared columns to those of the table.
    where : str
        The file, for messages.

    Returns
    -------
    pandas.DataFrame
        Ids and texts as text ("" where there is none), numbers as floats, days as dates.

    Raises
    ------
    WorksError
        For columns that are not known or missing, and cells that are not what they should be:
        the first; `others` holds the rest.
    """
    given, faults = dict(names or {}), Faults()
    renamed = {given.get(column.name, column.name): column for column in declared.columns}
    found: dict[str, Any] = {}
    for column in declared.columns:
        source = given.get(column.name, column.name)
        if source in table.column_names:
            with faults.kept():
                found[column.name] = _cells(column, table[source], f"{where}, column '{source}'")
        elif column.needed or column.name in given:
            faults.add(WorksError(
                f"the table of {declared.name} has no column '{source}'", where=where,
                expected=column.meaning, got=", ".join(table.column_names[:20]),
                remedy=nearest(source, table.column_names) or f"add it, or say what it is called: "
                f"columns: {{{declared.name}: {{{column.name}: ...}}}}",
            ))  # fmt: skip
    strange = [name for name in table.column_names if name not in renamed]
    for name in [] if declared.open else strange:
        faults.add(WorksError(
            f"the table of {declared.name} has a column that nothing reads: '{name}'", where=where,
            expected=", ".join(column.name for column in declared.columns), got=repr(name),
            remedy=nearest(name, [c.name for c in declared.columns]) or "leave it out",
        ))  # fmt: skip
    faults.raise_all()
    size = table.num_rows
    frame = pd.DataFrame({
        column.name: found.get(column.name, _nothing(column, size)) for column in declared.columns
    }, index=pd.RangeIndex(size))  # fmt: skip
    for name in strange if declared.open else []:
        if name not in frame.columns:
            frame[name] = table[name].to_pandas()
    _unique(declared, frame, where)
    return frame


def _nothing(column: RecordColumn, size: int) -> Any:
    """A column that is not there."""
    if column.holds == "number":
        return np.full(size, np.nan)
    if column.holds == "day":
        return pd.Series([pd.NaT] * size, dtype="datetime64[s]")
    return np.full(size, "", dtype=object)


def _cells(column: RecordColumn, cells: Any, where: str) -> Any:
    """A column as what it was declared to hold."""
    values = cells.to_pandas()
    if column.holds == "number":
        found = _numbers(values, where)
    elif column.holds == "day":
        found = _days(values, where)
    else:
        found = np.array([_text(value) for value in cells.to_pylist()], dtype=object)
    missing = found == "" if found.dtype == object else pd.isna(found)
    if column.needed and bool(np.any(missing)):
        raise _wrong(column, "is missing", where, np.asarray(missing))
    if column.values:
        strange = np.array([value not in column.values for value in found])
        if strange.any():
            raise _wrong(column, "says what it may not", where, strange,
                         "one of " + ", ".join(column.values))  # fmt: skip
    if column.holds == "number":
        low = -np.inf if column.least is None else column.least
        high = np.inf if column.most is None else column.most
        outside = ~np.isnan(found) & ~((found >= low) & (found <= high) & np.isfinite(found))
        if outside.any():
            raise _wrong(column, "is out of range", where, outside, _range(column))
    return found


def _text(value: Any) -> str:
    """A cell as it is written."""
    return (written(value) or "").strip()


def _numbers(values: Any, where: str) -> Any:
    """Numbers; text that is none is refused."""
    found = pd.to_numeric(values, errors="coerce")
    said = values.notna() & (values.astype(str).str.strip() != "")
    wrong = np.asarray(said & found.isna())
    if wrong.any():
        raise _not("number", where, wrong, "numbers, with a point for decimals")
    return np.asarray(found, dtype=np.float64)


def _days(values: Any, where: str) -> Any:
    """Days, from dates, their ISO text, or years, which stand for their first of July."""
    text = values.map(lambda value: _text(value)[:10] if value is not None else "")
    text = text.where(values.notna(), "")
    text = text.str.replace(r"^(\d{4})(\.0*)?$", r"\1-07-01", regex=True)
    found = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    wrong = np.asarray((text != "") & found.isna())
    if wrong.any():
        raise _not("day", where, wrong, "year-month-day, such as 2016-05-01, or a year")
    return found.astype("datetime64[s]")


def _range(column: RecordColumn) -> str:
    """The bounds of a number in words."""
    if column.most is None:
        return f"{column.least:g} or more"
    return f"from {column.least:g} to {column.most:g}"


def _rows(wrong: Any) -> str:
    """How many rows are wrong, and which first."""
    at = np.flatnonzero(wrong)
    named = ", ".join(str(i + 1) for i in at[:_FEW])
    return f"{at.size:,} rows: {named}" + (" ..." if at.size > _FEW else "")


def _wrong(
    column: RecordColumn, what: str, where: str, rows: Any, expected: str = ""
) -> WorksError:
    return WorksError(
        f"'{column.name}' {what}", where=where, expected=expected or column.meaning,
        got=_rows(rows), remedy="correct these rows, or leave them out",
    )  # fmt: skip


def _not(kind: str, where: str, rows: Any, expected: str) -> WorksError:
    return WorksError(
        f"this is no {kind}", where=where, expected=expected, got=_rows(rows),
        remedy=f"write it as a {kind}",
    )  # fmt: skip


def _unique(declared: RecordTable, frame: pd.DataFrame, where: str) -> None:
    """Refuse two rows with one id."""
    if not declared.key:
        return
    twice = frame[declared.key].duplicated(keep=False)
    if twice.any():
        raise WorksError(
            f"two rows are about one {declared.key}", where=f"{where}, column '{declared.key}'",
            expected="one row each", got=_rows(twice.to_numpy()), remedy="keep one of them",
        )  # fmt: skip


def refer(tables: Mapping[str, pd.DataFrame], declared: Mapping[str, RecordTable]) -> None:
    """Refuse ids that stand in no other table.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
    declared : mapping of str to RecordTable

    Raises
    ------
    WorksError
        The first; `others` holds the rest.
    """
    faults = Faults()
    for name, frame in tables.items():
        for column in declared[name].columns:
            if not column.of or column.of not in tables:
                continue
            cells = frame[column.name]
            ids = parted(cells) if column.parted else cells
            there = set(tables[column.of][declared[column.of].key])
            lost = np.array([bool(one) and one not in there for one in ids])
            if lost.any():
                one = ids[lost].iloc[0]
                faults.add(WorksError(
                    f"{name} name {column.of} that are not there", where=f"{name}, column "
                    f"'{column.name}'", expected=f"ids of the table of {column.of}",
                    got=f"{int(lost.sum()):,}, the first in row {int(ids.index[lost][0]) + 1}: "
                    f"{one!r}", remedy=nearest(one, there) or SPELLING,
                ))  # fmt: skip
    faults.raise_all()


def parted(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Cells with several ids as one row for each, with the index of their row.

    Parameters
    ----------
    cells : pandas.Series

    Returns
    -------
    pandas.Series

    Examples
    --------
    >>> parted(pd.Series(["a; b", "", "c"])).tolist()
    ['a', 'b', 'c']
    """
    found = cells.astype(str).str.split(";").explode().str.strip()
    return found[found != ""]


def looked_up(values: pd.Series[Any], ids: pd.Series[Any]) -> pd.Series[Any]:
    """The value of each id, nothing where it is not there; also of an empty table.

    Parameters
    ----------
    values : pandas.Series
        By id.
    ids : pandas.Series

    Returns
    -------
    pandas.Series
        With the index of the ids.

    Examples
    --------
    >>> looked_up(pd.Series([1.0], ["a"]), pd.Series(["b", "a"])).tolist()
    [nan, 1.0]
    """
    return pd.Series(values.reindex(ids.to_numpy()).to_numpy(), index=ids.index)
