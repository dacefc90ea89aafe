"""The two-fold nested-error model: areas within districts, each with an effect of its own.

y_gdi = x' b + v_g + u_gd + e_gdi (Stukel and Rao 1999; Marhuenda, Molina, Morales and Rao 2017).
As with one effect, the likelihood needs sums of areas alone: with a = s_u^2 / s_e^2,
b = s_v^2 / s_e^2, w_d = n_d / (1 + n_d a) and T_g the sum of w_d over the areas of a district,

    X'V^-1 X s_e^2 = (within areas) + sum_d w_d m_d m_d' - sum_g b / (1 + b T_g) s_g s_g',

where s_g is the sum of w_d m_d over the district.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.smallarea.unit.nested import Fits, Method
    from exitline.stats.smallarea.unit.sample import Responses, UnitSample


NOTHING = 1e-8
"""A ratio of variances below this is zero."""


@dataclass(frozen=True)
class TwoFold:
    """A fitted two-fold model.

    Attributes
    ----------
    beta : float array, shape (p,)
    sigma2_v, sigma2_u, sigma2_e : float
        Variances between districts, between areas of a district, within areas.
    likelihood : float
    district, district_var : float arrays, shape (districts,)
        Predicted effects of districts and their conditional variances.
    area, area_var : float arrays, shape (areas,)
        Predicted effects of areas together with their district's, and their variances.
    """

    beta: Floats
    sigma2_v: float
    sigma2_u: float
    sigma2_e: float
    likelihood: float
    district: Floats
    district_var: Floats
    area: Floats
    area_var: Floats


@dataclass(frozen=True)
class _TwofoldAt:
    """The profile likelihood at two ratios."""

    likelihood: float
    gamma: Floats
    sigma2: float
    w: Floats
    pull: Floats
    away: Floats


def fit_two_fold(
    sample: UnitSample,
    sums: Responses,
    district: Ints,
    one: Fits,
    method: Method = "reml",
    start: tuple[float, float] | None = None,
) -> TwoFold:
    """Fit a two-fold model by restricted or full maximum likelihood.

    Parameters
    ----------
    sample : UnitSample
    sums : Responses
        Of one response.
    district : int array, shape (areas,)
        The district of each area, from 0 on.
    one : Fits
        The model without districts: where the search begins.
    method : {"reml", "ml"}
    start : tuple of float, optional
        Ratios of the variances to begin from.

    Returns
    -------
    TwoFold
    """

    def loss(logs: Floats) -> float:
        a, b = np.exp(np.clip(logs, -25.0, 10.0))
        return -_at(sample, sums, district, float(a), float(b), method).likelihood

    ratio = max(float(one.ratio[0]), 1e-3)
    begin = np.log(start) if start is not None else np.log([ratio / 2.0, ratio / 2.0])
    begin = np.maximum(begin, -12.0)
    found = minimize(
        loss, begin, method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 600},
    )  # fmt: skip
    a, b = (0.0 if r < NOTHING else float(r) for r in np.exp(np.clip(found.x, -25.0, 10.0)))
    alone = _at(sample, sums, district, float(one.ratio[0]), 0.0, method)
    at = _at(sample, sums, district, a, b, method)
    if alone.likelihood >= at.likelihood:
        a, b, at = float(one.ratio[0]), 0.0, alone
    return _predicted(sample, sums, district, a, b, at)


def _at(
    sample: UnitSample, sums: Responses, district: Ints, a: float, b: float, method: Method
) -> _TwofoldAt:
    """The profile likelihood at ratios of areas and of districts."""
    n, p = sample.z.shape
    y = sums.means[:, 0]
    size = int(district.max()) + 1
    w, total, pull, means, left = _products(sample, district, a, b)
    own = np.bincount(district, w * y, minlength=size)
    right = sums.cross[:, 0] + sample.means.T @ (w * y) - means.T @ (pull * own)
    gamma = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
    away = np.asarray(y - sample.means @ gamma, dtype=np.float64)
    rest = (
        float(sums.square[0]) - 2.0 * gamma @ sums.cross[:, 0] + gamma @ sample.within @ gamma
        + w @ away**2 - pull @ np.bincount(district, w * away, minlength=size) ** 2
    )  # fmt: skip
    free = n - p if method == "reml" else n
    sigma2 = float(rest / free)
    spread = np.log1p(sample.n * a).sum() + np.log1p(b * total).sum()
    likelihood = -0.5 * (free * (np.log(2.0 * np.pi * sigma2) + 1.0) + spread)
    if method == "reml":
        scale = 2.0 * np.log(sample.spread).sum()
        likelihood -= 0.5 * (np.linalg.slogdet(left)[1] + scale)
    return _TwofoldAt(float(likelihood), gamma, sigma2, w, pull, away)


def _products(
    sample: UnitSample, district: Ints, a: float, b: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Weights of areas, their sums and what districts pull; sums of means; X'V^-1 X s_e^2."""
    size, p = int(district.max()) + 1, sample.z.shape[1]
    w = np.asarray(sample.n / (1.0 + sample.n * a), dtype=np.float64)
    total = np.bincount(district, w, minlength=size).astype(np.float64)
    pull = b / (1.0 + b * total)
    means = np.stack(
        [np.bincount(district, w * sample.means[:, j], minlength=size) for j in range(p)], axis=1
    ).astype(np.float64)
    left = sample.within + sample.means.T @ (w[:, None] * sample.means)
    return w, total, pull, means, left - means.T @ (pull[:, None] * means)


def inverse(sample: UnitSample, district: Ints, a: float, b: float) -> Floats:
    """The inverse of X'V^-1 X s_e^2 for the scaled columns."""
    return np.asarray(np.linalg.inv(_products(sample, district, a, b)[4]))


def _predicted(
    sample: UnitSample, sums: Responses, district: Ints, a: float, b: float, at: _TwofoldAt
) -> TwoFold:
    """Effects of districts and areas, given the sample."""
    size = len(at.pull)
    effect = at.pull * np.bincount(district, at.w * at.away, minlength=size)
    kept = 1.0 / (1.0 + sample.n * a)
    area = effect[district] + a * at.w * (at.away - effect[district])
    area_var = at.sigma2 * (a * kept + kept**2 * at.pull[district])
    beta = sample.back @ at.gamma
    if sample.intercept is not None:
        beta[sample.intercept] += sums.offset[0]
    return TwoFold(
        beta, b * at.sigma2, a * at.sigma2, at.sigma2, at.likelihood, effect,
        at.sigma2 * at.pull, area, area_var,
    )  # fmt: skip
