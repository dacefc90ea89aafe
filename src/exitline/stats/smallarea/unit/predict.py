"""Empirical best prediction over the cells of a census (Molina and Rao 2010), in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.smallarea.unit.expected import Moment, expected

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.transform import Transform


BLOCK = 1 << 18
"""Cells that are evaluated at a time: a few megabytes."""


@dataclass(frozen=True)
class Predictor:
    """The conditional distribution of areas, given the sample.

    Attributes
    ----------
    how : Transform
    sigma2_e : float
        Variance within areas.
    effect : float array, shape (areas,)
        Predicted area effects, in the order of the census's areas; 0 where none was sampled.
    effect_var : float array, shape (areas,)
        Their conditional variances: s_u^2 (1 - gamma) where sampled, s_u^2 elsewhere.
    """

    how: Transform
    sigma2_e: float
    effect: Floats
    effect_var: Floats


def place_sums(
    cells: CensusCells,
    places: Places,
    given: Predictor,
    moments: Sequence[Moment],
    line: float,
) -> Floats:
    """Weighted sums of expected moments over the rows of each place.

    Parameters
    ----------
    cells : CensusCells
    places : Places
    given : Predictor
    moments : sequence of Moment
    line : float

    Returns
    -------
    float array, shape (places, moments)
    """
    found = np.zeros((len(places.area), len(moments)))
    area = places.area[cells.place]
    for start in range(0, len(area), BLOCK):
        part = slice(start, start + BLOCK)
        here = area[part]
        m = cells.mu[part] + given.effect[here]
        s = np.sqrt(given.sigma2_e + given.effect_var[here] + cells.var[part])
        values = expected(given.how, moments, line, m, s)
        place, weight = cells.place[part], cells.weight[part]
        for k, value in enumerate(values):
            found[:, k] += np.bincount(place, weight * value, minlength=len(found))
    return found
