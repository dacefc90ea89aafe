"""Differences of many figures from one, their p-values, and control over many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, stdtr

from exitline.infer.joint import Joint, of_area, of_areas, of_line

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
    """

    value: Floats
    se: Floats
    p: Floats
    df: float


def differences(estimates: Estimates, block: Block, reference: tuple[Block, int]) -> Differences:
    """Each area of a block less a reference figure: many of `Estimates.difference` at once.

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
    shared = shared_variance(estimates, block, reference)
    value = block.estimate - reference[0].estimate[reference[1]]
    se, df = shared.se_of_difference(), float(estimates.frame.df)
    return Differences(value, se, p_value(value, se, df), df)


@dataclass(frozen=True)
class Shared:
    """Variances of some figures and of others, and the covariance of each pair.

    The arrays broadcast against each other: one reference for all areas, or all pairs.
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


def shared_variance(estimates: Estimates, block: Block, reference: tuple[Block, int]) -> Shared:
    """Variances and covariances of each area of a block with a reference figure.

    Parameters
    ----------
    estimates : Estimates
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
    joint = Joint(estimates.frame, [*parts, line] if line is not None else parts)
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


def shared_by_pairs(estimates: Estimates, block: Block) -> Shared:
    """Variances and covariances of all pairs of areas of a block, shape (areas, areas).

    Parameters
    ----------
    estimates : Estimates
    block : Block
    """
    line = of_line(block)
    parts = [of_areas(block)]
    joint = Joint(estimates.frame, [*parts, line] if line is not None else parts)
    areas = block.rows.size
    matrix = joint.matrix()
    covariance = matrix[:areas, :areas]
    if line is not None and block.at_line is not None:
        slope, with_line = block.at_line.slope, matrix[areas, :areas]
        crossed = np.outer(slope, with_line)
        covariance = covariance + crossed + crossed.T + np.outer(slope, slope) * matrix[-1, -1]
    own = np.diag(covariance)
    return Shared(own[:, None], own[None, :], covariance)


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
    p = 2.0 * np.where(np.isinf(known), ndtr(t), stdtr(finite, t))
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
