"""What changed this week, who is late, exits and what became of them; asking for a table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.jobs.asking import ask
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read import programme
from exitline.exits.register.store.read.states import kept
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting
from exitline.publish.web.register.procedures import current
from exitline.publish.web.register.programme.table import DONORS
from exitline.publish.web.register.typed import day_of

YEAR = 365
QUICK = 0.5
"""Seconds: what is counted sooner is counted for each look at the page."""


@require_safe
@acting(OFFICE, AUDITOR)
def show(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The programme in the own area."""
    first, last = _span(request)
    store, procedure, today = person.store, current(person.store), date.today()
    found = kept(
        store, ("programme", procedure.digest, first, last, today),
        lambda: _counted(store, procedure, first, last, today), free=QUICK,
    )  # fmt: skip
    labels = {name: step.label for name, step in procedure.steps.items()}
    return pages.page(
        request, "programme", person=person, first=first, last=last, labels=labels,
        week_from=programme.week_before(today), **found,
    )  # fmt: skip


def _counted(
    store: Store, procedure: Procedure, first: date, last: date, today: date
) -> dict[str, Any]:
    """What the page says."""
    week = programme.steps_since(store, programme.week_before(today))
    return {
        "week": week,
        "many": sum(n for _, n in week),
        "late": programme.late_by_area(store, today),
        "exits": programme.exits_between(store, procedure, first, last),
        "relapses": programme.relapses(store, today).months,
    }


@require_POST
@acting(OFFICE, AUDITOR)
def table(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Ask for the donor's table: it is written in the background."""
    first, last = day_of(request.POST.get("first")), day_of(request.POST.get("last"))
    if first is None or last is None:
        return pages.page(request, "nothing", status=404, person=person)
    ask(
        person.store, DONORS, person.name, first=min(first, last).isoformat(),
        last=max(first, last).isoformat(), by=person.name, language=pages.spoken(request).code,
    )  # fmt: skip
    return HttpResponseRedirect("/exports")


def _span(request: HttpRequest) -> tuple[date, date]:
    """The days that were asked for: the last year by default."""
    last = day_of(request.GET.get("last")) or date.today()
    first = day_of(request.GET.get("first")) or last - timedelta(days=YEAR)
    return min(first, last), max(first, last)
