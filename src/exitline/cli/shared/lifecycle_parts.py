"""What the subcommands of exitline lifecycle share: parsing, and words for a table."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

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
    what = f"{found.state} ({found.category})" if found.category else found.state
    since = f" since {found.since}" if found.since else ""
    cases = f"; open: {', '.join(found.open_cases)}" if found.open_cases else ""
    return f"On {day}: {what or 'not in the log yet'}{since}{cases}"


def brief(event: Event) -> dict[str, Any]:
    """An event's number, step and what it led to."""
    outcome = None if event.decision is None else event.decision.outcome
    return {"number": event.number, "step": event.step, "state": event.state, "decision": outcome}


def state_text(event: Event) -> str:
    """The state after an event, its kind in brackets."""
    return f"{event.state} ({event.category})" if event.category else event.state


def decision(event: Event) -> str:
    """The outcome of an event's decision, or nothing."""
    return "" if event.decision is None else event.decision.outcome


def decision_text(event: Event) -> str:
    """A decision in a sentence: outcome, reason, lines and the rule's digest."""
    made = event.decision
    if made is None:
        return ""
    doubt = dict.fromkeys(made.unverified, " (not verified)")
    lines = "".join(f", line {n} {v:,g}{doubt.get(n, '')}" for n, v in made.lines.items())
    rule = f"rule '{made.rule}' {made.rule_digest[:12]}"
    return f"{event.number}: {made.outcome} ({made.reason}); {rule}{lines}"


def day_or_today(given: datetime | None) -> date:
    """The day given, or today."""
    return date.today() if given is None else given.date()
