"""Whether a person stands apart from a household: its area, and whom they stand in for.

The procedure's own check looks at who took the steps. A register knows more: where people hold
other roles, and in whose place they act for some days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from exitline.exits.register.errors import IndependenceError
from exitline.exits.register.event import Event
from exitline.exits.register.steps.request import StepRequest
from exitline.exits.register.store.models import AreaRow, AssignmentRow, HouseholdRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.sight import Sight
from exitline.exits.register.store.write.authority import assignments
from exitline.words.said import say


def stands_apart(
    store: Store, actor: str | None, held: Sequence[AssignmentRow], request: StepRequest,
    row: HouseholdRow,
) -> None:  # fmt: skip
    """Refuse a step on the own area, or in the place of somebody who may not take it.

    Parameters
    ----------
    actor : str or None
        Who is signed in; None for an office that records for others.
    held : sequence of AssignmentRow
        The person's assignments of today.
    request : StepRequest
    row : HouseholdRow

    Raises
    ------
    IndependenceError
    """
    if actor is None:
        return
    if request.step.outside:
        _outside(store, held, request, row)
    others = request.step.independent_of + tuple(filter(None, (request.step.approves,)))
    for earlier in (request.history.last(name, case=request.case) for name in others):
        if earlier is not None:
            _not_in_their_place(store, actor, held, request, row, earlier)


def _outside(
    store: Store, held: Sequence[AssignmentRow], request: StepRequest, row: HouseholdRow
) -> None:
    """Nobody decides on their own township, where the procedure says so."""
    parts = row.path.split("/")[:-1]
    above = ["/".join(parts[: i + 1]) + "/" for i in range(len(parts))]
    rows = AreaRow.objects.using(store.alias).filter(path__in=above, level=request.step.outside)
    for path in rows.values_list("path", flat=True):
        if any(Sight(path).holds(one.path) for one in held):
            raise request.refused(
                IndependenceError,
                say("nobody takes this step on their own {level}", level=request.step.outside),
                expected=say("a person without another role there"),
                got=say("one who has a role there"),
                remedy=say("let somebody take the step who has no role there"),
            )


def _not_in_their_place(
    store: Store, actor: str, held: Sequence[AssignmentRow], request: StepRequest,
    row: HouseholdRow, earlier: Event,
) -> None:  # fmt: skip
    """A person and whoever stands in for them are one, where another is asked for."""
    now = _represented(held, request.draft.role, row.path)
    then = _represented(assignments(store, earlier.actor, earlier.recorded), earlier.role, row.path)
    if {_plain(actor), *now} & {_plain(earlier.actor), *then}:
        raise request.refused(
            IndependenceError,
            say("whoever stands in for a person is bound as that person is"),
            expected=say("another person, who acts for nobody that took '{step}'",
                         step=earlier.step),
            got=say("the same person, or one in their place"),
            remedy=say("let somebody else review what was assessed"),
        )  # fmt: skip


def _represented(held: Iterable[AssignmentRow], role: str, path: str) -> set[str]:
    """Whom a person stands in for in a role where a household lives; nobody who holds it too."""
    here = [one for one in held if one.role == role and Sight(one.path).holds(path)]
    if any(not one.for_whom for one in here):
        return set()
    return {_plain(one.for_whom) for one in here}


def _plain(name: str) -> str:
    return name.strip().casefold()


def delegate(
    store: Store, person: str, role: str, area: str, to: str, *, since: date, until: date
) -> AssignmentRow:
    """Let somebody else act in one's place while away, for some days.

    Parameters
    ----------
    person : str
        Who goes away, and holds the role in the area on all these days.
    role, area : str
    to : str
        Who stands in.
    since, until : date
        `until` is the first day on which it no longer applies.

    Raises
    ------
    AuthorityError
        For a role that one does not hold oneself, then and there.
    StoreError
        For days in the wrong order, or oneself.
    """
    from exitline.exits.register.store.errors import AuthorityError, StoreError
    from exitline.exits.register.store.write.areas import assign

    if until <= since or not to.strip() or _plain(to) == _plain(person):
        raise StoreError(
            say("somebody else stands in from a day to a later one"),
            expected=say("another person, and a last day behind the first"),
            got=say("oneself, nobody, or days in the wrong order"),
            remedy=say("name who stands in, and the days"),
        )
    with store.transaction():
        own = AssignmentRow.objects.using(store.alias).filter(
            person=person, role=role, path=area, for_whom="", since__lte=since
        )
        if not any(one.until is None or one.until >= until for one in own):
            raise AuthorityError(
                say("nobody hands on what they do not hold"),
                expected=say("a role that one has oneself, on all these days"),
                got=say("none"),
                remedy=say("ask an administrator"),
            )
        return assign(store, to.strip(), role, area, since=since, until=until, for_whom=person)
