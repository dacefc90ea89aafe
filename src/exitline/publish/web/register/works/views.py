"""Works: which there are, where one stands, a step on it, an inspection of what it made."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from exitline.errors import ExitlineError
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.register.store.errors import AuthorityError, StoreGoneError
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import STATES, TABLES
from exitline.exits.works.stored.chained import known_of
from exitline.exits.works.stored.steps import (
    WRITTEN,
    correct_work,
    enter_work,
    entering_step,
    inspect_asset,
    inspecting_roles,
    may_correct,
    possible_work_steps,
    take_work_step,
)
from exitline.exits.works.stored.tables import (
    count_states,
    due_in,
    has_works,
    list_works,
    notices_in,
    work_page,
    works_procedure,
)
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting
from exitline.publish.web.register.procedures import state_label
from exitline.publish.web.register.typed import whole
from exitline.publish.works.notice import lines_of

if TYPE_CHECKING:
    from exitline.exits.register.procedures.procedure import Procedure
    from exitline.exits.register.procedures.rule import Rule

AT_ONCE = 50


@require_safe
@acting(OFFICE, AUDITOR)
def listing(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Works of the own area; by state."""
    after, state = whole(request.GET.get("after")), request.GET.get("state", "")[:100]
    found = list_works(person.store, state, AT_ONCE + 1, after)
    there = has_works(person.store)
    due = due_in(person.store, person.role, date.today()) if there and not after else []
    enters = there and person.kind == OFFICE and entering_step(person.store, person.role)
    return pages.page(
        request, "works", person=person, rows=found[:AT_ONCE], more=len(found) > AT_ONCE,
        after=after, at_once=AT_ONCE, state=state, states=count_states(person.store),
        due=due, enters=bool(enters), **_words(works_procedure(person.store) if there else None),
    )  # fmt: skip


@require_safe
@acting(OFFICE, AUDITOR)
def show(request: HttpRequest, person: SignedIn, key: str) -> HttpResponse:
    """One work."""
    return _shown(request, person, key)


def _shown(
    request: HttpRequest, person: SignedIn, key: str, *, status: int = 200, reason: Any = None
) -> HttpResponse:
    """The page of a work, with what its reader may do."""
    found = work_page(person.store, key[:200])
    if found is None:
        return pages.page(request, "nothing", status=404, person=person)
    procedure = works_procedure(person.store)
    able = person.kind == OFFICE
    steps = possible_work_steps(procedure, found.row.state, person.role) if able else ()
    documents = {one.name: one.label for one in procedure.documents.values()}
    asked = {
        one.name: _columns(procedure.rules[one.assesses]) if one.assesses else [] for one in steps
    }
    return pages.page(
        request, "work", status=status, person=person, work=found, steps=steps,
        documents=documents, asked=asked, kinds=STATES, reason=reason,
        able=able and person.role in inspecting_roles(procedure),
        corrects=able and may_correct(person.store, found.row.state, person.role),
        **_words(procedure),
    )  # fmt: skip


@require_POST
@acting(OFFICE)
def step(request: HttpRequest, person: SignedIn, key: str) -> HttpResponse:
    """Take a step on a work."""
    said = {name: request.POST.get(name, "")[:2000] for name in ("step", "on", "reason")}
    evidence = {
        name: value[:200] for name, value in request.POST.items()
        if name.startswith("evidence.") and value
    }  # fmt: skip
    documents = [name[:200] for name in request.POST.getlist("documents")]
    try:
        draft = draft_of(
            {"work": key, **said, **evidence, "actor": person.name, "role": person.role}
            | ({"documents": documents} if documents else {}), where="step",
        )  # fmt: skip
        take_work_step(person.store, draft)
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _shown(request, person, key, status=422, reason=reason)
    return HttpResponseRedirect(f"/works/{key}?{urlencode({'done': 'recorded'})}")


@require_POST
@acting(OFFICE)
def inspect(request: HttpRequest, person: SignedIn, key: str) -> HttpResponse:
    """Record what an asset of the work was found to be."""
    given = request.POST
    try:
        inspect_asset(
            person.store, given.get("asset", "")[:200], given.get("state", ""),
            _day(given.get("on", "")), person.name, given.get("note", "")[:2000],
            role=person.role, work=key,
        )  # fmt: skip
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _shown(request, person, key, status=422, reason=reason)
    return HttpResponseRedirect(f"/works/{key}?{urlencode({'done': 'recorded'})}")


