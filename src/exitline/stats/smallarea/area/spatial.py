"""The spatial Fay-Herriot model: area effects that follow their neighbours' (SAR).

u = rho W u + v, so that Var(u) = sigma^2 C with C = [(I - rho W)'(I - rho W)]^-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exitline.stats.smallarea.area.fit import Direct, Fit
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

METHODS = ("reml", "ml")
_MOST = 0.999
"""The largest correlation between neighbours that is considered, either way."""
_STEPS, _CONVERGED = 500, 1e-12


@dataclass(frozen=True)
class _SpatialAt:
    """The model at a variance and a correlation: matrices of the areas in the sample."""

    c: Floats
    d_rho: Floats
    v: Floats
    inverse: Floats
    q: Floats
    projection: Floats
    beta: Floats


class _Parameters(NamedTuple):
    variance: float
    rho: float


def fit_spatial(direct: Direct, weights: Floats, method: str = "reml") -> Fit:
    """Fit the spatial Fay-Herriot model by Fisher scoring.

    Parameters
    ----------
    direct : Direct
    weights : float array, shape (sampled, sampled)
        Proximity of areas, rows usually adding up to 1.
    method : {"reml", "ml"}

    Returns
    -------
    Fit
        With the `correlation` between neighbours.

    Raises
    ------
    SmallAreaError
        For weights that do not fit, or a likelihood without a peak.

    References
    ----------
    Pratesi and Salvati (2008), Statistical Methods and Applications 17, 113-141. Molina,
    Salvati and Pratesi (2009), Computational Statistics 24, 441-458.
    """
    if method not in METHODS:
        raise SmallAreaError(
            f"the spatial model has no method '{method}'",
            expected="one of " + ", ".join(METHODS), got=repr(method), remedy="take 'reml'",
        )  # fmt: skip
    refuse_weights(weights, direct.size)
    found = _scored(direct, weights, method)
    return _fit_at(direct, weights, method, found)


def refuse_weights(weights: Floats, size: int) -> None:
    """Refuse proximity weights that are not square, not finite, or not zero on the diagonal."""
    faults = (
        (weights.shape != (size, size), f"{size} rows and columns, one for each area of the data",
         "x".join(str(n) for n in weights.shape)),
        (not np.all(np.isfinite(weights)), "numbers", "missing or infinite ones"),
        (weights.shape == (size, size) and bool(np.any(np.diag(weights))),
         "zeros on the diagonal: no area is its own neighbour", "others"),
        (not np.any(weights), "some neighbours", "zeros throughout"),
    )  # fmt: skip
    for bad, expected, got in faults:
        if bad:
            raise SmallAreaError(
                "these are no proximity weights", where="proximity", expected=expected, got=got,
                remedy="a row for each area, its neighbours' weights adding up to 1",
            )  # fmt: skip


def _at(direct: Direct, weights: Floats, here: _Parameters) -> _SpatialAt:
    """All matrices at the parameters."""
    size, x, psi = direct.size, direct.x, direct.psi
    left = np.eye(size) - here.rho * weights
    c = np.linalg.inv(left.T @ left)
    turn = 2.0 * here.rho * weights.T @ weights - weights - weights.T
    v = here.variance * c + np.diag(psi)
    inverse = np.linalg.inv(v)
    right = inverse @ x
    q = np.linalg.inv(x.T @ right)
    projection = inverse - right @ q @ right.T
    return _SpatialAt(
        c, -here.variance * c @ turn @ c, v, inverse, q, projection, q @ right.T @ direct.y
    )


def _scored(direct: Direct, weights: Floats, method: str) -> _Parameters:
    """Fisher scoring from the median sampling variance and a correlation of one half."""
    here = _Parameters(float(np.median(direct.psi)), 0.5)
    for _ in range(_STEPS):
        try:
            found = _at(direct, weights, here)
            score, information = _equations(direct, found, method)
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError as reason:  # without a variance neighbours tell nothing
            raise _no_peak(settled=True) from reason
        rho = float(np.clip(here.rho + step[1], -_MOST, _MOST))
        there = _Parameters(here.variance + float(step[0]), rho)
        moved = abs(there.variance - here.variance) / (abs(here.variance) + 1e-300)
        here, moved = there, max(moved, abs(there.rho - here.rho))
        if moved <= _CONVERGED:
            if here.variance > 0.0:
                return here
            raise _no_peak(settled=True)
    raise _no_peak(settled=False)


def _no_peak(*, settled: bool) -> SmallAreaError:
    return SmallAreaError(
        "the spatial model has no peak of its likelihood",
        where="proximity",
        expected=f"parameters that settle within {_STEPS} steps",
        got="areas without a variance of their own" if settled else "parameters that do not",
        remedy="fit the model without neighbours; their effects are too small to tell",
    )


def _equations(direct: Direct, found: _SpatialAt, method: str) -> tuple[Floats, Floats]:
    """Scores and information of the variance and the correlation."""
    turns = (found.c, found.d_rho)
    inner = found.projection if method == "reml" else found.inverse
    products = [inner @ turn for turn in turns]
    right = found.projection @ direct.y
    score = [
        0.5 * float(right @ t @ right - np.trace(p)) for t, p in zip(turns, products, strict=True)
    ]
    return np.array(score), _information(products)


def _information(products: list[Floats]) -> Floats:
    """Half the traces of products of each two."""
    return np.array([[0.5 * float(np.sum(a * b.T)) for b in products] for a in products])


def _fit_at(direct: Direct, weights: Floats, method: str, here: _Parameters) -> Fit:
    """The model at its estimates."""
    found = _at(direct, weights, here)
    residual = direct.y - direct.x @ found.beta
    effects = here.variance * found.c @ found.inverse @ residual
    loglik = -0.5 * (
        direct.size * np.log(2.0 * np.pi)
        + np.linalg.slogdet(found.v)[1]
        + residual @ found.inverse @ residual
    )
    g = here.variance * found.c
    left = np.diag(g) - np.einsum("ij,ji->i", g @ found.inverse, g)
    return Fit(
        direct, method, here.variance, found.beta, found.q, effects,
        np.full(direct.size, np.nan), float(loglik), direct.width + 2, here.rho, left,
    )  # fmt: skip


def analytic_spatial(fit: Fit, weights: Floats) -> tuple[Floats, Floats]:
    """Mean squared errors of the sampled areas by formula; others have none (NaN).

    References
    ----------
    Singh, Shukla and Kundu (2005), Survey Methodology 31, 183-195. Molina, Salvati and Pratesi
    (2009), Computational Statistics 24, 441-458.
    """
    direct, here = fit.direct, _Parameters(fit.variance, fit.correlation)
    found = _at(direct, weights, here)
    g = here.variance * found.c
    first = np.diag(g - g @ found.inverse @ g)
    away = direct.x - g @ found.inverse @ direct.x
    second = np.einsum("ij,jk,ik->i", away, found.q, away)
    inverse = np.linalg.inv(
        _information([found.projection @ found.c, found.projection @ found.d_rho])
    )
    third = _third(found, here, inverse)
    mse = first + second + 2.0 * third - _fourth(direct, weights, found, here, inverse)
    if fit.method == "ml":
        mse = mse - _bias_of_ml(direct, found, here, inverse)
    return np.asarray(mse), np.full(len(direct.out), np.nan)


def _third(found: _SpatialAt, here: _Parameters, inverse: Floats) -> Floats:
    """g3: the error of the variance and the correlation."""
    one = found.inverse @ found.c
    two = found.inverse @ found.d_rho
    lines = [one - here.variance * one @ one, two - here.variance * two @ one]
    value = np.zeros(len(found.v))
    for i, left in enumerate(lines):
        for j, right in enumerate(lines):
            value += inverse[i, j] * np.sum(left * (found.v @ right), axis=0)
    return value


def _fourth(
    direct: Direct, weights: Floats, found: _SpatialAt, here: _Parameters, inverse: Floats
) -> Floats:
    """g4: Singh, Shukla and Kundu's correction of g1 for its curvature in the correlation."""
    c = found.c
    turn = 2.0 * here.rho * weights.T @ weights - weights - weights.T
    mixed = -c @ turn @ c
    twice = 2.0 * here.variance * (c @ turn @ c @ turn @ c - c @ weights.T @ weights @ c)
    left = direct.psi[:, None] * found.inverse
    bent = 2.0 * inverse[0, 1] * mixed + inverse[1, 1] * twice
    return np.asarray(0.5 * np.einsum("ij,jk,ik->i", left, bent, left))


def _bias_of_ml(direct: Direct, found: _SpatialAt, here: _Parameters, inverse: Floats) -> Floats:
    """What profile likelihood's bias does to g1."""
    right = found.inverse @ direct.x
    turns = (found.c, found.d_rho)
    pull = np.array([-float(np.trace(found.q @ right.T @ t @ right)) for t in turns])
    bias = inverse @ pull / 2.0
    g = here.variance * found.c @ found.inverse
    one = found.inverse @ found.c
    slopes = [np.diag(t - 2.0 * g @ t + here.variance * g @ t @ one) for t in turns]
    return np.asarray(bias[0] * slopes[0] + bias[1] * slopes[1])
