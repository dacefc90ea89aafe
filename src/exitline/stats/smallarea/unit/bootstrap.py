"""Mean squared errors by bootstrap, without drawing a census.

A replicate draws the areas' effects and a sample, and fits the model again. What its population
would be is known in distribution: given the effects, an indicator of the population has an
expected value and a variance in closed form. So with F the replicate's figure of an area and T
its estimate,

    E (T - F)^2 = E (T - E[F | u])^2 + E Var(F | u),

and both parts come from the cells of the census (Molina and Rao 2010, section 4; the populations
of Gonzalez-Manteiga et al. 2008 are integrated out).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.stats.smallarea.unit.expected import Moment, expected
from exitline.stats.smallarea.unit.figures import (
    AreaIndicator,
    mixture,
    moments_of,
    shapes,
    values,
)
from exitline.stats.smallarea.unit.model import again
from exitline.stats.smallarea.unit.predict import BLOCK, Predictor, place_sums
from exitline.stats.smallarea.unit.shape import gini_variance, quantile_variance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.model import AreaMatch, Fitted
    from exitline.stats.smallarea.unit.sample import UnitSample
    from exitline.stats.smallarea.unit.totals import BenchmarkTotals

    Floats = NDArray[np.float64]

Kind = Literal["parametric", "wild"]
Progress = Callable[[int, int], None]
Values = dict[str, "Floats"]
AT_ONCE = 4_000_000
"""Values of replicates' samples that are held at a time."""


@dataclass(frozen=True)
class BootstrapPlan:
    """What a bootstrap draws from.

    Attributes
    ----------
    sample : UnitSample
    fitted : Fitted
        The model, whose errors are drawn.
    welfare : float array
        Transformed welfare of the sample, for the residuals of the wild bootstrap.
    cells : CensusCells
        With the means of the model's columns.
    places : Places
    match : AreaMatch
        Which sampled area each area of the census is.
    wanted : sequence of AreaIndicator
    line : float
    kind : {"parametric", "wild"}
        Errors drawn from the normal distribution, or residuals with random signs.
    driven : bool
        Whether the transformation's parameter is found again in every replicate.
    totals : BenchmarkTotals or None
        To what the figures are brought: in every replicate to its own population's.
    """

    sample: UnitSample
    fitted: Fitted
    welfare: Floats
    cells: CensusCells
    places: Places
    match: AreaMatch
    wanted: Sequence[AreaIndicator]
    line: float
    kind: Kind = "parametric"
    driven: bool = True
    totals: BenchmarkTotals | None = None


@dataclass(frozen=True)
class _Truth:
    """A replicate's population: what is expected of it, and how far it scatters."""

    sums: Floats
    shapes: dict[str, list[Floats]]
    scatter: Floats


