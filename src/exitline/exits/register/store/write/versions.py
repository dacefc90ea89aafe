"""Two people at one card: the second is told what changed; a turn that was lost is tried again."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from exitline.exits.register.store.errors import StaleVersionError, StoreError
from exitline.exits.register.store.models import ChangeRow, HouseholdRow
from exitline.exits.register.store.opening import Store
from exitline.words.said import say

Function = TypeVar("Function", bound=Callable[..., Any])
TRIES = 8


def check_version(store: Store, row: HouseholdRow, version: int | None, where: str) -> None:
    """Refuse a change that was made looking at an older version.

    Parameters
    ----------
    row : HouseholdRow
        Held for this transaction; nobody has changed one that is not written yet.
    version : int or None
        What was looked at; None takes the household as it stands.

    Raises
    ------
    StaleVersionError
        With what was changed since.
    """
    if version is None or version == row.version or row.pk is None:
        return
    since = ChangeRow.objects.using(store.alias).filter(household=row, version__gt=version)
    changed = tuple(since.order_by("version").values_list("version", "what", "by"))
    said = "; ".join(f"{what.partition('#')[0].strip()} by {by}" for _, what, by in changed)
    error = StaleVersionError(
        say("somebody else has changed this household since it was looked at"),
        where=where,
        expected=f"version {row.version}",
        got=f"version {version}" + (f"; since then: {said}" if said else ""),
        remedy=say("look at the card again, then decide whether the step is still right"),
    )
    error.changed = changed
    raise error


def retried(function: Function) -> Function:
    """The function, tried again where another writer won the turn (a deadlock, a new id).

    Only outside of a transaction: inside one, the whole of it has to be tried again.
    """

    @functools.wraps(function)
    def trying(store: Store, *given: Any, **named: Any) -> Any:
        from django.db import IntegrityError, connections

        inside = connections[store.alias].in_atomic_block
        for left in range(TRIES - 1, -1, -1):
            try:
                return function(store, *given, **named)
            except IntegrityError:
                if inside or not left:
                    raise
            except StoreError as reason:
                if inside or not left or not _lost_turn(reason):
                    raise
            time.sleep(0.02 * (TRIES - left))
        raise AssertionError("unreachable")

    return cast(Function, trying)


def _lost_turn(reason: StoreError) -> bool:
    """Whether a database gave up a transaction so that another could go on."""
    from django.db import IntegrityError

    cause = reason.__cause__
    if isinstance(cause, IntegrityError):
        return True
    state = getattr(getattr(cause, "__cause__", None), "sqlstate", None)
    return state in ("40P01", "40001") or "database is locked" in str(cause)
