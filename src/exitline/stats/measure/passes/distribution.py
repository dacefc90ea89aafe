"""Where a distribution lies: weighted mean, quantiles, density."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.measure import portable
from exitline.stats.measure.passes.first import distribution
from exitline.stats.measure.passes.inverse import QuantileAsked
from exitline.stats.measure.terms import ROOT_TWO_PI

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.measure.passes.inverse import Distribution

    Run = Callable[[Any], pa.Table]


def location(
    table: Any, p: float | None, welfare: str, design: Design, run: Run
) -> tuple[float, float] | None:
    """A weighted quantile of welfare over persons and the density there, or the mean.

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
    tuple of two floats, or None
        Value and density, which is 0 for the mean and where all values are equal. None where
        no household can be used.
    """
    rows = usable_rows(table, welfare, design)
    of = distribution(rows, {}, rows["welfare"], rows["weight"], run, binned=p is not None)
    if not of.profile.size:
        return None
    if p is None:
        return float(of.mean()[0]), 0.0
    value = float(of.quantiles([QuantileAsked("math", p)])[0][0])
    return value, _density(rows, value, of, run)


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


def _density(rows: Any, at: float, of: Distribution, run: Run) -> float:
    """Gaussian kernel density at one value, with convey's bandwidth (densfun, h_fun)."""
    width = float(of.bandwidth()[0])
    if not width > 0:
        return 0.0
    distance = (rows["welfare"] - at) / width
    height = (rows["weight"] * (-(distance * distance) / 2.0).exp()).sum()
    found = run(rows.aggregate(height=height)).column("height")[0].as_py()
    total = float(of.profile.sum(of.profile.weight)[0])
    return float(found) / (ROOT_TWO_PI * width * total)
