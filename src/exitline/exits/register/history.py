"""One household's events in order: its state on a day, its open cases, its spells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from exitline.exits.register.event import Event


@dataclass(frozen=True)
class Standing:
    """Where a household stands on a day.

    Parameters
    ----------
    state, category : str
        "" before the household's first event.
    listed : bool
        Whether it counts as registered poor.
    since : date or None
        When it entered this state.
    event : int
        Number of the event that put it there (0 when none).
    open_cases : tuple of str
        Cases begun and not ended, in the order of their beginning.
    """

    state: str
    category: str
    listed: bool
    since: date | None
    event: int
    open_cases: tuple[str, ...]


@dataclass(frozen=True)
class StateSpell:
    """A run of days in one state; `until` is the day it was left, None while it lasts."""

    state: str
    category: str
    since: date
    until: date | None
    first_event: int


@dataclass(frozen=True)
class History:
    """The events of one household, in the order of the log.

    Parameters
    ----------
    household : str
    events : tuple of Event
    """

    household: str
    events: tuple[Event, ...]

    def until(self, day: date, *, known_on: date | None = None) -> History:
        """The history as far as a day, or as far as it was known on another.

        Parameters
        ----------
        day : date
            Events of that day are included.
        known_on : date, optional
            Leave out what was recorded after this day.
        """
        kept = tuple(
            e for e in self.events if e.on <= day and (known_on is None or e.recorded <= known_on)
        )
        return self if len(kept) == len(self.events) else History(self.household, kept)

    def then(self, event: Event) -> History:
        """The history with one more event; what was found of this one is not found again."""
        after = History(self.household, (*self.events, event))
        vars(after)["_spells"] = _longer(self._spells, event)
        vars(after)["_open"] = _still_open(self._open, event)
        return after

    def standing(self, day: date | None = None, *, known_on: date | None = None) -> Standing:
        """Where the household stands at the end of a day (None: after its last event)."""
        history = self if day is None else self.until(day, known_on=known_on)
        if not history.events:
            return Standing("", "", False, None, 0, ())
        last = history.events[-1]
        spell = history.spells()[-1]
        return Standing(
            last.state,
            last.category,
            last.listed,
            spell.since,
            spell.first_event,
            history.open_cases(),
        )

    def spells(self) -> tuple[StateSpell, ...]:
        """The runs of one state, in order; a change of category begins a new one."""
        return self._spells

    def open_cases(self) -> tuple[str, ...]:
        """Cases begun and not ended, in the order of their beginning."""
        return self._open

    @cached_property
    def _spells(self) -> tuple[StateSpell, ...]:
        spells: tuple[StateSpell, ...] = ()
        for event in self.events:
            spells = _longer(spells, event)
        return spells

    @cached_property
    def _open(self) -> tuple[str, ...]:
        open_: tuple[str, ...] = ()
        for event in self.events:
            open_ = _still_open(open_, event)
        return open_

    def since_case(self, case: str | None) -> tuple[Event, ...]:
        """The events from the last beginning of a case on (all of them for None).

        Empty when the case never began.
        """
        if case is None:
            return self.events
        starts = [i for i, event in enumerate(self.events) if event.begins == case]
        return self.events[starts[-1] :] if starts else ()

    def last(self, step: str, *, case: str | None = None) -> Event | None:
        """The latest event of a step, among those since the case began."""
        found = [event for event in self.since_case(case) if event.step == step]
        return found[-1] if found else None


def _longer(spells: tuple[StateSpell, ...], event: Event) -> tuple[StateSpell, ...]:
    """Spells of one state with one more event; a change of category begins a new one."""
    new = StateSpell(event.state, event.category, event.on, None, event.number)
    if not spells:
        return (new,)
    last = spells[-1]
    if (last.state, last.category) == (event.state, event.category):
        return spells
    left = StateSpell(last.state, last.category, last.since, event.on, last.first_event)
    return (*spells[:-1], left, new)


def _still_open(cases: tuple[str, ...], event: Event) -> tuple[str, ...]:
    """Cases that are open after one more event, in the order of their beginning."""
    kept = tuple(case for case in cases if case not in event.ends) if event.ends else cases
    return (*kept, event.begins) if event.begins else kept
