"""What is due, by when, by whom: deadlines of cases and monitoring checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from exitline.exits.register.event import Event
from exitline.exits.register.history import History
from exitline.exits.register.procedures.procedure import Clock, MonitoringCheck, Procedure

Status = Literal["due", "overdue", "done", "done late"]


@dataclass(frozen=True)
class Duty:
    """One thing that has to be done by a day.

    Parameters
    ----------
    household : str
    name : str
        The clock or the check.
    role : str
        Who is answerable.
    began, due : date
    done : date or None
        The day it was done, None while it is not.
    status : {"due", "overdue", "done", "done late"}
    days_late : int
        Days past the due day: on `done`, or else on the day of asking; 0 when in time.
    """

    household: str
    name: str
    role: str
    began: date
    due: date
    done: date | None
    status: Status
    days_late: int


def duties(
    history: History, procedure_of: Callable[[str], Procedure], as_of: date
) -> tuple[Duty, ...]:
    """Every duty of a household that had begun by a day, done or not.

    Parameters
    ----------
    history : History
    procedure_of : callable
        The procedure of a digest, as it was when the events were recorded
        (`Log.procedure`).
    as_of : date
        Later events are not looked at.

    Returns
    -------
    tuple of Duty
        By due date.
    """
    known = history.until(as_of)
    found = [*_clock_duties(known, procedure_of, as_of), *_check_duties(known, procedure_of, as_of)]
    return tuple(sorted(found, key=lambda duty: (duty.due, duty.name)))


def _clock_duties(
    history: History, procedure_of: Callable[[str], Procedure], as_of: date
) -> Iterator[Duty]:
    """The deadlines of every case that began."""
    for position, event in enumerate(history.events):
        if not event.begins:
            continue
        for clock in procedure_of(event.procedure_digest).clocks.values():
            if clock.case == event.begins:
                done = _stopped(history.events[position + 1 :], clock)
                yield _duty(history.household, clock, event.on, clock.days, done, as_of)


def _stopped(later: tuple[Event, ...], clock: Clock) -> date | None:
    """The day a clock stopped, or None."""
    for event in later:
        if event.step in clock.until or clock.case in event.ends:
            return event.on
    return None


def _check_duties(
    history: History, procedure_of: Callable[[str], Procedure], as_of: date
) -> Iterator[Duty]:
    """The monitoring checks of the state the household is in, one after the other."""
    if not history.events:
        return
    last, spell = history.events[-1], history.spells()[-1]
    for check in procedure_of(last.procedure_digest).monitoring.values():
        if spell.state not in check.states:
            continue
        taken = [
            e.on for e in history.events if e.number >= spell.first_event and e.step == check.step
        ]
        began, days = spell.since, check.first_days
        for done in taken:
            yield _duty(history.household, check, began, days, done, as_of)
            began, days = done, check.every_days
        yield _duty(history.household, check, began, days, None, as_of)


def _duty(
    household: str,
    rule: Clock | MonitoringCheck,
    began: date,
    days: int,
    done: date | None,
    as_of: date,
) -> Duty:
    """A duty with its status on the day of asking."""
    due = began + timedelta(days=days)
    late = max(0, ((done or as_of) - due).days)
    if done is None:
        status: Status = "overdue" if late else "due"
    else:
        status = "done late" if late else "done"
    return Duty(household, rule.name, rule.role, began, due, done, status, late)
