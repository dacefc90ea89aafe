"""Scales on which a Fay-Herriot model may be fitted, and the way back without bias.

The mean of an area on the original scale is the mean of the back-transformed normal variable
with the prediction as its mean and A (1 - gamma) as its variance, not the back-transformed
prediction. Areas without a direct estimate are taken back at their synthetic prediction: with
"bias_corrected" at the variance A of an area effect for "log", and as they are for shares, where
no correction has been studied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import erf, expit, logit

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.smallarea.area.fit import Fit

    Floats = NDArray[Any]

Back = Literal["bias_corrected", "crude", "naive"]
BACKS: tuple[str, ...] = ("bias_corrected", "crude", "naive")
_STEP = 0.02
_NODES = np.arange(-8.0, 8.0 + _STEP / 2.0, _STEP)
_WEIGHTS = _STEP * np.exp(-0.5 * _NODES**2) / np.sqrt(2.0 * np.pi)


@dataclass(frozen=True)
class Scale:
    """A scale of the model.

    Attributes
    ----------
    name : str
    forward, inverse : callables on arrays
        `inverse` takes any number to one that is possible.
    mean : callable
        The mean of `inverse` of a normal variable: of its mean and its variance.
    slope : callable
        The derivative of `inverse`.
    low, high : float
        Direct estimates lie strictly between, or on `low` where `closed`.
    closed : bool
    """

    name: str
    forward: Callable[[Floats], Any]
    inverse: Callable[[Floats], Any]
    mean: Callable[[Floats, Floats], Any]
    slope: Callable[[Floats], Any]
    low: float
    high: float
    closed: bool = False


def _arcsine_mean(mu: Floats, variance: Floats) -> Floats:
    """The integral of sin(x)^2 over the normal density from 0 to pi/2.

    In closed form: sin(x)^2 = (1 - cos 2x) / 2, and the integral of exp(2ix) over a normal
    density is one of the error function at complex numbers.

    References
    ----------
    Hadam, Würz, Kreutzmann and Schmid (2024), Estimating regional unemployment with mobile
    network data, Journal of the Royal Statistical Society A (the "bc" back-transform of emdi).
    """
    sd = np.sqrt(np.maximum(variance, 0.0))
    safe = np.where(sd > 0, sd, 1.0)
    low, high = (-mu / safe) / np.sqrt(2.0), ((np.pi / 2.0 - mu) / safe) / np.sqrt(2.0)
    shift = 1j * np.sqrt(2.0) * safe
    inside = 0.5 * (erf(high) - erf(low))
    wave = 0.5 * np.exp(2j * mu - 2.0 * safe**2) * (erf(high - shift) - erf(low - shift))
    return np.where(sd > 0, 0.5 * (inside - wave.real), np.sin(mu) ** 2)


def _logit_mean(mu: Floats, variance: Floats) -> Floats:
    """The mean of the logistic function of a normal variable, by the trapezoidal rule, whose
    error falls exponentially for smooth functions that vanish at both ends."""
    sd = np.sqrt(np.maximum(variance, 0.0))
    points = mu[..., None] + sd[..., None] * _NODES
    return np.asarray(expit(points) @ _WEIGHTS)


def _log_mean(mu: Floats, variance: Floats) -> Floats:
    return np.asarray(np.exp(mu + 0.5 * variance))


def _same(value: Floats) -> Floats:
    return value


def _ones(value: Floats) -> Floats:
    return np.ones_like(value)


def _mean_itself(mu: Floats, variance: Floats) -> Floats:  # noqa: ARG001
    return mu


def _arcsine(share: Floats) -> Floats:
    return np.asarray(np.arcsin(np.sqrt(share)))


def _arcsine_inverse(angle: Floats) -> Floats:
    return np.asarray(np.sin(np.clip(angle, 0.0, np.pi / 2.0)) ** 2)


def _arcsine_slope(angle: Floats) -> Floats:
    return np.asarray(np.sin(2.0 * angle))


def _logit_slope(value: Floats) -> Floats:
    return np.asarray(expit(value) * expit(-value))


def variance_on(scale: Scale, direct: Floats, variance: Floats, size: Floats) -> Floats:
    """Sampling variances on a scale: by the slope, or 1 / (4 effective size) for arcsine."""
    if scale.name == "arcsine":
        return np.asarray(1.0 / (4.0 * size))
    return np.asarray(variance / scale.slope(scale.forward(direct)) ** 2)


_ALL = (
    Scale("none", _same, _same, _mean_itself, _ones, -np.inf, np.inf),
    Scale("log", np.log, np.exp, _log_mean, np.exp, 0.0, np.inf),
    Scale(
        "arcsine", _arcsine, _arcsine_inverse, _arcsine_mean, _arcsine_slope, 0.0, 1.0, closed=True
    ),
    Scale("logit", logit, expit, _logit_mean, _logit_slope, 0.0, 1.0),
)
_NAMED = {scale.name: scale for scale in _ALL}
SCALES: tuple[str, ...] = tuple(_NAMED)


def scale_named(name: str | None) -> Scale:
    """The scale of this name; None is "none".

    Raises
    ------
    SmallAreaError
    """
    from exitline.errors import unknown

    found = _NAMED.get(name or "none")
    if found is None:
        raise unknown("transformation", name, SCALES, error=SmallAreaError)
    return found


def back_named(name: str, scale: Scale) -> str:
    """The back-transform of this name, where the scale has it.

    Raises
    ------
    SmallAreaError
    """
    allowed = BACKS if scale.name == "log" else ("bias_corrected", "naive")
    if name not in allowed:
        raise SmallAreaError(
            f"there is no back-transform '{name}' for the scale '{scale.name}'",
            expected="one of " + ", ".join(allowed),
            got=repr(name),
            remedy='"crude" adds half the mean squared error on the scale of logarithms only'
            if name == "crude"
            else "choose one of these",
        )
    return name


def refuse_impossible(scale: Scale, direct: Floats, areas: list[str]) -> None:
    """Refuse direct estimates that the scale does not have.

    Raises
    ------
    SmallAreaError
        Naming the first such area, and how many there are.
    """
    inside = (direct > scale.low) & (direct < scale.high)
    if scale.closed:
        inside |= (direct == scale.low) | (direct == scale.high)
    bad = [areas[i] for i in np.flatnonzero(~inside)]
    if bad:
        more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        bounds = f"from {scale.low:g} to {scale.high:g}" if scale.closed else (
            "above 0" if np.isinf(scale.high) else "strictly between 0 and 1"
        )  # fmt: skip
        raise SmallAreaError(
            f"direct estimates that have no {scale.name}",
            where=f"area '{bad[0]}'{more}",
            expected=f"direct estimates {bounds}",
            got="estimates outside, or on the bounds",
            remedy='transform="arcsine" takes shares of 0 and 1'
            if scale.name == "logit"
            else "fit without a transformation",
        )


def transformed_back(
    scale: Scale, back: str, fit: Fit, mse: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Predictions on the original scale: of the sampled areas, and of the others.

    Parameters
    ----------
    scale : Scale
    back : {"bias_corrected", "crude", "naive"}
        "crude" (log only) adds half the MSE, which other areas have as well.
    fit : Fit
        On the scale.
    mse : tuple of two float arrays
        On the scale; for "crude".

    References
    ----------
    Slud and Maiti (2006), JRSS B 68, 239-257. Sugasawa and Kubokawa (2017), Computational
    Statistics and Data Analysis 114, 47-60. Neves, Silva and Correa (2013), Estadística 65,
    13-37 ("crude").
    """
    return predicted_back(
        scale, back, (fit.predicted, fit.outside), (left_over(fit), fit.variance), mse
    )


