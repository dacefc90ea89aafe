"""Socket and processes of the web server, which is Granian.

A request whose header is not there in time is dropped, byte by byte or not, and so is a
connection that waits; as many as may be open at once are bounded, so that half-open ones shut
nobody out ("slowloris"). An answer that nobody takes is given up by the system.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from exitline.errors import install_extra
from exitline.publish.explorer.errors import ExplorerError

SECONDS_TO_ASK = 5
"""How long the header of a request may take to arrive, from the opening of its connection."""
SECONDS_TO_TAKE = 120
"""How long a reader may leave an answer untaken."""
SECONDS_TO_FINISH = 3
"""How long answers that are under way may take when the server is stopped."""
MOST_OPEN = 400
"""Most connections of a process that are open at once, waiting ones included."""
_BACKLOG = 2048


def require_extra() -> None:
    """Refuse to start without the libraries of the extra `register`.

    Raises
    ------
    ExplorerError
        Naming what to install.
    """
    from importlib.util import find_spec

    missing = [
        name for name in ("django", "ninja", "granian", "allauth") if find_spec(name) is None
    ]
    if missing:
        raise ExplorerError(
            "the server's libraries are not installed",
            expected="django, django-ninja, django-allauth and granian", got=f"no {missing[0]}",
            remedy=install_extra("register"),
        )  # fmt: skip


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
        found.listen(_BACKLOG)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # connections inherit it
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * SECONDS_TO_TAKE)
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


def serve(
    load: Callable[[], Any], listening: socket.socket, ready: Callable[[], None], workers: int = 1
) -> None:
    """Answer requests until Ctrl-C or SIGTERM.

    Parameters
    ----------
    load : callable
        Gives the ASGI application, called once in each process.
    listening : socket
    ready : callable
        Called once, when requests are taken.
    workers : int
        How many processes answer.
    """
    import gc

    from granian._granian import SocketHolder
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.server.mp import MPServer

    class Server(MPServer):
        """Granian on a socket that listens already."""

        def _init_shared_socket(self) -> None:
            self._ssp, self._sso = None, None
            self._shd = SocketHolder(listening.fileno(), False, _BACKLOG)  # type: ignore
            self._sfd = self._shd.get_fd()  # type: ignore[attr-defined]

    server = Server(
        "exitline", interface=Interfaces.ASGINL, http=HTTPModes.http1, websockets=False,
        workers=workers, backlog=_BACKLOG, backpressure=MOST_OPEN, log_enabled=False,
        http1_settings=HTTP1Settings(header_read_timeout=int(1000 * SECONDS_TO_ASK)),
        workers_kill_timeout=SECONDS_TO_FINISH, respawn_failed_workers=workers > 1,
    )  # fmt: skip
    server.on_startup(ready)
    gc.collect()
    gc.freeze()  # what is shown stays; requests need not look through it for what is to be freed
    try:
        server.serve(target_loader=partial(_load, load), wrap_loader=False)
    finally:
        gc.unfreeze()


def _load(load: Callable[[], Any]) -> Any:
    """The application, in a process that ends when the one that watches it is killed."""
    import ctypes
    import signal
    import sys

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    return load()
