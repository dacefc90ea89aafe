"""What an assessment's visits found, as the tables that `exitline assess` reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import (
    AskedVisitRow,
    HouseholdRow,
    MemberRow,
    StandingRow,
    VisitListRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.visits.asked import ASSESSMENT

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
