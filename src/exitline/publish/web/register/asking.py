"""The page that asks who it is, wherever somebody comes without having signed in."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from django.core.signing import dumps
from django.http import HttpRequest, HttpResponse

from exitline.publish.web.register import pages


def ways(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and addresses of the providers with which one may sign in."""
    onward = request.POST.get("next") or request.GET.get("next") or request.get_full_path()
    found = get_adapter().list_providers(request)
    return [(one.name, one.get_login_url(request, next=onward)) for one in found]


def ask(request: HttpRequest) -> HttpResponse:
    """The page that asks who it is, with what was typed kept in it."""
    kept = ""
    if request.method == "POST":
        typed = {k: v for k, v in request.POST.lists() if k != "csrfmiddlewaretoken"}
        kept = dumps(typed, compress=True, salt="kept")
    return pages.page(
        request, "sign_in", status=401 if kept else 200, next=request.get_full_path(), kept=kept,
        wrong=False, ways=ways(request),
    )  # fmt: skip
