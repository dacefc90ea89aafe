"""The life of households in a log or a register: recorded, asked about, checked, handed on.

`xl.lifecycle.record`, `xl.lifecycle.states`, `xl.lifecycle.overdue` and so on: one function for
each command of `exitline lifecycle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from exitline.errors import ArgumentError
from exitline.exits.register import (
    Draft,
    Duty,
    Event,
    Procedure,
    Standing,
    books,
    load_procedure,
    shipped_procedures,
)

__all__ = [
    "CheckedLog",
    "HouseholdStates",
    "RecordedEvents",
    "check",
    "duties",
    "export",
    "history",
    "overdue",
    "procedure",
    "procedures",
    "record",
    "standing",
    "states",
]  # fmt: skip


@dataclass(frozen=True)
class RecordedEvents:
    """What was recorded: the events, and the log's head and length after them."""

    events: tuple[Event, ...]
    head: str
    count: int


@dataclass(frozen=True)
class HouseholdStates:
    """Households by state, the most frequent first; and how many were written."""

    counts: list[dict[str, Any]]
    written: int | None = None


@dataclass(frozen=True)
class CheckedLog:
    """A log taken again: its head, its size, and what does not follow, in words."""

    head: str
    events: int
    households: int
    faults: tuple[str, ...]


def record(
    log: str | Path,
    file: str | Path | None = None,
    *,
    procedure: str,
    event: Mapping[str, Any] | None = None,
    new: bool = False,
    area: str = "",
    reading: Mapping[str, Any] | None = None,
) -> RecordedEvents:
    """Check events and record them all; or, if one is refused, none.

    Parameters
    ----------
    log : str or path
        A log's folder, or the address of a register.
    file : str or path, optional
        Of events: CSV, JSON, JSON lines or Parquet.
    procedure : str
        A shipped procedure's name, or a YAML file.
    event : mapping, optional
        One event in place of a file: household, step, on, actor, role, documents, category,
        reason, evidence.COLUMN.
    new : bool
        Begin the log.
    area : str
        In a register, the path where households live that it does not hold yet.
    reading : mapping, optional
        How the file is read, as `xl.open_source` takes it.

    Returns
    -------
    RecordedEvents

    Raises
    ------
    ArgumentError
        Unless either a file or an event is given.
    LifecycleError
        When the procedure does not allow a step; nothing is recorded then.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> log = tempfile.mkdtemp() + "/log"
    >>> first = {"household": "17", "step": "carry over", "on": "2016-05-01", "actor": "wang",
    ...          "role": "county", "documents": "register extract"}
    >>> made = xl.lifecycle.record(log, event=first, procedure="china-2016-exit", new=True)
    >>> made.count, xl.lifecycle.standing(log, "17", as_of=made.events[0].on).state
    (1, 'poor')
    """
    drafts, where = _drafts(file, event, reading or {})
    rules = load_procedure(procedure)
    if new:
        book, events = books.begun(str(log), drafts, rules, where=where)
    else:
        book = books.opened(str(log))
        events = books.append(book, drafts, rules, where=where, area=area)
    return RecordedEvents(events, book.head, book.count)


def _drafts(
    file: str | Path | None, event: Mapping[str, Any] | None, reading: Mapping[str, Any]
) -> tuple[tuple[Draft, ...], str]:
    """The events handed in, and what messages call a row of them."""
    from exitline.exits.register.steps.drafts import draft_of, read_drafts

    if (file is None) == (not event):
        raise ArgumentError(
            "name a FILE of events, or one event with --household and so on",
            remedy="give either `file` or `event`",
        )
    if file is not None:
        return tuple(read_drafts(Path(file), **reading)), f"{Path(file).name} row"
    if reading:
        raise ArgumentError("options of a data file are for a FILE of events")
    return (draft_of(dict(event or {}), where="event"),), "event"


def states(
    source: str | Path,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
    spells: bool = False,
    procedure: str | None = None,
    out: str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
) -> HouseholdStates:
    """Households by state on a day.

    Parameters
    ----------
    source : str or path
        A log, a register's address, or a table of events (or of spells) of any size.
    as_of : date, optional
        The day asked about; today unless given.
    known_on : date, optional
        Leave out what a log recorded later.
    spells : bool
        The table holds household, state, since and until.
    procedure : str, optional
        Refuse events that this procedure does not allow.
    out : path, optional
        A Parquet file with the state of every household.
    reading : mapping, optional
        How a table is read, as `xl.open_source` takes it.

    Returns
    -------
    HouseholdStates

    Raises
    ------
    ArgumentError
        For spells with a procedure or a file to write, or reading options for a log.
    """
    from exitline.exits.register import standing as standings

    where, asked = str(source), as_of or date.today()
    target = None if out is None else Path(out)
    if spells and (procedure or target):
        raise ArgumentError("--spells takes neither --procedure nor --out")
    if books.in_database(where) and not (procedure or spells or reading):
        return HouseholdStates(*books.states(where, asked, known_on, target))
    data = _events_of(where, known_on, reading or {})
    if procedure is not None:
        allowed = load_procedure(procedure, rules=False).transitions()
        standings.check_events(standings.event_faults(data, allowed), where=books.name_of(where))
    count = standings.count_spell_states if spells else standings.count_states
    counted = count(data, asked).to_pylist()
    return HouseholdStates(
        counted, None if target is None else standings.write_states(data, asked, target)
    )


