"""The events of households, from their steps."""

from __future__ import annotations

import json
from collections.abc import Mapping

from exitline.exits.register.errors import UnknownHouseholdError
from exitline.exits.register.event import Event
from exitline.exits.register.history import History
from exitline.exits.register.store.errors import GoneHouseholdError, StoreError
from exitline.exits.register.store.models import AreaRow, HouseholdRow, StepRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.together import columns_of, rows_of, together
from exitline.words.said import say


def event_of(content: str) -> Event:
    """The event of a step's content."""
    return Event.from_json(json.loads(content)["event"])


def histories_of(store: Store, keys: Mapping[int, str]) -> dict[int, History]:
    """The histories of households, by their row's id.

    Parameters
    ----------
    keys : mapping from row id to the office's id
    """
    found: dict[int, list[Event]] = {}
    ids = list(keys)
    for start in range(0, len(ids), 500):
        steps = StepRow.objects.using(store.alias).filter(household__in=ids[start : start + 500])
        rows = steps.order_by("household", "place").values_list("household", "content")
        for household, content in rows:
            found.setdefault(household, []).append(event_of(content))
    return {pk: History(keys[pk], tuple(events)) for pk, events in found.items()}


def household(store: Store, key: str, county: str = "") -> HouseholdRow:
    """A household by the office's id, as far as the scope.

    Raises
    ------
    UnknownHouseholdError
        When there is none, or it lies outside the scope.
    StoreError
        When two counties use the id and none is named.
    """
    within, bounds = store.scope.sql("h")
    where, values = (" AND c.path = %s", (county,)) if county else ("", ())
    with store.transaction(), together(store) as sent:
        asked = sent.ask(_HOUSEHOLD.format(within=within, where=where), (key, *bounds, *values))
    found: list[HouseholdRow] = rows_of(
        HouseholdRow, asked, store.alias, area=AreaRow, county=AreaRow
    )
    if not found:
        _refuse_gone(store, key, county)
        raise UnknownHouseholdError(
            say("the household is not in the register"),
            where=store.address or "register",
            expected=say("the id of a household of the own area"),
            remedy=say("correct the id"),
        )
    if len(found) > 1:
        raise StoreError(
            say("two counties have a household with this id"),
            where=store.address or "register",
            expected=say("one household"),
            got=say("several"),
            remedy=say("say which county"),
        )
    return found[0]


_HOUSEHOLD = (
    f"SELECT {columns_of(HouseholdRow, 'h')}, {columns_of(AreaRow, 'a')},"
    f" {columns_of(AreaRow, 'c')} FROM register_household h"
    " JOIN register_area a ON a.id = h.area_id JOIN register_area c ON c.id = h.county_id"
    " WHERE h.key = %s AND h.gone = '' AND {within}{where} LIMIT 2"
)


def _refuse_gone(store: Store, key: str, county: str) -> None:
    """Say what became of a household that was here."""
    rows = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(key=key)
    rows = rows.filter(county__path=county) if county else rows
    with store.transaction():
        gone = rows.exclude(gone_on=None).order_by("-id").values_list("gone", flat=True).first()
    if gone:
        raise GoneHouseholdError(
            say("the household is no longer here"), where=store.address or "register",
            expected=say("a household that is here"), got=gone, remedy=say("look where it went"),
        )  # fmt: skip


def history(store: Store, row: HouseholdRow) -> History:
    """The events of a household; without any where it has taken no step yet."""
    with store.transaction():
        found = histories_of(store, {row.pk: row.key})
    return found.get(row.pk, History(row.key, ()))
