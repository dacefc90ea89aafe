"""exitline register: a register in a database, made, filled, checked, copied."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from exitline.cli.shared import numbers
from exitline.cli.shared.options import JSON
from exitline.cli.shared.register_moving import backup, export, import_, pull, push, restore, undo
from exitline.cli.shared.register_pages import (
    DATABASE_OPTION,
    KEY_OPTION,
    PORT_OPTION,
    households,
    password,
    second_factor,
    serve,
    work,
)
from exitline.cli.shared.register_visits import assess, draw, visits, watch
from exitline.words.said import Told, say, say_plural


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
@JSON
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

The county is imaginary; its households are at every stage of the procedure,
and every step was admitted by it. It is opened on this machine, until Ctrl-C,
with one password for all of its people.

Examples:

\b
  exitline register demo
  exitline register demo --database sqlite:///demo/register.db
  exitline register demo --no-serve            # makes it, and that is all
""",
)
@DATABASE_OPTION
@KEY_OPTION
@click.option(
    "--seed", type=numbers.Whole(0), default=7, show_default=True, help="Another one, other lives."
)
@click.option(
    "--serve/--no-serve", "open_", default=True,
    help="Open it on this machine, until Ctrl-C, or only make it.",
)  # fmt: skip
@PORT_OPTION
@JSON
def demo(
    database: str, key: Path | None, seed: int, open_: bool, port: int, json_: bool
) -> None:  # fmt: skip
    """Make the demonstration."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    if open_ and not json_:
        from exitline.api.registers import serving

        serving.require()
    with show.working("three years of steps"):
        made = keeping.demo(database, key=key, seed=seed)
    if json_:
        show.as_json(made)
        return
    rows = [(one["person"], Told(one["role"]), one["area"]) for one in made["people"]]
    show.table("One person for each role", ("person", "role", "area"), rows)
    show.note(say("{households}, {steps} in {address}.", address=made["address"],
                  households=say_plural("{n} household", "{n} households", made["households"]),
                  steps=say_plural("{n} step", "{n} steps", made["steps"])))  # fmt: skip
    if open_:
        from exitline.cli.shared.opening import serve_demo

        serve_demo(database, made, key, port)
    else:
        show.note(
            say(
                "Next: exitline register password county-1 --database {address}, then"
                " exitline register serve --database {address}",
                address=database,
            )
        )


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
@KEY_OPTION
@click.option("--head", help="A county's head noted earlier: it must still be in its chain.")
@JSON
def check(database: str, key: Path | None, head: str | None, json_: bool) -> None:
    """Verify a register."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    with show.working("taking every step again"):
        found = keeping.check(database, head=head, key=key)
    if json_:
        show.as_json(found)
    else:
        show.note(
            say_plural(
                "{n} step of {m} households.",
                "{n} steps of {m} households.",
                found["events"],
                m=found["households"],
            )
        )
        show.note("These do not follow:" if found["faults"] else "All of them follow.")
        show.points(found["faults"])
        for path, steps, one in found["heads"]:
            show.note(
                say_plural(
                    "{area}: {n} step, head {digest}",
                    "{area}: {n} steps, head {digest}",
                    steps,
                    area=path,
                    digest=one,
                )
            )
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
@JSON
def head(database: str, day: datetime | None, json_: bool) -> None:
    """Print the head of a day."""
    from exitline.api.registers import keeping
    from exitline.cli.shared import show

    found = keeping.head(database, day=None if day is None else day.date())
    if json_:
        show.as_json(found)
        return
    for county in found["counties"]:
        path, steps, one = county["path"], county["steps"], county["head"]
        show.note(say_plural("{area}: {n} step, head {digest}", "{area}: {n} steps, head {digest}",
                             steps, area=path, digest=one))  # fmt: skip
    show.note(say("Head of {day}: {digest}", day=str(found["day"]), digest=found["root"]))


@command.command(
    help="""List the areas, and how many households live in each.

Examples:

\b
  exitline register areas
""",
)
@DATABASE_OPTION
@JSON
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
@JSON
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
  exitline register pairs --bulk               # all over the register, by Splink
""",
)
@DATABASE_OPTION
@click.option("--enough", type=numbers.SHARE, help="Score from which on a pair counts.")
@click.option("--bulk", is_flag=True, help="All over the register, by Splink (extra `linkage`).")
@JSON
def pairs(database: str, enough: float | None, bulk: bool, json_: bool) -> None:
    """Look for pairs."""
    from exitline.api.registers import fitting
    from exitline.cli.shared import show

    with show.working("comparing"):
        found = fitting.pairs(database, enough=enough, bulk=bulk)
    if json_:
        show.as_json(found)
        return
    rows = [(p["one"], p["other"], f"{p['score']:.2f}", Told(p["why"])) for p in found["open"]]
    show.table(say_plural("{n} new pair", "{n} new pairs", found["new"]),
               ("household", "other", "score", "why"), rows, right=(2,))  # fmt: skip


for _part in (
    watch, draw, visits, assess, pull, push, backup, restore, import_, undo, export, serve,
    password, second_factor, work, households,
):  # fmt: skip
    command.add_command(_part)
