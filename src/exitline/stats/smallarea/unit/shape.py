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

from exitline.stats.smallarea.unit.transform import Transform

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints


STEPS = 40
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
REACH, POINTS = 7.0, 161
"""Standard deviations beyond its cells that the integral of a Gini coefficient spans, and its
points."""


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


def quantile(of: Mixture, p: float, own: Floats | None = None) -> Floats:
    """The expected p-quantile of each domain.

    Parameters
    ----------
    of : Mixture
    p : float
    own : float array, shape (domains,), optional
        One over the rows of each domain, where these are few enough to matter: the quantile of
        n rows is interpolated between order statistics (R's type 7), whose expected values are
        taken to the second order.

    Examples
    --------
    >>> one = np.zeros(1)
    >>> whole = Mixture(Transform("log"), np.zeros(1, int), 1, one + 1, one, one + 1, one)
    >>> quantile(whole, 0.5).round(9).tolist()
    [1.0]
    """
    few = np.zeros(of.size) if own is None else own
    rank = (few + (1.0 - few) * p) / (1.0 + few)
    at = _Quantile.of(of, rank)
    sd = np.sqrt(of.effect_var)
    found = np.zeros(of.size)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        found += weight * at.expected(of.how, node * sd, few)
    return found


def quantile_variance(of: Mixture, p: float, own: Floats, among: Mixture | None = None) -> Floats:
    """How the quantiles of populations scatter, at no effect of the domain.

    Parameters
    ----------
    of : Mixture
        The rows that scatter.
    p : float
    own : float array, shape (domains,)
        What a row shares with itself, times the square of what these rows are of all.
    among : Mixture, optional
        All rows, whose quantile it is; those of `of` unless given.
    """
    at = _Quantile.of(among or of, np.full(of.size, p))
    slope, _ = at.slopes(of.how, np.zeros(of.size))
    below = ndtr((at.t[of.domain] - of.m) / of.s)
    return np.asarray(own * of.sums(below * (1.0 - below)) * (slope / at.density) ** 2)


@dataclass(frozen=True)
class _Quantile:
    """Where a quantile lies on the scale of the model, and the distribution around it.

    `spread` is the mean over rows of F (1 - F): the variance of the share below, times rows.
    """

    t: Floats
    unit: Floats
    density: Floats
    bend: Floats
    spread: Floats

    @classmethod
    def of(cls, of: Mixture, p: Floats) -> _Quantile:
        """The quantile of each domain at its own p."""
        q = _inverted(of, p)
        z = (q[of.domain] - of.m) / of.s
        bell = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) / of.s
        below = ndtr(z)
        return cls(
            q, np.sqrt(of.sums(of.s**2)), of.sums(bell), of.sums(-bell * z / of.s),
            of.sums(below * (1.0 - below)),
        )  # fmt: skip

    def slopes(self, how: Transform, move: Floats) -> tuple[Floats, Floats]:
        """First and second derivative of welfare there, where the effect is so much."""
        step = 1e-3 * self.unit
        y = [how.back(self.t + move + k * step) for k in (-1.0, 0.0, 1.0)]
        return (y[2] - y[0]) / (2.0 * step), (y[2] - 2.0 * y[1] + y[0]) / step**2

    def expected(self, how: Transform, move: Floats, few: Floats) -> Floats:
        """The expected quantile of so few rows, where the effect is so much."""
        found = how.back(self.t + move)
        if not few.any():
            return found
        first, second = self.slopes(how, move)
        curve = second / self.density**2 - first * self.bend / self.density**3
        return np.asarray(found + 0.5 * few * self.spread * curve)


def _inverted(of: Mixture, p: Floats) -> Floats:
    """Where the distribution function of each domain is p: Newton's method within a bracket."""
    mean, sd = of.centre()
    q = mean + sd * ndtri(p)
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
    return np.asarray(q)


def gini(of: Mixture, own: Floats) -> Floats:
    """The expected Gini coefficient of each domain.

    Parameters
    ----------
    of : Mixture
    own : float array, shape (domains,)
        Sum of squared weights over the square of their sum: what a row shares with itself.
    """
    grid = WelfareGrid(of)
    within = _difference(of)
    nodes = [(0.0, 1.0)] if not of.effect_var.any() else list(zip(NODES, WEIGHTS, strict=True))
    found = np.zeros(of.size)
    for node, weight in nodes:
        mean, square, _ = grid.areas(node * np.sqrt(of.effect_var))
        found += weight * (1.0 - square / mean - own * within / (2.0 * mean))
    return found


