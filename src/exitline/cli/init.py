"""exitline init: look at a data file and propose a study."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.reading import reads_data

if TYPE_CHECKING:
    from exitline.stats.data.guesses import Proposal


@click.command(
    help="""Look at a DATA file and propose a commented study file.

Columns are recognised by their names (English, French, Spanish, Portuguese and
the usual codes of surveys) and by their values. Nothing is certain: read the
proposal before you use it. An existing file is never overwritten.

Examples:

\b
  exitline init survey.dta                  # writes study.yaml beside it
  exitline init survey.csv --encoding cp1252 --out work/study.yaml
  exitline init survey.parquet --out -      # prints it
""",
)
@click.argument("data", type=click.Path(path_type=str))
@click.option(
    "--out", default=None, help="File to write; - prints it. [default: study.yaml beside DATA]"
)
@click.option("--title", default=None, help="Title of the study. [default: the file's name]")
@click.option("--json", "json_", is_flag=True, help="Print what was recognised as JSON.")
@reads_data
def command(
    data: str,
    out: str | None,
    title: str | None,
    json_: bool,
    reading: dict[str, Any],
) -> None:
    """Propose a study and write or print it."""
    from exitline.cli import show
    from exitline.stats.data.proposal_text import study_text, write_new

    with show.working("looking at the columns"):
        proposal = _look(data, reading)
    if json_:
        show.as_json(asdict(proposal))
        return
    printed = out == "-"
    target = Path(out) if out and not printed else Path(data).parent / "study.yaml"
    path = os.path.relpath(data, Path() if printed else target.parent)
    text = study_text(proposal, title or Path(data).stem, Path(path).as_posix(), reading)
    if printed:
        click.echo(text, nl=False)
        return
    write_new(target, text)
    show.note(f"wrote {target}: read every line, then run `exitline check {target}`")


def _look(data: str, options: dict[str, Any]) -> Proposal:
    """Open the file and look at its columns."""
    from exitline.stats.data import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.measure.profile import look

    with session() as engine:
        table = engine.attach(open_source(data, **options), "data")
        return look(table, engine.run)


__all__ = ["command"]
