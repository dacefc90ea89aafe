"""Django, set up for the register alone."""

from __future__ import annotations

from typing import Any

from exitline.errors import install_extra
from exitline.exits.register.store.errors import StoreError

APP = "exitline.exits.register.store"
SETTINGS: dict[str, Any] = {
    "INSTALLED_APPS": [APP],
    "DATABASES": {},
    "USE_TZ": True,
    "TIME_ZONE": "UTC",
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
}
"""What every Django of the house has; the web project adds to it."""


def set_up() -> None:
    """Set Django up for a command; in a web project its own settings stand already."""
    try:
        import django
        from django.conf import settings
    except ImportError as reason:
        raise StoreError(
            "the register needs Django", got="no Django", remedy=install_extra("register")
        ) from reason
    if not settings.configured:
        settings.configure(**SETTINGS)
        django.setup()
