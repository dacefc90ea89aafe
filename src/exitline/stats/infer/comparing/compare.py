"""Differences of many figures from one, their p-values, and control over many of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy

from exitline.errors import MeasureError, unknown
from exitline.stats.infer.comparing.parts import of_area, of_areas, of_line

if TYPE_CHECKING:
    import pandas as pd

    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block, Figures


Adjustment = Literal["holm", "bh", "none"]


@dataclass(frozen=True)
class Differences:
    """Each area's figure less one reference figure.

    Attributes
    ----------
    value, se, p : float arrays, shape (areas,)
        `se` takes in the covariance of both; NaN at the reference itself, if it is one of them.
    df : float
        Of the design.
    """

    value: Floats
    se: Floats
    p: Floats
    df: float


def differences(estimates: Figures, block: Block, reference: tuple[Block, int]) -> Differences:
    """Each area of a block less a reference figure: many of `Estimates.difference` at once.

    Parameters
    ----------
    estimates : Figures
        For the design.
    block : Block
    reference : (Block, int)
        A block and the position of an area in it: that of all together, or one of `block`.

    Returns
    -------
    Differences
    """
    shared = shared_variance(estimates, block, reference)
    value = block.estimate - reference[0].estimate[reference[1]]
    se, df = shared.se_of_difference(), float(estimates.variance.df)
    return Differences(value, se, p_value(value, se, df), df)


@dataclass(frozen=True)
class Shared:
    """Variances of some figures and of others, and the covariance of each pair.

    The arrays broadcast against each other: one reference for all areas.
    """

    one: Floats
    other: Floats
    covariance: Floats

    def se_of_difference(self, a: Any = 1.0, b: Any = 1.0) -> Floats:
        """Standard error of a x one - b x other; NaN where the two are the same figure."""
        parts = self.one * a**2 + self.other * b**2
        variance = parts - 2.0 * a * b * self.covariance
        rounding = 16.0 * np.finfo(np.float64).eps
        return np.asarray(np.sqrt(np.where(variance > rounding * parts, variance, np.nan)))


def shared_variance(estimates: Figures, block: Block, reference: tuple[Block, int]) -> Shared:
    """Variances and covariances of each area of a block with a reference figure.

    Parameters
    ----------
    estimates : Figures
    block : Block
    reference : (Block, int)

    Returns
    -------
    Shared
        Arrays of shape (areas,); relative lines are part of them.
    """
    other, i = reference
    line = of_line(block)
    parts = [of_areas(block), of_area(other, i)]
    joint = estimates.variance.joint([*parts, line] if line is not None else parts)
    areas = block.rows.size
    own, with_other = joint.variances(), joint.row(areas)
    one, covariance, of_other = own[:areas], with_other[:areas], own[areas]
    if line is not None and block.at_line is not None and other.at_line is not None:
        with_line, of_line_ = joint.row(areas + 1), own[areas + 1]
        a, b = block.at_line.slope, float(other.at_line.slope[i])
        one = one + 2.0 * a * with_line[:areas] + a**2 * of_line_
        covariance = covariance + a * with_line[areas] + b * with_line[:areas] + a * b * of_line_
        of_other = of_other + 2.0 * b * with_line[areas] + b**2 * of_line_
    return Shared(one, np.full(areas, of_other), covariance)


def table_of_differences(
    estimates: Figures,
    reference: tuple[Block, int],
    figures: Sequence[tuple[Block, int]],
    adjust: Adjustment,
) -> pd.DataFrame:
    """Areas less a reference figure, as a table (see `Estimates.differences`)."""
    import pandas as pd

    from exitline.stats.infer.intervals import symmetric

    block = figures[0][0]
    if any(one is not block for one, _ in figures):
        raise MeasureError(
            "the selection fits figures of several measures, lines or sets of areas",
            expected="the areas of one measure, at one line",
            got=str(len({id(one) for one, _ in figures})),
            remedy='name measure, line and by: {"measure": "headcount", "by": "region"}',
        )
    areas = [i for _, i in figures if block is not reference[0] or i != reference[1]]
    found = differences(estimates, block, reference)
    bounds = symmetric(found.value, found.se, np.full(len(found.se), found.df), estimates.level)
    return pd.DataFrame(
        {
            "measure": block.measure, "line": block.line, "by": block.by,
            "domain": [block.rows.labels[i] for i in areas], "estimate": found.value[areas],
            "se": found.se[areas], "ci_low": bounds.low[areas], "ci_high": bounds.high[areas],
            "level": estimates.level, "df": found.df, "p": found.p[areas],
            "p_adjusted": adjust_p(found.p[areas], adjust),
        }
    )  # fmt: skip


def p_value(value: Any, se: Any, df: Any) -> Floats:
    """Two-sided p of value / se on Student's t, or the normal for infinite df.

    Examples
    --------
    >>> float(p_value(np.array([1.959964]), np.array([1.0]), np.inf)[0].round(6))
    0.05
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = -np.abs(np.asarray(value) / se)
    known = np.asarray(df, dtype=np.float64)
    finite = np.where(np.isfinite(known) & (known >= 1), known, 1.0)
    p = 2.0 * np.where(np.isinf(known), scipy.special.ndtr(t), scipy.special.stdtr(finite, t))
    return np.asarray(np.where(known >= 1, p, np.nan))


