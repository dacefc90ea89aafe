"""Asking for a job: handed to a worker on PostgreSQL, run in a thread on SQLite."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connections

from exitline.exits.register.store.jobs.queue import hand_over
from exitline.exits.register.store.jobs.running import run
from exitline.exits.register.store.models import JobRow
from exitline.exits.register.store.opening import Store


def ask(store: Store, kind: str, by: str, /, **given: Any) -> int:
    """Ask for a job, to be run by a worker (PostgreSQL) or a thread of this process (SQLite).

    Parameters
    ----------
    store : Store
        The job sees what it sees.
    kind : str
        One of `kinds.KINDS`.
    by : str
    **given
        What the job needs, as JSON.

    Returns
    -------
    int
        The job's number.
    """
    with store.transaction():
        rows = JobRow.objects.using(store.alias)
        number = rows.create(kind=kind, given=given, path=store.scope.path, by=by).pk
    if store.postgres:
        hand_over(store, number)
    else:
        threading.Thread(target=_apart, args=(store, number), daemon=True).start()
    return int(number)


def _apart(store: Store, number: int) -> None:
    """Run a job in a thread, with connections of its own."""
    try:
        run(store.whole(), number)
    finally:
        connections.close_all()
