"""What happened in a programme: this week, who is late, exits and what became of them, relapses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count

from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.models import AreaRow, CaseRow, DutyRow, StepRow
from exitline.exits.register.store.opening import Store

MONTH = 30.4375
"""Days of a month on average."""
_EXITS = """
SELECT household_id, path, "on", listed, before, state FROM (
  SELECT household_id, path, number, "on", listed, state,
         lag(listed) OVER (PARTITION BY household_id ORDER BY number) AS before
  FROM register_standing WHERE {within}
) s WHERE before IS NOT NULL AND before <> listed AND NOT EXISTS (
  SELECT 1 FROM register_household o WHERE o.id = s.household_id AND o.came_on > s."on"
) ORDER BY household_id, number
"""


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
    with store.transaction():
        rows = store.scope.of(StepRow.objects.using(store.alias)).filter(recorded__gte=day)
        counted = rows.values_list("step").annotate(many=Count("id")).order_by("-many", "step")
        return tuple(counted)


def late_by_area(store: Store, day: date) -> tuple[tuple[str, str, int, date], ...]:
    """Who is late: village, role, how many duties, since when; the longest first."""
    with store.transaction():
        rows = store.scope.of(DutyRow.objects.using(store.alias)).filter(
            done=None, gone=None, due__lt=day, household__gone=""
        )
        found: dict[tuple[str, str], list[date]] = {}
        for path, role, due in rows.values_list("path", "role", "due"):
            found.setdefault((path, role), []).append(due)
        names = dict(AreaRow.objects.using(store.alias).values_list("path", "name"))
    lines = [(names.get(p, p), role, len(days), min(days)) for (p, role), days in found.items()]
    return tuple(sorted(lines, key=lambda line: (line[3], line[0], line[1])))


def exits_between(store: Store, procedure: Procedure, first: date, last: date) -> Exits:
    """Exits proposed, refused, objected, done and reversed between two days, both included."""
    leaving = _leaving(procedure)
    cases = {step.case for step in leaving if step.case}
    against = {name for step in leaving for name in step.blocked_by}
    refusing = {
        step.name for step in procedure.steps.values()
        if set(step.ends) & cases and step not in leaving
    }  # fmt: skip
    with store.transaction():
        begun = store.scope.of(CaseRow.objects.using(store.alias)).filter(
            began__gte=first, began__lte=last
        )
        many = dict(begun.values_list("name").annotate(Count("id")))
        steps = store.scope.of(StepRow.objects.using(store.alias)).filter(
            on__gte=first, on__lte=last, step__in=refusing
        )
        refused = steps.count()
    turns = [one for one in _turns(store) if first <= one[2] <= last]
    return Exits(
        sum(many.get(name, 0) for name in cases), refused,
        sum(many.get(name, 0) for name in against),
        sum(not listed for *_, listed in turns), _reversed(_turns(store), first, last),
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
    back: Counter[int] = Counter()
    followed: list[int] = []
    exits: dict[int, date] = {}
    for household, _, on, listed in _turns(store):
        if on > day:
            continue
        if not listed:
            exits[household] = on
        elif household in exits:
            months = int((on - exits.pop(household)).days / MONTH)
            back[months // 6] += 1
            followed.append(months)
    followed += [int((day - on).days / MONTH) for on in exits.values()]
    return Relapses(
        tuple(
            (6 * half, back[half], sum(months >= 6 * half for months in followed))
            for half in range(most // 6)
            if any(months >= 6 * half for months in followed)
        )
    )


def donor_table(store: Store, first: date, last: date) -> tuple[AreaLine, ...]:
    """A line for each area: households, on the list, steps, exits, returns, what is overdue."""
    with store.transaction() as cursor:
        areas = list(store.scope.of(AreaRow.objects.using(store.alias)).order_by("path"))
        within, bounds = store.scope.sql("h")
        cursor.execute(
            "SELECT h.path, count(*), sum(CASE WHEN h.listed THEN 1 ELSE 0 END)"
            f" FROM register_household h WHERE h.gone = '' AND {within} GROUP BY h.path", bounds,
        )  # fmt: skip
        living = {path: (many, int(listed or 0)) for path, many, listed in cursor.fetchall()}
        steps = store.scope.of(StepRow.objects.using(store.alias)).filter(
            on__gte=first, on__lte=last
        )
        taken = dict(steps.values_list("path").annotate(Count("id")))
        duties = store.scope.of(DutyRow.objects.using(store.alias)).filter(
            done=None, gone=None, due__lt=last, household__gone=""
        )
        overdue = dict(duties.values_list("path").annotate(Count("id")))
    turns = _turns(store)
    out = Counter(path for _, path, on, listed in turns if not listed and first <= on <= last)
    back = Counter(path for path in _returns(turns, first, last))

    def total(counts: Any, path: str) -> int:
        return sum(many for at, many in counts.items() if at.startswith(path))

    return tuple(
        AreaLine(
            a.path, a.name, a.level, total({p: n for p, (n, _) in living.items()}, a.path),
            total({p: n for p, (_, n) in living.items()}, a.path), total(taken, a.path),
            total(out, a.path), total(back, a.path), total(overdue, a.path),
        )
        for a in areas
    )  # fmt: skip


def _leaving(procedure: Procedure) -> list[Any]:
    """The steps by which a household leaves the list."""
    states = procedure.states
    return [
        step for step in procedure.steps.values()
        if step.to is not None and step.to in states and not states[step.to].listed
        and any(start in states and states[start].listed for start in step.start)
    ]  # fmt: skip


def _turns(store: Store) -> list[tuple[int, str, date, bool]]:
    """Every time that a household left the list or came (back) to it."""
    within, bounds = store.scope.sql()
    with store.transaction() as cursor:
        cursor.execute(_EXITS.format(within=within), bounds)
        return [
            (household, path, on if isinstance(on, date) else date.fromisoformat(on), bool(listed))
            for household, path, on, listed, _, _ in cursor.fetchall()
        ]


def _returns(turns: list[tuple[int, str, date, bool]], first: date, last: date) -> list[str]:
    """Where households came back to the list after an exit, between two days."""
    left: set[int] = set()
    found = []
    for household, path, on, listed in turns:
        if not listed:
            left.add(household)
        elif household in left and first <= on <= last:
            found.append(path)
    return found


def _reversed(turns: list[tuple[int, str, date, bool]], first: date, last: date) -> int:
    return len(_returns(turns, first, last))


def week_before(day: date) -> date:
    """Seven days before a day."""
    return day - timedelta(days=7)
