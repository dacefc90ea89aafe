"""What stands beside the steps of households, compared with what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import models

from exitline.errors import ExitlineError
from exitline.exits.register.event import Event
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.models import (
    CaseRow,
    DocumentRow,
    DutyRow,
    HouseholdRow,
    NoticeRow,
    StandingRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.derived import OF_HOUSEHOLD, Derived

_COMPARED: dict[type[models.Model], tuple[str, ...]] = {
    StandingRow: ("path", "county_id", "number", "on", "recorded", "next_on", "next_recorded",
                  "state", "category", "listed", "since"),
    CaseRow: ("path", "name", "began", "began_recorded", "began_by", "ended", "ended_recorded"),
    DutyRow: ("path", "name", "role", "began", "began_recorded", "due", "done", "done_recorded",
              "gone", "gone_recorded"),
    DocumentRow: ("path", "kind", "digest", "shows", "by_event"),
    NoticeRow: ("path", "kind", "shows", "posted", "until", "by_event"),
}  # fmt: skip
"""Columns of each table that follow from the steps."""
_STAND = {"by_event": "step__number"}
"""The event of a paper is that of the step its row points at."""


class Beside:
    """The rows of households that follow each other, one query a table.

    Parameters
    ----------
    store : Store
    low, high : int
        The first and the last household's row.
    """

    def __init__(self, store: Store, low: int, high: int) -> None:
        self._store = store
        self._stand: dict[type[models.Model], dict[int, list[Any]]] = {}
        for model, columns in _COMPARED.items():
            table = model._default_manager.using(store.alias)
            rows = table.filter(household__gte=low, household__lte=high).order_by("pk")
            found = self._stand.setdefault(model, {})
            for household, *row in rows.values_list(
                "household", *(_STAND.get(name, name) for name in columns)
            ):
                found.setdefault(household, []).append(row)

    def faults(
        self, row: HouseholdRow, events: Sequence[Event], procedures: Sequence[Procedure]
    ) -> Iterator[str]:
        """Where what stands is not what follows, by table, without naming the household.

        Parameters
        ----------
        row : HouseholdRow
            Its columns are brought to what follows.
        events : sequence of Event
        procedures : sequence of Procedure
            At hand already.
        """
        kept = [getattr(row, name) for name in OF_HOUSEHOLD]
        again = Derived(self._store, *procedures, made=_Plain)
        row.steps = 0
        try:
            again.follow(row, (), events)
        except (ExitlineError, KeyError, IndexError):
            yield "what follows from its steps cannot be found"
            return
        for model, columns in _COMPARED.items():
            stands = self._stand[model].get(row.pk, [])
            follows = [[getattr(r, c) for c in columns] for r in again.new(model)]
            if stands != follows and sorted(map(str, stands)) != sorted(map(str, follows)):
                name = model._meta.db_table.removeprefix("register_")
                yield f"{name} rows that its steps do not give"
        if kept != [getattr(row, name) for name in OF_HOUSEHOLD]:
            yield "the household's state is not that of its last step"


class _Plain:
    """The fields of a row that is only compared: some twenty times faster than the table's own.

    Parameters
    ----------
    model : type of Model
    fields : dict
    """

    pk = None

    def __init__(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        self.__dict__ = _defaults(model._meta) | fields


@lru_cache(maxsize=16)
def _defaults(of: Any) -> dict[str, Any]:
    """What a row's columns hold where nothing is said."""
    return {
        field.attname: None if field.null else field.default
        for field in of.local_concrete_fields
        if field.null or isinstance(field.default, str)
    }
