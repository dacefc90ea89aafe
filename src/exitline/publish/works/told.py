"""What a page says of a plan, or of the works of a folder: sections, tables, points of maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.publish.report.findings.sections import FoundPage, PageSection
from exitline.publish.works.points import PointLayer, point_map
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import rounded
from exitline.words.shown.result import of_frame

if TYPE_CHECKING:
    import pandas as pd

    from exitline.exits.works.covered import VillageCoverage
    from exitline.exits.works.gaps import VillageGaps
    from exitline.exits.works.plan import WorksPlan
    from exitline.publish.maps.boundaries import Boundaries
    from exitline.publish.maps.draw import MapDrawing

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
    lead = t("{works} works serve {people} more people for {cost}.",
             works=f"{plan.chosen.works.size:,}", people=people, cost=spent)  # fmt: skip
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
    lead = t("{n} criteria of villages are lost unless broken assets are repaired.", n=f"{lost:,}")
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
