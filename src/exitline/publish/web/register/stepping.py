"""The form of a step, made from the procedure: filled in, looked at, signed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from exitline.errors import ExitlineError
from exitline.exits.register.event import Draft
from exitline.exits.register.logbook.log import decisions_of
from exitline.exits.register.procedures.decision import columns_of
from exitline.exits.register.procedures.procedure import Procedure, Step
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.register.store.errors import (
    AuthorityError,
    StaleVersionError,
    StoreGoneError,
)
from exitline.exits.register.store.field import submissions
from exitline.exits.register.store.models import ObjectionRow, StepRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.papers.files import BroughtFile
from exitline.exits.register.store.papers.kept import sign
from exitline.exits.register.store.read.cards import CardPage, card
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import OFFICE, SignedIn, acting
from exitline.publish.web.register.papers.views import brought, kept_token
from exitline.publish.web.register.procedures import procedure_of, state_label
from exitline.publish.web.register.typed import whole
from exitline.publish.web.register.written import written

SHOWN = ("name", "village", "state", "reason", "members")
"""What a notice of ours can show."""


@dataclass(frozen=True)
class EvidenceField:
    """A column that a rule asks for: what stands on the card, and what was typed."""

    name: str
    kind: str
    value: str


@require_http_methods(["GET", "HEAD", "POST"])
@acting(OFFICE)
def step(request: HttpRequest, person: SignedIn, key: str, name: str) -> HttpResponse:
    """Show a step's form; look at its decision; sign it."""
    found = card(person.store, key, viewer=(person.name, person.role))
    procedure = procedure_of(person.store, found.row)
    taken = procedure.steps.get(name)
    if taken is None:
        return pages.page(request, "nothing", status=404, person=person)
    if person.role not in taken.by:
        return pages.page(request, "refused", status=403, person=person)
    if request.method != "POST":
        return StepForm(person, found, procedure, taken, _fresh(request, found, taken)).page(
            request
        )
    typed = dict(request.POST.items())
    form = StepForm(person, found, procedure, taken, typed)
    try:
        form.files = brought(request, person, taken.documents, typed)
        draft = form.draft()
        decision = decisions_of([draft], procedure)[0]
        unseen = decision is not None and typed.get("seen") != decision.digest
        if typed.get("do") != "sign" or unseen:  # nobody signs a decision that was not shown
            return form.page(request, decision=decision, looked=True)
        sign(
            person.store, draft, form.version, person.name, procedure=procedure,
            token=typed.get("token", "")[:64] or None, county=found.row.county.path,
            files=form.files, then=_answers(person.store, found, draft, typed),
        )  # fmt: skip
    except StaleVersionError as reason:
        again = StepForm(person, card(person.store, key), procedure, taken, typed)
        again.files = form.files
        return again.page(request, status=409, changed=reason.changed, fresh=True)
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return form.page(request, status=422, reason=reason)
    return HttpResponseRedirect(f"/household/{key}?done=signed")


