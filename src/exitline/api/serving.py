"""Finished runs, or a record of decisions, served to browsers: read-only, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.api.exploring import Say, build

if TYPE_CHECKING:
    import socket

__all__ = ["Served", "serve"]


@dataclass(frozen=True)
class Served:
    """What is served, and where.

    Attributes
    ----------
    title : str
    notice : str
        What readers are told first; empty where there is nothing.
    address : str
        To be opened on this machine.
    near : bool
        Whether this machine alone can reach it.
    """

    title: str
    notice: str
    address: str
    near: bool


def where(listening: socket.socket) -> tuple[str, bool]:
    """The address to open on this machine, and whether this machine alone can reach it."""
    from exitline.publish.web.serving import address_of, is_loopback

    return address_of(listening), is_loopback(listening)


def serve(
    sources: str | Path | Sequence[str | Path],
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    study: str | Path | None = None,
    min_count: float | None = None,
    ready: Callable[[Served], None] = lambda _: None,
    say: Say = lambda _: None,
) -> None:
    """Show runs, or a record of decisions, to browsers until Ctrl-C or SIGTERM; with a JSON API.

    Parameters
    ----------
    sources : path, or sequence of path
        The folder of a run, several of them (one for each year), or an explorer file.
    host : str
        Address to listen on; only loopback is closed to others.
    port : int
        0 for any free one.
    study : path, optional
        The study of the run: every figure is computed again and compared.
    min_count : float, optional
        Counts from 1 to below this are suppressed, where the runs themselves hide less.
    ready : callable
        Called once, when requests are taken.
    say : callable
        Told, in a few words, what is being done.

    Raises
    ------
    ExitlineError
        When the extra `register` is missing, the port is taken, or something cannot be shown.

    Examples
    --------
    >>> import socket
    >>> with socket.create_server(("127.0.0.1", 0)) as other:
    ...     serve("examples/china-832/explorer.yaml", port=other.getsockname()[1])
    Traceback (most recent call last):
    ...
    exitline.publish.explorer.errors.ExplorerError: port ... is taken...
    """
    from exitline.publish.web.serving import listen, require_extra
    from exitline.publish.web.serving import serve as run

    require_extra()
    with listen(host, port) as listening:
        from exitline.publish.explorer.page import render
        from exitline.publish.explorer.texts import in_language
        from exitline.publish.web.figures.handler import LOOPBACK, application

        named = [sources] if isinstance(sources, str | Path) else list(sources)
        shown = build(named, study=study, min_count=min_count, say=say)
        say("writing the page")
        page = render(shown.payload())
        address, near = where(listening)
        names = {*LOOPBACK, host.lower(), listening.getsockname()[0]} if near else None
        notice = in_language(shown.notice, "en") if shown.notice else ""
        served = Served(in_language(shown.title, "en"), notice, address, near)
        run(partial(application, shown, page, hosts=names), listening, lambda: ready(served))
