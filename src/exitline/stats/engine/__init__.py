"""The only room that executes a query.

DuckDB by default, Spark where one machine is too small. Everything above builds
unbound Ibis expressions and asks an engine to run them.

May import `stats.measure` and `stats.data`; hands out engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.errors import ExitlineError, nearest

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine

ENGINES = ("duckdb", "spark")


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
    if name == "duckdb":
        from exitline.stats.engine.duckdb import DuckDB

        return DuckDB()
    if name == "spark":
        from exitline.stats.engine.spark import Spark

        return Spark()
    raise ExitlineError(
        f"there is no engine '{name}'",
        expected="one of " + ", ".join(ENGINES),
        got=repr(name),
        remedy=nearest(name, ENGINES) or "use duckdb",
    )


__all__ = ["ENGINES", "open_engine"]
