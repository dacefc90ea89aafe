"""Our page around the forms of accounts: the same top, language and style as everywhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe

from exitline.publish.web.register import pages
from exitline.publish.web.register.acting import who

_HERE = "<!-- here -->"


def around(request: HttpRequest) -> dict[str, Any]:
    """What stands before and behind a form of allauth, for its templates."""

    def parts() -> tuple[str, str]:
        person = who(request) if request.user.is_authenticated else None
        text = pages.page(request, "account", person=person, mark=_HERE).content.decode()
        before, _, behind = text.partition(_HERE)
        return before, behind

    shell = SimpleLazyObject(parts)
    return {
        "shell_before": SimpleLazyObject(lambda: mark_safe(shell[0])),
        "shell_behind": SimpleLazyObject(lambda: mark_safe(shell[1])),
    }
