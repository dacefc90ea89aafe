"""The options `--save` and `--page`: a result as a file, as a drawing, as a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from exitline.words.shown.result import ShownResult

DRAWN = (".svg", ".png")


def _known(_: click.Context, __: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an ending that is not known before anything is computed."""
    from exitline.words.shown.files import WRITERS

    for path in paths:
        if not path.endswith("/") and Path(path).suffix.lower() not in (*WRITERS, *DRAWN):
            known = ", ".join((*WRITERS, *DRAWN))
            raise click.BadParameter(f"{path!r} should end in one of {known}, or in / for a folder")
    return paths


def saves(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option, as `saved`: a tuple of paths."""
    return click.option(
        "--save", "saved", multiple=True, metavar="FILE", callback=_known,
        help="Also write the table, as its ending says: .xlsx, .csv, .dta, .parquet, .docx, "
        ".html, .md, .tex, .sdmx.csv; or draw it: .svg, .png, or FOLDER/ for each chart as both; "
        "repeatable.",
    )(command)  # fmt: skip


def save_all(found: ShownResult, paths: Iterable[str]) -> None:
    """Write every file that was asked for.

    Parameters
    ----------
    found : ShownResult
    paths : iterable of str
    """
    for path in paths:
        if path.endswith("/"):
            found.plot().save_each(path)
        elif Path(path).suffix.lower() in DRAWN:
            found.plot().save(path)
        else:
            found.save(path)


def _page(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse an ending that is not known before anything is computed."""
    if path is not None and path.suffix.lower() != ".html":
        raise click.BadParameter(f"{str(path)!r} should end in .html")
    return path


def paged(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option, as `page`: a path, or None."""
    return click.option(
        "--page", type=click.Path(path_type=Path), callback=_page,
        help="Also write what was found as a page with pictures: .html.",
    )(command)  # fmt: skip


def save_page(found: Any, path: Path | None, *, named: int = 0, quiet: bool = False) -> None:
    """Write the page, where one was asked for, and say where.

    Parameters
    ----------
    found : a result that `exitline.page` takes
    path : Path or None
    named : int
        Households of a watch that stand on it.
    quiet : bool
        Say nothing: the command prints JSON.
    """
    if path is None:
        return
    from exitline import api
    from exitline.cli.shared import show
    from exitline.cli.shared.speaking import reader
    from exitline.words.said import say

    api.page(found, path, language=reader().code, named=named)
    if not quiet:
        show.note(say("page: {file}", file=str(path)))
