"""The API over one explorer: its operations and their description (OpenAPI 3.1).

Operations on decisions: each of them, and how many units have each outcome.

Operations on what is shown: levels, areas, series, figures, findings.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from exitline.publish.explorer.from_runs import MOST_UNITS
from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures import records
from exitline.publish.web.figures.answering import JSON, answer_table, as_json, fixed, language_of
from exitline.publish.web.figures.catalogue import ALL, Catalogue, every_language
from exitline.publish.web.figures.docs import AboutAnswer, IndexAnswer, about, index
from exitline.publish.web.figures.operation import ProblemAnswer, operation
from exitline.publish.web.figures.queries import (
    ROOT,
    Declared,
    FiguresApi,
    choice,
    language,
    place,
    query,
    table,
    text,
    within,
)
from exitline.version import __version__

if TYPE_CHECKING:
    from exitline.publish.explorer.model import DecisionSet


_numbers = itertools.count(1)
_FOR_ALL = (
    "Only what may be published is here: rounded, bound to claims, small counts suppressed.",
    "GET and HEAD alone are answered.",
    "Tables come in pages: total says how many rows there are, next where those that follow are.",
    "CSV through format=csv, or the header Accept: text/csv.",
    "Language through lang, or the header Accept-Language.",
    "An answer carries an ETag; sent back as If-None-Match, it gets 304 while nothing has changed.",
    "Refusals are application/problem+json, and say what to do.",
)


def api_of(found: Catalogue) -> NinjaAPI:
    """The API over one explorer.

    Parameters
    ----------
    found : Catalogue

    Returns
    -------
    NinjaAPI
    """
    notice = in_language(found.shown.notice or "", "en")
    api = FiguresApi(
        title=in_language(found.shown.title, "en"), version=__version__,
        description="\n\n".join([*([notice] if notice else []), *_FOR_ALL]),
        docs_url=None, openapi_url=None, urls_namespace=f"figures-{next(_numbers)}",
        servers=[{"url": "/"}],
    )  # fmt: skip
    there: list[tuple[str, str, str]] = []
    _add_about(api, found, there)
    add_tables(api, found)
    add_decisions(api, found)
    there += [
        (said["operationId"], path, said["summary"])
        for path, item in described(api)["paths"].items()
        if (said := item["get"])["operationId"] != "index"
    ]
    return api


def _add_about(api: NinjaAPI, found: Catalogue, there: list[tuple[str, str, str]]) -> None:
    """Where everything is, and what is shown."""
    shown = found.shown
    asked_type = query("Lang", language(shown))

    @operation(api, "", "Where everything is", "Addresses, and when the figures were read.",
               IndexAnswer, asked=asked_type, table=False)  # fmt: skip
    def _index(request: HttpRequest, asked: Any) -> HttpResponse:
        said = language_of(request, asked, shown.languages)
        body = as_json(index(found, said, there))
        return fixed(request, body, JSON, {"Content-Language": said})

    @operation(
        api, "about", "What is shown, and how it came about",
        "Title, years, the standard in words, sources, method, protection of small counts, and "
        "how a stranger recomputes the figures.", AboutAnswer, asked=asked_type, table=False,
    )  # fmt: skip
    def _about(request: HttpRequest, asked: Any) -> HttpResponse:
        said = language_of(request, asked, shown.languages)
        return fixed(request, as_json(about(found, said)), JSON, {"Content-Language": said})


def described(api: NinjaAPI) -> dict[str, Any]:
    """The API's description for programs.

    Parameters
    ----------
    api : NinjaAPI

    Returns
    -------
    dict
        An OpenAPI 3.1 document; its choices are those of what is served.

    Examples
    --------
    >>> from exitline.api.exploring import build
    >>> from exitline.publish.web.project import set_up
    >>> set_up()
    >>> api = api_of(Catalogue(build(["examples/china-832/explorer.yaml"])))
    >>> sorted(described(api)["paths"])[:2]
    ['/api/v1', '/api/v1/about']
    """
    document = dict(api.get_openapi_schema(path_prefix=ROOT.removeprefix("/")))
    document["info"]["summary"] = "Figures, decisions and what they rest on, to be read only"
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    document["components"]["schemas"]["Problem"] = ProblemAnswer.model_json_schema()
    for path, item in list(document["paths"].items()):
        answers = item["get"]["responses"]
        for status, words in (
            (400, "The query cannot be answered."),
            (404, "There is no such area."),
        ):
            if status in answers:
                answers[status] = {"description": words, "content": problem}
        answers[304] = {"description": "Nothing has changed since the ETag that was sent."}
        answers["default"] = {"description": "The request is not answered.", "content": problem}
        item["get"]["responses"] = {str(status): said for status, said in answers.items()}
        document["paths"][path.rstrip("/")] = document["paths"].pop(path)
    return document


_WORDS = {
    "run": "Each area checked against each criterion of the standard, and all of them. Of a "
    f"level with more than {MOST_UNITS:,} areas that many are listed, those that cannot be told "
    f"yet first; {ROOT}/outcomes counts all.",
    "record": "What was decided and announced by others. It was not checked against a rule here.",
}


def add_decisions(api: NinjaAPI, found: Catalogue) -> None:
    """Declare the operations.

    Parameters
    ----------
    api : NinjaAPI
    found : Catalogue
    """
    shown = found.shown
    declared = _declared(found)

    @operation(
        api, "decisions", "Decisions with their reasons", _WORDS[shown.kind],
        records.DecisionAnswer, asked=query("Decisions", declared, within(found), table(shown)),
    )  # fmt: skip
    def _decisions(request: HttpRequest, asked: Any) -> HttpResponse:
        rows = _decided(found, asked)
        of = records.DecisionAnswer
        return answer_table(request, found, asked, of, rows, records.decision_row)

    @operation(
        api, "outcomes", "How many areas have each outcome",
        "For each criterion, and over all of them; areas that are not listed are counted too.",
        records.OutcomeCountAnswer, asked=query("Outcomes", declared, table(shown)),
    )  # fmt: skip
    def _outcomes(request: HttpRequest, asked: Any) -> HttpResponse:
        rows = _counted(found, asked)
        of = records.OutcomeCountAnswer
        return answer_table(request, found, asked, of, rows, records.count_row)


def _declared(found: Catalogue) -> Declared:
    """Level, year, outcome and criterion, where there is a choice."""
    shown = found.shown
    criteria = [c.key or records.OVERALL for d in shown.decisions for c in d.criteria]
    levels = [shown.levels[d.level].key for d in shown.decisions]
    names = records.outcome_names(shown)
    said = "; ".join(
        f"{name}: {in_language(words, 'en')}"
        for name, words in zip(names, shown.outcomes, strict=True)
    )
    return {
        **choice("level", "Only areas of this level.", levels),
        **choice("year", "Only this year.", (shown.years[d.year] for d in shown.decisions)),
        **choice("outcome", f"Only this outcome ({said}).", names),
        **choice("criterion", 'Only this criterion; "overall" is the outcome of all.', criteria),
    }


def _sets(found: Catalogue, asked: Any) -> Iterator[tuple[DecisionSet, int]]:
    """Each set of decisions that was asked for, with the position of a criterion in it."""
    year, level = getattr(asked, "year", None), getattr(asked, "level", None)
    criterion = getattr(asked, "criterion", None)
    for decided in found.shown.decisions:
        if year not in (None, found.shown.years[decided.year]):
            continue
        if level not in (None, found.shown.levels[decided.level].key):
            continue
        for number, it in enumerate(decided.criteria):
            if criterion in (None, it.key or records.OVERALL):
                yield decided, number


def _code(found: Catalogue, asked: Any) -> int | None:
    """Code of the outcome that was asked for."""
    if asked.outcome is None:
        return None
    return records.outcome_names(found.shown).index(asked.outcome)


def _decided(found: Catalogue, asked: Any) -> list[tuple[DecisionSet, int, int]]:
    """Decisions that were asked for; an area without one for a criterion has no row."""
    chosen, code = found.chosen(within=asked.within), _code(found, asked)
    return [
        (decided, number, position)
        for decided, number in _sets(found, asked)
        for position, judged in enumerate(decided.judged[number])
        if judged.outcome is not None
        and code in (None, judged.outcome)
        and (chosen is None or decided.areas[position] in chosen)
    ]


def _counted(found: Catalogue, asked: Any) -> list[tuple[DecisionSet, int, int]]:
    """Numbers of areas by outcome."""
    code = _code(found, asked)
    return [
        (decided, number, outcome)
        for decided, number in _sets(found, asked)
        for outcome in range(len(decided.counts[number]))
        if code in (None, outcome)
    ]


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
