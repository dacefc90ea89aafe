"""Estimates on a map, from a notebook: `xl.map`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.model_maps import Mapped, modelled

if TYPE_CHECKING:
    from exitline.publish.maps.draw import MapDrawing
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates


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
