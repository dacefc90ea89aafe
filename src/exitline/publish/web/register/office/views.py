"""Offices of areas; procedures with their versions; the state of the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from exitline.exits.register.store import texts
from exitline.exits.register.store.models import (
    AreaRow,
    AssignmentRow,
    BatchRow,
    ChainRow,
    DailyHeadRow,
    DutyRow,
    HouseholdRow,
    KeptTextRow,
    ObjectionRow,
    OfficeRow,
    StepRow,
    SubmissionRow,
)
from exitline.exits.register.store.opening import NEWEST, Store
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import ADMINISTRATOR, AUDITOR, SignedIn, acting
from exitline.version import __version__

MOST = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@acting(ADMINISTRATOR)
def offices(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Desks of the own area, and who sits there; another one."""
    store, typed = person.store, request.POST
    if request.method != "POST":
        return _offices(request, person)
    name, path = typed.get("name", "").strip()[:200], typed.get("area", "")
    with store.transaction():
        area = store.scope.of(AreaRow.objects.using(store.alias)).filter(path=path).first()
        if name and area is not None:
            OfficeRow.objects.using(store.alias).create(area=area, name=name)
            return HttpResponseRedirect("/offices?done=added")
    return _offices(request, person, status=422, refused=True)


def _offices(
    request: HttpRequest, person: SignedIn, *, status: int = 200, refused: bool = False
) -> HttpResponse:
    store, (low, high) = person.store, person.store.scope.bounds
    with store.transaction():
        rows = OfficeRow.objects.using(store.alias).select_related("area").order_by("area__path")
        areas = store.scope.of(AreaRow.objects.using(store.alias))
        found = list(rows.filter(area__path__gte=low, area__path__lt=high)[:MOST])
        sitting: dict[int, list[str]] = {}
        for one in AssignmentRow.objects.using(store.alias).exclude(office=None):
            sitting.setdefault(one.office_id, []).append(one.person)
        return pages.page(
            request, "offices", status=status, person=person, rows=found, areas=list(areas[:MOST]),
            refused=refused, typed=request.POST, sitting=sitting,
        )  # fmt: skip


@require_safe
@acting(ADMINISTRATOR, AUDITOR)
def procedures(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Every version of a procedure that steps were taken under, the newest first."""
    store = person.store
    with store.transaction():
        kept = KeptTextRow.objects.using(store.alias).filter(kind=texts.PROCEDURE).order_by("-id")
        rows = list(kept)
        steps = store.scope.of(StepRow.objects.using(store.alias))
        many = dict(steps.values_list("procedure").annotate(Count("id")))
    found = [(row, texts.procedure(store, row.digest), many.get(row.digest, 0)) for row in rows]
    return pages.page(request, "procedures", person=person, rows=found)


@require_safe
@acting(ADMINISTRATOR, AUDITOR)
def procedure(request: HttpRequest, person: SignedIn, digest: str) -> HttpResponse:
    """The text of a version, as it was when steps used it."""
    store = person.store
    with store.transaction():
        kept = KeptTextRow.objects.using(store.alias).filter(kind=texts.PROCEDURE, digest=digest)
        row = kept.first()
    if row is None:
        return pages.page(request, "nothing", status=404, person=person)
    return HttpResponse(row.text, content_type="text/plain; charset=utf-8")


@require_safe
@acting(ADMINISTRATOR, AUDITOR)
def status(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Whether all is well: the database, the chains, what waits."""
    store = person.store
    with store.transaction() as cursor:
        cursor.execute("SELECT count(*) FROM register_chain")
        return pages.page(
            request, "status", person=person, facts=_facts(store), now=timezone.now(),
            version=__version__, tables=NEWEST, engine="PostgreSQL" if store.postgres else "SQLite",
        )  # fmt: skip


def _facts(store: Store) -> dict[str, Any]:
    """What stands in the register, and what waits; inside of a transaction."""
    alias, of = store.alias, store.scope.of
    steps = ChainRow.objects.using(alias).values_list("count", flat=True)
    head = DailyHeadRow.objects.using(alias).order_by("-day").first()
    last = of(StepRow.objects.using(alias)).order_by("-id").values_list("recorded", flat=True)
    batch = BatchRow.objects.using(alias).order_by("-id").values_list("at", flat=True).first()
    duties = of(DutyRow.objects.using(alias)).filter(done=None, gone=None, household__gone="")
    day: datetime | None = batch
    return {
        "households": of(HouseholdRow.objects.using(alias)).filter(gone="").count(),
        "steps": sum(steps), "chains": len(steps), "head": head,
        "last": last.first(), "import_": None if day is None else day.date(),
        "late": duties.filter(due__lt=date.today()).count(),
        "objections": of(ObjectionRow.objects.using(alias)).filter(taken_up=None).count(),
        "submissions": of(SubmissionRow.objects.using(alias)).filter(settled="").count(),
    }  # fmt: skip
