"""Where all households of a register stood on a day; faults of the tables that say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, nearest
from exitline.exits.register.errors import SpellError

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.values import Uses
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.over_time.lifecycle import EventColumns


@dataclass(frozen=True)
class EventFaults:
    """Events that no log would have taken.

    Parameters
    ----------
    illegal : int
        State changes that no step allows.
    backdated : int
        Events dated before the household's earlier one in the log.
    undated : int
    repeated : int
        Events of one household with the same number.
    unknown : int
        Events of households that the register does not hold.
    rows : int
    """

    illegal: int
    backdated: int
    undated: int
    repeated: int
    unknown: int
    rows: int

    @property
    def total(self) -> int:
        """All faults together."""
        return self.illegal + self.backdated + self.undated + self.repeated + self.unknown


@dataclass(frozen=True)
class SpellFaults:
    """How many rows of a spell table cannot be used, by fault.

    Parameters
    ----------
    negative : int
        Spells that end before they begin.
    overlapping : int
        Spells that begin before the household's earlier spell has ended.
    undated : int
        Spells without a beginning.
    """

    negative: int
    overlapping: int
    undated: int

    @property
    def total(self) -> int:
        """All faults together."""
        return self.negative + self.overlapping + self.undated


def count_states(
    data: Any, as_of: date, *, columns: EventColumns | None = None, engine: str | Engine = "duckdb"
) -> pa.Table:
    """How many households stood in each state at the end of a day.

    Parameters
    ----------
    data : path or table
        One row an event: household, on, state, number.
    as_of : date
    columns : EventColumns, optional
        Other names of these columns.
    engine : str or Engine

    Returns
    -------
    pyarrow.Table
        state, households; most frequent first.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> events = pd.DataFrame({"household": ["a", "a", "b"], "number": [1, 2, 3],
    ...     "on": [date(2016, 5, 1), date(2017, 5, 1), date(2016, 6, 1)],
    ...     "state": ["poor", "exited", "poor"]})
    >>> count_states(events, date(2016, 12, 31)).to_pylist()
    [{'households': 2, 'state': 'poor'}]
    """
    from exitline.stats.engine.session import session
    from exitline.stats.measure.over_time import lifecycle

    with session(engine) as running:
        events = _attached(running, data, columns)
        states = _states(running, events, columns)
        found = running.run(lifecycle.count_states(events, as_of, states, columns))
    return found.sort_by([("households", "descending"), ("state", "ascending")])


def write_states(
    data: Any,
    as_of: date,
    path: Path,
    *,
    columns: EventColumns | None = None,
    engine: str | Engine = "duckdb",
) -> int:
    """Write the state of every household on a day into one Parquet file.

    Parameters
    ----------
    data : path or table
    as_of : date
    path : Path
    columns : EventColumns, optional
    engine : str or Engine

    Returns
    -------
    int
        Rows written: households with an event up to that day.
    """
    from exitline.stats.engine.session import session
    from exitline.stats.measure.over_time import lifecycle

    with session(engine) as running:
        events = _attached(running, data, columns)
        states = _states(running, events, columns)
        return running.write(lifecycle.state_as_of(events, as_of, states, columns), path)


def event_faults(
    data: Any,
    transitions: frozenset[tuple[str, str]],
    *,
    households: Any = None,
    columns: EventColumns | None = None,
    engine: str | Engine = "duckdb",
) -> EventFaults:
    """Count the events of a table that no log would have taken.

    Parameters
    ----------
    data : path or table
    transitions : frozenset of (state before, state after)
        `Procedure.transitions()`.
    households : path or table, optional
        The register, with the household column.
    columns : EventColumns, optional
    engine : str or Engine

    Returns
    -------
    EventFaults
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.measure.over_time import lifecycle

    with session(engine) as running:
        events = _attached(running, data, columns)
        found = running.run(lifecycle.event_faults(events, transitions, columns)).to_pylist()[0]
        unknown = 0
        if households is not None:
            known = open_source(households).using(_codes(columns))
            register = running.attach(known, "households")
            _refuse_strangers(running, events, register, columns)
            orphans = lifecycle.unknown_households(events, register, columns)
            unknown = int(running.run(orphans)["events"][0].as_py())
    return EventFaults(unknown=unknown, **{name: int(value) for name, value in found.items()})


def _refuse_strangers(
    engine: Engine, events: Any, register: Any, columns: EventColumns | None
) -> None:
    """Refuse events none of whose households is in the register: keys in another form."""
    from exitline.stats.data.keys import how_much
    from exitline.stats.measure.over_time.lifecycle import EventColumns

    name = (columns or EventColumns()).household
    _need(register, (name,), "the register")
    what = ("households of the events", "households of the register")
    joined = how_much(engine.run, events[name], register[name], what)
    if joined.none:
        raise DataError(
            joined.problem, where=f"column '{name}'", expected="households of the register",
            got=joined.forms, remedy=joined.remedy,
        )  # fmt: skip


