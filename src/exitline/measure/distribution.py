"""Where a distribution lies: weighted mean, quantiles, density."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ibis

from exitline.measure import portable
from exitline.measure.first import distribution
from exitline.measure.inverse import Asked

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.data.design import Design


def location(
    table: Any, p: float | None, welfare: str, design: Design, run: Callable[[Any], pa.Table]
) -> float | None:
    """A weighted quantile, or the mean, of welfare over persons.

    Parameters
    ----------
    table : ibis.Table
    p : float or None
        The probability of the quantile; None for the mean.
    welfare : str
    design : Design
    run : callable
        From a query to its result, as `Engine.run`.

    Returns
    -------
    float or None
        None where no household can be used.
    """
    rows = usable_rows(table, welfare, design)
    of = distribution(rows, {}, rows["welfare"], rows["weight"], run, binned=p is not None)
    if not of.profile.size:
        return None
    found = of.mean() if p is None else of.quantiles([Asked("math", p)])[0]
    return float(found[0])


def usable_rows(table: Any, welfare: str, design: Design) -> Any:
    """Welfare and person weight of the households that can be used.

    Parameters
    ----------
    table : ibis.Table
    welfare : str
    design : Design

    Returns
    -------
    ibis.Table
        Columns ``welfare`` and ``weight``, finite and above zero in weight.
    """
    weight = portable.number(table[design.weight]) if design.weight else ibis.literal(1.0)
    if design.size:
        weight = weight * portable.number(table[design.size])
    rows = table.select(welfare=portable.number(table[welfare]), weight=weight)
    return rows.filter(
        portable.finite(rows["welfare"]), portable.finite(rows["weight"]), rows["weight"] > 0
    )


def density(table: Any, at: float, welfare: str, design: Design) -> Any:
    """Gaussian kernel density of welfare over persons, at one value.

    The bandwidth is convey's: the weighted standard deviation over the fifth root of the
    population (R package convey, functions densfun and h_fun).

    Parameters
    ----------
    table : ibis.Table
    at : float
    welfare : str
    design : Design

    Returns
    -------
    ibis.Table
        One row, column ``density``.
    """
    rows = usable_rows(table, welfare, design)
    y, w = rows["welfare"], rows["weight"]
    everyone = ibis.window()
    n, first, second = ((w * power).sum().over(everyone) for power in (1.0, y, y * y))
    width = portable.divide(second - portable.divide(first * first, n), n).sqrt() / n.pow(0.2)
    distance = portable.divide(y - at, width)
    height = portable.divide(w * (-(distance * distance) / 2.0).exp(), width * n)
    return rows.select(height=height).aggregate(
        density=lambda t: t["height"].sum() / 2.5066282746310002  # sqrt(2 pi)
    )
