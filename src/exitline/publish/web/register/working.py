"""The worklist, the households, and the card on one page."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from exitline.exits.register.store.read.cards import card
from exitline.exits.register.store.read.states import states_now
from exitline.exits.register.store.read.worklist import desk, households, possible_steps
from exitline.exits.register.store.visits.asked import open_visits
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting
from exitline.publish.web.register.changing.kinds import ALL as CHANGES
from exitline.publish.web.register.pages import page
from exitline.publish.web.register.procedures import by_digest, reader, state_label
from exitline.publish.web.register.reading import audit, people
from exitline.publish.web.register.typed import whole

AT_ONCE = 50
"""Rows of a page."""


@require_safe
@acting(OFFICE, AUDITOR, "administrator")
def home(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The worklist of those who work; the pages of the others."""
    if person.kind == AUDITOR:
        return audit(request)
    if person.kind != OFFICE:
        return people(request)
    after = whole(request.GET.get("after"))
    today = date.today()
    found, came_in = desk(person.store, person.role, today, most=AT_ONCE + 1, after=after)
    shown = found[:AT_ONCE]
    villages = [
        (name, list(tasks))
        for name, tasks in groupby(
            sorted(shown, key=lambda one: one.path), key=lambda one: one.area
        )
    ]
    late = [one for one in shown if one.days_late]
    return page(
        request, "worklist", person=person, villages=villages, late=late, many=len(shown),
        more=len(found) > AT_ONCE, after=after, at_once=AT_ONCE, came_in=came_in,
        ahead=_ahead(person), state_of=partial(state_label, person.procedure),
    )  # fmt: skip


def _ahead(person: SignedIn) -> list[tuple[str, str, int]]:
    """States from which the person's role can go on: state, its label, how many households."""
    procedure = person.procedure
    return [
        (state, state_label(procedure, state), n)
        for state, n in states_now(person.store).items()
        if any(person.role in step.by for step in procedure.allowed_from(state))
    ]


@require_safe
@acting(OFFICE, AUDITOR)
def listing(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Households of the own area, by village; by state, by the beginning of an id."""
    after = whole(request.GET.get("after"))
    state, text = request.GET.get("state", "")[:100], request.GET.get("id", "").strip()[:100]
    found = households(person.store, state=state, text=text, most=AT_ONCE + 1, after=after)
    procedure = person.procedure
    return page(
        request, "households", person=person, rows=found[:AT_ONCE], more=len(found) > AT_ONCE,
        after=after, at_once=AT_ONCE, state=state, text=text, procedure=procedure,
    )  # fmt: skip


@require_safe
@acting(OFFICE, AUDITOR)
def show(request: HttpRequest, person: SignedIn, key: str) -> HttpResponse:
    """A card: who, facts, income, help, visits, where it stands, what may be done next."""
    store = person.store
    found = card(store, key, viewer=(person.name, person.role), procedures=reader(store))
    procedure = by_digest(store, found.row.procedure or person.under)
    roles = [person.role] if person.kind == OFFICE else []
    possible = possible_steps(found.history, procedure, person.name, roles, date.today())
    mine = [one for one in possible if person.role in one.step.by]
    others = [one for one in possible if person.role not in one.step.by]
    return page(
        request, "card", person=person, card=found, procedure=procedure, mine=mine, others=others,
        open_cases=found.history.standing().open_cases, objections=found.objections,
        state=state_label(procedure, found.row.state), earlier=found.earlier,
        changes=CHANGES if person.keeps_cards else (), said=found.changes,
        asked=found.asked, keeps=person.keeps_cards,
    )  # fmt: skip


@require_safe
@acting(OFFICE)
def visits(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Visits that watch lists and assessments ask for, the earliest due first."""
    after = whole(request.GET.get("after"))
    found = open_visits(person.store, most=AT_ONCE + 1, after=after)
    return page(
        request, "visits", person=person, rows=found[:AT_ONCE], more=len(found) > AT_ONCE,
        after=after, at_once=AT_ONCE, keeps=person.keeps_cards,
    )  # fmt: skip
