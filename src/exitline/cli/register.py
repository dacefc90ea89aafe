"""exitline register: a register in a database, made, filled, checked, copied."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from exitline.cli.shared import numbers
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.register_pages import (
    DATABASE_OPTION,
    KEY_OPTION,
    PORT_OPTION,
    password,
    serve,
)
from exitline.words.said import Told, say

_JSON = click.option("--json", "json_", is_flag=True, help="Print as JSON.")


@click.group(
    help="""Keep a register of households in a database.

SQLite in one file, or PostgreSQL 15 or later. The commands of `exitline
lifecycle` take the same address where they take a log. Needs the extra
`register`.

Examples:

\b
  exitline register demo
  exitline register init --database postgresql://office@localhost/register
  exitline register import households.csv --dry-run
  exitline register check
  exitline register head --day 2026-01-31
""",
)
def command() -> None:
    """The group itself; see its help."""


@command.command(
    help="""Make a new, empty register.

On PostgreSQL the database must be there, and its user must be no superuser:
row-level security does not hold for those.

Examples:

\b
  exitline register init
  exitline register init --database postgresql://office@localhost/register --key office.key
""",
)
@DATABASE_OPTION
@KEY_OPTION
@click.option("--upgrade", is_flag=True, help="Bring a register's tables to this release.")
@_JSON
def init(database: str, key: Path | None, upgrade: bool, json_: bool) -> None:
    """Make the tables."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    address = keeping.make(database, key=key, upgrade=upgrade)
    if json_:
        show.as_json({"address": address})
    else:
        show.note(say("The register at {address} is ready.", address=address))


@command.command(
    help="""Make a register to try things with: one county, 12 villages, 600 households.

The county is imaginary; its households stand at every stage of the procedure,
and every step was admitted by it.

Examples:

\b
  exitline register demo
  exitline register demo --database sqlite:///demo/register.db
  exitline register demo --serve               # and opens it: http://127.0.0.1:8000/
""",
)
@DATABASE_OPTION
@KEY_OPTION
@click.option(
    "--seed", type=numbers.Whole(0), default=7, show_default=True, help="Another one, other lives."
)
@click.option("--serve", "open_", is_flag=True, help="Serve it on this machine, until Ctrl-C.")
@PORT_OPTION
@_JSON
def demo(
    database: str, key: Path | None, seed: int, open_: bool, port: int, json_: bool
) -> None:  # fmt: skip
    """Make the demonstration."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    if open_:
        from exitline.api.registers import serving

        serving.require()
    with show.working("three years of steps"):
        made = keeping.demo(database, key=key, seed=seed)
    if json_:
        show.as_json(made)
        return
    rows = [(one["person"], Told(one["role"]), one["area"]) for one in made["people"]]
    show.table("One person for each role", ("person", "role", "area"), rows)
    show.note(say("{n} households, {m} steps in {address}.", n=made["households"], m=made["steps"],
                  address=made["address"]))  # fmt: skip
    if open_:
        from exitline.cli.shared.opening import serve_demo

        serve_demo(database, made, key, port)


@command.command(
    help="""Take everything again: bytes, decisions, steps, and what follows from them.

Exit status 1 where something is not what was recorded.

Examples:

\b
  exitline register check
  exitline register check --head 5f2c...
""",
)
@DATABASE_OPTION
@click.option("--head", help="A county's head noted earlier: it must still be in its chain.")
@_JSON
def check(database: str, head: str | None, json_: bool) -> None:
    """Verify a register."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    with show.working("taking every step again"):
        found = keeping.check(database, head=head)
    if json_:
        show.as_json(found)
    else:
        show.note(say("{n} steps of {m} households.", n=found["events"], m=found["households"]))
        show.note("These do not follow:" if found["faults"] else "All of them follow.")
        show.points(found["faults"])
        for path, steps, one in found["heads"]:
            show.note(say("{area}: {n} steps, head {digest}", area=path, n=steps, digest=one))
    if found["faults"]:
        sys.exit(1)


@command.command(
    help="""The head of a day over all counties, to be published.

Whoever has noted it can later show that nothing before that day was changed.
With --json each county's proof is printed, too (RFC 6962).

Examples:

\b
  exitline register head
  exitline register head --day 2026-01-31 --json
""",
)
@DATABASE_OPTION
@click.option("--day", type=click.DateTime(formats=["%Y-%m-%d"]), help="The day (today).")
@_JSON
def head(database: str, day: datetime | None, json_: bool) -> None:
    """Print the head of a day."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    found = keeping.head(database, day=None if day is None else day.date())
    if json_:
        show.as_json(found)
        return
    for county in found["counties"]:
        show.note(say("{area}: {n} steps, head {digest}", area=county["path"], n=county["steps"],
                      digest=county["head"]))  # fmt: skip
    show.note(say("Head of {day}: {digest}", day=str(found["day"]), digest=found["root"]))


@command.command(
    help="""List the areas, and how many households live in each.

Examples:

\b
  exitline register areas
""",
)
@DATABASE_OPTION
@_JSON
def areas(database: str, json_: bool) -> None:
    """Print the areas."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    found = keeping.areas(database)
    if json_:
        show.as_json(found)
        return
    rows = [(a["path"], a["name"], a["level"], f"{a['households']:,}") for a in found]
    show.table("Areas", ("path", "name", "level", "households"), rows, right=(3,))


