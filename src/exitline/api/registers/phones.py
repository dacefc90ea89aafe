"""Servers of forms for phones: submissions pulled into the queue, households pushed as Entities."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import ArgumentError, nearest

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
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store import texts
    from exitline.exits.register.store.field.servers import fetch
    from exitline.exits.register.store.field.submissions import bring_in

    procedure = texts.procedures(store)[-1]
    if step not in procedure.steps:
        raise ArgumentError(
            "the procedure has no such step", where="step", expected="one of its steps",
            got=step[:60],
            remedy=nearest(step, procedure.steps) or "see `exitline lifecycle procedure`",
        )  # fmt: skip
    seen = store.within(area) if area else store
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "submissions.csv"
        fetch(_server(server, url, project, user, secret), form, file)
        if file.read_text(encoding="utf-8").count("\n") < 2:
            return {"rows": 0, "new": 0, "known": 0, "refused": ()}
        return asdict(bring_in(seen, file, procedure.step(step), procedure, by))


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
