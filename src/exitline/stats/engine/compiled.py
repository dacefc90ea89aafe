"""The SQL of an expression, written once: a second wave, or a second call, asks for the same.

Ibis takes longer to write a query of many sums than DuckDB takes to answer it on a survey; most of
that time goes into merging selections within selections, which DuckDB does itself.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

import ibis.expr.operations as ops
from ibis import options

KEPT = 64
"""Queries whose SQL is kept."""
_known: OrderedDict[tuple[Any, Any, bool], str] = OrderedDict()
_lock, _writing = Lock(), Lock()


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
        with _lock:
            if key in _known:
                _known.move_to_end(key)
                return _known[key]
        written = _unmerged(write, expr, limit=limit, pretty=pretty)
        with _lock:
            _known[key] = written
            while len(_known) > KEPT:
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
