"""The register that this process serves, its keys and its users.

Django's handler in threads of its own, whose connections to the database stay open.

Django's own ASGI handler begins a thread, and with it a connection, for every request, and goes
back and forth between loop and thread at each middleware. Here a request is read by the loop,
however slowly it comes, and answered in one of a few threads from its first middleware to its
last. What is sent is taken from the answer by the loop again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.urls import set_script_prefix

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import Store, open_store
from exitline.exits.register.store.second_factor import forget_declared
from exitline.publish.web.project import set_up
from exitline.publish.web.register.accounts.oidc import providers
from exitline.publish.web.register.accounts.settings import TABLES

LONGEST_BODY = 64_000_000
"""Most bytes of what is sent: a table of some 300,000 households."""
_KEPT_OPEN: dict[str, Any] = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
"""On PostgreSQL, connections stay open in the threads that answer; each request looks first."""
_opened: list[Store] = []


def bind(address: str, *, key_file: Path | None = None, names: Collection[str] = ("*",),
         secure: bool = False, jobs: Mapping[str, Any] | None = None,
         elsewhere: Path | None = None) -> Store:  # fmt: skip
    """Serve the register at an address from now on; tables of users and sessions are made.

    Parameters
    ----------
    address : str
        ``sqlite:///file`` or ``postgresql://...``.
    key_file : Path, optional
        The key of identifiers; the key of sessions lies beside it.
    names : collection of str
        Host names by which the server may be addressed.
    secure : bool
        Whether it is reached through TLS: cookies are sent through that alone.
    elsewhere : Path, optional
        File of the providers with which one may sign in (`accounts.oidc`).
    jobs : mapping from name to `kinds.Job`, optional
        What else is done in the background: figures.

    Returns
    -------
    Store
    """
    set_up()
    from django.conf import settings
    from django.db import connections

    from exitline.exits.register.store.jobs.kinds import KINDS
    from exitline.publish.web.register.procedures import forget
    from exitline.publish.web.register.programme.table import DONORS, write_table

    found = open_store(address, key_file=key_file)
    kept_open = _KEPT_OPEN if found.postgres else {}
    connections.settings["default"] = {**connections.settings[found.alias], **kept_open}
    if hasattr(connections._connections, "default"):
        connections["default"].close()
        del connections["default"]
    settings.SECRET_KEY = _secret(found)
    settings.ALLOWED_HOSTS = list(names)
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = secure
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not secure  # browsers allow localhost alone
    settings.ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if secure else "http"
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = (
        [] if elsewhere is None else providers(elsewhere)
    )
    if secure:
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in names if name != "*"]
    _make_tables()
    forget_declared()
    _opened[:] = [replace(found, alias="default")]
    forget()
    KINDS.update({DONORS: write_table, **(jobs or {})})
    return _opened[0]


def _make_tables() -> None:
    """Tables of users, sessions, accounts and the cache, where they are not of this release."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    ends = [end for end in executor.loader.graph.leaf_nodes() if end[0] in TABLES]
    missing = {migration.app_label for migration, _ in executor.migration_plan(ends)}
    for app in (app for app in TABLES if app in missing):
        call_command("migrate", app, database="default", verbosity=0)
    if missing:
        call_command("createcachetable", database="default", verbosity=0)


def store() -> Store:
    """The register that this process serves."""
    return _opened[0]


def _secret(found: Store) -> str:
    """The key of sessions and forms: beside the key of identifiers, readable by its owner."""
    from exitline.files import whole_file

    if found.key_file is None:
        return secrets.token_urlsafe(50)
    file = found.key_file.with_name("web.key")
    if not file.exists():
        with whole_file(file, private=True) as partial:
            partial.write_text(secrets.token_urlsafe(50) + "\n", encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def application(address: str, *, log: bool = False, **given: Any) -> Any:
    """The ASGI application over the register at an address; the parameters are those of `bind`.

    With `log` every request is a line on the standard error, without personal data.
    """
    bind(address, **given)
    if log:
        logger = logging.getLogger("exitline.register")
        logger.addHandler(logging.StreamHandler())
        logger.setLevel(logging.INFO)

    answering = Answering()
    _warm_up()
    return bounded(answering)


def _warm_up() -> None:
    """Read and compile what the first pages would wait for: addresses, templates, procedures."""
    from django.urls import get_resolver

    from exitline.publish.web.register import pages, procedures

    get_resolver().url_patterns  # noqa: B018
    pages.compile_all()
    if digest := procedures.newest(store()):
        procedures.by_digest(store(), digest)


def bounded(inner: Any) -> Any:
    """An ASGI application that refuses what is too long, before or while it is read."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        said = dict(scope.get("headers") or ()).get(b"content-length", b"0")
        read, refused = 0, not said.isdigit() or int(said) > LONGEST_BODY

        async def counted() -> Any:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return message if read <= LONGEST_BODY else {"type": "http.disconnect"}

        if refused:
            kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": kind})
            text = f"too long: at most {LONGEST_BODY // 1_000_000} MB can be sent\n".encode()
            await send({"type": "http.response.body", "body": text})
            return
        await inner(scope, counted, send)

    return answer


def add_user(name: str, password: str) -> None:
    """A user with this password, new or changed.

    Raises
    ------
    StoreError
        For a password that is too short or too common.
    """
    from django.contrib.auth.models import User
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password)
    except ValidationError as reason:
        raise StoreError(
            "this password will not do", where=f"user '{name}'",
            expected="at least 10 letters, and no common password",
            remedy="choose a longer one",
        ) from reason  # fmt: skip
    user, _ = User.objects.get_or_create(username=name)
    user.set_password(password)
    user.save()


def add_demo_users(names: Iterable[str], password: str) -> None:
    """Users of the demonstration, all with one password."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.db import transaction

    one = make_password(password)
    with transaction.atomic():
        for name in names:
            User.objects.update_or_create(username=name, defaults={"password": one})


HANDS = 6
"""Threads of a process that answer; each holds one connection to the database."""


class Answering(ASGIHandler):
    """The ASGI application of the register's pages.

    Parameters
    ----------
    hands : int
        Requests that are answered at once; others wait.
    """

    def __init__(self, hands: int = HANDS) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._hands = ThreadPoolExecutor(hands, thread_name_prefix="answer")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()
        with closing(body):
            response = await loop.run_in_executor(self._hands, self._answer, scope, body)
            try:
                await self.send_response(response, send)
            finally:
                if response.streaming:
                    await loop.run_in_executor(self._hands, response.close)

    def _answer(self, scope: Any, body: Any) -> Any:
        """The whole answer, in a thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, response = self.create_request(scope, body)
        if request is not None:
            response = self.get_response(request)
        if response.streaming:
            response.streaming_content = _later(response.streaming_content)
        else:
            response.close()  # the connection is given back, or looked at
        return response


async def _later(parts: Iterator[bytes]) -> Any:
    """The parts of a file, each read in a thread."""
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part
