"""Whether rows can be given weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exitline.errors import DataError, Faults

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.measure.weighting.keyed import GroupKey


def refuse_unusable_groups(grouped: pa.Table, keys: Sequence[GroupKey], weight: str | None) -> None:
    """Refuse groups of rows that cannot be used.

    Parameters
    ----------
    grouped : pyarrow.Table
        From `exitline.stats.measure.weighting.keyed.groups`.
    keys : sequence of GroupKey
    weight : str or None

    Raises
    ------
    DataError
        For missing values and weights that are not above zero, by column.
    """
    import pyarrow.compute as pc

    from exitline.stats.measure.weighting.keyed import key_name, shown

    faults = Faults()
    counts = grouped.column("n")
    for i, key in enumerate(keys):
        missing = pc.sum(pc.if_else(pc.is_null(grouped.column(key_name(i))), counts, 0)).as_py()
        if missing:
            what = "a finite number" if key.kind == "number" else "a value"
            faults.add(rows_fault(int(missing), shown(key), what))
    faulty = pc.sum(grouped.column("faulty")).as_py()
    if faulty:
        faults.add(rows_fault(int(faulty), f"column '{weight}'", "a weight above zero"))
    if not grouped.num_rows:
        faults.add(DataError("the data have no rows", expected="a sample", got="no row"))
    faults.raise_all()


def refuse_missing_ranges(grouped: pa.Table, ranges: Mapping[str, str]) -> None:
    """Refuse missing values of the columns of which groups have ranges.

    Parameters
    ----------
    grouped : pyarrow.Table
        From `exitline.stats.measure.weighting.keyed.groups`.
    ranges : mapping of str to str
        As given there.

    Raises
    ------
    DataError
    """
    import pyarrow.compute as pc

    faults = Faults()
    for name, column in ranges.items():
        missing = pc.sum(grouped.column(f"{name}_missing")).as_py()
        if missing:
            faults.add(rows_fault(int(missing), f"column '{column}'", "a finite number"))
    faults.raise_all()


def rows_fault(number: int, where: str, expected: str) -> DataError:
    """The error for rows that cannot be used.

    Parameters
    ----------
    number : int
    where : str
    expected : str

    Examples
    --------
    >>> rows_fault(3, "column 'zone'", "a value").where
    "column 'zone'"
    """
    return DataError(
        f"{number:,} rows cannot be used" if number > 1 else "1 row cannot be used", where=where,
        expected=f"{expected} on every row",
        got=f"none on {number:,} rows" if number > 1 else "none on 1 row",
        remedy="complete the column, or leave these rows out of the data",
    )  # fmt: skip
