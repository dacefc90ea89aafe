"""Figures from declared queries: built as expressions, run by the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from exitline.digest import file_digest
from exitline.publish.film.bound.figures import StoryFigure, StoryPoint, StoryPoints
from exitline.publish.film.bound.references import (
    Computed,
    DataRef,
    DeclaredQuery,
    FigureRef,
    PointsRef,
)
from exitline.publish.film.errors import StoryError
from exitline.stats.data.keys import alike
from exitline.stats.data.values import Uses

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine


class QueryProvider:
    """Resolves references of the kind ``{data: ...}`` and ``{compute: ...}``.

    Parameters
    ----------
    data : mapping of name to DataRef
    engine : Engine
        Runs the queries.

    Examples
    --------
    >>> import tempfile
    >>> from exitline.stats.engine.session import session
    >>> from exitline.publish.film.bound.formats import Format
    >>> file = Path(tempfile.mkdtemp()) / "homes.csv"
    >>> _ = file.write_text("y,w\\n1,2\\n5,1\\n")
    >>> poor = FigureRef("poor", DeclaredQuery("homes", "share", "y < 2", weight="w"),
    ...                  Format("percent", 1), "survey")
    >>> with session() as engine:
    ...     provider = QueryProvider({"homes": DataRef("homes", file, "survey")}, engine)
    ...     provider.resolve(poor).written("en")
    '66.7\\xa0%'
    """

    def __init__(self, data: Mapping[str, DataRef], engine: Engine) -> None:
        self._data = data
        self._engine = engine
        self._tables: dict[tuple[str, Uses], Any] = {}
        self._digests: dict[Path, str] = {}
        self._prefix = f"story_{id(self):x}"

    def resolve(self, reference: FigureRef) -> StoryFigure:
        """The one number of a query."""
        query = _query(reference.of, reference.where)
        value, rows = self._single(query, reference.where)
        if query.against:
            other = self._single(replace(query, where=query.against), reference.where)
            value = difference_of((value, rows), other, query)
        elif query.part != "value":
            value = interval_end(value, rows, query)
        return StoryFigure(
            reference.name, value, reference.format, reference.source, query.words,
            self._files(query.data),
        )  # fmt: skip

    def _single(self, query: DeclaredQuery, where: str) -> tuple[float, int]:
        """One number, and of how many rows."""
        table, step = self._rows(query, where)
        answer = self._engine.run(table.aggregate(value=step, rows=table.count()))
        rows, value = answer["rows"][0].as_py(), answer["value"][0].as_py()
        _check_single(query, rows, where)
        return _finite(value, query.words, where), rows

    def resolve_points(self, reference: PointsRef) -> StoryPoints:
        """One number per group, in the order of the groups."""
        query = _query(reference.of, reference.where)
        table, step = self._rows(query, reference.where)
        for column in (*reference.by, reference.split):
            if column:
                self._column(table, column, reference.where)
        measures = {"value": step, "rows": table.count()}
        if reference.split:
            measures["segment"] = table[reference.split].cast("string").max()
        groups = table.aggregate(by=[table[c] for c in reference.by], **measures)
        answer = self._engine.run(groups.order_by(list(reference.by))).to_pylist()
        for row in answer:
            _check_single(query, row["rows"], reference.where)
        points = tuple(_point(row, reference, query) for row in answer)
        if not points:
            raise _no_rows(query, reference.where)
        return StoryPoints(
            reference.name, _running(points, reference.running), reference.format,
            reference.source, query.words, self._files(query.data),
        )  # fmt: skip

    def compute(self, reference: FigureRef, figures: Mapping[str, StoryFigure]) -> StoryFigure:
        """Arithmetic on figures that have been resolved."""
        import ibis
        import pyarrow as pa

        from exitline.rules.condition import parse

        if not isinstance(reference.of, Computed):
            raise TypeError(f"{reference.name} is not computed")
        formula = parse(reference.of.expression, where=reference.where)
        parts = [figures[name] for name in sorted(formula.columns)]
        table = self._attach("one", pa.table({"one": [1]}), Uses())
        names = {part.name: ibis.literal(float(part.value)) for part in parts}
        answer = self._engine.run(table.select(value=formula.build(table, names=names)))
        value = _finite(answer["value"][0].as_py(), reference.of.words, reference.where)
        sources = dict.fromkeys(s for part in parts for s in part.source.split(",") if s)
        files = dict.fromkeys(file for part in parts for file in part.files)
        return StoryFigure(
            reference.name, value, reference.format, reference.source or ",".join(sources),
            reference.of.words, tuple(files),
        )  # fmt: skip

    def _rows(self, query: DeclaredQuery, where: str) -> tuple[Any, Any]:
        """The rows that a query refers to, and its one number over them."""
        from exitline.rules.condition import parse

        table = self._table(query.data, _uses(query))
        if query.where:
            table = table.filter(parse(query.where, where=where).build(table))
        if query.step == "count":
            return table, table.count()
        value = parse(query.expression, where=where).build(table)
        if query.step == "distinct":
            return table, value.nunique()
        weight = parse(query.weight, where=where).build(table) if query.weight else None
        return table, _aggregate(query, value, weight, where)

    def _table(self, name: str, uses: Uses) -> Any:
        """A declared file as an unbound table, with its join; columns typed as they are used."""
        if (name, uses) in self._tables:
            return self._tables[name, uses]
        ref, number = self._data[name], len(self._tables)
        table = self._attach(f"{name}_{number}", ref.path, uses, [left for left, _ in ref.join_on])
        if ref.join_path is not None:
            keys = [right for _, right in ref.join_on]
            other = self._attach(f"{name}_{number}_joined", ref.join_path, uses, keys)
            on = []
            for left, right in ref.join_on:
                self._column(table, left, ref.where)
                self._column(other, right, ref.where)
                ours, theirs = alike(table[left], other[right])
                on.append(ours == theirs)
            table = table.inner_join(other, on, rname="{name}_joined")
        self._tables[name, uses] = table
        return table

    def _attach(self, name: str, data: Any, uses: Uses, keys: Sequence[str] = ()) -> Any:
        """Rows known to the engine under a name of this provider's own."""
        from exitline.stats.data.source import open_source
        from exitline.stats.data.studies.uses import role_uses

        source = open_source(data).using(uses).using(role_uses(code=keys))
        return self._engine.attach(source, f"{self._prefix}_{name}")

    def _column(self, table: Any, name: str, where: str) -> None:
        """Refuse a column that is not there."""
        from exitline.errors import nearest

        if name not in table.columns:
            raise StoryError(
                f"there is no column '{name}'",
                where=where,
                expected="a column of the file",
                got=name,
                remedy=nearest(name, table.columns) or "look at the file's first line",
            )

    def _files(self, name: str) -> tuple[tuple[str, str], ...]:
        """Name and digest of each file behind a query."""
        ref = self._data[name]
        paths = (ref.path,) if ref.join_path is None else (ref.path, ref.join_path)
        return tuple((path.name, self._digest(path)) for path in paths)

    def _digest(self, path: Path) -> str:
        """SHA-256 of a file, computed once."""
        if path not in self._digests:
            self._digests[path] = file_digest(path, StoryError)
        return self._digests[path]


