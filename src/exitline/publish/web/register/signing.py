"""Signing in and out; a form that was sent after the session ended is not lost."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from allauth.account.forms import LoginForm
from django.contrib.auth import logout
from django.core.signing import BadSignature, loads
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST, require_safe

from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import who
from exitline.publish.web.register.asking import ways

KEPT = "kept"
"""Where a session keeps what was typed before signing in."""
SCRIPTS = ("mfa/js/webauthn-json.js", "mfa/js/webauthn.js", "account/js/onload.js")
"""Of django-allauth: passkeys need the browser."""


def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in; go on where one was, with what was typed."""
    onward = _onward(request)
    if request.method != "POST":
        return pages.page(request, "sign_in", next=onward, kept="", wrong=False, ways=ways(request))
    given = {"login": request.POST.get("name", ""), "password": request.POST.get("password", "")}
    kept = request.POST.get("kept", "")
    form = LoginForm(given, request=request)
    if not form.is_valid():
        return pages.page(request, "sign_in", status=401, next=onward, kept=kept, wrong=True,
                          ways=ways(request))  # fmt: skip
    if _typed(kept):
        request.session[KEPT] = kept
        onward = f"/sign-in/kept?{urlencode({'next': onward})}"
    found: HttpResponse = form.login(request, redirect_url=onward)  # perhaps a second factor first
    return found


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """What was typed before signing in, to go on with."""
    typed = _typed(request.session.pop(KEPT, ""))
    if not typed or not request.user.is_authenticated:
        return HttpResponseRedirect("/")
    return pages.page(request, "kept", person=who(request), next=_onward(request), typed=typed)


def _onward(request: HttpRequest) -> str:
    """Where one wanted to go: an address of ours."""
    onward = str(request.POST.get("next") or request.GET.get("next") or "/")
    return onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else "/"


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
    response = HttpResponseRedirect(_onward(request))
    response.set_cookie(pages.LANGUAGE, request.POST.get("code", "en")[:5], max_age=31536000,
                        samesite="Lax", httponly=True)  # fmt: skip
    return response


@require_safe
def static(request: HttpRequest, name: str) -> HttpResponse:
    """A file that pages bring along."""
    kinds = {"register.css": "text/css", "htmx.min.js": "text/javascript"}
    if name in SCRIPTS:
        return HttpResponse(_script(name), content_type="text/javascript; charset=utf-8",
                            headers={"Cache-Control": "max-age=3600"})  # fmt: skip
    if name not in kinds:
        return pages.page(request, "nothing", status=404)
    return HttpResponse(pages.static(name), content_type=f"{kinds[name]}; charset=utf-8",
                        headers={"Cache-Control": "max-age=3600"})  # fmt: skip


@cache
def _script(name: str) -> bytes:
    """A script of django-allauth."""
    return (resources.files(f"allauth.{name.partition('/')[0]}") / "static" / name).read_bytes()


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that did not come from a page of ours, or from one that is too old."""
    return pages.page(request, "stale_form", status=403)


def nothing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """There is nothing at an address."""
    return pages.page(request, "nothing", status=404)