def mean_squared_errors(
    plan: BootstrapPlan, replicates: int, seed: int, progress: Progress | None = None
) -> dict[str, Floats]:
    """The bootstrap's mean squared error of each indicator of each domain.

    Parameters
    ----------
    plan : BootstrapPlan
    replicates : int
    seed : int
        The same seed gives the same draws, on any number of cores.
    progress : callable, optional
        Told how many replicates of how many are done.

    Returns
    -------
    dict of str to float array, shape (domains, indicators)
    """
    total = {
        level: np.zeros((len(domains), len(plan.wanted)))
        for level, domains in plan.places.domains.items()
    }
    step = max(1, min(replicates, AT_ONCE // max(len(plan.sample.area), 1)))
    workers = int(os.environ.get("EXITLINE_THREADS") or os.cpu_count() or 1)
    done = 0
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, replicates, step):
            some = range(start, min(start + step, replicates))
            drawn = [_draw(plan, np.random.default_rng([seed, b])) for b in some]
            t = np.stack([one[1] for one in drawn], axis=1)
            models = again(plan.sample, t, plan.fitted, plan.driven)
            apart = [_target_errors(plan, np.random.default_rng([seed, b, 1])) for b in some]
            work = [
                (effect, model, error)
                for (effect, _), model, error in zip(drawn, models, apart, strict=True)
            ]
            for errors in pool.map(lambda one: _squared(plan, *one), work):
                for level, error in errors.items():
                    total[level] += error
                done += 1
                if progress is not None:
                    progress(done, replicates)
    return {level: value / replicates for level, value in total.items()}


def unconditional_variances(
    plan: BootstrapPlan, spread: Floats, replicates: int, seed: int
) -> Values:
    """The variances that Elbers, Lanjouw and Lanjouw (2003) give their estimates.

    Coefficients, area effects and households are drawn from the model, without a look at what
    the sample says of each area.

    Parameters
    ----------
    plan : BootstrapPlan
    spread : float array, shape (p, p)
        The covariance of the coefficients.
    replicates, seed : int
    """
    cells, places, wanted = plan.cells, plan.places, plan.wanted
    assert cells.x is not None
    root = np.linalg.cholesky(spread)
    drawn: dict[str, list[Floats]] = {level: [] for level in places.domains}
    scatter: dict[str, Any] = dict.fromkeys(places.domains, 0.0)
    for b in range(replicates):
        random = np.random.default_rng([seed, b])
        beta = plan.fitted.beta + root @ random.normal(size=len(root))
        moved = replace(plan, cells=replace(cells, mu=cells.x @ beta))
        effect, _ = _effects(plan, random)
        truth = _truth(moved, effect)
        for level, values_of in drawn.items():
            values_of.append(values(wanted, places, level, truth.sums, truth.shapes[level]))
            scatter[level] = scatter[level] + _scatter(moved, level, truth, effect) / replicates
    return {level: np.var(some, axis=0) + scatter[level] for level, some in drawn.items()}


def _draw(plan: BootstrapPlan, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Effects of the census's areas, and the transformed welfare of a sample."""
    fitted, sample = plan.fitted, plan.sample
    effect, own = _effects(plan, random)
    if plan.kind == "wild":
        signs = random.choice(np.array([-1.0, 1.0]), len(sample.area))
        error = np.abs(_residuals(plan)) * signs
    else:
        error = random.normal(0.0, np.sqrt(fitted.sigma2_e), len(sample.area))
    return effect, sample.x @ fitted.beta + own[sample.area] + error


def _effects(plan: BootstrapPlan, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Effects of the census's areas and of the sample's, those of districts among them."""
    match, fitted = plan.match, plan.fitted
    effect = random.normal(0.0, np.sqrt(fitted.sigma2_u), len(match.area))
    alone = random.normal(0.0, np.sqrt(fitted.sigma2_u), len(plan.sample.n))
    if match.within is not None and match.district is not None:
        assert plan.sample.district is not None
        sd = np.sqrt(fitted.sigma2_v)
        everywhere = random.normal(0.0, sd, int(match.within.max()) + 1)
        sampled = random.normal(0.0, sd, int(plan.sample.district.max()) + 1)
        there = match.district >= 0
        sampled[match.district[there]] = everywhere[match.within[there]]
        effect = effect + everywhere[match.within]
        alone = alone + sampled[plan.sample.district]
    known = match.area >= 0
    alone[match.area[known]] = effect[known]
    return effect, alone


def _residuals(plan: BootstrapPlan) -> Floats:
    """Residuals at the predicted effects, with the variance of the model's errors."""
    away = plan.welfare - plan.sample.x @ plan.fitted.beta
    away = away - plan.fitted.effects[plan.sample.area]
    return np.asarray(np.sqrt(plan.fitted.sigma2_e) * (away - away.mean()) / away.std(ddof=1))


def _target_errors(plan: BootstrapPlan, random: np.random.Generator) -> tuple[Floats, Floats]:
    """How far the targets of a benchmark are from the truth: of all together, of groups."""
    if plan.totals is None:
        return np.zeros(0), np.zeros(0)
    return plan.totals.drawn(random, plan.places)


def _squared(
    plan: BootstrapPlan, effect: Floats, model: Fitted, apart: tuple[Floats, Floats]
) -> dict[str, Floats]:
    """Squared errors of one replicate, with the variance of its population."""
    cells, places, wanted = plan.cells, plan.places, plan.wanted
    assert cells.x is not None
    moments = moments_of(wanted)
    truth = (_wild_truth if plan.kind == "wild" else _truth)(plan, effect)
    # the band's own variance moves with the scale that the replicate's parameter chose
    scale = model.sigma2_e / plan.fitted.sigma2_e if model.how is not plan.fitted.how else 1.0
    inner = cells.var * scale + (cells.scatter if cells.scatter is not None else 0.0)
    moved = replace(cells, mu=cells.x @ model.beta, var=inner)
    given = model.over(plan.match)
    sums = place_sums(moved, places, given, moments, plan.line)
    found, right = {}, {}
    for level in places.domains:
        shape = shapes(wanted, moved, places, level, given)
        found[level] = values(wanted, places, level, sums, shape)
        right[level] = values(wanted, places, level, truth.sums, truth.shapes[level])
    if plan.totals is not None:
        aims = plan.totals.world(places, right, found, apart)
        found = {
            level: plan.totals.moved(wanted, places, level, one, aims)
            for level, one in found.items()
        }
    return {
        level: (found[level] - right[level]) ** 2 + _scatter(plan, level, truth, effect)
        for level in places.domains
    }


def _known_effects(plan: BootstrapPlan, effect: Floats) -> Predictor:
    """The replicate's population: its effects are what they are."""
    return Predictor(plan.fitted.how, plan.fitted.sigma2_e, effect, np.zeros_like(effect))


def _truth(plan: BootstrapPlan, effect: Floats) -> _Truth:
    """A population with normal errors, given its area effects."""
    cells, places = plan.cells, plan.places
    given = _known_effects(plan, effect)
    moments = moments_of(plan.wanted)
    every = tuple(dict.fromkeys([*moments, *(one.squared for one in moments)]))
    sums = np.zeros((len(places.area), len(moments)))
    scatter = np.zeros_like(sums)
    area = places.area[cells.place]
    for start in range(0, len(area), BLOCK):
        part = slice(start, start + BLOCK)
        m = cells.mu[part] + effect[area[part]]
        s = np.sqrt(given.sigma2_e + cells.var[part])
        found = dict(zip(every, expected(given.how, every, plan.line, m, s), strict=True))
        for k, one in enumerate(moments):
            value, place = found[one], cells.place[part]
            var = np.maximum(found[one.squared] - value**2, 0.0)
            sums[:, k] += np.bincount(place, cells.weight[part] * value, minlength=len(sums))
            scatter[:, k] += np.bincount(place, cells.squares[part] * var, minlength=len(sums))
    drawn = {
        level: shapes(plan.wanted, cells, places, level, given, drawn=True)
        for level in places.domains
    }
    return _Truth(sums, drawn, scatter)


def _wild_truth(plan: BootstrapPlan, effect: Floats) -> _Truth:
    """A population whose errors are residuals of the nearest fitted values, signs at random."""
    cells, places, how = plan.cells, plan.places, plan.fitted.how
    fitted = plan.sample.x @ plan.fitted.beta + plan.fitted.effects[plan.sample.area]
    order = np.argsort(fitted)
    size = np.abs(_residuals(plan))[order]
    middle = (fitted[order][1:] + fitted[order][:-1]) / 2.0
    m = cells.mu + effect[places.area[cells.place]]
    error = size[np.searchsorted(middle, m)]
    moments = moments_of(plan.wanted)
    sums = np.zeros((len(places.area), len(moments)))
    scatter = np.zeros_like(sums)
    low, high = how.back(m - error), how.back(m + error)
    for k, one in enumerate(moments):
        a, b = one.of(low, plan.line), one.of(high, plan.line)
        sums[:, k] = np.bincount(cells.place, cells.weight * (a + b) / 2.0, minlength=len(sums))
        scatter[:, k] = np.bincount(
            cells.place, cells.squares * (a - b) ** 2 / 4.0, minlength=len(sums)
        )
    given = _known_effects(plan, effect)
    drawn = {
        level: shapes(plan.wanted, cells, places, level, given, drawn=True)
        for level in places.domains
    }
    return _Truth(sums, drawn, scatter)


def _scatter(plan: BootstrapPlan, level: str, truth: _Truth, effect: Floats) -> Floats:
    """Variances of the indicators of a population, given its area effects."""
    places, wanted = plan.places, plan.wanted
    moments: tuple[Moment, ...] = moments_of(wanted)
    added = places.sums(level, truth.scatter)
    weight = places.sums(level, places.weight)
    found = np.zeros((len(places.domains[level]), len(wanted)))
    of, own = None, None
    for k, one in enumerate(wanted):
        if one.moment is not None:
            var = added[:, moments.index(one.moment)]
            found[:, k] = var if one.summed else var / np.where(weight > 0, weight, np.nan) ** 2
            continue
        if of is None:
            of, own = mixture(plan.cells, places, level, _known_effects(plan, effect), drawn=True)
        assert own is not None
        variance = gini_variance(of, own) if np.isnan(one.p) else quantile_variance(of, one.p, own)
        found[:, k] = variance
    return found