def _uses(query: DeclaredQuery) -> Uses:
    """What the columns of a query are used for."""
    from exitline.stats.data.studies.uses import condition_uses

    uses = condition_uses(query.where) if query.where else Uses()
    if query.expression and query.step != "distinct":
        kind = "truth" if query.step == "share" else "number"
        uses |= condition_uses(query.expression, [kind])
    return uses | condition_uses(query.weight, ["number"]) if query.weight else uses


def interval_end(share: float, rows: int, query: DeclaredQuery) -> float:
    """An end of the interval of a share of rows that were drawn one by one.

    Notes
    -----
    Clopper and Pearson (1934), Biometrika 26.

    Examples
    --------
    >>> round(interval_end(0.33, 100, DeclaredQuery("panel", "share", "y < 2", part="low")), 4)
    0.2392
    """
    import numpy as np

    from exitline.stats.infer.intervals import beta_share

    bounds = beta_share(np.array([share]), np.array([float(rows)]), query.level)
    return float((bounds.low if query.part == "low" else bounds.high)[0])


def difference_of(
    one: tuple[float, int], other: tuple[float, int], query: DeclaredQuery
) -> float:  # fmt: skip
    """The difference of two shares of rows that were drawn one by one, or an end of its interval.

    Parameters
    ----------
    one, other : (float, int)
        A share, and of how many rows.
    query : DeclaredQuery
        Which part, and at which level.

    Notes
    -----
    Wald's interval with each share's own variance, as R's ``prop.test(..., correct=FALSE)``.

    Examples
    --------
    >>> query = DeclaredQuery("panel", "share", "y < 2", part="low", against="z = 0")
    >>> round(difference_of((223 / 446, 446), (167 / 408, 408), query), 5)
    0.02413
    """
    difference = one[0] - other[0]
    if query.part == "value":
        return difference
    spread = math.sqrt(sum(share * (1 - share) / rows for share, rows in (one, other)))
    half = NormalDist().inv_cdf((1 + query.level) / 2) * spread
    return difference + (half if query.part == "high" else -half)


