"""Functions of weighted totals that make a figure, with their gradients.

Each rule takes what is `Given` by domain (totals in the order of the measure's terms, scalars
in the order of its scalars) and says the figure and its derivative with respect to each total.
The influence of a cluster is the gradient times the cluster's totals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.measure.model import Given, Linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def total(given: Given) -> Linear:
    """The total itself."""
    return Linear(given.totals[:, 0].copy(), np.ones_like(given.totals))


def ratio(given: Given) -> Linear:
    """First total over the second; gradient (1, -R) / denominator. NaN where it is 0/0.

    With a parameter, the first total is taken that many times: a contribution is a weight times
    a ratio.
    """
    (factor,) = given.parameters or (1.0,)
    top, bottom = factor * given.totals[:, 0], given.totals[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = top / bottom
        gradient = np.stack([factor / bottom, -value / bottom], axis=1)
    empty = bottom == 0
    value[empty] = np.nan
    gradient[empty] = np.nan
    return Linear(value, gradient)


def generalised_entropy(given: Given) -> Linear:
    """GE(epsilon) from N = sum w, Y = sum wy and S (Shorrocks 1984, eq. 11).

    epsilon = 0: ln(Y/N) - S/N with S = sum w ln y; epsilon = 1: S/Y - ln(Y/N) with
    S = sum w y ln y; otherwise (N^(e-1) S / Y^e - 1) / (e (e-1)) with S = sum w y^e.
    """
    return _entropy(given.totals, given.parameters[0])


def _entropy(totals: Floats, e: float) -> Linear:
    """As `generalised_entropy`."""
    N, Y, S = totals.T
    with np.errstate(divide="ignore", invalid="ignore"):
        if e == 0.0:
            value = np.log(Y / N) - S / N
            parts = (-1.0 / N + S / N**2, 1.0 / Y, -1.0 / N)
        elif e == 1.0:
            value = S / Y - np.log(Y / N)
            parts = (1.0 / N, -S / Y**2 - 1.0 / Y, 1.0 / Y)
        else:
            core = N ** (e - 1.0) * S / Y**e
            c = 1.0 / (e * (e - 1.0))
            value = c * (core - 1.0)
            parts = (c * (e - 1.0) * core / N, -c * e * core / Y, c * core / S)
    return Linear(value, np.stack(parts, axis=1))


def atkinson(given: Given) -> Linear:
    """Atkinson index from N, Y and S (Atkinson 1970, eq. 17).

    epsilon = 1: 1 - exp(S/N) N/Y with S = sum w ln y; otherwise
    1 - (S/N)^(1/(1-e)) N/Y with S = sum w y^(1-e).
    """
    (e,) = given.parameters
    N, Y, S = given.totals.T
    with np.errstate(divide="ignore", invalid="ignore"):
        if e == 1.0:
            equal = np.exp(S / N) * N / Y  # equally distributed equivalent over the mean
            d_log = (1.0 / N - S / N**2, -1.0 / Y, 1.0 / N)
        else:
            p = 1.0 / (1.0 - e)
            equal = (S / N) ** p * N / Y
            d_log = ((1.0 - p) / N, -1.0 / Y, p / S)
        gradient = -equal[:, None] * np.stack(d_log, axis=1)
    return Linear(1.0 - equal, gradient)


def j_divergence(given: Given) -> Linear:
    """GE(0) + GE(1), from N, Y, sum w ln y and sum w y ln y (Rohde 2016, eq. 3)."""
    zero = _entropy(given.totals[:, [0, 1, 2]], 0.0)
    one = _entropy(given.totals[:, [0, 1, 3]], 1.0)
    gradient = np.zeros_like(given.totals)
    gradient[:, [0, 1, 2]] += zero.gradient
    gradient[:, [0, 1, 3]] += one.gradient
    return Linear(zero.value + one.value, gradient)


def gini(given: Given) -> Linear:
    """Gini or concentration index from N, X = sum w x, A = sum w x F and B = sum w L.

    F of a household is the weighted number ranked below it, with half of its ties, and L the
    same sum of x, so that G = 2 A / (N X) - 1 is the mean absolute difference over twice the
    mean: neither the order of rows nor the scale of weights matters. A moves with the weight of
    a household by x F + (X - L), once as one that is ranked and once as one below others.

    References
    ----------
    Lerman and Yitzhaki (1989), Journal of Econometrics 42, 43-47; Langel and Tillé (2013),
    Journal of the Royal Statistical Society A 176, 521-540, section 3.
    """
    N, X, A, _ = given.totals.T
    with np.errstate(divide="ignore", invalid="ignore"):
        twice = 2.0 / (N * X)
        value = twice * A - 1.0
        parts = (2.0 / N - twice * A / N, -twice * A / X, twice, -twice)
    return Linear(value, np.stack(parts, axis=1))


def quantile(given: Given) -> Linear:
    """share x q from N, F = sum w (y <= q) and K, with q the quantile of probability p.

    The parameters are p and share. K is the kernel estimate of the density at q times the
    population; the influence of a household on q is -((y <= q) - p) / K.

    References
    ----------
    Deville (1999), Survey Methodology 25, 193-203; Osier (2009), Survey Research Methods 3,
    167-195.
    """
    p, share = given.parameters
    K = given.totals[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(K > 0, share / K, np.nan)
    parts = (p * slope, -slope, np.zeros_like(slope))
    return Linear(share * given.found[:, 0], np.stack(parts, axis=1))
