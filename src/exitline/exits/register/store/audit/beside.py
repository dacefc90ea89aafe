"""What stands beside the steps of households, compared with what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
                  "state", "category", "listed", "since", "turned"),
    CaseRow: ("path", "name", "began", "began_recorded", "began_by", "ended", "ended_recorded"),
    DutyRow: ("path", "name", "role", "began", "began_recorded", "due", "done", "done_recorded",
              "gone", "gone_recorded"),
    DocumentRow: ("path", "kind", "digest", "shows", "by_event"),
    NoticeRow: ("path", "kind", "shows", "posted", "until", "by_event"),
}  # fmt: skip
"""Columns of each table that follow from the steps."""
_STEP = "by_event"
"""The number of a paper's event: that of the step its row points at."""


class StoodBeside:
    """The rows of households that are read together, one query a table.

    Parameters
    ----------
    store : Store
    where : dict
        What these rows have in common, as a filter.
    numbers : mapping from a step's row to its number
    """

    def __init__(self, store: Store, where: dict[str, Any], numbers: Mapping[int, int]) -> None:
        self._store = store
        self._stand: dict[type[models.Model], dict[int, list[Any]]] = {}
        for model, columns in _COMPARED.items():
            table = model._default_manager.using(store.alias)
            rows = table.filter(**where).order_by("pk")
            found = self._stand.setdefault(model, {})
            names = ("step_id" if name == _STEP else name for name in columns)
            for household, *row in rows.values_list("household", *names):
                if columns[-1] == _STEP:
                    row[-1] = numbers.get(row[-1])
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
