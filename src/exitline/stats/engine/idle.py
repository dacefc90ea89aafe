"""Connections between two uses: opening one takes as long as a query on a survey.

Only those that may open no file are kept, so that whoever takes one can read nothing but the
tables that it makes known itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from exitline.scratch import Scratch
from exitline.stats.engine.sql import quoted

KEPT = 2
"""Connections that wait."""


@dataclass(frozen=True)
class Connection:
    """A connection, the folder it may write to, and what it was told before it started."""

    backend: Any
    scratch: Scratch
    options: Mapping[str, Any]
    process: int = field(default_factory=os.getpid)

    def close(self) -> None:
        """Close it and remove its folder."""
        self.backend.disconnect()
        self.scratch.close()


_waiting: list[Connection] = []
_lock = Lock()


def taken(options: Mapping[str, Any]) -> Connection | None:
    """A connection that waits and was told the same, if there is one.

    Examples
    --------
    >>> taken({"threads": 1023}) is None
    True
    """
    with _lock:
        for one in _waiting:
            if one.options == options and one.process == os.getpid():
                _waiting.remove(one)
                return one
    return None


def given_back(connection: Connection, views: Iterable[str], rows: Iterable[str]) -> None:
    """Forget what a connection was told of, and let it wait for its next use.

    Parameters
    ----------
    connection : Connection
        Nothing runs on it, and nothing that ran on it failed.
    views, rows : iterable of str
        The views that were made, and the names of the tables in memory.
    """
    drops = [f"DROP VIEW IF EXISTS {quoted(name)}" for name in views]
    connection.backend.con.execute("; ".join([*drops, "SELECT 1"])).fetchall()  # ends what is open
    for name in rows:
        connection.backend.con.unregister(name)
    with _lock:
        _waiting.append(connection)
        oldest = _waiting.pop(0) if len(_waiting) > KEPT else None
    if oldest is not None:
        oldest.close()
