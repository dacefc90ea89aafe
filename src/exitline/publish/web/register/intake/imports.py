"""A table brought in: uploaded, looked at with every refusal, taken whole, undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import AuthorityError, StoreGoneError
from exitline.exits.register.store.intake import tables
from exitline.exits.register.store.intake.batches import batches, undo_own
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import ADMINISTRATOR, SignedIn, acting
from exitline.publish.web.register.intake.held import held, hold, let_go
from exitline.words.said import say

SHOWN_ROWS = 200
"""Refusals that a page lists row by row."""
LAST = 50


@require_http_methods(["GET", "HEAD", "POST"])
@acting(ADMINISTRATOR)
def imports(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Imports that stand; a form to upload a table; what would be taken of it."""
    if request.method != "POST":
        return _page(request, person)
    kind, upload = request.POST.get("kind", "")[:20], request.FILES.get("table")
    if upload is None:
        return _page(request, person, status=422, wrong=say("Choose a file first."))
    token = hold(upload)
    if not token:
        wrong = say("This is no file of the kinds named below.")
        return _page(request, person, status=422, wrong=wrong)
    return _preview(request, person, token, kind, Path(str(upload.name)).name[:100])


@require_POST
@acting(ADMINISTRATOR)
def take(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Take the rows of a table that was looked at."""
    typed = request.POST
    token, kind = typed.get("file", ""), typed.get("kind", "")
    file = held(token)
    if file is None:
        return _page(request, person, status=422, wrong=say("The file has gone: upload it again."))
    try:
        found = tables.preview(person.store, file, kind)
        batch = tables.take(
            person.store, found, typed.get("name", "")[:100], person.name,
            partly=bool(typed.get("partly")),
        )  # fmt: skip
    except StoreGoneError:
        raise
    except ExitlineError as reason:
        return _page(request, person, status=422, reason=reason)
    let_go(token)
    return HttpResponseRedirect(f"/imports?done=taken#import-{batch.pk}")


@require_POST
@acting(ADMINISTRATOR)
def undo(request: HttpRequest, person: SignedIn, number: int) -> HttpResponse:
    """Take an import back, as long as nobody has changed its households."""
    try:
        undo_own(person.store, number, person.name)
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _page(request, person, status=422, reason=reason)
    return HttpResponseRedirect("/imports?done=undone")


def _preview(
    request: HttpRequest, person: SignedIn, token: str, kind: str, name: str
) -> HttpResponse:
    """What would be taken, and what is wrong with every other row."""
    file = held(token)
    assert file is not None
    try:
        found = tables.preview(person.store, file, kind)
    except StoreGoneError:
        raise
    except ExitlineError as reason:
        let_go(token)
        return _page(request, person, status=422, reason=reason)
    return pages.page(
        request, "import_preview", person=person, found=found, token=token, table=name, kind=kind,
        by_kind=found.refusals.by_kind(), rows=found.refusals.rows[:SHOWN_ROWS], shown=SHOWN_ROWS,
    )  # fmt: skip


def _page(
    request: HttpRequest, person: SignedIn, *, status: int = 200, reason: Any = None,
    wrong: str = "",
) -> HttpResponse:  # fmt: skip
    return pages.page(
        request, "imports", status=status, person=person, batches=batches(person.store, LAST),
        kinds=list(tables.KINDS), reason=reason, wrong=wrong,
    )  # fmt: skip
