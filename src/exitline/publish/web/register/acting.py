"""Who asks: signed in, in one of their assignments of today, as far as its area."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store.models import AssignmentRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.second_factor import needs_second_factor
from exitline.exits.register.store.write.authority import assignments_and_procedure
from exitline.publish.web.register import opened, pages
from exitline.publish.web.register.asking import ask
from exitline.publish.web.register.procedures import by_digest
from exitline.words.said import collected

AUDITOR, ADMINISTRATOR = collected("auditor"), collected("administrator")
OFFICE = "office"
"""Every role of a procedure."""


@dataclass(frozen=True)
class SignedIn:
    """A person in one assignment.

    Parameters
    ----------
    name : str
    assignments : tuple of AssignmentRow
        Of today.
    held : AssignmentRow
        The one that the person acts in.
    under : str
        Digest of the procedure adopted last.
    """

    name: str
    assignments: tuple[AssignmentRow, ...]
    held: AssignmentRow
    under: str

    @property
    def role(self) -> str:
        """The role acted in."""
        return str(self.held.role)

    @property
    def kind(self) -> str:
        """Auditor, administrator, or office."""
        return self.role if self.role in (AUDITOR, ADMINISTRATOR) else OFFICE

    @property
    def store(self) -> Store:
        """The register as far as the assignment's area."""
        return opened.store().within(str(self.held.path))

    @property
    def keeps_cards(self) -> bool:
        """Whether the procedure lets the role write cards."""
        return self.kind == OFFICE and self.procedure.may_write_cards(self.role)

    @property
    def procedure(self) -> Procedure:
        """The one under which new steps are taken."""
        return by_digest(self.store, self.under)


def who(request: HttpRequest) -> SignedIn | None:
    """The person who asks; None where nobody is signed in, or without an assignment today."""
    if not request.user.is_authenticated:
        return None
    name = request.user.get_username()
    found, under = assignments_and_procedure(opened.store(), name, date.today())
    if not found:
        return None
    chosen = request.session.get("held")
    held = next((one for one in found if [one.role, one.path] == chosen), found[0])
    return SignedIn(name, found, held, under)


def acting(*kinds: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for people of these kinds alone; it is handed the person."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def checked(request: HttpRequest, **given: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return ask(request)
            person = who(request)
            if person is None or person.kind not in kinds:
                return pages.page(request, "refused", status=403, person=person)
            if not strong_enough(request, person):
                return pages.page(request, "second_factor", status=403, person=person)
            request.person = person
            return view(request, person, **given)

        return checked

    return decorate


def strong_enough(request: HttpRequest, person: SignedIn) -> bool:
    """Whether a person has the second factor that the role acted in needs, if it needs one."""
    if not needs_second_factor(opened.store(), person.role):
        return True
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user))


def keeping(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for those alone who may write cards; it is handed the person."""

    @functools.wraps(view)
    def checked(request: HttpRequest, person: SignedIn, **given: Any) -> HttpResponse:
        if not person.keeps_cards:
            return pages.page(request, "refused", status=403, person=person)
        return view(request, person, **given)

    return acting(OFFICE)(checked)