def _query(of: object, where: str) -> DeclaredQuery:
    """The reference as a query, which it must be here."""
    if not isinstance(of, DeclaredQuery):
        raise StoryError("this reference is not a query", where=where)
    return of


def _aggregate(query: DeclaredQuery, value: Any, weight: Any, where: str) -> Any:
    """The number of a step over all rows of a group."""
    truth = value.type().is_boolean()
    if truth != (query.step == "share"):
        raise StoryError(
            f"the step '{query.step}' does not fit its formula",
            where=where,
            expected="a condition for share, a number for value, sum and mean",
            got=query.expression,
            remedy="change the step or the formula",
        )
    number = value.ifelse(1.0, 0.0) if truth else value.cast("float64")
    if query.step == "value":
        return number.max()
    if query.step == "sum":
        return number.sum()
    if weight is None:
        return number.mean()
    weight = weight.cast("float64")
    return (number * weight).sum() / number.isnull().ifelse(None, weight).sum()


def _check_single(query: DeclaredQuery, rows: int, where: str) -> None:
    """`value` refers to one row; no step but a count refers to none."""
    if rows == 0 and query.step != "count":
        raise _no_rows(query, where)
    if query.step == "value" and rows != 1:
        raise StoryError(
            "a value was asked for, and more than one row fits",
            where=where,
            expected="one row",
            got=f"{rows} rows",
            remedy="narrow the condition, or ask for sum or mean",
        )


def _no_rows(query: DeclaredQuery, where: str) -> StoryError:
    return StoryError(
        "no row fits a figure's condition",
        where=where,
        expected=f"rows with {query.where}" if query.where else "rows",
        got="none",
        remedy="correct the condition",
    )


def _finite(value: Any, words: str, where: str) -> float:
    """A number that can be shown."""
    if value is None or not math.isfinite(value):
        raise StoryError(
            "a figure is missing",
            where=where,
            expected="a number",
            got=f"nothing from: {words}",
            remedy="correct the condition, or leave rows with missing values out of it",
        )
    return float(value)


def _point(row: Mapping[str, Any], reference: PointsRef, query: DeclaredQuery) -> StoryPoint:
    """One group's number."""
    found = [row[column] for column in reference.by]
    if None in found:
        raise StoryError(
            "a group of rows has no key",
            where=reference.where,
            expected="a value in " + " and ".join(reference.by),
            got="an empty cell",
            remedy="leave such rows out: where: ... IS NOT NULL",
        )
    keys = tuple(key if isinstance(key, str) else float(key) for key in found)
    value = _finite(row["value"], query.words, reference.where)
    return StoryPoint(keys, value, segment=str(row.get("segment") or ""))


def _running(points: tuple[StoryPoint, ...], running: str) -> tuple[StoryPoint, ...]:
    """Running totals, or what is left of the whole."""
    if not running:
        return points
    whole = sum(point.value for point in points)
    made, total = [], 0.0
    for point in points:
        total += point.value
        value = total if running == "total" else whole - total
        made.append(StoryPoint(point.keys, value, segment=point.segment))
    return tuple(made)