def left_over(fit: Fit) -> Floats:
    """The variance of an area's effect, given its direct estimate."""
    if fit.left is not None:
        return fit.left
    return np.asarray(fit.variance * (1.0 - fit.gamma))


def predicted_back(
    scale: Scale,
    back: str,
    means: tuple[Floats, Floats],
    variances: tuple[Floats, float | Floats],
    mse: tuple[Floats, Floats] | None,
) -> tuple[Floats, Floats]:
    """As `transformed_back`, for arrays of any shape."""
    inside, outside = means
    if back == "naive":
        return np.asarray(scale.inverse(inside)), np.asarray(scale.inverse(outside))
    if back == "crude":
        assert mse is not None
        return _log_mean(inside, mse[0]), _log_mean(outside, mse[1])
    if scale.name in ("log", "none"):
        out = scale.mean(outside, np.broadcast_to(np.asarray(variances[1]), outside.shape))
    else:
        out = scale.inverse(outside)
    return np.asarray(scale.mean(inside, variances[0])), np.asarray(out)


def log_mse(fit: Fit, back: str, mse: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Mean squared errors of predictions that were taken back from logarithms, by formula.

    Parameters
    ----------
    fit : Fit
    back : {"bias_corrected", "crude"}
        Slud and Maiti's for the first, which other areas do not have (NaN); Rao's for "crude".
    mse : tuple of two float arrays
        On the scale of logarithms.

    References
    ----------
    Slud and Maiti (2006), JRSS B 68, 239-257, equation 13. Rao (2003), Small Area Estimation,
    page 133.
    """
    if back == "crude":
        inside, outside = predicted_back(
            scale_named("log"), back, (fit.predicted, fit.outside), (fit.gamma, 0.0), mse
        )
        return inside**2 * mse[0], outside**2 * mse[1]
    return _slud_maiti(fit), np.full(len(fit.direct.out), np.nan)


def _slud_maiti(fit: Fit) -> Floats:
    """Slud and Maiti's mean squared error of the bias-corrected mean."""
    psi, gamma, a = fit.direct.psi, fit.gamma, fit.variance
    nu, total = fit.synthetic, a + psi
    x = fit.direct.x
    quadratic = np.einsum("ij,jk,ik->i", x, fit.covariance, x)
    spread = 2.0 / float(np.sum(1.0 / total**2))
    shrunk = psi**2 / total**2
    decay = np.exp(-gamma * psi)
    level = np.exp(2.0 * nu + a * (1.0 + gamma))
    first = np.exp(2.0 * (nu + a)) * (1.0 - decay)
    second = shrunk * level * quadratic
    third = spread * shrunk * level * (0.25 * (1.0 + 3.0 * gamma) ** 2 + 1.0 / total)
    inner = 2.0 * (1.0 - decay) * quadratic
    inner -= spread * (2.0 + (shrunk - 2.0) * decay) * float(np.sum(quadratic / total**2))
    inner += spread * (
        2.0
        + (2.0 * shrunk - 2.0) * decay
        - psi**2 / total**3 * decay * (1.0 + psi**2 / (2.0 * total))
    )
    return np.asarray(first + second + third - np.exp(2.0 * (nu + a)) * inner)
