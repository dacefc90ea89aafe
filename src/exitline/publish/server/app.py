"""The ASGI application over one explorer: nothing is served but what the explorer holds."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route

from exitline.publish.server.answering import JSON, AnswerBytes, answer, as_json
from exitline.publish.server.catalogue import Catalogue
from exitline.publish.server.docs import docs_page, docs_policy
from exitline.publish.server.faults import RequestError, echo, hint, problem
from exitline.publish.server.guard import POLICY, Guard, fault_of_ours
from exitline.publish.server.openapi import document
from exitline.publish.server.operations import operations

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from exitline.publish.explorer.model import Explorer
    from exitline.publish.server.declare import Operation

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Names of this machine for itself."""
HTML = "text/html; charset=utf-8"
METHODS = "GET, HEAD"
_META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', re.IGNORECASE)


def application(
    explorer: Explorer, page: str, *, hosts: Collection[str] | None = LOOPBACK
) -> ASGIApp:
    """An application that shows one explorer: its page, a JSON API, and the API's description.

    Parameters
    ----------
    explorer : Explorer
        Held in memory; files are not read again.
    page : str
        The explorer's page, with its content security policy in a meta tag.
    hosts : collection of str, optional
        Names by which the server may be addressed; None for any.

    Returns
    -------
    ASGI application
        Answers GET and HEAD alone.

    Examples
    --------
    >>> import asyncio, httpx
    >>> from exitline.api.exploring import build
    >>> app = application(build(["examples/china-832/explorer.yaml"]), "<p>a page</p>")
    >>> async def ask(path):
    ...     transport = httpx.ASGITransport(app)
    ...     async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as c:
    ...         return (await c.get(path)).json()
    >>> asyncio.run(ask("/api/v1/estimates?series=left&year=2020&area=all"))["rows"][0]["text"]
    '832'
    """
    found = Catalogue(explorer, datetime.now(UTC).isoformat(timespec="seconds"))
    those = operations(found)
    described = document(found, those)
    fixed = {
        "/": AnswerBytes(page.encode(), HTML, {"Content-Security-Policy": page_policy(page)}),
        "/openapi.json": AnswerBytes(as_json(described), JSON),
        "/docs": AnswerBytes(docs_page(described, those).encode(), HTML,
                        {"Content-Security-Policy": docs_policy()}),
    }  # fmt: skip
    routes = [
        *(Route(path, _fixed(told)) for path, told in fixed.items()),
        *(Route(operation.path, _asked(operation, found)) for operation in those),
    ]
    paths = [*fixed, *(operation.path for operation in those)]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)],
        exception_handlers={
            RequestError: _refused,
            HTTPException: _not_there(paths),
            Exception: _fault,
        },
    )
    app.router.redirect_slashes = False
    return Guard(app, hosts)


def page_policy(page: str) -> str:
    """The content security policy that a page has in its meta tag, and that no one may frame it.

    Examples
    --------
    >>> meta = '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;">'
    >>> page_policy(meta)
    "default-src 'none'; frame-ancestors 'none'"
    """
    own = _META.search(page)
    if own is None:
        return POLICY
    return f"{html.unescape(own.group(1)).strip().rstrip(';')}; frame-ancestors 'none'"


def _fixed(told: AnswerBytes) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that always answers the same."""
    tag = _tag(told.body)

    async def endpoint(request: Request) -> Response:
        return _response(request, told, tag)

    return endpoint


def _asked(operation: Operation, found: Catalogue) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of an operation. Whole tables as CSV are written beside the other answers."""

    async def endpoint(request: Request) -> Response:
        headers = request.headers
        accept, language = headers.get("accept", ""), headers.get("accept-language", "")
        of = (operation, found, request.query_params.multi_items(), accept, language)
        long = "csv" in accept or request.query_params.get("format") == "csv"
        told = await run_in_threadpool(answer, *of) if long else answer(*of)
        return _response(request, told, _tag(told.body))

    return endpoint


def _tag(body: bytes) -> str:
    """A weak entity tag: the same for the same content, compressed or not."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def _response(request: Request, told: AnswerBytes, tag: str) -> Response:
    """An answer, or 304 where the reader has it."""
    headers = {**told.headers, "ETag": tag, "Cache-Control": "no-cache",
               "Vary": "Accept, Accept-Language"}  # fmt: skip
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(told.body, headers={**headers, "Content-Type": told.media})


def _has(header: str, tag: str) -> bool:
    """Whether If-None-Match names a tag, compared weakly."""
    names = {name.strip().removeprefix("W/") for name in header.split(",")}
    return "*" in names or tag.removeprefix("W/") in names


def _refused(_: Request, reason: Exception) -> Response:
    """A refusal as a problem."""
    assert isinstance(reason, RequestError)
    return _problem(reason)


def _fault(request: Request, _: Exception) -> Response:
    """A fault of ours; the guard says in the terminal where it is."""
    return _problem(fault_of_ours(request.url.path))


def _problem(reason: RequestError, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal as a response."""
    told = {"Content-Type": "application/problem+json", **(headers or {})}
    return Response(problem(reason), reason.status, headers=told)


def _not_there(paths: list[str]) -> Callable[[Request, Exception], Response]:
    """How an unknown path or another method is answered."""

    def handler(request: Request, reason: Exception) -> Response:
        assert isinstance(reason, HTTPException)
        path = request.url.path
        if reason.status_code == 405:
            known = RequestError(405, "this server is read-only", where=path, expected=METHODS,
                            got=echo(request.method), remedy="use GET")  # fmt: skip
            return _problem(known, {"Allow": METHODS})
        return _problem(RequestError(
            404, "there is nothing at this address", where="path", expected="an address of /docs",
            got=echo(path), remedy=hint(path, paths, "see /docs"),
        ))  # fmt: skip

    return handler
