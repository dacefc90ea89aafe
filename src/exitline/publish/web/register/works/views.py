"""Works: which there are, where one stands, a step on it, an inspection of what it made."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from exitline.errors import ExitlineError
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.register.store.errors import AuthorityError, StoreGoneError
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import STATES
from exitline.exits.works.stored.seen import count_states, list_works, work_page
from exitline.exits.works.stored.steps import inspect_asset, possible_work_steps, take_work_step
from exitline.exits.works.stored.tables import works_procedure
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting
from exitline.publish.web.register.typed import whole

if TYPE_CHECKING:
    from exitline.exits.register.procedures.rule import Rule

AT_ONCE = 50


@require_safe
@acting(OFFICE, AUDITOR)
def listing(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Works of the own area; by state."""
    after, state = whole(request.GET.get("after")), request.GET.get("state", "")[:100]
    found = list_works(person.store, state, AT_ONCE + 1, after)
    return pages.page(
        request, "works", person=person, rows=found[:AT_ONCE], more=len(found) > AT_ONCE,
        after=after, at_once=AT_ONCE, state=state, states=count_states(person.store),
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
        documents=documents, asked=asked, kinds=STATES, able=able, reason=reason,
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
        )  # fmt: skip
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _shown(request, person, key, status=422, reason=reason)
    return HttpResponseRedirect(f"/works/{key}?{urlencode({'done': 'recorded'})}")


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