@acting(OFFICE)
def enter(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """A new work, with its first step."""
    if not has_works(person.store):
        return pages.page(request, "nothing", status=404, person=person)
    first = entering_step(person.store, person.role)
    if first is None:
        return pages.page(request, "refused", status=403, person=person)
    typed, reason = request.POST, None
    if request.method == "POST":
        key = typed.get("work", "").strip()[:200]
        try:
            enter_work(
                person.store, key, _written(typed), actor=person.name, role=person.role,
                on=_day(typed.get("on", "")),
                documents=tuple(one[:200] for one in typed.getlist("documents")),
            )  # fmt: skip
        except (AuthorityError, StoreGoneError):
            raise
        except ExitlineError as fault:
            reason = fault
        else:
            return HttpResponseRedirect(f"/works/{quote(key)}?{urlencode({'done': 'recorded'})}")
    procedure = works_procedure(person.store)
    papers = {name: procedure.documents[name].label for name in first.documents}
    return pages.page(
        request, "work_form", status=422 if reason else 200, person=person, reason=reason,
        key=None, columns=_form(typed), typed=typed, documents=papers,
    )  # fmt: skip


@acting(OFFICE)
def correct(request: HttpRequest, person: SignedIn, key: str) -> HttpResponse:
    """What is known of a work, corrected."""
    found = work_page(person.store, key[:200])
    if found is None:
        return pages.page(request, "nothing", status=404, person=person)
    if not may_correct(person.store, found.row.state, person.role):
        return pages.page(request, "refused", status=403, person=person)
    typed, reason = request.POST, None
    if request.method == "POST":
        try:
            correct_work(person.store, key, _written(typed), actor=person.name, role=person.role,
                         reason=typed.get("reason", "")[:2000])  # fmt: skip
        except (AuthorityError, StoreGoneError):
            raise
        except ExitlineError as fault:
            reason = fault
        else:
            return HttpResponseRedirect(f"/works/{quote(key)}?{urlencode({'done': 'recorded'})}")
    return pages.page(
        request, "work_form", status=422 if reason else 200, person=person, reason=reason, key=key,
        columns=_form(typed or known_of(found.row)), typed=typed, documents={},
    )  # fmt: skip


@require_safe
@acting(OFFICE, AUDITOR)
def notice(request: HttpRequest, person: SignedIn, key: str) -> HttpResponse:
    """The notices of a work, to be printed and posted."""
    if not has_works(person.store):
        return pages.page(request, "nothing", status=404, person=person)
    found = notices_in(person.store, key[:200], date.today())
    t = pages.spoken(request)
    return pages.page(request, "work_notice", person=person, key=key,
                      notices=[(one, lines_of(one, t)) for one in found])  # fmt: skip


def _words(procedure: Procedure | None) -> dict[str, Any]:
    """What turns the names of states, steps and columns into words."""
    table, steps = TABLES["works"], {} if procedure is None else procedure.steps
    return {
        "state_of": partial(state_label, procedure) if procedure else str,
        "step_of": lambda name: steps[name].label if name in steps else name,
        "meaning": {one.name: one.meaning for one in table.columns},
    }


def _written(typed: Any) -> dict[str, str]:
    """What a form says of a work, by column."""
    return {name: typed.get(name, "")[:2000] for name in WRITTEN if name in typed}


def _form(known: Any) -> list[tuple[Any, Any]]:
    """The columns that a form asks for, with what is known."""
    table = TABLES["works"]
    return [(table[name], known.get(name, "")) for name in WRITTEN]


def _columns(rule: Rule) -> list[str]:
    """What a rule asks for."""
    return sorted(set().union(*(rule.columns(one) for one in rule.criteria)))


def _day(text: str) -> date:
    """A day as a form sends it."""
    try:
        return date.fromisoformat(text)
    except ValueError as reason:
        raise WorksError(
            "this is no day", where="on", expected="year-month-day", got=repr(text[:20]),
            remedy="write the day as year-month-day",
        ) from reason  # fmt: skip
