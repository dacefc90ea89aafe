"""The map of a set of areas: its figures, and how sure they are, on the study's boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.maps.boundaries import boundaries_of, can_draw
from exitline.publish.maps.draw import panels
from exitline.publish.maps.figures import figures_of, figures_of_model
from exitline.publish.maps.joined import joined
from exitline.publish.maps.model import MapText
from exitline.publish.report import blocks as b

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.stats.infer.blocks import Block
    from exitline.stats.smallarea.figures import AreaFigures


@dataclass(frozen=True)
class ReportMap:
    """A map in the report.

    Attributes
    ----------
    panels : tuple of str
        SVG: the figures, and the width of their intervals.
    source : str
    notes : tuple of str
        What does not match.
    """

    panels: tuple[str, ...]
    source: str
    notes: tuple[str, ...]


def map_of(content: ReportInput, block: Block, threshold: float | None) -> ReportMap | None:
    """The map of a measure, where the study names boundaries for its areas.

    Parameters
    ----------
    content : ReportInput
    block : Block
        As it may be published.
    threshold : float or None
        Of an exit rule; the figure of all together unless there is one.
    """
    named = content.study.boundaries.get(block.by)
    if named is None:
        return None
    if not can_draw():
        return _not_drawn(content)
    t, unit = content.t, b.naming(content, block.measure).unit
    shapes = boundaries_of(named.file, named.key)
    labels = block.rows.labels
    match = joined(labels, shapes, named.names, where=named.file)
    figures, pivot, kind = figures_of(content.estimates, block, labels, match.shape, threshold)
    named_edge = {"threshold": t("bold: the threshold"), "all": t("bold: all together"), "": ""}
    text = MapText(
        "", t("Estimate by area"), named_edge[kind], width=t("Width of the interval: how sure"),
        undecided=t("hatched: cannot tell on which side"),
    )  # fmt: skip
    source = t(
        "Boundaries: {source}. Equal-area projection.", source=named.source or named.file.name
    )
    drawn = panels(figures, list(shapes.shapes.items()), unit, text, pivot=pivot)
    return ReportMap(drawn, source, tuple(t.of(note) for note in match.notes))


def model_map_of(content: ReportInput, by: str, found: AreaFigures, unit: str) -> ReportMap | None:
    """The map of a model's figures, where the study names boundaries for its areas.

    Parameters
    ----------
    content : ReportInput
    by : str
        The column of the areas.
    found : AreaFigures
    unit : str
    """
    named = content.study.boundaries.get(by)
    if named is None:
        return None
    if not can_draw():
        return _not_drawn(content)
    t = content.t
    shapes = boundaries_of(named.file, named.key)
    match = joined(list(found.areas), shapes, named.names, where=named.file)
    text = MapText(
        "", t("The model's figure by area, not a measurement"),
        width=t("Width of the interval: how sure"),
        undecided=t("hatched: the model cannot speak for it"),
    )  # fmt: skip
    source = t(
        "Boundaries: {source}. Equal-area projection.", source=named.source or named.file.name
    )
    figures = figures_of_model(found, match.shape)
    drawn = panels(figures, list(shapes.shapes.items()), unit, text)
    return ReportMap(drawn, source, tuple(t.of(note) for note in match.notes))


def _not_drawn(content: ReportInput) -> ReportMap:
    """What stands in the place of a map where the extra is missing: the figures need no map."""
    said = content.t("The map is not drawn: the extra 'maps' is not installed")
    return ReportMap((), "", (said,))
