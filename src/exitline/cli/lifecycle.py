"""exitline lifecycle: record what happens to households, and ask where they stand."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from exitline.cli.shared.lifecycle_parts import (
    brief,
    day_or_today,
    decision,
    decision_text,
    event_row,
    standing_text,
    state_text,
)
from exitline.cli.shared.options import JSON, as_usage
from exitline.cli.shared.reading import reads_data
from exitline.words.said import Told, say, say_plural, together

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_AS_OF = click.option("--as-of", type=_DAY, help="The day asked about (today).")


@click.group(
    help="""Record what happens to households, and ask where they stand.

A procedure file says which steps there are, from which state, by whom, with
which documents and waiting days. A log is a folder that is only appended to;
in its place stands the address of a register (sqlite:///file, postgresql://...).

Examples:

\b
  exitline lifecycle procedure china-2020-monitoring
  exitline lifecycle record LOG events.csv --procedure china-2016-exit --new
  exitline lifecycle state LOG --as-of 2017-12-31
  exitline lifecycle overdue LOG
  exitline lifecycle history LOG HOUSEHOLD
  exitline lifecycle check LOG
""",
)
def command() -> None:
    """The group itself; see its help."""


@command.command(
    help="""Record events into LOG: those of FILE, or one from flags.

FILE is CSV, JSON, JSON lines or Parquet with the columns household, step, on,
actor, role, documents, category, reason and evidence.<column>. All events of a
file are recorded, or none. Outcomes and states are derived, never handed in.

Examples:

\b
  exitline lifecycle record LOG events.csv --procedure china-2016-exit --new
  exitline lifecycle record LOG --procedure china-2016-exit --household 17 \\
      --step consent --on 2016-06-01 --actor li --role household \\
      --document consent
""",
)
@click.argument("log", type=click.Path())
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--procedure", required=True, help="Shipped name, or a YAML file.")
@click.option("--new", is_flag=True, help="Begin the log.")
@click.option("--household", help="Household id, for one event.")
@click.option("--step", help="Step of the procedure.")
@click.option("--on", help="Day it happened: 2016-05-01.")
@click.option("--actor", help="Who took the step.")
@click.option("--role", help="In which role.")
@click.option("--document", "documents", multiple=True,
              help="kind, kind=reference or kind(fields shown).")  # fmt: skip
@click.option("--evidence", multiple=True, metavar="COLUMN=VALUE", help="For steps that assess.")
@click.option("--category", help="Kind of the state it leads to.")
@click.option("--reason", help="In words.")
@click.option("--area", default="", help="In a register: the path where new households live.")
@JSON
@reads_data
def record(
    log: str, file: Path | None, procedure: str, new: bool, area: str, json_: bool,
    reading: dict[str, Any], **fields: Any,
) -> None:  # fmt: skip
    """Check events and append them."""
    from exitline.api import lifecycle
    from exitline.cli.shared import show

    given = {name: value for name, value in fields.items() if value}
    with as_usage():
        made = lifecycle.record(
            log, file, event=event_row(given), procedure=procedure, new=new, area=area,
            reading=reading,
        )  # fmt: skip
    if json_:
        show.as_json({"head": made.head, "events": [brief(event) for event in made.events]})
        return
    many = len(made.events)
    show.note(say_plural("{n} event recorded.", "{n} events recorded.", many))
    show.note(say("Events in the log: {n}. Head: {digest}", n=made.count, digest=made.head))


@command.command(
    help="""Where households stood on a day.

SOURCE is a log, or a table of events (Parquet or CSV with household, on, state
and number) of any size. With --out the state of every household is written
into a Parquet file; with --procedure a table's events are checked first. With
--spells SOURCE holds household, state, since and until; spells that overlap or
run backwards are refused.

Examples:

\b
  exitline lifecycle state LOG --as-of 2017-12-31
  exitline lifecycle state LOG --household 17
  exitline lifecycle state events.parquet --out states.parquet
""",
)
@click.argument("source", type=click.Path())
@_AS_OF
@click.option("--household", help="One household of a log.")
@click.option("--known-on", type=_DAY, help="Leave out what a log recorded later.")
@click.option("--spells", is_flag=True, help="SOURCE has household, state, since, until.")
@click.option("--procedure", help="Refuse events that this procedure does not allow.")
@click.option("--out", type=click.Path(path_type=Path), help="Parquet file, a row a household.")
@JSON
@reads_data
def state(
    source: str,
    as_of: datetime | None,
    household: str | None,
    known_on: datetime | None,
    spells: bool,
    procedure: str | None,
    out: Path | None,
    json_: bool,
    reading: dict[str, Any],
) -> None:
    """Count states, write them, or show one household's."""
    from exitline.api import lifecycle
    from exitline.cli.shared import show

    day = day_or_today(as_of)
    limit = None if known_on is None else known_on.date()
    if household is not None:
        one = lifecycle.standing(source, household, as_of=day, known_on=limit)
        if json_:
            show.as_json({"as_of": day, **asdict(one)})
        else:
            show.note(standing_text(one, day))
        return
    with as_usage(), show.working("looking up states"):
        found = lifecycle.states(
            source, as_of=day, known_on=limit, spells=spells, procedure=procedure, out=out,
            reading=reading,
        )  # fmt: skip
    if json_:
        show.as_json({"as_of": day, "states": found.counts, "written": found.written})
        return
    rows = [(Told(row["state"]), f"{row['households']:,}") for row in found.counts]
    show.table(say("Households by state on {day}", day=day), ("state", "households"), rows,
               right=(1,))  # fmt: skip
    if found.written is not None:
        show.note(
            say_plural(
                "{n} household written to {file}",
                "{n} households written to {file}",
                found.written,
                file=str(out),
            )
        )


@command.command(
    help="""What is overdue on a day: deadlines and monitoring checks.

Examples:

\b
  exitline lifecycle overdue LOG
  exitline lifecycle overdue LOG --as-of 2021-06-01 --role county
""",
)
@click.argument("log", type=click.Path())
@_AS_OF
@click.option("--role", help="Only what this role is answerable for.")
@click.option("--all", "everything", is_flag=True, help="Also what is due later or was done.")
@JSON
def overdue(
    log: str, as_of: datetime | None, role: str | None, everything: bool, json_: bool
) -> None:
    """List duties, longest overdue first."""
    from exitline.api import lifecycle
    from exitline.cli.shared import show

    day = day_or_today(as_of)
    asked = lifecycle.duties if everything else lifecycle.overdue
    found = asked(log, as_of=day, role=role)
    if json_:
        show.as_json([asdict(duty) for duty in found])
        return
    rows = [
        (d.household, Told(d.name), Told(d.role), d.due, Told(d.status), d.days_late or None)
        for d in found
    ]
    show.table(
        say_plural("{n} duty on {day}", "{n} duties on {day}", len(found), day=day)
        if everything
        else say("{n} overdue on {day}", n=len(found), day=day),
        ("household", "what", "role", "due", "status", "days late"),
        rows,
        right=(5,),
    )


@command.command(
    help="""Every event of a household, with its decisions.

Examples:

\b
  exitline lifecycle history LOG HOUSEHOLD
  exitline lifecycle history LOG HOUSEHOLD --json
""",
)
@click.argument("log", type=click.Path())
@click.argument("household")
@JSON
def history(log: str, household: str, json_: bool) -> None:
    """Print the events of one household."""
    from exitline.api import lifecycle
    from exitline.cli.shared import show

    events = lifecycle.history(log, household)
    if json_:
        show.as_json([event.as_json() for event in events])
        return
    rows = [
        (e.number, e.on, Told(e.step), Told(e.role), state_text(e), Told(decision(e)))
        for e in events
    ]
    show.table(
        say("Household {name}: {what}", name=household, what=state_text(events[-1])),
        ("no.", "on", "step", "role", "state after", "decision"),
        rows,
        right=(0,),
    )
    for event in events:
        if event.decision is not None:
            show.note(decision_text(event))


@command.command(
    help="""Verify a log: its chain, its kept texts, every decision and every step.

Every decision is derived again from its values, and every event is admitted
again by the procedure it was recorded under. Exit status 1 where the log is
not what was recorded, a kept procedure or rule is missing or was changed, or a
decision or state does not follow.

Examples:

\b
  exitline lifecycle check LOG
  exitline lifecycle check LOG --head 5f2c...
""",
)
@click.argument("log", type=click.Path())
@click.option("--head", help="A head noted or published earlier: it must still be in the log.")
@JSON
def check(log: str, head: str | None, json_: bool) -> None:
    """Verify the chain, the head and the decisions."""
    from exitline.api import lifecycle
    from exitline.cli.shared import show

    found = lifecycle.check(log, head=head)
    if json_:
        show.as_json({"head": found.head, "events": found.events, "faults": list(found.faults)})
    else:
        show.note(
            say(
                "{events} of {households}, chain whole.",
                events=say_plural("{n} event", "{n} events", found.events),
                households=say_plural("{n} household", "{n} households", found.households),
            )
        )
        show.note("These do not follow:" if found.faults else "All decisions and states follow.")
        show.points(found.faults)
        show.note(say("Head: {digest}", digest=found.head))
    if found.faults:
        sys.exit(1)


@command.command(
    help="""List the shipped procedures, or show one with its steps and sources.

Examples:

\b
  exitline lifecycle procedure
  exitline lifecycle procedure china-2016-exit
""",
)
@click.argument("name", required=False)
@JSON
def procedure(name: str | None, json_: bool) -> None:
    """Print procedures."""
    from exitline.api import lifecycle
    from exitline.cli.shared import show

    if name is None:
        rows = [(p.name, p.title, p.standard) for p in lifecycle.procedures()]
        if json_:
            show.as_json([dict(zip(("name", "title", "standard"), r, strict=True)) for r in rows])
        else:
            told = [(name, Told(title), standard) for name, title, standard in rows]
            show.table("Procedures", ("name", "title", "standard"), told)
        return
    shown = lifecycle.procedure(name)
    steps = [
        (s.name, together(*map(Told, s.start), sign=", "), Told(s.to) if s.to else say("(stays)"),
         together(*map(Told, s.by), sign=", "), "" if s.verified else say("not verified"))
        for s in shown.steps.values()
    ]  # fmt: skip
    if json_:
        show.as_json({"name": shown.name, "digest": shown.digest, "steps": steps,
                      "sources": shown.sources, "notes": shown.notes})  # fmt: skip
        return
    show.table(shown.title, ("step", "from", "to", "by", ""), steps)
    for key, source in shown.sources.items():
        show.note(together(key, source, sign=": "))
    show.notes(shown.notes)


@command.command(
    help="""Write the events of LOG into a Parquet FILE, without evidence or names.

Such files of many offices can be counted together with `state`.

Examples:

\b
  exitline lifecycle export LOG events.parquet
""",
)
@click.argument("log", type=click.Path())
@click.argument("file", type=click.Path(path_type=Path))
@JSON
def export(log: str, file: Path, json_: bool) -> None:
    """Write the event table."""
    from exitline.api import lifecycle
    from exitline.cli.shared import show

    rows = lifecycle.export(log, file)
    if json_:
        show.as_json({"file": str(file), "events": rows})
    else:
        show.note(
            say_plural(
                "{n} event written to {file}", "{n} events written to {file}", rows, file=str(file)
            )
        )
