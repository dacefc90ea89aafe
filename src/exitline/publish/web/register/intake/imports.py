"""A table brought in: uploaded, looked at with every refusal, taken whole, undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import AuthorityError, StoreGoneError
from exitline.exits.register.store.intake import tables
from exitline.exits.register.store.intake.tables import batches, undo_own
from exitline.exits.register.store.jobs.asking import ask
from exitline.exits.register.store.jobs.kinds import looked
from exitline.exits.register.store.jobs.running import jobs_of
from exitline.exits.register.store.models import JobRow
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import ADMINISTRATOR, SignedIn, acting
from exitline.publish.web.register.intake.held import held, hold, let_go
from exitline.publish.web.register.typed import whole
from exitline.words.said import say

AT_ONCE = 500_000
"""Bytes of a table that a page waits for; a larger one is read and taken in the background."""
LAST = 50


@require_http_methods(["GET", "HEAD", "POST"])
@acting(ADMINISTRATOR)
def imports(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Imports that stand; a form to upload a table; what would be taken of it."""
    if request.method != "POST":
        number = whole(request.GET.get("looked"))
        job = next(
            (one for one in _jobs(person) if one.pk == number and "good" in one.result), None
        )
        return _page(request, person) if job is None else _looked(request, person, job)
    kind, upload = request.POST.get("kind", "")[:20], request.FILES.get("table")
    if upload is None:
        return _page(request, person, status=422, wrong=say("Choose a file first."))
    token = hold(upload)
    if not token:
        wrong = say("This is no file of the kinds named below.")
        return _page(request, person, status=422, wrong=wrong)
    name = Path(str(upload.name)).name[:100]
    if upload.size > AT_ONCE and kind in tables.KINDS:
        ask(person.store, "look", person.name, file=token, kind=kind, name=name)
        return HttpResponseRedirect("/imports?done=asked#jobs")
    return _preview(request, person, token, kind, name)


@require_POST
@acting(ADMINISTRATOR)
def take(request: HttpRequest, person: SignedIn) -> HttpResponse:
    """Take the rows of a table that was looked at."""
    typed = request.POST
    token, kind = typed.get("file", ""), typed.get("kind", "")
    file = held(token)
    if file is None:
        return _page(request, person, status=422, wrong=say("The file has gone: upload it again."))
    if file.stat().st_size > AT_ONCE:
        ask(person.store, "import", person.name, file=token, kind=kind, by=person.name,
            name=typed.get("name", "")[:100], partly=bool(typed.get("partly")))  # fmt: skip
        return HttpResponseRedirect("/imports?done=asked#jobs")
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
        request, "import_preview", person=person, found=looked(found), token=token, table=name,
        kind=kind,
    )  # fmt: skip


def _looked(request: HttpRequest, person: SignedIn, job: JobRow) -> HttpResponse:
    """What a job found in a large table."""
    given = job.given
    return pages.page(
        request, "import_preview", person=person, found=job.result, token=given["file"],
        table=given["name"], kind=given["kind"],
    )  # fmt: skip


def _jobs(person: SignedIn) -> list[JobRow]:
    """The person's latest imports in the background."""
    return [one for one in jobs_of(person.store, person.name) if one.kind in ("look", "import")]


def _page(
    request: HttpRequest, person: SignedIn, *, status: int = 200, reason: Any = None,
    wrong: str = "",
) -> HttpResponse:  # fmt: skip
    jobs = _jobs(person)
    return pages.page(
        request, "imports", status=status, person=person, batches=batches(person.store, LAST),
        kinds=list(tables.KINDS), reason=reason, wrong=wrong, jobs=jobs,
        waits=any(one.ended is None for one in jobs),
    )  # fmt: skip
