"""The API over one explorer: its operations and their description (OpenAPI 3.1)."""

from __future__ import annotations

import itertools
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures.about import AboutAnswer, IndexAnswer, about, index
from exitline.publish.web.figures.answering import JSON, as_json, fixed, language_of
from exitline.publish.web.figures.catalogue import Catalogue
from exitline.publish.web.figures.decisions import add_decisions
from exitline.publish.web.figures.operation import ProblemAnswer, operation
from exitline.publish.web.figures.queries import ROOT, FiguresApi, language, query
from exitline.publish.web.figures.tables import add_tables
from exitline.version import __version__

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
