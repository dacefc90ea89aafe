"""exitline lifecycle: record what happens to households, and ask where they stand."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from exitline.cli.shared.lifecycle_parts import (
    brief,
    day_or_today,
    decision,
    decision_text,
    draft,
    events_of,
    one_state,
    state_text,
)
from exitline.cli.shared.reading import reads_data
from exitline.words.said import Told, say, say_plural

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_JSON = click.option("--json", "json_", is_flag=True, help="Print as JSON.")
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
@_JSON
@reads_data
def record(
    log: str, file: Path | None, procedure: str, new: bool, area: str, json_: bool,
    reading: dict[str, Any], **fields: Any,
) -> None:  # fmt: skip
    """Check events and append them."""
    from exitline.cli.shared import show
    from exitline.exits.register import books, load_procedure
    from exitline.exits.register.steps.drafts import read_drafts

    given = {name: value for name, value in fields.items() if value}
    if (file is None) == (not given):
        raise click.UsageError("name a FILE of events, or one event with --household and so on")
    if reading and file is None:
        raise click.UsageError("options of a data file are for a FILE of events")
    drafts = read_drafts(file, **reading) if file is not None else (draft(given),)
    rules = load_procedure(procedure)
    where = f"{file.name} row" if file is not None else "event"
    if new:
        opened, events = books.begun(log, drafts, rules, where=where)
    else:
        opened = books.opened(log)
        events = books.append(opened, drafts, rules, where=where, area=area)
    if json_:
        show.as_json({"head": opened.head, "events": [brief(event) for event in events]})
        return
    many = len(events)
    show.note(say_plural("{n} event recorded.", "{n} events recorded.", many))
    show.note(say("Events in the log: {n}. Head: {digest}", n=opened.count, digest=opened.head))


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
@_JSON
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
    from exitline.cli.shared import show
    from exitline.exits.register import books, standing

    day = day_or_today(as_of)
    if household is not None:
        one_state(source, household, day, known_on, json_=json_)
        return
    if spells and (procedure or out):
        raise click.UsageError("--spells takes neither --procedure nor --out")
    if books.in_database(source) and not (procedure or spells or reading):
        limit = None if known_on is None else known_on.date()
        with show.working("looking up states"):
            counts, written = books.states(source, day, limit, out)
        _show_states(counts, written, day, out, json_=json_)
        return
    data = events_of(source, known_on, reading)
    if procedure is not None:
        from exitline.exits.register import load_procedure

        allowed = load_procedure(procedure, rules=False).transitions()
        standing.check_events(standing.event_faults(data, allowed), where=books.name_of(source))
    count = standing.count_spell_states if spells else standing.count_states
    with show.working("looking up states"):
        counts = count(data, day).to_pylist()
        written = None if out is None else standing.write_states(data, day, out)
    _show_states(counts, written, day, out, json_=json_)


def _show_states(
    counts: list[dict[str, Any]], written: int | None, day: date, out: Path | None, *, json_: bool
) -> None:
    """Households by state, and how many were written where."""
    from exitline.cli.shared import show

    if json_:
        show.as_json({"as_of": day, "states": counts, "written": written})
        return
    rows = [(row["state"], f"{row['households']:,}") for row in counts]
    show.table(say("Households by state on {day}", day=day), ("state", "households"), rows,
               right=(1,))  # fmt: skip
    if written is not None:
        show.note(say("{n} households written to {file}", n=written, file=str(out)))


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
@_JSON
def overdue(
    log: str, as_of: datetime | None, role: str | None, everything: bool, json_: bool
) -> None:
    """List duties, longest overdue first."""
    from exitline.cli.shared import show
    from exitline.exits.register import books

    day = day_or_today(as_of)
    found = [d for d in books.all_duties(books.opened(log), day) if role is None or d.role == role]
    if not everything:
        found = [duty for duty in found if duty.status == "overdue"]
    found.sort(key=lambda duty: (-duty.days_late, duty.due, duty.household))
    if json_:
        show.as_json([asdict(duty) for duty in found])
        return
    rows = [
        (d.household, Told(d.name), Told(d.role), d.due, Told(d.status), d.days_late or None)
        for d in found
    ]
    counted = {"n": len(found), "day": day}
    show.table(
        say("{n} duties on {day}", **counted)
        if everything
        else say("{n} overdue on {day}", **counted),
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
@_JSON
def history(log: str, household: str, json_: bool) -> None:
    """Print the events of one household."""
    from exitline.cli.shared import show
    from exitline.exits.register import books
    from exitline.stats.data.values import written

    found = books.opened(log).history(written(household) or household)
    if json_:
        show.as_json([event.as_json() for event in found.events])
        return
    rows = [
        (e.number, e.on, Told(e.step), Told(e.role), state_text(e), Told(decision(e)))
        for e in found.events
    ]
    show.table(
        say("Household {name}: {what}", name=household, what=state_text(found.events[-1])),
        ("no.", "on", "step", "role", "state after", "decision"),
        rows,
        right=(0,),
    )
    for event in found.events:
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
@_JSON
def check(log: str, head: str | None, json_: bool) -> None:
    """Verify the chain, the head and the decisions."""
    from exitline.cli.shared import show
    from exitline.exits.register import books

    opened = books.opened(log)
    if head is not None:
        opened.require_head(head)
    faults = books.faults(opened)
    if json_:
        show.as_json({"head": opened.head, "events": opened.count, "faults": list(faults)})
    else:
        show.note(
            say("{n} events of {m} households, chain whole.", n=opened.count,
                m=opened.household_count)
        )  # fmt: skip
        show.note("These do not follow:" if faults else "All decisions and states follow.")
        show.points(faults)
        show.note(say("Head: {digest}", digest=opened.head))
    if faults:
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
@_JSON
def procedure(name: str | None, json_: bool) -> None:
    """Print procedures."""
    from exitline.cli.shared import show
    from exitline.exits.register import load_procedure, shipped_procedures

    if name is None:
        loaded = [load_procedure(each, rules=False) for each in shipped_procedures()]
        rows = [(p.name, p.title, p.standard) for p in loaded]
        if json_:
            show.as_json([dict(zip(("name", "title", "standard"), r, strict=True)) for r in rows])
        else:
            show.table("Procedures", ("name", "title", "standard"), rows)
        return
    shown = load_procedure(name, rules=False)
    steps = [
        (s.name, ", ".join(s.start), s.to or say("(stays)"), ", ".join(s.by),
         "" if s.verified else say("not verified"))
        for s in shown.steps.values()
    ]  # fmt: skip
    if json_:
        show.as_json({"name": shown.name, "digest": shown.digest, "steps": steps,
                      "sources": shown.sources, "notes": shown.notes})  # fmt: skip
        return
    show.table(shown.title, ("step", "from", "to", "by", ""), steps)
    for key, source in shown.sources.items():
        show.note(": ".join((key, source)))
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
@_JSON
def export(log: str, file: Path, json_: bool) -> None:
    """Write the event table."""
    from exitline.cli.shared import show
    from exitline.exits.register import books

    rows = books.export(books.opened(log), file)
    if json_:
        show.as_json({"file": str(file), "events": rows})
    else:
        show.note(say("{n} events written to {file}", n=rows, file=str(file)))
