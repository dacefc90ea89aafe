"""Django, set up once in a process."""

from __future__ import annotations

import secrets
from typing import Any

SETTINGS: dict[str, Any] = {
    "INSTALLED_APPS": ["exitline.exits.register.store"],
    "DATABASES": {},
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "TIME_ZONE": "UTC",
    "ROOT_URLCONF": "exitline.publish.web.figures.nowhere",
    "STATIC_URL": "/static/",
    "USE_TZ": True,
}
"""Settings of the project; the register's database is named where a register is opened."""


def set_up() -> None:
    """Set Django up for read-only pages, unless it is set up already.

    Examples
    --------
    >>> set_up()
    >>> from django.conf import settings
    >>> settings.configured, settings.DEBUG
    (True, False)
    """
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(SECRET_KEY=secrets.token_urlsafe(50), **SETTINGS)
    django.setup()
