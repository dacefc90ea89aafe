"""Whether a person who is signed in may act: their assignments, where, on which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from exitline.exits.register.event import Draft
from exitline.exits.register.store.errors import AuthorityError
from exitline.exits.register.store.models import AreaRow, AssignmentRow, HouseholdRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.sight import Sight
from exitline.exits.register.store.together import columns_of, rows_of, together
from exitline.words.said import say

HELD = "person = %s AND since <= %s AND (until IS NULL OR until > %s)"
"""The assignments that a person holds on a day, as SQL."""


def assignments(store: Store, person: str, day: date) -> tuple[AssignmentRow, ...]:
    """The roles that a person holds on a day, with their areas; the widest area first."""
    return assignments_and_procedure(store, person, day)[0]


def assignments_and_procedure(
    store: Store, person: str, day: date
) -> tuple[tuple[AssignmentRow, ...], str]:
    """The roles that a person holds on a day, and the digest of the procedure adopted last."""
    with together(store) as sent:
        mine = sent.ask(_MINE, (person, day, day))
        newest = sent.ask(_NEWEST, ("procedure",))
    held = tuple(rows_of(AssignmentRow, mine, store.alias, area=AreaRow))
    return held, (newest.fetchone() or ("",))[0]


_MINE = (
    f"SELECT {columns_of(AssignmentRow, 's')}, {columns_of(AreaRow, 'a')}"
    f" FROM (SELECT * FROM register_assignment WHERE {HELD}) s"
    " JOIN register_area a ON a.id = s.area_id ORDER BY s.path, s.role"
)
_NEWEST = "SELECT digest FROM register_kepttext WHERE kind = %s ORDER BY id DESC LIMIT 1"


def holds(found: Sequence[AssignmentRow], role: str, path: str) -> bool:
    """Whether one of the assignments is this role, there."""
    return any(one.role == role and Sight(one.path).holds(path) for one in found)


def person_may(
    actor: str | None, held: Sequence[AssignmentRow], draft: Draft, row: HouseholdRow, where: str
) -> None:
    """Refuse a step in another's name, or in a role that is not held where the household is.

    Parameters
    ----------
    actor : str or None
        Who is signed in; None for an office that records for others.
    held : sequence of AssignmentRow
        The person's assignments of today.
    draft : Draft
    row : HouseholdRow
    where : str
        For messages.

    Raises
    ------
    AuthorityError
    """
    if actor is None:
        return
    if draft.actor.strip() != actor:
        raise AuthorityError(
            say("a step in another person's name"),
            where=where,
            expected=say("the person who is signed in"),
            got=say("another name"),
            remedy=say("sign in as the person who takes the step"),
        )
    if not holds(held, draft.role, row.path):
        raise AuthorityError(
            say("no assignment as '{role}' where the household lives", role=draft.role),
            where=where,
            expected=f"an assignment as '{draft.role}' there, today",
            got=say("none"),
            remedy=say("let somebody take the step who has the role there"),
        )
