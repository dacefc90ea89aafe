"""An engine for the length of a block: opened and closed here, or lent by the caller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from exitline import late
from exitline.stats.engine import open_engine

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine


@contextmanager
def session(engine: str | Engine = "duckdb") -> Iterator[Engine]:
    """Open an engine by name and close it afterwards; leave a given one open.

    Examples
    --------
    >>> with session("duckdb") as engine:
    ...     engine.name
    'duckdb'
    """
    if not isinstance(engine, str):
        yield engine
        return
    with late.collecting_rarely():
        opened = open_engine(engine)
        try:
            yield opened
        finally:
            opened.close()
