"""Quantiles and the Gini coefficient of a predicted distribution.

Given an area's effect v, its welfare is a mixture of normal variables on the scale of the model,
and v moves all of them alike: the p-quantile is back(q_p + v), with q_p of the mixture at v = 0.
So its expected value is one inversion and a sum over v, and the Gini coefficient one integral
of the Lorenz curve's mixture. No population is drawn. A domain of several areas, whose effects
go their own ways, has the quantile of its expected distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from exitline.smallarea.unit.transform import Transform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

STEPS = 40
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
REACH, POINTS = 7.0, 141
"""Standard deviations of the mixture that the Gini coefficient's integral spans, and its nodes."""


@dataclass(frozen=True)
class Mixture:
    """Domains as mixtures of normal variables, given the area effects of each.

    Attributes
    ----------
    how : Transform
    domain : int array, shape (cells,)
    size : int
        Domains.
    weight : float array, shape (cells,)
    m, s : float arrays, shape (cells,)
        Means and standard deviations, without what the domain's effect adds.
    effect_var : float array, shape (domains,)
        Variance of the effect that moves the whole domain; 0 where none does.
    """

    how: Transform
    domain: Ints
    size: int
    weight: Floats
    m: Floats
    s: Floats
    effect_var: Floats

    def sums(self, values: Floats) -> Floats:
        """Weighted means of values over each domain."""
        found = np.bincount(self.domain, self.weight * values, minlength=self.size)
        total = np.bincount(self.domain, self.weight, minlength=self.size)
        return np.asarray(found / np.where(total > 0, total, np.nan))

    def centre(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation on the scale of the model."""
        mean = self.sums(self.m)
        away = self.m - mean[self.domain]
        return mean, np.sqrt(self.sums(away**2 + self.s**2))


def quantile(of: Mixture, p: float) -> Floats:
    """The expected p-quantile of each domain.

    Examples
    --------
    >>> one = np.zeros(1)
    >>> whole = Mixture(Transform("log"), np.zeros(1, int), 1, one + 1, one, one + 1, one)
    >>> quantile(whole, 0.5).round(9).tolist()
    [1.0]
    """
    q = _inverted(of, p)
    sd = np.sqrt(of.effect_var)
    found = np.zeros(of.size)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        found += weight * of.how.back(q + node * sd)
    return found


def slope(of: Mixture, p: float) -> tuple[Floats, Floats]:
    """The quantile at no effect, and what its variance is for one unit of the share's."""
    q = _inverted(of, p)
    z = (q[of.domain] - of.m) / of.s
    density = of.sums(np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) / of.s)
    step = 1e-4 * np.sqrt(of.sums(of.s**2))
    back = (of.how.back(q + step) - of.how.back(q - step)) / (2.0 * step)
    return q, np.asarray((back / density) ** 2)


def _inverted(of: Mixture, p: float) -> Floats:
    """Where the distribution function of each domain is p: Newton's method within a bracket."""
    mean, sd = of.centre()
    q = mean + sd * float(ndtri(p))
    low, high = mean - 12.0 * sd, mean + 12.0 * sd
    for _ in range(STEPS):
        z = (q[of.domain] - of.m) / of.s
        away = of.sums(ndtr(z)) - p
        density = of.sums(np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) / of.s)
        low, high = np.where(away < 0, q, low), np.where(away > 0, q, high)
        step = q - away / np.where(density > 0, density, np.nan)
        inside = (step > low) & (step < high)
        after = np.where(inside, step, (low + high) / 2.0)
        settled = np.abs(after - q) <= 1e-10 * sd
        q = after
        if np.all(settled | np.isnan(q)):
            break
    return q


def gini(of: Mixture, own: Floats) -> Floats:
    """The expected Gini coefficient of each domain.

    Parameters
    ----------
    of : Mixture
    own : float array, shape (domains,)
        Sum of squared weights over the square of their sum: what a row shares with itself.
    """
    mean, sd = of.centre()
    at = np.linspace(-REACH, REACH, POINTS)
    above = np.stack([of.sums(ndtr((of.m - (mean + x * sd)[of.domain]) / of.s)) for x in at])
    within = _difference(of)
    nodes = [(0.0, 1.0)] if not of.effect_var.any() else list(zip(NODES, WEIGHTS, strict=True))
    found = np.zeros(of.size)
    for node, weight in nodes:
        move = node * np.sqrt(of.effect_var)
        y = np.stack([of.how.back(mean + x * sd + move) for x in at])
        # integrals of the survival function and of its square, from the lowest welfare on
        gap = np.diff(y, axis=0)
        average = y[0] + (gap * _middle(above)).sum(axis=0)
        square = y[0] + (gap * _middle(above**2)).sum(axis=0)
        found += weight * (1.0 - square / average - own * within / (2.0 * average))
    return found


def _middle(values: Floats) -> Floats:
    """Values of a smooth function averaged over each interval, by Simpson's rule in pairs."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    half = (9.0 * (values[:-1] + values[1:]) - padded[:-3] - padded[3:]) / 16.0
    return np.asarray((values[:-1] + 4.0 * half + values[1:]) / 6.0)


def _difference(of: Mixture) -> Floats:
    """How far two draws of the same row lie apart on average, over each domain."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(30)
    weights = weights / weights.sum()
    found = np.zeros(of.size)
    for node, weight in zip(nodes, weights, strict=True):
        found += weight * (2.0 * float(ndtr(node)) - 1.0) * of.sums(of.how.back(of.m + node * of.s))
    return 2.0 * found
