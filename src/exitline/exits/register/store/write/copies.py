"""A household's history, taken again under another id: what a split or a move brings along.

Each event of the first household is recorded once more, today, in the chain of the county that the
new one lives in, and admitted by the procedure that it was taken under: so the new household stands
where the old one stood, and `check` derives it like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby

from django.db import IntegrityError, transaction

from exitline.exits.register.event import Draft, Event
from exitline.exits.register.store import texts
from exitline.exits.register.store.errors import LifeChangeError
from exitline.exits.register.store.models import AreaRow, ChangeRow, HouseholdRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.record import record_all
from exitline.words.said import say


def new_household(
    store: Store, key: str, area: AreaRow, *, name: str = "", came_from: str = "",
    came_on: date | None = None,
) -> HouseholdRow:  # fmt: skip
    """A row of a household that was not there; inside of a transaction.

    Raises
    ------
    LifeChangeError
        When a household of the county has the id.
    """
    try:
        with transaction.atomic(using=store.alias):
            return HouseholdRow.objects.using(store.alias).create(
                key=key, area=area, path=area.path, county=area.county, name=name,
                came_from=came_from, came_on=came_on,
            )  # fmt: skip
    except IntegrityError as reason:
        raise LifeChangeError(
            say("another household of the county has this id"), where="household",
            expected=say("an id that is new in the county"), got=say("one that is taken"),
            remedy=say("give another id"),
        ) from reason  # fmt: skip


def first_change(store: Store, row: HouseholdRow, what: str, by: str, token: str | None) -> None:
    """Say how a household came; its version is one higher."""
    row.refresh_from_db(using=store.alias)
    row.version += 1
    row.save(using=store.alias)
    ChangeRow.objects.using(store.alias).create(
        household=row, path=row.path, version=row.version, what=str(what), by=by, token=token
    )


def take_again(store: Store, row: HouseholdRow, events: Sequence[Event]) -> None:
    """Record the events of another household for this one; inside of a transaction.

    Parameters
    ----------
    row : HouseholdRow
        Without any step.
    events : sequence of Event
        In their order, as they stand in their chain.

    Raises
    ------
    LifeChangeError
        When an event does not give again what it gave.
    """
    for digest, group in groupby(events, key=lambda event: event.procedure_digest):
        mine = list(group)
        procedure = texts.usable(store, digest)
        drafts = [_draft(row.key, event) for event in mine]
        again = record_all(store, drafts, procedure, county=row.county.path)
        for was, now in zip(mine, again, strict=True):
            if _given(was) != _given(now):
                raise LifeChangeError(
                    say("a step of the household does not give again what it gave"),
                    where=f"step '{was.step}'", expected=was.state, got=now.state,
                    remedy=say("check the register: exitline register check"),
                )  # fmt: skip


def _draft(key: str, event: Event) -> Draft:
    """An event as it was handed in, for another household."""
    evidence = None if event.decision is None else dict(event.decision.values)
    return Draft(
        key, event.step, event.on, event.actor, event.role, event.documents,
        evidence, event.category, event.reason,
    )  # fmt: skip


def _given(event: Event) -> tuple[object, ...]:
    """What follows from an event, whatever household and day of recording it has."""
    decision = None if event.decision is None else asdict(event.decision)
    return (event.state, event.category, event.listed, event.begins, event.ends, decision)
