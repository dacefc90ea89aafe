"""The bivariate normal distribution function for arrays, exact through Owen's T."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from exitline.arrays import Floats


TINY = 1e-150
"""Arguments closer to zero than this are zero: their products would underflow."""


def binormal_cdf(h: ArrayLike, k: ArrayLike, rho: float) -> Floats:
    """P(X < h, Y < k) for standard normal X, Y with correlation rho.

    Parameters
    ----------
    h, k : float arrays of one shape
        Finite.
    rho : float
        From -1 to 1, both included.

    Returns
    -------
    float array

    References
    ----------
    Owen (1956), Annals of Mathematical Statistics 27, 1075-1090.

    Examples
    --------
    >>> float(binormal_cdf(0.0, 0.0, 0.5).round(12))  # 1/4 + arcsin(rho) / (2 pi)
    0.333333333333
    """
    from scipy.special import ndtr

    h, k = np.broadcast_arrays(np.asarray(h, np.float64), np.asarray(k, np.float64))
    h, k = np.where(np.abs(h) < TINY, 0.0, h), np.where(np.abs(k) < TINY, 0.0, k)
    if rho >= 1.0:
        return np.asarray(ndtr(np.minimum(h, k)))
    if rho <= -1.0:
        return np.asarray(np.maximum(ndtr(h) - ndtr(-k), 0.0))
    if rho == 0.0:
        return np.asarray(ndtr(h) * ndtr(k))
    root = np.sqrt((1.0 - rho) * (1.0 + rho))
    t_h, t_k = _t(h, k - rho * h, root), _t(k, h - rho * k, root)
    opposite = (h * k < 0) | ((h * k == 0) & (h + k < 0))
    value = 0.5 * (ndtr(h) + ndtr(k)) - t_h - t_k - np.where(opposite, 0.5, 0.0)
    origin = 0.25 + np.arcsin(rho) / (2.0 * np.pi)
    value = np.where((h == 0) & (k == 0), origin, value)
    return np.asarray(np.clip(value, 0.0, np.minimum(ndtr(h), ndtr(k))))


def _t(h: Floats, top: Floats, root: float) -> Floats:
    """Owen's T(h, top / (h root)), with its limit where h is zero."""
    from scipy.special import owens_t

    safe = np.where(h == 0, 1.0, h)
    inner = np.asarray(owens_t(safe, top / (safe * root)))
    return np.where(h == 0, np.where(top >= 0, 0.25, -0.25), inner)
