"""Pairs side by side, decided and undone; findings with their deadlines; coverage by area."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import AuthorityError, StoreError, StoreGoneError
from exitline.exits.register.store.jobs.asking import ask
from exitline.exits.register.store.jobs.running import jobs_of
from exitline.exits.register.store.models import PairRow
from exitline.exits.register.store.quality import cross, duplicates, listing
from exitline.exits.register.store.read.cards import card
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting, keeping
from exitline.publish.web.register.procedures import procedure_of, state_label
from exitline.publish.web.register.typed import whole

AT_ONCE = 50


@require_safe
@acting(OFFICE)
def pairs(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Households that may be one: those that wait, and those decided on."""
    store = person.store
    return pages.page(
        request, "pairs", person=person, waiting=duplicates.open_pairs(store),
        decided=listing.decided_pairs(store), many=listing.many_open_pairs(store),
        job=next((one for one in jobs_of(store, person.name) if one.kind == "pairs"), None),
    )  # fmt: skip


@require_POST
@keeping
def find_pairs(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Look for pairs in every village of the area; all over it in the background."""
    if request.POST.get("bulk"):
        ask(person.store, "pairs", person.name, bulk=True)
        return HttpResponseRedirect("/pairs")
    duplicates.find_pairs(person.store)
    return HttpResponseRedirect("/pairs?done=looked")


@require_safe
@acting(OFFICE)
def pair(request: HttpRequest, person: SignedIn, number: int) -> HttpResponse:
    """Two households side by side."""
    found = listing.pair_of(person.store, number)
    if found is None:
        return pages.page(request, "nothing", status=404, person=person)
    return _side_by_side(request, person, found)


@require_POST
@keeping
def decide(request: HttpRequest, person: SignedIn, number: int) -> HttpResponse:
    """Say whether two households are one; or take that back."""
    decision = request.POST.get("decision", "")
    found = listing.pair_of(person.store, number)
    if found is None:
        return pages.page(request, "nothing", status=404, person=person)
    try:
        duplicates.decide(person.store, number, decision, person.name)
    except StoreGoneError:
        raise
    except StoreError as reason:
        return _side_by_side(request, person, found, status=422, reason=reason)
    onward = f"/pairs/{number}" if decision == duplicates.SAME else "/pairs"
    return HttpResponseRedirect(f"{onward}?done=decided")


def _side_by_side(
    request: HttpRequest, person: SignedIn, found: PairRow, *, status: int = 200, reason: Any = None
) -> HttpResponse:
    """The page of a pair."""
    store, viewer = person.store, (person.name, person.role)
    if found.household.gone or found.other.gone:
        return pages.page(request, "gone", status=410, person=person,
                          why=found.household.gone or found.other.gone)  # fmt: skip
    both = [card(store, one.key, viewer=viewer) for one in (found.household, found.other)]
    names = sorted(set(both[0].facts) | set(both[1].facts))
    labels = {it.row.key: state_label(procedure_of(store, it.row), it.row.state) for it in both}
    return pages.page(
        request, "pair", status=status, person=person, pair=found, both=both, names=names,
        labels=labels,
        reason=reason, keeps=person.keeps_cards,
    )  # fmt: skip


@require_safe
@acting(OFFICE, AUDITOR)
def findings(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Findings of cross-checks: open, explained, corrected; how far each area is."""
    return _findings(request, person)


def _findings(
    request: HttpRequest, person: SignedIn, *, status: int = 200, reason: Any = None,
    typed: str = "", at: int = 0,
) -> HttpResponse:  # fmt: skip
    store, after = person.store, whole(request.GET.get("after"))
    which = request.GET.get("status", cross.OPEN)
    which = which if which in (cross.OPEN, cross.EXPLAINED, cross.CORRECTED) else cross.OPEN
    number = request.GET.get("check", "")[:40]
    found = listing.findings(store, status=which, number=number, most=AT_ONCE + 1, after=after)
    return pages.page(
        request, "findings", status=status, person=person, rows=found[:AT_ONCE], which=which,
        number=number, checks=listing.check_numbers(store), more=len(found) > AT_ONCE, after=after,
        at_once=AT_ONCE, areas=listing.coverage_by_area(store, date.today()),
        keeps=person.keeps_cards, reason=reason, typed=typed, at=at,
    )  # fmt: skip


@require_POST
@keeping
def run_checks(request: HttpRequest, person: SignedIn) -> HttpResponse:  # noqa: ARG001
    """Run the cross-checks on every card of the area now."""
    cross.cross_check(person.store)
    return HttpResponseRedirect("/findings?done=looked")


@require_POST
@keeping
def explain(request: HttpRequest, person: SignedIn, number: int) -> HttpResponse:
    """Say why a card is right although a check fails."""
    words = request.POST.get("words", "")[:5000]
    try:
        cross.explain(person.store, number, person.name, words)
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _findings(request, person, status=422, reason=reason, typed=words, at=number)
    return HttpResponseRedirect("/findings?done=explained")
