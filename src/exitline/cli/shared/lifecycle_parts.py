"""What the subcommands of exitline lifecycle share: parsing, and words for a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
    what = f"{found.state} ({found.category})" if found.category else found.state
    since = f" since {found.since}" if found.since else ""
    cases = f"; open: {', '.join(found.open_cases)}" if found.open_cases else ""
    show.note(f"On {day}: {what or 'not in the log yet'}{since}{cases}")


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
