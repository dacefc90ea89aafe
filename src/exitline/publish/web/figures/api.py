"""The API over one explorer: its operations and their description (OpenAPI 3.1)."""

# Annotations are evaluated here: what an operation takes is made for one explorer.

import itertools
from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Query, Schema
from pydantic import ConfigDict, create_model

from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures.about import About, Index, about, index
from exitline.publish.web.figures.answering import JSON, as_json, fixed, language_of
from exitline.publish.web.figures.catalogue import Catalogue
from exitline.publish.web.figures.queries import (
    ROOT,
    FiguresApi,
    check_names,
    language,
    query,
)
from exitline.publish.web.figures.records import says
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


class Problem(Schema):
    """Why a request is not answered (RFC 9457), and what to do."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["about:blank"] = says("The status says what kind it is.")
    title: str = says("The status in words.")
    status: int = says("The HTTP status.")
    detail: str = says("What is wrong, as `what`.")
    what: str = says("What is wrong.")
    where: str = Field("", description="Where: the parameter or the header.")
    expected: str = Field("", description="What was expected.")
    got: str = Field("", description="What came instead, cut short.")
    remedy: str = Field("", description="What to do; the nearest name for a mistyped one.")


class TablePage(Schema):
    """One page of a table."""

    model_config = ConfigDict(extra="forbid")

    notice: str | None = says("What must be said wherever a figure is shown.")
    total: int = says("Rows in all pages.")
    limit: int = says("Most rows of this page.")
    offset: int = says("Rows passed over.")
    next: str | None = says("Where the rows that follow are; null at the end.")


View = Callable[..., HttpResponse]


def operation(
    api: NinjaAPI, name: str, summary: str, words: str, record: type[Schema], *,
    asked: type[Schema], table: bool = True,
) -> Callable[[View], View]:  # fmt: skip
    """Declare an operation: its address, what it gives, and that it takes nothing else.

    Parameters
    ----------
    api : NinjaAPI
    name, summary, words : str
    record : type of Schema
        What the answer holds; of a table, what each row holds.
    asked : type of Schema
        What it takes.
    table : bool

    Returns
    -------
    callable
        Decorator of a function that takes the request and what it asks.
    """
    given: type[Schema] = record
    extra: dict[str, Any] = {"description": record.__doc__, "headers": _HEADERS}
    if table:
        rows = (list[record], says("The rows."))  # type: ignore[valid-type]
        given = create_model(f"{record.__name__}Table", __base__=TablePage, rows=rows)
        columns = f"Columns: {', '.join(record.model_fields)}."
        extra["content"] = {"text/csv": {"schema": {"type": "string", "description": columns}}}
        extra["headers"] = {**_HEADERS, "Link": _header("Where the rows that follow are.")}
    given.__doc__ = "One page of a table." if table else record.__doc__
    unnamed = {404: Problem} if {"within", "area"} & set(asked.model_fields) else {}
    declare = api.get(
        f"/{name}" if name else "", operation_id=name or "index", summary=summary,
        description=words, response={200: given, 400: Problem, **unnamed},
        openapi_extra={"responses": {200: extra}},
    )  # fmt: skip

    def decorate(view: View) -> View:
        async def checked(request: HttpRequest, asked: Query[asked]) -> HttpResponse:  # type: ignore[valid-type]
            check_names(request.GET, type(asked))
            return view(request, asked)

        declare(checked)
        return view

    return decorate


def _header(words: str) -> dict[str, Any]:
    """A header of an answer."""
    return {"description": words, "schema": {"type": "string"}}


_HEADERS = {
    "ETag": _header("Names these very bytes; send it back as If-None-Match."),
    "Content-Language": _header("Language of the answer."),
}


def api_of(found: Catalogue) -> NinjaAPI:
    """The API over one explorer.

    Parameters
    ----------
    found : Catalogue

    Returns
    -------
    NinjaAPI
    """
    from exitline.publish.web.figures.decisions import add_decisions
    from exitline.publish.web.figures.tables import add_tables

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
               Index, asked=asked_type, table=False)  # fmt: skip
    def _index(request: HttpRequest, asked: Any) -> HttpResponse:
        said = language_of(request, asked, shown.languages)
        body = as_json(index(found, said, there))
        return fixed(request, body, JSON, {"Content-Language": said})

    @operation(
        api, "about", "What is shown, and how it came about",
        "Title, years, the standard in words, sources, method, protection of small counts, and "
        "how a stranger recomputes the figures.", About, asked=asked_type, table=False,
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
    document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
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
