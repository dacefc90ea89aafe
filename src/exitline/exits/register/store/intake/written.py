"""Rows of an import as rows of the register, a thousand at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Max

from exitline.exits.register.store.intake.rows import GivenHousehold, GivenMember
from exitline.exits.register.store.models import (
    AreaRow,
    BatchRow,
    CardRow,
    ChangeRow,
    HouseholdRow,
    IdentifierRow,
    IncomeLineRow,
    MemberRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.together import together
from exitline.words.said import say

AT_ONCE = 1000
Told = Callable[[int, "int | None"], None]
"""Is told rows done, and how many there are where that is known."""


def nobody(done: int, total: int | None) -> None:
    """Tell nobody how far it is."""


def write_households(
    store: Store, rows: Sequence[GivenHousehold], batch: BatchRow, by: str, told: Told = nobody
) -> None:
    """New households with their first card; inside of a transaction."""
    areas = {a.path: a for a in AreaRow.objects.using(store.alias).filter(county__isnull=False)}
    today = date.today()
    for done, part in _parts(rows):
        told(done, len(rows))
        ids, cards_ids = _ids(store, HouseholdRow, CardRow, many=len(part))
        made = [
            HouseholdRow(
                pk=pk, key=row.key, name=row.name, area=areas[row.area], path=row.area, version=1,
                county_id=areas[row.area].county_id, batch=batch,
            )
            for pk, row in zip(ids, part, strict=True)
        ]  # fmt: skip
        pairs = list(zip(made, part, strict=True))
        cards = [
            CardRow(pk=pk, household=h, path=h.path, as_of=row.as_of, facts=dict(row.facts),
                    version=1, by=by, entered_on=today)
            for pk, (h, row) in zip(cards_ids, pairs, strict=True)
        ]  # fmt: skip
        with together(store) as sent:
            sent.insert(made)
            sent.insert(cards)
            sent.insert([
                IncomeLineRow(household=h, path=h.path, card=card, name=name, amount=amount)
                for card, (h, row) in zip(cards, pairs, strict=True)
                for name, amount in row.lines.items()
            ])  # fmt: skip
            sent.insert([
                IdentifierRow(household=h, path=h.path, kind=kind, hash=hashed)
                for h, row in pairs for kind, hashed in row.identifiers.items()
            ])  # fmt: skip
            sent.insert([_change(h, batch, by) for h in made])


def write_members(
    store: Store, rows: Sequence[GivenMember], batch: BatchRow, by: str, told: Told = nobody
) -> None:
    """New members of households that are there; inside of a transaction."""
    for done, part in _parts(rows):
        told(done, len(rows))
        keys = list({row.key for row in part})
        found = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(
            gone="", key__in=keys
        )
        households = {h.key: h for h in found.order_by("id").select_for_update(of=("self",))}
        last = MemberRow.objects.using(store.alias).filter(household__in=households.values())
        numbers = dict(last.values_list("household").annotate(Max("number")))
        made = []
        (ids,) = _ids(store, MemberRow, many=len(part))
        for pk, row in zip(ids, part, strict=True):
            h = households[row.key]
            numbers[h.pk] = numbers.get(h.pk, 0) + 1
            made.append(
                MemberRow(pk=pk, household=h, path=h.path, number=numbers[h.pk], name=row.name,
                       since=row.since,
                    batch=batch, **row.fields)
            )  # fmt: skip
        changed = [h for h in households.values() if h.pk in numbers]
        for h in changed:
            h.version += 1
        with together(store) as sent:
            sent.insert(made)
            sent.insert([
                IdentifierRow(household=m.household, path=m.path, member=m, kind=kind, hash=hashed)
                for m, row in zip(made, part, strict=True)
                for kind, hashed in row.identifiers.items()
            ])  # fmt: skip
            sent.update(changed, ("version",))
            sent.insert([_change(h, batch, by) for h in changed])


def import_of(batch: BatchRow) -> str:
    """What a change says that an import made."""
    return str(say("import {n}", n=str(batch.pk)))


def _change(row: HouseholdRow, batch: BatchRow, by: str) -> ChangeRow:
    return ChangeRow(
        household=row, path=row.path, version=row.version, what=import_of(batch), by=by
    )


def _ids(store: Store, *models: Any, many: int) -> list[list[int]]:
    """Ids for so many rows of each model."""
    with together(store) as sent:
        asked = [sent.numbers(model, many) for model in models]
    return [[number for (number,) in one.fetchall()] for one in asked]


def _parts(rows: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
    """How many rows went before, and the next ones."""
    for done in range(0, len(rows), AT_ONCE):
        yield done, rows[done : done + AT_ONCE]