@command.command(
    help="""Copy the whole register into one file, as of one moment.

The key of identifiers is not in it: keep it apart.

Examples:

\b
  exitline register backup register.backup
""",
)
@click.argument("out", type=click.Path(path_type=Path))
@DATABASE_OPTION
@_JSON
def backup(out: Path, database: str, json_: bool) -> None:
    """Write a backup."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    with show.working("copying"):
        found = keeping.backup(database, out)
    if json_:
        show.as_json(found)
    else:
        show.note(say("{n} rows in {file}. Digest: {digest}", n=found["rows"],
                      file=str(found["file"]), digest=found["digest"]))  # fmt: skip


@command.command(
    help="""Make a register from a backup, on either engine.

Examples:

\b
  exitline register restore register.backup --database sqlite:///again/register.db
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@DATABASE_OPTION
@KEY_OPTION
@_JSON
def restore(file: Path, database: str, key: Path | None, json_: bool) -> None:
    """Read a backup."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    with show.working("restoring"):
        found = keeping.restore(file, database, key=key)
    if json_:
        show.as_json(found)
    else:
        show.note(say("{n} rows restored. Digest: {digest}", n=found["rows"],
                      digest=found["digest"]))  # fmt: skip


@command.command(
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
@_JSON
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
        show.note(say("{n} rows refused: {what} (rows {some})", n=one["rows"],
                      what=Told(one["what"]), some=some))  # fmt: skip
    counted = {"n": found["taken"], "m": found["rows"]}
    show.note(
        say("{n} of {m} rows would be taken.", **counted)
        if dry_run
        else say("{n} of {m} rows taken.", **counted)
    )
    if found["batch"]:
        show.note(say("Number of the import: {number}", number=str(found["batch"])))


@command.command(
    help="""Undo an import whose households nobody has changed since.

Examples:

\b
  exitline register undo 3
""",
)
@click.argument("batch", type=numbers.Whole(1))
@DATABASE_OPTION
@click.option("--by", default="", help="Who is answerable.")
@_JSON
def undo(batch: int, database: str, by: str, json_: bool) -> None:
    """Take an import back."""
    from exitline.api.registers import moving
    from exitline.cli.shared import show

    many = moving.take_back(database, batch, by=by)
    if json_:
        show.as_json({"batch": batch, "taken_back": many})
    else:
        show.note(say("Import {number}: {n} rows taken back.", number=str(batch), n=many))


@command.command(
    help="""Write a county's chain as a log that `exitline lifecycle check` reads.

Examples:

\b
  exitline register export LOG --county 04/01/
""",
)
@click.argument("folder", type=click.Path(path_type=Path))
@DATABASE_OPTION
@click.option("--county", default="", help="Its path (of the only one).")
@_JSON
def export(folder: Path, database: str, county: str, json_: bool) -> None:
    """Export a log."""
    from exitline.api.registers import moving
    from exitline.cli.shared import show

    steps = moving.export_county(database, folder, county=county)
    if json_:
        show.as_json({"folder": str(folder), "steps": steps})
    else:
        show.note(say("{n} steps written to {folder}", n=steps, folder=str(folder)))


@command.command(
    help="""Run numbered cross-checks on every card.

A household that a check finds has some days in which its card is explained or
corrected. What was corrected closes by itself with the next run.

Examples:

\b
  exitline register findings
  exitline register findings --checks ours.yaml
""",
)
@DATABASE_OPTION
@click.option("--checks", type=click.Path(path_type=Path), help="A file of checks (the shipped).")
@_JSON
def findings(database: str, checks: Path | None, json_: bool) -> None:
    """Run cross-checks."""
    from exitline.api.registers import fitting
    from exitline.cli.shared import show

    with show.working("checking every card"):
        found = fitting.findings(database, checks=checks)
    if json_:
        show.as_json(found)
        return
    rows = [
        (f["number"], f["text"], say("not run") if f["missing"] else f"{f['failing']:,}", f["new"],
         f["corrected"])
        for f in found
    ]  # fmt: skip
    show.table(
        "Cross-checks", ("no.", "what", "households", "new", "corrected"), rows, right=(2, 3, 4)
    )
    for one in found:
        if one["missing"]:
            show.note(say("{number} was not run: no card has {columns}", number=str(one["number"]),
                          columns=", ".join(one["missing"])))  # fmt: skip


@command.command(
    help="""Look for households of a village that may be one, for a person to decide.

Examples:

\b
  exitline register pairs
  exitline register pairs --enough 0.7
""",
)
@DATABASE_OPTION
@click.option("--enough", type=numbers.SHARE, help="Score from which on a pair counts.")
@_JSON
def pairs(database: str, enough: float | None, json_: bool) -> None:
    """Look for pairs."""
    from exitline.api.registers import fitting
    from exitline.cli.shared import show

    with show.working("comparing"):
        found = fitting.pairs(database, enough=enough)
    if json_:
        show.as_json(found)
        return
    rows = [(p["one"], p["other"], f"{p['score']:.2f}", Told(p["why"])) for p in found["open"]]
    show.table(say("{n} new pairs", n=found["new"]), ("household", "other", "score", "why"), rows,
               right=(2,))  # fmt: skip


command.add_command(serve)
command.add_command(password)
