"""Where a distribution lies: weighted mean and quantiles as queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import ibis

from exitline.measure import portable

if TYPE_CHECKING:
    from exitline.data.design import Design


def location(table: Any, of: Literal["median", "mean"], welfare: str, design: Design) -> Any:
    """The weighted mean or median of welfare over persons.

    Parameters
    ----------
    table : ibis.Table
    of : {"median", "mean"}
    welfare : str
    design : Design

    Returns
    -------
    ibis.Table
        One row, column ``location``.
    """
    rows = usable_rows(table, welfare, design)
    if of == "mean":
        total = (rows["weight"] * rows["welfare"]).sum()
        return rows.aggregate(location=portable.divide(total, rows["weight"].sum()))
    return quantile(rows, 0.5)


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


def quantile(rows: Any, probability: float) -> Any:
    """The weighted quantile by the inverse distribution function.

    The smallest value at which the cumulative share of weights reaches the probability
    (R's qrule "math"; Hyndman and Fan 1996, type 1). Tied values are one value.

    Parameters
    ----------
    rows : ibis.Table
        Columns ``welfare`` and ``weight``.
    probability : float
        Between 0 and 1.

    Returns
    -------
    ibis.Table
        One row, column ``location``.
    """
    values = rows.group_by("welfare").aggregate(weight=rows["weight"].sum())
    upto = ibis.window(order_by=values["welfare"], preceding=None, following=0)
    cumulated = values.mutate(
        reached=values["weight"].sum().over(upto), total=values["weight"].sum().over(ibis.window())
    )
    enough = cumulated["reached"] >= probability * cumulated["total"]
    return cumulated.filter(enough).aggregate(location=cumulated["welfare"].min())
