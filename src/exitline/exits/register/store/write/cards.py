"""Changes of a card: facts, members, helpers, measures, visits; each raises the version by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from exitline.exits.register.store.errors import (
    IdentifierTakenError,
    LifeChangeError,
    SecondHeadError,
    SentTwiceError,
    StoreError,
)
from exitline.exits.register.store.identifiers import hasher
from exitline.exits.register.store.models import (
    AskedVisitRow,
    CardRow,
    ChangeRow,
    HelperRow,
    HouseholdRow,
    IdentifierRow,
    IncomeLineRow,
    MeasureRow,
    MemberRow,
    VisitRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import household
from exitline.exits.register.store.write.versions import check_version
from exitline.words.said import say

FIRST_DAY = date(1880, 1, 1)


@contextmanager
def changing(
    store: Store, key: str, expected_version: int | None, by: str, what: str, *,
    token: str | None = None, county: str = "",
) -> Iterator[HouseholdRow]:  # fmt: skip
    """A household held for one change; its version is one higher when the block ends.

    Parameters
    ----------
    key : str
    expected_version : int or None
        That was looked at.
    by : str
        The person who is signed in.
    what : str
        For those who come second: "card", "member" ...
    token : str, optional
        Of the form: the same one sent twice is refused the second time.

    Raises
    ------
    SentTwiceError, StaleVersionError, UnknownHouseholdError
    """
    with store.transaction():
        found = household(store, key, county)
        row = HouseholdRow.objects.using(store.alias).select_for_update().get(pk=found.pk)
        refuse_sent(store, token)
        check_version(store, row, expected_version, what)
        yield row
        row.version += 1
        row.save(using=store.alias)
        ChangeRow.objects.using(store.alias).create(
            household=row, path=row.path, version=row.version, what=str(what), by=by, token=token
        )


def refuse_sent(store: Store, token: str | None) -> None:
    """Refuse a form that was recorded already; inside of a transaction.

    Raises
    ------
    SentTwiceError
    """
    table = ChangeRow.objects.using(store.alias)
    if token is not None and table.filter(token=token).exists():
        raise SentTwiceError(say("this form was recorded already"), remedy=say("look at the card"))


def write_card(
    store: Store, key: str, expected_version: int | None, by: str, *, as_of: date,
    facts: Mapping[str, Any], lines: Mapping[str, Decimal] | None = None, correction: str = "",
    token: str | None = None,
) -> CardRow:  # fmt: skip
    """Write the facts of a household as of a day; a later card of the same day corrects it.

    Parameters
    ----------
    as_of : date
        Not after today.
    facts : mapping from column to value
        As conditions use them.
    lines : mapping from line of income to amount, optional
    correction : str
        Why an earlier card was wrong: kept with the change; the earlier card stays.
    token : str, optional
        Of the form, here and below: see `changing`.
    """
    past(as_of, say("the day of the facts"))
    what = say("card")
    if correction:
        what = say("correction of the facts of {day}: {why}", day=as_of.isoformat(), why=correction)
    with changing(store, key, expected_version, by, what, token=token) as row:
        cards = CardRow.objects.using(store.alias).filter(household=row, as_of=as_of)
        if correction and not cards.exists():
            raise LifeChangeError(
                say("there is no card of that day to correct"), where="card",
                expected=say("the day of a card"), remedy=say("write the facts of the day instead"),
            )  # fmt: skip
        made = CardRow.objects.using(store.alias).create(
            household=row, path=row.path, as_of=as_of, facts=dict(facts),
            version=row.version + 1, by=by, entered_on=date.today(),
        )  # fmt: skip
        IncomeLineRow.objects.using(store.alias).bulk_create(
            [
                IncomeLineRow(household=row, path=row.path, card=made, name=name, amount=amount)
                for name, amount in (lines or {}).items()
            ]
        )
    return made


def add_member(
    store: Store, key: str, expected_version: int | None, by: str, *, name: str, since: date,
    identifiers: Mapping[str, str] | None = None, token: str | None = None, **fields: Any,
) -> MemberRow:  # fmt: skip
    """Add a member (a birth, a marriage in, one who was forgotten).

    Parameters
    ----------
    identifiers : mapping from kind to value, optional
        Only their keyed hashes are stored.
    **fields
        sex, born, relation, head, worker.

    Raises
    ------
    IdentifierTakenError
        When a household of the register has the identifier.
    StoreError
        For a second head, or a day that cannot be.
    """
    past(since, say("the day from which on"))
    if fields.get("born") is not None:
        past(fields["born"], say("the day of birth"))
    with changing(store, key, expected_version, by, say("member"), token=token) as row:
        made = enter_member(store, row, name=name, since=since, **fields)
        for kind, value in (identifiers or {}).items():
            add_identifier(store, row, made, kind, value)
    return made


def enter_member(store: Store, row: HouseholdRow, **fields: Any) -> MemberRow:
    """A row of a new member, under the next number; inside of a transaction.

    Raises
    ------
    SecondHeadError
    """
    table = MemberRow.objects.using(store.alias)
    last = table.filter(household=row).order_by("-number").first() or MemberRow(number=0)
    try:
        with transaction.atomic(using=store.alias):
            return table.create(household=row, path=row.path, number=last.number + 1, **fields)
    except IntegrityError as reason:
        raise SecondHeadError(
            say("the household has a head already"), where="member",
            expected=say("one head of a household"), got=say("a second one"),
            remedy=say("end the other's time as head first"),
        ) from reason  # fmt: skip


def add_identifier(
    store: Store, row: HouseholdRow, member: MemberRow | None, kind: str, value: str
) -> None:
    """Keep the keyed hash of an identifier; inside of a transaction.

    Raises
    ------
    IdentifierTakenError
    """
    try:
        with transaction.atomic(using=store.alias):
            IdentifierRow.objects.using(store.alias).create(
                household=row, path=row.path, member=member, kind=kind,
                hash=hasher(store)(kind, value),
            )  # fmt: skip
    except IntegrityError as reason:
        raise IdentifierTakenError(
            say("a household of the register has this {kind} already", kind=kind),
            where="identifier",
            expected=say("an identifier that nobody has"), got=say("one that is taken"),
            remedy=say("find the person's household; a move is a separate step"),
        ) from reason  # fmt: skip


def add_helper(
    store: Store, key: str, expected_version: int | None, by: str, *, person: str, since: date,
    reason: str = "", token: str | None = None,
) -> HelperRow:  # fmt: skip
    """A helper from a day on; the time of the one before ends on it."""
    past(since, say("the day from which on"))
    with changing(store, key, expected_version, by, say("helper"), token=token) as row:
        table = HelperRow.objects.using(store.alias)
        table.filter(household=row, until__isnull=True).update(until=since)
        return table.create(household=row, path=row.path, person=person, since=since, reason=reason)


def add_measure(
    store: Store, key: str, expected_version: int | None, by: str, *, kind: str, since: date,
    title: str = "", until: date | None = None, amount: Decimal | None = None,
    token: str | None = None,
) -> MeasureRow:  # fmt: skip
    """A measure for a household, from a day on."""
    if since < FIRST_DAY or (until is not None and until <= since):
        raise StoreError(
            say("the days of the measure cannot be"), where="measure",
            expected=say("an end after the beginning"),
            got=say("an end before it, or no day of our time"),
            remedy=say("correct the days"),
        )  # fmt: skip
    with changing(store, key, expected_version, by, say("measure"), token=token) as row:
        return MeasureRow.objects.using(store.alias).create(
            household=row, path=row.path, kind=kind, title=title, since=since, until=until,
            amount=amount,
        )  # fmt: skip


def end_measure(
    store: Store, key: str, expected_version: int | None, by: str, *, measure: int, on: date,
    why: str, token: str | None = None,
) -> None:  # fmt: skip
    """A measure ends on a day.

    Parameters
    ----------
    measure : int
        Its row's id.
    """
    past(on, say("the day"))
    with changing(
        store, key, expected_version, by, say("measure ended: {why}", why=why), token=token
    ) as row:
        rows = MeasureRow.objects.using(store.alias).filter(household=row, pk=measure)
        if not rows.filter(until=None, since__lt=on).update(until=on):
            raise StoreError(
                say("no such measure runs on that day"), where="measure",
                expected=say("a measure that began before the day"), got=say("another"),
                remedy=say("choose again"),
            )  # fmt: skip


def add_visit(
    store: Store, key: str, expected_version: int | None, by: str, *, on: date, note: str = "",
    impossible: str = "", token: str | None = None,
) -> VisitRow:  # fmt: skip
    """A visit, or why a required one was not possible; what watch lists ask is answered."""
    past(on, say("the day of the visit"))
    with changing(store, key, expected_version, by, say("visit"), token=token) as row:
        made = VisitRow.objects.using(store.alias).create(
            household=row, path=row.path, on=on, person=by, note=note, impossible=impossible
        )
        if not impossible:
            asked = AskedVisitRow.objects.using(store.alias).filter(household=row, visit=None)
            asked.filter(kind="watch").update(visit=made)
        return made


def past(day: date, what: str) -> None:
    """Refuse a day that lies ahead, or that nobody alive can mean."""
    if FIRST_DAY <= day <= date.today():
        return
    raise StoreError(
        say("{what} cannot be", what=what), where="card",
        expected=say("a day from {first} to today", first=FIRST_DAY), got=day.isoformat(),
        remedy=say("correct the day"),
    )  # fmt: skip
