"""What happened in a programme: this week, who is late, exits and what became of them, relapses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.db.models import Count

from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.models import AreaRow, CaseRow, StepRow
from exitline.exits.register.store.opening import Store

MONTH = 30.4375
"""Days of a month on average."""
_TURNS = """
SELECT s.path, s."on", s.listed,
       lag(s."on") OVER w AS left_on, lead(s."on") OVER w AS back_on
FROM register_standing s WHERE s.turned AND {within} AND NOT EXISTS (
  SELECT 1 FROM register_household o
  WHERE o.came_on IS NOT NULL AND o.id = s.household_id AND o.came_on > s."on"
) WINDOW w AS (PARTITION BY s.household_id ORDER BY s.number)
"""
"""Every time that a household left the list or came to it; whoever comes to it after an exit comes
back. A household's way begins where it was split off."""
_HERE = "(SELECT h.gone FROM register_household h WHERE h.id = d.household_id) = ''"
"""The household of a duty is still here: looked up one by one, as few are late."""
_OUT = 'NOT listed AND "on" BETWEEN %s AND %s'
_BACK = 'listed AND left_on IS NOT NULL AND "on" BETWEEN %s AND %s'


@dataclass(frozen=True)
class Exits:
    """Exits of a span of days, and what became of them.

    Parameters
    ----------
    proposed, refused, objected, exited, reversed : int
        Cases of an exit that began; that ended with the household still on the list; objections
        that were begun; households that left the list; households that came back to it.
    """

    proposed: int
    refused: int
    objected: int
    exited: int
    reversed: int


@dataclass(frozen=True)
class Relapses:
    """Returns to the list by months since the exit.

    Parameters
    ----------
    months : tuple of (first month, households, exits followed so long)
        Half years: the first from 0 up to 6.
    """

    months: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class AreaLine:
    """One line of the donor's table."""

    path: str
    name: str
    level: str
    households: int
    listed: int
    steps: int
    exited: int
    reversed: int
    overdue: int


def steps_since(store: Store, day: date) -> tuple[tuple[str, int], ...]:
    """Steps recorded since a day: name and how many, the most frequent first."""
    within, bounds = store.scope.sql()
    with store.transaction() as cursor:
        cursor.execute(
            "SELECT step, count(*) FROM register_step"
            f" WHERE recorded >= %s AND {within} GROUP BY step ORDER BY 2 DESC, 1",
            (day, *bounds),
        )
        return tuple(cursor.fetchall())


def late_by_area(
    store: Store, day: date, most: int = 100
) -> tuple[tuple[str, str, int, date], ...]:
    """Who is late: village, role, how many duties, since when; the longest first, some of them."""
    within, bounds = store.scope.sql("d")
    with store.transaction() as cursor:
        cursor.execute(
            "SELECT a.name, l.role, l.many, l.since FROM (SELECT d.path, d.role, count(*) AS many,"
            " min(d.due) AS since FROM register_duty d WHERE d.done IS NULL AND d.gone IS NULL"
            f" AND d.due < %s AND {within} AND {_HERE}"
            " GROUP BY d.path, d.role) l JOIN register_area a ON a.path = l.path"
            " ORDER BY l.since, a.name, l.role LIMIT %s",
            (day, *bounds, most),
        )
        return tuple(
            (name, role, many, _day(since)) for name, role, many, since in cursor.fetchall()
        )


def exits_between(store: Store, procedure: Procedure, first: date, last: date) -> Exits:
    """Exits proposed, refused, objected, done and reversed between two days, both included."""
    leaving = _leaving(procedure)
    cases = {step.case for step in leaving if step.case}
    against = {name for step in leaving for name in step.blocked_by}
    refusing = {
        step.name for step in procedure.steps.values()
        if set(step.ends) & cases and step not in leaving
    }  # fmt: skip
    with store.transaction() as cursor:
        begun = store.scope.of(CaseRow.objects.using(store.alias)).filter(
            began__gte=first, began__lte=last
        )
        many = dict(begun.values_list("name").annotate(Count("id")))
        steps = store.scope.of(StepRow.objects.using(store.alias)).filter(
            on__gte=first, on__lte=last, step__in=refusing
        )
        refused = steps.count()
        within, bounds = store.scope.sql("s")
        _by_hash(store, cursor)
        cursor.execute(
            f"SELECT sum(CASE WHEN {_OUT} THEN 1 ELSE 0 END),"
            f" sum(CASE WHEN {_BACK} THEN 1 ELSE 0 END)"
            f" FROM ({_TURNS.format(within=within)}) t",
            (first, last, first, last, *bounds),
        )
        out, back = cursor.fetchone()
    return Exits(
        sum(many.get(name, 0) for name in cases), refused,
        sum(many.get(name, 0) for name in against), int(out or 0), int(back or 0),
    )  # fmt: skip


