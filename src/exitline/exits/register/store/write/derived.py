"""What follows from steps, kept beside them: standings, cases, duties, notices, papers, versions.

Everything here is found by the functions that read a log (`History`, `duties`): the difference
between what they say before a step and after it is what is written.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
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

Key = tuple[Any, ...]


class Derived:
    """Collects what steps of several households change, and writes it at once.

    Parameters
    ----------
    store : Store
    *procedures : Procedure
        At hand already.
    """

    def __init__(self, store: Store, *procedures: Procedure) -> None:
        self.store = store
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
        so_far = tuple(before)
        standing: Any = next(iter(open_.get(StandingRow, ())), None)
        cases = {case.name: case for case in open_.get(CaseRow, ())}
        live = _keyed(open_.get(DutyRow, ()))
        for event in events:
            history = History(event.household, (*so_far, event))
            standing = self._standing(row, standing, history, event)
            self._cases(row, cases, event)
            self._duties(row, live, History(event.household, so_far), history)
            self._papers(row, event)
            row.version += 1
            row.steps += 1
            self._add(_change(row, f"step: {event.step} #{row.steps}", event.actor))
            so_far = history.events
        row.state, row.category, row.listed = standing.state, standing.category, standing.listed
        row.state_since, row.last_on = standing.since, standing.on
        row.procedure = so_far[-1].procedure_digest
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
        made = StandingRow(
            household=row, path=row.path, county_id=row.county_id, number=event.number,
            on=event.on, recorded=event.recorded, state=event.state, category=event.category,
            listed=event.listed, since=history.standing().since,
        )  # fmt: skip
        return self._add(made)

    def _cases(self, row: HouseholdRow, cases: dict[str, CaseRow], event: Event) -> None:
        """Cases that the event ended and began, in this order (as `History.open_cases`)."""
        for name in event.ends:
            case = cases.pop(name)
            case.ended, case.ended_recorded = event.on, event.recorded
            self._change(case)
        if event.begins:
            cases[event.begins] = self._add(
                CaseRow(household=row, path=row.path, name=event.begins, began=event.on,
                     began_recorded=event.recorded, began_by=event.number)
            )  # fmt: skip

    def _duties(
        self, row: HouseholdRow, live: dict[Key, DutyRow], before: History, after: History
    ) -> None:
        """Duties that began, were done, or are gone with the state that they hung on."""
        event = after.events[-1]
        was = _keyed(overdue.duties(before, self.procedure, event.on))
        now = _keyed(overdue.duties(after, self.procedure, event.on))
        for key, duty in now.items():
            if key not in was:
                live[key] = self._add(
                    DutyRow(household=row, path=row.path, name=duty.name, role=duty.role,
                         began=duty.began, began_recorded=event.recorded, due=duty.due)
                )  # fmt: skip
            if duty.done is not None and live[key].done is None:
                live[key].done, live[key].done_recorded = duty.done, event.recorded
                self._change(live[key])
        for key in was.keys() - now.keys():
            gone = live.pop(key)
            gone.gone, gone.gone_recorded = event.on, event.recorded
            self._change(gone)

    def _papers(self, row: HouseholdRow, event: Event) -> None:
        """The papers of a step; a kind that may not show everything is posted as a notice."""
        procedure = self.procedure(event.procedure_digest)
        days = [
            waiting.days
            for later in procedure.steps.values()
            for waiting in later.waits
            if waiting.step == event.step
        ]
        until = event.on + timedelta(days=max(days)) if days else None
        for paper in event.documents:
            kept = {"household": row, "path": row.path, "kind": paper.kind}
            shows = list(paper.shows)
            made = self._add(DocumentRow(**kept, digest=paper.digest, shows=shows))
            made.by_event = event.number
            if procedure.documents[paper.kind].never_shows:
                code = secrets.token_urlsafe(12)
                made = NoticeRow(**kept, shows=shows, posted=event.on, until=until, code=code)
                self._add(made).by_event = event.number

    def _add(self, made: Any) -> Any:
        self._new.setdefault(type(made), []).append(made)
        return made

    def _change(self, row: Any) -> None:
        if row.pk is not None:
            self._changed.setdefault(type(row), {})[row.pk] = row


_COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    HouseholdRow: ("version", "steps", "state", "category", "listed", "state_since", "last_on",
                "procedure"),
    StandingRow: ("next_on", "next_recorded"),
    CaseRow: ("ended", "ended_recorded"),
    DutyRow: ("done", "done_recorded", "gone", "gone_recorded"),
}  # fmt: skip


def _change(row: HouseholdRow, what: str, by: str) -> ChangeRow:
    """The next version of a household."""
    return ChangeRow(household=row, path=row.path, version=row.version, what=what, by=by)


def _keyed(duties: Iterable[Any]) -> dict[Key, Any]:
    """Duties by what they are; the second of equal ones is another."""
    seen: Counter[Key] = Counter()
    found = {}
    for duty in duties:
        key = (duty.name, duty.began, duty.due)
        found[(*key, seen[key])] = duty
        seen[key] += 1
    return found


def differences(store: Store, household: int, steps: Sequence[StepRow]) -> list[str]:
    """Where what stands beside the steps of a household is not what follows from them.

    Parameters
    ----------
    household : int
        Its row's id.
    steps : sequence of StepRow
        All of them, with their events.

    Returns
    -------
    list of str
        By table, without naming the household.
    """
    row = HouseholdRow.objects.using(store.alias).get(pk=household)
    again = replayed(store, row, steps)
    where = f"{steps[0].county.path} event {steps[-1].number}"
    found = []
    for model, columns in _COMPARED.items():
        table = model._default_manager.using(store.alias).filter(household=household)
        stands = sorted(map(str, table.values_list(*columns)))
        follows = sorted(str(tuple(getattr(r, c) for c in columns)) for r in again.new(model))
        if stands != follows:
            name = model._meta.db_table.removeprefix("register_")
            found.append(f"{where}: {name} rows that its steps do not give")
    kept = HouseholdRow.objects.using(store.alias).get(pk=household)
    if any(getattr(row, name) != getattr(kept, name) for name in _COLUMNS[HouseholdRow][1:]):
        found.append(f"{where}: the household's state is not that of its last step")
    return found


def replayed(store: Store, row: HouseholdRow, steps: Sequence[StepRow]) -> Derived:
    """What follows from all steps of a household, as if none had been followed yet."""
    again = Derived(store)
    row.steps = 0
    again.follow(row, (), [step.event for step in steps])
    return again


_COMPARED: dict[type[models.Model], tuple[str, ...]] = {
    StandingRow: ("number", "on", "recorded", "next_on", "next_recorded", "state", "category",
               "listed", "since"),
    CaseRow: ("name", "began", "began_recorded", "began_by", "ended", "ended_recorded"),
    DutyRow: ("name", "role", "began", "began_recorded", "due", "done", "done_recorded", "gone",
           "gone_recorded"),
    DocumentRow: ("kind", "digest", "shows"),
    NoticeRow: ("kind", "shows", "posted", "until"),
}  # fmt: skip
