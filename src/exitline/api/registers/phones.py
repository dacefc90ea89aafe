"""Servers of forms for phones: submissions pulled into the queue, households pushed as Entities."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.exits.register.store.field.servers import FieldServer


def pull(
    database: str, *, server: str, url: str, form: str, step: str, by: str, project: str = "",
    user: str = "", secret: str = "", area: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Fetch the submissions of a form and put those that are new into the queue.

    Nothing in the queue changes a household: a person takes each by their own step.

    Parameters
    ----------
    database : str
    server : {"odk", "kobo"}
        ODK Central or KoboToolbox.
    url : str
        Of the server, with https unless it is this machine.
    form : str
        The form's id (ODK Central), or the asset's (KoboToolbox).
    step : str
        Of the procedure: whose form it is.
    by : str
        Who is answerable.
    project, user : str
        Number of the project, and e-mail (ODK Central).
    secret : str
        Password (ODK Central) or token (KoboToolbox).
    area : str
        Only households of this area.

    Returns
    -------
    dict
        rows, new, known, refused (row, why).

    Raises
    ------
    ArgumentError
        When the procedure has no such step.
    StoreError
        When there is no register of this release at the address, or the server does not answer
        as it should.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.field.pulled import pulled

    seen = store.within(area) if area else store
    with tempfile.TemporaryDirectory() as folder:
        served = _server(server, url, project, user, secret)
        return pulled(seen, served, form, step, by, Path(folder))


def push(
    database: str, *, url: str, project: str, user: str, secret: str = "",
    dataset: str = "households", helper: str = "", area: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Bring an Entity List of ODK Central to the households of a register.

    Parameters
    ----------
    database : str
    url, project, user, secret
        As in `pull`.
    dataset : str
        The Entity List; it should hold nothing else.
    helper : str
        Only the households that this person helps.
    area : str
        Only households of this area.

    Returns
    -------
    dict
        created, updated, deleted, same.

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or the server does not answer
        as it should.
    """
    import getpass

    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.field.entities import push as sent
    from exitline.exits.register.store.write.looks import taken_away
    from exitline.words.said import say

    seen = store.within(area) if area else store
    found = sent(seen, _server("odk", url, project, user, secret), dataset, helper=helper)
    rows = found.created + found.updated + found.same
    taken_away(
        seen, getpass.getuser(), "command", str(say("households as Entities of ODK Central")), rows
    )
    return asdict(found)


def _server(kind: str, url: str, project: str, user: str, secret: str) -> FieldServer:
    """Where to ask, and as whom."""
    from exitline.exits.register.store.field.servers import FieldServer

    return FieldServer(kind, url.rstrip("/"), project=project, user=user, secret=secret)
