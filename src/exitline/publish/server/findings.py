"""The operation on findings: who stands apart, in the words of the run's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.publish.explorer.texts import in_language
from exitline.publish.server.asked import ReadRequest
from exitline.publish.server.catalogue import ALL, or_none
from exitline.publish.server.declare import (
    MAYBE_TEXT,
    TEXT,
    AnswerRecord,
    Example,
    Field,
    Operation,
    Parameter,
    Selection,
)
from exitline.publish.server.parameters import ROOT, choices, table

if TYPE_CHECKING:
    from exitline.publish.explorer.model import StandsApart
    from exitline.publish.server.catalogue import Catalogue

FINDING = AnswerRecord("Finding", "Who stands apart among the areas of a level.", (
    Field("series", TEXT, "Key of the series."),
    Field("year", TEXT, "The year."),
    Field("level", TEXT, "Key of the areas' level."),
    Field("within", TEXT, "Id of the area that they lie in; \"all\" for all of them."),
    Field("finding", TEXT, "What the comparison of the areas bears out, in the language of the "
          "answer."),
    Field("beside", MAYBE_TEXT, "How many lie above or below the overall figure; null where "
          "nothing is compared."),
))  # fmt: skip


def findings(lang: Parameter, found: Catalogue) -> Operation:
    """Who stands apart.

    Parameters
    ----------
    lang : Parameter
    found : Catalogue
    """
    shown = found.shown
    return Operation(
        f"{ROOT}/findings", "findings", "Who stands apart",
        "For each series and kind of area, over all areas and within areas: the sentences of "
        "the run's report, from one comparison with control over all areas shown.",
        (
            *choices("series", "Only this series.", (s.key for s in shown.series)),
            *choices("year", "Only this year.", shown.years),
            *table(lang),
        ),
        FINDING, _found,
        examples=(Example("All of them", {}), Example("As CSV", {"format": "csv"})),
    )  # fmt: skip


def _found(found: Catalogue, asked: ReadRequest) -> Selection:
    """The findings that are asked for."""
    shown, series, year = found.shown, asked.text("series"), asked.text("year")
    rows = [
        (of.series, of.year, said)
        for of in shown.figures
        if series in (None, shown.series[of.series].key) and year in (None, shown.years[of.year])
        for said in of.apart
    ]
    return Selection(rows, lambda row: _row(found, row, asked.language))


def _row(found: Catalogue, row: tuple[int, int, StandsApart], language: str) -> dict[str, Any]:
    """A finding as a record."""
    series, year, said = row
    return {
        "series": found.shown.series[series].key,
        "year": found.shown.years[year],
        "level": found.shown.levels[said.level].key,
        "within": found.ids[said.scope] if said.scope else ALL,
        "finding": in_language(said.finding, language),
        "beside": or_none(said.beside, language),
    }
