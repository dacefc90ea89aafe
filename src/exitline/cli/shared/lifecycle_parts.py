"""What the subcommands of exitline lifecycle share: parsing, and words for a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared.speaking import reader
from exitline.words.said import Numeral, Told, say

if TYPE_CHECKING:
    from exitline.exits.register import Draft, Event


def draft(fields: dict[str, Any]) -> Draft:
    """One event from flags."""
    from exitline.exits.register.steps.drafts import draft_of

    row = {k: v for k, v in fields.items() if k not in ("documents", "evidence")}
    row["documents"] = "; ".join(fields.get("documents", ()))
    for pair in fields.get("evidence", ()):
        column, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--evidence takes COLUMN=VALUE, not '{column}'")
        row[f"evidence.{column.strip()}"] = value
    return draft_of(row, where="event")


def events_of(source: str, known_on: datetime | None, reading: Mapping[str, Any]) -> Any:
    """The events of a log or a register as a table, or the file of events."""
    from exitline.exits.register import books

    if not books.in_database(source) and not Path(source).is_dir():
        from exitline.stats.data.source import open_source

        return open_source(source, **reading)
    if reading:
        raise click.UsageError("a log takes no options of a data file")
    limit = None if known_on is None else known_on.date()
    return books.table(books.opened(source), limit)


def one_state(
    source: str, household: str, day: date, known_on: datetime | None, *, json_: bool
) -> None:
    """Print where one household of a log stood."""
    from exitline.cli.shared import show
    from exitline.exits.register import books
    from exitline.stats.data.values import written

    limit = None if known_on is None else known_on.date()
    history = books.opened(source).history(written(household) or household)
    found = history.standing(day, known_on=limit)
    if json_:
        show.as_json({"as_of": day, **asdict(found)})
        return
    what: str = Told(found.state) if found.state else say("not in the log yet")
    if found.category:
        what = say("{state} ({category})", state=what, category=Told(found.category))
    show.note(
        say("On {day}: {what} since {first}", day=day, what=what, first=found.since)
        if found.since
        else say("On {day}: {what}", day=day, what=what)
    )
    if found.open_cases:
        show.note(say("open: {what}", what=", ".join(found.open_cases)))


def brief(event: Event) -> dict[str, Any]:
    """An event's number, step and what it led to."""
    outcome = None if event.decision is None else event.decision.outcome
    return {"number": event.number, "step": event.step, "state": event.state, "decision": outcome}


def state_text(event: Event) -> str:
    """The state after an event, its kind in brackets."""
    if not event.category:
        return Told(event.state)
    return say("{state} ({category})", state=Told(event.state), category=Told(event.category))


def decision(event: Event) -> str:
    """The outcome of an event's decision, or nothing."""
    return "" if event.decision is None else event.decision.outcome


def decision_text(event: Event) -> str:
    """A decision in a sentence: outcome, reason, lines and the rule's digest."""
    made = event.decision
    if made is None:
        return ""
    parts = [
        say("{number}: {outcome} ({reason})", number=str(event.number),
            outcome=Told(made.outcome), reason=Told(made.reason)),
        say("rule '{rule}' {digest}", rule=made.rule, digest=made.rule_digest[:12]),
    ]  # fmt: skip
    for name, value in made.lines.items():
        of = {"name": name, "n": Numeral(f"{value:,g}")}
        unread = name in made.unverified
        parts.append(
            say("line {name} {n} (not verified)", **of) if unread else say("line {name} {n}", **of)
        )
    t = reader()
    return t.joined(t.of(one) for one in parts)


def day_or_today(given: datetime | None) -> date:
    """The day given, or today."""
    return date.today() if given is None else given.date()
