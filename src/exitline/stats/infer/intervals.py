"""Confidence intervals from an estimate, its standard error and degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from exitline.errors import MeasureError, unknown
from exitline.words.intervals import SHARES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.designs.moments import Shape

    Floats = NDArray[np.float64]

FLAT = 1e-7
"""Below this a skewness makes no difference."""
ShareMethod = str
"""A name of `exitline.words.intervals.SHARES`."""


@dataclass(frozen=True)
class Bounds:
    """Lower and upper limits, NaN where there is no interval."""

    low: Floats
    high: Floats


def t_quantile(probability: float | Floats, df: Floats | float) -> Floats:
    """Student's t quantile; the normal one for infinite df, NaN below one degree."""
    df = np.asarray(df, dtype=np.float64)
    finite = np.where(np.isfinite(df) & (df >= 1), df, 1.0)
    special = scipy.special  # loaded at first use: a census has no intervals
    quantile = np.where(
        np.isinf(df), special.ndtri(probability), special.stdtrit(finite, probability)
    )
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


def skewed(estimate: Floats, se: Floats, df: Floats, shape: Shape, level: float = 0.95) -> Bounds:
    """t limits corrected for skewness, by Hall's (1992) transformation of the t statistic.

    The statistic's first and third cumulants follow from the skewness g of the linearised figure
    and from how the figure bends, k, with a bias b:  -g/2 - k + b  and  -(2 g + 3 k). The
    cubic  T + a T^2 + a^2 T^3 / 3 + c  with a = (2 g + 3 k) / 6, c = g / 6 + k / 2 - b has
    neither, rises throughout, and is held against t with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    estimate, se, df : float arrays, shape (k,)
    shape : Shape
    level : float

    References
    ----------
    Hall (1992), Journal of the Royal Statistical Society B 54, 221-228; Satterthwaite (1946),
    Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> from exitline.stats.infer.designs.moments import Shape
    >>> one, none = np.array([1.0]), np.array([0.0])
    >>> straight = Shape(none, none, none, np.array([np.inf]))
    >>> right = Shape(np.array([0.3]), none, none, np.array([np.inf]))
    >>> large = np.array([np.inf])
    >>> b = skewed(10 * one, one, large, straight)
    >>> float(b.low[0].round(2)), float(b.high[0].round(2))
    (8.04, 11.96)
    >>> b = skewed(10 * one, one, large, right)
    >>> float(b.low[0].round(2)), float(b.high[0].round(2))
    (8.37, 12.65)
    """
    own = np.where(shape.df >= 1, np.minimum(df, shape.df), df)
    t = t_quantile(0.5 + level / 2.0, own)
    a = (2.0 * shape.skewness + 3.0 * shape.bend) / 6.0
    c = shape.skewness / 6.0 + shape.bend / 2.0 - shape.bias
    flat = np.abs(a) < FLAT
    a = np.where(flat, 1.0, a)

    def at(w: Floats) -> Floats:
        """The statistic whose transformation is w."""
        bent = (np.cbrt(1.0 + 3.0 * a * (w - c)) - 1.0) / a
        return np.where(flat, w - c, bent)

    return Bounds(estimate - se * at(t), estimate - se * at(-t))


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
    centre = scipy.special.logit(p)
    low, high = scipy.special.expit(centre - half), scipy.special.expit(centre + half)
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
    known = np.isposinf(effective) & (p > 0) & (p < 1)  # a share without any sampling error
    a, n = np.where(ok, x, 1.0), np.where(ok, effective, 2.0)
    low = np.where(a > 0, scipy.special.betaincinv(np.maximum(a, 1e-12), n - a + 1.0, tail), 0.0)
    high = np.where(
        a < n, scipy.special.betaincinv(a + 1.0, np.maximum(n - a, 1e-12), 1.0 - tail), 1.0
    )
    otherwise = np.where(known, p, np.nan)
    return Bounds(np.where(ok, low, otherwise), np.where(ok, high, otherwise))


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


def wilson_share(share: Floats, se: Floats, df: Floats, level: float = 0.95) -> Bounds:
    """Wilson's score interval at the effective sample size p (1 - p) / se^2, with Student's t.

    As R's ``svyciprop(method = "wilson")``; NaN where the share is 0 or 1.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> b = wilson_share(np.array([0.5]), np.array([0.05]), np.array([np.inf]))
    >>> float(b.low[0].round(3)), float(b.high[0].round(3))
    (0.404, 0.596)
    """
    t = t_quantile(0.5 + level / 2.0, df)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = t**2 * se**2 / (share * (1.0 - share))  # t^2 / n
        centre = (share + more / 2.0) / (1.0 + more)
        half = np.sqrt(more * (share * (1.0 - share) + more / 4.0)) / (1.0 + more)
    return Bounds(centre - half, centre + half)


