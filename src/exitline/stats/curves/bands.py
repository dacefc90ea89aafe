"""Curves from figures that share a sample, with intervals and simultaneous bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.curves.tables import Point
from exitline.stats.infer import intervals
from exitline.stats.infer.comparing.contrasts import covariance, values_of

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates


DRAWS = 20_000
NEVER = 1e-9
"""A correlation that is this small, or a variance beside the largest, is rounding."""


def joint(
    estimates: Estimates, figures: Sequence[tuple[Block, int]], functions: Floats | None = None
) -> tuple[Floats, Floats]:
    """Values of linear functions of figures, and their covariances.

    Parameters
    ----------
    estimates : Estimates
    figures : sequence of (Block, int)
    functions : float array, shape (functions, figures), optional
        The figures themselves unless given.
    """
    to = np.eye(len(figures)) if functions is None else functions
    return to @ values_of(figures), covariance(estimates, figures, to)


def critical(matrix: Floats, df: float, level: float) -> float:
    """What the largest of several t statistics stays below, with the probability `level`.

    By 20,000 draws from the joint normal distribution, over a chi-squared with `df` degrees of
    freedom; the same draws each time.

    Parameters
    ----------
    matrix : float array, shape (points, points)
        Covariances.
    df : float
    level : float

    References
    ----------
    Montiel Olea and Plagborg-Møller (2019), Journal of Applied Econometrics 34, 1-17: sup-t.
    """
    spread = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    there = spread > NEVER * spread.max(initial=0.0)
    if not there.any() or not df > 0:
        return float("nan")
    correlation = (matrix / np.where(spread > 0, np.outer(spread, spread), 1.0))[there][:, there]
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    random = np.random.default_rng(20_260_101)
    largest = np.abs(random.standard_normal((DRAWS, len(values))) @ root.T).max(axis=1)
    if np.isfinite(df):
        largest = largest / np.sqrt(random.chisquare(df, DRAWS) / df)
    return float(np.quantile(largest, level))


def points(
    curve: str, x: Sequence[float], value: Floats, matrix: Floats, df: float, level: float
) -> tuple[Point, ...]:  # fmt: skip
    """The points of a curve.

    Parameters
    ----------
    curve : str
    x : sequence of float
    value : float array, shape (points,)
    matrix : float array, shape (points, points)
        Covariances; zeros for a census.
    df : float
    level : float
    """
    se = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    if not matrix.any():
        return tuple(
            Point(curve, float(a), *(float(v) for v in (b, 0.0, b, b, b, b)))
            for a, b in zip(x, value, strict=True)
        )
    bounds = intervals.symmetric(value, se, np.full(len(value), df), level)
    wide = critical(matrix, df, level) * se
    return tuple(
        Point(
            curve, float(x[i]), float(value[i]), float(se[i]), float(bounds.low[i]),
            float(bounds.high[i]), float(value[i] - wide[i]), float(value[i] + wide[i]),
        )
        for i in range(len(value))
    )  # fmt: skip
