"""The procedure under which a household's next step is taken, and its states in words."""

from __future__ import annotations

from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store import texts
from exitline.exits.register.store.models import HouseholdRow
from exitline.exits.register.store.opening import Store


def current(store: Store) -> Procedure:
    """The procedure under which new steps are taken: the one adopted last."""
    return texts.procedures(store)[-1]


def procedure_of(store: Store, row: HouseholdRow) -> Procedure:
    """The procedure of a household's next step; that of its last one goes on."""
    return texts.usable(store, row.procedure) if row.procedure else current(store)


def state_label(procedure: Procedure, state: str) -> str:
    """A state in words."""
    known = procedure.states.get(state)
    return known.label if known else state
