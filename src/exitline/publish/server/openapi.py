"""The API's description for programs (OpenAPI 3.1), from the declarations that check requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exitline.publish.explorer.texts import in_language
from exitline.publish.server.declare import MAYBE_TEXT, TEXT, WHOLE

if TYPE_CHECKING:
    from exitline.publish.server.catalogue import Catalogue
    from exitline.publish.server.declare import Operation, Parameter

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Why a request is not answered (RFC 9457), and what to do.",
    "properties": {
        "type": {**TEXT, "description": "Always about:blank: the status says what kind it is."},
        "title": {**TEXT, "description": "The status in words."},
        "status": {**WHOLE, "description": "The HTTP status."},
        "detail": {**TEXT, "description": "What is wrong, as `what`."},
        "what": {**TEXT, "description": "What is wrong."},
        "where": {**TEXT, "description": "Where: the parameter or the header."},
        "expected": {**TEXT, "description": "What was expected."},
        "got": {**TEXT, "description": "What came instead, cut short."},
        "remedy": {**TEXT, "description": "What to do; the nearest name for a mistyped one."},
    },
    "required": ["type", "title", "status", "detail", "what"],
    "additionalProperties": False,
}
HEADERS = {
    "ETag": {"description": "Names these very bytes; send it back as If-None-Match.",
             "schema": TEXT},
    "Content-Language": {"description": "Language of the answer.", "schema": TEXT},
}  # fmt: skip
LINK = {"Link": {"description": "Where the rows that follow are (rel=next).", "schema": TEXT}}


def document(found: Catalogue, operations: Sequence[Operation]) -> dict[str, Any]:
    """The description of the API over one explorer.

    Parameters
    ----------
    found : Catalogue
    operations : sequence of Operation

    Returns
    -------
    dict
        An OpenAPI 3.1 document; choices are those of this explorer.

    Examples
    --------
    >>> from exitline.api.exploring import build
    >>> from exitline.publish.server.catalogue import Catalogue
    >>> from exitline.publish.server.operations import operations
    >>> found = Catalogue(build(["examples/china-832/explorer.yaml"]))
    >>> sorted(document(found, operations(found))["paths"])[:2]
    ['/api/v1', '/api/v1/about']
    """
    from exitline.version import __version__

    schemas: dict[str, Any] = {"Problem": PROBLEM}
    for operation in operations:
        record = operation.record
        schemas[record.name] = record.schema()
        if operation.table:
            schemas[_answer_name(operation)] = _table_schema(record.name)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": in_language(found.shown.title, "en"),
            "summary": "Figures, decisions and what they rest on, to be read only",
            "description": _description(found),
            "version": __version__,
        },
        "servers": [{"url": "/"}],
        "paths": {operation.path: {"get": _operation(operation)} for operation in operations},
        "components": {"schemas": schemas},
    }


def _description(found: Catalogue) -> str:
    """What holds for every operation."""
    notice = in_language(found.shown.notice or "", "en")
    return "\n\n".join([*([notice] if notice else []), *_FOR_ALL])


_FOR_ALL = (
    "Only what may be published is here: rounded, bound to claims, small counts suppressed.",
    "GET and HEAD alone are answered.",
    "Tables come in pages: total says how many rows there are, next where those that follow are.",
    "CSV through format=csv, or the header Accept: text/csv.",
    "Language through lang, or the header Accept-Language.",
    "An answer carries an ETag; sent back as If-None-Match, it gets 304 while nothing has changed.",
    "Refusals are application/problem+json, and say what to do.",
)


def _answer_name(operation: Operation) -> str:
    """Name of what an operation answers with."""
    return f"{operation.record.name}Table" if operation.table else operation.record.name


def _table_schema(row: str) -> dict[str, Any]:
    """One page of a table."""
    properties = {
        "notice": {**MAYBE_TEXT, "description": "What must be said wherever a figure is shown."},
        "total": {**WHOLE, "description": "Rows in all pages."},
        "limit": {**WHOLE, "description": "Most rows of this page."},
        "offset": {**WHOLE, "description": "Rows passed over."},
        "next": {**MAYBE_TEXT, "description": "Where the rows that follow are; null at the end."},
        "rows": {
            "type": "array",
            "items": {"$ref": f"#/components/schemas/{row}"},
            "description": "The rows; the fields of each are those of its operation.",
        },
    }
    return {
        "type": "object",
        "description": "One page of a table.",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _operation(operation: Operation) -> dict[str, Any]:
    """One operation with its parameters and answers."""
    schema = {"$ref": f"#/components/schemas/{_answer_name(operation)}"}
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if operation.table:
        columns = ", ".join(f.name for f in operation.record.fields)
        content["text/csv"] = {"schema": {**TEXT, "description": f"Columns: {columns}."}}
    headers = {**HEADERS, **(LINK if operation.table else {})}
    unnamed = any(p.name in ("within", "area") for p in operation.parameters)
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.words,
        "parameters": [_parameter(p) for p in operation.parameters],
        "responses": {
            "200": {"description": operation.record.words, "headers": headers, "content": content},
            "304": {"description": "Nothing has changed since the ETag that was sent."},
            "400": _refusal("The query cannot be answered."),
            **({"404": _refusal("There is no such area.")} if unnamed else {}),
            "default": _refusal("The request is not answered."),
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """One parameter."""
    found = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.words,
        "required": False,
        "schema": parameter.schema(),
    }
    return {**found, "example": parameter.example} if parameter.example else found


def _refusal(words: str) -> dict[str, Any]:
    """A refusal."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}
