"""What the subcommands of exitline lifecycle share: parsing, and words for a table."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared.speaking import reader
from exitline.words.said import Numeral, Told, say, together

if TYPE_CHECKING:
    from exitline.exits.register import Event, Standing


def event_row(fields: dict[str, Any]) -> dict[str, Any]:
    """One event from flags, as a row of a file of events; empty where no flag was given."""
    if not fields:
        return {}
    row = {k: v for k, v in fields.items() if k not in ("documents", "evidence")}
    row["documents"] = "; ".join(fields.get("documents", ()))
    for pair in fields.get("evidence", ()):
        column, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--evidence takes COLUMN=VALUE, not '{column}'")
        row[f"evidence.{column.strip()}"] = value
    return row


def standing_text(found: Standing, day: date) -> str:
    """Where one household of a log stood, in a sentence."""
    what: str = Told(found.state) if found.state else say("not in the log yet")
    if found.category:
        what = say("{state} ({category})", state=what, category=Told(found.category))
    said = (
        say("On {day}: {what} since {first}", day=day, what=what, first=found.since)
        if found.since
        else say("On {day}: {what}", day=day, what=what)
    )
    open_ = say("open: {what}", what=", ".join(found.open_cases)) if found.open_cases else ""
    return together(said, open_, sign="; ")


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