def holm(p: Floats) -> Floats:
    """p-values adjusted by Holm's step-down method; those that are missing stay so.

    The smallest is multiplied by their number, the next by one less, and so on; none falls
    below the one before it.

    Parameters
    ----------
    p : float array, shape (k,)

    Returns
    -------
    float array, shape (k,)
        An adjusted p of at most alpha keeps the chance of any error within alpha, whatever
        the dependence.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    times = len(order) - np.arange(len(order))
    result = np.full(len(p), np.nan)
    result[order] = np.minimum(np.maximum.accumulate(p[order] * times), 1.0)
    return result


def benjamini_hochberg(p: Floats) -> Floats:
    """p-values adjusted by Benjamini and Hochberg's step-up method; missing ones stay so.

    Parameters
    ----------
    p : float array, shape (k,)

    Returns
    -------
    float array, shape (k,)
        Calling those of at most alpha keeps the expected share of false calls within alpha,
        for independent or positively dependent tests.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.04, 0.04]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(-p[known], kind="stable")]
    times = len(order) / np.arange(len(order), 0, -1)
    result = np.full(len(p), np.nan)
    result[order] = np.minimum(np.minimum.accumulate(p[order] * times), 1.0)
    return result


METHODS: Mapping[str, Callable[[Floats], Floats]] = {
    "holm": holm,
    "bh": benjamini_hochberg,
    "none": lambda p: p.copy(),
}


def adjust_p(p: Any, method: Adjustment = "holm") -> Floats:
    """p-values adjusted for their number, as R's ``p.adjust``.

    Parameters
    ----------
    p : sequence of float
        Between 0 and 1; those that are missing (NaN) stay so and are not counted.
    method : {"holm", "bh", "none"}
        Holm's method keeps the chance of any error; Benjamini and Hochberg's the expected
        share of errors among what is called different.

    Returns
    -------
    float array

    Raises
    ------
    MeasureError
        For an unknown method, or numbers that are no p-values.

    Examples
    --------
    >>> adjust_p([0.01, 0.04, 0.03], "bh").round(2).tolist()
    [0.03, 0.04, 0.04]
    """
    if method not in METHODS:
        raise unknown("adjustment of p-values", method, METHODS, error=MeasureError)
    try:
        values = np.asarray(p, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.array([-1.0])
    if values.ndim != 1 or np.any((values < 0) | (values > 1)):
        raise MeasureError(
            "these are no p-values",
            expected="a sequence of numbers from 0 to 1 (NaN where one is missing)",
            got=f"an array of shape {values.shape}" if values.ndim != 1 else "something else",
            remedy="hand over the column p of a table of differences",
        )
    return METHODS[method](values)
