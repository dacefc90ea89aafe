"""A safe table as a file: the ending of its name says which kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.errors import nearest
from exitline.publish.tables.system import TableError

if TYPE_CHECKING:
    from exitline.publish.tables.content import SafeTable

ENDINGS = (".html", ".xlsx", ".sdmx.csv", ".csv")


def ending(path: str | Path) -> str:
    """Which of `ENDINGS` a name has.

    Raises
    ------
    TableError
        For any other.

    Examples
    --------
    >>> ending("poor.sdmx.csv"), ending("Poor.HTML")
    ('.sdmx.csv', '.html')
    """
    name = Path(path).name.lower()
    for known in ENDINGS:
        if name.endswith(known) and name != known:
            return known
    suffix = Path(path).suffix
    raise TableError(
        "there is no such kind of table file", where=str(path),
        expected="a name that ends in " + ", ".join(ENDINGS), got=suffix or "no ending",
        remedy=nearest(suffix, ENDINGS) or "for instance poor-by-county.xlsx",
    )  # fmt: skip


def write(table: SafeTable, path: str | Path, *, dataflow: str = "") -> tuple[Path, ...]:
    """Write a table; each file appears whole or not at all.

    Parameters
    ----------
    table : SafeTable
    path : path
        Ends in one of `ENDINGS`.
    dataflow : str
        For SDMX: AGENCY:ID(VERSION).

    Returns
    -------
    tuple of Path
        What was written: for .csv the data package beside it, too.

    Raises
    ------
    TableError, OutputError
    """
    from exitline.publish.tables.write.html import write_html
    from exitline.publish.tables.write.package import write_csv
    from exitline.publish.tables.write.sdmx import DATAFLOW, write_sdmx
    from exitline.publish.tables.write.xlsx import write_xlsx

    final = Path(path)
    kind = ending(path)
    if kind == ".sdmx.csv":
        return write_sdmx(table, final, dataflow or DATAFLOW)
    writers: dict[str, Callable[[SafeTable, Path], tuple[Path, ...]]] = {
        ".html": write_html, ".xlsx": write_xlsx, ".csv": write_csv,
    }  # fmt: skip
    return writers[kind](table, final)
