"""What makes the register checkable: chains, published heads, kept texts, views."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from exitline.exits.register.store.models.base import Placed, by_path


class ChainRow(models.Model):
    """The end of a county's chain of steps; a writer holds this row while it appends."""

    county = models.OneToOneField("register.AreaRow", on_delete=models.PROTECT, primary_key=True)
    head = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)
    last_recorded = models.DateField(null=True)

    class Meta:
        db_table = "register_chain"


class DailyHeadRow(models.Model):
    """The Merkle root over the counties' heads at the end of a day, to be published."""

    day = models.DateField(unique=True)
    root = models.CharField(max_length=64)
    leaves = models.JSONField()  # [[county path, steps, head], ...] in the order of the tree
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "register_dailyhead"


class KeptTextRow(models.Model):
    """A procedure or rule as it was when steps used it; a standard it needs."""

    digest = models.CharField(max_length=64)
    kind = models.TextField()  # procedure, rule
    name = models.TextField()
    text = models.TextField()
    adopted = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "register_kepttext"
        constraints = (models.UniqueConstraint(fields=["kind", "digest"], name="text_once"),)


class SettingRow(models.Model):
    """A setting of the store: the fingerprint of its key, its procedure, when it was made."""

    name = models.TextField(primary_key=True)
    value = models.TextField()

    class Meta:
        db_table = "register_setting"


class ViewLogRow(Placed):
    """Who looked at a card, when, in which role."""

    person = models.TextField()
    role = models.TextField()
    what = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "register_viewlog"
        indexes = (by_path("viewlog"),)
