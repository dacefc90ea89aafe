"""What goes in and out of a register: backups, tables of households, logs of a county.

Also submissions pulled from servers of forms, and households pushed to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exitline.cli.shared import numbers
from exitline.cli.shared.options import JSON
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.register_pages import DATABASE_OPTION, KEY_OPTION
from exitline.words.said import Told, say, say_plural


@click.command(
    help="""Copy the whole register into one file, as of one moment.

The key of identifiers is not in it: keep it apart.

Examples:

\b
  exitline register backup register.backup
""",
)
@click.argument("out", type=click.Path(path_type=Path))
@DATABASE_OPTION
@KEY_OPTION
@JSON
def backup(out: Path, database: str, key: Path | None, json_: bool) -> None:
    """Write a backup."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    with show.working("copying"):
        found = keeping.backup(database, out, key=key)
    if json_:
        show.as_json(found)
    else:
        show.note(say_plural("{n} row in {file}. Digest: {digest}",
                             "{n} rows in {file}. Digest: {digest}", found["rows"],
                             file=str(found["file"]), digest=found["digest"]))  # fmt: skip
        if found["papers"] or found["missing"]:
            show.note(say("Files of papers: {n}; not there: {m}", n=found["papers"],
                          m=found["missing"]))  # fmt: skip


@click.command(
    help="""Make a register from a backup, on either engine.

Examples:

\b
  exitline register restore register.backup --database sqlite:///again/register.db
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@DATABASE_OPTION
@KEY_OPTION
@JSON
def restore(file: Path, database: str, key: Path | None, json_: bool) -> None:
    """Read a backup."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    with show.working("restoring"):
        found = keeping.restore(file, database, key=key)
    if json_:
        show.as_json(found)
    else:
        show.note(say_plural("{n} row restored. Digest: {digest}",
                             "{n} rows restored. Digest: {digest}", found["rows"],
                             digest=found["digest"]))  # fmt: skip


@click.command(
    name="import",
    help="""Take in a table of households, members or areas; or a log.

Columns of households: household, area (path or code of the village), name,
as_of, fact:NAME, income:NAME, identifier:KIND. Of members: household, name, sex,
born, relation, head, worker, since, identifier:KIND. Of areas: parent, code,
name, level. Where a row is refused nothing is taken, unless --partly is given.
Of identifiers only a keyed hash is stored.

Examples:

\b
  exitline register import areas.csv --kind areas
  exitline register import households.csv --dry-run
  exitline register import members.xlsx --kind members --partly
  exitline register import LOG --area c/
""",
)
@click.argument("source", type=click.Path(path_type=Path))
@DATABASE_OPTION
@click.option("--kind", type=click.Choice(["households", "members", "areas"]),
              default="households", show_default=True, help="What the rows are.")  # fmt: skip
@click.option("--area", default="", help="For a log: the county, or a village of it.")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken.")
@click.option("--partly", is_flag=True, help="Take the good rows although others are refused.")
@click.option("--by", default="", help="Who is answerable.")
@JSON
@reads_data
def import_(
    source: Path, database: str, kind: str, area: str, dry_run: bool, partly: bool, by: str,
    json_: bool, reading: dict[str, Any],
) -> None:  # fmt: skip
    """Import a table or a log."""
    from exitline.api.registers import moving
    from exitline.cli.shared import show

    with show.working("looking at every row"):
        found = moving.bring_in(
            database, source, kind=kind, area=area, dry_run=dry_run, partly=partly, by=by,
            reading=reading,
        )  # fmt: skip
    if json_:
        show.as_json(found)
        return
    for one in found["refused"]:
        some = ", ".join(map(str, one["first"]))
        show.note(say_plural("{n} row refused: {what} (row {some})",
                             "{n} rows refused: {what} (rows {some})", one["rows"],
                             what=Told(one["what"]), some=some))  # fmt: skip
    taken, rows = found["taken"], found["rows"]
    show.note(
        say_plural("{n} of {m} row would be taken.", "{n} of {m} rows would be taken.",
                   rows, n=taken, m=rows)
        if dry_run
        else say_plural("{n} of {m} row taken.", "{n} of {m} rows taken.", rows, n=taken, m=rows)
    )  # fmt: skip
    if found["batch"]:
        show.note(say("Number of the import: {number}", number=str(found["batch"])))


@click.command(
    help="""Undo an import whose households nobody has changed since.

Examples:

\b
  exitline register undo 3
""",
)
@click.argument("batch", type=numbers.Whole(1))
@DATABASE_OPTION
@click.option("--by", default="", help="Who is answerable.")
@JSON
def undo(batch: int, database: str, by: str, json_: bool) -> None:
    """Take an import back."""
    from exitline.api.registers import moving
    from exitline.cli.shared import show

    many = moving.take_back(database, batch, by=by)
    if json_:
        show.as_json({"batch": batch, "taken_back": many})
    else:
        show.note(
            say_plural(
                "Import {number}: {n} row taken back.",
                "Import {number}: {n} rows taken back.",
                many,
                number=str(batch),
            )
        )


@click.command(
    help="""Write a county's chain as a log that `exitline lifecycle check` reads.

Examples:

\b
  exitline register export LOG --county 04/01/
""",
)
@click.argument("folder", type=click.Path(path_type=Path))
@DATABASE_OPTION
@click.option("--county", default="", help="Its path (of the only one).")
@JSON
def export(folder: Path, database: str, county: str, json_: bool) -> None:
    """Export a log."""
    from exitline.api.registers import moving
    from exitline.cli.shared import show

    steps = moving.export_county(database, folder, county=county)
    if json_:
        show.as_json({"folder": str(folder), "steps": steps})
    else:
        show.note(
            say_plural(
                "{n} step written to {folder}",
                "{n} steps written to {folder}",
                steps,
                folder=str(folder),
            )
        )


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
