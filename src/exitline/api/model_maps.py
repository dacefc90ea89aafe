"""Figures of small area models on a map, for `xl.map`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from exitline.publish.maps.model import MapFigure
    from exitline.stats.smallarea.figures import AreaFigures


class Mapped(NamedTuple):
    """Figures that are to be drawn: how they are placed on shapes, and what is said of them."""

    areas: list[str]
    figures: Callable[[Mapping[str, str], float | None], tuple[list[MapFigure], float | None, str]]
    named: str
    line: str
    by: str
    unit: str
    level: float
    what: str = "Estimate"
    kind: str = ""
    undecided: str = ""


def modelled(found: Any, asked: Mapping[str, str | None]) -> Mapped:
    """A model's figures, as `exitline.api.mapping` draws them.

    Parameters
    ----------
    found : AreaModel, UnitModel, Modelled or AreaFigures
    asked : mapping
        "by", "measure", "line": which figures.

    Raises
    ------
    SmallAreaError
        Where there are none such.
    """
    from exitline.publish.maps.figures import figures_of_model

    by, figures = _chosen(found, asked)
    named, unit = _named(figures)
    return Mapped(
        list(figures.areas),
        lambda shapes, threshold: (
            figures_of_model(figures, shapes), threshold, "" if threshold is None else "threshold",
        ),
        named, figures.line, by, unit, figures.level, "Model, not a measurement",
        ": a model's figures", "hatched: the model cannot speak for it",
    )  # fmt: skip


def _chosen(found: Any, asked: Mapping[str, str | None]) -> tuple[str, AreaFigures]:
    """The figures that are drawn, and the column of their areas."""
    from exitline.stats.smallarea.errors import SmallAreaError

    every = _all_figures(found)
    fits = [
        (by, one) for by, one in every
        if asked["by"] in (None, by) and asked["measure"] in (None, one.measure)
        and asked["line"] in (None, one.line)
    ]  # fmt: skip
    if not fits:
        known = ", ".join(f"{one.measure} by {by}" if by else one.measure for by, one in every)
        raise SmallAreaError(
            "no figures of a model are to be drawn", where="the map",
            expected=known or "estimates, a run or a model of small areas",
            got=", ".join(f"{k}={v!r}" for k, v in asked.items() if v) or type(found).__name__,
            remedy="name one of these",
        )  # fmt: skip
    return fits[0]


def _all_figures(found: Any) -> list[tuple[str, AreaFigures]]:
    """Every set of figures of a model with the column of its areas, as far as it is known."""
    from exitline.stats.smallarea.figures import AreaFigures

    if isinstance(found, AreaFigures):
        return [(found.by, found)]
    if hasattr(found, "levels"):
        return [(level.by, one) for level in found.levels for one in level.figures]
    figures = getattr(found, "figures", ())
    if isinstance(figures, AreaFigures):
        return [(figures.by, figures)]
    return [(one.by or getattr(found, "area", ""), one) for one in figures]


def _named(found: AreaFigures) -> tuple[str, str]:
    """What a measure is called, and its unit."""
    from exitline.errors import MeasureError
    from exitline.stats.measure.catalogue import named

    try:
        one = named(found.measure)
    except MeasureError:
        return found.measure, "share" if found.share else "number"
    return one.label, "share" if found.share else one.unit
