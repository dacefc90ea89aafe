"""The Fay-Herriot model with covariates that are estimates themselves (Ybarra and Lohr)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.area.fit import Direct, Fit
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

METHOD = "me"
_STEPS, _CONVERGED = 1000, 1e-13


def fit_measured(direct: Direct, errors: Floats) -> Fit:
    """Fit the model by modified least squares, with weights found in turn.

    Parameters
    ----------
    direct : Direct
    errors : float array, shape (sampled, k, k)
        Error covariances of each area's covariates; zero for columns that are known exactly.

    Returns
    -------
    Fit
        `gamma` weighs the direct estimate by the variance of the area effect and of the
        regression's error from the covariates.

    References
    ----------
    Ybarra and Lohr (2008), Biometrika 95, 919-931, pages 923 and 924.
    """
    if errors.shape != (direct.size, direct.width, direct.width):
        raise SmallAreaError(
            "error covariances of covariates that do not fit",
            expected=f"{direct.size} areas x {direct.width} x {direct.width} columns",
            got=" x ".join(str(n) for n in errors.shape),
            remedy="give the error variance of each covariate by area",
        )
    weight = np.ones(direct.size)
    for _ in range(_STEPS):
        beta = _beta(direct, errors, weight)
        measured = np.einsum("i,bij,j->b", beta, errors, beta)
        residual = direct.y - direct.x @ beta
        free = direct.size - direct.width
        variance = max(float(np.sum(residual**2 - direct.psi - measured)) / free, 0.0)
        again = 1.0 / (variance + direct.psi + measured)
        moved = float(np.max(np.abs(again - weight) / weight))
        weight = again
        if moved <= _CONVERGED:
            return _fit_at(direct, errors, beta, variance)
    raise SmallAreaError(
        "the measurement-error model does not settle",
        expected=f"weights that settle within {_STEPS} steps",
        got="weights that do not",
        remedy="take fewer covariates with large errors",
    )


def _beta(direct: Direct, errors: Floats, weight: Floats) -> Floats:
    """Least squares on covariates whose error variance is taken out of their squares."""
    x, k = direct.x, direct.width
    noise = np.einsum("b,bij->ij", weight, errors)
    values, vectors = np.linalg.eigh((x * weight[:, None]).T @ x)
    root = vectors @ np.diag(1.0 / np.sqrt(values)) @ vectors.T
    shares, turned = np.linalg.eigh(root @ noise @ root)
    left = 1.0 - shares
    scale = np.zeros(k)
    keep = left > 1.0 / direct.size
    scale[keep] = 1.0 / left[keep]
    right = (x * weight[:, None]).T @ direct.y
    return np.asarray(root @ turned @ (scale * (turned.T @ root @ right)))


def _fit_at(direct: Direct, errors: Floats, beta: Floats, variance: float) -> Fit:
    """The model at its estimates."""
    measured = np.einsum("i,bij,j->b", beta, errors, beta)
    total = variance + measured + direct.psi
    gamma = (variance + measured) / total
    covariance = np.linalg.inv(direct.x.T @ (direct.x / total[:, None]))
    return Fit(
        direct, METHOD, variance, beta, covariance, gamma * (direct.y - direct.x @ beta), gamma,
        float("nan"), direct.width + 1, left=(variance + measured) * (1.0 - gamma),
    )  # fmt: skip


def jackknife_measured(fit: Fit, errors: Floats) -> tuple[Floats, Floats]:
    """Mean squared errors of the sampled areas by the jackknife; others have none (NaN).

    References
    ----------
    Ybarra and Lohr (2008), section 4; Jiang, Lahiri and Wan (2002), Annals of Statistics 30.
    """
    direct, m = fit.direct, fit.direct.size
    known = direct.psi * fit.gamma
    value, squares = np.zeros(m), np.zeros(m)
    for left in range(m):
        keep = np.arange(m) != left
        part = Direct(
            direct.y[keep], direct.psi[keep], direct.x[keep], direct.out[:0], direct.names
        )
        again = fit_measured(part, errors[keep])
        whole = _fit_at(direct, errors, again.beta, again.variance)
        value += direct.psi * whole.gamma - known
        squares += (whole.predicted - fit.predicted) ** 2
    share = (m - 1.0) / m
    return known - share * value + share * squares, np.full(len(direct.out), np.nan)
