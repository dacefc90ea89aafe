"""What tables of households share: where the household is, for scoping and row-level security."""

from __future__ import annotations

from typing import Any

from django.db import models

from exitline.exits.register.store.configured import set_up

set_up()  # where no Django project has: models cannot even be looked at before


class Placed(models.Model):
    """A row about a household, with the path of the area where the household is now.

    `path` follows the household when it moves. Row-level security on PostgreSQL is a range over
    it (`security.py`), and so is every query of this package.
    """

    household = models.ForeignKey(
        "register.HouseholdRow", on_delete=models.PROTECT, related_name="+"
    )
    path = models.TextField()

    class Meta:
        abstract = True


class FollowedRow(Placed):
    """A row about a household in a table that has an index of its own that begins with it."""

    household = models.ForeignKey(
        "register.HouseholdRow", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


def by_path(table: str, *more: str) -> Any:
    """The index that scoped queries and row-level security use."""
    return models.Index(fields=["path", *more], name=f"{table}_path")


class Dated(models.Model):
    """Something that holds from a day on, and up to a day that is not part of it."""

    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
