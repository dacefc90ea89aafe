"""The only room that executes a query.

DuckDB by default, Spark where one machine is too small. Everything above builds
unbound Ibis expressions and asks an engine to run them.

May import `stats.measure` and `stats.data`; provides engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.registry import Registry, lazily

if TYPE_CHECKING:
    from collections.abc import Callable

    from exitline.stats.engine.base import Engine

ENGINES: Registry[Callable[[], Engine]] = Registry(
    "engine",
    {
        "duckdb": lazily("exitline.stats.engine.duckdb:DuckDB"),
        "spark": lazily("exitline.stats.engine.spark:Spark"),
    },
)
"""What opens each engine, by its name; a new one is a module of this room and a line here."""


def open_engine(name: str = "duckdb") -> Engine:
    """An engine by name.

    Parameters
    ----------
    name : {"duckdb", "spark"}

    Returns
    -------
    Engine

    Raises
    ------
    ExitlineError
        For an unknown name, or where Spark or Java is not installed.

    Examples
    --------
    >>> open_engine().name
    'duckdb'
    """
    return ENGINES.find(name)()


__all__ = ["ENGINES", "open_engine"]
