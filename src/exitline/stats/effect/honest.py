"""Effects where groups might not have moved alike: bounds of Rambachan and Roth.

Differences in trend before treatment say how large those after it may be. Two ways to say so:
relative magnitudes (a step after treatment is at most M times the largest step before it) and
smoothness (the slope changes by at most M from period to period).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import optimize, stats

from exitline.stats.effect.errors import EffectError
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.arrays import Bools, Floats


Restriction = Literal["relative", "smooth"]
DRAWS = 20_000
"""Draws for the critical value under the least favourable case."""
GRID = 1_001
"""Effects that are tried before the ends are refined."""


@dataclass(frozen=True)
class EventStudy:
    """Estimates by period, the one just before treatment left out: it is zero by definition.

    Attributes
    ----------
    before, after : int
        How many of them.
    estimate : float array, shape (before + after,)
    covariance : float array
    weights : float array, shape (after,)
        The effect that is asked about is their sum of effects.
    """

    before: int
    after: int
    estimate: Floats
    covariance: Floats
    weights: Floats

    @property
    def whole(self) -> Floats:
        """The weights with zeros before treatment."""
        return np.concatenate([np.zeros(self.before), self.weights])

    @property
    def value(self) -> float:
        """The effect if groups would have moved alike."""
        return float(self.whole @ self.estimate)

    @property
    def se(self) -> float:
        """Its standard error."""
        return float(np.sqrt(self.whole @ self.covariance @ self.whole))


@dataclass(frozen=True)
class HonestBounds(ShownResult):
    """Intervals of an effect by how much trends may have differed after treatment.

    Attributes
    ----------
    kind : {"relative", "smooth"}
    effect : float
        If groups would have moved alike.
    bounds : float array
        The values of M.
    low, high : float arrays
    level : float
    notes : tuple of str
    """

    kind: Restriction
    effect: float
    bounds: Floats
    low: Floats
    high: Floats
    level: float
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """A row for each M.

        Returns
        -------
        pandas.DataFrame
            Columns M, ci_low, ci_high, level, tells (whether zero lies outside).
        """
        import pandas as pd

        tells = np.where((self.low > 0) | (self.high < 0), "yes", "no")
        return pd.DataFrame({"M": self.bounds, "ci_low": self.low, "ci_high": self.high,
                             "level": self.level, "tells": tells})  # fmt: skip

    @property
    def holds_to(self) -> float:
        """The largest M tried up to which zero lies outside; NaN where it never does."""
        tells = (self.low > 0) | (self.high < 0)
        first = int(np.argmin(tells)) if not tells.all() else tells.size
        return float(self.bounds[first - 1]) if first else float("nan")


def honest_bounds(
    study: EventStudy, kind: Restriction, bounds: Floats, level: float = 0.95
) -> HonestBounds:
    """Intervals that hold whatever the difference in trends, within the bounds.

    Parameters
    ----------
    study : EventStudy
    kind : {"relative", "smooth"}
    bounds : float array
        Values of M, from zero on.
    level : float

    Returns
    -------
    HonestBounds

    Raises
    ------
    EffectError
        Where there are too few periods before treatment, or a bound is negative.

    References
    ----------
    Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591; Andrews, Roth and Pakes
    (2023), Review of Economic Studies 90, 2763-2791 (the conditional test with the hybrid of the
    least favourable one); Armstrong and Kolesar (2018), Econometrica 86, 655-683 (intervals of
    fixed length).
    """
    bounds = np.atleast_1d(np.asarray(bounds, dtype=np.float64))
    if study.before < 1 or (bounds < 0).any() or not np.isfinite(bounds).all():
        raise EffectError(
            "no bounds can be found", expected="M of 0 or more, and an estimate before treatment "
            "besides the period just before it", got=f"{study.before} such periods",
            remedy="add earlier periods, or give M from 0 on",
        )  # fmt: skip
    if not np.isfinite(study.covariance).all() or study.se <= 0:
        raise EffectError(
            "no bounds can be found", expected="a standard error of every period",
            got="some that have none", remedy="leave out groups of a single unit",
        )  # fmt: skip
    if kind == "relative":
        pairs = [_relative(study, float(m), 1 - level) for m in bounds]
    else:
        pairs = [_fixed_length(study, float(m), 1 - level) for m in bounds]
    low, high = np.array(pairs).T
    return HonestBounds(kind, study.value, bounds, low, high, level)


# --- relative magnitudes -------------------------------------------------------------------------


def _relative(study: EventStudy, bound: float, alpha: float) -> tuple[float, float]:
    """The union, over which step before was the largest and its sign, of conditional sets."""
    steps = _steps(study)
    spread = np.abs(_tails(study.weights)).sum()
    reach = bound * spread * np.abs(steps @ study.estimate).max()
    wide = 20 * study.se + 3 * reach
    tried = study.value + np.linspace(-wide, wide, GRID)
    tests = [_Conditional(study, bound, sign * step, alpha) for step in steps for sign in (1, -1)]

    def kept(effects: Floats) -> Bools:
        return np.asarray(np.any([test.kept(effects) for test in tests], axis=0))

    inside = np.flatnonzero(kept(tried))
    if not inside.size:
        return float("nan"), float("nan")
    ends = []
    for at, out in ((inside[0], inside[0] - 1), (inside[-1], inside[-1] + 1)):
        if not 0 <= out < GRID:
            ends.append(float("-inf" if out < 0 else "inf"))
            continue
        yes, no = tried[at], tried[out]
        for _ in range(20):
            middle = (yes + no) / 2
            yes, no = (middle, no) if kept(np.array([middle]))[0] else (yes, middle)
        ends.append(float(yes))
    return ends[0], ends[1]


def _steps(study: EventStudy) -> Floats:
    """First differences before treatment, as combinations of the estimates."""
    size = study.before + study.after
    found = np.zeros((study.before, size))
    for i in range(study.before):
        found[i, i] = -1.0
        if i + 1 < study.before:
            found[i, i + 1] = 1.0
    return found


def _tails(weights: Floats) -> Floats:
    """How often each step after treatment is part of the bias of the effect."""
    return np.cumsum(weights[::-1])[::-1]


class _Conditional:
    """The conditional test with a hybrid, for one step before treatment as the largest.

    Each step after treatment must lie within M times the step x before it. The effects of single
    periods are nuisance; what is left of them are the vertices of the dual programme: the bias of
    the effect against the sum of what the steps allow, on both sides, and x >= 0 for each step.
    """

    def __init__(self, study: EventStudy, bound: float, step: Floats, alpha: float) -> None:
        self.kappa = alpha / 10
        self.size = (alpha - self.kappa) / (1 - self.kappa)
        tails = _tails(study.weights)
        rows = np.zeros((study.after, study.before + study.after))
        for t in range(study.after):
            rows[t, study.before + t] = 1.0
            if t:
                rows[t, study.before + t - 1] = -1.0
        up, down = rows - bound * step, -rows - bound * step
        sd = [np.sqrt(np.einsum("ij,jk,ik->i", part, study.covariance, part))
              for part in (up, down)]  # fmt: skip
        plus, minus = np.maximum(tails, 0), np.maximum(-tails, 0)
        vertices, slope = [], []
        for a, b, sign in ((plus, minus, -1.0), (minus, plus, 1.0)):
            scale = a @ sd[0] + b @ sd[1]
            vertices.append((a @ up + b @ down) / scale)
            slope.append(sign / scale)
        both = sd[0] + sd[1]
        for t in range(study.after if bound > 0 else 0):
            vertices.append((up[t] + down[t]) / both[t])
            slope.append(0.0)
        self.vertices, self.slope = np.array(vertices), np.array(slope)
        self.level = self.vertices @ study.estimate
        self.spread = self.vertices @ study.covariance @ self.vertices.T
        self.least = _least_favourable(self.spread, self.kappa)

    def kept(self, effects: Floats) -> Bools:
        """Which effects are not rejected."""
        value = self.level[:, None] + self.slope[:, None] * effects
        which = value.argmax(axis=0)
        top = value[which, np.arange(effects.size)]
        variance = np.diag(self.spread)[which]
        ratio = self.spread[:, which] / np.maximum(variance, 1e-300)
        rest = value - ratio * top
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = rest / (1 - ratio)
        low = np.where(ratio < 1 - 1e-10, ends, -np.inf).max(axis=0)
        high = np.where(ratio > 1 + 1e-10, ends, np.inf).min(axis=0)
        high = np.minimum(high, self.least)
        sd = np.sqrt(variance)
        critical = _truncated(1 - self.size, low / sd, high / sd)
        return np.asarray((top <= self.least) & (top / sd <= np.maximum(critical, 0.0)))


def _least_favourable(spread: Floats, kappa: float) -> float:
    """The critical value where every moment binds."""
    random = np.random.default_rng(20230701)
    values, vectors = np.linalg.eigh(spread)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    draws = random.standard_normal((DRAWS, spread.shape[0])) @ root.T
    return float(np.quantile(draws.max(axis=1), 1 - kappa))


def _truncated(p: float, low: Floats, high: Floats) -> Floats:
    """Quantiles of a standard normal between two ends, also far out in its tail."""
    right = low > 0  # by symmetry, so that probabilities keep their digits
    a, b = np.where(right, -high, low), np.where(right, -low, high)
    q = np.where(right, 1 - p, p)
    log_a, log_b = stats.norm.logcdf(a), stats.norm.logcdf(b)
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = log_b + np.log(q + (1 - q) * np.exp(log_a - log_b))
        found = stats.norm.ppf(np.exp(inside))
    tail = inside < -700
    found = np.where(tail, b, found)
    return np.asarray(np.where(right, -found, found))


# --- smoothness ----------------------------------------------------------------------------------


def _fixed_length(study: EventStudy, bound: float, alpha: float) -> tuple[float, float]:
    """The shortest interval of fixed length around an estimate that is affine in the estimates."""
    affine = _Affine(study)
    if bound == 0:
        return affine.interval(affine.solved(np.inf), 0.0, alpha)

    def length(log_weight: float) -> float:
        return affine.half(affine.solved(float(np.exp(log_weight))), bound, alpha)

    grid = np.linspace(-12.0, 8.0, 41) + np.log(bound / affine.scale)
    values = [length(one) for one in grid]
    at = int(np.argmin(values))
    ends = grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]
    found = optimize.minimize_scalar(length, bounds=ends, method="bounded",
                                     options={"xatol": 1e-4})  # fmt: skip
    best = found.x if found.fun < values[at] else grid[at]
    return affine.interval(affine.solved(float(np.exp(best))), bound, alpha)


class _Affine:
    """Estimates that correct the effect by those before treatment, and their worst bias.

    The weights before treatment are differences of w, whose sum takes out a straight line;
    the worst bias under changes of slope up to M is M times the sum of absolute partial sums of
    w, and what the periods after treatment add.
    """

    def __init__(self, study: EventStudy) -> None:
        self.study = study
        self.scale = study.se
        weights, after = study.weights, study.after
        count = np.arange(1, after + 1)
        self.line = float(count @ weights)
        self.fixed = (
            sum(abs(float(np.arange(1, s + 1) @ weights[after - s :])) for s in range(1, after + 1))
            - self.line
        )
        k = study.before
        self.partial = np.tril(np.ones((k, k)))
        self.to_before = np.eye(k) - np.eye(k, k=-1)
        cov = study.covariance / self.scale**2
        self.quadratic = self.to_before.T @ cov[:k, :k] @ self.to_before
        self.linear = self.to_before.T @ cov[:k, k:] @ weights

    def solved(self, weight: float) -> Floats:
        """The w that makes variance + 2 weight * (sum of absolute partial sums) least."""
        k = self.study.before
        if k == 1:
            return np.array([self.line])
        start = np.full(k, self.line / k)
        if np.isinf(weight):  # no bias: the variance alone
            system = np.block([[self.quadratic, np.ones((k, 1))], [np.ones((1, k)), 0.0]])
            found = np.linalg.lstsq(system, np.append(-self.linear, self.line), rcond=None)[0]
            return np.asarray(found[:k])
        return _with_partial_sums(self.quadratic, self.linear, weight, self.line, start)

    def bias(self, w: Floats) -> float:
        """The worst bias for M = 1."""
        return float(self.fixed + np.abs(self.partial @ w).sum())

    def sd(self, w: Floats) -> float:
        """The standard error."""
        whole = np.concatenate([self.to_before @ w, self.study.weights])
        return float(np.sqrt(whole @ self.study.covariance @ whole))

    def half(self, w: Floats, bound: float, alpha: float) -> float:
        """Half the length of the interval."""
        sd = self.sd(w)
        return sd * float(_folded(1 - alpha, bound * self.bias(w) / sd))

    def interval(self, w: Floats, bound: float, alpha: float) -> tuple[float, float]:
        """The interval."""
        whole = np.concatenate([self.to_before @ w, self.study.weights])
        middle, half = float(whole @ self.study.estimate), self.half(w, bound, alpha)
        return middle - half, middle + half


def _folded(p: float, mean: float) -> float:
    """Quantile of the absolute value of a normal with variance 1."""
    if mean > 8:  # the other tail is nothing
        return mean + float(stats.norm.ppf(p))
    return float(stats.foldnorm.ppf(p, mean))


def _with_partial_sums(
    quadratic: Floats, linear: Floats, weight: float, line: float, start: Floats
) -> Floats:
    """Least w'Qw + 2q'w + 2 weight sum |partial sums of w|, the last of which is given.

    In partial sums c the problem is a lasso: solved by going through its coordinates.
    """
    k = start.size
    back = np.eye(k) - np.eye(k, k=-1)  # w = back @ c
    q, b = back.T @ quadratic @ back, back.T @ linear
    c = np.cumsum(start)
    c[-1] = line
    ridge = np.maximum(np.diag(q), 1e-300)
    for _ in range(20_000):
        before = c.copy()
        for j in range(k - 1):
            rest = -(b[j] + q[j] @ c - q[j, j] * c[j])
            c[j] = np.sign(rest) * max(abs(rest) - weight, 0.0) / ridge[j]
        if np.abs(c - before).max() <= 1e-12 * max(1.0, np.abs(c).max()):
            break
    return np.asarray(back @ c)
