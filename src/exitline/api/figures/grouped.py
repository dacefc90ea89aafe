"""Poverty and inequality from grouped data, for notebooks and for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from exitline.api.figures.grouped_rows import GroupedColumns, Lines, distributions_of, pool_of
from exitline.stats.grouped_data import (
    CURVES,
    Grouped,
    GroupedTable,
    fit_grouped,
    points_of,
    table_of,
)

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine


def grouped(
    *,
    shares: Sequence[float] | None = None,
    population: Sequence[float] | None = None,
    lorenz: Sequence[float] | None = None,
    counts: Sequence[float] | None = None,
    means: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
    mean: float | None = None,
    curves: str | Sequence[str] = CURVES,
) -> Grouped:
    """Fit Lorenz curves to grouped data; poverty and inequality then follow exactly.

    The general quadratic curve (Villasenor and Arnold 1989), the beta curve (Kakwani 1980), the
    lognormal, the generalised beta of the second kind and its special cases (McDonald 1984).
    Quadratic and beta are fitted as in Datt (1998); headcount, poverty gap, severity, Watts, Gini,
    mean log deviation and quantiles are then roots and integrals of the curve, to the last digits.

    Give one of: `shares` (of classes of equal size, or with `counts`); `population` with
    `lorenz`; `counts` with `means`; `counts` with `upper` (distributions alone, by maximum
    likelihood).

    Parameters
    ----------
    shares : sequence of float, optional
        Share of welfare of each class, poorest first: decile shares. Shares or percentages.
    population, lorenz : sequence of float, optional
        Cumulative shares of people and of welfare.
    counts, means, upper : sequence of float, optional
        People, mean welfare and upper bound of each class.
    mean : float, optional
        Mean welfare, in the unit of the lines.
    curves : str or sequence of str
        Among "quadratic", "beta", "lognormal", "gb2", "singh_maddala", "dagum", "beta2".

    Returns
    -------
    Grouped
        Ask it for `estimate(measure, line)`, `to_pandas(measures, lines)`, `goodness()`.

    Raises
    ------
    DataError
        For data that are not grouped data, with all faults at once.
    MeasureError
        For an unknown curve.

    Examples
    --------
    Rural India 1983, from Datt (1998): 13 points, mean 109.90 rupees, line 89.

    >>> import exitline as xl
    >>> p = [.0092, .0339, .0850, .1640, .2609, .4133, .5497, .7196, .8196, .9174, .9570, .9751, 1]
    >>> L = [.00208, .01013, .03122, .07083, .12808, .23498, .34887, .51994, .64270, .79201,
    ...      .86966, .91277, 1]
    >>> india = xl.grouped(population=p, lorenz=L, mean=109.90)
    >>> for measure in ("headcount", "poverty_gap", "severity"):
    ...     print(f"{100 * india.estimate(measure, line=89, curve='quadratic').estimate:.2f}")
    45.06
    12.47
    4.75
    >>> round(india.estimate("gini").estimate, 4)
    0.289
    >>> india.best(line=89).name
    'quadratic'
    """
    points = points_of(
        shares=shares, population=population, lorenz=lorenz, counts=counts, means=means,
        upper=upper, mean=mean,
    )  # fmt: skip
    return fit_grouped(points, (curves,) if isinstance(curves, str) else tuple(curves))


def grouped_table(
    data: Any,
    measures: str | Sequence[str] = ("headcount",),
    *,
    line: Lines = (),
    by: str | Sequence[str] = (),
    shares: str | Sequence[str] | None = None,
    population: str | None = None,
    lorenz: str | None = None,
    counts: str | None = None,
    means: str | None = None,
    upper: str | None = None,
    mean: str | float | None = None,
    weight: str | None = None,
    official: str | Sequence[str] = (),
    pool: str | None = None,
    curves: Sequence[str] = CURVES,
    curve: str | Sequence[str] = "best",
    missing: Literal["error", "exclude"] = "error",
    engine: str | Engine = "duckdb",
) -> GroupedTable:
    """Figures from a file of grouped data: one or many distributions.

    A distribution is one row (`shares` names several columns, such as ``"decile*"``), or one row
    for each class (everything else names one column). `by` tells distributions apart.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
    measures : str or sequence of str
        Such as "headcount", "gini", "share(0, 0.4)"; none, to see the fits alone.
    line : number, column name, or several
        Poverty lines, in the unit of the mean.
    by : str or sequence of str
        Columns that tell distributions apart.
    shares : str or sequence of str, optional
        Columns of welfare shares, poorest class first; ``*`` stands for numbers; or one column.
    population, lorenz, counts, means, upper : str, optional
        Columns, as in `grouped`.
    mean : str or float, optional
        Column with the mean, or the mean.
    weight : str, optional
        Column with the people that a distribution stands for; `pool` needs it.
    official : str or sequence of str
        Columns with what was published of the first measure, one for each line.
    pool : str, optional
        A column of `by` over which distributions are taken together as well, weighted;
        ``"level=national"`` says which value of it stands for all: such rows are not fitted, and
        their `official` is what was published of all together.
    curves : sequence of str
        Curves to fit.
    curve : str or sequence of str
        Curves to report: among those fitted, and "best".
    missing : {"error", "exclude"}
        "exclude" leaves out distributions of which a number is missing; the table names them.
    engine : str or Engine
        What reads the file.

    Returns
    -------
    GroupedTable

    Raises
    ------
    DataError, MeasureError, ArgumentError
        When a column is not there, or its numbers are those of no distribution.

    Examples
    --------
    >>> import pandas as pd
    >>> import exitline as xl
    >>> deciles = pd.DataFrame({"year": [1990, 2000], "mean": [2.0, 3.0]}).assign(
    ...     **{f"d{i}": s for i, s in enumerate([3, 5, 6, 7, 8, 9, 11, 13, 15, 23], start=1)})
    >>> found = xl.grouped_table(deciles, line=1.5, by="year", shares="d*", mean="mean")
    >>> found.to_pandas()[["domain", "estimate"]].round(4)
      domain  estimate
    0   1990    0.3919
    1   2000    0.1740
    """
    columns = GroupedColumns.of(
        by=by, shares=shares, population=population, lorenz=lorenz, counts=counts, means=means,
        upper=upper, mean=mean, weight=weight, official=official, line=line,
    )  # fmt: skip
    wanted = [measures] if isinstance(measures, str) else list(measures)
    reported = [curve] if isinstance(curve, str) else list(curve)
    taken = pool_of(pool)
    read = distributions_of(
        data, columns, curves=curves, pool=taken, missing=missing, engine=engine
    )
    found = table_of(read.distributions, wanted, by=columns.by, curves=reported, pool=read.pool)
    return replace(found, excluded=read.excluded)
