"""How skewed a figure is over samples, and how sure its standard error: from totals of PSUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.intake.cells import sum_by
from exitline.stats.infer.intake.codes import crossed, grouped

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from exitline.stats.infer.designs.frame import Stage
    from exitline.stats.infer.intake.cells import Rows

    Floats = NDArray[np.float64]

STEP = 0.3
"""Standard errors by which totals are moved to see how a figure bends."""


@dataclass(frozen=True)
class Moments:
    """What PSUs say of the distribution of figures, by domain.

    Attributes
    ----------
    third : float array, shape (domains,)
        Third cumulant of the linearised figure.
    df : float array, shape (domains,)
        Satterthwaite's: strata weigh as they vary.
    covariance : float array, shape (domains, 1 + terms, 1 + terms)
        Of the linearised figure (first) and the totals it is made of.
    """

    third: Floats
    df: Floats
    covariance: Floats


@dataclass(frozen=True)
class Shape:
    """The shape of a figure's distribution, in standard errors, by domain.

    Attributes
    ----------
    skewness : float array, shape (domains,)
        Of the linearised figure.
    bend : float array, shape (domains,)
        The second derivative along the direction in which samples move it; 0 where it is straight.
    bias : float array, shape (domains,)
        What its bends add on average.
    df : float array, shape (domains,)
        Satterthwaite's.
    """

    skewness: Floats
    bend: Floats
    bias: Floats
    df: Floats


def moments_of(rows: Rows, influence: Floats, sums: Floats, stage: Stage) -> Moments:
    """Moments of the first stage, in which PSUs without members of a domain count as zeros.

    Of a stratum with two PSUs no skewness can be told, and none is added.

    Parameters
    ----------
    rows : Rows
    influence : float array, shape (rows,)
    sums : float array, shape (rows, terms)
        Weighted sums that the figure is made of.
    stage : Stage
        The first.

    Examples
    --------
    >>> import numpy as np
    >>> from exitline.stats.infer.designs.frame import Stage
    >>> from exitline.stats.infer.intake.cells import Rows
    >>> c = np.arange(4)
    >>> z = np.array([0.0, 0.0, 0.0, 4.0])
    >>> rows = Rows(c * 0, ((),), c * 0, (c,), c * 0 + 1, c[:, None], z[:, None])
    >>> one = np.array([1.0])
    >>> found = moments_of(rows, z, z[:, None], Stage(np.array([4]), one, one))
    >>> float(found.third[0]), float(found.df[0]), float(found.covariance[0, 0, 0])
    (64.0, 3.0, 16.0)
    """
    columns = np.column_stack([influence, sums])
    first, inverse = grouped(crossed(rows.domain, rows.stages[0]))
    totals = sum_by(inverse, columns, len(first))
    head, group = grouped(rows.domain[first] * len(stage.sampled) + rows.stratum[first])
    domain = rows.domain[first][head]
    stratum = rows.stratum[first][head]
    n = stage.sampled[stratum].astype(np.float64)
    there = np.bincount(group, minlength=len(head))
    centre = sum_by(group, totals, len(head)) / n[:, None]
    away, none = totals - centre[group], -centre
    left = stage.unsampled[stratum]
    count = n - there
    with np.errstate(divide="ignore", invalid="ignore"):
        twice = np.where(n > 1, left * n / (n - 1), 0.0)
        cubed = np.where(n > 2, left * (2 * left - 1) * n**2 / ((n - 1) * (n - 2)), 0.0)
    cubes = sum_by(group, away[:, [0]] ** 3, len(head))[:, 0]
    cubes = cubed * (cubes + count * none[:, 0] ** 3)
    size, width = rows.size, columns.shape[1]
    covariance = np.empty((size, width, width))
    for j in range(width):
        products = sum_by(group, away * away[:, [j]], len(head))
        products += count[:, None] * none * none[:, [j]]
        products *= twice[:, None]
        covariance[:, j] = sum_by(domain, products, size)
        if j == 0:
            own = products[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.bincount(domain, weights=np.where(n > 1, own**2 / (n - 1), 0.0), minlength=size)
        df = covariance[:, 0, 0] ** 2 / apart
    third = sum_by(domain, cubes[:, None], size)[:, 0]
    return Moments(third, df, covariance)


def shape_of(
    moments: Moments, se: Floats, totals: Floats, figure: Callable[[Floats], Floats] | None
) -> Shape:
    """Skewness and bend of a figure.

    Parameters
    ----------
    moments : Moments
    se : float array, shape (domains,)
    totals : float array, shape (domains, terms)
    figure : callable, optional
        From totals to figures; None where the totals do not carry all that moves it (ranks,
        quantiles), of which the linearised figure alone is known.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.nan_to_num(moments.third / se**3, posinf=0.0, neginf=0.0)
    bend, bias = np.zeros_like(skewness), np.zeros_like(skewness)
    if figure is not None:
        bend, bias = _bends(moments.covariance, se, totals, figure)
    return Shape(skewness, bend, bias, moments.df)


def _bends(
    covariance: Floats, se: Floats, totals: Floats, figure: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """d'H d / se^3 and trace(H S) / (2 se), by second differences.

    H holds second derivatives by the totals, S their covariances, d those with the figure.
    """
    middle = figure(totals)

    def second(one: Floats, other: Floats | None = None) -> Floats:
        """Second difference along one direction, or along two."""
        if other is None:
            ends = figure(totals + STEP * one) - 2.0 * middle + figure(totals - STEP * one)
        else:
            ends = (second(one + other) - second(one - other)) * STEP**2 / 4.0
        return np.asarray(ends / STEP**2)

    with np.errstate(all="ignore"):
        bend = second(covariance[:, 0, 1:] / se[:, None]) / se
        spread = np.sqrt(np.diagonal(covariance[:, 1:, 1:], axis1=1, axis2=2))
        trace = np.zeros_like(se)
        for i in range(totals.shape[1]):
            for j in range(i + 1):
                each = np.zeros_like(totals), np.zeros_like(totals)
                each[0][:, i], each[1][:, j] = spread[:, i], spread[:, j]
                found = second(each[0]) if i == j else second(*each)
                related = covariance[:, 1 + i, 1 + j] / (spread[:, i] * spread[:, j])
                trace += np.nan_to_num((1.0 if i == j else 2.0) * found * related)
        bias = trace / (2.0 * se)
    return tuple(np.nan_to_num(x, posinf=0.0, neginf=0.0) for x in (bend, bias))  # type: ignore[return-value]
