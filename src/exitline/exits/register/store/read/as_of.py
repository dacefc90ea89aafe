"""Where everybody stood and what was due, on any day, as known on any other: conditions in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from exitline.exits.register.overdue import Duty, Status
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read import arrow

KNOWN = date(9999, 12, 31)
_HELD = (
    's."on" <= %s AND s.recorded <= %s'
    " AND (s.next_on IS NULL OR s.next_on > %s OR s.next_recorded > %s)"
)
_OTHER_TIME = (
    "NOT EXISTS (SELECT 1 FROM register_household o WHERE o.id = {0}.household_id"
    " AND (o.gone_on IS NOT NULL OR o.came_on IS NOT NULL)"
    " AND (o.gone_on <= %s AND o.gone_recorded <= %s OR o.came_on > %s))"
)
"""Households that were not here on the day: gone before, or come later by a split or a move."""


@dataclass(frozen=True)
class StateCount:
    """How many households stood in a state.

    Parameters
    ----------
    path : str
        Of their village; "" for all together.
    state, category : str
    listed : bool
    households : int
    """

    path: str
    state: str
    category: str
    listed: bool
    households: int


def counts(
    store: Store, day: date, *, known_on: date | None = None, by_area: bool = False
) -> tuple[StateCount, ...]:
    """How many households stood in each state at the end of a day.

    Parameters
    ----------
    day : date
    known_on : date, optional
        Leave out what was recorded later.
    by_area : bool
        For each village.

    Returns
    -------
    tuple of StateCount
        The most frequent first; by path where by area.
    """
    held, values = _held(store, day, known_on)
    path = "s.path" if by_area else "''"
    order = "1, 2, 3" if by_area else "5 DESC, 2, 3"
    query = (
        f"SELECT {path}, s.state, s.category, s.listed, count(*) FROM register_standing s"
        f" WHERE {held} GROUP BY {path + ', ' if by_area else ''}s.state, s.category, s.listed"
        f" ORDER BY {order}"
    )
    with store.transaction() as cursor:
        for setting in arrow.settings(store):
            cursor.execute(setting)
        cursor.execute(query, values)
        return tuple(StateCount(p, s, c, bool(li), n) for p, s, c, li, n in cursor.fetchall())


def states_query(store: Store, day: date, known_on: date | None = None) -> tuple[str, Any]:
    """Where every household stood at the end of a day, as a query and the schema of its rows.

    Returns
    -------
    tuple of str and pyarrow.Schema
        household, state, on (of its latest step), path, category, listed, since; for
        `arrow.table` and `arrow.write`.
    """
    import pyarrow as pa

    on, known = arrow.day(day), arrow.day(known_on or KNOWN)
    held = f"{_HELD} AND {_OTHER_TIME.format('s')}" % (on, known, on, known, on, known, on)
    query = (
        'SELECT h.key, s.state, s."on", s.path, s.category, s.listed, s.since'
        " FROM register_standing s JOIN register_household h ON h.id = s.household_id"
        f" WHERE {arrow.within(store, 's')} AND {held}"
    )
    text = {name: pa.string() for name in ("household", "state", "path", "category")}
    kinds = {**text, "on": pa.date32(), "listed": pa.bool_(), "since": pa.date32()}
    names = ("household", "state", "on", "path", "category", "listed", "since")
    return query, pa.schema([(name, kinds[name]) for name in names])


def duties(
    store: Store,
    day: date,
    *,
    known_on: date | None = None,
    role: str = "",
    open_only: bool = False,
) -> tuple[Duty, ...]:
    """Every duty that had begun by a day, as `overdue.duties` gives them for one household.

    Parameters
    ----------
    role : str
        Only those this role is answerable for.
    open_only : bool
        Only what was not done by that day.
    """
    known = known_on or KNOWN
    within, bounds = store.scope.sql("d")
    done = "d.done <= %s AND d.done_recorded <= %s"
    query = (
        "SELECT h.key, d.name, d.role, d.began, d.due,"
        f" CASE WHEN {done} THEN d.done END FROM register_duty d"
        " JOIN register_household h ON h.id = d.household_id"
        f" WHERE {within} AND d.began <= %s AND d.began_recorded <= %s"
        " AND (d.gone IS NULL OR d.gone > %s OR d.gone_recorded > %s)"
        f" AND {_OTHER_TIME.format('d')}"
    )
    values: list[Any] = [day, known, *bounds, day, known, day, known, day, known, day]
    if role:
        query, values = query + " AND d.role = %s", [*values, role]
    if open_only:
        query += " AND (d.done IS NULL OR d.done > %s OR d.done_recorded > %s)"
        values += [day, known]
    with store.transaction() as cursor:
        cursor.execute(query + " ORDER BY d.due, d.name, h.key", values)
        return tuple(_duty(row, day) for row in cursor.fetchall())


def _duty(row: tuple[Any, ...], day: date) -> Duty:
    """A duty with its status on a day."""
    key, name, role, began, due, done = row
    began, due, done = (_date(value) for value in (began, due, done))
    late = max(0, ((done or day) - due).days)
    status: Status = ("done late" if late else "done") if done else ("overdue" if late else "due")
    return Duty(key, name, role, began, due, done, status, late)


def _date(value: Any) -> Any:
    """A day, which SQLite gives as text where it is computed."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _held(store: Store, day: date, known_on: date | None) -> tuple[str, list[Any]]:
    """The condition under which a standing held, and its values."""
    known = known_on or KNOWN
    within, bounds = store.scope.sql("s")
    held = f"{within} AND {_HELD} AND {_OTHER_TIME.format('s')}"
    return held, [*bounds, day, known, day, known, day, known, day]
