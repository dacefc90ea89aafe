"""A fitted unit-level model: transformation, coefficients, area effects and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import fminbound

from exitline.stats.smallarea.unit import nested
from exitline.stats.smallarea.unit.predict import Predictor
from exitline.stats.smallarea.unit.transform import DRIVEN, Transform, interval, rank_order
from exitline.stats.smallarea.unit.twofold import fit_two_fold, inverse

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.smallarea.unit.nested import Fits, Method
    from exitline.stats.smallarea.unit.sample import UnitSample


TOLERANCE = float(np.finfo(np.float64).eps ** 0.25)
"""How closely a parameter is searched for, as by emdi: the likelihood is flat there."""


@dataclass(frozen=True)
class Fitted:
    """A nested-error model of transformed welfare.

    Attributes
    ----------
    how : Transform
    method : {"reml", "ml"}
    beta : float array, shape (p,)
    sigma2_u, sigma2_e, likelihood : float
    effects, effect_vars : float array, shape (sampled areas,)
        Predicted area effects and their conditional variances.
    gamma : float array, shape (sampled areas,)
        How far each area's own sample is believed.
    sigma2_v : float
        Variance between districts; 0 without them.
    district, district_vars : float arrays, shape (sampled districts,)
        Effects of districts, which `effects` hold too.
    """

    how: Transform
    method: Method
    beta: Floats
    sigma2_u: float
    sigma2_e: float
    likelihood: float
    effects: Floats
    effect_vars: Floats
    gamma: Floats
    sigma2_v: float = 0.0
    district: Floats | None = None
    district_vars: Floats | None = None

    def over(self, match: AreaMatch) -> Predictor:
        """What is known of each area of a census: of its district, where it was not sampled.

        Parameters
        ----------
        match : AreaMatch
        """
        effect = np.zeros(len(match.area))
        var = np.full(len(match.area), self.sigma2_u + self.sigma2_v)
        if self.district is not None and match.district is not None:
            assert self.district_vars is not None
            inside = match.district >= 0
            effect = np.where(inside, self.district[match.district], effect)
            near = self.sigma2_u + self.district_vars[match.district]
            var = np.where(inside, near, var)
        sampled = match.area >= 0
        effect = np.where(sampled, self.effects[match.area], effect)
        return Predictor(
            self.how, self.sigma2_e, effect, np.where(sampled, self.effect_vars[match.area], var)
        )

    def unconditional(self, match: AreaMatch) -> Predictor:
        """Every area as if none had been sampled: what Elbers, Lanjouw and Lanjouw (2003) do."""
        size = len(match.area)
        var = np.full(size, self.sigma2_u + self.sigma2_v)
        return Predictor(self.how, self.sigma2_e, np.zeros(size), var)


@dataclass(frozen=True)
class AreaMatch:
    """Which sampled area each area of a census is, and in which district it lies.

    Attributes
    ----------
    area : int array, shape (areas,)
        The sampled area; -1 where none was.
    district : int array, shape (areas,), optional
        The sampled district; -1 where none was.
    within : int array, shape (areas,), optional
        The district among all those of the census.
    """

    area: Ints
    district: Ints | None = None
    within: Ints | None = None


def fit_model(
    sample: UnitSample, welfare: Floats, how: Transform, method: Method = "reml"
) -> tuple[Fitted, Fits]:
    """Find the transformation's parameter where it is open, and fit the model.

    Parameters
    ----------
    sample : UnitSample
    welfare : float array, shape (n,)
    how : Transform
    method : {"reml", "ml"}

    Returns
    -------
    Fitted
    Fits
        The likelihood's own model, before weights change the coefficients.
    """
    how = with_parameter(sample, welfare, how, method)
    y = how.forward(welfare)
    fits = nested.fit(sample, y, method)
    return finish(sample, y, how, method, fits, 0), fits


def finish(
    sample: UnitSample,
    y: Floats,
    how: Transform,
    method: Method,
    fits: Fits,
    k: int,
    start: tuple[float, float] | None = None,
) -> Fitted:
    """One replicate's model; with unit weights the pseudo-EB coefficients and effects."""
    if sample.district is not None:
        return _two_fold(sample, y, how, method, fits, k, start)
    ratio, sigma2_e = float(fits.ratio[k]), float(fits.sigma2_e[k])
    sigma2_u = ratio * sigma2_e
    if sample.weight is None:
        gamma = sample.n * ratio / (1.0 + sample.n * ratio)
        beta, effects = fits.beta[k], fits.effects[k]
    else:
        beta, effects, gamma = weighted(sample, y, ratio)
    return Fitted(
        how, method, beta, sigma2_u, sigma2_e, float(fits.likelihood[k]), effects,
        sigma2_u * (1.0 - gamma), gamma,
    )  # fmt: skip


