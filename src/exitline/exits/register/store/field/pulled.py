"""Submissions fetched from a server of forms into the queue; the server that workers know.

Its password is in the environment of the process that fetches, never in the register.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from exitline.errors import ArgumentError, nearest
from exitline.exits.register.store import texts
from exitline.exits.register.store.field.servers import FieldServer, fetch
from exitline.exits.register.store.field.submissions import bring_in
from exitline.exits.register.store.opening import Store

SERVER_URL = "EXITLINE_FIELD_URL"
_KIND, _PROJECT, _USER, _SECRET = (
    f"EXITLINE_FIELD_{name}" for name in ("SERVER", "PROJECT", "USER", "SECRET")
)


def known_server() -> FieldServer | None:
    """The server of forms that the environment names; None where it names none."""
    url = os.environ.get(SERVER_URL, "")
    if not url:
        return None
    project, user, secret = (os.environ.get(name, "") for name in (_PROJECT, _USER, _SECRET))
    kind = os.environ.get(_KIND, "odk")
    return FieldServer(kind, url.rstrip("/"), project=project, user=user, secret=secret)


def pulled(
    store: Store, server: FieldServer, form: str, step: str, by: str, folder: Path,
    told: Callable[[int, int | None], None] = lambda done, total: None,  # noqa: ARG005
) -> dict[str, Any]:  # fmt: skip
    """Fetch the submissions of a form, and put those that are new into the queue.

    Parameters
    ----------
    store : Store
    server : FieldServer
    form : str
        The form's id there.
    step : str
        Of the procedure: whose form it is.
    by : str
        Who is answerable.
    folder : Path
        Where the file lies while it is read.
    told : callable
        Is told of two parts: fetched, taken.

    Returns
    -------
    dict
        rows, new, known, refused (row, why).

    Raises
    ------
    ArgumentError
        When the procedure has no such step.
    """
    procedure = texts.procedures(store)[-1]
    if step not in procedure.steps:
        raise ArgumentError(
            "the procedure has no such step", where="step", expected="one of its steps",
            got=step[:60],
            remedy=nearest(step, procedure.steps) or "see `exitline lifecycle procedure`",
        )  # fmt: skip
    told(0, 2)
    file = folder / "submissions.csv"
    try:
        fetch(server, form, file)
        told(1, 2)
        if file.read_text(encoding="utf-8").count("\n") < 2:
            found: dict[str, Any] = {"rows": 0, "new": 0, "known": 0, "refused": ()}
        else:
            found = asdict(bring_in(store, file, procedure.step(step), procedure, by))
    finally:
        file.unlink(missing_ok=True)
    told(2, 2)
    return found
