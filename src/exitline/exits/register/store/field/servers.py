"""Submissions fetched from ODK Central and KoboToolbox over their interfaces, into a file.

The file is what `submissions.bring_in` reads; nothing here touches a register. ODK Central: a
session by e-mail and password, then `/v1/projects/P/forms/F/submissions.csv`. KoboToolbox: a
token, then `/api/v2/assets/F/data/`, page by page.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exitline.errors import install_extra
from exitline.exits.register.store.errors import StoreError
from exitline.files import whole_file
from exitline.words.said import say

SECONDS = 60.0
"""How long a server may take to answer."""
MOST_BYTES = 512_000_000


@dataclass(frozen=True)
class FieldServer:
    """Where submissions are kept, and as whom they are asked for.

    Parameters
    ----------
    kind : {"odk", "kobo"}
    url : str
        Of the server: ``https://central.example.org``.
    project : str
        Number of the project (ODK Central).
    user : str
        E-mail (ODK Central).
    secret : str
        Password (ODK Central) or token (KoboToolbox); never shown.
    """

    kind: str
    url: str
    project: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)


def fetch(server: FieldServer, form: str, out: Path) -> int:
    """Write the submissions of a form into a CSV file, whole or not at all.

    Parameters
    ----------
    server : FieldServer
    form : str
        The form's id (ODK Central), or the asset's (KoboToolbox).
    out : Path

    Returns
    -------
    int
        Submissions.

    Raises
    ------
    StoreError
        When the server cannot be reached, or refuses.
    """
    with asking(server) as client, whole_file(out) as made:
        if server.kind == "odk":
            return _from_central(client, server, form, made)
        return _from_kobo(client, server, form, made)


@contextmanager
def asking(server: FieldServer) -> Iterator[Any]:
    """A client of a server; whatever goes wrong with it is said in words.

    Raises
    ------
    StoreError
        When the server cannot be reached, or refuses; and for an address without TLS that is not
        on this machine.
    """
    try:
        import httpx
    except ImportError as reason:
        raise StoreError(
            "fetching submissions needs httpx", got=say("not installed"),
            remedy=install_extra("register"),
        ) from reason  # fmt: skip
    try:
        url = httpx.URL(server.url)
        if url.scheme != "https" and url.host not in ("127.0.0.1", "::1", "localhost"):
            raise StoreError(
                say("a secret is not sent without TLS"), where=server.url.partition("?")[0],
                expected="https://", got=url.scheme or say("no scheme"),
                remedy=say("give the server's address with https"),
            )  # fmt: skip
        with httpx.Client(base_url=server.url, timeout=SECONDS) as client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as reason:
        status = getattr(getattr(reason, "response", None), "status_code", None)
        raise StoreError(
            say("the server did not do what it was asked for"),
            where=server.url.partition("?")[0],
            expected=say("a server that answers, and a form or list that one may use"),
            got=f"HTTP {status}" if status else type(reason).__name__,
            remedy=say("look at the address, the form and who asks"),
        ) from reason  # fmt: skip


def bearer(client: Any, server: FieldServer) -> dict[str, str]:
    """The header of a session with ODK Central."""
    sent = {"email": server.user, "password": server.secret}
    session = client.post("/v1/sessions", json=sent).raise_for_status().json()
    return {"Authorization": f"Bearer {session['token']}"}


def _from_central(client: Any, server: FieldServer, form: str, out: Path) -> int:
    """The root table of a form, as ODK Central writes it."""
    address = f"/v1/projects/{server.project}/forms/{form}/submissions.csv"
    headers, size = bearer(client, server), 0
    with client.stream("GET", address, headers=headers) as answer, out.open("wb") as handle:
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            size += len(piece)
            if size > MOST_BYTES:
                raise ValueError("too long")
            handle.write(piece)
    with out.open(encoding="utf-8-sig", newline="") as handle:
        return sum(1 for _ in csv.DictReader(handle))


def _from_kobo(client: Any, server: FieldServer, form: str, out: Path) -> int:
    """The submissions of an asset, page by page, as one table."""
    rows = list(_pages(client, f"/api/v2/assets/{form}/data/?format=json&limit=1000", server))
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns or ["_uuid"])
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _pages(client: Any, address: str, server: FieldServer) -> Iterator[dict[str, Any]]:
    """Every submission; the next page must be on the same server."""
    headers, seen = {"Authorization": f"Token {server.secret}"}, set()
    while address and address not in seen:
        seen.add(address)
        found = client.get(address, headers=headers).raise_for_status().json()
        for row in found["results"]:
            yield {k: v for k, v in row.items() if not isinstance(v, list | dict)}
        address = found.get("next") or ""
        if address and not address.startswith(("/", server.url)):
            raise ValueError("a page on another server")
