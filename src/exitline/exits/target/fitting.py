"""Coefficients of a proxy means test, from arrays: least squares, logit, quantile, elastic net."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import expit

from exitline.errors import install_extra
from exitline.exits.target.errors import TargetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Method = Literal["ols", "logit", "quantile", "elastic_net"]
METHODS: tuple[Method, ...] = ("ols", "logit", "quantile", "elastic_net")
STEPS, CLOSE = 60, 1e-10


def fit(
    x: Floats, y: Floats, weight: Floats, method: Method, *, tau: float = 0.5, seed: int = 1
) -> Floats:
    """The coefficients.

    Parameters
    ----------
    x : float array, shape (rows, k)
        The first column is the intercept.
    y : float array, shape (rows,)
        Of a logit 0 or 1.
    weight : float array, shape (rows,)
    method : {"ols", "logit", "quantile", "elastic_net"}
    tau : float
        The quantile.
    seed : int
        Of the elastic net's folds.

    Returns
    -------
    float array, shape (k,)

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> fit(x, np.array([1.0, 3.0, 5.0]), np.ones(3), "ols").round(9).tolist()
    [1.0, 2.0]
    """
    if method == "logit":
        return _logit(x, y, weight)
    if method == "quantile":
        return _quantile(x, y, weight, tau)
    return _elastic_net(x, y, weight, seed) if method == "elastic_net" else _ols(x, y, weight)


def _ols(x: Floats, y: Floats, weight: Floats) -> Floats:
    """Weighted least squares."""
    root = np.sqrt(weight)
    found, *_ = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)
    return np.asarray(found)


def _logit(x: Floats, y: Floats, weight: Floats) -> Floats:
    """Weighted maximum likelihood, by Newton's steps; halved where the likelihood would fall."""
    if not set(np.unique(y)) <= {0.0, 1.0}:
        raise TargetError(
            "a logit needs a response of zeros and ones",
            where="formula",
            expected="0 and 1, such as I(pc_exp < 1500)",
            got="other numbers",
            remedy="write the condition as the response, or choose another method",
        )
    weight = weight / weight.sum()

    def likelihood(b: Floats) -> float:
        z = x @ b
        return float((weight * (y * z - np.logaddexp(0.0, z))).sum())

    b, before = np.zeros(x.shape[1]), -np.inf
    for _ in range(STEPS):
        p = expit(x @ b)
        information = (x * (weight * p * (1 - p))[:, None]).T @ x
        step, *_ = np.linalg.lstsq(information, x.T @ (weight * (y - p)), rcond=None)
        while likelihood(b + step) < likelihood(b) - 1e-12 and np.abs(step).max() > CLOSE:
            step = step / 2.0
        b = b + step
        if abs(likelihood(b) - before) < 1e-14 or np.abs(step).max() < CLOSE:
            return np.asarray(b)
        before = likelihood(b)
    raise TargetError(
        "the logit has no finite coefficients",
        where="formula",
        expected=f"coefficients that settle within {STEPS} steps",
        got="coefficients that grow without end",
        remedy="a column tells the response exactly: leave it out, or join its levels",
    )


def _quantile(x: Floats, y: Floats, weight: Floats, tau: float) -> Floats:
    """Weighted quantile regression as a linear programme (Koenker and Bassett 1978), by its dual:
    max y'a, with X'a = (1 - tau) X'w and 0 <= a <= w; its multipliers are the coefficients."""
    from scipy.optimize import linprog

    spread = np.abs(x).max(axis=0)
    scaled = x / np.where(spread > 0, spread, 1.0)
    unit = weight / weight.mean()
    found = linprog(
        -y, A_eq=scaled.T, b_eq=(1.0 - tau) * (scaled.T @ unit),
        bounds=[(0.0, most) for most in unit.tolist()], method="highs",
    )  # fmt: skip
    if not found.success:
        raise TargetError(
            "the quantile regression has no solution",
            where="formula",
            expected="columns that do not follow from each other",
            got=str(found.message).split(".")[0],
            remedy="leave out a column",
        )
    return np.asarray(-found.eqlin.marginals / np.where(spread > 0, spread, 1.0))


def _elastic_net(x: Floats, y: Floats, weight: Floats, seed: int) -> Floats:
    """Elastic net with penalties chosen by cross-validation; columns are put to one scale."""
    try:
        from sklearn.linear_model import ElasticNetCV
        from sklearn.model_selection import KFold
    except ImportError as reason:
        raise TargetError(
            "an elastic net needs scikit-learn",
            expected="the extra 'targeting'",
            got="scikit-learn is not installed",
            remedy=install_extra("targeting"),
        ) from reason
    share = weight / weight.sum()
    mean = share @ x
    spread = np.sqrt(share @ (x - mean) ** 2)
    kept = spread > 0
    folds = KFold(5, shuffle=True, random_state=seed)
    net: Any = ElasticNetCV(l1_ratio=[0.2, 0.5, 0.8, 1.0], cv=folds, max_iter=20_000)
    net.fit((x[:, kept] - mean[kept]) / spread[kept], y, sample_weight=weight)
    found = np.zeros(x.shape[1])
    found[kept] = net.coef_ / spread[kept]
    found[0] = net.intercept_ - mean[kept] @ found[kept]
    return found


def explained(y: Floats, score: Floats, weight: Floats) -> float:
    """The share of the response's weighted variance that a score explains (R squared).

    Parameters
    ----------
    y, score, weight : float arrays, shape (rows,)
    """
    mean = np.average(y, weights=weight)
    total = float((weight * (y - mean) ** 2).sum())
    return 1.0 - float((weight * (y - score) ** 2).sum()) / total if total > 0 else float("nan")
