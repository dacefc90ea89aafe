"""The indicators of a poverty map, and their values from predicted cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import nearest
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.expected import Moment
from exitline.stats.smallarea.unit.shape import Mixture, gini, quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.cells import CensusCells, Places
    from exitline.stats.smallarea.unit.predict import Predictor


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
