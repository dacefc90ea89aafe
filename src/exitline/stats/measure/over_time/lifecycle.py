"""Life-cycle questions over millions of events, as unbound expressions.

The table of events has one row an event: `household`, `on` (date), `state` (after the
event) and `number` (its place in the log, which orders events of one day). The answer to
"where did everyone stand on that day" is one grouped maximum of one integer that packs
day, number and the state's place in the list of states. No window, no sort, no text in
the groups: Ibis' own argmax becomes an ordered aggregate on DuckDB, which keeps every
event of a group in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from exitline.errors import MeasureError
from exitline.stats.data.keys import alike

_STATES = 64
_NUMBERS = 1 << 40
_DAY = _STATES * _NUMBERS
_BEFORE_1970 = 36_524  # day 0 is 1870-01-01: packed integers stay positive


@dataclass(frozen=True)
class EventColumns:
    """Names of the columns of an event table.

    Parameters
    ----------
    household, on, state, number : str
        Household id, date of the event, state after it, and its place in the log.
    """

    household: str = "household"
    on: str = "on"
    state: str = "state"
    number: str = "number"


def states_in(events: Any, columns: EventColumns | None = None) -> Any:
    """The states that occur, in alphabetical order: what `state_as_of` has to know.

    Returns
    -------
    ibis.Table
        state.
    """
    names = columns or EventColumns()
    return events.select(state=events[names.state]).distinct().order_by("state")


def state_as_of(
    events: Any, as_of: date, states: Sequence[str], columns: EventColumns | None = None
) -> Any:
    """The state of every household at the end of a day.

    Parameters
    ----------
    events : ibis.Table
        One row an event.
    as_of : date
        Events of that day count, later ones do not.
    states : sequence of str
        Every state that occurs (`states_in`), at most 64.
    columns : EventColumns, optional

    Returns
    -------
    ibis.Table
        household, state, on (date of the latest event). A household without an event
        up to that day has no row; a state that was not listed is missing.

    Raises
    ------
    MeasureError
        With more than 64 states.

    Examples
    --------
    >>> import ibis, pandas as pd
    >>> from datetime import date
    >>> events = ibis.memtable(pd.DataFrame({
    ...     "household": ["a", "a"], "on": [date(2016, 5, 1), date(2017, 5, 1)],
    ...     "state": ["poor", "exited"], "number": [1, 2]}))
    >>> from exitline.stats.engine.duckdb import opened
    >>> with opened() as engine:
    ...     found = engine.run(state_as_of(events, date(2016, 12, 31), ["exited", "poor"]))
    >>> found["state"].to_pylist()
    ['poor']
    """
    names = columns or EventColumns()
    latest = _latest(events, as_of, states, names)
    return latest.select(
        "household",
        state=_decoded(latest.latest % _STATES, states),
        on=ibis.date("1870-01-01") + (latest.latest // _DAY).cast("int32").as_interval("D"),
    )


def count_states(
    events: Any, as_of: date, states: Sequence[str], columns: EventColumns | None = None
) -> Any:
    """How many households stand in each state at the end of a day.

    Returns
    -------
    ibis.Table
        state, households.
    """
    latest = _latest(events, as_of, states, columns or EventColumns())
    counted = latest.group_by(code=latest.latest % _STATES).aggregate(households=latest.count())
    return counted.select("households", state=_decoded(counted.code, states))


def spells(events: Any, columns: EventColumns | None = None) -> Any:
    """The runs of one state of every household.

    Parameters
    ----------
    events : ibis.Table
    columns : EventColumns, optional

    Returns
    -------
    ibis.Table
        household, state, since, until (missing while the spell lasts).
    """
    names = columns or EventColumns()
    order = [events[names.on], events[names.number]]
    before = ibis.window(group_by=events[names.household], order_by=order)
    changes = events.select(
        household=events[names.household],
        state=events[names.state],
        since=events[names.on].cast("date"),
        number=events[names.number],
        previous=events[names.state].lag(1).over(before),
    )
    changes = changes.filter(changes.previous.isnull() | (changes.previous != changes.state))
    after = ibis.window(group_by=changes.household, order_by=[changes.since, changes.number])
    return changes.select("household", "state", "since", until=changes.since.lead(1).over(after))


def count_spell_states(table: Any, as_of: date) -> Any:
    """How many households stand in each state at the end of a day, from spells.

    Parameters
    ----------
    table : ibis.Table
        household, state, since, until.
    as_of : date

    Returns
    -------
    ibis.Table
        state, households.
    """
    day = ibis.literal(as_of)
    begun = table.since.cast("date") <= day
    running = table.filter(begun & (table.until.isnull() | (table.until.cast("date") > day)))
    return running.group_by("state").aggregate(households=running.count())


def spell_faults(table: Any) -> Any:
    """Spells that cannot be used: running backwards, overlapping, undated.

    Parameters
    ----------
    table : ibis.Table
        household, since, until.

    Returns
    -------
    ibis.Table
        One row: negative, overlapping, undated, rows.
    """
    table = table.mutate(since=table.since.cast("date"), until=table.until.cast("date"))
    last = table.until.fill_null(ibis.date("9999-12-31"))
    earlier = ibis.window(group_by=table.household, order_by=[table.since, last], rows=(None, -1))
    marked = table.select(
        negative=table.until < table.since,
        overlapping=table.since < last.max().over(earlier),
        undated=table.since.isnull(),
    )
    return marked.aggregate(
        negative=marked.negative.sum().fill_null(0),
        overlapping=marked.overlapping.sum().fill_null(0),
        undated=marked.undated.sum().fill_null(0),
        rows=marked.count(),
    )


def event_faults(
    events: Any, transitions: Iterable[tuple[str, str]], columns: EventColumns | None = None
) -> Any:
    """Events that no log would have taken: illegal transitions and back-dated ones.

    Parameters
    ----------
    events : ibis.Table
    transitions : iterable of (state before, state after)
        What the procedure allows; "new" before the first event
        (`Procedure.transitions`).
    columns : EventColumns, optional

    Returns
    -------
    ibis.Table
        One row: illegal, backdated, undated, repeated (two events of a household with
        one number, so that neither is the later), rows.
    """
    names = columns or EventColumns()
    order = ibis.window(group_by=events[names.household], order_by=events[names.number])
    steps = events.select(
        before=events[names.state].lag(1).over(order).fill_null("new"),
        after=events[names.state],
        on=events[names.on],
        previous=events[names.on].lag(1).over(order),
        number=events[names.number],
        previous_number=events[names.number].lag(1).over(order),
    )
    allowed = [f"{before}\t{after}" for before, after in sorted(transitions)]
    pair = steps.before + "\t" + steps.after
    illegal = ~pair.isin(allowed) if allowed else pair.notnull()
    return steps.aggregate(
        illegal=illegal.sum().fill_null(0),
        backdated=(steps.on < steps.previous).sum().fill_null(0),
        undated=steps.on.isnull().sum().fill_null(0),
        repeated=(steps.number == steps.previous_number).sum().fill_null(0),
        rows=steps.count(),
    )


def unknown_households(events: Any, households: Any, columns: EventColumns | None = None) -> Any:
    """How many events name a household that the register does not hold.

    Returns
    -------
    ibis.Table
        One row: events.
    """
    names = columns or EventColumns()
    ours, theirs = alike(events[names.household], households[names.household])
    known = households.select(their_key=theirs).distinct()
    named = events.select(our_key=ours)
    orphans = named.anti_join(known, named["our_key"] == known["their_key"])
    return orphans.aggregate(events=orphans.count())


def _until(events: Any, as_of: date, names: EventColumns) -> Any:
    """The events up to and including a day."""
    return events.filter(events[names.on].cast("date") <= ibis.literal(as_of))


def _order_key(events: Any, names: EventColumns) -> Any:
    """One integer that orders events by day and then by place in the log.

    Days since 1870 x 2^40 + number: logs of up to 10^12 events, days up to 2229.
    """
    days = events[names.on].cast("date").epoch_days().cast("int64") + _BEFORE_1970
    return days * _NUMBERS + events[names.number].cast("int64")


def _latest(events: Any, as_of: date, states: Sequence[str], names: EventColumns) -> Any:
    """For each household, the packed day, number and state of its latest event."""
    if len(states) >= _STATES:
        raise MeasureError(
            "too many states for one integer",
            where=names.state,
            expected=f"at most {_STATES - 1} different states",
            got=str(len(states)),
            remedy="check that the column contains states and not free text",
        )
    known = _until(events, as_of, names)
    packed = _order_key(known, names) * _STATES + _coded(known[names.state], states)
    return known.group_by(household=known[names.household]).aggregate(latest=packed.max())


def _coded(state: Any, states: Sequence[str]) -> Any:
    """A state's place in the list; the last code of all for one that is not there."""
    branches = [(state == name, code) for code, name in enumerate(states)]
    if not branches:
        return ibis.literal(_STATES - 1, "int64")
    return ibis.cases(*branches, else_=_STATES - 1).cast("int64")


def _decoded(code: Any, states: Sequence[str]) -> Any:
    """The state of a code, missing for one that was not listed."""
    branches = [(code == place, name) for place, name in enumerate(states)]
    if not branches:
        return ibis.null("string")
    return ibis.cases(*branches, else_=ibis.null("string"))
