"""Confidence intervals from an estimate, its standard error and degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import betaincinv, expit, logit, ndtri, stdtrit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ShareMethod = Literal["logit", "beta"]


@dataclass(frozen=True)
class Bounds:
    """Lower and upper limits, NaN where there is no interval."""

    low: Floats
    high: Floats


def t_quantile(probability: float | Floats, df: Floats | float) -> Floats:
    """Student's t quantile; the normal one for infinite df, NaN below one degree."""
    df = np.asarray(df, dtype=np.float64)
    finite = np.where(np.isfinite(df) & (df >= 1), df, 1.0)
    quantile = np.where(np.isinf(df), ndtri(probability), stdtrit(finite, probability))
    return np.where(df >= 1, quantile, np.nan)


def symmetric(estimate: Floats, se: Floats, df: Floats, level: float = 0.95) -> Bounds:
    """estimate -/+ t x se.

    Parameters
    ----------
    estimate, se, df : float arrays, shape (k,)
    level : float
        Two-sided confidence, between 0 and 1.

    Examples
    --------
    >>> b = symmetric(np.array([10.0]), np.array([1.0]), np.array([np.inf]))
    >>> float(b.low[0].round(3)), float(b.high[0].round(3))
    (8.04, 11.96)
    """
    half = t_quantile(0.5 + level / 2.0, df) * se
    return Bounds(estimate - half, estimate + half)


def logit_share(share: Floats, se: Floats, df: Floats, level: float = 0.95) -> Bounds:
    """Symmetric on the logit scale, as R's ``svyciprop(method = "logit")``.

    The standard error of logit(p) is se / (p (1 - p)); NaN where the share is 0 or 1.

    Examples
    --------
    >>> b = logit_share(np.array([0.02]), np.array([0.01]), np.array([30.0]))
    >>> bool(0 < b.low[0] < 0.02 < b.high[0] < 1)
    True
    """
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)
    half = t_quantile(0.5 + level / 2.0, df) * se / (p * (1.0 - p))
    low, high = expit(logit(p) - half), expit(logit(p) + half)
    return Bounds(np.where(inside, low, np.nan), np.where(inside, high, np.nan))


def beta_share(share: Floats, effective: Floats, level: float = 0.95) -> Bounds:
    """Clopper-Pearson limits at an effective sample size (Korn and Graubard 1998).

    Parameters
    ----------
    share : float array, shape (k,)
        Between 0 and 1, both included.
    effective : float array, shape (k,)
        Effective sample size, see `effective_size`.
    level : float
        Two-sided confidence.

    Examples
    --------
    >>> b = beta_share(np.array([0.0]), np.array([149.0]), level=0.9)
    >>> bool(b.high[0] < 0.02)
    True
    """
    tail = (1.0 - level) / 2.0
    p = np.clip(share, 0.0, 1.0)
    x = p * effective
    ok = np.isfinite(x) & (effective > 0)
    a, n = np.where(ok, x, 1.0), np.where(ok, effective, 2.0)
    low = np.where(a > 0, betaincinv(np.maximum(a, 1e-12), n - a + 1.0, tail), 0.0)
    high = np.where(a < n, betaincinv(a + 1.0, np.maximum(n - a, 1e-12), 1.0 - tail), 1.0)
    return Bounds(np.where(ok, low, np.nan), np.where(ok, high, np.nan))


def effective_size(
    share: Floats, se: Floats, n: Floats, df: Floats, level: float = 0.95, floor: float = 1.0
) -> Floats:
    """Effective sample size for `beta_share`.

    p (1 - p) / se^2, times the squared ratio of t quantiles with n - 1 and with the
    design's degrees of freedom (Korn and Graubard 1998, section 2). Where the share is 0
    or 1 the variance says nothing: n divided by `floor`, the design effect to assume there.

    Parameters
    ----------
    share, se, n, df : float arrays, shape (k,)
    level : float
    floor : float
        Design effect assumed where the share is 0 or 1; at least 1.
    """
    df = np.asarray(df, dtype=np.float64)
    tail = 0.5 + level / 2.0
    correction = (t_quantile(tail, np.maximum(n - 1.0, 1.0)) / t_quantile(tail, df)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = share * (1.0 - share) / se**2
    flat = (share <= 0) | (share >= 1)
    return np.where(flat, n / max(floor, 1.0), plain) * correction


def share(
    estimate: Floats,
    se: Floats,
    n: Floats,
    df: Floats,
    level: float = 0.95,
    method: ShareMethod = "logit",
    design_effect: float = 1.0,
) -> Bounds:
    """Interval of a proportion: logit by default, beta where the share is 0 or 1 or on request.

    Parameters
    ----------
    estimate, se, n, df : float arrays, shape (k,)
    level : float
    method : {"logit", "beta"}
    design_effect : float
        Assumed where the share is 0 or 1.
    """
    effective = effective_size(estimate, se, n, df, level, design_effect)
    beta = beta_share(estimate, effective, level)
    if method == "beta":
        return beta
    by_logit = logit_share(estimate, se, df, level)
    flat = (estimate <= 0) | (estimate >= 1)
    return Bounds(np.where(flat, beta.low, by_logit.low), np.where(flat, beta.high, by_logit.high))
