"""Households that come into the register, split, become one with another, move.

A move is to another village of the county: every row about the household moves with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps

from exitline.exits.register.store.errors import LifeChangeError
from exitline.exits.register.store.models import (
    CardRow,
    CaseRow,
    HelperRow,
    HouseholdRow,
    IdentifierRow,
    IncomeLineRow,
    MeasureRow,
    MemberRow,
)
from exitline.exits.register.store.models.base import Placed
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.papers.along import files_again, files_along
from exitline.exits.register.store.read.histories import histories_of
from exitline.exits.register.store.write.cards import (
    add_identifier,
    changing,
    enter_member,
    past,
    refuse_sent,
    write_card,
)
from exitline.exits.register.store.write.copies import first_change, new_household, take_again
from exitline.exits.register.store.write.hand import area_of
from exitline.exits.register.store.write.members import member_of, succeed
from exitline.words.said import say


def add_household(
    store: Store, by: str, *, key: str, area: str, name: str = "", since: date,
    members: Sequence[Mapping[str, Any]] = (), facts: Mapping[str, Any] | None = None,
    lines: Mapping[str, Decimal] | None = None, token: str | None = None,
) -> HouseholdRow:  # fmt: skip
    """A new household with its members and its first card, all of it or nothing.

    Parameters
    ----------
    by : str
        The person who is signed in.
    key : str
        The office's id, new in the county.
    area : str
        The path of its village.
    since : date
        The day of the facts, and from which its members are known.
    members : sequence of mapping
        name, sex, born, relation, head, worker; `identifiers`, a mapping from kind to value.
    facts, lines : mapping, optional
        As in `write_card`.
    token : str, optional
        Of the form.

    Raises
    ------
    LifeChangeError, IdentifierTakenError, SecondHeadError, StoreError, SentTwiceError
    """
    past(since, say("the day of the facts"))
    with store.transaction():
        refuse_sent(store, token)
        row = new_household(store, key, area_of(store, area), name=name)
        for one in members:
            fields = {k: v for k, v in one.items() if k != "identifiers"}
            if fields.get("born") is not None:
                past(fields["born"], say("the day of birth"))
            made = enter_member(store, row, since=since, **fields)
            for kind, value in (one.get("identifiers") or {}).items():
                add_identifier(store, row, made, kind, value)
        first_change(store, row, say("new household"), by, token)
        if facts or lines:
            write_card(store, key, None, by, as_of=since, facts=facts or {}, lines=lines)
    return row


def split(
    store: Store, key: str, expected_version: int | None, by: str, *, new_key: str,
    members: Sequence[int], head: int, on: date, reason: str, name: str = "", area: str = "",
    next_head: int | None = None, token: str | None = None,
) -> HouseholdRow:  # fmt: skip
    """Some members become a household of their own, which stands where the old one stood.

    Parameters
    ----------
    new_key, name, area : str
        Of the new household; the same village where no area is named.
    members : sequence of int
        Numbers of those who leave; somebody stays.
    head : int
        Who of them is the new household's head.
    on : date
        From which day they are two.
    reason : str
    next_head : int, optional
        Who is the head of those who stay, where the head leaves.

    Returns
    -------
    HouseholdRow
        The new one: with the old one's latest card, its helper, and its history.
    """
    past(on, say("the day of the split"))
    with changing(
        store,
        key,
        expected_version,
        by,
        say("split off {household}: {why}", household=new_key, why=reason),
        token=token,
    ) as row:
        here = MemberRow.objects.using(store.alias).filter(household=row, until=None)
        leave = [member_of(store, row, number) for number in dict.fromkeys(members)]
        if not leave or len(leave) == here.count() or head not in members:
            raise LifeChangeError(
                say("a split needs some who leave, some who stay, and a head of those who leave"),
                where="split", expected=say("some of the members, one of them the new head"),
                got=f"{len(leave)} of {here.count()} members", remedy=say("choose again"),
            )  # fmt: skip
        place = area_of(store, area or row.path)
        if place.county_id != row.county_id:
            raise LifeChangeError(
                say("the new household lives in another county"), where="split",
                expected=say("an area of the same county"), got=area,
                remedy=say("split first, then move the new household"),
            )  # fmt: skip
        made = new_household(
            store,
            new_key,
            place,
            name=name or row.name,
            came_from=str(say("split from {household}", household=key)),
            came_on=on,
        )
        for one in leave:
            succeed(
                store,
                one,
                on,
                str(say("split off to {household}", household=new_key)),
                made,
                head=one.number == head,
            )
        _head_of_the_rest(store, row, next_head, on)
        _card_along(store, row, made, by)
        history = histories_of(store, {row.pk: row.key}).get(row.pk)
        if history is not None:
            take_again(store, made, history.events)
            files_again(store, made, files_along(store, row))
        first_change(
            store, made, say("split from {household}: {why}", household=key, why=reason), by, None
        )
    return made


def merge(
    store: Store, key: str, expected_version: int | None, by: str, *, other: str, on: date,
    reason: str, same: Mapping[int, int] | None = None, other_version: int | None = None,
    token: str | None = None,
) -> None:  # fmt: skip
    """Another household becomes part of this one.

    Parameters
    ----------
    other : str
        The id of the household that goes; its history stays where it is, and its card is no
        longer counted from the day on.
    same : mapping from number to number, optional
        Members of the other who are members here: they end there and do not come twice.
    other_version : int, optional
        Of the household that goes, as it was looked at; as it stands when not given.

    Raises
    ------
    LifeChangeError
        When it would take a household off the list, or ends a case, without a step.
    """
    past(on, say("the day of the merger"))
    with changing(
        store,
        key,
        expected_version,
        by,
        say("merged with {household}: {why}", household=other, why=reason),
        token=token,
    ) as row:
        if other == key:
            raise LifeChangeError(say("a household cannot be merged with itself"), where="merge",
                                  remedy=say("name the other household"))  # fmt: skip
        merged = str(say("merged into {household}", household=key))
        into = say("merged into {household}: {why}", household=key, why=reason)
        with changing(store, other, other_version, by, into) as goes:
            _refuse_way_out(store, row, goes)
            known = {int(k): int(v) for k, v in (same or {}).items()}
            there = MemberRow.objects.using(store.alias).filter(household=goes, until=None)
            for one in there.order_by("number"):
                if one.number not in known:
                    succeed(store, one, max(on, one.since), merged, row, head=False)
                    continue
                twin = member_of(store, row, known[one.number])
                one.until, one.left_by = (
                    max(on, one.since),
                    f"same person as {twin.number} of {key}",
                )
                one.save(using=store.alias)
                IdentifierRow.objects.using(store.alias).filter(member=one).update(
                    member=twin, household=row, path=row.path
                )
            IdentifierRow.objects.using(store.alias).filter(household=goes, member=None).update(
                household=row, path=row.path
            )
            end_open(store, goes, on)
            goes.gone, goes.gone_on = merged, on
            goes.gone_recorded = date.today()


def end_open(store: Store, row: HouseholdRow, on: date) -> None:
    """Helpers and measures of a household that goes end on the day."""
    for model in (HelperRow, MeasureRow):
        rows = model.objects.using(store.alias).filter(household=row, until=None, since__lte=on)
        rows.update(until=on)


def _refuse_way_out(store: Store, row: HouseholdRow, goes: HouseholdRow) -> None:
    """Refuse a merger that would do what only a step of the procedure may do."""
    cases = CaseRow.objects.using(store.alias).filter(household=goes, ended=None).exists()
    if not cases and (not goes.listed or row.listed):
        return
    raise LifeChangeError(
        say("the household that goes has an open case, or is on the list and the other one is not"),
        where="merge", expected=say("cases that were decided, and the list as it was"),
        got=say("an open case") if cases else say("a household on the list"),
        remedy=say("decide on it by steps of the procedure first, or keep that household"),
    )  # fmt: skip


def _head_of_the_rest(store: Store, row: HouseholdRow, next_head: int | None, on: date) -> None:
    """See that those who stay have a head."""
    here = MemberRow.objects.using(store.alias).filter(household=row, until=None)
    if here.filter(head=True).exists():
        return
    if next_head is None:
        raise LifeChangeError(
            say("the head leaves and others stay"), where="split",
            expected=say("a member who is the head from then on"), got=say("nobody"),
            remedy=say("choose the next head"),
        )  # fmt: skip
    follower = member_of(store, row, next_head)
    succeed(store, follower, max(on, follower.since), "the head from then on", row, head=True,
            relation="head")  # fmt: skip


def _card_along(store: Store, row: HouseholdRow, made: HouseholdRow, by: str) -> None:
    """The latest card and the helper of a household, for the one that splits off."""
    cards = CardRow.objects.using(store.alias).filter(household=row).order_by("-as_of", "-id")
    card = cards.first()
    if card is not None:
        copy = CardRow.objects.using(store.alias).create(
            household=made, path=made.path, as_of=card.as_of, facts=card.facts, version=0, by=by,
            entered_on=date.today(),
        )  # fmt: skip
        lines = IncomeLineRow.objects.using(store.alias).filter(card=card)
        IncomeLineRow.objects.using(store.alias).bulk_create(
            [
                IncomeLineRow(household=made, path=made.path, card=copy, name=n, amount=a)
                for n, a in lines.values_list("name", "amount")
            ]
        )
    for one in HelperRow.objects.using(store.alias).filter(household=row, until=None):
        HelperRow.objects.using(store.alias).create(
            household=made, path=made.path, person=one.person, since=one.since, reason=one.reason
        )


def move(
    store: Store, key: str, expected_version: int | None, by: str, to: str, *, county: str = "",
    token: str | None = None,
) -> None:  # fmt: skip
    """Move a household to another area of its county.

    Its history stays as it is; whoever sees the new village sees it from now on, and nobody else
    of the old one. The scope must hold both.

    Parameters
    ----------
    key : str
    expected_version : int or None
        That was looked at.
    by : str
        The person who is signed in.
    to : str
        The path of the new area.
    county : str
        Path, where two counties use one id.

    Raises
    ------
    StaleVersionError, UnknownHouseholdError
    LifeChangeError
        For an area of another county, or the one it lives in.
    """
    with store.transaction():
        area = area_of(store, to)
        with changing(
            store,
            key,
            expected_version,
            by,
            say("move to {path}", path=to),
            county=county,
            token=token,
        ) as row:
            if area.county_id != row.county_id or area.path == row.path:
                raise LifeChangeError(
                    say("the household cannot move there"), where="move",
                    expected=say("another area of the same county"), got=to,
                    remedy=say("a move to another county is sent (`transfers`), and taken there"),
                )  # fmt: skip
            for model in apps.get_app_config("register").get_models():
                if issubclass(model, Placed):
                    rows = model._default_manager.using(store.alias).filter(household=row)
                    rows.update(path=area.path)
            row.area, row.path = area, area.path
