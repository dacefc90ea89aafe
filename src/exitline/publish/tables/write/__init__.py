"""A safe table as a file: the ending of its name says which kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.errors import nearest
from exitline.proof.disclose.system import TableError
from exitline.words.catalogue import ENGLISH, Language

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


def write(
    table: SafeTable,
    paths: Sequence[str | Path],
    *,
    dataflow: str = "",
    private: Mapping[Path, bytes] | None = None,
    t: Language = ENGLISH,
) -> tuple[Path, ...]:
    """Write a table in some forms; all files appear whole, or none.

    Parameters
    ----------
    table : SafeTable
    paths : sequence of path
        Each ends in one of `ENDINGS`.
    dataflow : str
        For SDMX: AGENCY:ID(VERSION).
    private : mapping of Path to bytes, optional
        Files that belong to the table and that only the owner may read: its audit.
    t : Language
        Of .html and .xlsx; the others are for machines.

    Returns
    -------
    tuple of Path
        What was written for publication: for .csv the data package beside it, too.

    Raises
    ------
    TableError, OutputError
    """
    from exitline.files import whole_files

    made: dict[Path, bytes] = {}
    for path in map(Path, paths):
        made |= _made(table, path, dataflow, made, t)
    own = dict(private or {})
    with whole_files(*made, *own, private=tuple(own)) as partials:
        for partial, content in zip(partials, [*made.values(), *own.values()], strict=True):
            partial.write_bytes(content)
    return tuple(made)


def _made(
    table: SafeTable, path: Path, dataflow: str, earlier: Mapping[Path, bytes], t: Language
) -> dict[Path, bytes]:
    """The content of each file that belongs to one form."""
    from exitline.publish.tables.write.html import render_html
    from exitline.publish.tables.write.package import csv_files
    from exitline.publish.tables.write.sdmx import DATAFLOW, sdmx_text
    from exitline.publish.tables.write.xlsx import workbook

    kind = ending(path)
    if kind == ".html":
        return {path: render_html(table, t).encode()}
    if kind == ".xlsx":
        return {path: workbook(table, t)}
    if kind == ".sdmx.csv":
        return {path: sdmx_text(table, dataflow or DATAFLOW).encode()}
    return csv_files(table, path, earlier)
