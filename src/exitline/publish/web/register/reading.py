"""What auditors read and take away, and what administrators keep: steps, views, chains; people.

Files are written in the background and fetched by whoever asked. Who is away names who stands in.
"""

from __future__ import annotations

from datetime import date

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import StoreGoneError
from exitline.exits.register.store.jobs.asking import ask
from exitline.exits.register.store.jobs.kinds import ENDINGS
from exitline.exits.register.store.jobs.running import folder_of, jobs_of
from exitline.exits.register.store.models import (
    AreaRow,
    AssignmentRow,
    ChainRow,
    DownloadRow,
    StepRow,
    ViewLogRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.apart import delegate
from exitline.exits.register.store.write.areas import assign
from exitline.exits.register.store.write.looks import taken_away
from exitline.exits.works.stored.tables import has_works, works_procedure
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import (
    ADMINISTRATOR,
    AUDITOR,
    OFFICE,
    SignedIn,
    acting,
)
from exitline.publish.web.register.pages import page
from exitline.publish.web.register.procedures import by_digest, current
from exitline.publish.web.register.programme.table import DONORS
from exitline.publish.web.register.typed import day_of
from exitline.words.said import say

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


@require_http_methods(["GET", "HEAD", "POST"])
@acting(OFFICE)
def standing_in(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Who stands in for the one who is signed in; let somebody do so."""
    if request.method != "POST":
        return _page(request, person)
    typed = request.POST
    since, until = day_of(typed.get("since")), day_of(typed.get("until"))
    try:
        delegate(
            person.store, person.name, person.role, str(person.held.path),
            typed.get("person", "")[:150], since=since or date.max, until=until or date.min,
        )  # fmt: skip
    except StoreGoneError:
        raise
    except ExitlineError as reason:
        return _page(request, person, status=422, reason=reason)
    return HttpResponseRedirect("/standing-in?done=appointed")


def _page(
    request: HttpRequest, person: SignedIn, *, status: int = 200,
    reason: ExitlineError | None = None,
) -> HttpResponse:  # fmt: skip
    store = person.store
    with store.transaction():
        rows = store.scope.of(AssignmentRow.objects.using(store.alias)).select_related("area")
        mine = list(rows.filter(for_whom=person.name).order_by("-since", "person"))
    return pages.page(request, "standing_in", status=status, person=person, reason=reason,
                      rows=mine, typed=request.POST)  # fmt: skip


FILES = ("export", DONORS)
"""Jobs that write a file."""


@require_http_methods(["GET", "HEAD", "POST"])
@acting(OFFICE, AUDITOR)
def exports(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Files that one asked for, and how far they are; ask for another."""
    if request.method == "POST":
        ending = request.POST.get("ending", "")
        if ending not in ENDINGS:
            return pages.page(request, "nothing", status=404, person=person)
        ask(person.store, "export", person.name, ending=ending)
        return HttpResponseRedirect("/exports")
    jobs = [one for one in jobs_of(person.store, person.name) if one.kind in FILES]
    waits = any(one.ended is None for one in jobs)
    return pages.page(request, "exports", person=person, jobs=jobs, waits=waits, endings=ENDINGS)


@require_safe
@acting(OFFICE, AUDITOR)
def fetch(request: HttpRequest, person: SignedIn, number: int) -> HttpResponseBase:
    """A file that one asked for."""
    job = next((one for one in jobs_of(person.store, person.name) if one.pk == number), None)
    name = "" if job is None else str(job.result.get("file", ""))
    file = folder_of(person.store, number) / name if name else None
    if job is None or file is None or not file.is_file():
        return pages.page(request, "nothing", status=404, person=person)
    ending = file.suffix.removeprefix(".")
    what = str(
        say("file of all households ({ending})", ending=ending)
        if job.kind == "export"
        else say("table for donors")
    )
    taken_away(person.store, person.name, person.role, what, job.result.get("rows"))
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name)
