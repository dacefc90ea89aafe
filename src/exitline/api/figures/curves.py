"""Curves of a distribution: Lorenz, concentration, TIP, poverty at every line."""

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

    Raises
    ------
    DataError, DesignError, MeasureError
        As in `exitline.estimate`; also for a share outside 0 to 1.

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

    Raises
    ------
    DataError, DesignError, MeasureError
        As in `exitline.estimate`; also for a share outside 0 to 1.

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
    from exitline.stats.measure.programmes.incidence import benefit_incidence

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

    Raises
    ------
    DataError, DesignError, MeasureError
        As in `exitline.estimate`; also for a line that is no number, a share outside 0 to 1.

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
        The lines z, above zero; of order 1, the distribution function, any finite numbers.
    order : {1, 2, 3}
    design, level, missing, where, engine : as in `exitline.estimate`

    Returns
    -------
    Curve

    Raises
    ------
    DataError, DesignError, MeasureError
        As in `exitline.estimate`; also for a line that is not above zero, or another order.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]})
    >>> [p.estimate for p in xl.deficit(homes, welfare="y", lines=[2, 4]).points]
    [0.25, 1.5]
    """
    found = at_lines(data, lines, order, welfare=welfare, design=design, level=level,
                      missing=missing, where=where, engine=engine)  # fmt: skip
    names = {1: "Poverty incidence curve", 2: "Poverty deficit curve", 3: "Poverty severity curve"}
    scales = scales_at(lines, order)
    return _curve(found, lines, names[order], "line", f"order {order}", np.diag(scales))


def at_lines(data: Any, lines: Sequence[float], order: Order, **options: Any) -> Estimates:
    """The dominance curve's measure at each line; who is on the line counts as poor."""
    from exitline.stats.measure.lines import PovertyLine
    from exitline.stats.measure.measures.curves import deficit_ordinate

    made = [
        PovertyLine(f"{z:g} ({i})", _number(z), boundary="<=", anywhere=order == 1)
        for i, z in enumerate(lines)
    ]
    if not made:
        raise MeasureError(
            "a curve of poverty at every line needs lines",
            where="lines",
            expected="numbers above zero, in the unit of welfare",
            got="none",
            remedy="give some, for instance lines=[100, 150, 200]",
        )
    return estimate(data, deficit_ordinate(order)[0], line=made, **options)


def scales_at(lines: Sequence[float], order: Order) -> Floats:
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


def figures_of(found: Estimates) -> list[tuple[Block, int]]:
    """The figures of all together, of which a curve is made."""
    return [(block, 0) for block in found.blocks if not block.by]


def _curve(
    found: Estimates, x: Sequence[float], title: str, x_label: str, y_label: str,
    functions: Floats | None = None,
) -> Curve:  # fmt: skip
    """A curve of figures of one sample."""
    from exitline.stats.curves.bands import joint, points
    from exitline.stats.curves.tables import Curve

    figures = figures_of(found)
    value, matrix = joint(found, figures, functions)
    made = points("", x, value, matrix, float(figures[0][0].df[0]), found.level)
    return Curve(title, x_label, y_label, made, found.level, notes=found.notes)
