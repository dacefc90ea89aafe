"""Appending events to the chains of their counties, in the form that a log on disk has.

A batch in a chain is what one transaction appends: each event's hash covers the one before and
its own canonical content, and the last one is followed by the hash of a commit mark. So a chain
that is exported is a log that `exitline lifecycle check` reads, with the same head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from exitline.digest import written as canonical
from exitline.exits.register.errors import BackdatedError
from exitline.exits.register.event import Event
from exitline.exits.register.logbook.canonical import START, chain
from exitline.exits.register.store.models import ChainRow, HouseholdRow, StepRow
from exitline.exits.register.store.opening import Store


def append(store: Store, events: Sequence[tuple[HouseholdRow, Event]]) -> tuple[StepRow, ...]:
    """Append events to the chains of their counties; each chain is held until the commit.

    Parameters
    ----------
    events : sequence of (Household, Event)
        In their order; numbers are given here.

    Returns
    -------
    tuple of Step
        By county, in the same order; `step.event` is the event with its number, `step.given` the
        number it came with.

    Raises
    ------
    BackdatedError
        When the day of recording lies before the last one of the county.
    """
    places = {row.pk: row.steps for row, _ in events}
    steps: list[StepRow] = []
    for county in sorted({row.county_id for row, _ in events}):
        link = held_chain(store, county)
        mine = [(row, event) for row, event in events if row.county_id == county]
        _in_order(link, [event.recorded for _, event in mine])
        for position, (row, event) in enumerate(mine, start=1):
            places[row.pk] += 1
            steps.append(next_step(link, row, event, places[row.pk], last=position == len(mine)))
        link.save(using=store.alias)
    StepRow.objects.using(store.alias).bulk_create(steps, batch_size=500)
    return tuple(steps)


def held_chain(store: Store, county: int) -> ChainRow:
    """A county's chain, held for this transaction; begun where there is none."""
    table = ChainRow.objects.using(store.alias)
    found = table.select_for_update().filter(pk=county).first()
    if found is None:
        table.bulk_create([ChainRow(county_id=county, head=START)], ignore_conflicts=True)
        found = table.select_for_update().get(pk=county)
    return found


def _in_order(link: ChainRow, days: Sequence[date]) -> None:
    """Refuse a day of recording before the chain's last one: what was known when must stay."""
    first = min(days)
    if link.last_recorded is not None and first < link.last_recorded:
        raise BackdatedError(
            "recorded on a day before the last recording of the county",
            expected=f"a day from {link.last_recorded.isoformat()} on",
            got=first.isoformat(),
            remedy="look at the clock of this machine",
        )
    link.last_recorded = max(days)


def next_step(
    link: ChainRow, row: HouseholdRow, event: Event, place: int, *, last: bool
) -> StepRow:
    """The next link of a chain as a row; the chain's end moves on."""
    numbered = replace(event, number=link.count + 1)
    content = canonical({"event": numbered.as_json()})
    link.count += 1
    link.head = hashed = chain(link.head, content)
    commit = ""
    if last:
        link.head = commit = chain(hashed, canonical({"commit": link.count}))
    decision = numbered.decision
    step = StepRow(
        household=row, path=row.path, county_id=row.county_id, number=numbered.number,
        place=place, step=numbered.step, on=numbered.on, recorded=numbered.recorded,
        actor=numbered.actor, role=numbered.role, state=numbered.state,
        procedure=numbered.procedure_digest,
        rule=decision.rule_digest if decision else "",
        outcome=decision.outcome if decision else "",
        content=content.decode(), hash=hashed, commit=commit,
    )  # fmt: skip
    step.event, step.given = numbered, event.number
    return step
