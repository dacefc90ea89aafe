"""A household moves to another county: sent by the one, taken or refused by the other.

The county that it leaves keeps its chain as it is. What goes along (name, members, cards, measures,
events) waits in a row that both counties see. The county that takes it records every event again in
its own chain (`copies`), so the household stands there as it stood, and both chains can be checked.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from exitline.exits.register.event import Event
from exitline.exits.register.store.errors import AuthorityError, LifeChangeError, StoreError
from exitline.exits.register.store.models import (
    AreaRow,
    CardRow,
    HelperRow,
    HouseholdRow,
    IdentifierRow,
    IncomeLineRow,
    MeasureRow,
    MemberRow,
    TransferRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.papers.along import files_again, files_along
from exitline.exits.register.store.read.histories import histories_of
from exitline.exits.register.store.write.cards import changing
from exitline.exits.register.store.write.copies import first_change, new_household, take_again
from exitline.exits.register.store.write.hand import area_of
from exitline.exits.register.store.write.households import end_open
from exitline.words.said import say

SENT, TAKEN, REFUSED, BACK = "sent", "taken", "refused", "back"
_MEMBER = ("name", "sex", "relation", "head", "worker")


def send(
    store: Store, key: str, expected_version: int | None, by: str, *, to: str, reason: str,
    token: str | None = None,
) -> TransferRow:  # fmt: skip
    """Send a household to an area of another county; it is gone here from today on.

    Parameters
    ----------
    to : str
        The path of the area, which may lie outside the scope.
    reason : str

    Raises
    ------
    LifeChangeError
        For an area of the same county, or none.
    """
    with changing(
        store,
        key,
        expected_version,
        by,
        say("moved away to {path}: {why}", path=to, why=reason),
        token=token,
    ) as row:
        areas = AreaRow.objects.using(store.alias).filter(path=to, county__isnull=False)
        area = areas.first()
        if area is None or area.county_id == row.county_id:
            raise LifeChangeError(
                say("the household cannot be sent there"), where="move",
                expected=say("an area of another county"), got=to[:60],
                remedy=say("choose an area of another county"),
            )  # fmt: skip
        made = TransferRow.objects.using(store.alias).create(
            household=row, path=area.path, from_path=row.path, key=row.key,
            content=_content(store, row), reason=reason, sent_by=by, sent_on=date.today(),
        )  # fmt: skip
        IdentifierRow.objects.using(store.alias).filter(household=row).delete()
        row.gone, row.gone_on = str(say("moved away to {path}", path=to)), date.today()
        row.gone_recorded = date.today()
        end_open(store, row, date.today())
    return made


def take_in(store: Store, transfer: int, by: str, *, key: str = "") -> HouseholdRow:
    """Take a household that another county sent; its history is recorded again here.

    Parameters
    ----------
    transfer : int
    key : str
        Another id, where the county has one like it already.
    """
    with store.transaction():
        sent = _waiting(store, transfer, inside="path")
        area = area_of(store, sent.path)
        row = new_household(
            store,
            key or sent.key,
            area,
            name=sent.content["name"],
            came_from=str(
                say("moved from {path} ({household})", path=sent.from_path, household=sent.key)
            ),
            came_on=date.today(),
        )
        _unpack(store, row, sent.content, by)
        take_again(store, row, [Event.from_json(one) for one in sent.content["events"]])
        if any(sent.content.get("papers", ())):
            files_again(store, row, sent.content["papers"])
        first_change(store, row, say("moved here from {path}", path=sent.from_path), by, None)
        _settle(store, sent, TAKEN, by, f"as {row.key}")
    return row


def turn_down(store: Store, transfer: int, by: str, words: str) -> None:
    """Refuse a household that another county sent; that county takes it back.

    Raises
    ------
    StoreError
        Without words.
    """
    if not words.strip():
        raise StoreError(say("a refusal needs words"), where="move", remedy=say("say why"))
    with store.transaction():
        _settle(store, _waiting(store, transfer, inside="path"), REFUSED, by, words.strip())


def take_back(store: Store, transfer: int, by: str) -> None:
    """Take back a household that was sent and not taken: it is here again, as it was."""
    with store.transaction():
        sent = _waiting(store, transfer, inside="from_path", also=REFUSED)
        table = HouseholdRow.objects.using(store.alias)
        row = table.select_for_update().get(pk=sent.household_id)
        if table.filter(county=row.county_id, key=row.key, gone="").exists():
            raise LifeChangeError(
                say("another household of the county has its id by now"), where="move",
                expected=say("an id that is free"), got=say("one that is taken"),
                remedy=say("let the other county take the household"),
            )  # fmt: skip
        for model in (HelperRow, MeasureRow):
            rows = model.objects.using(store.alias).filter(household=row, until=row.gone_on)
            rows.update(until=None)
        row.gone, row.gone_on, row.gone_recorded = "", None, None
        row.save(using=store.alias)
        _identifiers_back(store, row, sent.content)
        first_change(store, row, say("taken back: not moved to {path}", path=sent.path), by, None)
        _settle(store, sent, BACK, by, sent.words)


def transfers(store: Store) -> tuple[tuple[TransferRow, ...], tuple[TransferRow, ...]]:
    """Households on their way: those that come, and those that were sent and are not taken yet."""
    low, high = store.scope.bounds
    table = TransferRow.objects.using(store.alias)
    with store.transaction():
        come = table.filter(path__gte=low, path__lt=high, status=SENT).order_by("id")
        sent = table.filter(from_path__gte=low, from_path__lt=high, status__in=[SENT, REFUSED])
        return tuple(come), tuple(sent.order_by("id"))


def _content(store: Store, row: HouseholdRow) -> dict[str, Any]:
    """What goes along with a household."""
    alias = store.alias
    history = histories_of(store, {row.pk: row.key}).get(row.pk)
    lines: dict[int, dict[str, str]] = {}
    for line in IncomeLineRow.objects.using(alias).filter(household=row):
        lines.setdefault(line.card_id, {})[line.name] = str(line.amount)
    members = MemberRow.objects.using(alias).filter(household=row, until=None).order_by("number")
    loose = IdentifierRow.objects.using(alias).filter(household=row, member=None)
    return {
        "name": row.name,
        "members": [
            {
                **{name: getattr(m, name) for name in _MEMBER}, "number": m.number,
                "born": m.born.isoformat() if m.born else None, "since": m.since.isoformat(),
                "identifiers": _hashes(IdentifierRow.objects.using(alias).filter(member=m)),
            }
            for m in members
        ],
        "identifiers": _hashes(loose),
        "cards": [
            {"as_of": c.as_of.isoformat(), "facts": c.facts, "lines": lines.get(c.pk, {})}
            for c in CardRow.objects.using(alias).filter(household=row).order_by("id")
        ],
        "measures": [
            {"kind": m.kind, "title": m.title, "since": m.since.isoformat()}
            for m in MeasureRow.objects.using(alias).filter(household=row, until=None)
        ],
        "events": [] if history is None else [event.as_json() for event in history.events],
        "papers": files_along(store, row),
    }  # fmt: skip


def _hashes(rows: Any) -> list[list[str]]:
    return [[kind, hashed] for kind, hashed in rows.values_list("kind", "hash")]


def _unpack(store: Store, row: HouseholdRow, content: dict[str, Any], by: str) -> None:
    """Members, cards and measures of a household that came."""
    alias, kept = store.alias, {"household": row, "path": row.path}
    for one in content["members"]:
        made = MemberRow.objects.using(alias).create(
            **kept, **{name: one[name] for name in _MEMBER}, number=one["number"],
            born=date.fromisoformat(one["born"]) if one["born"] else None,
            since=date.fromisoformat(one["since"]),
        )  # fmt: skip
        _identify(store, row, made, one["identifiers"])
    _identify(store, row, None, content["identifiers"])
    for card in content["cards"]:
        made_card = CardRow.objects.using(alias).create(
            **kept, as_of=date.fromisoformat(card["as_of"]), facts=card["facts"], version=0, by=by,
            entered_on=date.today(),
        )  # fmt: skip
        IncomeLineRow.objects.using(alias).bulk_create(
            IncomeLineRow(**kept, card=made_card, name=name, amount=Decimal(amount))
            for name, amount in card["lines"].items()
        )
    for one in content["measures"]:
        MeasureRow.objects.using(alias).create(
            **kept, kind=one["kind"], title=one["title"], since=date.fromisoformat(one["since"])
        )


def _identify(
    store: Store, row: HouseholdRow, member: MemberRow | None, hashes: list[list[str]]
) -> None:
    """Keep hashes that came along.

    Raises
    ------
    LifeChangeError
        When a household has one of them by now.
    """
    table = IdentifierRow.objects.using(store.alias)
    for kind, hashed in hashes:
        if table.filter(kind=kind, hash=hashed).exists():
            raise LifeChangeError(
                say("a household of the register has this {kind} already", kind=kind), where="move",
                expected=say("an identifier that nobody has"), got=say("one that is taken"),
                remedy=say("find the person's household first"),
            )  # fmt: skip
        table.create(household=row, path=row.path, member=member, kind=kind, hash=hashed)


def _identifiers_back(store: Store, row: HouseholdRow, content: dict[str, Any]) -> None:
    """The identifiers of a household that was not moved, as they were."""
    members = MemberRow.objects.using(store.alias).filter(household=row)
    by_number = {member.number: member for member in members}
    for one in content["members"]:
        _identify(store, row, by_number[one["number"]], one["identifiers"])
    _identify(store, row, None, content["identifiers"])


def _waiting(store: Store, transfer: int, *, inside: str, also: str = SENT) -> TransferRow:
    """A household on its way, held; `inside` names the end that must lie in the scope."""
    table = TransferRow.objects.using(store.alias).select_for_update()
    found = table.filter(pk=transfer, status__in=[SENT, also]).first()
    if found is None or not store.scope.holds(getattr(found, inside)):
        raise AuthorityError(
            say("no household is on its way here under this number"), where="move",
            expected=say("one that waits"), got=str(transfer), remedy=say("look at the list again"),
        )  # fmt: skip
    return found


def _settle(store: Store, sent: TransferRow, status: str, by: str, words: str) -> None:
    sent.status, sent.settled_by, sent.settled_on = status, by, date.today()
    sent.words = words
    sent.save(using=store.alias)
