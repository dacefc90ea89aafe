"""`exitline schema`: what may stand in the files that people write, for editors."""

from __future__ import annotations

import click

from exitline.api.schemas import KINDS
from exitline.cli.shared import show
from exitline.cli.shared.speaking import reader


@click.command(
    "schema",
    help="""Print the JSON Schema of a file, or a table of its keys.

Editors that know JSON Schema for YAML complete keys and mark faults by it.

Examples:

\b
  exitline schema study > study.schema.json
  exitline schema standard --keys
""",
)
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@click.option("--keys", is_flag=True, help="Tables of keys and their meanings, as Markdown.")
def command(kind: str, keys: bool) -> None:
    """Print a schema or tables of keys."""
    from exitline.api.schemas import key_tables, schema

    if keys:
        click.echo(key_tables(kind, reader().code), nl=False)
    else:
        show.as_json(schema(kind, reader().code))
