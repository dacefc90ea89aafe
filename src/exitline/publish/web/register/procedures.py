"""The procedure under which a household's next step is taken, and its states in words.

A text is found by its digest and never changes: a process reads each one once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from exitline.exits.register.store import texts
from exitline.exits.register.store.models import HouseholdRow
from exitline.exits.register.store.opening import Store
from exitline.words.said import collected

if TYPE_CHECKING:
    from collections.abc import Callable

    from exitline.exits.register.procedures.procedure import Procedure

_KNOWN: dict[str, Procedure] = {}
_OWN = {"size": collected("Persons in the household")}
"""Facts of cards that are not a standard's."""
_MEANINGS: dict[str, dict[str, str]] = {}


def forget() -> None:
    """Read everything anew: another register is served from now on."""
    _KNOWN.clear()
    _MEANINGS.clear()


def by_digest(store: Store, digest: str) -> Procedure:
    """A procedure with its rules."""
    if digest not in _KNOWN:
        _KNOWN[digest] = texts.usable(store, digest)
    return _KNOWN[digest]


def reader(store: Store) -> Callable[[str], Procedure]:
    """What gives a procedure by its digest."""
    return partial(by_digest, store)


def newest(store: Store) -> str:
    """The digest of the procedure adopted last; "" where there is none."""
    return texts.newest(store)


def current(store: Store) -> Procedure:
    """The procedure under which new steps are taken: the one adopted last."""
    return by_digest(store, newest(store))


def procedure_of(store: Store, row: HouseholdRow) -> Procedure:
    """The procedure of a household's next step; that of its last one goes on."""
    return by_digest(store, row.procedure) if row.procedure else current(store)


def state_label(procedure: Procedure, state: str) -> str:
    """A state in words."""
    known = procedure.states.get(state)
    return known.label if known else state


def fact_label(store: Store, digest: str, name: str) -> str:
    """What a fact of a card means by the standard of a procedure; its name where that is silent."""
    if digest and digest not in _MEANINGS:
        _MEANINGS[digest] = texts.meanings(store, digest)
    return _MEANINGS.get(digest, {}).get(name) or _OWN.get(name, name)


def criterion_label(store: Store, digest: str, name: str) -> str:
    """What a criterion is called by the standard of a procedure; its name where that is silent."""
    found = fact_label(store, digest, f"criterion {name}")
    return found.removeprefix("criterion ")
