"""The ASGI application over one explorer: nothing is served but what the explorer holds."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.urls import path as route

from exitline.publish.web.figures.answering import JSON, as_json, fixed
from exitline.publish.web.figures.api import api_of, described
from exitline.publish.web.figures.catalogue import Catalogue
from exitline.publish.web.figures.docs import ASSETS, DOCS_POLICY, Answer, docs_asset, docs_page
from exitline.publish.web.figures.guard import POLICY, Guard
from exitline.publish.web.figures.queries import ROOT

if TYPE_CHECKING:
    from django.http import HttpResponse

    from exitline.publish.explorer.model import Explorer

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Names of this machine for itself."""
HTML = "text/html; charset=utf-8"
_META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', re.IGNORECASE)


class FiguresHandler(ASGIHandler):
    """Django's handler with the addresses of one explorer and no other middleware.

    Parameters
    ----------
    addresses : tuple of URL patterns
    hosts : collection of str, optional
    paths : tuple of str
        The addresses, for near names.
    """

    def __init__(
        self, addresses: tuple[Any, ...], hosts: Collection[str] | None, paths: tuple[str, ...]
    ) -> None:
        self._addresses, self._hosts, self._paths = addresses, hosts, paths
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002
        """Compression within the guard; nothing from settings."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        packed = GZipMiddleware(self._get_response_async)
        self._middleware_chain = Guard(packed, self._hosts, self._paths)

    def resolve_request(self, request: HttpRequest) -> Any:
        """The view at an address of this explorer."""
        request.urlconf = self._addresses
        return super().resolve_request(request)


def application(
    explorer: Explorer, page: str, *, hosts: Collection[str] | None = LOOPBACK
) -> ASGIHandler:
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
    api = api_of(Catalogue(explorer, datetime.now(UTC).isoformat(timespec="seconds")))
    said = described(api)
    addresses = [
        _fixed("/", page.encode(), HTML, page_policy(page)),
        _fixed("/openapi.json", as_json(said), JSON),
        *(_fixed(f"/static/{name}", docs_asset(name), kind) for name, kind in ASSETS.items()),
    ]
    prefix = ROOT.removeprefix("/")
    views, *_ = api.urls
    paths = ("/", "/openapi.json", "/docs", *said["paths"])
    by_name = {_slashed(view.pattern): view.callback for view in views if view.name != "api-root"}
    operations = [route(f"{prefix}{name}", view) for name, view in by_name.items()]
    answer = _answers({f"{ROOT}{name}": view for name, view in by_name.items()})
    return FiguresHandler((*addresses, _docs(said, answer), *operations), hosts, paths)


def _slashed(pattern: Any) -> str:
    """An operation's part of its address, behind the root's."""
    name = str(pattern)
    return f"/{name}" if name else ""


def _answers(views: Mapping[str, Any]) -> Answer:
    """What the API answers to itself, for the examples of its description."""

    async def answer(path: str, query: Mapping[str, str]) -> Any:
        asked = HttpRequest()
        asked.method, asked.path, asked.GET = "GET", path, QueryDict(mutable=True)
        asked.GET.update(dict(query))
        return json.loads((await views[path](asked)).content)

    return answer


def _docs(said: Mapping[str, Any], answer: Answer) -> Any:
    """The description for people: written when somebody first reads it."""
    written: list[bytes] = []

    async def view(request: HttpRequest) -> HttpResponse:
        if not written:
            written.append((await docs_page(said, answer)).encode())
        return fixed(request, written[0], HTML, {"Content-Security-Policy": DOCS_POLICY})

    told: Callable[..., Any] = view
    return route("docs", told)


def _fixed(address: str, body: bytes, media: str, policy: str = "") -> Any:
    """An address that always answers the same."""
    headers: Mapping[str, str] = {"Content-Security-Policy": policy} if policy else {}

    async def view(request: HttpRequest) -> HttpResponse:
        return fixed(request, body, media, headers)

    told: Callable[..., Any] = view
    return route(address.removeprefix("/"), told)


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
