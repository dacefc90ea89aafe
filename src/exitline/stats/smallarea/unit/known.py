"""Quantiles and Gini coefficients of areas some of whose households stand for themselves.

The sample's own households do not move with the area's effect, the others do. So both figures are
taken at each of a few effects, over the two kinds of households together, and averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.smallarea.unit.figures import mixture
from exitline.stats.smallarea.unit.shape import (
    NODES,
    WEIGHTS,
    Mixture,
    WelfareGrid,
    gini,
    quantile,
    quantile_variance,
)
from exitline.stats.smallarea.unit.transform import Transform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.figures import Known
    from exitline.stats.smallarea.unit.predict import Predictor

    Floats = NDArray[np.float64]

_AS_IT_IS = Transform("none")
LEAST = 1e-6
"""How far a known household is spread at least, in standard deviations of the errors."""


def shapes_with(
    wanted: Sequence[float],
    cells: CensusCells,
    places: Places,
    level: str,
    given: Predictor,
    known: Known,
) -> list[Floats]:
    """Quantiles, and the Gini coefficient where p is NaN, of the domains of a level.

    Parameters
    ----------
    wanted : sequence of float
        The p of each.
    cells : CensusCells
        Of the households that are predicted.
    places : Places
    level : str
    given : Predictor
    known : Known
        Households whose welfare is known.
    """
    of, own = mixture(cells, places, level, given)
    domain = places.domain[level][known.place]
    sd = np.sqrt(of.effect_var)
    found = [np.zeros(of.size) for _ in wanted]
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        here = replace(of, m=of.m + (node * sd)[of.domain], effect_var=np.zeros(of.size))
        for k, p in enumerate(wanted):
            one = (
                _gini(here, own, known, domain)
                if np.isnan(p)
                else _quantile(here, own, known, domain, p)
            )
            found[k] += weight * one
    return found


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
    share = rest / (rest + mine)
    t = of.how.forward(known.y)
    with np.errstate(invalid="ignore", divide="ignore"):
        scatter = np.sqrt(quantile_variance(replace(of, how=_AS_IT_IS), p, own)) * share
    least = LEAST * float(of.s.max())
    width = np.where(np.isfinite(scatter) & (scatter > least), scatter, least)[domain]
    both = Mixture(
        of.how, np.concatenate([of.domain, domain]), of.size,
        np.concatenate([of.weight, known.weight]), np.concatenate([of.m, t]),
        np.concatenate([of.s, width]), np.zeros(of.size),
    )  # fmt: skip
    squares = np.bincount(domain, known.weight**2, minlength=of.size)
    few = (own * rest**2 + squares) / (rest + mine) ** 2
    return quantile(both, p, few)


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