def asin_share(share: Floats, se: Floats, df: Floats, level: float = 0.95) -> Bounds:
    """Symmetric on the scale of the arcsine of the root, as ``svyciprop(method = "asin")``.

    Examples
    --------
    >>> b = asin_share(np.array([0.5]), np.array([0.05]), np.array([np.inf]))
    >>> float(b.low[0].round(3)), float(b.high[0].round(3))
    (0.403, 0.597)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        half = t_quantile(0.5 + level / 2.0, df) * se / (2.0 * np.sqrt(share * (1.0 - share)))
    angle = np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0)))
    low, high = np.maximum(angle - half, 0.0), np.minimum(angle + half, np.pi / 2.0)
    return Bounds(np.sin(low) ** 2, np.sin(high) ** 2)


def likelihood_share(share: Floats, se: Floats, df: Floats, level: float = 0.95) -> Bounds:
    """Limits at which twice the scaled working log likelihood has fallen by t squared.

    The binomial likelihood at the effective sample size p (1 - p) / se^2 (Rao and Scott's
    correction of the ratio test); solved exactly, where R's ``svyciprop(method =
    "likelihood")`` interpolates a profile. NaN where the share is 0 or 1.

    Examples
    --------
    >>> b = likelihood_share(np.array([0.5]), np.array([0.05]), np.array([np.inf]))
    >>> float(b.low[0].round(3)), float(b.high[0].round(3))
    (0.403, 0.597)
    """
    inside = (share > 0) & (share < 1) & (se > 0)
    known = (share > 0) & (share < 1) & (se == 0) & (df > 0)
    p = np.where(inside, share, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = t_quantile(0.5 + level / 2.0, df) ** 2 * se**2 / (2.0 * p * (1.0 - p))

    def limit(end: float) -> Floats:
        near, far = p.copy(), np.full_like(p, end)
        for _ in range(200):  # halves until the two ends are neighbours
            middle = (near + far) / 2.0
            with np.errstate(divide="ignore", invalid="ignore"):
                fallen = p * np.log(p / middle) + (1.0 - p) * np.log((1.0 - p) / (1.0 - middle))
            above = fallen > fall
            near, far = np.where(above, near, middle), np.where(above, middle, far)
        return np.where(inside & np.isfinite(fall), near, np.where(known, share, np.nan))

    return Bounds(limit(0.0), limit(1.0))


def mean_share(share: Floats, se: Floats, df: Floats, level: float = 0.95) -> Bounds:
    """Symmetric on the scale of the share itself, as ``svyciprop(method = "mean")``: it may pass
    0 or 1."""
    return symmetric(share, se, df, level)


def share(
    estimate: Floats,
    se: Floats,
    n: Floats,
    df: Floats,
    level: float = 0.95,
    method: ShareMethod = "logit",
    design_effect: float = 1.0,
) -> Bounds:
    """Interval of a proportion: logit by default, beta where the share is 0 or 1.

    Parameters
    ----------
    estimate, se, n, df : float arrays, shape (k,)
    level : float
    method : str
        A name of `exitline.words.intervals.SHARES`, as R's ``svyciprop``.
    design_effect : float
        Assumed where the share is 0 or 1.
    """
    if method not in SHARES:
        raise unknown("interval of shares", method, SHARES, error=MeasureError)
    effective = effective_size(estimate, se, n, df, level, design_effect)
    beta = beta_share(estimate, effective, level)
    if method == "beta":
        return beta
    chosen = INSIDE[method](estimate, se, df, level)
    flat = (estimate <= 0) | (estimate >= 1)
    return Bounds(np.where(flat, beta.low, chosen.low), np.where(flat, beta.high, chosen.high))


xlogit_share = logit_share
"""R's second name for the closed form."""

INSIDE: Mapping[str, Callable[[Floats, Floats, Floats, float], Bounds]] = {
    name: globals()[f"{name}_share"] for name in SHARES if name != "beta"
}
"""Intervals of shares between 0 and 1, by name; at 0 and 1 all are those of `beta_share`."""
