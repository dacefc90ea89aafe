"""Curves of a distribution, and comparisons of two: Lorenz, TIP, deficit, growth incidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.api.figures.estimation import estimate
from exitline.errors import MeasureError

if TYPE_CHECKING:
    from exitline.stats.curves.tables import Curve
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.measures.curves import Order

    Floats = np.typing.NDArray[np.float64]

TENTHS = tuple(round(0.1 * k, 1) for k in range(1, 10))
Missing = Literal["error", "exclude"]


def lorenz(
    data: Any,
    *,
    welfare: str,
    at: Sequence[float] = TENTHS,
    generalised: bool = False,
    design: Design | None = None,
    level: float = 0.95,
    missing: Missing = "error",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Curve:
    """The Lorenz curve: the share of welfare that the poorest have.

    Linear between persons, so that it ends exactly at each share.

    Parameters
    ----------
    data : as in `exitline.estimate`
    welfare : str
    at : sequence of float
        Shares of persons, between 0 and 1.
    generalised : bool
        Times the mean.
    design, level, missing, where, engine : as in `exitline.estimate`

    Returns
    -------
    Curve
        ``to_pandas()`` has a row for each point; ``plot()`` draws it.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> curve = xl.lorenz(pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]}), welfare="y", at=[0.5, 0.6])
    >>> [round(point.estimate, 2) for point in curve.points]
    [0.3, 0.42]
    """
    from exitline.stats.measure.measures import shares
    from exitline.stats.measure.measures.curves import between, generalised_ordinate

    ordinate = generalised_ordinate if generalised else shares.lorenz
    measures = [ordinate(between(p)) for p in at]
    found = estimate(data, measures, welfare=welfare, design=design, level=level,
                     missing=missing, where=where, engine=engine)  # fmt: skip
    title = "Generalised Lorenz curve" if generalised else "Lorenz curve"
    y = "mean welfare, cumulated" if generalised else "share of welfare"
    return _curve(found, at, title, "share of persons, poorest first", y)


def concentration_curve(
    data: Any,
    column: str,
    *,
    welfare: str,
    at: Sequence[float] = TENTHS,
    design: Design | None = None,
    level: float = 0.95,
    missing: Missing = "error",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Curve:
    """The concentration curve: the share of a column that the poorest by welfare have.

    Above the diagonal it goes to the poor, above the Lorenz curve it makes welfare more equal.
    Those who share a value of welfare share what they have of the column.

    Parameters
    ----------
    data : as in `exitline.estimate`
    column : str
        Amounts per person, such as a transfer or a tax; zeros and ones.
    welfare : str
    at : sequence of float
        Shares of persons, between 0 and 1.
    design, level, missing, where, engine : as in `exitline.estimate`

    Returns
    -------
    Curve

    References
    ----------
    Kakwani (1977), Econometrica 45, 719-727; Bishop, Chow and Formby (1994), International
    Economic Review 35, 479-488.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "aid": [3.0, 1.0, 0.0, 0.0]})
    >>> curve = xl.concentration_curve(homes, "aid", welfare="y", at=[0.25, 0.5])
    >>> [round(point.estimate, 2) for point in curve.points]
    [0.75, 1.0]
    """
    from exitline.stats.measure.measures.curves import between
    from exitline.stats.measure.programmes.targeting import benefit_incidence

    measures = [benefit_incidence(column, 0.0, between(p)) for p in at]
    found = estimate(data, measures, welfare=welfare, design=design, level=level,
                     missing=missing, where=where, engine=engine)  # fmt: skip
    return _curve(
        found, at, f"Concentration curve of {column}", "share of persons, poorest first",
        f"share of {column}",
    )  # fmt: skip


def tip(
    data: Any,
    *,
    welfare: str,
    line: float | str,
    at: Sequence[float] = TENTHS,
    design: Design | None = None,
    level: float = 0.95,
    missing: Missing = "error",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Curve:
    """The TIP curve: gaps cumulated from the poorest, three I's of poverty in one picture.

    It rises as far as there are poor (incidence), to the poverty gap index (intensity), and is
    the more bent the more unequal the poor are.

    Parameters
    ----------
    data : as in `exitline.estimate`
    welfare : str
    line : number
        Fixed, in the unit of welfare.
    at : sequence of float
        Shares of persons, between 0 and 1.
    design, level, missing, where, engine : as in `exitline.estimate`

    Returns
    -------
    Curve

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]})
    >>> [round(p.estimate, 4) for p in xl.tip(homes, welfare="y", line=4, at=[0.25, 0.9]).points]
    [0.1875, 0.375]
    """
    from exitline.stats.measure.measures.curves import tip_ordinate

    found = estimate(data, [tip_ordinate(p) for p in at], welfare=welfare, line=_number(line),
                     design=design, level=level, missing=missing, where=where,
                     engine=engine)  # fmt: skip
    return _curve(
        found, at, f"TIP curve at {float(line):g}", "share of persons, poorest first",
        "relative gaps, cumulated, per person",
    )  # fmt: skip


def deficit(
    data: Any,
    *,
    welfare: str,
    lines: Sequence[float],
    order: Order = 2,
    design: Design | None = None,
    level: float = 0.95,
    missing: Missing = "error",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Curve:
    """Poverty at every line: the incidence (order 1), deficit (2) or severity curve (3).

    E[(z - y)+^(order - 1)] / (order - 1)!, in the unit of welfare to the power order - 1.

    Parameters
    ----------
    data : as in `exitline.estimate`
    welfare : str
    lines : sequence of float
        The lines z, above zero.
    order : {1, 2, 3}
    design, level, missing, where, engine : as in `exitline.estimate`

    Returns
    -------
    Curve

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]})
    >>> [p.estimate for p in xl.deficit(homes, welfare="y", lines=[2, 4]).points]
    [0.25, 1.5]
    """
    found = _at_lines(data, lines, order, welfare=welfare, design=design, level=level,
                      missing=missing, where=where, engine=engine)  # fmt: skip
    names = {1: "Poverty incidence curve", 2: "Poverty deficit curve", 3: "Poverty severity curve"}
    scales = _scales(lines, order)
    return _curve(found, lines, names[order], "line", f"order {order}", np.diag(scales))


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
        _at_lines(data, lines, order, design=one, **options)
        for data, one in zip((before, after), _pair(design), strict=True)
    ]
    scales = np.diag(_scales(lines, order))
    both = TwoSamples.of(found[0], found[1], shared)
    figures = _figures(found[0]), _figures(found[1])
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
    figures = _figures(found[0]), _figures(found[1])
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


def _at_lines(data: Any, lines: Sequence[float], order: Order, **options: Any) -> Estimates:
    """The dominance curve's measure at each line; who is on the line counts as poor."""
    from exitline.stats.measure.lines import PovertyLine
    from exitline.stats.measure.measures.curves import deficit_ordinate

    made = [PovertyLine(f"{z:g} ({i})", _number(z), boundary="<=") for i, z in enumerate(lines)]
    return estimate(data, deficit_ordinate(order)[0], line=made, **options)


