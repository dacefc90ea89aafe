"""The variance of area effects in the Fay-Herriot model, for one set of figures or for many.

The model: direct = x'beta + u + e, u ~ (0, A) between areas, e ~ (0, psi) known by area. Every
function takes a batch (bootstrap samples, samples without one area), so that refits are matrix
products, and every estimator is the root of its own estimating equation, to the last digits:
the likelihood is looked at on a grid first, so that the highest of several peaks is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from exitline.errors import unknown
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

Method = Literal["reml", "ml", "fh", "amrl", "ampl", "amrl_yl", "ampl_yl"]
METHODS: tuple[str, ...] = get_args(Method)
RESTRICTED = ("reml", "amrl", "amrl_yl")
"""Methods on the likelihood of contrasts; "fh" solves a moment equation, others the profile."""
_FINE, _COARSE = (1e-8, 49), (1e-5, 14)
"""Lowest point above zero, over the highest, and number of points: for one set, for many."""
_STEPS = 100


@dataclass(frozen=True)
class Batch:
    """Sets of direct estimates of the same areas.

    Attributes
    ----------
    y : float array, shape (sets, areas)
    x : float array, shape (areas, k)
    psi : float array, shape (areas,)
        Sampling variances, all above zero.
    taking : bool array, shape (sets, areas), optional
        Which areas take part in a set; all unless given.
    """

    y: Floats
    x: Floats
    psi: Floats
    taking: NDArray[np.bool_] | None = None

    @cached_property
    def products(self) -> Floats:
        """Products of the columns by area, each pair once."""
        first, second = np.triu_indices(self.x.shape[1])
        return np.asarray(self.x[:, first] * self.x[:, second])

    @cached_property
    def present(self) -> Floats:
        """1 where an area takes part in a set, else 0; shape (sets, areas)."""
        taking = np.ones(self.y.shape, dtype=bool) if self.taking is None else self.taking
        return taking.astype(np.float64)

    @cached_property
    def count(self) -> Floats:
        """Areas in each set."""
        return np.asarray(self.present.sum(axis=1))

    def some(self, rows: NDArray[np.int64]) -> Batch:
        """Some of the sets."""
        taking = None if self.taking is None else self.taking[rows]
        some = Batch(self.y[rows], self.x, self.psi, taking)
        some.__dict__["products"] = self.products
        return some

    def gram(self, weight: Floats) -> Floats:
        """X'WX of each set, shape (sets, k, k)."""
        k = self.x.shape[1]
        first, second = np.triu_indices(k)
        found = np.empty((len(weight), k, k))
        sums = weight @ self.products
        found[:, first, second] = sums
        found[:, second, first] = sums
        return found


@dataclass(frozen=True)
class BatchAt:
    """A batch at given variances of area effects: what every equation is made of.

    Attributes
    ----------
    inverse : float array, shape (sets, areas)
        1 / (A + psi); zero for areas that take no part.
    gram : float array, shape (sets, k, k)
        X'V^-1 X.
    beta : float array, shape (sets, k)
    residual : float array, shape (sets, areas)
        direct - x'beta.
    """

    inverse: Floats
    gram: Floats
    beta: Floats
    residual: Floats


def at(batch: Batch, variance: Floats) -> BatchAt:
    """Weighted least squares of each set at its variance of area effects."""
    inverse = batch.present / (variance[:, None] + batch.psi)
    gram = batch.gram(inverse)
    right = (inverse * batch.y) @ batch.x
    beta = np.linalg.solve(gram, right[:, :, None])[:, :, 0]
    return BatchAt(inverse, gram, beta, batch.y - beta @ batch.x.T)


