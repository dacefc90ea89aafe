"""Estimates, and figures of small area models, on a map: `xl.map` in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from exitline.publish.maps.draw import MapDrawing
    from exitline.publish.maps.model import MapFigure
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.smallarea.figures import AreaFigures


def map(
    found: Any,
    boundaries: str | Path,
    key: str,
    *,
    by: str | None = None,
    measure: str | None = None,
    line: str | None = None,
    threshold: float | None = None,
    names: Mapping[str, str] | None = None,
    source: str = "",
    paired: bool = True,
) -> MapDrawing:
    """Estimates by area on one's own boundaries, and beside them how sure they are.

    Parameters
    ----------
    found : Estimates or Run, or a model of small areas
        Of a run, what may be published. Of a model, its figures: areas that it cannot speak for
        are hatched.
    boundaries : path
        GeoJSON or TopoJSON in longitude and latitude; GeoPackage and Shapefile, too (extra
        ``maps``). exitline draws no boundaries of its own.
    key : str
        The property that names each shape.
    by : str, optional
        The set of areas; the only one unless given.
    measure, line : str, optional
        Which figure; the first unless given.
    threshold : float, optional
        An edge of the classes: areas whose interval holds it are hatched, since one cannot tell
        on which side they lie. Unless given, for shares the figure of all together; hatched are
        then the areas that do not stand apart from it, as in the report.
    names : mapping of str to str, optional
        From areas to shapes that are called otherwise; accents and case need none.
    source : str
        Who drew the boundaries and under which terms: it stands under the map.
    paired : bool
        Whether to draw the width of the intervals beside.

    Returns
    -------
    MapDrawing
        Shown as it is in a notebook; ``save`` writes SVG or PNG; ``notes`` say what does not match.

    Raises
    ------
    MapError, MeasureError
        For boundaries that cannot be used, areas of which none matches, or no such figure.

    Examples
    --------
    >>> import exitline as xl
    >>> rates = xl.estimate("examples/albania-2012/lival.parquet", "headcount", welfare="rcons",
    ...                     line=4891, design=xl.Design(weight="weight", psu="psu", strata="strat"),
    ...                     by="prefectu")
    >>> drawn = xl.map(rates, "examples/albania-2012/prefectures.geojson", "shapeName",
    ...                source="geoBoundaries, public domain")
    >>> drawn.notes
    ()
    """
    from exitline.publish.maps.boundaries import read_boundaries
    from exitline.publish.maps.draw import map_of
    from exitline.publish.maps.joined import joined
    from exitline.publish.maps.model import MapText

    asked = {"by": by, "measure": measure, "line": line}
    if hasattr(found, "published") or hasattr(found, "blocks"):
        one = _estimated(found, asked)
    else:
        one = modelled(found, asked)
    drawn = read_boundaries(boundaries, key, source)
    match = joined(one.areas, drawn, names, where=boundaries)
    figures, pivot, kind = one.figures(match.shape, threshold)
    said = {"threshold": "bold: the threshold", "all": "bold: all together", "": ""}[kind]
    at, areas = f", line {one.line}" if one.line else "", f", by {one.by}" if one.by else ""
    text = MapText(
        f"{one.named[:1].upper()}{one.named[1:]}{at}{areas}{one.kind}",
        f"{one.what}, {100 * one.level:g} % intervals when pointed at", said,
        f"Boundaries: {source or drawn.file}. Equal-area projection.",
        undecided=one.undecided or MapText.undecided, notes=match.notes,
    )  # fmt: skip
    return map_of(figures, list(drawn.shapes.items()), one.unit, text, pivot=pivot, paired=paired)


def _estimated(found: Any, asked: Mapping[str, str | None]) -> Mapped:
    """Of a run, what may be published; or estimates as they are."""
    from exitline.publish.maps.figures import figures_of
    from exitline.stats.infer.shown import unit_of

    estimates: Estimates = found.published.estimates if hasattr(found, "published") else found
    block = _block(estimates, **asked)
    labels = list(block.rows.labels)
    return Mapped(
        labels, partial(figures_of, estimates, block, labels), block.label or block.measure,
        block.line, block.by, unit_of(block), estimates.level,
    )  # fmt: skip


def _block(found: Estimates, by: str | None, measure: str | None, line: str | None) -> Block:
    """The one set of figures that is drawn."""
    from exitline.errors import MeasureError

    fits = [
        block for block in found.blocks
        if block.by and by in (None, block.by) and measure in (None, block.measure)
        and line in (None, block.line)
    ]  # fmt: skip
    sets = {block.by for block in fits}
    if len(sets) != 1:
        known = sorted({block.by for block in found.blocks if block.by})
        raise MeasureError(
            "no single set of areas is to be drawn",
            expected="one of " + (", ".join(known) or "none"), got=f"{len(sets)} that fit",
            remedy="name it: by=" if known else "estimate by areas",
        )  # fmt: skip
    return fits[0]


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