def _scales(lines: Sequence[float], order: Order) -> Floats:
    """What the measure at each line is multiplied by."""
    from exitline.stats.measure.measures.curves import deficit_ordinate

    power = deficit_ordinate(order)[1]
    return np.array([float(z) ** power / (2.0 if order == 3 else 1.0) for z in lines])


def _number(line: Any) -> float:
    if isinstance(line, int | float) and not isinstance(line, bool):
        return float(line)
    raise MeasureError(
        "a curve is taken at fixed lines",
        expected="numbers in the unit of welfare",
        got=type(line).__name__,
        remedy="estimate a relative line first and give its value",
    )


def _pair(design: Any) -> tuple[Design, Design]:
    from exitline.stats.data.sampling.design import Design

    if isinstance(design, tuple):
        return design
    one = design or Design()
    return one, one


def _figures(found: Estimates) -> list[tuple[Block, int]]:
    return [(block, 0) for block in found.blocks if not block.by]


def _curve(
    found: Estimates, x: Sequence[float], title: str, x_label: str, y_label: str,
    functions: Floats | None = None,
) -> Curve:  # fmt: skip
    """A curve of figures of one sample."""
    from exitline.stats.curves.bands import joint, points
    from exitline.stats.curves.tables import Curve

    figures = _figures(found)
    value, matrix = joint(found, figures, functions)
    made = points("", x, value, matrix, float(figures[0][0].df[0]), found.level)
    return Curve(title, x_label, y_label, made, found.level, notes=found.notes)


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
