"""A register served to browsers, and the passwords of those who sign in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1", "[::1]", "localhost")


def require() -> None:
    """Refuse to start without the libraries of the extra `register`; set Django up for pages.

    To be called before a register is opened in this process: Django is set up once.
    """
    from exitline.publish.web.serving import require_extra

    require_extra()
    from exitline.publish.web.project import set_up

    set_up()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a taken port is known before the work begins."""
    from exitline.publish.web.serving import listen as made

    return made(host, port)


def serve(
    database: str, listening: socket.socket, ready: Callable[[], None], *, key: Path | None = None,
    names: Iterable[str] = (), secure: bool = False, workers: int = 1, study: Path | None = None,
    elsewhere: Path | None = None,
) -> None:  # fmt: skip
    """Serve a register until Ctrl-C or SIGTERM.

    Parameters
    ----------
    database : str
        ``sqlite:///file`` or ``postgresql://...``.
    listening : socket
        See `exitline.publish.web.serving.listen`.
    ready : callable
        Called once, when requests are taken.
    key : Path, optional
        The file of the identifiers' key.
    names : iterable of str
        Names by which the server may be addressed, besides this machine's own.
    secure : bool
        Whether browsers reach it through TLS.
    workers : int
        Processes that answer.
    elsewhere : Path, optional
        File of the providers with which one may sign in.
    study : Path, optional
        The study that the page of figures runs on the live tables.

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or what the web needs is not
        installed.
    """
    require()
    from exitline.exits.register.store.opening import open_store
    from exitline.publish.web.register.opened import application
    from exitline.publish.web.serving import serve as run

    open_store(database, key_file=key)  # what is wrong is said here, not in a worker
    if elsewhere is not None:
        from exitline.publish.web.register.accounts.oidc import providers

        providers(elsewhere)
    jobs = None
    if study is not None:
        from exitline.api.registers.measuring import jobs_of_figures

        jobs = jobs_of_figures(study, database)
    load = partial(
        application, database, key_file=key, names=(*LOOPBACK, *names), secure=secure, log=True,
        jobs=jobs, elsewhere=elsewhere,
    )  # fmt: skip
    run(load, listening, ready, workers)


def set_password(database: str, name: str, password: str, *, key: Path | None = None) -> None:
    """Let somebody sign in with a password.

    Parameters
    ----------
    database : str
    name : str
        As assignments name the person.
    password : str
        At least 10 letters.

    Raises
    ------
    StoreError
        For a password that is too short or too common.
    """
    require()
    from exitline.publish.web.register.opened import add_user, bind

    bind(database, key_file=key)
    add_user(name, password)


def let_in(database: str, names: Iterable[str], password: str, *, key: Path | None = None) -> None:
    """Let the people of a demonstration sign in, all with one password."""
    require()
    from exitline.publish.web.register.opened import add_demo_users, bind

    bind(database, key_file=key)
    add_demo_users(names, password)