def likelihood(batch: Batch, variance: Floats, method: str) -> tuple[Floats, Floats]:
    """The logarithm of what a method maximises, but for a constant, and its derivative.

    Fay and Herriot's moment equation (method "fh") comes as a derivative, of nothing.

    References
    ----------
    Fay and Herriot (1979), JASA 74, 269-277. Li and Lahiri (2010), Journal of Multivariate
    Analysis 101, 882-892. Yoshimori and Lahiri (2014), same journal 124, 281-294. Rao and
    Molina (2015), Small Area Estimation, section 6.1.2.
    """
    found = at(batch, variance)
    weighted = found.inverse * found.residual
    squares = np.sum(weighted * found.residual, axis=1)
    if method == "fh":
        return np.zeros(len(squares)), squares - (batch.count - batch.x.shape[1])
    total = np.log(variance[:, None] + batch.psi)
    value = -0.5 * np.sum(batch.present * total, axis=1) - 0.5 * squares
    slope = 0.5 * np.sum(weighted**2, axis=1) - 0.5 * found.inverse.sum(axis=1)
    if method in RESTRICTED:
        value -= 0.5 * np.linalg.slogdet(found.gram)[1]
        second = batch.gram(found.inverse**2)
        slope += 0.5 * np.trace(np.linalg.solve(found.gram, second), axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method in ("amrl", "ampl"):
            value += np.log(variance)
            slope += 1.0 / variance
        elif method in ("amrl_yl", "ampl_yl"):
            inside = _shrinkage(batch, variance)
            value += np.log(np.arctan(inside)) / batch.count
            more = np.sum(found.inverse**2 * batch.psi, axis=1)
            slope += more / ((1.0 + inside**2) * np.arctan(inside) * batch.count)
    return value, slope


def score(batch: Batch, variance: Floats, method: str) -> Floats:
    """The derivative of the `likelihood`."""
    return likelihood(batch, variance, method)[1]


def _shrinkage(batch: Batch, variance: Floats) -> Floats:
    """The sum of A / (A + psi) over areas."""
    share = variance[:, None] / (variance[:, None] + batch.psi)
    return np.asarray(np.sum(batch.present * share, axis=1))


def estimate_variance(batch: Batch, method: str) -> Floats:
    """The variance of area effects of each set, zero or above.

    Parameters
    ----------
    batch : Batch
    method : {"reml", "ml", "fh", "amrl", "ampl", "amrl_yl", "ampl_yl"}
        Restricted or profile likelihood, Fay and Herriot's moments; the restricted or profile
        likelihood adjusted so that the estimate is above zero, by Li and Lahiri or, with less
        bias, by Yoshimori and Lahiri.

    Returns
    -------
    float array, shape (sets,)

    Raises
    ------
    SmallAreaError
        For a method that does not exist, or that needs more areas.

    Examples
    --------
    >>> direct = np.array([[1.0, 2.0, 4.0, 3.5]])
    >>> batch = Batch(direct, np.ones((4, 1)), np.full(4, 0.5))
    >>> round(float(estimate_variance(batch, "reml")[0]), 6)  # sample variance - 0.5
    1.395833
    """
    if method not in METHODS:
        raise unknown("method", method, METHODS, error=SmallAreaError)
    _refuse_few(batch, method)
    grid = _grid(batch, method)
    found = [likelihood(batch, column, method) for column in grid.T]
    heights, scores = (np.stack(parts, axis=1) for parts in zip(*found, strict=True))
    return _roots(batch, method, grid, scores, heights)


def _refuse_few(batch: Batch, method: str) -> None:
    """Refuse fewer areas than a method needs."""
    k = batch.x.shape[1]
    needed = k + 3 if method in ("amrl", "ampl") else k + 1
    fewest = int(batch.count.min())
    if fewest < needed:
        raise SmallAreaError(
            "too few areas with a direct estimate for this model",
            expected=f"{needed} or more, for {k} coefficients",
            got=str(fewest),
            remedy="take fewer covariates, or a survey of more areas",
        )


def _grid(batch: Batch, method: str) -> Floats:
    """Zero and ascending variances for each set, beyond which no root can lie."""
    k = batch.x.shape[1]
    free = batch.count - k - (2.0 if method in ("amrl", "ampl") else 0.0)
    gram = batch.gram(batch.present)
    right = (batch.present * batch.y) @ batch.x
    beta = np.linalg.solve(gram, right[:, :, None])[:, :, 0]
    squares = np.sum(batch.present * (batch.y - beta @ batch.x.T) ** 2, axis=1)
    high = 4.0 * squares / free + np.median(batch.psi)
    low, points = _FINE if len(batch.y) == 1 else _COARSE
    steps = np.concatenate([[0.0], np.geomspace(low, 1.0, points)])
    return np.asarray(high[:, None] * steps)


def _roots(batch: Batch, method: str, grid: Floats, scores: Floats, heights: Floats) -> Floats:
    """The highest root of each set; zero where the equation is negative throughout."""
    falls = (scores[:, :-1] > 0) & (scores[:, 1:] <= 0)
    peak = np.where(falls, np.maximum(heights[:, :-1], heights[:, 1:]), -np.inf)
    which = np.argmax(peak, axis=1)
    rows = np.arange(len(grid))
    edge = scores[:, 0] <= 0
    better = edge & (heights[:, 0] >= peak[rows, which])
    inside = falls.any(axis=1) & ~better
    low, high = grid[rows, which], grid[rows, which + 1]
    found = np.zeros(len(grid))
    if inside.any():
        chosen = rows[inside]
        found[inside] = _bisected(batch.some(chosen), method, low[inside], high[inside])
    return found


def _bisected(batch: Batch, method: str, low: Floats, high: Floats) -> Floats:
    """Roots within brackets, by Chandrupatla's method, all sets at once."""
    from scipy.optimize import elementwise

    def equation(variance: Floats, rows: Any) -> Floats:
        rows = np.asarray(rows, dtype=np.int64)
        shape = np.shape(variance)
        some = batch.some(np.broadcast_to(rows, shape).ravel())
        return score(some, np.asarray(variance).ravel(), method).reshape(shape)

    found = elementwise.find_root(
        equation, (low, high), args=(np.arange(len(low)),), maxiter=_STEPS,
        tolerances={"xatol": 0.0, "xrtol": 1e-14, "fatol": 0.0, "frtol": 0.0},
    )  # fmt: skip
    return np.asarray(found.x, dtype=np.float64)