def _events_of(source: str, known_on: date | None, reading: Mapping[str, Any]) -> Any:
    """The events of a log or a register as a table, or the file of events."""
    if not books.in_database(source) and not Path(source).is_dir():
        from exitline.stats.data.source import open_source

        return open_source(source, **reading)
    if reading:
        raise ArgumentError("a log takes no options of a data file")
    return books.table(books.opened(source), known_on)


def standing(
    log: str | Path, household: str, *, as_of: date | None = None, known_on: date | None = None
) -> Standing:
    """Where one household stood at the end of a day.

    Parameters
    ----------
    log : str or path
        A log's folder, or the address of a register.
    household : str
    as_of : date, optional
        Today unless given.
    known_on : date, optional
        Leave out what was recorded later.

    Returns
    -------
    Standing
        State, category, since when, open cases.

    Raises
    ------
    UnknownHouseholdError
        Where the log does not hold it.
    """
    found = books.opened(str(log)).history(_key(household))
    return found.standing(as_of or date.today(), known_on=known_on)


def history(log: str | Path, household: str) -> tuple[Event, ...]:
    """Every event of a household, with its decisions, in order.

    Parameters
    ----------
    log : str or path
        A log's folder, or the address of a register.
    household : str

    Returns
    -------
    tuple of Event

    Raises
    ------
    UnknownHouseholdError
        Where the log does not hold it.
    """
    return books.opened(str(log)).history(_key(household)).events


def _key(household: str) -> str:
    """A household's id as logs write it."""
    from exitline.stats.data.values import written

    return written(household) or household


def duties(log: str | Path, *, as_of: date | None = None, role: str | None = None) -> list[Duty]:
    """Every deadline and monitoring check up to a day: done, due, overdue.

    Parameters
    ----------
    log : str or path
        A log's folder, or the address of a register.
    as_of : date, optional
        Today unless given.
    role : str, optional
        Only what this role is answerable for.

    Returns
    -------
    list of Duty
        The longest overdue first.

    Raises
    ------
    LifecycleError
        When there is no log or register there, or it is damaged.
    """
    found = books.all_duties(books.opened(str(log)), as_of or date.today())
    mine = [duty for duty in found if role is None or duty.role == role]
    return sorted(mine, key=lambda duty: (-duty.days_late, duty.due, duty.household))


def overdue(log: str | Path, *, as_of: date | None = None, role: str | None = None) -> list[Duty]:
    """What is overdue on a day; see `duties`.

    Raises
    ------
    LifecycleError
        When there is no log or register there, or it is damaged.
    """
    return [duty for duty in duties(log, as_of=as_of, role=role) if duty.status == "overdue"]


def check(log: str | Path, *, head: str | None = None) -> CheckedLog:
    """A log verified: its chain, its kept texts, every decision and every step.

    Parameters
    ----------
    log : str or path
        A log's folder, or the address of a register.
    head : str, optional
        A head noted or published earlier: it must still be in the log.

    Returns
    -------
    CheckedLog

    Raises
    ------
    LogDamagedError
        Where the chain is not whole, or the head is not in it.
    """
    book = books.opened(str(log))
    if head is not None:
        book.require_head(head)
    faults = books.faults(book)
    return CheckedLog(book.head, book.count, book.household_count, tuple(faults))


def procedures() -> list[Procedure]:
    """The shipped procedures.

    Examples
    --------
    >>> import exitline as xl
    >>> "china-2016-exit" in [p.name for p in xl.lifecycle.procedures()]
    True
    """
    return [load_procedure(name, rules=False) for name in shipped_procedures()]


def procedure(name: str) -> Procedure:
    """A procedure with its steps and sources.

    Parameters
    ----------
    name : str
        A shipped procedure's name, or a YAML file.

    Returns
    -------
    Procedure

    Raises
    ------
    ProcedureError
        When there is no such procedure, or its file cannot be used.
    """
    return load_procedure(name, rules=False)


def export(log: str | Path, file: str | Path) -> int:
    """Write the events into a Parquet file, without evidence or names; how many there are.

    Raises
    ------
    LifecycleError
        When there is no log or register there, or it is damaged.
    """
    return books.export(books.opened(str(log)), Path(file))
