"""The papers of a household: which there are, their files, a file brought later.

Files that were brought with a form, and what the form says of them until it is signed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.signing import BadSignature, dumps, loads
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import (
    AuthorityError,
    SentTwiceError,
    StoreGoneError,
)
from exitline.exits.register.store.papers.along import PaperOfStep, papers_of
from exitline.exits.register.store.papers.files import WAITS, BroughtFile, bring, opened
from exitline.exits.register.store.papers.kept import bring_later, file_of
from exitline.exits.register.store.read.cards import CardPage, card
from exitline.exits.register.store.write.looks import looked
from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import AUDITOR, OFFICE, SignedIn, acting
from exitline.publish.web.register.procedures import procedure_of
from exitline.publish.web.register.typed import whole
from exitline.words.said import say

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@require_http_methods(["GET", "HEAD", "POST"])
@acting(OFFICE, AUDITOR)
def papers(request: HttpRequest, person: SignedIn, key: str) -> HttpResponse:
    """The papers of a household's steps; a file for one of them."""
    found = card(person.store, key, viewer=(person.name, person.role))
    if request.method != "POST":
        return _page(request, person, found)
    upload, number = request.FILES.get("file"), whole(request.POST.get("document"))
    paper = next((one for one in papers_of(person.store, found.row) if one.row.pk == number), None)
    if paper is not None and not _may_bring(person, found, paper):
        return pages.page(request, "refused", status=403, person=person)
    if upload is None:
        return _page(request, person, found, status=422, wrong=say("Choose a file first."))
    try:
        one = bring(person.store, str(upload.name), upload.chunks())
        token = request.POST.get("token", "")[:64] or None
        bring_later(person.store, key, number, one, person.name, token=token)
    except SentTwiceError:
        pass
    except (AuthorityError, StoreGoneError):
        raise
    except ExitlineError as reason:
        return _page(request, person, found, status=422, reason=reason)
    return HttpResponseRedirect(f"/household/{key}/papers?done=recorded")


@require_safe
@acting(OFFICE, AUDITOR)
def file(request: HttpRequest, person: SignedIn, key: str, number: int) -> HttpResponseBase:
    """A file, to be saved: for those who may see the card, and logged."""
    found = card(person.store, key)
    one = file_of(person.store, found.row, number)
    if one is None:
        return pages.page(request, "nothing", status=404, person=person)
    path = opened(person.store, one.digest)
    looked(
        person.store,
        found.row,
        person.name,
        person.role,
        str(say("file of a paper: {digest}", digest=one.digest[:12])),
    )
    name = f"{key}-{one.digest[:12]}.{ENDINGS[one.kind]}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=one.kind)


def _page(
    request: HttpRequest, person: SignedIn, found: CardPage, *, status: int = 200,
    reason: Any = None, wrong: str = "",
) -> HttpResponse:  # fmt: skip
    procedure = procedure_of(person.store, found.row)
    rows = papers_of(person.store, found.row)
    return pages.page(
        request, "papers", status=status, person=person, card=found, rows=rows, reason=reason,
        wrong=wrong, token=secrets.token_urlsafe(16),
        may={one.row.pk for one in rows if _may_bring(person, found, one)},
        steps={name: one.label for name, one in procedure.steps.items()},
        kinds={name: one.label for name, one in procedure.documents.items()},
    )  # fmt: skip


def _may_bring(person: SignedIn, found: CardPage, paper: PaperOfStep) -> bool:
    """Whether a person may bring the file of a paper: those who take such a step."""
    step = procedure_of(person.store, found.row).steps.get(paper.step.step)
    return person.kind == OFFICE and step is not None and person.role in step.by


def brought(
    request: HttpRequest, person: SignedIn, kinds: Iterable[str], typed: dict[str, str]
) -> dict[str, BroughtFile]:
    """The files of a form by the kind of their paper; each is named in what was typed.

    Parameters
    ----------
    kinds : iterable of str
        Papers of the step.
    typed : dict
        Gets the digest as the reference of each paper that has a file.

    Raises
    ------
    StoreError
        For a file that will not do.
    """
    found = {}
    for kind in kinds:
        upload = request.FILES.get(f"file.{kind}")
        one = (
            kept_file(person.name, typed.get(f"kept.{kind}", ""))
            if upload is None
            else bring(person.store, str(upload.name), upload.chunks())
        )
        if one is not None:
            typed |= {f"paper.{kind}": "yes", f"reference.{kind}": one.digest}
            found[kind] = one
    return found


def kept_token(name: str, one: BroughtFile) -> str:
    """What a form carries of a file that its person brought."""
    return dumps(asdict(one), salt=f"paper {name}", compress=True)


def kept_file(name: str, token: str) -> BroughtFile | None:
    """The file of a token; None for one of another person, or too old."""
    try:
        return BroughtFile(**loads(token, salt=f"paper {name}", max_age=WAITS)) if token else None
    except (BadSignature, TypeError):
        return None
