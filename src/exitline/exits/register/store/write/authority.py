"""Whether a person who is signed in may act: their assignments, where, on which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from exitline.exits.register.event import Draft
from exitline.exits.register.store.errors import AuthorityError
from exitline.exits.register.store.models import AssignmentRow, HouseholdRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.sight import Sight
from exitline.words.said import say

HELD = "person = %s AND since <= %s AND (until IS NULL OR until > %s) ORDER BY path, role"
"""The assignments that a person holds on a day, as SQL."""


def assignments(store: Store, person: str, day: date) -> tuple[AssignmentRow, ...]:
    """The roles that a person holds on a day, the widest area first."""
    held = Q(until__isnull=True) | Q(until__gt=day)  # as HELD says
    rows = AssignmentRow.objects.using(store.alias).filter(held, person=person, since__lte=day)
    return tuple(rows.order_by("path", "role"))


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
            remedy=say("let somebody take the step who holds the role there"),
        )
