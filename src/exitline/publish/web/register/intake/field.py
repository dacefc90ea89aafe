"""Forms for phones, lists of households, and submissions that wait for a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import StoreGoneError
from exitline.exits.register.store.field import submissions, xlsform
from exitline.exits.register.store.field.pulled import known_server
from exitline.exits.register.store.jobs.asking import ask
from exitline.exits.register.store.jobs.running import jobs_of
from exitline.exits.register.store.models import CardRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.looks import taken_away
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import OFFICE, SignedIn, acting
from exitline.publish.web.register.intake.held import held, hold, let_go
from exitline.publish.web.register.procedures import current
from exitline.words.said import say

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@acting(OFFICE)
def field(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Forms of the own steps, the own list, submissions; a form to bring some in."""
    if request.method != "POST":
        return _page(request, person)
    upload, name = request.FILES.get("file"), request.POST.get("step", "")
    procedure = current(person.store)
    step = procedure.steps.get(name)
    if step is None or person.role not in step.by:
        return pages.page(request, "refused", status=403, person=person)
    if request.POST.get("do") == "fetch" and known_server() is not None:
        form = request.POST.get("form", "").strip()[:200] or xlsform.form_id(step)
        ask(person.store, "pull", person.name, step=name, form=form, by=person.name)
        return HttpResponseRedirect("/field")
    token = hold(upload) if upload is not None else ""
    file = held(token)
    if file is None:
        wrong = say("This is no file of the kinds named below.")
        return _page(request, person, status=422, wrong=wrong)
    try:
        taken = submissions.bring_in(person.store, file, step, procedure, person.name)
    except StoreGoneError:
        raise
    except ExitlineError as reason:
        return _page(request, person, status=422, reason=reason)
    finally:
        let_go(token)
    return _page(request, person, taken=taken)


@require_safe
@acting(OFFICE)
def form(request: HttpRequest, person: SignedIn, name: str) -> HttpResponse:
    """The form of a step as a workbook."""
    procedure = current(person.store)
    step = procedure.steps.get(name)
    if step is None:
        return pages.page(request, "nothing", status=404, person=person)
    if person.role not in step.by:
        return pages.page(request, "refused", status=403, person=person)
    content = xlsform.xlsform(procedure, step, _some_facts(person.store))
    return attached(content, SHEET, f"{xlsform.form_id(step)}.xlsx")


@require_safe
@acting(OFFICE)
def entities(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """The list of households that goes along with a form; the own ones where one helps some."""
    helper = person.name if request.GET.get("mine") else ""
    content = xlsform.entities(person.store, helper=helper)
    rows = max(0, content.count("\n") - 1)
    taken_away(
        person.store, person.name, person.role, str(say("list of households for phones")), rows
    )
    return attached(content.encode(), "text/csv; charset=utf-8", f"{xlsform.LIST}.csv")


@require_POST
@acting(OFFICE)
def settle(request: HttpRequest, person: SignedIn, number: int) -> HttpResponse:
    """Take a submission into the form of its step, or set it aside with words."""
    row = submissions.waiting(person.store, number)
    if row is None:
        return pages.page(request, "nothing", status=404, person=person)
    step = current(person.store).steps.get(row.form)
    if step is None or person.role not in step.by:
        return pages.page(request, "refused", status=403, person=person)
    if request.POST.get("do") == "take":
        onward = urlencode({"submission": number})
        return HttpResponseRedirect(f"/household/{row.household.key}/step/{row.form}?{onward}")
    try:
        words = request.POST.get("words", "")[:2000]
        submissions.settle(person.store, number, submissions.ASIDE, words)
    except StoreGoneError:
        raise
    except ExitlineError as reason:
        return _page(request, person, status=422, reason=reason)
    return HttpResponseRedirect("/field?done=aside")


def attached(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to be saved."""
    return HttpResponse(
        content, content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _page(
    request: HttpRequest, person: SignedIn, *, status: int = 200, **given: Any
) -> HttpResponse:
    usual = {"reason": None, "wrong": "", "taken": None}
    steps = [s for s in current(person.store).steps.values() if person.role in s.by]
    return pages.page(
        request, "field", status=status, person=person, steps=steps,
        waiting=submissions.queue(person.store), mine={s.name for s in steps},
        labels={s.name: s.label for s in current(person.store).steps.values()},
        fetches=known_server() is not None,
        job=next((it for it in jobs_of(person.store, person.name) if it.kind == "pull"), None),
        **usual | given,
    )  # fmt: skip


def _some_facts(store: Store) -> dict[str, Any]:
    """The facts of some card: they tell numbers from words."""
    with store.transaction():
        rows = store.scope.of(CardRow.objects.using(store.alias)).exclude(facts={})
        return dict(rows.order_by("-id").values_list("facts", flat=True).first() or {})
