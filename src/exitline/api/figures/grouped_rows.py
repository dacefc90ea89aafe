"""From the rows of a file to distributions: which columns play which part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.errors import SPELLING, DataError, Faults, unknown
from exitline.stats.data.order import natural_order
from exitline.stats.grouped_data import GroupedDistribution, Pool, fit_grouped, points_of
from exitline.stats.infer.intake.cells import label_of
from exitline.stats.infer.intake.codes import as_text

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine

Lines = float | str | Sequence[float | str]
_CLASS = ("population", "lorenz", "counts", "means", "upper")
_MOST_FAULTS = 10
_SORTED_BY = ("population", "means", "upper")


@dataclass(frozen=True)
class GroupedColumns:
    """Which columns of a file of grouped data play which part.

    Attributes
    ----------
    by, shares, official : tuple of str
    classes : mapping
        Column by part: population, lorenz, counts, means, upper.
    mean : str, float or None
    weight : str or None
    lines : tuple of float or str
    """

    by: tuple[str, ...]
    shares: tuple[str, ...]
    official: tuple[str, ...]
    classes: Mapping[str, str]
    mean: str | float | None
    weight: str | None
    lines: tuple[float | str, ...]

    @classmethod
    def of(cls, **given: Any) -> GroupedColumns:
        """From what a caller names, one or several of each.

        Parameters
        ----------
        **given
            As in `exitline.grouped_table`.
        """
        return cls(
            by=_several(given["by"]),
            shares=_several(given["shares"] or ()),
            official=_several(given["official"]),
            classes={k: given[k] for k in _CLASS if given[k] is not None},
            mean=given["mean"],
            weight=given["weight"],
            lines=_several(given["line"]),
        )

    def found_in(self, names: Sequence[str]) -> GroupedColumns:
        """The same with patterns such as ``decile*`` replaced by the columns they stand for.

        Parameters
        ----------
        names : sequence of str
            The columns of the file.

        Raises
        ------
        DataError
            For every column that is not there.
        """
        faults = Faults()
        shares: list[str] = []
        for name in self.shares:
            with faults.kept():
                shares += _matching(name, names) if "*" in name else [name]
        for name in (*shares, *self.singles, *self.by):
            if name not in names:
                faults.add(_absent(name, names))
        for name in set(self.by) & {*shares, *self.singles}:
            faults.add(DataError(f"the column '{name}' is used as a domain and as a number",
                                 remedy="name another column"))  # fmt: skip
        faults.raise_all()
        return replace(self, shares=tuple(shares))

    @property
    def singles(self) -> tuple[str, ...]:
        """Columns of numbers named one by one."""
        texts = (self.mean, self.weight, *self.lines)
        named = (*self.classes.values(), *self.official, *(t for t in texts if isinstance(t, str)))
        return tuple(dict.fromkeys(named))

    @property
    def wide(self) -> bool:
        """Whether a distribution is one row."""
        return len(self.shares) > 1


def _several(given: Any) -> tuple[Any, ...]:
    """One or several, as a tuple."""
    return (given,) if isinstance(given, str | int | float) else tuple(given)


def _matching(pattern: str, names: Sequence[str]) -> list[str]:
    """Columns whose name is the pattern with a whole number for ``*``, in their order."""
    form = re.compile(re.escape(pattern).replace(r"\*", r"(\d{1,4})"), re.ASCII)
    found = [(int(m[1]), name) for name in names if (m := form.fullmatch(name))]
    if not found:
        raise DataError(
            f"no column is called '{pattern}' with a number for the star",
            expected="such as " + pattern.replace("*", "1"),
            got=", ".join(names[:30]),
            remedy="check the pattern",
        )
    return [name for _, name in sorted(found)]


def _absent(name: str, names: Sequence[str]) -> DataError:
    return unknown("column", name, names, error=DataError, remedy=SPELLING)


def pool_of(text: str | None) -> Pool | None:
    """A pool from ``column`` or ``column=name``.

    Parameters
    ----------
    text : str or None

    Examples
    --------
    >>> pool_of("level=national").name
    'national'
    """
    if text is None:
        return None
    column, _, name = text.partition("=")
    return Pool(column.strip(), name.strip() or "all")


@dataclass(frozen=True)
class Read:
    """What was read of a file.

    Attributes
    ----------
    distributions : tuple of GroupedDistribution
    pool : Pool or None
        With what was published of all together.
    excluded : tuple of str
        Distributions that were left out because a number is missing.
    """

    distributions: tuple[GroupedDistribution, ...]
    pool: Pool | None
    excluded: tuple[str, ...]


def distributions_of(
    data: Any,
    columns: GroupedColumns,
    *,
    curves: Sequence[str],
    pool: Pool | None = None,
    missing: Literal["error", "exclude"] = "error",
    engine: str | Engine = "duckdb",
) -> Read:
    """Read a file and fit every distribution in it.

    Parameters
    ----------
    data : path or table
    columns : GroupedColumns
    curves : sequence of str
    pool : Pool, optional
    missing : {"error", "exclude"}
        What to do with distributions of which a number is missing.
    engine : str or Engine

    Returns
    -------
    Read

    Raises
    ------
    DataError
        With the faults of all distributions at once.
    """
    read, columns, name = _read(data, columns, engine)
    groups = _groups(read, columns, name)
    published: dict[tuple[str, ...], tuple[float, ...]] = {}
    found, without, faults, unsaid = [], [], Faults(), 0
    at = columns.by.index(pool.column) if pool and pool.column in columns.by else None
    for key, rows in groups:
        if pool is not None and at is not None and key[at] == pool.name:
            published[key[:at] + key[at + 1 :]] = tuple(float(rows[c][0]) for c in columns.official)
            continue
        if missing == "exclude" and _lacking(rows, columns):
            without.append(label_of(key) or "all")
            continue
        bad = len(faults.found)
        with faults.kept():
            found.append(_distribution(key, rows, columns, curves, name))
        unsaid += bad >= _MOST_FAULTS and len(faults.found) > bad
        del faults.found[max(bad, _MOST_FAULTS) :]
    if unsaid:
        faults.add(DataError(f"{unsaid:,} more "
            f"{'distribution' if unsaid == 1 else 'distributions'} cannot be used", where=name,
                             remedy="correct those above first"))  # fmt: skip
    if not found and not faults.found:
        faults.add(DataError("there is no distribution to fit", where=name,
                             remedy="check the file, and the name that the pool has"))  # fmt: skip
    faults.raise_all()
    together = replace(pool, official=published) if pool else None
    return Read(tuple(found), together, tuple(without))


def _lacking(rows: Rows, columns: GroupedColumns) -> bool:
    """Whether a number is missing of which the fit is made; the last upper bound may be."""
    parts = (*columns.shares, *(c for k, c in columns.classes.items() if k != "upper"))
    needed = (*parts, columns.mean) if isinstance(columns.mean, str) else parts
    return any(np.isnan(rows[c]).any() for c in needed)


Rows = dict[str, Any]


def _read(
    data: Any, columns: GroupedColumns, engine: str | Engine
) -> tuple[Rows, GroupedColumns, str]:
    """The columns that are named, as arrays: numbers as floats, domains as text."""
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import narrowed, role_uses
    from exitline.stats.engine.session import session

    source: Source = open_source(data)
    with session(engine) as running:
        if source.names is not None:
            columns = columns.found_in(source.names)
        numeric = (*columns.shares, *columns.singles)
        used = source.using(role_uses(numeric=numeric, code=columns.by))
        if source.names is not None:
            used = narrowed(used, [name for name in (*columns.by, *numeric) if name])
        rows = running.attach(used, "rows")
        columns = columns.found_in(rows.columns)
        named = dict.fromkeys((*columns.by, *columns.shares, *columns.singles))
        if not named:
            raise DataError("no column was named", where=source.name,
                            expected="shares; population and lorenz; counts and means or upper",
                            remedy="name the columns that hold the grouped data")  # fmt: skip
        table = running.run(rows.select(*named))
    read: Rows = {}
    faults = Faults()
    for column in named:
        values = table[column].to_pylist()
        with faults.kept():
            if column in columns.by:
                read[column] = [as_text(v) for v in values]
            else:
                read[column] = _floats(values, column, source.name)
    faults.raise_all()
    return read, columns, source.name


def _floats(values: Sequence[Any], column: str, where: str) -> np.ndarray[Any, Any]:
    try:
        return np.array([nan if v is None else float(v) for v in values])
    except (TypeError, ValueError):
        raise DataError(
            f"the column '{column}' does not hold numbers", where=where, expected="numbers",
            remedy="name a column of numbers",
        ) from None  # fmt: skip


def _groups(read: Rows, columns: GroupedColumns, name: str) -> list[tuple[tuple[str, ...], Rows]]:
    """Rows of each distribution, distributions in the order of their domains."""
    size = len(next(iter(read.values())))
    keys = list(zip(*(read[c] for c in columns.by), strict=True)) if columns.by else [()] * size
    rows_of: dict[tuple[str, ...], list[int]] = {}
    for i, key in enumerate(keys):
        rows_of.setdefault(key, []).append(i)
    if columns.wide and any(len(rows) > 1 for rows in rows_of.values()):
        raise DataError(
            "several rows belong to one distribution", where=name,
            expected="one row for each, told apart by domain columns",
            got=next(label_of(k) or "all rows" for k, rows in rows_of.items() if len(rows) > 1),
            remedy="name the columns that tell them apart (by)",
        )  # fmt: skip
    ranks = [_ranks([key[i] for key in rows_of]) for i in range(len(columns.by))]
    order = sorted(rows_of, key=lambda key: [r[v] for r, v in zip(ranks, key, strict=True)])
    return [(key, {c: np.asarray(v)[rows_of[key]] for c, v in read.items()}) for key in order]


def _ranks(values: Sequence[str]) -> dict[str, int]:
    """The order of a domain's values: of time or number where they tell it, else of text."""
    once = sorted(set(values))
    return {v: i for i, v in enumerate(natural_order(once) or once)}


