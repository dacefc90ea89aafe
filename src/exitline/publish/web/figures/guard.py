"""What stands before the views: who may ask, how much, and what every answer says."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from exitline.publish.web.figures.faults import RequestError, echo, hint, problem

if TYPE_CHECKING:
    from django.core.handlers.asgi import ASGIRequest

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
