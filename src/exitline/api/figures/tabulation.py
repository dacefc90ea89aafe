"""Tables of categories from a notebook: `xl.tabulate`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from exitline.stats.data.sampling.design import Design
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.cross_tables.tabulation import CountedCells, Tabulation
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.measure.model import Measure


def tabulate(
    data: Any,
    row: str,
    column: str | None = None,
    *,
    design: Design | None = None,
    unit: Literal["persons", "households"] = "persons",
    level: float = 0.95,
    interval: ShareMethod = "logit",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Tabulation:
    """Shares of each value of a column, or of two crossed, with design-based standard errors.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        Households, one row each. Rows on which a category is missing stand outside the table,
        as a domain does; the result says how many.
    row : str
    column : str, optional
        Columns of categories.
    design : Design, optional
        Without it: simple random sampling.
    unit : {"persons", "households"}
        What is counted; persons need a household size in the design.
    level : float
        Two-sided confidence of intervals.
    interval : {"logit", "beta", "wilson", "asin", "likelihood", "mean"}
        Of shares.
    where : str, optional
        A condition, as in `estimate`: the table refers to the households that fulfil it.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Tabulation
        ``to_pandas()`` gives shares of all ("cell"), of each row, of each column, and weighted
        numbers ("count"), with margins; ``test()`` whether rows and columns are independent.

    Raises
    ------
    DataError, DesignError, MeasureError
        When the data or the design do not allow an estimate.

    References
    ----------
    Lumley (2010), Complex Surveys, chapter 2.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"poor": [1, 0, 0, 1, 1, 0], "roof": list("aabbba")})
    >>> table = xl.tabulate(homes, "roof", "poor")
    >>> table.to_pandas("row")[["row", "column", "estimate"]].round(3).values.tolist()
    [['a', '0', 0.667], ['a', '1', 0.333], ['b', '0', 0.333], ['b', '1', 0.667]]
    >>> round(table.test().p, 3)
    0.49
    """
    from exitline.api.figures.estimation import estimate_table
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import condition_uses, narrowed, role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.infer.cross_tables.tabulation import tabulation
    from exitline.stats.measure.categories import COLUMN, KNOWN, ROW, with_categories
    from exitline.stats.measure.passes.plan import require_usable

    _refuse_other_than_names(row, column)
    drawn = design or Design()
    around = replace(drawn, sampling=drawn.sampling.around_full_sample())
    names = (row,) if column is None else (row, column)
    number, about = _measures(unit)
    with session(engine) as running:
        source = open_source(data)
        source = source.using(condition_uses(where)) if where is not None else source
        source = narrowed(source.using(role_uses(drawn, code=names)), (*names, drawn, where))
        table = running.attach(source, "households")
        require_usable([*names, *drawn.columns], table)
        shown = {ROW: source.labels.get(row, {}), COLUMN: source.labels.get(names[-1], {})}
        by = [KNOWN, ROW] if column is None else [KNOWN, ROW, COLUMN, (ROW, COLUMN)]
        found = estimate_table(
            with_categories(table, row, column), [number, about], running, welfare=None, line=None,
            design=around, by=by, level=level,
            where=where, labels=lambda name: shown.get(name, {}),
        )  # fmt: skip
    counted = tuple(_counted(found, one if isinstance(one, str) else ", ".join(one)) for one in by)
    found = replace(found, variance=found.variance.around(mse=drawn.sampling.mse))
    return tabulation(_with_notes(found, counted[0], names), names, counted, interval)


def _refuse_other_than_names(row: Any, column: Any) -> None:
    """Refuse what names no column, and one column twice."""
    from exitline.errors import DataError

    if not isinstance(row, str) or not isinstance(column, str | None) or row == column:
        raise DataError(
            "a table is made of one column, or of two different ones",
            expected='the names of columns: tabulate(data, "region", "roof")',
            got=f"{row!r} and {column!r}",
            remedy="cross several columns into one before, where a table has more than two ways",
        )


def _measures(unit: Literal["persons", "households"]) -> tuple[Measure, Measure]:
    """The number of persons or households, and a ratio that refers to all of them."""
    from exitline.errors import MeasureError
    from exitline.stats.measure.measures.counts import count, households, ratio_of
    from exitline.stats.measure.model import Term, Unit

    if unit not in get_args(Unit):
        raise MeasureError(
            f"a table cannot count '{unit}'",
            expected="one of " + ", ".join(get_args(Unit)),
            got=repr(unit),
            remedy="persons are households times their size; without a size each is one",
        )
    number = count() if unit == "persons" else households()
    one = Term("one", unit)
    return number, ratio_of("all", one, one, "share", "all")


def _counted(found: Estimates, by: str) -> CountedCells:
    """Both measures of one set of domains."""
    from exitline.stats.infer.cross_tables.tabulation import CountedCells

    counts, about = (block for block in found.blocks if block.by == by)
    return CountedCells(counts, about)


def _with_notes(found: Estimates, known: CountedCells, names: tuple[str, ...]) -> Estimates:
    """The estimates, saying how many rows stand outside the table; none in it is an error."""
    from exitline.errors import DataError

    block: Block = known.counts
    n = dict(zip(block.rows.codes, block.n, strict=True))
    said = " or ".join(f"'{name}'" for name in names)
    if not n.get(("1",), 0):
        raise DataError(
            "no household is in the table",
            where="columns " + ", ".join(f"'{name}'" for name in names),
            expected="households on which the categories are known",
            got=f"{said} missing on every row",
            remedy="name columns of categories that are filled in",
        )
    outside = int(n.get(("0",), 0))
    if not outside:
        return found
    note = say_plural(
        "{n} household outside the table: {columns} missing",
        "{n} households outside the table: {columns} missing",
        outside,
        columns=said,
    )
    return replace(found, notes=(note, *found.notes))