def _distribution(
    key: tuple[str, ...], rows: Rows, columns: GroupedColumns, curves: Sequence[str], name: str
) -> GroupedDistribution:
    """Points, fits, lines and what was published of one distribution."""
    where = f"{name}, {label_of(key)}" if key else name
    rows = _poorest_first(rows, columns)
    given: dict[str, Any] = {part: rows[column] for part, column in columns.classes.items()}
    if columns.wide:
        given["shares"] = np.array([rows[c][0] for c in columns.shares])
    elif columns.shares:
        given["shares"] = rows[columns.shares[0]]
    points = points_of(**given, mean=_one(rows, columns.mean, "mean", where), where=where)
    return GroupedDistribution(
        key,
        fit_grouped(points, curves),
        tuple(_line(rows, line, where) for line in columns.lines),
        tuple(float(rows[c][0]) for c in columns.official),
        nan if columns.weight is None else _one(rows, columns.weight, "weight", where) or nan,
    )


def _poorest_first(rows: Rows, columns: GroupedColumns) -> Rows:
    """Classes in their order, whatever the order of rows; counts belong to one class each."""
    if columns.wide:
        return rows
    by = next((columns.classes[k] for k in _SORTED_BY if k in columns.classes), None)
    if by is not None:
        rank = rows[by]
    elif columns.shares:
        rank = rows[columns.shares[0]]
        if "counts" in columns.classes:
            with np.errstate(divide="ignore", invalid="ignore"):
                rank = rank / rows[columns.classes["counts"]]
    else:
        return rows
    order = np.argsort(rank, kind="stable")
    return {c: np.asarray(v)[order] for c, v in rows.items()}


def _one(rows: Rows, given: str | float | None, what: str, where: str) -> float | None:
    """A number of the whole distribution: given, or the same in each of its rows."""
    if given is None or not isinstance(given, str):
        return given
    values = rows[given]
    if np.ptp(values) > 0:
        raise DataError(f"the {what} differs between classes of one distribution", where=where,
                        expected="one value", remedy=f"name a column with the {what} of all "
                        "classes together")  # fmt: skip
    return float(values[0])


def _line(rows: Rows, line: float | str, where: str) -> float:
    found = _one(rows, line, "line", where)
    if found is None or not np.isfinite(found) or found <= 0:
        raise DataError("a line is not a positive number", where=where,
                        expected="a number above 0", remedy="correct the line")  # fmt: skip
    return float(found)