def check_events(faults: EventFaults, *, where: str) -> None:
    """Refuse a table of events with any fault.

    Raises
    ------
    DataError
        With the number of each fault; no household is named.
    """
    if not faults.total:
        return
    counted = {
        "a state change that no step allows": faults.illegal,
        "back-dated": faults.backdated,
        "without a date": faults.undated,
        "with the number of another": faults.repeated,
        "of an unknown household": faults.unknown,
    }
    raise DataError(
        "the events are not ones that a log would have taken",
        where=where,
        expected="events in the order of the log, each allowed by the procedure",
        got=", ".join(f"{count:,} {fault}" for fault, count in counted.items() if count)
        + f" of {faults.rows:,}",
        remedy="find these events in the system they come from and correct them there",
    )


def check_spells(faults: SpellFaults, *, where: str) -> None:
    """Refuse a table of spells with any fault.

    Parameters
    ----------
    faults : SpellFaults
    where : str
        What the table came from.

    Raises
    ------
    SpellError
        With the number of each fault; no household is named.
    """
    if not faults.total:
        return
    counted = {
        "of negative duration": faults.negative,
        "overlapping an earlier one": faults.overlapping,
        "without a beginning": faults.undated,
    }
    raise SpellError(
        "the spells contradict each other or themselves",
        where=where,
        expected="for each known household, spells that follow one another in time",
        got=", ".join(f"{count:,} {fault}" for fault, count in counted.items() if count),
        remedy="correct these rows; nothing was taken from the file",
    )


def count_spell_states(data: Any, as_of: date, *, engine: str | Engine = "duckdb") -> pa.Table:
    """How many households stood in each state, from a table of spells, checked first.

    Parameters
    ----------
    data : path or table
        household, state, since, until (missing while a spell lasts).
    as_of : date
    engine : str or Engine

    Returns
    -------
    pyarrow.Table
        state, households; most frequent first.

    Raises
    ------
    SpellError
        For spells that overlap, run backwards or have no beginning.

    Examples
    --------
    >>> import pandas as pd
    >>> spells = pd.DataFrame({"household": ["a", "a"], "state": ["poor", "exited"],
    ...     "since": pd.to_datetime(["2016-01-01", "2017-01-01"]),
    ...     "until": pd.to_datetime(["2017-01-01", None])})
    >>> count_spell_states(spells, date(2017, 1, 1))["state"].to_pylist()
    ['exited']
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.measure.over_time import lifecycle

    source = open_source(data).using(_codes())
    with session(engine) as running:
        spells = running.attach(source, "spells")
        _need(spells, ("household", "state", "since", "until"), source.name)
        found = running.run(lifecycle.spell_faults(spells)).to_pylist()[0]
        counted = {name: int(found[name]) for name in ("negative", "overlapping", "undated")}
        check_spells(SpellFaults(**counted), where=source.name)
        counts = running.run(lifecycle.count_spell_states(spells, as_of))
    return counts.sort_by([("households", "descending"), ("state", "ascending")])


def _attached(engine: Engine, data: Any, columns: EventColumns | None) -> Any:
    """The event table, its columns checked."""
    from exitline.stats.data.source import open_source
    from exitline.stats.measure.over_time.lifecycle import EventColumns

    source = open_source(data).using(_codes(columns))
    events = engine.attach(source, "events")
    names = columns or EventColumns()
    _need(events, (names.household, names.on, names.state, names.number), source.name)
    return events


def _codes(columns: EventColumns | None = None) -> Uses:
    """Ids and states are compared as they are written."""
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.measure.over_time.lifecycle import EventColumns

    names = columns or EventColumns()
    return role_uses(code=(names.household, names.state))


def _need(table: Any, columns: tuple[str, ...], where: str) -> None:
    """Refuse a table that lacks a column."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise DataError(
            "the table lacks a column: " + ", ".join(missing),
            where=where,
            expected=", ".join(columns),
            got=", ".join(table.columns),
            remedy=nearest(missing[0], table.columns) or "name the column that holds it",
        )


def _states(engine: Engine, events: Any, columns: EventColumns | None) -> list[str]:
    """The states that occur; a missing one is refused."""
    from exitline.stats.measure.over_time import lifecycle

    states: list[str | None] = engine.run(lifecycle.states_in(events, columns))["state"].to_pylist()
    known = [state for state in states if state is not None]
    if len(known) < len(states):
        raise DataError(
            "there are events without a state",
            expected="the state after each event",
            got="missing values",
            remedy="fill in the state, or leave out events that are none",
        )
    return known