def relapses(store: Store, day: date, *, most: int = 60) -> Relapses:
    """Returns to the list by months since the exit, in half years.

    Parameters
    ----------
    day : date
        Up to which it is looked at.
    most : int
        Months.
    """
    within, bounds = store.scope.sql("s")
    months = (
        "trunc(days / {month})::int" if store.postgres else "CAST(days / {month} AS INTEGER)"
    ).format(month=MONTH)
    until = "CASE WHEN back_on <= %s THEN back_on ELSE %s END"
    days = f'({until}) - "on"' if store.postgres else f'julianday({until}) - julianday("on")'
    with store.transaction() as cursor:
        _by_hash(store, cursor)
        cursor.execute(
            f"SELECT {months}, returned, count(*) FROM (SELECT {days} AS days,"
            " CASE WHEN back_on <= %s THEN 1 ELSE 0 END AS returned"
            f' FROM ({_TURNS.format(within=within)}) t WHERE NOT listed AND "on" <= %s) f'
            " GROUP BY 1, 2",
            (day, day, day, *bounds, day),
        )
        back: Counter[int] = Counter()
        followed: Counter[int] = Counter()
        for month, returned, many in cursor.fetchall():
            followed[int(month)] += many
            back[int(month) // 6] += many * returned
    longest = max(followed, default=-1)
    return Relapses(
        tuple(
            (6 * half, back[half], sum(n for month, n in followed.items() if month >= 6 * half))
            for half in range(most // 6)
            if longest >= 6 * half
        )
    )


def donor_table(store: Store, first: date, last: date) -> tuple[AreaLine, ...]:
    """A line for each area: households, on the list, steps, exits, returns, what is overdue."""

    def counted(select: str, source: str, *values: Any) -> list[dict[str, int]]:
        """Counts by village, added up in every area above."""
        cursor.execute(f"SELECT path, {select} FROM {source} GROUP BY path", values)
        rows = cursor.fetchall()
        return [_above((row[0], int(row[i] or 0)) for row in rows)
                for i in range(1, len(rows[0]) if rows else 3)]  # fmt: skip

    within, bounds = store.scope.sql("s")
    with store.transaction() as cursor:
        areas = list(store.scope.of(AreaRow.objects.using(store.alias)).order_by("path"))
        living, listed = counted(
            "count(*), sum(CASE WHEN s.listed THEN 1 ELSE 0 END)",
            f"register_household s WHERE s.gone = '' AND {within}", *bounds,
        )  # fmt: skip
        taken = counted(  # a standing a step, and narrower
            "count(*)", f'register_standing s WHERE s."on" BETWEEN %s AND %s AND {within}',
            first, last, *bounds,
        )[0]  # fmt: skip
        overdue = counted(
            "count(*)",
            "register_duty d WHERE d.done IS NULL AND d.gone IS NULL AND d.due < %s"
            f" AND {within} AND {_HERE}".replace("s.path", "d.path"), last, *bounds,
        )[0]  # fmt: skip
        _by_hash(store, cursor)
        out, back = counted(
            f"sum(CASE WHEN {_OUT} THEN 1 ELSE 0 END), sum(CASE WHEN {_BACK} THEN 1 ELSE 0 END)",
            f"({_TURNS.format(within=within)}) t", first, last, first, last, *bounds,
        )  # fmt: skip
    parts = (living, listed, taken, out, back, overdue)
    return tuple(
        AreaLine(a.path, a.name, a.level, *(part.get(a.path, 0) for part in parts)) for a in areas
    )


def _by_hash(store: Store, cursor: Any) -> None:
    """Up to the commit, PostgreSQL compares no exit with every household that came from elsewhere.

    Row-level security looks like a narrow range to it, of which that would be cheap.
    """
    if store.postgres:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")


def _above(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts by village, added up in every area above.

    Examples
    --------
    >>> _above([("c/a/", 2), ("c/b/", 3)])
    {'c/': 5, 'c/a/': 2, 'c/b/': 3}
    """
    found: Counter[str] = Counter()
    for path, many in counts:
        for area in accumulate(f"{code}/" for code in path.split("/")[:-1]):
            found[area] += many
    return dict(found)


def _day(value: Any) -> date:
    """A day as the database gives it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _leaving(procedure: Procedure) -> list[Any]:
    """The steps by which a household leaves the list."""
    states = procedure.states
    return [
        step for step in procedure.steps.values()
        if step.to is not None and step.to in states and not states[step.to].listed
        and any(start in states and states[start].listed for start in step.start)
    ]  # fmt: skip


def week_before(day: date) -> date:
    """Seven days before a day."""
    return day - timedelta(days=7)
