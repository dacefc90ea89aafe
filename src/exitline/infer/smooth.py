"""Smooth functions of weighted totals, with their gradients.

Each rule takes the totals of a measure's terms by domain, shape (domains, terms), in
the order of the catalogue, and gives the estimate and its derivative with respect to
each total. The influence of a cluster is the gradient times the cluster's totals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Smooth:
    """An estimate by domain, shape (domains,), and its gradient, shape (domains, terms)."""

    value: Floats
    gradient: Floats


def total(totals: Floats, _: float | None = None) -> Smooth:
    """The total itself."""
    return Smooth(totals[:, 0].copy(), np.ones_like(totals))


def ratio(totals: Floats, factor: float | None = None) -> Smooth:
    """First total over the second; gradient (1, -R) / denominator. NaN where it is 0/0.

    With a factor, the first total is taken that many times: a contribution is a weight times a
    ratio.
    """
    if factor is not None:
        once = ratio(totals)
        return Smooth(factor * once.value, factor * once.gradient)
    top, bottom = totals[:, 0], totals[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = top / bottom
        gradient = np.stack([1.0 / bottom, -value / bottom], axis=1)
    empty = bottom == 0
    value[empty] = np.nan
    gradient[empty] = np.nan
    return Smooth(value, gradient)


def generalised_entropy(totals: Floats, parameter: float | None = None) -> Smooth:
    """GE(epsilon) from N = sum w, Y = sum wy and S (Shorrocks 1984, eq. 11).

    epsilon = 0: ln(Y/N) - S/N with S = sum w ln y; epsilon = 1: S/Y - ln(Y/N) with
    S = sum w y ln y; otherwise (N^(e-1) S / Y^e - 1) / (e (e-1)) with S = sum w y^e.
    """
    e = 1.0 if parameter is None else parameter
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
    return Smooth(value, np.stack(parts, axis=1))


def atkinson(totals: Floats, parameter: float | None = None) -> Smooth:
    """Atkinson index from N, Y and S (Atkinson 1970, eq. 17).

    epsilon = 1: 1 - exp(S/N) N/Y with S = sum w ln y; otherwise
    1 - (S/N)^(1/(1-e)) N/Y with S = sum w y^(1-e).
    """
    e = 1.0 if parameter is None else parameter
    N, Y, S = totals.T
    with np.errstate(divide="ignore", invalid="ignore"):
        if e == 1.0:
            equal = np.exp(S / N) * N / Y  # equally distributed equivalent over the mean
            d_log = (1.0 / N - S / N**2, -1.0 / Y, 1.0 / N)
        else:
            p = 1.0 / (1.0 - e)
            equal = (S / N) ** p * N / Y
            d_log = ((1.0 - p) / N, -1.0 / Y, p / S)
    gradient = -equal[:, None] * np.stack(d_log, axis=1)
    return Smooth(1.0 - equal, gradient)


def j_divergence(totals: Floats, _: float | None = None) -> Smooth:
    """GE(0) + GE(1), from N, Y, sum w ln y and sum w y ln y (Rohde 2016, eq. 3)."""
    zero = generalised_entropy(totals[:, [0, 1, 2]], 0.0)
    one = generalised_entropy(totals[:, [0, 1, 3]], 1.0)
    gradient = np.zeros_like(totals)
    gradient[:, [0, 1, 2]] += zero.gradient
    gradient[:, [0, 1, 3]] += one.gradient
    return Smooth(zero.value + one.value, gradient)


RULES: Mapping[str, Callable[[Floats, float | None], Smooth]] = {
    "total": total,
    "ratio": ratio,
    "generalised_entropy": generalised_entropy,
    "atkinson": atkinson,
    "j_divergence": j_divergence,
}
