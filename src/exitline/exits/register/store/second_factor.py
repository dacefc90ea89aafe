"""Roles in which nobody acts without a second factor: declared, and kept with the register."""

from __future__ import annotations

import json
import time
from collections.abc import Collection

from exitline.exits.register.store import texts
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import SettingRow
from exitline.exits.register.store.opening import Store

NAME = "second factor"
OTHERS = ("auditor", "administrator")
"""Roles that no procedure declares."""
_KEPT = 10.0
"""Seconds for which a process goes on with what it has read."""
_read: dict[str, tuple[float, frozenset[str]]] = {}


def require_second_factor(store: Store, roles: Collection[str]) -> tuple[str, ...]:
    """Declare the roles that need a second factor; an empty collection ends it for all.

    Parameters
    ----------
    store : Store
    roles : collection of str
        Of the procedures adopted here; auditor, administrator.

    Returns
    -------
    tuple of str

    Raises
    ------
    StoreError
        For a role that nobody can have.
    """
    known = {*OTHERS, *(role for one in texts.procedures(store) for role in one.roles)}
    unknown = sorted(set(roles) - known)
    if unknown:
        raise StoreError(
            "there is no such role", where="second factor", expected=", ".join(sorted(known)),
            got=unknown[0][:60], remedy="name one of these",
        )  # fmt: skip
    wanted = tuple(sorted(set(roles)))
    with store.transaction():
        SettingRow.objects.using(store.alias).update_or_create(
            name=NAME, defaults={"value": json.dumps(wanted)}
        )
    _read.pop(store.alias, None)
    return wanted


def needs_second_factor(store: Store, role: str) -> bool:
    """Whether nobody acts in a role without a second factor."""
    at, roles = _read.get(store.alias, (-_KEPT, frozenset()))
    if time.monotonic() - at >= _KEPT:
        with store.transaction():
            row = SettingRow.objects.using(store.alias).filter(name=NAME).first()
        roles = frozenset(json.loads(row.value) if row else ())
        _read[store.alias] = (time.monotonic(), roles)
    return role in roles


def forget_declared() -> None:
    """Read again what is declared: another register is served."""
    _read.clear()
