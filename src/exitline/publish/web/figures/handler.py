"""The ASGI application over one explorer: nothing is served but what the explorer holds.

What stands before the views: who may ask, how much, and what every answer says.
"""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.handlers.asgi import ASGIHandler
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import path as route

from exitline.publish.web.figures.answering import JSON, as_json, fixed
from exitline.publish.web.figures.api import api_of, described
from exitline.publish.web.figures.catalogue import Catalogue
from exitline.publish.web.figures.docs import ASSETS, DOCS_POLICY, Answer, docs_asset, docs_page
from exitline.publish.web.figures.faults import RequestError, echo, hint, problem
from exitline.publish.web.figures.queries import ROOT

if TYPE_CHECKING:
    from django.core.handlers.asgi import ASGIRequest

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


LONGEST_ADDRESS = 8000
"""Most bytes of path and query together (RFC 9110, section 4.1, asks for no less)."""
METHODS = "GET, HEAD"
POLICY = "default-src 'none'; frame-ancestors 'none'"
"""Content security policy of everything that has none of its own."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
}
_log = logging.getLogger("exitline.serve")


class Guard:
    """Checks method, host and length of every request; sets headers; hides faults of ours.

    Parameters
    ----------
    inner : callable
        What answers requests.
    hosts : collection of str, optional
        Names by which the server may be addressed. A page elsewhere that lets its own
        name point to this machine (DNS rebinding) is refused. None: any name.
    paths : sequence of str
        Addresses that there are, for near names.
    """

    def __init__(
        self,
        inner: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
        hosts: Collection[str] | None,
        paths: Sequence[str] = (),
    ) -> None:
        self._inner, self._hosts, self._paths = inner, hosts, paths

    async def __call__(self, request: ASGIRequest) -> HttpResponseBase:
        """Answer one request."""
        try:
            self._check(request)
            request.method = "GET"  # of an answer to HEAD the server sends no body
            response = await self._inner(request)
        except RequestError as reason:
            response = refusal(reason)
        except Http404:
            response = refusal(self._nothing(request.path))
        except Exception as fault:
            _log.error("a fault of exitline: %s, %s", type(fault).__name__, _place(fault))
            response = refusal(_fault_of_ours(request.path))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _check(self, request: ASGIRequest) -> None:
        """Refuse what is not let in."""
        path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        length = len(path) + len(request.scope["query_string"])
        if length > LONGEST_ADDRESS:
            raise RequestError(414, "the address is too long", where="path and query",
                               expected=f"at most {LONGEST_ADDRESS:,} bytes",
                               got=f"{length:,} bytes", remedy="ask for less at once")  # fmt: skip
        if b"%" in path:
            raise RequestError(404, "there is nothing at this address", where="path",
                               expected="an address of /docs, none of which is encoded",
                               got=echo(request.path), remedy="see /docs")  # fmt: skip
        name = host_name(request.META.get("HTTP_HOST", ""))
        if self._hosts is not None and name not in self._hosts:
            raise RequestError(421, "this server is not called that", where="header Host",
                               expected=" or ".join(sorted(self._hosts)), got=echo(name),
                               remedy="use the address that `exitline serve` printed")  # fmt: skip
        if request.method not in ("GET", "HEAD"):
            raise RequestError(405, "this server is read-only", where=request.path,
                               expected=METHODS, got=echo(str(request.method)),
                               remedy="use GET")  # fmt: skip

    def _nothing(self, path: str) -> RequestError:
        """There is nothing at an address."""
        return RequestError(
            404, "there is nothing at this address", where="path", expected="an address of /docs",
            got=echo(path), remedy=hint(path, self._paths, "see /docs"),
        )  # fmt: skip


def refusal(reason: RequestError) -> HttpResponse:
    """A refusal as a response."""
    headers = {"Allow": METHODS} if reason.status == 405 else {}
    return HttpResponse(problem(reason), status=reason.status, headers=headers,
                        content_type="application/problem+json")  # fmt: skip


def _fault_of_ours(path: str) -> RequestError:
    """What a reader is told of a fault that is not the reader's."""
    return RequestError(
        500, "the server could not answer", where=path[:80], expected="an answer",
        got="a fault of exitline", remedy="report it, with what the server's terminal says",
    )  # fmt: skip


def host_name(host: str) -> str:
    """The name in a Host header, without its port.

    Examples
    --------
    >>> host_name("LOCALHOST:8000"), host_name("[::1]:8000"), host_name("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].split("]")[0].lower()
    return host.rsplit(":", 1)[0].lower() if host.count(":") == 1 else host.lower()


def _place(fault: BaseException) -> str:
    """File and line where something went wrong, without the values that were there."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "place unknown"
    name = trace.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{name}, line {trace.tb_lineno}"
