"""The nested-error model of Battese, Harter and Fuller (1988), fitted from sums of areas.

y_di = x_di' b + u_d + e_di with u ~ N(0, s_u^2), e ~ N(0, s_e^2). All that the likelihood needs
of the rows are sums: with t = s_u^2 / s_e^2 and w_d = n_d / (1 + n_d t),

    X'V^-1 X s_e^2 = (products within areas) + sum_d w_d mean_d mean_d',

so that a search for t costs nothing however many rows there are, and many replicates of a
bootstrap are fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.formula import refuse_collinear

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.sample import Responses, UnitSample


Method = Literal["reml", "ml"]
GRID = np.concatenate([[0.0], np.logspace(-6, 4, 61)])
"""Ratios of the variances at which the likelihood is looked at before it is climbed."""
HALVINGS = 64


@dataclass(frozen=True)
class Fits:
    """Nested-error models of several responses over the same rows.

    Attributes
    ----------
    beta : float array, shape (replicates, p)
        Coefficients of the columns of the model matrix.
    ratio : float array, shape (replicates,)
        s_u^2 / s_e^2.
    sigma2_e : float array, shape (replicates,)
    likelihood : float array, shape (replicates,)
        The log (restricted) likelihood.
    effects : float array, shape (replicates, areas)
        Predicted area effects.
    """

    beta: Floats
    ratio: Floats
    sigma2_e: Floats
    likelihood: Floats
    effects: Floats

    @property
    def sigma2_u(self) -> Floats:
        """Variance between areas, shape (replicates,)."""
        return self.ratio * self.sigma2_e


@dataclass(frozen=True)
class _At:
    """The profile likelihood at a ratio for each replicate."""

    likelihood: Floats
    slope: Floats
    gamma: Floats
    sigma2: Floats
    shrink: Floats


def fit(sample: UnitSample, y: Floats, method: Method = "reml") -> Fits:
    """Fit nested-error models by restricted or full maximum likelihood.

    Parameters
    ----------
    sample : UnitSample
    y : float array, shape (n,) or (n, replicates)
        On the scale of the model.
    method : {"reml", "ml"}

    Returns
    -------
    Fits

    Raises
    ------
    SmallAreaError
        For columns that the others tell, or fewer rows than a variance needs.

    References
    ----------
    Battese, Harter and Fuller (1988), Journal of the American Statistical Association 83,
    28-36.

    Examples
    --------
    >>> from exitline.stats.smallarea.unit.sample import UnitSample
    >>> area = np.repeat(np.arange(3), 2)
    >>> rows = UnitSample(np.ones((6, 1)), area, intercept=0)
    >>> found = fit(rows, np.array([1.0, 3.0, 5.0, 7.0, 3.0, 5.0]))
    >>> found.beta[0].round(6).tolist(), found.sigma2_e.round(6).tolist()
    ([4.0], [2.0])
    """
    require_fittable(sample)
    return climb(sample, sample.of(y), method)


def climb(
    sample: UnitSample, sums: Responses, method: Method = "reml", *, rough: bool = False
) -> Fits:
    """The models that fit the sums best: the likelihood on a grid, then its slope's root.

    Parameters
    ----------
    sample : UnitSample
    sums : Responses
    method : {"reml", "ml"}
    rough : bool
        To nine digits of the variances, which is all that their likelihood shows.
    """
    replicates = len(sums.square)
    known = GRID[:1].tolist() + GRID[1::4].tolist() if rough else GRID.tolist()
    grid = np.stack([_at(sample, sums, np.full(replicates, t), method).likelihood for t in known])
    best = grid.argmax(axis=0)
    low = np.array(known)[np.maximum(best - 1, 0)]
    high = np.array(known)[np.minimum(best + 1, len(known) - 1)]
    falls = _at(sample, sums, np.zeros(replicates), method).slope <= 0
    for _ in range(HALVINGS // 2 if rough else HALVINGS):
        # halves of the logarithm where both ends are above zero
        middle = np.where(low > 0, np.sqrt(low * high), high / 2.0)
        rising = _at(sample, sums, middle, method).slope > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
        if np.all(high - low <= 1e-15 * high):
            break
    ratio = np.where((best <= 1) & falls & (high < GRID[1] * 1e-6), 0.0, (low + high) / 2.0)
    at = _at(sample, sums, ratio, method)
    beta = sample.back @ at.gamma
    if sample.intercept is not None:
        beta[sample.intercept] += sums.offset
    effects = at.shrink * (sums.means - sample.means @ at.gamma) * ratio
    return Fits(beta.T, ratio, at.sigma2, at.likelihood, effects.T)


def _at(sample: UnitSample, sums: Responses, ratio: Floats, method: Method) -> _At:
    """The profile likelihood, its slope in the ratio, and the coefficients, at a ratio each."""
    sizes, which = sample.sizes
    n, p = sample.z.shape
    by_size = sizes[:, None] / (1.0 + sizes[:, None] * ratio)  # (sizes, replicates)
    w = by_size[which]  # (areas, replicates)
    a = sample.within + np.einsum("kr,kij->rij", by_size, sample.by_size)
    b = sums.cross + sample.means.T @ (w * sums.means)
    gamma = np.linalg.solve(a, b.T[:, :, None])[:, :, 0].T
    away = sums.means - sample.means @ gamma
    rest = (
        sums.square
        - 2.0 * np.einsum("pr,pr->r", gamma, sums.cross)
        + np.einsum("pr,pq,qr->r", gamma, sample.within, gamma)
        + np.einsum("dr,dr->r", w, away**2)
    )
    spread = np.log1p(sizes[:, None] * ratio)[which].sum(axis=0)
    free = n - p if method == "reml" else n
    sigma2 = rest / free
    likelihood = -0.5 * (free * (np.log(2.0 * np.pi * sigma2) + 1.0) + spread)
    slope = 0.5 * (free * np.einsum("dr,dr->r", w**2, away**2) / rest - w.sum(axis=0))
    if method == "reml":
        # the determinant is that of the columns as they are, not as they are scaled
        scale = 2.0 * np.log(sample.spread).sum()
        likelihood = likelihood - 0.5 * (np.linalg.slogdet(a)[1] + scale)
        inside = np.einsum("kr,kij->rij", by_size**2, sample.by_size)
        slope = slope + 0.5 * np.trace(np.linalg.solve(a, inside), axis1=1, axis2=2)
    return _At(likelihood, slope, gamma, sigma2, w)


def require_fittable(sample: UnitSample, names: tuple[str, ...] = ()) -> None:
    """Refuse columns that other columns tell, and samples from which no variance can be had."""
    n, p = sample.x.shape
    areas = len(sample.n)
    if areas < 2:
        raise SmallAreaError(
            "a single area cannot show how areas differ",
            where="the sample",
            expected="at least 2 sampled areas",
            got=str(areas),
            remedy="name the column of smaller areas, or take the direct estimate",
        )
    if n <= p + 1 or n <= areas:
        raise SmallAreaError(
            "there are too few rows for the model",
            where="the sample",
            expected=f"more than {max(p + 1, areas)} complete rows, some areas with two",
            got=str(n),
            remedy="leave out columns of the formula, or take larger areas",
        )
    refuse_collinear(sample.z.T @ sample.z, names or [str(k) for k in range(p)])


def covariance(sample: UnitSample, ratio: float, sigma2_e: float) -> Floats:
    """The covariance of the coefficients at known variances, shape (p, p)."""
    w = sample.n / (1.0 + sample.n * ratio)
    a = sample.within + sample.means.T @ (w[:, None] * sample.means)
    inside = cho_solve(cho_factor(a), np.eye(len(a)))
    return np.asarray(sigma2_e * sample.back @ inside @ sample.back.T)
