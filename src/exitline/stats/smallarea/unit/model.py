"""A fitted unit-level model: transformation, coefficients, area effects and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import fminbound

from exitline.stats.smallarea.unit import nested
from exitline.stats.smallarea.unit.predict import Predictor
from exitline.stats.smallarea.unit.transform import DRIVEN, Transform, interval, rank_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.smallarea.unit.nested import Fits, Method
    from exitline.stats.smallarea.unit.sample import Sample

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

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

    def over(self, area_of: Ints) -> Predictor:
        """What is known of each area of a census.

        Parameters
        ----------
        area_of : int array
            The sampled area that each is; -1 where none was.
        """
        sampled = area_of >= 0
        effect = np.where(sampled, self.effects[area_of], 0.0)
        var = np.where(sampled, self.effect_vars[area_of], self.sigma2_u)
        return Predictor(self.how, self.sigma2_e, effect, var)


def fit_model(
    sample: Sample, welfare: Floats, how: Transform, method: Method = "reml"
) -> tuple[Fitted, Fits]:
    """Find the transformation's parameter where it is open, and fit the model.

    Parameters
    ----------
    sample : Sample
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


def finish(sample: Sample, y: Floats, how: Transform, method: Method, fits: Fits, k: int) -> Fitted:
    """One replicate's model; with unit weights the pseudo-EB coefficients and effects."""
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


def weighted(sample: Sample, y: Floats, ratio: float) -> tuple[Floats, Floats, Floats]:
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


def with_parameter(sample: Sample, welfare: Floats, how: Transform, method: Method) -> Transform:
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
        found = nested.climb(sample, sample.of(y), method).likelihood[0] + jacobian
        return float("inf") if np.isnan(found) else -float(found)

    low, high = interval(how.name, welfare)
    return replace(how, parameter=float(fminbound(loss, low, high, xtol=TOLERANCE)))


def again(sample: Sample, t: Floats, first: Fitted, driven: bool) -> Sequence[tuple[Fitted, Any]]:
    """Models of the samples of replicates.

    Parameters
    ----------
    sample : Sample
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
    return [
        (finish(sample, t[:, k], hows[k], first.method, fits, k), hows[k])
        for k in range(t.shape[1])
    ]
