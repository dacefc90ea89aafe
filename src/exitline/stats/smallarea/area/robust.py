"""The robust Fay-Herriot model: outlying areas are held back by Huber's influence function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from exitline.stats.smallarea.area.fit import Direct, Fit, fit
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

METHOD = "robust"
_STEPS, _CONVERGED = 2000, 1e-13


def fit_robust(direct: Direct, k: float = 1.345) -> Fit:
    """Fit the model by Sinha and Rao's robust estimating equations.

    Parameters
    ----------
    direct : Direct
    k : float
        Standardised residuals are cut off here.

    Returns
    -------
    Fit

    References
    ----------
    Sinha and Rao (2009), Canadian Journal of Statistics 37, 381-399. Warnholz (2016), Small area
    estimation using robust extensions to area level models, PhD thesis, FU Berlin, chapter 4.
    """
    if not k > 0:
        raise SmallAreaError(
            "this is no bound for residuals", where="k", expected="a number above 0",
            got=str(k), remedy="write 1.345",
        )  # fmt: skip
    start = fit(direct, "reml")
    beta, variance = start.beta, start.variance
    for _ in range(_STEPS):
        beta_there = _beta(direct, beta, variance, k)
        there = _variance(direct, beta_there, k)
        moved = float(np.max(np.abs(beta_there - beta) / (1e-12 + np.abs(beta_there))))
        moved = max(moved, abs(there - variance) / (abs(there) + float(direct.psi.min())))
        beta, variance = beta_there, there
        if moved <= _CONVERGED:
            break
    else:
        raise SmallAreaError(
            "the robust model does not settle", expected=f"within {_STEPS} steps",
            got="parameters that do not", remedy="take a larger k",
        )  # fmt: skip
    return _fit_at(direct, beta, variance, k)


def _psi(value: Floats, k: float) -> Floats:
    return np.clip(value, -k, k)


def _weights(value: Floats, k: float) -> Floats:
    """psi(r) / r."""
    size = np.abs(value)
    return np.asarray(np.where(size > k, k / np.where(size > 0, size, 1.0), 1.0))


def _beta(direct: Direct, beta: Floats, variance: float, k: float) -> Floats:
    """Coefficients at a variance, by iterated weights."""
    total = variance + direct.psi
    for _ in range(_STEPS):
        weight = _weights((direct.y - direct.x @ beta) / np.sqrt(total), k) / total
        there = np.linalg.solve(
            direct.x.T @ (direct.x * weight[:, None]), direct.x.T @ (weight * direct.y)
        )
        moved = float(np.max(np.abs(there - beta) / (1e-12 + np.abs(there))))
        beta = there
        if moved <= _CONVERGED:
            break
    return np.asarray(beta)


def _variance(direct: Direct, beta: Floats, k: float) -> float:
    """The variance of area effects at given coefficients; zero where none is above it."""
    residual = direct.y - direct.x @ beta
    expected = 2.0 * norm.cdf(k) - 1.0 - 2.0 * k * norm.pdf(k) + 2.0 * k**2 * norm.sf(k)

    def equation(variance: float) -> float:
        total = variance + direct.psi
        return float(np.sum((_psi(residual / np.sqrt(total), k) ** 2 - expected) / total))

    high = 4.0 * float(np.max(residual**2)) / min(expected, 1.0) + float(direct.psi.max())
    if equation(0.0) <= 0.0:
        return 0.0
    return float(brentq(equation, 0.0, high, xtol=1e-300, rtol=8.9e-16, maxiter=500))


def _fit_at(direct: Direct, beta: Floats, variance: float, k: float) -> Fit:
    """Robust predictions at the estimates."""
    total = variance + direct.psi
    effects = _effects(direct, beta, variance, k)
    covariance = np.linalg.inv(direct.x.T @ (direct.x / total[:, None]))
    return Fit(
        direct, METHOD, variance, beta, covariance, effects, variance / total, float("nan"),
        direct.width + 1,
    )  # fmt: skip


def _effects(direct: Direct, beta: Floats, variance: float, k: float) -> Floats:
    """Area effects: psi((y - x'b - u) / s) / s = psi(u / sigma) / sigma, area by area.

    Both sides are monotone in u, so that the root is found by cases: linear on both sides,
    direct estimate held back, or effect held back.
    """
    residual = direct.y - direct.x @ beta
    if variance == 0.0:
        return np.zeros_like(residual)
    sd, sigma = np.sqrt(direct.psi), np.sqrt(variance)
    linear = residual * variance / (variance + direct.psi)
    sign = np.sign(residual)
    held = np.abs(residual - linear) > k * sd
    pulled = np.abs(linear) > k * sigma
    far = sign * k * variance / sd  # effect where the sampling error is held back
    near = residual - sign * k * direct.psi / sigma  # effect where the effect is held back
    effects = np.where(held & (sd >= sigma), far, linear)
    return np.asarray(np.where(pulled & (sd < sigma), near, effects))


def pseudo_linear(fit: Fit, k: float) -> tuple[Floats, Floats]:
    """Mean squared errors of the sampled areas by pseudo-linearisation; others have none (NaN).

    References
    ----------
    Chambers, Chandra, Salvati and Tzavidis (2014), JRSS B 76, 47-69. Warnholz (2016),
    section 4.4.
    """
    direct, variance = fit.direct, fit.variance
    total = variance + direct.psi
    weight = _weights((direct.y - fit.synthetic) / np.sqrt(total), k) / total
    hat = direct.x @ np.linalg.solve(
        direct.x.T @ (direct.x * weight[:, None]), (direct.x * weight[:, None]).T
    )
    if variance > 0.0:
        sd, sigma = np.sqrt(direct.psi), np.sqrt(variance)
        error = _weights((direct.y - fit.predicted) / sd, k) / direct.psi
        effect = _weights(fit.effects / sigma, k) / variance
        pull = error / (error + effect)
    else:
        pull = np.zeros(direct.size)
    whole = hat + pull[:, None] * (np.eye(direct.size) - hat)
    away = whole - np.eye(direct.size)
    spread = variance * np.sum(away**2, axis=1) + whole**2 @ direct.psi
    bias = whole @ fit.synthetic - fit.synthetic
    return np.asarray(spread + bias**2), np.full(len(direct.out), np.nan)
