"""Synthetic panels: movements in and out of poverty from two cross-sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.panel.modelled.binormal import binormal_cdf
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints


CELLS = ("poor_poor", "poor_out", "out_poor", "out_out")


@dataclass(frozen=True)
class CrossSection:
    """One survey round of a synthetic panel.

    Attributes
    ----------
    welfare : float array, shape (n,)
        Above zero.
    fixed : float array, shape (n, p)
        Characteristics of the household head that do not change between the rounds (sex,
        year of birth, schooling, place of birth), the same columns in both rounds, for
        heads of the same birth cohorts (25-55 in the first round, say).
    line : float
        In the prices of the round.
    weight : float array, shape (n,), optional
    cluster : array, shape (n,), optional
        PSU, for the bootstrap; each household alone by default.
    stratum : array, shape (n,), optional
    """

    welfare: Floats
    fixed: Floats
    line: float
    weight: Floats | None = None
    cluster: NDArray[Any] | None = None
    stratum: NDArray[Any] | None = None

    @property
    def weights(self) -> Floats:
        """Weights, one each where none were given."""
        return np.ones(len(self.welfare)) if self.weight is None else self.weight


@dataclass(frozen=True)
class JointShares:
    """Shares of the four pairs of states; they sum to one.

    Attributes
    ----------
    poor_poor, poor_out, out_poor, out_out : float
    rho : float
        Correlation of the errors it rests on; NaN for the non-parametric upper bound.
    se : tuple of float
        Standard errors of the four shares; empty without a bootstrap.
    """

    poor_poor: float
    poor_out: float
    out_poor: float
    out_out: float
    rho: float
    se: tuple[float, ...] = ()

    @property
    def exit_rate(self) -> float:
        """Of the poor, the share that left."""
        return self.poor_out / (self.poor_out + self.poor_poor)

    @property
    def entry_rate(self) -> float:
        """Of those out, the share that fell."""
        return self.out_poor / (self.out_poor + self.out_out)


@dataclass(frozen=True)
class SyntheticPanel:
    """Mobility between two rounds, from two separate samples.

    Attributes
    ----------
    least, most : JointShares
        Bounds on mobility with normal errors: correlation 1 and 0.
    least_free, most_free : JointShares
        The same with the errors' own distribution (non-parametric).
    point : JointShares or None
        At the correlation given or estimated.
    r_squared : tuple of float
        Of the two regressions; a low one makes the bounds wide.
    notes : tuple of str
    """

    least: JointShares
    most: JointShares
    least_free: JointShares
    most_free: JointShares
    point: JointShares | None
    r_squared: tuple[float, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Fit:
    """ln welfare on fixed characteristics in one round."""

    coefficients: Floats
    sigma: float
    residual: Floats
    r_squared: float


def synthetic_panel(
    first: CrossSection, second: CrossSection, *, rho: float | None = None,
    replicates: int = 0, seed: int = 0,
) -> SyntheticPanel:  # fmt: skip
    """Bounds and a point estimate of poverty transitions without a panel.

    Parameters
    ----------
    first, second : CrossSection
    rho : float, optional
        Correlation of the errors of the two rounds, from 0 to 1: from a panel elsewhere, or
        `cohort_rho`. Without it there are bounds and no point.
    replicates : int
        Bootstrap replicates for standard errors; clusters are drawn within strata, in both
        samples independently. 0: none.
    seed : int

    Returns
    -------
    SyntheticPanel

    Raises
    ------
    MeasureError
        For values that cannot be used, columns that differ, or rho out of range.

    Notes
    -----
    ln y_j = x b_j + e_j in round j. For each household of the second round the welfare it
    had in the first is predicted from b_1. With normal errors the share poor then out is
    the mean of Phi2((ln z_1 - x b_1)/s_1, -(ln z_2 - x b_2)/s_2, -rho); rho = 1 gives the
    least, rho = 0 the most mobility. Non-parametric: the household's own residual, scaled
    by s_1/s_2 (least), or the expectation over all residuals of the first round (most; the
    source draws them at random).

    References
    ----------
    Dang, Lanjouw, Luoto and McKenzie (2014), Journal of Development Economics 107, 112-128
    (World Bank WPS 5550, 2011): bounds; Dang and Lanjouw (2013), World Bank WPS 6504:
    point estimate.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> x = rng.normal(size=(400, 1))
    >>> e = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=400)
    >>> y = np.exp(x + 0.5 * e)
    >>> found = synthetic_panel(CrossSection(y[:200, 0], x[:200], 1.0),
    ...                         CrossSection(y[200:, 1], x[200:], 1.0), rho=0.6)
    >>> bool(found.least.poor_out < found.point.poor_out < found.most.poor_out)
    True
    """
    _refuse(first, second, rho)
    a, b = _fit(first), _fit(second)
    joints = _joints(first, second, rho)
    errors = _bootstrap(first, second, rho, replicates, seed) if replicates else None
    named = [
        _joint(values, r, tuple(errors[i].tolist()) if errors is not None else ())
        for i, (values, r) in enumerate(joints)
    ]
    notes = []
    if min(a.r_squared, b.r_squared) < 0.2:
        notes.append(say("the fixed characteristics explain little, so the bounds are wide"))
    return SyntheticPanel(
        named[0], named[1], named[2], named[3], named[4] if rho is not None else None,
        (a.r_squared, b.r_squared), tuple(notes),
    )  # fmt: skip


def _joint(values: Floats, rho: float, se: tuple[float, ...]) -> JointShares:
    """The record of four shares."""
    a, b, c, d = values.tolist()
    return JointShares(a, b, c, d, rho, se)


def cohort_rho(
    first: CrossSection, second: CrossSection, cohort_first: Ints, cohort_second: Ints
) -> float:
    """The correlation of the errors from means of birth cohorts in the two rounds.

    Parameters
    ----------
    first, second : CrossSection
    cohort_first, cohort_second : int arrays, shape (n,)
        Birth cohort (year, or a few years) of each household's head.

    Returns
    -------
    float
        Clipped to [0, 1].

    Raises
    ------
    MeasureError
        When fewer than five cohorts are in both rounds.

    Notes
    -----
    The correlation of cohort means of ln welfare stands for that of households; taking out
    what the fixed characteristics explain leaves
    (rho_y sqrt(v_1 v_2) - b_1' Var(x) b_2) / (s_1 s_2).

    References
    ----------
    Dang and Lanjouw (2013), World Bank WPS 6504 (approximation of rho from cohorts).

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> cohort = np.arange(2000) % 50
    >>> shared = rng.normal(size=50)[cohort]
    >>> x = rng.normal(size=(2000, 1))
    >>> y = np.exp(0.1 * x[:, 0] + shared + 0.1 * rng.normal(size=2000))
    >>> half = [CrossSection(y[s], x[s], 1.0) for s in (slice(0, 1000), slice(1000, 2000))]
    >>> bool(cohort_rho(*half, cohort[:1000], cohort[1000:]) > 0.9)
    True
    """
    a, b = _fit(first), _fit(second)
    y1, y2 = np.log(first.welfare), np.log(second.welfare)
    shared = np.intersect1d(cohort_first, cohort_second)
    if len(shared) < 5:
        raise MeasureError(
            "too few birth cohorts are in both rounds",
            expected="five or more",
            got=str(len(shared)),
            remedy="use narrower cohorts, or give rho from a panel",
        )
    means = [
        np.array([np.average(y[c == k], weights=w[c == k]) for k in shared])
        for y, c, w in ((y1, cohort_first, first.weights), (y2, cohort_second, second.weights))
    ]
    rho_y = float(np.corrcoef(means[0], means[1])[0, 1])
    v1, v2 = _variance(y1, first.weights), _variance(y2, second.weights)
    x = np.cov(second.fixed.T, aweights=second.weights, ddof=0).reshape(second.fixed.shape[1], -1)
    explained = float(a.coefficients[1:] @ x @ b.coefficients[1:])
    return float(np.clip((rho_y * np.sqrt(v1 * v2) - explained) / (a.sigma * b.sigma), 0.0, 1.0))


def _variance(y: Floats, w: Floats) -> float:
    return float(np.average((y - np.average(y, weights=w)) ** 2, weights=w))


def _fit(round_: CrossSection) -> _Fit:
    """Weighted least squares of ln welfare on the fixed characteristics."""
    x = np.column_stack([np.ones(len(round_.welfare)), round_.fixed])
    y, w = np.log(round_.welfare), round_.weights
    root = np.sqrt(w)
    beta, _, rank, _ = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)
    if rank < x.shape[1]:
        raise MeasureError(
            "the fixed characteristics cannot be told apart",
            expected="columns that vary and do not follow from one another",
            got=f"{x.shape[1]} columns with the constant, of rank {rank}",
            remedy="leave out constant or repeated columns",
        )
    residual = y - x @ beta
    mean_square = float(np.average(residual**2, weights=w))
    sigma = float(np.sqrt(mean_square * len(y) / (len(y) - x.shape[1])))
    return _Fit(np.asarray(beta), sigma, residual, 1.0 - mean_square / _variance(y, w))


def _joints(
    first: CrossSection, second: CrossSection, rho: float | None
) -> list[tuple[Floats, float]]:
    """Shares of the four cells: least, most, both non-parametric, and the point."""
    a, b = _fit(first), _fit(second)
    x = np.column_stack([np.ones(len(second.welfare)), second.fixed])
    w = second.weights / second.weights.sum()
    h = (np.log(first.line) - x @ a.coefficients) / a.sigma
    k = (np.log(second.line) - x @ b.coefficients) / b.sigma
    points = [] if rho is None else [(_normal_cells(h, k, rho, w), rho)]
    poor = np.log(second.welfare) < np.log(second.line)
    was = (b.residual / b.sigma < h).astype(float)
    chance = _empirical(a.residual, first.weights, np.log(first.line) - x @ a.coefficients)
    return [
        (_normal_cells(h, k, 1.0, w), 1.0),
        (_normal_cells(h, k, 0.0, w), 0.0),
        (_free_cells(was, poor, w), 1.0),
        (_free_cells(chance, poor, w), 0.0),
        *points,
    ]


def _normal_cells(h: Floats, k: Floats, rho: float, w: Floats) -> Floats:
    """Mean probabilities of the four cells with normal errors."""
    from scipy.special import ndtr

    both, first, second = binormal_cdf(h, k, rho), ndtr(h), ndtr(k)
    cells = np.stack([both, first - both, second - both, 1.0 - first - second + both])
    return np.asarray(cells @ w)


def _free_cells(was_poor: Floats, is_poor: NDArray[np.bool_], w: Floats) -> Floats:
    """Cells from the chance of having been poor and the observed state now."""
    now = is_poor.astype(float)
    cells = np.stack(
        [was_poor * now, was_poor * (1 - now), (1 - was_poor) * now, (1 - was_poor) * (1 - now)]
    )
    return np.asarray(cells @ w)


def _empirical(values: Floats, weight: Floats, at: Floats) -> Floats:
    """Weighted share of values below each point."""
    order = np.argsort(values)
    mass = np.r_[0.0, np.cumsum(weight[order])] / weight.sum()
    return np.asarray(mass[np.searchsorted(values[order], at, side="left")])


def _bootstrap(
    first: CrossSection, second: CrossSection, rho: float | None, replicates: int, seed: int
) -> Floats:
    """Standard errors of the four cells of each joint, shape (joints, 4)."""
    rng = np.random.default_rng(seed)
    draws = [
        np.stack([values for values, _ in _joints(_redraw(first, rng), _redraw(second, rng), rho)])
        for _ in range(replicates)
    ]
    return np.asarray(np.std(np.stack(draws), axis=0, ddof=1))


def _redraw(round_: CrossSection, rng: np.random.Generator) -> CrossSection:
    """The round with weights of a rescaled bootstrap: n - 1 of n clusters in each stratum.

    Rao and Wu (1988), JASA 83, 231-241.
    """
    n = len(round_.welfare)
    stratum = np.zeros(n, dtype=np.int64)
    if round_.stratum is not None:
        stratum = np.unique(round_.stratum, return_inverse=True)[1]
    cluster = np.arange(n) if round_.cluster is None else round_.cluster
    code = np.unique(cluster, return_inverse=True)[1]
    pair, inverse = np.unique(stratum * (code.max() + 1) + code, return_inverse=True)
    of_stratum = pair // (code.max() + 1)
    factor = np.ones(len(pair))
    for s in np.unique(of_stratum):
        members = np.nonzero(of_stratum == s)[0]
        if len(members) > 1:
            drawn = rng.integers(0, len(members), len(members) - 1)
            hits = np.bincount(drawn, minlength=len(members))
            factor[members] = hits * len(members) / (len(members) - 1.0)
    weight = round_.weights * factor[inverse]
    keep = weight > 0
    return CrossSection(round_.welfare[keep], round_.fixed[keep], round_.line, weight[keep])


def _refuse(first: CrossSection, second: CrossSection, rho: float | None) -> None:
    """Refuse unusable values, differing columns and a correlation out of range."""
    bad = sum(
        int((~np.isfinite(r.welfare) | (r.welfare <= 0)).sum())
        + int((~np.isfinite(r.fixed)).any(axis=1).sum())
        + int((~np.isfinite(r.weights) | (r.weights < 0)).sum())
        for r in (first, second)
    )
    if bad or first.fixed.shape[1] != second.fixed.shape[1]:
        raise MeasureError(
            "the two rounds cannot be used together",
            expected="welfare above zero, complete weights and the same fixed characteristics",
            got=f"{bad:,} unusable values, {first.fixed.shape[1]} and {second.fixed.shape[1]} "
            "characteristics",
            remedy="leave incomplete households out on purpose; give both rounds the same columns",
        )
    if rho is not None and not 0.0 <= rho <= 1.0:
        raise MeasureError(
            "the correlation of the errors is out of range",
            expected="from 0 (most mobility) to 1 (least)",
            got=f"{rho:g}",
            remedy="take it from a panel, or from cohort_rho",
        )
