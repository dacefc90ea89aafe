"""What stands before the application: who may ask, how much, and what every answer says."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

from exitline.publish.server.faults import RequestError, echo, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_ADDRESS = 8000
"""Most bytes of path and query together (RFC 9110, section 4.1, asks for no less)."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = "default-src 'none'; frame-ancestors 'none'"
"""Content security policy of everything that has none of its own."""
_log = logging.getLogger("exitline.serve")


class Guard:
    """Checks the host and the length of every request; sets headers; hides faults of ours.

    Parameters
    ----------
    inner : ASGI application
    hosts : collection of str, optional
        Names by which the server may be addressed. A page elsewhere that lets its own
        name point to this machine (DNS rebinding) is refused. None: any name.
    """

    def __init__(self, inner: ASGIApp, hosts: Collection[str] | None) -> None:
        self._inner = inner
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": with_headers(message.get("headers", []))}
            await send(message)

        refused = self._refused(scope)
        if refused is None:
            try:
                await self._inner(scope, receive, send_on)
            except Exception as fault:
                _log.error("a fault of exitline: %s, %s", type(fault).__name__, _place(fault))
                if started:
                    return
                refused = fault_of_ours(scope["path"])
        if refused is not None:
            await _refuse(refused, scope, send_on)

    def _refused(self, scope: Scope) -> RequestError | None:
        """Why a request is not let in; None where it is."""
        path = scope.get("raw_path") or scope["path"].encode()
        length = len(path) + len(scope["query_string"])
        if length > LONGEST_ADDRESS:
            return RequestError(414, "the address is too long", where="path and query",
                           expected=f"at most {LONGEST_ADDRESS:,} bytes", got=f"{length:,} bytes",
                           remedy="ask for less at once")  # fmt: skip
        if b"%" in path:
            return RequestError(404, "there is nothing at this address", where="path",
                           expected="an address of /docs, none of which is encoded",
                           got=echo(scope["path"]), remedy="see /docs")  # fmt: skip
        host = next((v for k, v in scope["headers"] if k.lower() == b"host"), b"")
        name = host_name(host.decode("latin-1"))
        if self._hosts is None or name in self._hosts:
            return None
        return RequestError(
            421, "this server is not called that", where="header Host",
            expected=" or ".join(sorted(self._hosts)), got=echo(name),
            remedy="use the address that `exitline serve` printed",
        )  # fmt: skip


def fault_of_ours(path: str) -> RequestError:
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


def with_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers of an answer, and those that every answer has."""
    there = {name.lower() for name, _ in headers}
    usual = {**HEADERS, "Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    added = [(k.lower().encode(), v.encode()) for k, v in usual.items()]
    return [*headers, *(pair for pair in added if pair[0] not in there)]


async def _refuse(refused: RequestError, scope: Scope, send: Send) -> None:
    """Send a refusal."""
    body = problem(refused)
    headers = [(b"content-type", b"application/problem+json"),
               (b"content-length", str(len(body)).encode())]  # fmt: skip
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    sent = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": sent})


def _place(fault: BaseException) -> str:
    """File and line where something went wrong, without the values that were there."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "place unknown"
    name = trace.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{name}, line {trace.tb_lineno}"