class StepForm:
    """The form of one step for one household, with what was typed.

    Parameters
    ----------
    person : SignedIn
    found : CardPage
    procedure : Procedure
    taken : Step
    typed : mapping
    """

    def __init__(
        self, person: SignedIn, found: CardPage, procedure: Procedure, taken: Step,
        typed: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.person, self.found, self.procedure = person, found, procedure
        self.step, self.typed = taken, typed
        self.files: dict[str, BroughtFile] = {}

    @property
    def version(self) -> int | None:
        """The household's version that was looked at."""
        said = self.typed.get("version", "")
        return int(said) if said.isdecimal() else self.found.row.version

    @property
    def evidence(self) -> list[EvidenceField]:
        """The columns that the step's rule asks for."""
        if self.step.assesses is None:
            return []
        facts = self.found.facts
        names = sorted(columns_of(self.procedure.rule(self.step.assesses)))
        return [
            EvidenceField(name, _kind(facts.get(name)), self.typed.get(f"evidence.{name}", ""))
            for name in names
        ]

    @property
    def categories(self) -> tuple[str, ...]:
        """Kinds of the state that the step leads to."""
        state = self.procedure.states.get(self.step.to or "")
        return state.categories if state else ()

    def draft(self) -> Draft:
        """What was typed, as a draft; the person and the role are those signed in."""
        row: dict[str, Any] = {
            "household": self.found.row.key, "step": self.step.name,
            "on": self.typed.get("on", ""), "actor": self.person.name, "role": self.person.role,
            "category": self.typed.get("category", ""), "reason": self.typed.get("reason", ""),
            "documents": "; ".join(self._papers()),
        }  # fmt: skip
        for field in self.evidence:
            row[f"evidence.{field.name}"] = field.value
        found = draft_of(row, where="form")
        if self.step.assesses and found.evidence is None:
            return replace(found, evidence={})  # all of it was left out: nothing is met
        return found

    def _papers(self) -> list[str]:
        """The papers that are there, as `draft_of` reads them."""
        found = []
        for kind in self.step.documents:
            if not self.typed.get(f"paper.{kind}"):
                continue
            reference = self.typed.get(f"reference.{kind}", "").strip()
            shown = [name for name in SHOWN if self.typed.get(f"shows.{kind}.{name}")]
            shows = f"({', '.join(shown)})" if shown else ""
            found.append(kind + (f"={reference}" if reference else "") + shows)
        return found

    def page(self, request: HttpRequest, *, status: int = 200, **given: Any) -> HttpResponse:
        """The page of the form."""
        names = {"decision": None, "looked": False, "reason": None, "changed": (), "fresh": False}
        earlier = None
        if self.step.approves:
            event = self.found.history.last(self.step.approves, case=self.step.case)
            earlier = event.decision if event else None
        return pages.page(
            request, "step", status=status, person=self.person, card=self.found, step=self.step,
            procedure=self.procedure, form=self, typed=self.typed, earlier=earlier, known=SHOWN,
            state=state_label(self.procedure, self.found.row.state),
            version=self.found.row.version if given.get("fresh") else self.version,
            tokens={kind: kept_token(self.person.name, one) for kind, one in self.files.items()},
            **{**names, **given},
        )  # fmt: skip


def _fresh(request: HttpRequest, found: CardPage, taken: Step) -> dict[str, str]:
    """A form that nobody has typed in: today, the card's facts, the usual fields of a notice."""
    typed = {"on": date.today().isoformat(), "token": secrets.token_urlsafe(16)}
    typed["version"] = str(found.row.version)
    typed |= {f"evidence.{name}": written(value) for name, value in found.facts.items()}
    for kind in taken.documents:
        typed[f"shows.{kind}.name"] = typed[f"shows.{kind}.village"] = "yes"
    receipt = request.GET.get("objection", "")
    if receipt:
        store = request.person.store
        with store.transaction():
            row = _objection(store, found, receipt)
            if row is not None:
                typed |= {"objection": receipt, "reason": row.text}
    number = whole(request.GET.get("submission", ""))
    row = submissions.waiting(request.person.store, number) if number else None
    if row is not None and row.household_id == found.row.pk:
        said = {k: v for k, v in row.content.items() if k != "words"}
        typed |= {**said, "submission": str(number)}
    return typed


def _answers(
    store: Store, found: CardPage, draft: Draft, typed: Mapping[str, str]
) -> Callable[[], None] | None:
    """What is done with a step's signing: an objection is taken up, a submission settled."""
    receipt, number = typed.get("objection", ""), whole(typed.get("submission", ""))
    if not receipt and not number:
        return None

    def then() -> None:
        row = _objection(store, found, receipt) if receipt else None
        if row is not None:
            steps = StepRow.objects.using(store.alias).filter(household=found.row, step=draft.step)
            row.taken_up = steps.order_by("-place").first()
            row.save(using=store.alias)
        if number and submissions.waiting(store, number) is not None:
            submissions.settle(store, number, submissions.TAKEN)

    return then


def _objection(store: Store, found: CardPage, receipt: str) -> ObjectionRow | None:
    """An objection about this household that nobody has taken up."""
    rows = ObjectionRow.objects.using(store.alias).filter(household=found.row, taken_up=None)
    made: ObjectionRow | None = rows.filter(receipt=receipt).first()
    return made


def _kind(value: Any) -> str:
    """How a column is asked for: yes or no, or in words and numbers."""
    return "yes or no" if isinstance(value, bool) else "text"
