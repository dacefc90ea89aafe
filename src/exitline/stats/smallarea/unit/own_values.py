"""Figures of areas some of whose households are known: the sample's, which stand for themselves.

Sums add. Quantiles and Gini coefficients are those of both kinds of households together: the ones
that are predicted, as a mixture of normal variables, and the ones that are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.smallarea.unit.figures import mixture, moments_of, shapes, values
from exitline.stats.smallarea.unit.predict import place_sums
from exitline.stats.smallarea.unit.shape import (
    Mixture,
    WelfareGrid,
    gini,
    gini_variance,
    quantile,
    quantile_variance,
)
from exitline.stats.smallarea.unit.transform import Transform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.expected import Moment
    from exitline.stats.smallarea.unit.figures import AreaIndicator
    from exitline.stats.smallarea.unit.predict import Predictor


_AS_IT_IS = Transform("none")
LEAST = 1e-6
"""How far a known household is spread at least, in standard deviations of the errors."""
EFFECTS = 15
"""Values of an area's effect over which figures are averaged."""


@dataclass(frozen=True)
class Known:
    """Rows whose welfare is known: they stand for themselves.

    Attributes
    ----------
    place : int array, shape (rows,)
    weight, y : float array, shape (rows,)
    row : int array, shape (rows,), optional
        Which row of the sample each is; all of them, in order, unless given.
    """

    place: NDArray[np.int64]
    weight: Floats
    y: Floats
    row: NDArray[np.int64] | None = None

    def sums(self, size: int, moments: Sequence[Moment], line: float) -> Floats:
        """Weighted sums of their moments by place."""
        parts = [
            np.bincount(self.place, self.weight * one.of(self.y, line), minlength=size)
            for one in moments
        ]
        return np.column_stack(parts) if parts else np.zeros((size, 0))

    def having(self, welfare: Floats) -> Known:
        """The same rows with the welfare that a replicate's sample has."""
        return replace(self, y=welfare if self.row is None else welfare[self.row])


def predicted(
    wanted: Sequence[AreaIndicator],
    cells: CensusCells,
    places: Places,
    given: Predictor,
    line: float,
    known: Known | None = None,
) -> dict[str, Floats]:
    """The indicators of every domain of every level.

    Returns
    -------
    dict of str to float array, shape (domains, indicators)
    """
    moments = moments_of(wanted)
    sums = place_sums(cells, places, given, moments, line)
    if known is not None:
        sums = sums + known.sums(len(sums), moments, line)
    return {
        level: values(
            wanted, places, level, sums, shapes_with(wanted, cells, places, level, given, known)
        )
        for level in places.domains
    }


def shapes_with(
    wanted: Sequence[AreaIndicator],
    cells: CensusCells,
    places: Places,
    level: str,
    given: Predictor,
    known: Known | None,
    *,
    drawn: bool = False,
    effects: int = EFFECTS,
) -> list[Floats]:
    """Quantiles and Gini coefficients of the domains of a level.

    Parameters
    ----------
    wanted : sequence of AreaIndicator
        Of which those that are no sums are answered.
    cells : CensusCells
        Of the households that are predicted.
    places : Places
    level : str
    given : Predictor
    known : Known or None
        Households whose welfare is known.
    drawn : bool
        Whether the area effects are known, as in a replicate's own population.
    effects : int
        Values of an area's effect over which figures are averaged.
    """
    if known is None:
        return shapes(wanted, cells, places, level, given, drawn=drawn)
    needed = [one.p for one in wanted if one.moment is None]
    if not needed:
        return []
    of, own = mixture(cells, places, level, given, drawn=drawn)
    domain = places.domain[level][known.place]
    sd = np.sqrt(of.effect_var)
    found = [np.zeros(of.size) for _ in needed]
    for node, weight in _effects(effects) if sd.any() else ((0.0, 1.0),):
        here = replace(of, m=of.m + (node * sd)[of.domain], effect_var=np.zeros(of.size))
        for k, p in enumerate(needed):
            one = (
                _gini(here, own, known, domain)
                if np.isnan(p)
                else _quantile(here, own, known, domain, p)
            )
            found[k] += weight * one
    return found


