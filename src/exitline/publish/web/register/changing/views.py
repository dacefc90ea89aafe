"""A form that changes a card, a new household, households on their way."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import (
    AuthorityError,
    SentTwiceError,
    StaleVersionError,
    StoreGoneError,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.cards import card
from exitline.exits.register.store.write import transfers
from exitline.exits.register.store.write.households import add_household
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import OFFICE, SignedIn, acting, keeping
from exitline.publish.web.register.changing.asks import AskedField, FormSection, SentForm, day
from exitline.publish.web.register.changing.facts import fact_asks, line_asks, read_facts
from exitline.publish.web.register.changing.kinds import BY_NAME
from exitline.publish.web.register.changing.lives import areas_of
from exitline.publish.web.register.changing.made import Asked, SentChange
from exitline.publish.web.register.changing.people import (
    identifier_asks,
    identifiers_of,
    person_asks,
    person_of,
)
from exitline.publish.web.register.procedures import current
from exitline.words.said import say

MOST_MEMBERS = 40
"""Members of a form for a new household."""


@require_http_methods(["GET", "HEAD", "POST"])
@keeping
def change(request: HttpRequest, person: SignedIn, key: str, kind: str) -> HttpResponse:
    """Show the form of a change; record it."""
    known = BY_NAME.get(kind)
    if known is None:
        return pages.page(request, "nothing", status=404, person=person)
    found = card(person.store, key, viewer=(person.name, person.role))
    typed = request.POST if request.method == "POST" else None
    asked = Asked(person.store, found, request.GET if typed is None else typed)
    form = SentForm(known.asks(asked), typed)
    said: dict[str, Any] = {
        "title": known.title, "note_of": known.note, "card": found, "version": found.row.version,
        "back": f"/household/{key}",
    }  # fmt: skip
    if typed is None:
        return _shown(request, person, form, **said)
    said["version"] = version = _version(typed.get("version", ""), found.row.version)
    if typed.get("do") != "record":
        return _shown(request, person, form, **said)
    if not form.read():
        return _shown(request, person, form, status=422, **said)
    made = SentChange(person.store, key, version, person.name, _token(typed), form.values)
    try:
        to = known.write(made)
    except SentTwiceError:
        to = key
    except StaleVersionError as reason:
        said["version"] = card(person.store, key).row.version
        return _shown(request, person, form, status=409, changed=reason.changed, **said)
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _shown(request, person, form, status=422, reason=reason, **said)
    return HttpResponseRedirect(f"/household/{to}?done=recorded" if to else "/moves?done=recorded")


@require_http_methods(["GET", "HEAD", "POST"])
@keeping
def new_household(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The form of a new household with its members and its first card."""
    typed = request.POST if request.method == "POST" else None
    many = _version((typed or {}).get("members", ""), 1) or 1
    if typed is not None and typed.get("do") == "more":
        many += 1
    many = max(1, min(many, MOST_MEMBERS))
    form = SentForm(_new_sections(person.store, many), typed)
    said: dict[str, Any] = {"title": say("A new household"), "members": many, "back": "/households"}
    if typed is None or typed.get("do") != "record":
        return _shown(request, person, form, **said)
    if not form.read():
        return _shown(request, person, form, status=422, **said)
    try:
        key = _entered(person, form.values, many, _token(typed))
    except SentTwiceError:
        key = form.values["key"]
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _shown(request, person, form, status=422, reason=reason, **said)
    return HttpResponseRedirect(f"/household/{key}?done=recorded")


def _new_sections(store: Store, many: int) -> list[FormSection]:
    """The sections of a new household."""
    areas = areas_of(store)
    place = FormSection(say("Household"), [
        AskedField("key", say("Id"), required=True, most=60),
        AskedField("name", say("Name of the household")),
        AskedField("area", say("Village"), "choice", required=True, options=areas,
            start=areas[0][0] if len(areas) == 1 else ""),
        day("since", say("Day of the facts")),
    ])  # fmt: skip
    members = [
        FormSection(say("Member {n}", n=i + 1), [
            *(_optional(ask) for ask in person_asks(f"m{i}.")), *identifier_asks(f"m{i}."),
        ])
        for i in range(many)
    ]  # fmt: skip
    facts = fact_asks(store, {}, current(store))
    note = say("What is left out is never met. NA: asked, not known.")
    return [place, *members, FormSection(say("Facts"), facts, note),
            FormSection(say("Income by line"), line_asks({}), pairs=True)]  # fmt: skip


def _optional(ask: AskedField) -> AskedField:
    """A field of a member whose row may be left empty."""
    return AskedField(**{**ask.__dict__, "required": False})


def _entered(person: SignedIn, values: dict[str, Any], many: int, token: str | None) -> str:
    """Record a new household; its id."""
    members = [
        {**person_of(values, f"m{i}."), "identifiers": identifiers_of(values, f"m{i}.")}
        for i in range(many)
        if values[f"m{i}.name"]
    ]
    facts, lines = read_facts(values)
    row = add_household(
        person.store, person.name, key=values["key"], area=values["area"], name=values["name"],
        since=values["since"], members=members, facts=facts, lines=lines, token=token,
    )  # fmt: skip
    return str(row.key)


@require_safe
@acting(OFFICE)
def moves(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Households on their way: those that come, and those that were sent."""
    come, sent = transfers.transfers(person.store)
    return pages.page(
        request, "moves", person=person, come=come, sent=sent, keeps=person.keeps_cards,
        reason=None,
    )  # fmt: skip


@require_POST
@keeping
def settle_move(request: HttpRequest, person: SignedIn, number: int) -> HttpResponse:
    """Take, refuse or take back a household on its way."""
    typed, to = request.POST, "/moves?done=recorded"
    try:
        if typed.get("do") == "take":
            row = transfers.take_in(
                person.store, number, person.name, key=typed.get("key", "").strip()[:60]
            )
            to = f"/household/{row.key}?done=recorded"
        elif typed.get("do") == "refuse":
            transfers.turn_down(person.store, number, person.name, typed.get("words", "")[:2000])
        else:
            transfers.take_back(person.store, number, person.name)
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        come, sent = transfers.transfers(person.store)
        return pages.page(request, "moves", status=422, person=person, come=come, sent=sent,
                          keeps=True, reason=reason)  # fmt: skip
    return HttpResponseRedirect(to)


def _shown(
    request: HttpRequest, person: SignedIn, form: SentForm, *, status: int = 200, **said: Any
) -> HttpResponse:
    """The page of a form."""
    token = secrets.token_urlsafe(16) if form.data is None else form.data.get("token", "")
    usual: dict[str, Any] = {
        "card": None, "version": "", "members": None, "changed": None, "reason": None,
        "note_of": "",
    }  # fmt: skip
    return pages.page(
        request, "change", status=status, person=person, form=form, token=token, **usual | said
    )


def _version(text: str, otherwise: int | None) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else otherwise


def _token(typed: Any) -> str | None:
    return typed.get("token", "")[:64] or None
