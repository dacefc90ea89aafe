"""One household's events in order: its state on a day, its open cases, its spells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
        return History(self.household, kept)

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
        spells: list[StateSpell] = []
        for event in self.events:
            if spells and (spells[-1].state, spells[-1].category) == (event.state, event.category):
                continue
            if spells:
                last = spells[-1]
                spells[-1] = StateSpell(
                    last.state, last.category, last.since, event.on, last.first_event
                )
            spells.append(StateSpell(event.state, event.category, event.on, None, event.number))
        return tuple(spells)

    def open_cases(self) -> tuple[str, ...]:
        """Cases begun and not ended, in the order of their beginning."""
        open_: list[str] = []
        for event in self.events:
            open_ = [case for case in open_ if case not in event.ends]
            if event.begins:
                open_.append(event.begins)
        return tuple(open_)

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
