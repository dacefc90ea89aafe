"""What stands around every view: headers, faults in words, a log without personal data."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.core.exceptions import DisallowedHost, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from exitline.errors import ExitlineError
from exitline.exits.register.errors import UnknownHouseholdError
from exitline.exits.register.store.errors import (
    AuthorityError,
    GoneHouseholdError,
    StoreGoneError,
)
from exitline.publish.web.register import pages
from exitline.stats.data.readers.declaring import as_upload

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
log = logging.getLogger("exitline.register")
View = Callable[[HttpRequest], HttpResponse]


class Around:
    """Django middleware; the first of all."""

    def __init__(self, inner: View) -> None:
        self._inner = inner

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, and say so."""
        begun = time.perf_counter()
        try:
            request.get_host()
            with as_upload():
                response = self._inner(request)
        except DisallowedHost:
            response = HttpResponse("this server is not called that\n", status=421,
                                    content_type="text/plain")  # fmt: skip
        except (OperationalError, InterfaceError) as reason:
            response = self.process_exception(request, reason) or HttpResponse(status=500)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        _say(request, response.status_code, time.perf_counter() - begun)
        return response

    def process_exception(self, request: HttpRequest, reason: Exception) -> HttpResponse | None:
        """A fault as a page: what is wrong, and what to do."""
        person = getattr(request, "person", None)
        if isinstance(reason, GoneHouseholdError):
            return pages.page(request, "gone", status=410, person=person, why=reason.got or "")
        if isinstance(reason, UnknownHouseholdError | Http404):
            return pages.page(request, "nothing", status=404, person=person)
        if isinstance(reason, AuthorityError | PermissionDenied):
            return pages.page(request, "refused", status=403, person=person)
        if isinstance(reason, StoreGoneError | OperationalError | InterfaceError):
            log.error(
                json.dumps({"at": _now(), "fault": "database", "kind": type(reason).__name__})
            )
            return pages.page(request, "away", status=503, kept=_kept(request))
        if isinstance(reason, ExitlineError):
            return pages.page(request, "fault", status=400, person=person, reason=reason)
        place = reason.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = "" if place is None else f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}"
        log.error(json.dumps({"at": _now(), "fault": type(reason).__name__, "where": where}))
        return pages.page(request, "fault", status=500, person=person, reason=None)


around = Around


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, so that it can be sent again."""
    if request.method != "POST":
        return []
    return [(k, v) for k, many in request.POST.lists() for v in many if k != "csrfmiddlewaretoken"]


def _say(request: HttpRequest, status: int, seconds: float) -> None:
    """One line for a request: the name of its address, never the address itself."""
    match = request.resolver_match
    log.info(json.dumps({
        "at": _now(), "method": request.method, "view": match.view_name if match else "",
        "status": status, "ms": round(1000 * seconds, 1),
    }))  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
