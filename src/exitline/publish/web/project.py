"""Django, set up once in a process: one project for figures and for the register."""

from __future__ import annotations

import secrets
from typing import Any

from exitline.exits.register.store import configured
from exitline.publish.web.register.accounts import settings as accounts

SETTINGS: dict[str, Any] = {
    **configured.SETTINGS,
    "INSTALLED_APPS": [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        *accounts.APPS,
        configured.APP,
    ],
    "ROOT_URLCONF": "exitline.publish.web.register.urls",
    "MIDDLEWARE": [
        "exitline.publish.web.register.around.around",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    "CSRF_FAILURE_VIEW": "exitline.publish.web.register.signing.csrf_failed",
    "CSRF_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_AGE": 8 * 3600,
    "SESSION_COOKIE_NAME": "register",
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 500_000,
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": 500,
    "STATIC_URL": "/static/",
    "LOGGING_CONFIG": None,
    **accounts.SETTINGS,
}
"""Settings of the project; the register's database is named where a register is opened."""


def set_up() -> None:
    """Set Django up, unless it is set up already.

    Examples
    --------
    >>> set_up()
    >>> from django.conf import settings
    >>> settings.configured, settings.DEBUG
    (True, False)
    """
    import logging

    import django
    from django.conf import settings

    logging.getLogger("django").addHandler(logging.NullHandler())  # it would name addresses

    if not settings.configured:
        settings.configure(SECRET_KEY=secrets.token_urlsafe(50), **SETTINGS)
    django.setup()
