"""The indicators of a poverty map, and their values from predicted cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import nearest
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.expected import Moment
from exitline.stats.smallarea.unit.predict import place_sums
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
    from exitline.stats.smallarea.unit.predict import Predictor

    Floats = NDArray[np.float64]

NAMES = (
    "mean", "total", "headcount", "poor_count", "poverty_gap", "severity", "fgt(alpha)", "watts",
    "median", "quantile(p)", "gini",
)  # fmt: skip
_SMOOTH = {
    "mean": Moment("mean"), "total": Moment("mean"), "headcount": Moment("gap", 0.0),
    "poor_count": Moment("gap", 0.0), "poverty_gap": Moment("gap", 1.0),
    "severity": Moment("gap", 2.0), "watts": Moment("watts"),
}  # fmt: skip
_SUMS = ("total", "poor_count")
_CALL = re.compile(r"(fgt|quantile)\((?:alpha=|p=)?([0-9.]+)\)")


@dataclass(frozen=True)
class AreaIndicator:
    """One figure of every area.

    Attributes
    ----------
    name : str
    moment : Moment or None
        What is summed over the rows; None for quantiles and the Gini coefficient.
    p : float
        Of a quantile; NaN for the Gini coefficient.
    summed : bool
        Whether the figure is the sum over the area, not its mean.
    """

    name: str
    moment: Moment | None
    p: float = float("nan")
    summed: bool = False

    @property
    def share(self) -> bool:
        """Whether the figure lies between 0 and 1."""
        return self.name == "gini" or (
            self.moment is not None and self.moment.kind == "gap" and not self.summed
        )

    @property
    def needs_line(self) -> bool:
        """Whether it depends on a poverty line."""
        return self.moment is not None and self.moment.kind != "mean"


def indicators(names: Sequence[str]) -> tuple[AreaIndicator, ...]:
    """The indicators of these names.

    Raises
    ------
    SmallAreaError
        For a name that small area models do not have.

    Examples
    --------
    >>> [one.name for one in indicators(["headcount", "quantile(0.1)"])]
    ['headcount', 'quantile(0.1)']
    """
    return tuple(_indicator(str(name).replace(" ", "")) for name in names)


def _indicator(name: str) -> AreaIndicator:
    if name in _SMOOTH:
        return AreaIndicator(name, _SMOOTH[name], summed=name in _SUMS)
    if name == "gini":
        return AreaIndicator(name, None)
    if name == "median":
        return AreaIndicator(name, None, 0.5)
    found = _CALL.fullmatch(name)
    value = float(found[2]) if found is not None and found[2].count(".") < 2 else -1.0
    if found is not None and found[1] == "fgt" and (value == 0 or 1 <= value <= 20):
        return AreaIndicator(name, Moment("gap", value))
    if found is not None and found[1] == "quantile" and 0 < value < 1:
        return AreaIndicator(name, None, value)
    raise SmallAreaError(
        f"small area models have no measure '{name}'",
        where="measures",
        expected="one of " + ", ".join(NAMES) + "; alpha 0 or 1 to 20, p between 0 and 1",
        got=repr(name),
        remedy=nearest(name, NAMES) or "choose some of these",
    )


@dataclass(frozen=True)
class Known:
    """Rows whose welfare is known: they stand for themselves.

    Attributes
    ----------
    place : int array, shape (rows,)
    weight, y : float array, shape (rows,)
    """

    place: NDArray[np.int64]
    weight: Floats
    y: Floats

    def sums(self, size: int, moments: Sequence[Moment], line: float) -> Floats:
        """Weighted sums of their moments by place."""
        parts = [
            np.bincount(self.place, self.weight * one.of(self.y, line), minlength=size)
            for one in moments
        ]
        return np.column_stack(parts) if parts else np.zeros((size, 0))


def moments_of(wanted: Sequence[AreaIndicator]) -> tuple[Moment, ...]:
    """The moments that the indicators need, each once."""
    return tuple(dict.fromkeys(one.moment for one in wanted if one.moment is not None))


def values(
    wanted: Sequence[AreaIndicator],
    places: Places,
    level: str,
    sums: Floats,
    shapes: Sequence[Floats],
) -> Floats:
    """Each indicator for each domain of a level, from sums over places.

    Parameters
    ----------
    wanted : sequence of AreaIndicator
    places : Places
    level : str
    sums : float array, shape (places, moments)
        In the order of `moments_of`.
    shapes : sequence of float array
        The figures that are no sums, in order.

    Returns
    -------
    float array, shape (domains, indicators)
    """
    moments = moments_of(wanted)
    added = places.sums(level, sums)
    weight = places.sums(level, places.weight)
    other = iter(shapes)
    found = []
    for one in wanted:
        if one.moment is None:
            found.append(next(other))
            continue
        total = added[:, moments.index(one.moment)]
        found.append(total if one.summed else total / np.where(weight > 0, weight, np.nan))
    return np.column_stack(found)


def shapes(
    wanted: Sequence[AreaIndicator],
    cells: CensusCells,
    places: Places,
    level: str,
    given: Predictor,
    *,
    drawn: bool = False,
) -> list[Floats]:
    """Quantiles and Gini coefficients of the domains of a level.

    Parameters
    ----------
    wanted : sequence of AreaIndicator
    cells : CensusCells
    places : Places
    level : str
    given : Predictor
    drawn : bool
        Whether the area effects are known, as in a replicate's own population.
    """
    needed = [one for one in wanted if one.moment is None]
    if not needed:
        return []
    of, own = mixture(cells, places, level, given, drawn=drawn)
    return [gini(of, own) if np.isnan(one.p) else quantile(of, one.p, own) for one in needed]


def mixture(
    cells: CensusCells, places: Places, level: str, given: Predictor, *, drawn: bool = False
) -> tuple[Mixture, Floats]:
    """The domains of a level as mixtures, and what a row shares with itself."""
    area, domain = places.area[cells.place], places.domain[level][cells.place]
    size = len(places.domains[level])
    effect_var = np.zeros_like(given.effect_var) if drawn else given.effect_var
    alone, first = _one_area(places, level)
    inner = np.where(alone[domain], 0.0, effect_var[area])
    m = cells.mu + given.effect[area]
    s = np.sqrt(given.sigma2_e + cells.var + inner)
    of = Mixture(
        given.how, domain, size, cells.weight, m, s, np.where(alone, effect_var[first], 0.0)
    )
    total = np.bincount(domain, cells.weight, minlength=size)
    own = np.bincount(domain, cells.squares, minlength=size) / np.where(total > 0, total, 1.0) ** 2
    return of, own


def _one_area(places: Places, level: str) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether each domain lies within one area of the model, and which."""
    size = len(places.domains[level])
    least = np.full(size, len(places.areas), dtype=np.int64)
    most = np.zeros(size, dtype=np.int64)
    np.minimum.at(least, places.domain[level], places.area)
    np.maximum.at(most, places.domain[level], places.area)
    return least == most, np.minimum(least, len(places.areas) - 1)


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
    if known is None:
        return {
            level: values(wanted, places, level, sums, shapes(wanted, cells, places, level, given))
            for level in places.domains
        }

    own = [one.p for one in wanted if one.moment is None]
    return {
        level: values(
            wanted, places, level, sums, shapes_with(own, cells, places, level, given, known)
        )
        for level in places.domains
    }


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