def _two_fold(
    sample: UnitSample,
    y: Floats,
    how: Transform,
    method: Method,
    fits: Fits,
    k: int,
    start: tuple[float, float] | None,
) -> Fitted:
    """The model with effects of districts too."""
    assert sample.district is not None
    alone = replace_at(fits, k)
    found = fit_two_fold(sample, sample.of(y), sample.district, alone, method, start)
    total = found.sigma2_u + found.sigma2_v
    gamma = 1.0 - found.area_var / total if total > 0 else np.zeros_like(found.area_var)
    return Fitted(
        how, method, found.beta, found.sigma2_u, found.sigma2_e, found.likelihood, found.area,
        found.area_var, gamma, found.sigma2_v, found.district, found.district_var,
    )  # fmt: skip


def replace_at(fits: Fits, k: int) -> Fits:
    """One replicate's fit alone."""
    part = slice(k, k + 1)
    return nested.Fits(
        fits.beta[part], fits.ratio[part], fits.sigma2_e[part], fits.likelihood[part],
        fits.effects[part],
    )  # fmt: skip


def coefficient_covariance(sample: UnitSample, fitted: Fitted) -> Floats:
    """The covariance of the coefficients at the model's variances, shape (p, p)."""
    a, b = fitted.sigma2_u / fitted.sigma2_e, fitted.sigma2_v / fitted.sigma2_e
    if sample.district is None:
        return nested.covariance(sample, a, fitted.sigma2_e)
    return fitted.sigma2_e * sample.back @ inverse(sample, sample.district, a, b) @ sample.back.T


def weighted(sample: UnitSample, y: Floats, ratio: float) -> tuple[Floats, Floats, Floats]:
    """Coefficients, area effects and shrinkage with unit weights.

    The estimating equation of You and Rao (2002, eq. 2.5) at the variances of the unweighted
    model, as in Guadarrama, Molina and Rao (2018).
    """
    assert sample.weight is not None
    w, z = sample.weight, sample.z
    total = sample.sums(w)
    squares = sample.sums(w * w) / total**2
    gamma = ratio / (ratio + squares) if ratio > 0 else np.zeros_like(total)
    offset = y.mean() if sample.intercept is not None else 0.0
    y = y - offset
    z_mean = sample.sums(w[:, None] * z) / total[:, None]
    y_mean = sample.sums(w * y) / total
    g = gamma[sample.area]
    left = (w[:, None] * z).T @ (z - g[:, None] * z_mean[sample.area])
    right = (w[:, None] * z).T @ (y - g * y_mean[sample.area])
    coefficients = np.linalg.solve(left, right)
    effects = gamma * (y_mean - z_mean @ coefficients)
    beta = sample.back @ coefficients
    if sample.intercept is not None:
        beta[sample.intercept] += offset
    return beta, effects, gamma


def with_parameter(
    sample: UnitSample, welfare: Floats, how: Transform, method: Method
) -> Transform:
    """The transformation with the parameter under which its model is likeliest.

    The likelihood is that of the transformed values divided by the geometric mean of the
    transformation's derivative (Rojas-Perilla et al. 2020), searched by Brent's method.
    """
    if how.name not in DRIVEN or not np.isnan(how.parameter):
        return how
    n, p = sample.x.shape
    share = (n - p) / n if method == "reml" else 1.0

    def loss(parameter: float) -> float:
        one = replace(how, parameter=float(parameter))
        with np.errstate(all="ignore"):
            y = one.forward(welfare)
            jacobian = share * one.slope(welfare).sum()
        if not (np.isfinite(jacobian) and np.all(np.isfinite(y))):
            return float("inf")
        found = nested.climb(sample, sample.of(y), method, rough=True).likelihood[0] + jacobian
        return float("inf") if np.isnan(found) else -float(found)

    low, high = interval(how.name, welfare)
    return replace(how, parameter=float(fminbound(loss, low, high, xtol=TOLERANCE)))


def again(sample: UnitSample, t: Floats, first: Fitted, driven: bool) -> Sequence[Fitted]:
    """Models of the samples of replicates.

    Parameters
    ----------
    sample : UnitSample
    t : float array, shape (n, replicates)
        Transformed welfare of each replicate.
    first : Fitted
        The model that drew them.
    driven : bool
        Whether the transformation's parameter is looked for again.
    """
    hows = [first.how] * t.shape[1]
    if first.how.name == "rank" or (driven and first.how.name in DRIVEN):
        t = t.copy()
        for k in range(t.shape[1]):
            welfare = first.how.back(t[:, k])
            if first.how.name == "rank":
                hows[k] = rank_order(welfare)
            else:
                free = replace(first.how, parameter=float("nan"))
                hows[k] = with_parameter(sample, welfare, free, first.method)
            t[:, k] = hows[k].forward(welfare)
    fits = nested.climb(sample, sample.of(t), first.method)
    start = None
    if sample.district is not None:
        ratios = np.array([first.sigma2_u, first.sigma2_v]) / first.sigma2_e
        start = (max(float(ratios[0]), 1e-4), max(float(ratios[1]), 1e-4))
    return [
        finish(sample, t[:, k], hows[k], first.method, fits, k, start) for k in range(t.shape[1])
    ]
