"""exitline init: look at a data file and propose a study."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.speaking import reader
from exitline.words.said import say


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
    from exitline import api
    from exitline.cli.shared import show

    printed = out == "-" or json_
    target = None if printed else Path(out) if out else Path(data).parent / "study.yaml"
    with show.working("looking at the columns"):
        found = api.init(data, out=target, title=title, reading=reading, language=reader().code)
    if json_:
        show.as_json(asdict(found.proposal))
    elif printed:
        click.echo(found.text, nl=False)
    else:
        show.note(say("written: {file}; read every line, then run `exitline check {file}`",
                      file=str(target)))  # fmt: skip


__all__ = ["command"]
