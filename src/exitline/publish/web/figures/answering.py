"""From what was asked to the bytes of its answer."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation.trans_real import parse_accept_lang_header

from exitline.publish.web.figures.catalogue import Catalogue, or_none
from exitline.publish.web.figures.queries import USUAL_ROWS
from exitline.words.sheets import safe_cell

if TYPE_CHECKING:
    from ninja import Schema

JSON = "application/json"
CSV = "text/csv; charset=utf-8"


def fixed(
    request: HttpRequest, body: bytes, media: str, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """An answer; 304 where the reader has it.

    Parameters
    ----------
    request : HttpRequest
    body : bytes
    media : str
    headers : mapping, optional

    Returns
    -------
    HttpResponse
        With an entity tag that is the same for the same content, compressed or not.
    """
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    said = {**(headers or {}), "ETag": tag, "Cache-Control": "no-cache",
            "Vary": "Accept, Accept-Language"}  # fmt: skip
    whole = HttpResponse(body, content_type=media, headers=said)
    told = get_conditional_response(request, etag=tag, response=whole)
    return whole if told is None else told


def language_of(request: HttpRequest, asked: Any, there: Sequence[str]) -> str:
    """The language asked for, or the one that the reader prefers of those there are."""
    if asked.lang is not None:
        return str(asked.lang)
    for name, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        short = name.split("-")[0]
        if weight > 0 and short in there:
            return short
    return there[0]


def wants_csv(request: HttpRequest, asked: Any) -> bool:
    """Whether CSV was asked for, or is preferred to JSON."""
    if asked.format is not None:
        return bool(asked.format == "csv")
    return request.get_preferred_type([JSON, "text/csv"]) == "text/csv"


def answer_table(
    request: HttpRequest, found: Catalogue, asked: Any, record: type[Schema],
    items: Sequence[Any], row: Callable[[Catalogue, Any, str], dict[str, Any]],
) -> HttpResponse:  # fmt: skip
    """Rows that were asked for: one page of them in JSON, or all in CSV.

    Parameters
    ----------
    request : HttpRequest
    found : Catalogue
    asked : Schema
        What the request asks, read.
    record : type of Schema
        What each row holds.
    items : sequence
    row : callable
        From catalogue, item and language to a record.

    Returns
    -------
    HttpResponse
    """
    language, as_table = (
        language_of(request, asked, found.shown.languages),
        wants_csv(request, asked),
    )
    total = len(items)
    limit = asked.limit or (total if as_table else USUAL_ROWS)
    end = asked.offset + limit
    headers = {"Content-Language": language}
    following = _next(request, end) if end < total else None
    if following:
        headers["Link"] = f'<{following}>; rel="next"'
    rows = [row(found, item, language) for item in items[asked.offset : end]]
    if as_table:
        name = request.path.rsplit("/", 1)[-1]
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return fixed(request, as_csv(list(record.model_fields), rows), CSV, headers)
    notice = or_none(found.shown.notice or "", language)
    page = {"notice": notice, "total": total, "limit": limit, "offset": asked.offset,
            "next": following, "rows": rows}  # fmt: skip
    return fixed(request, as_json(page), JSON, headers)


def _next(request: HttpRequest, offset: int) -> str:
    """Where the rows that follow are: the same query, further on."""
    query = request.GET.copy()
    query["offset"] = str(offset)
    return f"{request.path}?{query.urlencode()}"


def as_json(value: Any) -> bytes:
    """A value as JSON in UTF-8.

    Examples
    --------
    >>> as_json({"value": None})
    b'{"value":null}'
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def as_csv(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as CSV (RFC 4180) in UTF-8; nothing where a value is null, no formula anywhere.

    Parameters
    ----------
    names : sequence of str
        The columns.
    rows : sequence of mapping

    Returns
    -------
    bytes

    Examples
    --------
    >>> as_csv(["a", "b"], [{"a": 1, "b": None}])
    b'a,b\\r\\n1,\\r\\n'
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return sheet.getvalue().encode()


def _cell(value: Any) -> Any:
    """A value as it stands in a cell: lists with spaces between, truth in lower case."""
    if isinstance(value, list):
        return " ".join(f"{part:g}" for part in value)
    return str(value).lower() if isinstance(value, bool) else safe_cell(value)
