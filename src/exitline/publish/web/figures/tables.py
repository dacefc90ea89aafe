"""Operations on what is shown: levels, areas, series, figures, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.publish.web.figures import records
from exitline.publish.web.figures.answering import answer_table
from exitline.publish.web.figures.catalogue import ALL, Catalogue, every_language
from exitline.publish.web.figures.operation import operation
from exitline.publish.web.figures.queries import choice, place, query, table, text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI


def add_tables(api: NinjaAPI, found: Catalogue) -> None:
    """Declare the operations.

    Parameters
    ----------
    api : NinjaAPI
    found : Catalogue
    """
    _add_kinds(api, found)
    _add_areas(api, found)
    _add_estimates(api, found)
    _add_findings(api, found)


def _add_kinds(api: NinjaAPI, found: Catalogue) -> None:
    """Levels and series."""
    shown = found.shown
    every = query("Rows", table(shown))

    @operation(
        api, "levels", "Kinds of area",
        f"Provinces, counties, villages, or as the study has them: {len(shown.levels)} here.",
        records.LevelAnswer, asked=every,
    )  # fmt: skip
    def _levels(request: HttpRequest, asked: Any) -> HttpResponse:
        of = records.LevelAnswer
        return answer_table(request, found, asked, of, range(len(shown.levels)), records.level_row)

    @operation(api, "series", "What is measured",
               f"Measures at lines, with their units: {len(shown.series)} here.",
               records.SeriesAnswer, asked=every)  # fmt: skip
    def _series(request: HttpRequest, asked: Any) -> HttpResponse:
        of = records.SeriesAnswer
        return answer_table(request, found, asked, of, range(len(shown.series)), records.series_row)


def _add_areas(api: NinjaAPI, found: Catalogue) -> None:
    """Areas, by name and by what they lie in."""
    shown = found.shown
    search = text("search", "Only areas whose key or name, in any language, has this in it.",
                  str(shown.areas[-1].key)[:20], longest=100)  # fmt: skip
    asked_type = query("Areas", place(found), search, table(shown))

    @operation(
        api, "areas", "Areas, by name and by what they lie in",
        f"Everything together first, then {len(shown.areas) - 1:,} areas, each after the one it "
        "lies in.", records.AreaAnswer, asked=asked_type,
    )  # fmt: skip
    def _areas(request: HttpRequest, asked: Any) -> HttpResponse:
        chosen = found.chosen(level=asked.level, within=asked.within)
        wanted = (asked.search or "").casefold()
        rows = [
            i for i, area in enumerate(shown.areas)
            if (chosen is None or i in chosen)
            and any(wanted in said.casefold() for said in (area.key, *every_language(area.label)))
        ]  # fmt: skip
        of = records.AreaAnswer
        return answer_table(request, found, asked, of, rows, records.area_row)


def _add_estimates(api: NinjaAPI, found: Catalogue) -> None:
    """Figures with their intervals."""
    shown = found.shown
    area = text("area", "Only this area: its id, or its key where one area alone has it.", ALL)
    asked_type = query(
        "Estimates", choice("series", "Only this series.", (s.key for s in shown.series)),
        choice("year", "Only this year.", shown.years), place(found), area, table(shown),
    )  # fmt: skip

    @operation(
        api, "estimates", "Figures with their intervals",
        "Each figure as it may be published: rounded, bound to its claim, suppressed where it "
        "would give a small count away. In the order of series, years and areas.",
        records.EstimateAnswer, asked=asked_type,
    )  # fmt: skip
    def _estimates(request: HttpRequest, asked: Any) -> HttpResponse:
        chosen = found.chosen(level=asked.level, within=asked.within, area=asked.area)
        series, year = getattr(asked, "series", None), getattr(asked, "year", None)
        rows = [
            row
            for of_one in found.figures
            if series in (None, shown.series[of_one[0][0]].key)
            and year in (None, shown.years[of_one[0][1]])
            for row in of_one
            if chosen is None or row[2].area in chosen
        ]
        of = records.EstimateAnswer
        return answer_table(request, found, asked, of, rows, records.estimate_row)


def _add_findings(api: NinjaAPI, found: Catalogue) -> None:
    """Who stands apart."""
    shown = found.shown
    asked_type = query(
        "Findings", choice("series", "Only this series.", (s.key for s in shown.series)),
        choice("year", "Only this year.", shown.years), table(shown),
    )  # fmt: skip

    @operation(
        api, "findings", "Who stands apart",
        "For each series and kind of area, over all areas and within areas: the sentences of the "
        "run's report, from one comparison with control over all areas shown.",
        records.FindingAnswer, asked=asked_type,
    )  # fmt: skip
    def _findings(request: HttpRequest, asked: Any) -> HttpResponse:
        series, year = getattr(asked, "series", None), getattr(asked, "year", None)
        rows = [
            (of.series, of.year, said)
            for of in shown.figures
            if series in (None, shown.series[of.series].key)
            and year in (None, shown.years[of.year])
            for said in of.apart
        ]
        of = records.FindingAnswer
        return answer_table(request, found, asked, of, rows, records.finding_row)
