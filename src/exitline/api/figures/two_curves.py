"""Curves of two distributions: dominance, and growth at each quantile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.figures.curves import TENTHS, Missing, at_lines, figures_of, scales_at
from exitline.api.figures.estimation import estimate
from exitline.errors import MeasureError

if TYPE_CHECKING:
    from exitline.stats.curves.tables import Curve
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.measures.curves import Order


def dominance(
    before: Any,
    after: Any,
    *,
    welfare: str,
    lines: Sequence[float],
    order: Order = 1,
    design: Design | tuple[Design, Design] | None = None,
    level: float = 0.95,
    missing: Missing = "error",
    shared: bool | None = None,
    engine: str | Engine = "duckdb",
) -> Curve:
    """Whether one distribution has less poverty than another at every line of a range.

    The difference of the two dominance curves (after less before) at each line, with a band
    that holds at all lines at once. Where it is below zero throughout, poverty is lower
    afterwards whatever the line in the range, and whatever the index of that order.

    Parameters
    ----------
    before, after : as `data` in `exitline.estimate`
    welfare : str
    lines : sequence of float
        Above zero; of order 1 any finite numbers.
    order : {1, 2, 3}
        1: every index that falls as incomes rise; 2: that also falls as the poor become more
        equal; 3: that looks more at the poorest.
    design : Design or pair of Design, optional
    shared : bool, optional
        As in `exitline.change`: PSUs that stand in both samples are the same ones unless False.
    level, missing, engine : as in `exitline.estimate`

    Returns
    -------
    Curve
        ``verdict`` says what the band shows.

    Raises
    ------
    DataError, DesignError, MeasureError
        As in `exitline.estimate`; also for a line that is not above zero, or another order.

    References
    ----------
    Davidson and Duclos (2000), Econometrica 68, 1435-1464; Atkinson (1987), Econometrica 55,
    749-764.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> old, new = (pd.DataFrame({"y": y}) for y in ([1.0, 2.0, 3.0, 9.0], [2.0, 3.0, 4.0, 12.0]))
    >>> curve = xl.dominance(old, new, welfare="y", lines=[1.5, 2.5], order=2)
    >>> [round(point.estimate, 12) for point in curve.points], curve.verdict
    ([-0.125, -0.375], 'not decided: the band includes zero')
    """
    from exitline.stats.curves.bands import points
    from exitline.stats.curves.tables import Curve
    from exitline.stats.infer.comparing.contrasts import values_of
    from exitline.stats.infer.comparing.two_samples import TwoSamples

    options: dict[str, Any] = {
        "welfare": welfare, "level": level, "missing": missing, "engine": engine,
    }  # fmt: skip
    found = [
        at_lines(data, lines, order, design=one, **options)
        for data, one in zip((before, after), _pair(design), strict=True)
    ]
    scales = np.diag(scales_at(lines, order))
    both = TwoSamples.of(found[0], found[1], shared)
    figures = figures_of(found[0]), figures_of(found[1])
    difference = scales @ (values_of(figures[1]) - values_of(figures[0]))
    matrix = both.covariance(figures, (-scales, scales))
    made = points("", lines, difference, matrix, both.df, level)
    return Curve(
        f"Dominance of order {order}: after less before",
        "line",
        f"difference, order {order}",
        made,
        level,
        _verdict([(p.estimate, p.band_low, p.band_high) for p in made]),
        both.notes,
    )


def growth_incidence(
    before: Any,
    after: Any,
    *,
    welfare: str,
    at: Sequence[float] = TENTHS,
    years: float | None = None,
    design: Design | tuple[Design, Design] | None = None,
    level: float = 0.95,
    missing: Missing = "error",
    shared: bool | None = None,
    engine: str | Engine = "duckdb",
) -> Curve:
    """The growth incidence curve: by how much each quantile of welfare grew.

    Anonymous: the poorest tenth of one sample beside the poorest tenth of the other, whoever
    they are. Of the same households at both times: `exitline.stats.panel.mobility`.

    Parameters
    ----------
    before, after : as `data` in `exitline.estimate`
    welfare : str
    at : sequence of float
        Probabilities of quantiles, between 0 and 1.
    years : float, optional
        Between the two: growth by year, compounded, instead of as a whole.
    design : Design or pair of Design, optional
    shared : bool, optional
        As in `exitline.change`: PSUs that stand in both samples are the same ones unless False.
    level, missing, engine : as in `exitline.estimate`

    Returns
    -------
    Curve

    Raises
    ------
    DataError, DesignError, MeasureError
        As in `exitline.estimate`; also where a quantile is not above zero.

    References
    ----------
    Ravallion and Chen (2003), Economics Letters 78, 93-99.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> old, new = (pd.DataFrame({"y": y}) for y in ([1.0, 2.0, 3.0, 9.0], [2.0, 3.0, 4.5, 12.0]))
    >>> curve = xl.growth_incidence(old, new, welfare="y", at=[0.25, 0.75])
    >>> [point.estimate for point in curve.points]
    [1.0, 0.5]
    """
    from exitline.stats.curves.bands import points
    from exitline.stats.curves.tables import Curve
    from exitline.stats.infer.comparing.contrasts import values_of
    from exitline.stats.infer.comparing.two_samples import TwoSamples
    from exitline.stats.measure.measures.quantiles import quantile

    if years is not None and not 0 < years < float("inf"):
        raise MeasureError(
            "growth by year needs the years between the samples",
            expected="a number above 0",
            got=str(years),
            remedy="leave years= out for growth as a whole",
        )
    found = [
        estimate(data, [quantile(p) for p in at], welfare=welfare, design=one, level=level,
                 missing=missing, engine=engine)
        for data, one in zip((before, after), _pair(design), strict=True)
    ]  # fmt: skip
    both = TwoSamples.of(found[0], found[1], shared)
    figures = figures_of(found[0]), figures_of(found[1])
    old, new = values_of(figures[0]), values_of(figures[1])
    if not (old > 0).all() or not (new > 0).all():
        raise MeasureError(
            "a quantile that is not above zero has no growth",
            expected="quantiles above zero in both samples",
            got="zero or below at " + ", ".join(
                f"{p:g}" for p, a, b in zip(at, old, new, strict=True) if not (a > 0 and b > 0)
            ),
            remedy="leave these out of at=",
        )  # fmt: skip
    power = 1.0 / (years or 1.0)
    factor = (new / old) ** power
    slopes = np.diag(-power * factor / old), np.diag(power * factor / new)
    matrix = both.covariance(figures, slopes)
    made = points("", at, factor - 1.0, matrix, both.df, level)
    return Curve(
        "Growth incidence curve", "share of persons, poorest first",
        "growth by year" if years else "growth", made, level,
        notes=both.notes,
    )  # fmt: skip


def _pair(design: Any) -> tuple[Design, Design]:
    from exitline.stats.data.sampling.design import Design

    if isinstance(design, tuple):
        return design
    one = design or Design()
    return one, one


def _verdict(points: Sequence[tuple[float, float, float]]) -> str:
    """What a band of differences shows."""
    if all(value == 0 and low == high for value, low, high in points):
        return "the two are the same"
    if all(high < 0 for _, _, high in points):
        return "less afterwards at every line"
    if all(low > 0 for _, low, _ in points):
        return "more afterwards at every line"
    if any(high < 0 for _, _, high in points) and any(low > 0 for _, low, _ in points):
        return "the two cross"
    return "not decided: the band includes zero"