@cache
def _effects(many: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights of a standard normal variable."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(many)
    return tuple(zip(nodes.tolist(), (weights / weights.sum()).tolist(), strict=True))


def shape_variance(
    of: Mixture, own: Floats, p: float, known: Known | None, domain: NDArray[np.int64] | None
) -> Floats:
    """How quantiles, or Gini coefficients where p is NaN, of populations scatter.

    Only the households that are predicted scatter; what they move is the figure of all.

    Parameters
    ----------
    of : Mixture
        Of the households that are predicted, at no effect of the domain.
    own : float array, shape (domains,)
        What a row of these shares with itself.
    p : float
    known : Known or None
    domain : int array or None
        The domain of each known household.
    """
    if known is None or domain is None:
        return gini_variance(of, own) if np.isnan(p) else quantile_variance(of, p, own)
    rest, mine = _totals(of, known, domain)
    share = rest / (rest + mine)
    both = _together(of, known, domain, _width(of, own, 0.5 if np.isnan(p) else p, share))
    if np.isnan(p):
        return gini_variance(of, own * share**2, both)
    return quantile_variance(of, p, own * share**2, both)


def _totals(of: Mixture, known: Known, domain: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Weights of the households that are predicted, and of those that are known."""
    return (
        np.bincount(of.domain, of.weight, minlength=of.size).astype(np.float64),
        np.bincount(domain, known.weight, minlength=of.size).astype(np.float64),
    )


def _quantile(
    of: Mixture, own: Floats, known: Known, domain: NDArray[np.int64], p: float
) -> Floats:
    """The expected p-quantile of both kinds together.

    A known household counts as a narrow normal variable, as wide as the quantile itself
    scatters, so that the steps of the distribution function are evened out as they are on
    average.
    """
    rest, mine = _totals(of, known, domain)
    both = _together(of, known, domain, _width(of, own, p, rest / (rest + mine)))
    squares = np.bincount(domain, known.weight**2, minlength=of.size)
    few = (own * rest**2 + squares) / (rest + mine) ** 2
    return quantile(both, p, few)


def _width(of: Mixture, own: Floats, p: float, share: Floats) -> Floats:
    """How far a quantile of each domain scatters, on the scale of the model."""
    with np.errstate(invalid="ignore", divide="ignore"):
        scatter = np.sqrt(quantile_variance(replace(of, how=_AS_IT_IS), p, own)) * share
    least = LEAST * float(of.s.max())
    return np.asarray(np.where(np.isfinite(scatter) & (scatter > least), scatter, least))


def _together(of: Mixture, known: Known, domain: NDArray[np.int64], width: Floats) -> Mixture:
    """Both kinds of households, the known ones as normal variables of a width."""
    return Mixture(
        of.how, np.concatenate([of.domain, domain]), of.size,
        np.concatenate([of.weight, known.weight]),
        np.concatenate([of.m, of.how.forward(known.y)]),
        np.concatenate([of.s, width[domain]]), np.zeros(of.size),
    )  # fmt: skip


def _gini(of: Mixture, own: Floats, known: Known, domain: NDArray[np.int64]) -> Floats:
    """The Gini coefficient from mean differences within and between both kinds."""
    rest, mine = _totals(of, known, domain)
    grid = WelfareGrid(of)
    mean, _, _ = grid.areas(np.zeros(of.size))
    within = 2.0 * mean * gini(of, own)
    weight = known.weight / np.where(mine > 0, mine, 1.0)[domain]
    average = np.bincount(domain, weight * known.y, minlength=of.size)
    lesser = np.bincount(domain, weight * grid.lesser(known.y, domain), minlength=of.size)
    between = mean + average - 2.0 * lesser
    apart = rest**2 * within + 2.0 * rest * mine * between + mine**2 * _apart(known, domain, mine)
    total = rest + mine
    return np.asarray(apart / total**2 / (2.0 * (rest * mean + mine * average) / total))


def _apart(known: Known, domain: NDArray[np.int64], mine: Floats) -> Floats:
    """How far two known households lie apart on average, by domain."""
    order = np.lexsort((known.y, domain))
    d, y, w = domain[order], known.y[order], known.weight[order]
    below = np.cumsum(w)
    first = np.concatenate([[0.0], np.cumsum(np.bincount(d, w, minlength=len(mine)))])[d]
    rank = below - first - w / 2.0
    sums = np.bincount(d, w * y * (2.0 * rank - mine[d]), minlength=len(mine))
    return np.asarray(2.0 * sums / np.where(mine > 0, mine, 1.0) ** 2)
