"""The register as an application of a Django project."""

from __future__ import annotations

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Models and migrations of the register; its label in a database is `register`."""

    name = "exitline.exits.register.store"
    label = "register"
    verbose_name = "Register"
    default_auto_field = "django.db.models.BigAutoField"
