"""Populations of a bootstrap's replicates: what is expected of them, and how far they scatter.

Given the effects of its areas, and the households that are known, a population's figures have an
expected value and a variance in closed form, so that no population is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.stats.smallarea.unit.expected import Moment, expected
from exitline.stats.smallarea.unit.figures import mixture, moments_of, values
from exitline.stats.smallarea.unit.own_values import Known, shape_variance, shapes_with
from exitline.stats.smallarea.unit.predict import BLOCK, Predictor

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.figures import AreaIndicator
    from exitline.stats.smallarea.unit.model import AreaMatch, Fitted
    from exitline.stats.smallarea.unit.sample import UnitSample
    from exitline.stats.smallarea.unit.totals import BenchmarkTotals


Kind = Literal["parametric", "wild"]
LEAST_EFFECTS, MOST_EFFECTS = 9, 41
"""Values of an area's effect over which the scatter of populations is averaged."""


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
    known : Known or None
        Rows of the sample that stand for themselves: in every replicate as they are drawn there.
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
    known: Known | None = None


@dataclass(frozen=True)
class ReplicatePopulation:
    """A replicate's population.

    Attributes
    ----------
    sums : float array, shape (places, moments)
        What is expected of its sums.
    shapes : dict of str to list of float array
        Of its quantiles and Gini coefficients, by level.
    scatter : float array, shape (places, moments)
        Variances of its sums.
    effects : Predictor
        Its area effects.
    known : Known or None
    """

    sums: Floats
    shapes: dict[str, list[Floats]]
    scatter: Floats
    effects: Predictor
    known: Known | None = None

    def figures(self, plan: BootstrapPlan, level: str) -> Floats:
        """What is expected of each indicator of each domain of a level."""
        return values(plan.wanted, plan.places, level, self.sums, self.shapes[level])


def population(
    plan: BootstrapPlan,
    effect: Floats,
    known: Known | None = None,
    scatter: Floats | None = None,
) -> ReplicatePopulation:
    """A population with normal errors, given its area effects.

    Parameters
    ----------
    plan : BootstrapPlan
    effect : float array, shape (areas,)
    known : Known, optional
        Rows whose welfare is known.
    scatter : float array, optional
        Of its sums, where that of these very effects does not matter.
    """
    given = _as_they_are(plan, effect)
    sums, own = _sums(plan, given, scattered=scatter is None)
    return _completed(plan, given, sums, own if scatter is None else scatter, known)


def wild_population(
    plan: BootstrapPlan, effect: Floats, residuals: Floats, known: Known | None = None
) -> ReplicatePopulation:
    """A population whose errors are residuals of the nearest fitted values, signs at random.

    Parameters
    ----------
    plan : BootstrapPlan
    effect : float array, shape (areas,)
    residuals : float array, shape (rows of the sample,)
    known : Known, optional
    """
    cells, places, how = plan.cells, plan.places, plan.fitted.how
    fitted = plan.sample.x @ plan.fitted.beta + plan.fitted.effects[plan.sample.area]
    order = np.argsort(fitted)
    size = np.abs(residuals)[order]
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
    return _completed(plan, _as_they_are(plan, effect), sums, scatter, known)


def average_scatter(plan: BootstrapPlan) -> Floats:
    """Variances of the sums of populations, averaged over the effects of areas.

    By Gauss and Hermite's rule, with more nodes where areas differ more than households do.

    Parameters
    ----------
    plan : BootstrapPlan

    Returns
    -------
    float array, shape (places, moments)
    """
    sd = float(np.sqrt(plan.fitted.sigma2_u + plan.fitted.sigma2_v))
    wide = LEAST_EFFECTS + 8.0 * sd / np.sqrt(plan.fitted.sigma2_e)
    nodes, weights = np.polynomial.hermite_e.hermegauss(min(int(wide), MOST_EFFECTS))
    areas = np.ones(len(plan.match.area))
    return np.asarray(sum(
        weight * _sums(plan, _as_they_are(plan, node * sd * areas), scattered=True)[1]
        for node, weight in zip(nodes, weights / weights.sum(), strict=True)
    ))  # fmt: skip


def scatter_of(plan: BootstrapPlan, level: str, truth: ReplicatePopulation) -> Floats:
    """Variances of the indicators of a population, given its area effects.

    Parameters
    ----------
    plan : BootstrapPlan
    level : str
    truth : ReplicatePopulation

    Returns
    -------
    float array, shape (domains, indicators)
    """
    places, wanted = plan.places, plan.wanted
    moments: tuple[Moment, ...] = moments_of(wanted)
    added = places.sums(level, truth.scatter)
    weight = places.sums(level, places.weight)
    found = np.zeros((len(places.domains[level]), len(wanted)))
    for k, one in enumerate(wanted):
        if one.moment is not None:
            var = added[:, moments.index(one.moment)]
            found[:, k] = var if one.summed else var / np.where(weight > 0, weight, np.nan) ** 2
    shaped = [k for k, one in enumerate(wanted) if one.moment is None]
    if shaped:
        of, own = mixture(plan.cells, places, level, truth.effects, drawn=True)
        domain = None if truth.known is None else places.domain[level][truth.known.place]
        for k in shaped:
            found[:, k] = shape_variance(of, own, wanted[k].p, truth.known, domain)
    return found


def _as_they_are(plan: BootstrapPlan, effect: Floats) -> Predictor:
    """Area effects that are known."""
    return Predictor(plan.fitted.how, plan.fitted.sigma2_e, effect, np.zeros_like(effect))


def _completed(
    plan: BootstrapPlan, given: Predictor, sums: Floats, scatter: Floats, known: Known | None
) -> ReplicatePopulation:
    """A population with the households that are known, and figures that are no sums."""
    if known is not None:
        sums = sums + known.sums(len(sums), moments_of(plan.wanted), plan.line)
    shapes = {
        level: shapes_with(plan.wanted, plan.cells, plan.places, level, given, known, drawn=True)
        for level in plan.places.domains
    }
    return ReplicatePopulation(sums, shapes, scatter, given, known)


def _sums(plan: BootstrapPlan, given: Predictor, *, scattered: bool) -> tuple[Floats, Floats]:
    """Expected sums of the rows that are predicted; and their variances, where asked for."""
    cells, places = plan.cells, plan.places
    moments = moments_of(plan.wanted)
    squared = tuple(one.squared for one in moments) if scattered else ()
    every = tuple(dict.fromkeys([*moments, *squared]))
    sums = np.zeros((len(places.area), len(moments)))
    scatter = np.zeros_like(sums)
    area = places.area[cells.place]
    for start in range(0, len(area), BLOCK):
        part = slice(start, start + BLOCK)
        m = cells.mu[part] + given.effect[area[part]]
        s = np.sqrt(given.sigma2_e + cells.var[part])
        found = dict(zip(every, expected(given.how, every, plan.line, m, s), strict=True))
        place = cells.place[part]
        for k, one in enumerate(moments):
            value = found[one]
            sums[:, k] += np.bincount(place, cells.weight[part] * value, minlength=len(sums))
            if scattered:
                var = np.maximum(found[one.squared] - value**2, 0.0)
                scatter[:, k] += np.bincount(place, cells.squares[part] * var, minlength=len(sums))
    return sums, scatter
