"""Refusals: the project's five parts as application/problem+json (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from exitline.errors import ExitlineError, nearest

LONGEST_ECHO = 80
"""Most letters of a request that are said back to the reader."""
MOST_NAMES = 12
"""Most names that are listed as expected."""


class RequestError(ExitlineError):
    """A request that is not answered, with its HTTP status.

    Parameters
    ----------
    status : int
    what : str
    where, expected, got, remedy : str, optional
        As of `ExitlineError`.

    Examples
    --------
    >>> RequestError(404, "there is no such page", got="/nothing").status
    404
    """

    def __init__(self, status: int, what: str, **parts: str | None) -> None:
        super().__init__(what, **parts)
        self.status = status


def problem(reason: RequestError) -> bytes:
    """A refusal as the JSON of a problem.

    Parameters
    ----------
    reason : RequestError

    Returns
    -------
    bytes
        UTF-8: type, title and status as RFC 9457 has them, then the five parts.

    Examples
    --------
    >>> problem(RequestError(404, "there is no such page"))
    b'{"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such page"...
    """
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(reason.status).phrase,
        "status": reason.status,
        "detail": reason.what,
        **reason.parts(),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def echo(text: str) -> str:
    """What a reader sent, in quotes, cut short.

    Examples
    --------
    >>> echo("headcuont"), len(echo("x" * 5000))
    ("'headcuont'", 83)
    """
    return repr(text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…")


def names(known: Iterable[str]) -> str:
    """Names that would do, the first dozen of them.

    Examples
    --------
    >>> names(["2012", "2016"]), names(map(str, range(14)))[-12:]
    ('2012, 2016', '11 or 2 more')
    """
    there = list(known)
    first = ", ".join(there[:MOST_NAMES])
    rest = len(there) - MOST_NAMES
    return f"{first} or {rest} more" if rest > 0 else first


def hint(text: str, known: Iterable[str], otherwise: str) -> str:
    """The nearest name as a remedy, or something else to do."""
    return nearest(text[:LONGEST_ECHO], known) or otherwise
