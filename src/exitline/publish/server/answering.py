"""From a request that was read to the bytes of its answer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from exitline.publish.server import negotiate
from exitline.publish.server.asked import ReadRequest
from exitline.publish.server.catalogue import Catalogue, or_none
from exitline.publish.server.declare import Operation, read_query
from exitline.publish.server.parameters import USUAL_ROWS
from exitline.words.sheets import safe_cell

if TYPE_CHECKING:
    from exitline.publish.server.declare import AnswerRecord

JSON = "application/json"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class AnswerBytes:
    """Bytes of an answer, what they are, and what else is said in its header."""

    body: bytes
    media: str
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(
    operation: Operation, found: Catalogue, sent: Sequence[tuple[str, str]],
    accept: str = "", accept_language: str = "",
) -> AnswerBytes:  # fmt: skip
    """The answer of an operation.

    Parameters
    ----------
    operation : Operation
    found : Catalogue
    sent : sequence of (name, value)
        The query, decoded.
    accept, accept_language : str
        Headers of the request.

    Returns
    -------
    AnswerBytes

    Raises
    ------
    RequestError
        When the query cannot be answered.
    """
    values = read_query(operation.parameters, sent)
    said = negotiate.language(accept_language, found.shown.languages)
    asked = ReadRequest(values, str(values.get("lang", said)))
    result = operation.answer(found, asked)
    headers = {"Content-Language": asked.language}
    if isinstance(result, dict):
        return AnswerBytes(as_json(result), JSON, headers)
    form = values.get("format") or ("csv" if negotiate.wants_csv(accept) else "json")
    total = len(result.items)
    limit = int(values.get("limit", total if form == "csv" else USUAL_ROWS))
    offset = int(values.get("offset", 0))
    following = _next(operation, sent, offset + limit) if offset + limit < total else None
    if following:
        headers["Link"] = f'<{following}>; rel="next"'
    rows = [result.record(item) for item in result.items[offset : offset + limit]]
    if form == "csv":
        headers["Content-Disposition"] = f'attachment; filename="{operation.name}.csv"'
        return AnswerBytes(as_csv(operation.record, rows), CSV, headers)
    notice = or_none(found.shown.notice or "", asked.language)
    table = {"notice": notice, "total": total, "limit": limit, "offset": offset,
             "next": following, "rows": rows}  # fmt: skip
    return AnswerBytes(as_json(table), JSON, headers)


def _next(operation: Operation, sent: Sequence[tuple[str, str]], offset: int) -> str:
    """Where the rows that follow are: the same query, further on."""
    kept = [(name, value) for name, value in sent if name != "offset"]
    return f"{operation.path}?{urlencode([*kept, ('offset', str(offset))])}"


def as_json(value: Any) -> bytes:
    """A value as JSON in UTF-8.

    Examples
    --------
    >>> as_json({"value": None})
    b'{"value":null}'
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def as_csv(record: AnswerRecord, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as CSV (RFC 4180) in UTF-8; nothing where a value is null, no formula anywhere.

    Parameters
    ----------
    record : AnswerRecord
        Its fields are the columns.
    rows : sequence of mapping

    Returns
    -------
    bytes

    Examples
    --------
    >>> from exitline.publish.server.declare import TEXT, Field, AnswerRecord
    >>> fields = (Field("a", TEXT, ""), Field("b", TEXT, ""))
    >>> as_csv(AnswerRecord("R", "", fields), [{"a": 1, "b": None}])
    b'a,b\\r\\n1,\\r\\n'
    """
    names = [f.name for f in record.fields]
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
