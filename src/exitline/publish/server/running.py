"""The socket and the process of `exitline serve`."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from exitline.errors import install_extra
from exitline.publish.explorer.errors import ExplorerError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SECONDS_TO_FINISH = 3
"""How long answers that are under way may take when the server is stopped."""


def require_extra() -> None:
    """Refuse to start without the libraries of the extra `web`.

    Raises
    ------
    ExplorerError
        Naming what to install.
    """
    try:
        import starlette
        import uvicorn
    except ImportError as reason:
        raise ExplorerError(
            "the server's libraries are not installed", expected="starlette and uvicorn",
            got=f"no {reason.name}", remedy=install_extra("web"),
        ) from None  # fmt: skip
    del starlette, uvicorn


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a taken port is known before the work begins.

    Parameters
    ----------
    host : str
        A name or address of this machine.
    port : int
        0 for any free one.

    Returns
    -------
    socket

    Raises
    ------
    ExplorerError
        When the port is taken or may not be used, or the host is not this machine's.

    Examples
    --------
    >>> with listen("127.0.0.1", 0) as free:
    ...     is_loopback(free)
    True
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise _unusable(host, "a name or address of this machine", "no address") from None
    found = socket.socket(family, kind, protocol)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(2048)
    except OSError as reason:
        found.close()
        raise _refusal(host, port, reason) from None
    return found


def _unusable(host: str, expected: str, got: str) -> ExplorerError:
    """A host that cannot be listened on."""
    return ExplorerError(
        "this host cannot be listened on", where=f"--host {host}", expected=expected, got=got,
        remedy="leave --host out to listen on this machine alone",
    )  # fmt: skip


def _refusal(host: str, port: int, reason: OSError) -> ExplorerError:
    """Why the system gave no socket, in words."""
    import errno

    if reason.errno == errno.EADDRINUSE:
        return ExplorerError(
            f"port {port} is taken", where=f"--port {port}", expected="a port that nobody uses",
            got="another program listens on it", remedy="stop it, or take --port 0 for a free one",
        )  # fmt: skip
    if reason.errno == errno.EACCES:
        return ExplorerError(
            f"port {port} may not be used", where=f"--port {port}",
            expected="a port from 1024 upwards", got="permission denied",
            remedy="take --port 8000, or --port 0 for a free one",
        )  # fmt: skip
    return _unusable(host, "an address of this machine", (reason.strerror or "").lower())


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine can reach a socket."""
    return ipaddress.ip_address(listening.getsockname()[0].split("%")[0]).is_loopback


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser on this machine.

    Examples
    --------
    >>> with listen("127.0.0.1", 0) as free:
    ...     address_of(free) == f"http://127.0.0.1:{free.getsockname()[1]}/"
    True
    """
    host, port = listening.getsockname()[:2]
    address = ipaddress.ip_address(host.split("%")[0])
    if address.is_unspecified:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(app: ASGIApp, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until Ctrl-C.

    Parameters
    ----------
    app : ASGI application
    listening : socket
    ready : callable
        Called once, when requests are answered.
    """
    import asyncio
    import gc

    import uvicorn

    from exitline.publish.server.connections import Connection

    config = uvicorn.Config(
        app, lifespan="off", ws="none", access_log=False, log_config=None, log_level="error",
        server_header=False, proxy_headers=False, http=Connection,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )  # fmt: skip
    server = uvicorn.Server(config)

    async def answering() -> None:
        task = asyncio.ensure_future(server.serve(sockets=[listening]))
        while not (server.started or task.done()):
            await asyncio.sleep(0.01)
        if server.started:
            ready()
        await task

    gc.collect()
    gc.freeze()  # what is shown stays; requests need not look through it for what is to be freed
    try:
        asyncio.run(answering())
    except KeyboardInterrupt:
        return
    finally:
        gc.unfreeze()
