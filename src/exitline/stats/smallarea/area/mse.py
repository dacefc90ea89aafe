"""Mean squared errors of Fay-Herriot predictions, by formula.

In the sampled areas MSE = g1 + g2 + 2 g3 - b B^2, with g1 the error at known parameters, g2 of
the coefficients, g3 of the variance of area effects, b the bias of the estimate of that variance
and B = psi / (A + psi). In other areas it is A - b + x'Qx. All errors are of order o(1/areas).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.smallarea.area.fit import Fit

    Floats = NDArray[Any]

NAMES = {
    "reml": "Prasad-Rao", "ml": "Datta-Lahiri", "fh": "Datta-Rao-Smith",
    "amrl": "Li-Lahiri", "ampl": "Li-Lahiri", "amrl_yl": "Prasad-Rao",
    "ampl_yl": "Yoshimori-Lahiri",
}  # fmt: skip
"""Whose formula goes with each estimator of the variance of area effects."""


def analytic(fit: Fit) -> tuple[Floats, Floats]:
    """The mean squared errors of the sampled areas and of the others.

    Parameters
    ----------
    fit : Fit
        Of a model with independent area effects.

    Returns
    -------
    tuple of two float arrays

    References
    ----------
    Prasad and Rao (1990), JASA 85, 163-171. Datta and Lahiri (2000), Statistica Sinica 10,
    613-627. Datta, Rao and Smith (2005), Biometrika 92, 183-196. Li and Lahiri (2010),
    Journal of Multivariate Analysis 101, 882-892. Yoshimori and Lahiri (2014), same journal
    124, 281-294.
    """
    direct, variance = fit.direct, fit.variance
    inverse = 1.0 / (variance + direct.psi)
    shrunk = direct.psi * inverse
    bias, spread = bias_of(fit), spread_of(fit)
    inside = g1(fit) + g2(fit) + 2.0 * shrunk**2 * spread * inverse - bias * shrunk**2
    outside = variance - bias + np.einsum("ij,jk,ik->i", direct.out, fit.covariance, direct.out)
    return inside, np.asarray(outside)


def g1(fit: Fit) -> Floats:
    """The error that is left where all parameters are known."""
    psi = fit.direct.psi
    return np.asarray(psi * fit.variance / (fit.variance + psi))


def g2(fit: Fit) -> Floats:
    """The error of the coefficients."""
    x, psi = fit.direct.x, fit.direct.psi
    shrunk = psi / (fit.variance + psi)
    return np.asarray(shrunk**2 * np.einsum("ij,jk,ik->i", x, fit.covariance, x))


def spread_of(fit: Fit) -> float:
    """The asymptotic variance of the estimate of the variance of area effects."""
    inverse = 1.0 / (fit.variance + fit.direct.psi)
    if fit.method == "fh":
        return float(2.0 * fit.direct.size / np.sum(inverse) ** 2)
    return float(2.0 / np.sum(inverse**2))


def bias_of(fit: Fit) -> float:
    """The bias of the estimate of the variance of area effects, of order 1/areas."""
    inverse = 1.0 / (fit.variance + fit.direct.psi)
    first, second, m = inverse.sum(), np.sum(inverse**2), fit.direct.size
    if fit.method == "fh":
        return float(2.0 * (m * second - first**2) / first**3)
    bias = 0.0
    if fit.method in ("ml", "ampl", "ampl_yl"):
        x = fit.direct.x
        bias -= float(np.trace(fit.covariance @ (x.T @ (x * inverse[:, None] ** 2))))
    if fit.method in ("amrl", "ampl"):
        bias += 2.0 / fit.variance
    return float(bias / second)
