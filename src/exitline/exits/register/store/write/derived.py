"""What follows from steps, kept beside them: standings, cases, duties, notices, papers, versions.

Everything here is found by the functions that read a log (`History`, `duties`): the difference
between what they say before a step and after it is what is written.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import models

from exitline.exits.register import overdue
from exitline.exits.register.event import Event
from exitline.exits.register.history import History
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store import texts
from exitline.exits.register.store.models import (
    CaseRow,
    ChangeRow,
    DocumentRow,
    DutyRow,
    HouseholdRow,
    NoticeRow,
    StandingRow,
    StepRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.together import Together
from exitline.words.said import say

Key = tuple[Any, ...]


def _row(model: type[models.Model], fields: dict[str, Any]) -> Any:
    """A row that can be written."""
    return model(**fields)


class Derived:
    """Collects what steps of several households change, and writes it at once.

    Parameters
    ----------
    store : Store
    *procedures : Procedure
        At hand already.
    made : callable
        A row of a table from its fields; the table's own by default, to be written.
    """

    def __init__(
        self,
        store: Store,
        *procedures: Procedure,
        made: Callable[[type[models.Model], dict[str, Any]], Any] = _row,
    ) -> None:
        self.store = store
        self._made = made
        self._procedures = {procedure.digest: procedure for procedure in procedures}
        self._new: dict[type[models.Model], list[Any]] = {}
        self._changed: dict[type[models.Model], dict[int, Any]] = {}

    def procedure(self, digest: str) -> Procedure:
        """A kept procedure, read once."""
        if digest not in self._procedures:
            self._procedures[digest] = texts.procedure(self.store, digest)
        return self._procedures[digest]

    def follow(
        self,
        row: HouseholdRow,
        before: Sequence[Event],
        events: Sequence[Event],
        stand: Mapping[type[Any], Sequence[Any]] | None = None,
    ) -> None:
        """Take in the new events of a household.

        Parameters
        ----------
        row : Household
            Held; its columns are brought up to date.
        before : sequence of Event
            Its events before.
        events : sequence of Event
            The new ones; nothing happens without one.
        stand : mapping from table to rows, optional
            What stands open of it.
        """
        if not events:
            return
        open_ = stand or {}
        history = History(events[0].household, tuple(before))
        standing: Any = next(iter(open_.get(StandingRow, ())), None)
        cases = {case.name: case for case in open_.get(CaseRow, ())}
        live = _keyed(open_.get(DutyRow, ()))
        due = _keyed(overdue.duties(history, self.procedure, events[0].on))
        for event in events:
            history = history.then(event)
            standing = self._standing(row, standing, history, event)
            self._cases(row, cases, event)
            due = self._duties(row, live, due, history)
            self._papers(row, event)
            row.version += 1
            row.steps += 1
            self._add(
                ChangeRow, household=row, path=row.path, version=row.version,
                what=str(say("step: {step} #{n}", step=event.step, n=row.steps)), by=event.actor,
            )  # fmt: skip
        row.state, row.category, row.listed = standing.state, standing.category, standing.listed
        row.state_since, row.last_on = standing.since, standing.on
        row.procedure = events[-1].procedure_digest
        self._change(row)

    def new(self, model: type[models.Model]) -> list[Any]:
        """The rows of a table that are to be added."""
        return self._new.get(model, [])

    def write(
        self,
        sent: Together,
        steps: Mapping[int, StepRow],
        token: str | None = None,
        actor: str | None = None,
    ) -> None:
        """Write everything that was collected.

        Parameters
        ----------
        sent : Together
        steps : mapping from number to Step
            By the numbers of the events that were followed; with the ids and numbers they got.
        token, actor : str, optional
            Of the form; who is signed in.
        """
        changes: list[ChangeRow] = self._new.get(ChangeRow, [])
        if changes and token is not None:
            changes[-1].token = token
        for change in changes:
            change.by = actor or change.by
        for row in self.new(StandingRow):
            row.number = steps[row.number].number
        for row in self.new(CaseRow):
            row.began_by = steps[row.began_by].number
        for row in (*self.new(DocumentRow), *self.new(NoticeRow)):
            row.step_id = steps[row.by_event].pk
        for rows in self._new.values():
            for row in rows:
                row.household_id = row.household.pk
            sent.insert(rows)
        for model, by_id in self._changed.items():
            sent.update(list(by_id.values()), _COLUMNS[model])

    def _standing(
        self, row: HouseholdRow, last: StandingRow | None, history: History, event: Event
    ) -> StandingRow:
        """The row of where the household stands now; the one before ends."""
        if last is not None:
            last.next_on, last.next_recorded = event.on, event.recorded
            self._change(last)
        return self._add(
            StandingRow, household=row, path=row.path, county_id=row.county_id, number=event.number,
            on=event.on, recorded=event.recorded, state=event.state, category=event.category,
            listed=event.listed, since=history.standing().since,
            turned=last is not None and bool(last.listed) != event.listed,
        )  # fmt: skip

    def _cases(self, row: HouseholdRow, cases: dict[str, CaseRow], event: Event) -> None:
        """Cases that the event ended and began, in this order (as `History.open_cases`)."""
        for name in event.ends:
            case = cases.pop(name)
            case.ended, case.ended_recorded = event.on, event.recorded
            self._change(case)
        if event.begins:
            cases[event.begins] = self._add(
                CaseRow, household=row, path=row.path, name=event.begins, began=event.on,
                began_recorded=event.recorded, began_by=event.number,
            )  # fmt: skip

    def _duties(
        self, row: HouseholdRow, live: dict[Key, DutyRow], was: dict[Key, Any], after: History
    ) -> dict[Key, Any]:
        """Duties that began, were done, or are gone with the state they hung on; all there are."""
        event = after.events[-1]
        now = _keyed(overdue.duties(after, self.procedure, event.on))
        for key, duty in now.items():
            if key not in was:
                live[key] = self._add(
                    DutyRow, household=row, path=row.path, name=duty.name, role=duty.role,
                    began=duty.began, began_recorded=event.recorded, due=duty.due,
                )  # fmt: skip
            if duty.done is not None and live[key].done is None:
                live[key].done, live[key].done_recorded = duty.done, event.recorded
                self._change(live[key])
        for key in was.keys() - now.keys():
            gone = live.pop(key)
            gone.gone, gone.gone_recorded = event.on, event.recorded
            self._change(gone)
        return now

    def _papers(self, row: HouseholdRow, event: Event) -> None:
        """The papers of a step; a kind that may not show everything is posted as a notice."""
        if not event.documents:
            return
        procedure = self.procedure(event.procedure_digest)
        for paper in event.documents:
            kept = {"household": row, "path": row.path, "kind": paper.kind,
                    "shows": list(paper.shows)}  # fmt: skip
            self._add(DocumentRow, digest=paper.digest, **kept).by_event = event.number
            if procedure.documents[paper.kind].never_shows:
                code, until = secrets.token_urlsafe(12), _open_until(procedure, event)
                made = self._add(NoticeRow, posted=event.on, until=until, code=code, **kept)
                made.by_event = event.number

    def _add(self, model: type[models.Model], **fields: Any) -> Any:
        made = self._made(model, fields)
        self._new.setdefault(model, []).append(made)
        return made

    def _change(self, row: Any) -> None:
        if row.pk is not None:
            self._changed.setdefault(type(row), {})[row.pk] = row


OF_HOUSEHOLD = (
    "steps", "state", "category", "listed", "state_since", "last_on", "procedure"
)  # fmt: skip
"""What a household's own row says of its last step."""
_COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    HouseholdRow: ("version", *OF_HOUSEHOLD),
    StandingRow: ("next_on", "next_recorded"),
    CaseRow: ("ended", "ended_recorded"),
    DutyRow: ("done", "done_recorded", "gone", "gone_recorded"),
}  # fmt: skip


def _open_until(procedure: Procedure, event: Event) -> date | None:
    """The first day on which a step may be taken that waits for the one of a notice."""
    days = [
        waiting.days
        for later in procedure.steps.values()
        for waiting in later.waits
        if waiting.step == event.step
    ]
    return event.on + timedelta(days=max(days)) if days else None


def _keyed(duties: Iterable[Any]) -> dict[Key, Any]:
    """Duties by what they are; the second of equal ones is another."""
    seen: Counter[Key] = Counter()
    found = {}
    for duty in duties:
        key = (duty.name, duty.began, duty.due)
        found[(*key, seen[key])] = duty
        seen[key] += 1
    return found


def replayed(store: Store, row: HouseholdRow, steps: Sequence[StepRow]) -> Derived:
    """What follows from all steps of a household, as if none had been followed yet."""
    again = Derived(store)
    row.steps = 0
    again.follow(row, (), [step.event for step in steps])
    return again
