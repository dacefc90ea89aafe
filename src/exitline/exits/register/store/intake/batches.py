"""Imports as far as a scope: those whose households or members lie inside, and no others."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from exitline.exits.register.store.errors import AuthorityError
from exitline.exits.register.store.intake import tables
from exitline.exits.register.store.models import BatchRow, HouseholdRow, MemberRow
from exitline.exits.register.store.opening import Store
from exitline.words.said import say


def batches(store: Store, most: int = 50) -> tuple[BatchRow, ...]:
    """The latest imports of the scope; all of them where everything is seen."""
    with store.transaction():
        return tuple(_inside(store).order_by("-id")[:most])


def undo_own(store: Store, batch: int, by: str) -> int:
    """Take back an import of the scope, as `tables.undo` does.

    Raises
    ------
    AuthorityError
        When some of it lies outside, or none inside.
    """
    with store.transaction():
        mine = _inside(store).filter(pk=batch).exists()
        low, high = store.scope.bounds
        elsewhere = any(
            model.objects.using(store.alias).filter(batch=batch).exclude(
                path__gte=low, path__lt=high
            ).exists()
            for model in (HouseholdRow, MemberRow)
        )  # fmt: skip
    if not mine or elsewhere:
        raise AuthorityError(
            say("there is no such import to take back"), where=f"import {batch}",
            expected=say("the number of an import that stands"),
            remedy=say("look at the list again"),
        )  # fmt: skip
    return tables.undo(store, batch, by)


def _inside(store: Store) -> Any:
    """Imports that have something inside the scope."""
    rows = BatchRow.objects.using(store.alias)
    if not store.scope.path:
        return rows
    of = {
        model: store.scope.of(model.objects.using(store.alias)).filter(batch=OuterRef("pk"))
        for model in (HouseholdRow, MemberRow)
    }
    return rows.filter(Exists(of[HouseholdRow]) | Exists(of[MemberRow]))
