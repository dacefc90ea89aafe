"""The Fay-Herriot model: coefficients, area effects, predictions, what the data say of the fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from exitline.stats.smallarea.area.variance import Batch, at, estimate_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[Any]


@dataclass(frozen=True)
class Direct:
    """Direct estimates of the areas in the sample, and the covariates of every area.

    Attributes
    ----------
    y : float array, shape (sampled,)
        On the scale of the model.
    psi : float array, shape (sampled,)
        Their sampling variances on that scale, above zero.
    x : float array, shape (sampled, k)
    out : float array, shape (others, k)
        Covariates of the areas without a direct estimate.
    names : sequence of str
        Of the columns.
    """

    y: Floats
    psi: Floats
    x: Floats
    out: Floats
    names: Sequence[str]

    @property
    def size(self) -> int:
        """Areas with a direct estimate."""
        return len(self.y)

    @property
    def width(self) -> int:
        """Coefficients."""
        return int(self.x.shape[1])

    @property
    def batch(self) -> Batch:
        """The one set of direct estimates."""
        return Batch(self.y[None, :], self.x, self.psi)


@dataclass(frozen=True)
class Criteria:
    """How well a model fits, for comparing it with others on the same areas.

    Attributes
    ----------
    loglik, aic, bic, kic : float
        The likelihood at the estimates and Akaike's, Schwarz's and Kullback's criterion.
    adjusted_r2, fay_herriot_r2 : float
        The adjusted R2 of the regression of direct estimates, and Lahiri and Suntornchost's,
        which allows for their sampling variances.
    """

    loglik: float
    aic: float
    bic: float
    kic: float
    adjusted_r2: float
    fay_herriot_r2: float


@dataclass(frozen=True)
class Fit:
    """A model that was fitted.

    Attributes
    ----------
    direct : Direct
    method : str
        How the variance of area effects was estimated.
    variance : float
        Of area effects: A, or sigma_u^2.
    beta : float array, shape (k,)
    covariance : float array, shape (k, k)
        Of beta, at this variance.
    effects : float array, shape (sampled,)
        Predicted area effects.
    gamma : float array, shape (sampled,)
        Weight of the direct estimate in the prediction: A / (A + psi); NaN where effects of
        areas are not independent.
    correlation : float
        Between neighbours (SAR); NaN without one.
    loglik : float
        NaN for a model without a likelihood.
    parameters : int
        Of the model, coefficients included.
    left : float array, shape (sampled,), optional
        What is unknown of an area's figure once its direct estimate is: A (1 - gamma) unless
        given.
    """

    direct: Direct
    method: str
    variance: float
    beta: Floats
    covariance: Floats
    effects: Floats
    gamma: Floats
    loglik: float
    parameters: int
    correlation: float = float("nan")
    left: Floats | None = None

    @property
    def synthetic(self) -> Floats:
        """x'beta of the sampled areas."""
        return np.asarray(self.direct.x @ self.beta)

    @property
    def predicted(self) -> Floats:
        """Predictions of the sampled areas on the scale of the model."""
        return self.synthetic + self.effects

    @property
    def outside(self) -> Floats:
        """Synthetic predictions of the areas without a direct estimate."""
        return np.asarray(self.direct.out @ self.beta)

    @property
    def residuals(self) -> Floats:
        """(direct - predicted) / sqrt(psi)."""
        return (self.direct.y - self.predicted) / np.sqrt(self.direct.psi)

    @cached_property
    def criteria(self) -> Criteria:
        """Information criteria and R2."""
        adjusted, allowing = _r_squared(self.direct)
        m, p = self.direct.size, self.parameters
        less = -2.0 * self.loglik
        return Criteria(
            self.loglik, less + 2.0 * p, less + p * float(np.log(m)), less + 3.0 * p,
            adjusted, allowing,
        )  # fmt: skip

    def coefficients(self) -> pd.DataFrame:
        """The coefficients as a table: term, estimate, se, z, p."""
        import pandas as pd

        se = np.sqrt(np.diag(self.covariance))
        z = self.beta / se
        return pd.DataFrame(
            {"term": list(self.direct.names), "estimate": self.beta, "se": se, "z": z,
             "p": 2.0 * norm.sf(np.abs(z))}
        )  # fmt: skip


def fit(direct: Direct, method: str = "reml") -> Fit:
    """Fit the Fay-Herriot model.

    Parameters
    ----------
    direct : Direct
    method : str
        As `exitline.stats.smallarea.area.variance.estimate_variance`.

    Returns
    -------
    Fit

    References
    ----------
    Fay and Herriot (1979), JASA 74, 269-277. Rao and Molina (2015), Small Area Estimation,
    equation 6.1.12.
    """
    batch = direct.batch
    variance = estimate_variance(batch, method)
    return fitted_at(direct, float(variance[0]), method)


def fitted_at(direct: Direct, variance: float, method: str) -> Fit:
    """The model at a variance of area effects."""
    found = at(direct.batch, np.array([variance]))
    residual, inverse = found.residual[0], found.inverse[0]
    loglik = -0.5 * np.sum(np.log(2.0 * np.pi / inverse) + residual**2 * inverse)
    gamma = variance * inverse
    return Fit(
        direct, method, variance, found.beta[0], np.linalg.inv(found.gram[0]), gamma * residual,
        gamma, float(loglik), direct.width + 1,
    )  # fmt: skip


def _r_squared(direct: Direct) -> tuple[float, float]:
    """The adjusted R2 of a regression on the direct estimates, and one that allows for their
    sampling variances.

    References
    ----------
    Lahiri and Suntornchost (2015), Sankhya B 77, 312-320, with the correction that keeps it
    between 0 and 1.
    """
    y, x, psi, m, p = direct.y, direct.x, direct.psi, direct.size, direct.width
    q = np.linalg.qr(x)[0]
    residual = y - q @ (q.T @ y)
    within = float(residual @ residual) / (m - p)
    total = float(np.sum((y - y.mean()) ** 2)) / (m - 1)
    if not total > 0:
        return float("nan"), float("nan")
    leverage = np.sum(q**2, axis=1)
    weighted = float(np.sum((1.0 - leverage) * psi)) / (m - p)
    allowed_within = 2.0 * within / (1.0 + np.exp(2.0 * weighted / within)) if within > 0 else 0.0
    allowed_total = 2.0 * total / (1.0 + np.exp(2.0 * float(psi.mean()) / total))
    return 1.0 - within / total, 1.0 - float(allowed_within / allowed_total)
