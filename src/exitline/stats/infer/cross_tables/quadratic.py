"""Tails of sums of chi-squared and F variables: what Pearson's statistic follows in a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from exitline.stats.infer.comparing.contrasts import tail_of_f

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEAR = 1e-4
"""A saddlepoint closer to zero than this has no approximation of its own (as in R)."""


def tail_of_sum(x: float, weights: Floats, ddf: float = float("inf")) -> float:
    """Chance that a weighted sum of squares of normal variables is above `x`.

    With `ddf` the sum is divided by an independent chi-squared over its degrees of freedom:
    the chance that sum a_i z_i^2 - x s^2 is above zero. Lugannani and Rice's saddlepoint
    approximation; Satterthwaite's where the saddlepoint is at zero. As R's ``pFsum`` with
    method "saddlepoint" (whose whole degrees of freedom are taken).

    Parameters
    ----------
    x : float
    weights : float array, shape (k,)
        Above zero.
    ddf : float

    Returns
    -------
    float

    References
    ----------
    Kuonen (1999), Biometrika 86, 929-935. Lumley and Scott (2014), Australian and New Zealand
    Journal of Statistics 56, 1-14.

    Examples
    --------
    >>> round(tail_of_sum(9.0, np.ones(3)), 4)  # chi-squared with 3 degrees of freedom: 0.0293
    0.0296
    """
    if np.isinf(ddf):
        found = _saddlepoint(x, weights)
    else:
        every = np.concatenate([weights, np.full(int(ddf), -x / ddf)])
        found = _saddlepoint(0.0, every)
    return _satterthwaite(x, weights, ddf) if found is None else found


def _satterthwaite(x: float, weights: Floats, ddf: float) -> float:
    """The tail of an F (or chi-squared) with the same first two moments."""
    mean = weights.mean()
    spread = float((weights**2).mean() / mean**2)
    df = len(weights) / spread
    return tail_of_f(float(x / df / (mean * spread)), df, ddf)


def _saddlepoint(x: float, weights: Floats) -> float | None:
    """Lugannani and Rice's approximation; None at the mean of the sum."""
    from scipy.optimize import brentq

    largest = weights.max()
    a, x = weights / largest, x / largest

    def slope(z: float) -> float:
        return float(np.sum(a / (1.0 - 2.0 * z * a)) - x)

    if np.any(a < 0):
        low = float(np.max(1.0 / (2.0 * a[a < 0]))) * 0.99999
    elif x > a.sum():
        low = -0.01
    else:
        low = -len(a) / (2.0 * x)
    high = float(np.min(1.0 / (2.0 * a[a > 0]))) * 0.99999
    if slope(low) * slope(high) > 0:
        return None
    z = float(brentq(slope, low, high, xtol=1e-15, rtol=1e-15))
    if abs(z) < NEAR:
        return None
    of_z = -float(np.sum(np.log1p(-2.0 * z * a))) / 2.0
    curvature = 2.0 * float(np.sum(a**2 / (1.0 - 2.0 * z * a) ** 2))
    w = np.sign(z) * np.sqrt(2.0 * (z * x - of_z))
    v = z * np.sqrt(curvature)
    return float(scipy.special.ndtr(-(w + np.log(v / w) / w)))
