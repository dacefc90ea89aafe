"""Signing in and out; a form that was sent after the session ended is not lost."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.core.cache import cache
from django.core.signing import BadSignature, loads
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import who

MOST_TRIES = 10
"""Wrong passwords for one name in a quarter of an hour."""


def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in; go on where one was, with what was typed."""
    onward = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = "/"
    if request.method != "POST":
        return pages.page(request, "sign_in", next=onward, kept="", wrong=False)
    name, kept = request.POST.get("name", "").strip(), request.POST.get("kept", "")
    tries = f"tries:{name.casefold()[:150]}"
    user = None
    if cache.get(tries, 0) < MOST_TRIES:
        user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        cache.set(tries, cache.get(tries, 0) + 1, 900)
        return pages.page(request, "sign_in", status=401, next=onward, kept=kept, wrong=True)
    cache.delete(tries)
    login(request, user)
    typed = _typed(kept)
    if typed:
        return pages.page(request, "kept", person=who(request), next=onward, typed=typed)
    return HttpResponseRedirect(onward)


def _typed(kept: str) -> list[tuple[str, str]]:
    """What was typed before signing in."""
    try:
        found: dict[str, Any] = loads(kept, salt="kept", max_age=24 * 3600) if kept else {}
    except BadSignature:
        return []
    return [(name, value) for name, many in found.items() for value in many]


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return HttpResponseRedirect("/sign-in")


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Act in another of one's assignments."""
    person = who(request)
    chosen = request.POST.get("held", "").split("|")
    if person is not None and any([one.role, one.path] == chosen for one in person.assignments):
        request.session["held"] = chosen
    return HttpResponseRedirect("/")


@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """Choose a language."""
    onward = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = "/"
    response = HttpResponseRedirect(onward)
    response.set_cookie(pages.LANGUAGE, request.POST.get("code", "en")[:5], max_age=31536000,
                        samesite="Lax", httponly=True)  # fmt: skip
    return response


@require_safe
def static(request: HttpRequest, name: str) -> HttpResponse:
    """A file that pages bring along."""
    kinds = {"register.css": "text/css", "htmx.min.js": "text/javascript"}
    if name not in kinds:
        return pages.page(request, "nothing", status=404)
    return HttpResponse(pages.static(name), content_type=f"{kinds[name]}; charset=utf-8",
                        headers={"Cache-Control": "max-age=3600"})  # fmt: skip


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that did not come from a page of ours, or from one that is too old."""
    return pages.page(request, "stale_form", status=403)


def nothing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """There is nothing at an address."""
    return pages.page(request, "nothing", status=404)
