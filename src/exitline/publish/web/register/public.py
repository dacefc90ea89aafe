"""Pages without an account: a notice, an objection to it, its receipt, the server's health."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exitline.exits.register.store import texts
from exitline.exits.register.store.models import MemberRow, NoticeRow, ObjectionRow
from exitline.publish.web.register import opened, pages
from exitline.publish.web.register.procedures import state_label

LONGEST = 5000
"""Most letters of an objection."""
MOST_OF_ONE, MOST_OF_ALL = 5, 20
"""Objections an hour, from one address and to one notice."""


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """A notice: only what it was posted with, and only until its day."""
    found = _notice(code)
    if found is None:
        return pages.page(request, "nothing", status=404)
    return _notice_page(request, found)


def _notice(code: str) -> NoticeRow | None:
    """The notice of a code."""
    store = opened.store()
    with store.transaction():
        rows = NoticeRow.objects.using(store.alias).filter(code=code)
        made: NoticeRow | None = rows.select_related("household", "household__area", "step").first()
        return made


def _notice_page(
    request: HttpRequest, found: NoticeRow, *, status: int = 200, **given: object
) -> HttpResponse:
    """The page of a notice; one that has expired says so, and nothing of the household."""
    is_open = found.until is None or date.today() < found.until
    store = opened.store()
    procedure = texts.procedure(store, found.step.procedure)
    told = procedure.steps[found.step.step]
    row, shown = found.household, []
    if is_open:
        with store.transaction():
            members = MemberRow.objects.using(store.alias).filter(household=row, until=None).count()
        values = {
            "name": row.name, "village": row.area.name, "members": members,
            "state": state_label(procedure, found.step.state), "reason": told.label or told.name,
        }  # fmt: skip
        shown = [(name, values[name]) for name in found.shows if name in values]
    return pages.page(
        request, "notice", status=status, notice=found, is_open=is_open, shown=shown,
        told=told, kind=procedure.documents[found.kind].label,
        **{"typed": "", "refused": "", **given},
    )  # fmt: skip


@require_POST
def object_to(request: HttpRequest, code: str) -> HttpResponse:
    """Take in an objection: a receipt, a limit, no account."""
    found = _notice(code)
    if found is None:
        return pages.page(request, "nothing", status=404)
    if found.until is not None and date.today() >= found.until:
        return _notice_page(request, found, status=410)
    text = request.POST.get("text", "").strip()
    if not 10 <= len(text) <= LONGEST:
        return _notice_page(request, found, status=422, typed=text, refused="length")
    if _too_many(request, found):
        return _notice_page(request, found, status=429, typed=text, refused="many")
    store = opened.store().within(found.path)
    receipt = secrets.token_urlsafe(9)
    with store.transaction():
        ObjectionRow.objects.using(store.alias).create(
            household=found.household, path=found.path, notice=found, text=text, receipt=receipt
        )
    return HttpResponseRedirect(f"/objection/{receipt}")


def _too_many(request: HttpRequest, found: NoticeRow) -> bool:
    """Whether one address, or all together, have sent enough for this hour."""
    address = f"objections:{request.META.get('REMOTE_ADDR', '')}"
    sent = cache.get(address, 0)
    store = opened.store()
    since = timezone.now() - timedelta(hours=1)
    with store.transaction():
        rows = ObjectionRow.objects.using(store.alias).filter(notice=found, received__gt=since)
        if sent >= MOST_OF_ONE or rows.count() >= MOST_OF_ALL:
            return True
    cache.set(address, sent + 1, 3600)
    return False


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What has become of an objection; its text is not shown."""
    store = opened.store()
    with store.transaction():
        rows = ObjectionRow.objects.using(store.alias).filter(receipt=code)
        found = rows.select_related("taken_up").first()
    if found is None:
        return pages.page(request, "nothing", status=404)
    return pages.page(request, "receipt", objection=found)


@require_http_methods(["GET", "HEAD"])
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Whether the server and its database answer."""
    store = opened.store()
    with store.transaction() as cursor:
        cursor.execute("SELECT count(*) FROM register_chain")
        chains = cursor.fetchone()[0]
    return JsonResponse({"status": "ok", "database": "answers", "chains": chains})
