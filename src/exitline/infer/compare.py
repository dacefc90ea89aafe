"""Differences of many figures from one, their p-values, and control over many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from exitline.infer.joint import Columns, Joint, of_area, of_areas, of_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.infer.estimates import Block, Estimates

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Differences:
    """Each area's figure less one reference figure.

    Attributes
    ----------
    value, se, p : float arrays, shape (areas,)
        `se` takes in the covariance of both; NaN at the reference itself, if it is one of them.
    df : float
        Of the design.
    se_reference : float
        Standard error of the reference alone.
    """

    value: Floats
    se: Floats
    p: Floats
    df: float
    se_reference: float


def differences(estimates: Estimates, block: Block, reference: tuple[Block, int]) -> Differences:
    """Each area of a block less a reference figure, with standard errors and p-values.

    Parameters
    ----------
    estimates : Estimates
        For the design.
    block : Block
    reference : (Block, int)
        A block and the position of an area in it: that of all together, or one of `block`.

    Returns
    -------
    Differences
    """
    other, i = reference
    parts: list[Columns] = [of_areas(block), of_area(other, i)]
    line = of_line(block)
    joint = Joint(estimates.frame, [*parts, line] if line is not None else parts)
    areas = block.rows.size
    own, with_other = joint.variances(), joint.row(areas)
    variance = own[:areas] + own[areas] - 2.0 * with_other[:areas]
    alone = own[areas]
    if line is not None and block.at_line is not None and other.at_line is not None:
        with_line = joint.row(areas + 1)
        slope = float(other.at_line.slope[i])
        more = block.at_line.slope - slope
        variance += more**2 * own[areas + 1]
        variance += 2.0 * more * (with_line[:areas] - with_line[areas])
        alone += slope**2 * own[areas + 1] + 2.0 * slope * with_line[areas]
    scale = np.finfo(np.float64).eps * (own[:areas] + own[areas])
    se = np.sqrt(np.where(variance > 16.0 * scale, variance, np.nan))
    value = block.estimate - other.estimate[i]
    df = float(estimates.frame.df)
    return Differences(value, se, p_value(value, se, df), df, float(np.sqrt(max(alone, 0.0))))


def p_value(value: Floats, se: Floats, df: float) -> Floats:
    """Two-sided p of value / se on Student's t, or the normal for infinite df.

    Examples
    --------
    >>> float(p_value(np.array([1.959964]), np.array([1.0]), np.inf)[0].round(6))
    0.05
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = -np.abs(value / se)
    if not df >= 1:
        return np.full(len(t), np.nan)
    return np.asarray(2.0 * (ndtr(t) if np.isinf(df) else stdtr(df, t)))


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


def lower_quantile(probability: Floats, df: float) -> Floats:
    """Student's t quantiles of some probabilities; the normal ones for infinite df."""
    quantile = ndtri(probability) if np.isinf(df) else stdtrit(df, probability)
    return np.asarray(quantile)
