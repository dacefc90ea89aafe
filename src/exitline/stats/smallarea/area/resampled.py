"""Mean squared errors of Fay-Herriot predictions by refitting: jackknife and bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.area import mse as by_formula
from exitline.stats.smallarea.area.transforms import Scale, predicted_back
from exitline.stats.smallarea.area.variance import Batch, at, estimate_variance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from exitline.stats.smallarea.area.fit import Fit

    Floats = NDArray[Any]

_CELLS = 4_000_000
"""Sets x areas that are refitted at a time."""


def jackknife(fit: Fit) -> Floats:
    """Mean squared errors of the sampled areas, by leaving out one area at a time.

    Both the coefficients and the variance of area effects are estimated again, as Jiang, Lahiri
    and Wan define it. (R's emdi keeps all areas for the coefficients, which leaves out their
    error.) It can be negative.

    Parameters
    ----------
    fit : Fit

    References
    ----------
    Jiang, Lahiri and Wan (2002), Annals of Statistics 30, 1782-1810, equation 1.5.
    """
    first, squares, variances = without_each(fit)
    m = fit.direct.size
    psi = fit.direct.psi
    again = psi * variances[:, None] / (variances[:, None] + psi)
    share = (m - 1.0) / m
    return np.asarray(first - share * np.sum(again - first, axis=0) + share * squares.sum(axis=0))


def weighted_jackknife(fit: Fit) -> Floats:
    """Mean squared errors of the sampled areas, by Chen and Lahiri's weighted jackknife.

    The error of the coefficients enters by formula, and each area weighs as one less its
    leverage. Where it is negative, the expectation of the correction takes the place of the
    correction.

    References
    ----------
    Chen and Lahiri (2002), Proceedings of the Section on Survey Research Methods, American
    Statistical Association, 473-477; (2008), Communications in Statistics 37, 1785-1798.
    """
    direct = fit.direct
    q = np.linalg.qr(direct.x)[0]
    weight = 1.0 - np.sum(q**2, axis=1)
    known = by_formula.g1(fit) + by_formula.g2(fit)
    _, _, variances = without_each(fit)
    full = Batch(np.tile(direct.y, (direct.size, 1)), direct.x, direct.psi)
    found = at(full, variances)
    predicted = direct.y - direct.psi * found.inverse * found.residual
    shrunk = direct.psi * found.inverse
    inside = np.einsum("ij,bjk,ik->bi", direct.x, np.linalg.inv(found.gram), direct.x)
    again = shrunk * variances[:, None] + shrunk**2 * inside
    squares = weight @ (predicted - fit.predicted) ** 2
    value = known - weight @ (again - known) + squares
    total = fit.variance + direct.psi
    away = variances - fit.variance
    expected = direct.psi**2 / total**2 * (weight @ away) - direct.psi**2 / total**3 * (
        weight @ away**2
    )
    return np.asarray(np.where(value < 0, known + squares - expected, value))


def without_each(fit: Fit) -> tuple[Floats, Floats, Floats]:
    """g1; squared changes of the predictions and variances, leaving out each area in turn."""
    direct = fit.direct
    m = direct.size
    squares, variances = np.empty((m, m)), np.empty(m)
    step = max(1, _CELLS // m)
    for start in range(0, m, step):
        some = np.arange(start, min(start + step, m))
        taking = np.ones((len(some), m), dtype=bool)
        taking[np.arange(len(some)), some] = False
        batch = Batch(np.tile(direct.y, (len(some), 1)), direct.x, direct.psi, taking)
        found = estimate_variance(batch, fit.method)
        beta = at(batch, found).beta
        gamma = found[:, None] / (found[:, None] + direct.psi)
        synthetic = beta @ direct.x.T
        predicted = synthetic + gamma * (direct.y - synthetic)
        squares[some], variances[some] = (predicted - fit.predicted) ** 2, found
    return by_formula.g1(fit), squares, variances


@dataclass(frozen=True)
class Worlds:
    """Bootstrap worlds: what was drawn, and what the model says of it, on the original scale.

    Attributes
    ----------
    truth, predicted : float arrays, shape (worlds, sampled + others)
    direct : float array, shape (worlds, sampled)
        On the scale of the model.
    """

    truth: Floats
    predicted: Floats
    direct: Floats


def worlds(fit: Fit, scale: Scale, back: str, replicates: int, seed: int) -> Iterator[Worlds]:
    """Draw area effects and sampling errors as normal, and fit the model again to each draw.

    Parameters
    ----------
    fit : Fit
    scale : Scale
    back : str
    replicates : int
    seed : int

    Yields
    ------
    Worlds
        As many at a time as memory allows.

    References
    ----------
    González-Manteiga et al. (2008), Computational Statistics and Data Analysis 52, 5242-5252.
    """
    direct = fit.direct
    m, others = direct.size, len(direct.out)
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // max(m, 1))
    for start in range(0, replicates, step):
        size = min(step, replicates - start)
        effects = random.normal(0.0, np.sqrt(fit.variance), (size, m + others))
        noise = random.normal(0.0, 1.0, (size, m)) * np.sqrt(direct.psi)
        truth = np.concatenate([fit.synthetic, fit.outside]) + effects
        drawn = Batch(truth[:, :m] + noise, direct.x, direct.psi)
        found = predicted_again(drawn, direct.out, fit.method, scale, back)
        yield Worlds(np.asarray(scale.inverse(truth)), found, drawn.y)


def predicted_again(batch: Batch, out: Floats, method: str, scale: Scale, back: str) -> Floats:
    """Predictions of all areas on the original scale, for each set of direct estimates."""
    variance = estimate_variance(batch, method)
    found = at(batch, variance)
    gamma = variance[:, None] * found.inverse
    inside = found.beta @ batch.x.T + gamma * found.residual
    outside = found.beta @ out.T
    crude = None
    if back == "crude":
        covariance = np.linalg.inv(found.gram)
        shrunk = 1.0 - gamma
        spread = 2.0 / np.sum(found.inverse**2, axis=1)
        quadratic = np.einsum("ij,bjk,ik->bi", batch.x, covariance, batch.x)
        far = np.einsum("ij,bjk,ik->bi", out, covariance, out)
        crude = (
            gamma * batch.psi + shrunk**2 * (quadratic + 2.0 * spread[:, None] * found.inverse),
            variance[:, None] + far,
        )
    left = variance[:, None] * (1.0 - gamma)
    taken = predicted_back(scale, back, (inside, outside), (left, variance[:, None]), crude)
    return np.concatenate(taken, axis=1)
