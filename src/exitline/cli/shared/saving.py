"""The option `--save`: a result as a file for another program, or as a drawing."""

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
        if Path(path).suffix.lower() not in (*WRITERS, *DRAWN):
            known = ", ".join((*WRITERS, *DRAWN))
            raise click.BadParameter(f"{path!r} should end in one of {known}")
    return paths


def saves(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option, as `saved`: a tuple of paths."""
    return click.option(
        "--save", "saved", multiple=True, metavar="FILE", callback=_known,
        help="Also write the table, as its ending says: .xlsx, .csv, .dta, .parquet, .docx, "
        ".html, .md, .tex, .sdmx.csv; or draw it: .svg, .png; repeatable.",
    )(command)  # fmt: skip


def save_all(found: ShownResult, paths: Iterable[str]) -> None:
    """Write every file that was asked for.

    Parameters
    ----------
    found : ShownResult
    paths : iterable of str
    """
    for path in map(Path, paths):
        if path.suffix.lower() in DRAWN:
            found.plot().save(path)
        else:
            found.save(path)
