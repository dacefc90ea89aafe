"""What auditors read, and what administrators keep: steps, views, chains; people."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from exitline.exits.register.store.models import (
    AreaRow,
    AssignmentRow,
    ChainRow,
    DownloadRow,
    StepRow,
    ViewLogRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.areas import assign
from exitline.exits.works.stored.tables import has_works, works_procedure
from exitline.publish.web.register.acting import (
    ADMINISTRATOR,
    AUDITOR,
    SignedIn,
    acting,
)
from exitline.publish.web.register.pages import page
from exitline.publish.web.register.procedures import by_digest, current
from exitline.publish.web.register.typed import day_of

MOST = 100
"""Rows of each table."""


@require_safe
@acting(AUDITOR)
def audit(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The latest steps and views of cards, and the ends of the chains."""
    store = person.store
    key = request.GET.get("id", "").strip()[:100]
    with store.transaction():
        steps = store.scope.of(StepRow.objects.using(store.alias)).select_related("household")
        views = store.scope.of(ViewLogRow.objects.using(store.alias)).select_related("household")
        if key:
            steps, views = steps.filter(household__key=key), views.filter(household__key=key)
        taken = store.scope.of(DownloadRow.objects.using(store.alias)).order_by("-id")
        chains = ChainRow.objects.using(store.alias).select_related("county")
        heads = [one for one in chains if store.scope.holds(one.county.path)]
        latest = list(steps.order_by("-id")[:MOST])
        return page(
            request, "audit", person=person, key=key, heads=heads,
            taken=[] if key else list(taken[:MOST]), labels=_labels(store, latest),
            steps=latest, views=list(views.order_by("-id")[:MOST]),
        )  # fmt: skip


def _labels(store: Store, steps: list[StepRow]) -> dict[tuple[str, str], str]:
    """Steps in words, by their procedure and name."""
    procedures = {digest: by_digest(store, digest) for digest in {one.procedure for one in steps}}
    return {
        (digest, name): step.label
        for digest, found in procedures.items()
        for name, step in found.steps.items()
    }


@require_safe
@acting(ADMINISTRATOR)
def people(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Who has which role where; a form for another assignment."""
    return _people(request, person)


def _people(
    request: HttpRequest, person: SignedIn, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    store = person.store
    with store.transaction():
        rows = store.scope.of(AssignmentRow.objects.using(store.alias)).select_related("area")
        areas = store.scope.of(AreaRow.objects.using(store.alias))
        return page(
            request, "people", status=status, person=person, refused=refused,
            rows=list(rows.order_by("path", "role", "person")), areas=list(areas),
            roles=_roles(store), typed=request.POST,
        )  # fmt: skip


def _roles(store: Store) -> list[str]:
    """Every role that can be given: of households' procedure, of works', auditor, administrator."""
    works = works_procedure(store).roles if has_works(store) else ()
    return [*dict.fromkeys([*current(store).roles, *works, AUDITOR, ADMINISTRATOR])]


@require_POST
@acting(ADMINISTRATOR)
def appoint(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Give somebody a role in an area, from a day to a day; also instead of somebody away."""
    store, typed = person.store, request.POST
    name, role, path = (typed.get(k, "").strip() for k in ("person", "role", "area"))
    since, until = day_of(typed.get("since", "")), day_of(typed.get("until", ""))
    known = set(_roles(store))
    if not name or role not in known or since is None or (typed.get("until") and until is None):
        return _people(request, person, status=422, refused="incomplete")
    if not store.scope.holds(path) or (until is not None and until <= since):
        return _people(request, person, status=422, refused="incomplete")
    assign(store, name[:150], role, path, since=since, until=until,
           for_whom=typed.get("for_whom", "").strip()[:150])  # fmt: skip
    return HttpResponseRedirect("/people?done=appointed")


@require_POST
@acting(ADMINISTRATOR)
def end(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """End an assignment today; what was done under it stays."""
    store = person.store
    number = request.POST.get("number", "")
    with store.transaction():
        rows = store.scope.of(AssignmentRow.objects.using(store.alias))
        if number.isdecimal() and len(number) < 18:
            rows.filter(pk=int(number), until=None).update(until=date.today())
    return HttpResponseRedirect("/people?done=ended")
