"""Lists of households to visit, the visits that answer them, and what they found.

An assessment's visits come as the tables that `exitline assess` reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import (
    AskedVisitRow,
    HouseholdRow,
    MemberRow,
    StandingRow,
    VisitListRow,
    VisitRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.cards import add_visit
from exitline.words.said import say

WATCH, ASSESSMENT = "watch", "assessment"


@dataclass(frozen=True)
class AskedVisit:
    """One household of a list.

    Parameters
    ----------
    household : int
        Its row's id.
    rank : int
    due : date
    why : str
    facts : mapping
        Of the list: group, weight ...
    """

    household: int
    rank: int
    due: date
    why: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def ask_for_visits(
    store: Store, kind: str, title: str, by: str, visits: Sequence[AskedVisit],
    record: Mapping[str, Any],
) -> VisitListRow:  # fmt: skip
    """Put a list into the register: each of its households is to be visited by a day.

    Parameters
    ----------
    kind : {"watch", "assessment"}
    title : str
    by : str
        Who is answerable.
    visits : sequence of AskedVisit
    record : mapping
        How the list came about, as JSON.

    Raises
    ------
    StoreError
        For an empty list, or a household that is not in the scope any more.
    """
    with store.transaction():
        rows = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
        paths = dict(rows.filter(pk__in=[v.household for v in visits]).values_list("pk", "path"))
        if not visits or len(paths) != len(visits):
            raise StoreError(
                "the list has no household, or one that is not here", where=title,
                expected="households of the register, each once", got=f"{len(visits)} rows",
                remedy="draw the list again",
            )  # fmt: skip
        made = VisitListRow.objects.using(store.alias).create(
            path=store.scope.path, kind=kind, title=title, by=by, made=date.today(),
            record=dict(record),
        )  # fmt: skip
        AskedVisitRow.objects.using(store.alias).bulk_create(
            (
                AskedVisitRow(of=made, household_id=v.household, path=paths[v.household], kind=kind,
                              title=title, rank=v.rank, why=v.why, due=v.due, facts=dict(v.facts))
                for v in visits
            ),
            batch_size=500,
        )  # fmt: skip
    return made


def open_visits(
    store: Store, *, most: int = 50, after: int = 0, household: HouseholdRow | None = None
) -> tuple[AskedVisitRow, ...]:
    """Visits that nobody has made, the earliest due first."""
    with store.transaction():
        rows = store.scope.of(AskedVisitRow.objects.using(store.alias)).filter(
            visit=None, household__gone=""
        )
        if household is not None:
            rows = rows.filter(household=household)
        rows = rows.select_related("household", "household__area").order_by("due", "rank", "id")
        return tuple(rows[after : after + most])


def asked_visit(store: Store, household: HouseholdRow, number: int) -> AskedVisitRow | None:
    """A visit of a household that nobody has made, by its number."""
    found = open_visits(store, household=household, most=1000)
    return next((one for one in found if one.pk == number), None)


def answer_visit(
    store: Store, key: str, expected_version: int | None, by: str, *, number: int, on: date,
    note: str = "", impossible: str = "", answers: Mapping[str, Any] | None = None,
    token: str | None = None,
) -> VisitRow:  # fmt: skip
    """Record the visit that a list asked for, and what it found.

    Parameters
    ----------
    number : int
        Of the asked visit.
    answers : mapping, optional
        What an assessment asks: error (whether the household is on the wrong side), approves.

    Other parameters as in `write.cards.add_visit`.

    Raises
    ------
    StoreError
        Where the visit was made already, or is of another household.
    """
    with store.transaction():
        made = add_visit(store, key, expected_version, by, on=on, note=note, impossible=impossible,
                         token=token)  # fmt: skip
        rows = AskedVisitRow.objects.using(store.alias).filter(
            household_id=made.household_id, pk=number
        )
        mine = rows.filter(visit=None) | rows.filter(visit=made)
        if not mine.update(visit=made, answers=dict(answers or {})):
            raise StoreError(
                say("this visit was made already, or is of another household"), where="visit",
                expected=say("one that waits"), got=say("another"),
                remedy=say("look at the card again"),
            )  # fmt: skip
    return made


def visit_lists(store: Store) -> list[dict[str, Any]]:
    """Lists inside the scope, the latest first: how many visits each asks for, and has."""
    with store.transaction():
        lists = list(store.scope.of(VisitListRow.objects.using(store.alias)).order_by("-id"))
        rows = AskedVisitRow.objects.using(store.alias).filter(of__in=lists)
        counted: dict[int, list[int]] = {}
        for pk, visit in rows.values_list("of", "visit"):
            many = counted.setdefault(pk, [0, 0])
            many[0] += 1
            many[1] += visit is not None
    return [
        {"number": one.pk, "kind": one.kind, "title": one.title, "made": one.made, "by": one.by,
         "visits": counted.get(one.pk, [0, 0])[0], "answered": counted.get(one.pk, [0, 0])[1]}
        for one in lists
    ]  # fmt: skip


REGISTERED, EXITED, UNREGISTERED = "registered", "exited", "unregistered"


@dataclass(frozen=True)
class VisitResults:
    """The answers of an assessment.

    Parameters
    ----------
    visits : tuple of dict
        county, village, stratum, status, weight, village_weight, size, error, approves.
    counts : tuple of dict
        county, rural_population, registered, exited: persons, from the register.
    waiting : int
        Visits that nobody has made.
    """

    visits: tuple[dict[str, Any], ...]
    counts: tuple[dict[str, Any], ...]
    waiting: int


def groups_of(store: Store) -> dict[int, tuple[str, str, str]]:
    """Every household's county, village and group: registered, exited or unregistered.

    Registered is who is on the list; exited who was on it before; unregistered all others.
    """
    with store.transaction():
        rows = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
        been = store.scope.of(StandingRow.objects.using(store.alias)).filter(listed=True)
        ever = set(been.values_list("household", flat=True).distinct())
        return {
            pk: (county, path, REGISTERED if listed else EXITED if pk in ever else UNREGISTERED)
            for pk, county, path, listed in rows.values_list("pk", "county__path", "path", "listed")
        }


def results_of(store: Store, number: int) -> VisitResults:
    """The answers of an assessment that the register asked for.

    Raises
    ------
    StoreError
        Where there is no such list, or nobody has answered yet.
    """
    with store.transaction():
        lists = store.scope.of(VisitListRow.objects.using(store.alias))
        found = lists.filter(pk=number, kind=ASSESSMENT).first()
        rows = AskedVisitRow.objects.using(store.alias).filter(of=found).order_by("rank")
        asked = list(rows.select_related("visit", "household__county")) if found else []
        sizes = _sizes(store)
    answered = [one for one in asked if one.visit is not None]
    if not answered:
        raise StoreError(
            "there is no assessment with answers under this number", where=f"list {number}",
            expected="a sample that was drawn here, and visits of it",
            got="no visit yet" if found else "no such list",
            remedy="see the lists: exitline register visits",
        )  # fmt: skip
    visits = tuple(
        {
            "county": one.household.county.path, "village": one.facts["village"],
            "stratum": one.facts.get("stratum") or one.household.county.path,
            "status": one.facts["group"], "weight": one.facts["weight"],
            "village_weight": one.facts.get("village_weight"),
            "size": one.answers.get("size") or sizes.get(one.household_id, 1),
            "error": one.answers.get("error"), "approves": one.answers.get("approves"),
        }
        for one in answered
    )  # fmt: skip
    return VisitResults(visits, _counts(store, sizes), len(asked) - len(answered))


def _sizes(store: Store) -> Counter[int]:
    """Members of each household."""
    members = store.scope.of(MemberRow.objects.using(store.alias)).filter(until=None)
    return Counter(members.values_list("household", flat=True))


def _counts(store: Store, sizes: Counter[int]) -> tuple[dict[str, Any], ...]:
    """Persons of each county by group; a household without members counts as one person."""
    found: dict[str, Counter[str]] = {}
    for pk, (county, _, group) in groups_of(store).items():
        found.setdefault(county, Counter())[group] += sizes.get(pk, 1)
    return tuple(
        {"county": county, "rural_population": many.total(), "registered": many[REGISTERED],
         "exited": many[EXITED]}
        for county, many in sorted(found.items())
    )  # fmt: skip
