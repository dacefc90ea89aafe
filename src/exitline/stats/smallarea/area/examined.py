"""Diagnostics and benchmarks of an area-level model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from exitline.stats.smallarea.area.transforms import scale_named
from exitline.stats.smallarea.area.variance import Batch, at, estimate_variance
from exitline.stats.smallarea.area.variants import extra_of
from exitline.stats.smallarea.area.worlds import worlds_of
from exitline.stats.smallarea.benchmarking import BenchmarkRule, benchmarked
from exitline.stats.smallarea.diagnostics import Diagnostics, brown, normality, standardised
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.said import Numeral, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.smallarea.area.fit import Fit

    Floats = NDArray[Any]


class ExaminedModel(Protocol):
    """What is read of a fitted model, such as `AreaModel`."""

    @property
    def fit(self) -> Any: ...
    @property
    def figures(self) -> Any: ...
    @property
    def areas(self) -> Any: ...
    @property
    def options(self) -> Any: ...
    @property
    def notes(self) -> Any: ...


Model = TypeVar("Model", bound=ExaminedModel)


def diagnostics(found: ExaminedModel) -> Diagnostics:
    """Residuals, area effects, influence, and Brown's test of direct against model.

    Parameters
    ----------
    found : ExaminedModel
    """
    fit, figures = found.fit, found.figures
    inside = figures.sampled
    direct, variance = found.areas.direct[inside], figures.direct_se[inside] ** 2
    usable = np.isfinite(variance) & np.isfinite(figures.mse[inside])
    test = brown(
        direct[usable], variance[usable], figures.estimate[inside][usable],
        figures.mse[inside][usable],
    )  # fmt: skip
    total = 1.0 / (fit.variance + fit.direct.psi)
    x = fit.direct.x
    leverage = total * np.einsum("ij,jk,ik->i", x, fit.covariance, x)
    cook, without = _influence(fit)
    synthetic = fit.synthetic
    varies = np.ptp(synthetic) > 0 and np.ptp(fit.direct.y) > 0
    return Diagnostics(
        (test, normality("residuals", fit.residuals), normality("area effects", fit.effects)),
        float(np.corrcoef(synthetic, fit.direct.y)[0, 1]) if varies else float("nan"),
        tuple(a for a, s in zip(found.areas.names, inside, strict=True) if s),
        standardised(fit.residuals), standardised(fit.effects), leverage, cook, without,
    )  # fmt: skip


def _influence(fit: Fit) -> tuple[Floats, Floats]:
    """Cook's distance of each area, and the variance of area effects without it."""
    method = fit.method if fit.method not in ("me", "robust") else "reml"
    m = fit.direct.size
    if m <= fit.direct.width + 3 or np.isfinite(fit.correlation):
        return np.full(m, np.nan), np.full(m, np.nan)
    cook, without = np.empty(m), np.empty(m)
    base = at(fit.direct.batch, np.array([fit.variance])).beta[0]
    inverse = np.linalg.inv(fit.covariance)
    step = max(1, 2_000_000 // m)
    for start in range(0, m, step):
        some = np.arange(start, min(start + step, m))
        taking = np.ones((len(some), m), dtype=bool)
        taking[np.arange(len(some)), some] = False
        batch = Batch(np.tile(fit.direct.y, (len(some), 1)), fit.direct.x, fit.direct.psi, taking)
        variance = estimate_variance(batch, method)
        away = at(batch, variance).beta - base
        cook[some] = np.einsum("ij,jk,ik->i", away, inverse, away) / fit.direct.width
        without[some] = variance
    return cook, without


def benchmark(
    found: Model,
    rule: BenchmarkRule,
    target: float | None,
    target_se: float = 0.0,
    replicates: int = 500,
    seed: int = 1,
) -> Model:
    """The model's figures brought to a total, with their mean squared errors anew.

    The errors come from the parametric bootstrap of the model's own variant: in every world the
    figures are brought to that world's own total, known with the error of the target.

    Parameters
    ----------
    found : ExaminedModel
    rule : BenchmarkRule
        With a share for every area that has a figure.
    target : float or None
        The total; None for that of the direct estimates, where all areas have one.
    target_se : float
        Its standard error, independent of the areas' own; 0 for a known total.
    replicates, seed : int
        Of the bootstrap.

    Raises
    ------
    SmallAreaError
        For a total of direct estimates that some areas do not have, or errors in proportion to
        which figures would move and that some areas do not have.

    References
    ----------
    Steorts and Ghosh (2013), Statistica Sinica 23, 749-767. Pfeffermann, Sikov and Tiller
    (2014), Test 23, 631-666.
    """
    figures = found.figures
    _refuse_total(figures, target)
    there = np.isfinite(figures.estimate)
    others = there & ~figures.sampled
    order = np.concatenate([np.flatnonzero(figures.sampled), np.flatnonzero(others)])
    own = _part(rule, order)
    direct = np.where(figures.sampled, figures.direct, 0.0)[order]
    aim = float(own.shares @ direct) if target is None else target
    estimate, mse = figures.estimate[order], figures.mse[order]
    moved = benchmarked(estimate, mse, aim, own)
    scale = scale_named(found.options.transform)
    random = np.random.default_rng(seed + 1)
    total, count = np.zeros(len(order)), 0
    extra = extra_of(found.areas, figures.sampled, others)
    for one in worlds_of(found.fit, extra, scale, found.options, replicates, seed):
        aims = (
            np.asarray(scale.inverse(one.direct)) @ own.shares
            if target is None
            else one.truth @ own.shares + random.normal(0.0, target_se, len(one.truth))
        )
        if np.isfinite(own.low):
            aims = np.clip(aims, own.low, own.high)
        again = benchmarked(np.clip(one.predicted, own.low, own.high), mse, aims, own)
        total += np.sum((again - one.truth) ** 2, axis=0)
        count += len(again)
    all_estimates, all_mse = figures.estimate.copy(), figures.mse.copy()
    all_estimates[order], all_mse[order] = moved, total / count
    figure = Numeral(f"{aim:.6g}")
    said = (
        say("benchmarked by {how} to {figure}", how=rule.how, figure=figure)
        if rule.groups is None
        else say("benchmarked by {how} in two stages to {figure}", how=rule.how, figure=figure)
    )
    if target is None:
        said = say("{what} (the direct estimates' own total)", what=said)
    return replace(  # type: ignore[type-var]
        found, figures=figures.with_estimates(all_estimates, all_mse),
        mse_name=say("{what} of benchmarked figures", what=say("parametric bootstrap")),
        notes=(said, *found.notes),
    )  # fmt: skip


def _part(rule: BenchmarkRule, order: NDArray[np.int64]) -> BenchmarkRule:
    """A rule for some areas, their shares adding up to 1."""
    shares = rule.shares[order]
    groups = rule.groups
    if groups is not None:
        groups = np.unique(groups[order], return_inverse=True)[1]
    return BenchmarkRule(rule.how, shares / shares.sum(), rule.low, rule.high, groups)


def _refuse_total(figures: Any, target: float | None) -> None:
    """Refuse a total that is not there."""
    there = np.isfinite(figures.estimate)
    if target is None and np.any(there & ~figures.sampled):
        raise SmallAreaError(
            "there is no total of direct estimates",
            expected="a direct estimate of every area", got="areas without one",
            remedy="give the total: target=, with its standard error",
        )  # fmt: skip