def gini_variance(of: Mixture, own: Floats, among: Mixture | None = None) -> Floats:
    """How the Gini coefficients of populations scatter, at no effect of the domain.

    The variance of the influence of a row's own error (Deville 1999), summed over independent
    rows. Parameters are those of `quantile_variance`.
    """
    grid = WelfareGrid(among or of)
    mean, square, lorenz = grid.areas(np.zeros(of.size))
    y = grid.y(np.zeros(of.size))
    influence = (y * square - 2.0 * lorenz * mean) / mean**2  # of -(square / mean)
    influence = np.where(np.isfinite(influence), influence, 0.0)
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    first, second = np.zeros(len(of.m)), np.zeros(len(of.m))
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        value = grid.at(influence, of.m + node * of.s, of.domain)
        first += weight * value
        second += weight * value**2
    return of.sums(np.maximum(second - first**2, 0.0)) * own


class WelfareGrid:
    """Distribution functions of domains at points between their lowest and highest welfare."""

    def __init__(self, of: Mixture) -> None:
        self.of = of
        self.low, self.high = np.full(of.size, np.inf), np.full(of.size, -np.inf)
        np.minimum.at(self.low, of.domain, of.m - REACH * of.s)
        np.maximum.at(self.high, of.domain, of.m + REACH * of.s)
        self.step = (self.high - self.low) / (POINTS - 1)
        at = (self.low + k * self.step for k in range(POINTS))
        self.above = np.stack([of.sums(ndtr((of.m - t[of.domain]) / of.s)) for t in at])

    def y(self, move: Floats) -> Floats:
        """Welfare at the points, where the domain's effect is so much."""
        return np.stack([self.of.how.back(self.low + k * self.step + move) for k in range(POINTS)])

    def areas(self, move: Floats) -> tuple[Floats, Floats, Floats]:
        """Mean welfare, the integral of the squared survival function, and up to each point
        that of the survival function; from the lowest welfare on."""
        y = self.y(move)
        gap = np.diff(y, axis=0)
        survival = gap * _middle(self.above)
        mean = y[0] + survival.sum(axis=0)
        square = y[0] + (gap * _middle(self.above**2)).sum(axis=0)
        return mean, square, np.concatenate([y[:1], y[0] + np.cumsum(survival, axis=0)])

    def lesser(self, y: Floats, domain: Ints) -> Floats:
        """The expected lesser of a household's welfare and each y: E min(Y, y), at no effect.

        Between points by Hermite's cubic, whose slope there is the survival function.
        """
        at = self.y(np.zeros(self.of.size))
        _, _, lorenz = self.areas(np.zeros(self.of.size))
        t = self.of.how.forward(y)
        where = np.clip((t - self.low[domain]) / self.step[domain], 0.0, POINTS - 1.000001)
        left = where.astype(np.int64)
        a, b = at[left, domain], at[left + 1, domain]
        wide = np.where(b > a, b - a, 1.0)
        s = np.clip((y - a) / wide, 0.0, 1.0)
        ends = lorenz[left, domain], lorenz[left + 1, domain]
        slopes = wide * self.above[left, domain], wide * self.above[left + 1, domain]
        inside = (
            (1 + 2 * s) * (1 - s) ** 2 * ends[0] + s**2 * (3 - 2 * s) * ends[1]
            + s * (1 - s) ** 2 * slopes[0] - s**2 * (1 - s) * slopes[1]
        )  # fmt: skip
        return np.asarray(np.where(t <= self.low[domain], y, inside))

    def at(self, values: Floats, t: Floats, domain: Ints) -> Floats:
        """Values on the grid, read at points of the model's scale, each in its domain."""
        where = np.clip((t - self.low[domain]) / self.step[domain], 0.0, POINTS - 1.000001)
        left = where.astype(np.int64)
        part = where - left
        return np.asarray((1.0 - part) * values[left, domain] + part * values[left + 1, domain])


def _middle(values: Floats) -> Floats:
    """Values of a smooth function averaged over each interval, by Simpson's rule in pairs."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    half = (9.0 * (values[:-1] + values[1:]) - padded[:-3] - padded[3:]) / 16.0
    return np.asarray((values[:-1] + 4.0 * half + values[1:]) / 6.0)


def _difference(of: Mixture) -> Floats:
    """How far two draws of the same row lie apart on average, over each domain."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    found = np.zeros(of.size)
    for node, weight in zip(nodes, weights, strict=True):
        if node > 0:  # odd about zero but for the welfare itself
            apart = of.how.back(of.m + node * of.s) - of.how.back(of.m - node * of.s)
            found += weight * (2.0 * float(ndtr(node)) - 1.0) * of.sums(apart)
    return 2.0 * found
