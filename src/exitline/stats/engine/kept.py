"""What an engine keeps between two calls: connections, and the SQL of expressions.

Opening a connection takes as long as a query on a survey. Only those that may open no file are
kept, so that whoever takes one can read nothing but the tables that it makes known itself.

Ibis takes longer to write a query of many sums than DuckDB takes to answer it on a survey; most of
that time goes into merging selections within selections, which DuckDB does itself.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import ibis.expr.operations as ops
from ibis import options

from exitline.scratch import Scratch
from exitline.stats.engine.sql import quoted

MOST_WAITING = 2
"""Connections that wait."""
MOST_SQL = 64
"""Queries whose SQL is kept."""
_known: OrderedDict[tuple[Any, Any, bool], str] = OrderedDict()
_reading, _writing, _lock = Lock(), Lock(), Lock()


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
        oldest = _waiting.pop(0) if len(_waiting) > MOST_WAITING else None
    if oldest is not None:
        oldest.close()


def compiled_once(backend: Any) -> Any:
    """A backend that writes the SQL of equal expressions once in a process.

    Expressions are compared by what they say: the names and types of tables, not their rows.
    Those that hold rows themselves are not kept.

    Parameters
    ----------
    backend : ibis.backends.duckdb.Backend

    Returns
    -------
    ibis.backends.duckdb.Backend
        The same.

    Examples
    --------
    >>> import ibis
    >>> backend = compiled_once(ibis.duckdb.connect())
    >>> table = ibis.table({"y": "int64"}, name="t")
    >>> backend.compile(table.count()) is backend.compile(table.count())
    True
    """
    write = backend.compile

    def compile_(
        expr: Any, /, *, limit: Any = None, params: Any = None, pretty: bool = False
    ) -> str:
        operation = expr.op()
        if params or operation.find(ops.InMemoryTable):
            return _unmerged(write, expr, limit=limit, params=params, pretty=pretty)
        key = (operation, limit, pretty)
        with _reading:
            if key in _known:
                _known.move_to_end(key)
                return _known[key]
        written = _unmerged(write, expr, limit=limit, pretty=pretty)
        with _reading:
            _known[key] = written
            while len(_known) > MOST_SQL:
                _known.popitem(last=False)
        return written

    backend.compile = compile_
    return backend


def _unmerged(write: Any, expr: Any, **more: Any) -> str:
    """SQL whose selections stand within each other; the caller's own option is left as it was."""
    with _writing:
        merged = options.sql.fuse_selects
        options.sql.fuse_selects = False
        try:
            return str(write(expr, **more))
        finally:
            options.sql.fuse_selects = merged
