"""Declaring an operation of the API: its address, what it takes, what it gives."""

# Annotations are evaluated here: what an operation takes is made for one explorer.

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Query, Schema
from pydantic import ConfigDict, create_model

from exitline.publish.web.figures.queries import check_names
from exitline.publish.web.figures.records import says


class ProblemAnswer(Schema):
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
    unnamed = {404: ProblemAnswer} if {"within", "area"} & set(asked.model_fields) else {}
    declare = api.get(
        f"/{name}" if name else "", operation_id=name or "index", summary=summary,
        description=words, response={200: given, 400: ProblemAnswer, **unnamed},
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
