"""While somebody is away: who stands in, from a day to a day."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import StoreGoneError
from exitline.exits.register.store.models import AssignmentRow
from exitline.exits.register.store.write.apart import delegate
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import OFFICE, SignedIn, acting
from exitline.publish.web.register.typed import day_of


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
