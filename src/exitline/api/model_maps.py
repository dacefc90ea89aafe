"""Figures of small area models on a map, for `xl.map`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.publish.maps.draw import MapDrawing
    from exitline.stats.smallarea.figures import AreaFigures


def model_map(
    found: Any,
    boundaries: str | Path,
    key: str,
    asked: Mapping[str, str | None],
    threshold: float | None = None,
    *,
    names: Mapping[str, str] | None = None,
    source: str = "",
    paired: bool = True,
) -> MapDrawing:
    """A model's figures on boundaries, and beside them how sure they are.

    Parameters
    ----------
    found : AreaModel, UnitModel, Modelled or AreaFigures
    boundaries : path
    key : str
    asked : mapping
        "by", "measure", "line": which figures.
    threshold : float, optional
        An edge of the classes.
    names : mapping of str to str, optional
    source : str
    paired : bool

    Raises
    ------
    MapError, SmallAreaError
    """
    from exitline.publish.maps.boundaries import read_boundaries
    from exitline.publish.maps.draw import MapText, map_of
    from exitline.publish.maps.figures import figures_of_model
    from exitline.publish.maps.joined import joined

    by, figures = _chosen(found, asked)
    drawn = read_boundaries(boundaries, key, source)
    match = joined(list(figures.areas), drawn.shapes, names)
    named, unit = _named(figures)
    at = f", line {figures.line}" if figures.line else ""
    areas = f", by {by}" if by else ""
    text = MapText(
        f"{named[:1].upper()}{named[1:]}{at}{areas}: a model's figures",
        f"Model, not a measurement; {100 * figures.level:g} % intervals when pointed at",
        "" if threshold is None else "bold: the threshold",
        f"Boundaries: {source or drawn.file}. Equal-area projection.",
        undecided="hatched: the model cannot speak for it", notes=match.notes,
    )  # fmt: skip
    return map_of(
        figures_of_model(figures, match.shape), list(drawn.shapes.items()), unit, text,
        pivot=threshold, paired=paired,
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
