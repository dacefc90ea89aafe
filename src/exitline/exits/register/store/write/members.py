"""What happens to members: corrected, another head, to another household; the row before stays."""

from __future__ import annotations

from datetime import date
from typing import Any

from exitline.exits.register.store.errors import LifeChangeError, StoreError
from exitline.exits.register.store.models import HouseholdRow, IdentifierRow, MemberRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.cards import changing, enter_member, past
from exitline.words.said import say

KEPT = ("name", "sex", "born", "relation", "worker")
"""What goes along when a row of a member follows another."""


def member_of(store: Store, row: HouseholdRow, number: int) -> MemberRow:
    """A member who is there now, by number; inside of a transaction.

    Raises
    ------
    StoreError
    """
    table = MemberRow.objects.using(store.alias)
    found: MemberRow | None = table.filter(household=row, number=number, until=None).first()
    if found is None:
        raise StoreError(
            say("there is no such member now"), where="member", expected=say("a member's number"),
            got=str(number), remedy=say("look at the card again"),
        )  # fmt: skip
    return found


def succeed(
    store: Store, member: MemberRow, on: date, why: str, to: HouseholdRow, **changes: Any
) -> MemberRow:
    """End a row of a member and begin the one that follows it; identifiers go along.

    Parameters
    ----------
    member : MemberRow
    on : date
        From which day the new row holds.
    why : str
        Kept with the row that ends.
    to : HouseholdRow
        Where the new row stands: the same household, or another one.
    **changes
        Fields that differ from the row before.
    """
    _since_came(member, on)
    member.until, member.left_by = on, why
    member.save(using=store.alias)
    same = {name: getattr(member, name) for name in KEPT}
    head = member.head if to.pk == member.household_id else False
    made = enter_member(store, to, **{**same, "head": head, "since": on, **changes})
    IdentifierRow.objects.using(store.alias).filter(member=member).update(
        member=made, household=to, path=to.path
    )
    return made


def correct_member(
    store: Store, key: str, expected_version: int | None, by: str, *, number: int, reason: str,
    token: str | None = None, **changes: Any,
) -> MemberRow:  # fmt: skip
    """Correct what was wrong about a member from the beginning; the wrong row stays, for no day.

    Parameters
    ----------
    number : int
    reason : str
        Why it was wrong.
    **changes
        name, sex, born, relation, worker, since.
    """
    for name in ("born", "since"):
        if changes.get(name) is not None:
            past(changes[name], say("the day"))
    with changing(store, key, expected_version, by, say("member corrected: {why}", why=reason),
                  token=token) as row:  # fmt: skip
        member = member_of(store, row, number)
        since = changes.pop("since", None) or member.since
        return succeed(store, member, member.since, f"corrected: {reason}", row, since=since,
                       **changes)  # fmt: skip


def change_head(
    store: Store, key: str, expected_version: int | None, by: str, *, number: int, on: date,
    why: str = "", token: str | None = None,
) -> None:  # fmt: skip
    """Another member is the head from a day on."""
    past(on, say("the day"))
    with changing(
        store,
        key,
        expected_version,
        by,
        say("another head: {why}", why=why) if why else say("another head"),
        token=token,
    ) as row:
        _as_head(store, row, member_of(store, row, number), on)


def member_leaves(
    store: Store, key: str, expected_version: int | None, by: str, *, number: int, on: date,
    why: str, next_head: int | None = None, token: str | None = None,
) -> None:  # fmt: skip
    """A member leaves (death, marriage out); where it was the head, another one follows.

    Raises
    ------
    LifeChangeError
        When the head leaves, others stay, and nobody is named to follow.
    """
    past(on, say("the day"))
    with changing(
        store, key, expected_version, by, say("member left: {why}", why=why), token=token
    ) as row:
        member = member_of(store, row, number)
        _since_came(member, on)
        others = MemberRow.objects.using(store.alias).filter(household=row, until=None)
        if member.head and next_head is None and others.exclude(pk=member.pk).exists():
            raise LifeChangeError(
                say("the head leaves and others stay"), where="member",
                expected=say("a member who is the head from then on"), got=say("nobody"),
                remedy=say("choose the next head"),
            )  # fmt: skip
        member.until, member.left_by = on, why
        member.save(using=store.alias)
        if member.head and next_head is not None:
            _as_head(store, row, member_of(store, row, next_head), on)


def member_moves(
    store: Store, key: str, expected_version: int | None, by: str, *, number: int, on: date,
    to: str, relation: str = "", token: str | None = None,
) -> None:  # fmt: skip
    """A member moves to another household inside the scope; both have changed.

    Parameters
    ----------
    to : str
        The id of the other household.
    relation : str
        To its head.
    """
    past(on, say("the day"))
    with changing(
        store,
        key,
        expected_version,
        by,
        say("member moved to {household}", household=to),
        token=token,
    ) as row:
        member = member_of(store, row, number)
        if member.head or to == key:
            raise LifeChangeError(
                say("the head moves with the household, or another head comes first"),
                where="member",
                expected=say("a member who is not the head, and another household"),
                got=say("the head")
                if member.head else say("the same household"),
                remedy=say("name another head first"),
            )  # fmt: skip
        with changing(
            store, to, None, by, say("member moved from {household}", household=key)
        ) as other:
            succeed(store, member, on, f"moved to {to}", other, relation=relation)


def _as_head(store: Store, row: HouseholdRow, follower: MemberRow, on: date) -> None:
    """Let a member be the head from a day on; who was it is not from then on."""
    table = MemberRow.objects.using(store.alias)
    for was in table.filter(household=row, head=True, until=None).exclude(pk=follower.pk):
        succeed(store, was, max(on, was.since), "no longer the head", row, head=False)
    if not follower.head:
        succeed(store, follower, max(on, follower.since), "the head from then on", row, head=True,
                relation="head")  # fmt: skip


def _since_came(member: MemberRow, on: date) -> None:
    """Refuse a day before the member came."""
    if on < member.since:
        raise LifeChangeError(
            say("the day lies before the member came"), where="member",
            expected=say("a day from {day} on", day=member.since), got=on.isoformat(),
            remedy=say("correct the day"),
        )  # fmt: skip
