"""What a page says of a plan, or of the works of a folder: sections, tables, points of maps.

A map of points: where people are served, where not, what works, what is chosen.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.foreign import visible
from exitline.publish.maps.draw import MapDrawing
from exitline.publish.maps.errors import MapError
from exitline.publish.maps.projection import equal_area
from exitline.publish.report.findings.sections import FoundPage, PageSection
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import rounded
from exitline.words.shown.result import of_frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.exits.works.covered import VillageCoverage
    from exitline.exits.works.gaps import VillageGaps
    from exitline.exits.works.plan import WorksPlan
    from exitline.publish.maps.boundaries import Boundaries

    Floats = NDArray[np.float64]


SERVED, OPEN, WORKS, BROKEN, CHOSEN = "#b9d3e6", "#ef8f4b", "#0072b2", "#9c1f1f", "#007a52"


def map_of_plan(
    plan: WorksPlan, boundaries: Boundaries | None = None, source: str = "", t: Language = ENGLISH
) -> MapDrawing:
    """Where people are served, will be, and will not be; and the works that were chosen.

    Parameters
    ----------
    plan : WorksPlan
    boundaries : Boundaries, optional
    source : str
        Of the boundaries.
    t : Language

    Raises
    ------
    MapError
        Where nothing has coordinates.
    """
    problem, after = plan.problem, plan.chosen.served
    place = np.empty((0, 2)) if plan.place_at is None else plan.place_at
    works = np.empty((0, 2)) if plan.candidate_at is None else plan.candidate_at[plan.chosen.works]
    lived = problem.weight > 0  # a village that is served by list has parts without anybody
    new = after & ~problem.served & lived

    def once(kept: Any) -> Any:
        """Where they live; a village of several parts is one point."""
        return np.unique(place[kept], axis=0) if problem.unit is not None else place[kept]

    layers = (
        PointLayer(t("served today"), once(problem.served & lived), SERVED, 3),
        PointLayer(t("served by no work of the plan"), once(~after & lived), OPEN, 3),
        PointLayer(t("served by the plan"), once(new), WORKS, 3),
        PointLayer(t("works of the plan"), works, CHOSEN, 6),
    )
    return point_map(layers, t("Who the plan serves"), boundaries, source)


def plan_sections(
    plan: WorksPlan, boundaries: Boundaries | None = None, source: str = "", t: Language = ENGLISH
) -> tuple[PageSection, ...]:
    """The sections of a plan's page.

    Parameters
    ----------
    plan : WorksPlan
    boundaries, source, t
        As in `map_of_plan`.
    """
    people, spent = rounded(plan.people, 0), rounded(plan.spent, 0)
    lead = t.plural("{n} work serves {people} more people for {cost}.",
                    "{n} works serve {people} more people for {cost}.", plan.chosen.works.size,
                    people=people, cost=spent)  # fmt: skip
    sure = (
        t("No other choice serves more for this money.")
        if plan.gap < 5e-5
        else t("No choice serves more than {gap} % above this one.", gap=rounded(100 * plan.gap, 2))
    )
    found = [PageSection(t("What the plan gives"), f"{lead} {sure}",
                          drawing=_svg(_drawn(plan, boundaries, source, t)))]  # fmt: skip
    found += [
        PageSection(t("Which works"), table=plan.readable()),
        PageSection(
            t("What other ways to choose would give"),
            t("For the same money in the first year."), of_frame(plan.compared()),
        ),
    ]  # fmt: skip
    areas = plan.by_area()
    if len(areas) > 1:
        gained = areas[areas["after"] > areas["before"]]
        found.append(PageSection(t("Where shares rise"), table=of_frame(gained)))
    return tuple(found)


def _drawn(
    plan: WorksPlan, boundaries: Boundaries | None, source: str, t: Language
) -> MapDrawing | None:
    """The map, where anything has coordinates."""
    at = [one for one in (plan.place_at, plan.candidate_at) if one is not None]
    if not any((~np.isnan(one)).any() for one in at):
        return None
    return map_of_plan(plan, boundaries, source, t)


def map_of_coverage(
    found: VillageCoverage, boundaries: Boundaries | None = None, source: str = "",
    t: Language = ENGLISH,
) -> MapDrawing:  # fmt: skip
    """Where people are served and where not, which assets work and which are broken.

    Parameters
    ----------
    found : VillageCoverage
    boundaries, source, t
        As in `map_of_plan`.

    Raises
    ------
    MapError
        Where nothing has coordinates.
    """
    served, unserved = [np.empty((0, 2))], [np.empty((0, 2))]
    for name, one in found.serving.items():
        at, there = _at(one.place), one.served(one.works_now) > 0
        if one.listed:  # villages by whether they meet it
            there = (found.table["outcome"][found.table["criterion"] == name] == "met").to_numpy()
        served.append(at[there])
        unserved.append(at[~there])
    assets = found.assets
    at = _at(assets)
    works = assets["state"].isin(["functional", "partly"]).to_numpy()
    broken = (assets["state"] != "").to_numpy() & ~works
    layers = (
        PointLayer(t("served today"), np.concatenate(served), SERVED, 3),
        PointLayer(t("not served"), np.concatenate(unserved), OPEN, 3),
        PointLayer(t("assets that work"), at[works], WORKS, 4),
        PointLayer(t("broken assets"), at[broken], BROKEN, 4),
    )
    return point_map(layers, t("Who is served today"), boundaries, source)


def _at(frame: pd.DataFrame) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return frame[["latitude", "longitude"]].to_numpy(np.float64)


def works_sections(
    found: VillageCoverage, lacking: VillageGaps, findings: pd.DataFrame,
    boundaries: Boundaries | None = None, source: str = "", t: Language = ENGLISH,
) -> tuple[PageSection, ...]:  # fmt: skip
    """The sections of the page of a folder of works.

    Parameters
    ----------
    found : VillageCoverage
    lacking : VillageGaps
    findings : pandas.DataFrame
        Checks with how many findings each has.
    boundaries, source, t
        As in `map_of_plan`.
    """
    known = any((~np.isnan(_at(one))).any() for one in (
        found.assets, *(one.place for one in found.serving.values())))  # fmt: skip
    drawing = map_of_coverage(found, boundaries, source, t) if known else None
    counts = found.counts()
    lost = int(counts["would_lose"].sum())
    lead = t.plural(
        "{n} criterion of a village is lost unless broken assets are repaired.",
        "{n} criteria of villages are lost unless broken assets are repaired.",
        lost,
    )
    failing = findings[findings["findings"] > 0]
    return (
        PageSection(t("Which villages meet their criteria"), lead, of_frame(counts), _svg(drawing)),
        PageSection(t("Because of which works"), table=of_frame(found.works())),
        PageSection(t("What is lacking, by area"), table=of_frame(lacking.by_area())),
        PageSection(t("Village by village"), table=lacking.readable()),
        PageSection(t("What checks found"), table=of_frame(failing)),
    )


def _svg(drawing: MapDrawing | None) -> str:
    """A map for a page; "" where nothing has coordinates."""
    return "" if drawing is None else drawing.svg


def works_page(
    title: str, under: str, sections: Sequence[PageSection], notes: Sequence[str],
    t: Language = ENGLISH,
) -> FoundPage:  # fmt: skip
    """A plan, or the works of a folder, as a page.

    Parameters
    ----------
    title, under : str
    sections : sequence of PageSection
    notes : sequence of str
        What was left out, and what a reader must know.
    t : Language
    """
    return FoundPage(t("Works"), title, under, sections=tuple(sections), notes=tuple(notes))


WIDE, TALLEST, MARGIN = 520.0, 560.0, 12.0
"""So wide that letters can be read where the picture is as wide as a phone."""
LETTERS = ('class="{name}" font-family="system-ui, Noto Sans, Noto Sans CJK SC, sans-serif" '
           'font-size="{size}" fill="{colour}"')  # fmt: skip
"""As attributes: a page may refuse styles that stand inside of a picture. The class is for the
style of the page, which beats attributes (`report/templates/found.css`)."""
TITLE = LETTERS.format(name="p-title", size=17, colour="#1a1f24") + ' font-weight="bold"'
NAMES, UNDER = (LETTERS.format(name=name, size=size, colour=colour) for name, size, colour in
                (("p-name", 15, "#1a1f24"), ("p-under", 13, "#56616b")))  # fmt: skip
LINE, LONG = 27.0, 52
"""Height of a line under the map, and its letters: so large that a phone can show them."""
EDGE = 'fill="#f7f8f9" stroke="#aab3ba" stroke-width="0.8"'
DOTS = 'fill="none" stroke-linecap="round"'


@dataclass(frozen=True)
class PointLayer:
    """Points of one kind.

    Attributes
    ----------
    label : str
        As the legend has it.
    at : float array, shape (points, 2)
        Latitude and longitude; rows without are left out.
    colour : str
    size : float
        In pixels.
    """

    label: str
    at: Floats
    colour: str
    size: float

    @property
    def known(self) -> Floats:
        """Those with coordinates, as longitude and latitude."""
        at = np.asarray(self.at, dtype=np.float64).reshape(-1, 2)
        return at[~np.isnan(at).any(axis=1)][:, ::-1]


def point_map(
    layers: Sequence[PointLayer], title: str, boundaries: Boundaries | None = None,
    source: str = "",
) -> MapDrawing:  # fmt: skip
    """Points of several kinds on one's own boundaries, or on nothing.

    Parameters
    ----------
    layers : sequence of PointLayer
        The later ones lie above.
    title : str
    boundaries : Boundaries, optional
    source : str
        Under the map.

    Returns
    -------
    MapDrawing

    Raises
    ------
    MapError
        Where no point has coordinates.
    """
    points = [layer.known for layer in layers]
    every = np.concatenate([np.empty((0, 2)), *points])
    if not len(every):
        raise MapError(
            "there is no point to draw", expected="places with latitude and longitude",
            got="none", remedy="add coordinates",
        )  # fmt: skip
    centre = tuple((every.min(axis=0) + every.max(axis=0)) / 2)
    plane = [equal_area(one, centre) for one in points]
    around = np.concatenate(plane)
    rings = [] if boundaries is None else _rings(boundaries, centre, around)
    low, high = around.min(axis=0), around.max(axis=0)
    across, up = np.maximum(high - low, 1e-6)
    scale = min((WIDE - 2 * MARGIN) / across, TALLEST / up)
    left = (WIDE - across * scale) / 2
    top = 34.0

    def at(one: Floats) -> Floats:
        return np.column_stack([left + (one[:, 0] - low[0]) * scale,
                                top + MARGIN + (high[1] - one[:, 1]) * scale])  # fmt: skip

    drawn = [_ring(at(ring)) for ring in rings]
    drawn += [_dots(at(one), layer) for one, layer in zip(plane, layers, strict=True)]
    height = top + up * scale + 2 * MARGIN
    legend, tall = _legend(layers, height)
    lines = textwrap.wrap(visible(source), LONG)
    under = "".join(f'<text {UNDER} x="{MARGIN}" y="{tall + 4 + i * LINE * 0.7:.0f}">'
                    f"{escape(line)}</text>" for i, line in enumerate(lines))  # fmt: skip
    tall += max(len(lines) - 1, 0) * LINE * 0.7
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:.0f} {tall + 14:.0f}" '
        f'role="img" aria-label="{escape(visible(title))}">'
        f'<rect width="100%" height="100%" fill="#fff"/><clipPath id="in"><rect x="0" y="{top}" '
        f'width="{WIDE:.0f}" height="{height - top:.0f}"/></clipPath>'
        f'<text {TITLE} x="{MARGIN}" y="20">{escape(visible(title))}</text>'
        f'<g clip-path="url(#in)">{"".join(drawn)}</g>{legend}{under}</svg>'
    )
    return MapDrawing(svg)


def _rings(boundaries: Boundaries, centre: Any, around: Floats) -> list[Floats]:
    """The rings of shapes that lie near the points, on the plane."""
    import shapely

    low, high = around.min(axis=0), around.max(axis=0)
    margin = 0.1 * (high - low) + 1.0
    found = []
    for shape in boundaries.shapes.values():
        for part in shapely.get_parts(shape):
            for ring in (part.exterior, *part.interiors):
                flat = equal_area(np.asarray(ring.coords)[:, :2], centre)
                inside = (flat.max(axis=0) > low - margin) & (flat.min(axis=0) < high + margin)
                if inside.all():
                    found.append(flat)
    return found


def _ring(points: Floats) -> str:
    """A ring as an SVG path, points closer than half a pixel left out."""
    step = np.abs(np.diff(points, axis=0)).sum(axis=1)
    kept = points[np.concatenate([[True], step > 0.5])]
    text = "L".join(f"{x:.1f},{y:.1f}" for x, y in kept)
    return f'<path {EDGE} d="M{text}Z"/>'


def _dots(points: Floats, layer: PointLayer) -> str:
    """Points as one path of dots; those that fall on one pixel drawn once."""
    spots = np.unique(points.round(1), axis=0)
    text = "".join(f"M{x:g},{y:g}h0" for x, y in spots)
    return (f'<path {DOTS} stroke="{layer.colour}" stroke-width="{layer.size:g}" '
            f'd="{text}"/>')  # fmt: skip


def _legend(layers: Sequence[PointLayer], height: float) -> tuple[str, float]:
    """A line for each kind, with how many there are."""
    parts, y = [], height + 16
    for layer in layers:
        label = f"{layer.label} ({len(layer.known):,})"
        parts.append(
            f'<circle cx="{MARGIN + 5}" cy="{y - 5:.0f}" r="{min(layer.size + 1, 5):g}" '
            f'fill="{layer.colour}"/><text {NAMES} x="{MARGIN + 16}" y="{y:.0f}">'
            f"{escape(visible(label))}</text>"
        )
        y += LINE
    return "".join(parts), y
