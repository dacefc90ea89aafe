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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.unit.figures import moments_of, values
from exitline.stats.smallarea.unit.model import again
from exitline.stats.smallarea.unit.own_values import shapes_with
from exitline.stats.smallarea.unit.population import (
    BootstrapPlan,
    average_scatter,
    population,
    scatter_of,
    wild_population,
)
from exitline.stats.smallarea.unit.predict import place_sums

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.model import Fitted
    from exitline.stats.smallarea.unit.own_values import Known


Progress = Callable[[int, int], None]
Values = dict[str, "Floats"]
AT_ONCE = 4_000_000
"""Values of replicates' samples that are held at a time."""
EFFECTS = 5
"""Values of an area's effect over which a replicate's quantiles and Gini coefficients of both kinds
of households are averaged."""


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
    scatter = average_scatter(plan) if plan.kind == "parametric" else None
    done = 0
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, replicates, step):
            some = range(start, min(start + step, replicates))
            drawn = [_draw(plan, np.random.default_rng([seed, b])) for b in some]
            t = np.stack([one[1] for one in drawn], axis=1)
            models = again(plan.sample, t, plan.fitted, plan.driven)
            apart = [_target_errors(plan, np.random.default_rng([seed, b, 1])) for b in some]
            work = [
                (effect, _known(plan, welfare), model, error)
                for (effect, welfare), model, error in zip(drawn, models, apart, strict=True)
            ]
            for errors in pool.map(lambda one: _squared(plan, scatter, *one), work):
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
    cells, places = plan.cells, plan.places
    assert cells.x is not None
    root = np.linalg.cholesky(spread)
    drawn: dict[str, list[Floats]] = {level: [] for level in places.domains}
    scatter: dict[str, Any] = dict.fromkeys(places.domains, 0.0)
    for b in range(replicates):
        random = np.random.default_rng([seed, b])
        beta = plan.fitted.beta + root @ random.normal(size=len(root))
        moved = replace(plan, cells=replace(cells, mu=cells.x @ beta))
        effect, _ = _effects(plan, random)
        truth = population(moved, effect)
        for level, values_of in drawn.items():
            values_of.append(truth.figures(moved, level))
            scatter[level] = scatter[level] + scatter_of(moved, level, truth) / replicates
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


def _known(plan: BootstrapPlan, transformed: Floats) -> Known | None:
    """The rows that stand for themselves, with the welfare that was drawn for them."""
    return None if plan.known is None else plan.known.having(plan.fitted.how.back(transformed))


def _squared(
    plan: BootstrapPlan,
    scatter: Floats | None,
    effect: Floats,
    known: Known | None,
    model: Fitted,
    apart: tuple[Floats, Floats],
) -> dict[str, Floats]:
    """Squared errors of one replicate, with the variance of its population."""
    cells, places, wanted = plan.cells, plan.places, plan.wanted
    assert cells.x is not None
    moments = moments_of(wanted)
    truth = (
        wild_population(plan, effect, _residuals(plan), known)
        if plan.kind == "wild"
        else population(plan, effect, known, scatter)
    )
    # the band's own variance moves with the scale that the replicate's parameter chose
    scale = model.sigma2_e / plan.fitted.sigma2_e if model.how is not plan.fitted.how else 1.0
    inner = cells.var * scale + (cells.scatter if cells.scatter is not None else 0.0)
    moved = replace(cells, mu=cells.x @ model.beta, var=inner)
    given = model.over(plan.match)
    sums = place_sums(moved, places, given, moments, plan.line)
    if known is not None:
        sums = sums + known.sums(len(sums), moments, plan.line)
    found, right = {}, {}
    for level in places.domains:
        shape = shapes_with(wanted, moved, places, level, given, known, effects=EFFECTS)
        found[level] = values(wanted, places, level, sums, shape)
        right[level] = truth.figures(plan, level)
    if plan.totals is not None:
        aims = plan.totals.world(places, right, found, apart)
        found = {
            level: plan.totals.moved(wanted, places, level, one, aims)
            for level, one in found.items()
        }
    return {
        level: (found[level] - right[level]) ** 2 + scatter_of(plan, level, truth)
        for level in places.domains
    }
