"""`exitline measures`: the measures by name, or one of them explained."""

from __future__ import annotations

from textwrap import fill

import click

from exitline.cli.shared import show


@click.command(
    "measures",
    help="""List the measures, or explain one: formula, source, unit, what it leaves out.

NAME is a measure as `--measure` and a study take it, with or without its parameters.

Examples:

\b
  exitline measures
  exitline measures gini
  exitline measures 'fgt(1.5)' --json
""",
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, as_json: bool) -> None:
    """List measures, or explain one."""
    from exitline import api
    from exitline.api.explaining import SECTIONS

    if name is None:
        found = api.measures()
        if as_json:
            show.as_json(found)
            return
        show.table(
            "Measures",
            ("measure", "what it is"),
            [(one["usage"], one["title"]) for one in found],
            caption="exitline measures NAME explains one: formula, source, unit.",
        )
        return
    told = api.measures(name)
    if as_json:
        show.as_json(told)
        return
    click.echo(f"{told['usage']}: {told['title']}\n")
    click.echo(fill(told["what"], 78) + "\n")
    for heading in SECTIONS:
        if heading in told:
            click.echo(fill(f"{heading}: {told[heading]}", 78, subsequent_indent="  "))
    for heading in ("unit", "speaks of", "needs", "better"):
        if told.get(heading):
            click.echo(f"{heading.capitalize()}: {told[heading]}")
