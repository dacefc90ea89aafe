"""The commands that pull submissions from servers of forms, and push households to them."""

from __future__ import annotations

from typing import Any

import click

from exitline.cli.shared.options import JSON
from exitline.cli.shared.register_pages import DATABASE_OPTION
from exitline.words.said import Told, say, say_plural

_URL = click.option("--url", required=True, help="Of the server: https://central.example.org.")
_PROJECT = click.option("--project", default="", help="Number of the project (ODK Central).")
_USER = click.option("--user", default="", help="E-mail of who asks (ODK Central).")
_SECRET = click.option(
    "--secret", envvar="EXITLINE_FIELD_SECRET", prompt=True, hide_input=True,
    help="Password (ODK Central) or token (KoboToolbox); best in EXITLINE_FIELD_SECRET.",
)  # fmt: skip
_AREA = click.option("--area", default="", help="Only households of an area (its path).")


@click.command(
    help="""Fetch submissions from ODK Central or KoboToolbox into the queue.

One that came before comes once. Nothing in the queue changes a household: a
person takes each by their own step, on the page of field work.

Examples:

\b
  exitline register pull --server odk --url https://central.example.org --project 4 \\
      --user li@example.org --form step_verify --step verify --by li
  exitline register pull --server kobo --url https://kf.kobotoolbox.org --form aXyZ \\
      --step verify --by li
""",
)
@DATABASE_OPTION
@click.option("--server", required=True, type=click.Choice(["odk", "kobo"]), help="Of which kind.")
@_URL
@_PROJECT
@_USER
@_SECRET
@click.option("--form", required=True, help="Id of the form, or of the asset (KoboToolbox).")
@click.option("--step", required=True, help="The step whose form it is.")
@click.option("--by", required=True, help="Who is answerable.")
@_AREA
@JSON
def pull(database: str, json_: bool, **given: Any) -> None:
    """Fetch submissions."""
    from exitline.api.registers import phones
    from exitline.cli.shared import show

    with show.working("asking the server"):
        found = phones.pull(database, **given)
    if json_:
        show.as_json(found)
        return
    show.note(
        say_plural("{n} new submission; {known} had come before.",
                   "{n} new submissions; {known} had come before.", found["new"],
                   known=found["known"])
    )  # fmt: skip
    for row, why in found["refused"]:
        show.note(say("Row {n}: {why}", n=row, why=Told(why)))


@click.command(
    help="""Bring an Entity List of ODK Central to the households of the register.

Each household is one Entity, with the version and the facts that a form shows.
Entities of households that are not in the list any more are deleted there.

Examples:

\b
  exitline register push --url https://central.example.org --project 4 --user li@example.org
""",
)
@DATABASE_OPTION
@_URL
@_PROJECT
@_USER
@_SECRET
@click.option("--dataset", default="households", show_default=True, help="The Entity List.")
@click.option("--helper", default="", help="Only households that this person helps.")
@_AREA
@JSON
def push(database: str, json_: bool, **given: Any) -> None:
    """Push households."""
    from exitline.api.registers import phones
    from exitline.cli.shared import show

    with show.working("asking the server"):
        found = phones.push(database, **given)
    if json_:
        show.as_json(found)
    else:
        show.note(say("Entities: {created} created, {updated} changed, {deleted} deleted, "
                      "{same} as they were.", **found))  # fmt: skip
