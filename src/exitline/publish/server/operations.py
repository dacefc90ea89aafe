"""The operations of the API over one explorer: what each takes, gives, and how it answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exitline.publish.server import records
from exitline.publish.server.about import ABOUT, INDEX, about, index
from exitline.publish.server.asked import ReadRequest
from exitline.publish.server.catalogue import ALL, Catalogue, every_language
from exitline.publish.server.decisions import decisions, outcomes
from exitline.publish.server.declare import Example, Operation, Parameter, Selection
from exitline.publish.server.findings import findings
from exitline.publish.server.parameters import ROOT, choices, language, place, table

if TYPE_CHECKING:
    from exitline.publish.explorer.model import Explorer


def operations(found: Catalogue) -> tuple[Operation, ...]:
    """Everything that can be asked of an explorer.

    Parameters
    ----------
    found : Catalogue

    Returns
    -------
    tuple of Operation

    Examples
    --------
    >>> from exitline.api.exploring import build
    >>> found = Catalogue(build(["examples/china-832/explorer.yaml"]))
    >>> [operation.name for operation in operations(found)][:6]
    ['index', 'about', 'levels', 'areas', 'series', 'estimates']
    >>> [operation.name for operation in operations(found)][6:]
    ['findings', 'decisions', 'outcomes']
    """
    shown = found.shown
    lang = language(shown)
    those = (
        _about(lang),
        _levels(lang, shown),
        _areas(lang, found),
        _series(lang, shown),
        _estimates(lang, found),
        findings(lang, found),
        decisions(lang, found),
        outcomes(lang, found),
    )
    return (_index(lang, those), *those)


def _index(lang: Parameter, those: Iterable[Operation]) -> Operation:
    """Where all the others are."""
    there = [(o.name, o.path, o.summary) for o in those]
    return Operation(
        ROOT, "index", "Where everything is", "Addresses, and when the figures were read.",
        (lang,), INDEX, lambda found, asked: index(found, asked, there), table=False,
        examples=(Example("All of it", {}),),
    )  # fmt: skip


def _about(lang: Parameter) -> Operation:
    return Operation(
        f"{ROOT}/about", "about", "What is shown, and how it came about",
        "Title, years, the standard in words, sources, method, protection of small counts, and "
        "how a stranger recomputes the figures.",
        (lang,), ABOUT, about, table=False,
        examples=(Example("All of it", {}), *_in_each_language(lang)),
    )  # fmt: skip


def _in_each_language(lang: Parameter) -> tuple[Example, ...]:
    """The same in the other languages."""
    named = {"zh": "In Chinese", "en": "In English"}
    return tuple(Example(named.get(c, c), {"lang": c}) for c in lang.choices[1:])


def _levels(lang: Parameter, shown: Explorer) -> Operation:
    def answer(found: Catalogue, asked: ReadRequest) -> Selection:
        return Selection(
            range(len(found.shown.levels)),
            lambda i: records.level_row(found, i, asked.language),
        )

    return Operation(
        f"{ROOT}/levels", "levels", "Kinds of area",
        f"Provinces, counties, villages, or as the study has them: {len(shown.levels)} here.",
        table(lang), records.LEVEL, answer,
        examples=(Example("All levels", {}), Example("As CSV", {"format": "csv"})),
    )  # fmt: skip


def _areas(lang: Parameter, found: Catalogue) -> Operation:
    def answer(found: Catalogue, asked: ReadRequest) -> Selection:
        chosen = found.chosen(asked)
        wanted = (asked.text("search") or "").casefold()
        rows = [
            i for i, area in enumerate(found.shown.areas)
            if (chosen is None or i in chosen)
            and any(wanted in said.casefold() for said in (area.key, *every_language(area.label)))
        ]  # fmt: skip
        return Selection(rows, lambda i: records.area_row(found, i, asked.language))

    keys = [level.key for level in found.shown.levels]
    first = [Example(f"Areas of the level {k}", {"level": k}) for k in keys[:1]]
    search = Parameter("search", "Only areas whose key or name, in any language, has this in it.",
                       longest=100, example=str(found.shown.areas[-1].key)[:20])  # fmt: skip
    return Operation(
        f"{ROOT}/areas", "areas", "Areas, by name and by what they lie in",
        f"Everything together first, then {len(found.shown.areas) - 1:,} areas, each after the "
        "one it lies in.",
        (*place(found), search, *table(lang)), records.AREA, answer,
        examples=(*first, Example("Search by name or key", {"search": search.example}),
                  Example("All areas as CSV", {"format": "csv"})),
    )  # fmt: skip


def _series(lang: Parameter, shown: Explorer) -> Operation:
    def answer(found: Catalogue, asked: ReadRequest) -> Selection:
        return Selection(
            range(len(found.shown.series)),
            lambda i: records.series_row(found, i, asked.language),
        )

    return Operation(
        f"{ROOT}/series", "series", "What is measured",
        f"Measures at lines, with their units: {len(shown.series)} here.",
        table(lang), records.SERIES, answer,
        examples=(Example("All series", {}), Example("As CSV", {"format": "csv"})),
    )  # fmt: skip


def _estimates(lang: Parameter, found: Catalogue) -> Operation:
    shown = found.shown

    def answer(found: Catalogue, asked: ReadRequest) -> Selection:
        chosen, series, year = found.chosen(asked), asked.text("series"), asked.text("year")
        rows = [
            row
            for of_one in found.figures
            if series in (None, found.shown.series[of_one[0][0]].key)
            and year in (None, found.shown.years[of_one[0][1]])
            for row in of_one
            if chosen is None or row[2].area in chosen
        ]
        return Selection(rows, lambda row: records.estimate_row(found, row, asked.language))

    area = Parameter("area", "Only this area: its id, or its key where one area alone has it.",
                     example=ALL)  # fmt: skip
    parameters = (
        *choices("series", "Only this series.", (s.key for s in shown.series)),
        *choices("year", "Only this year.", shown.years),
        *place(found), area, *table(lang),
    )  # fmt: skip
    return Operation(
        f"{ROOT}/estimates", "estimates", "Figures with their intervals",
        "Each figure as it may be published: rounded, bound to its claim, suppressed where it "
        "would give a small count away. In the order of series, years and areas.",
        parameters, records.ESTIMATE, answer, examples=_estimate_examples(shown),
    )  # fmt: skip


def _estimate_examples(shown: Explorer) -> tuple[Example, ...]:
    """Requests for figures that there are."""
    if not shown.figures:
        return (Example("Everything", {}),)
    first = {"series": shown.series[0].key}
    year = {"year": shown.years[-1]} if shown.years and shown.years[-1] else {}
    levels = sorted({shown.areas[c.area].level for c in shown.figures[0].cells} - {-1})
    level = {"level": shown.levels[levels[0]].key} if levels else {}
    return (
        Example("Everything together, every series", {"area": ALL, **year}),
        Example("One series, area by area", {**first, **year, **level}),
        Example("The same as CSV", {**first, **year, **level, "format": "csv"}),
        *(Example("The same in Chinese", {**first, **year, **level, "lang": "zh"})
          for _ in range("zh" in shown.languages[1:])),
    )  # fmt: skip
