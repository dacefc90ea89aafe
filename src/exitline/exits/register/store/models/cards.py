"""The card: facts as of a day, income by line, helpers, measures, visits, submissions."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from exitline.exits.register.store.models.base import Dated, FollowedRow, Placed, by_path


class CardRow(FollowedRow):
    """The facts of a household as of a day. A correction is a new card with the same day."""

    as_of = models.DateField()
    facts = models.JSONField(default=dict)  # column -> value, as conditions use them
    version = models.BigIntegerField()  # of the household, when this was written
    by = models.TextField()
    entered = models.DateTimeField(default=timezone.now)
    entered_on = models.DateField()

    class Meta:
        db_table = "register_card"
        indexes = (
            by_path("card", "as_of"),
            models.Index(fields=["household", "-as_of", "-id"], name="card_latest"),
        )


class IncomeLineRow(Placed):
    """One line of a household's income on a card."""

    card = models.ForeignKey(CardRow, on_delete=models.PROTECT, related_name="lines")
    name = models.TextField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        db_table = "register_incomeline"
        constraints = (models.UniqueConstraint(fields=["card", "name"], name="income_line_once"),)
        indexes = (by_path("incomeline"),)


class HelperRow(Placed, Dated):
    """Who helps a household, from a day to a day."""

    person = models.TextField()
    reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "register_helper"
        indexes = (by_path("helper"),)


class MeasureRow(Placed, Dated):
    """What is done for a household: its class, in words, what it costs."""

    kind = models.TextField()
    title = models.TextField(blank=True, default="")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        db_table = "register_measure"
        indexes = (by_path("measure"),)


class VisitRow(Placed):
    """A visit, or the reason for which a required one was not possible."""

    on = models.DateField()
    person = models.TextField()
    note = models.TextField(blank=True, default="")
    impossible = models.TextField(blank=True, default="")

    class Meta:
        db_table = "register_visit"
        indexes = (by_path("visit", "on"),)


class SubmissionRow(Placed):
    """A form from the field that waits for a person: it saw a version that is not the last."""

    instance = models.TextField(unique=True)
    form = models.TextField()
    saw = models.BigIntegerField()
    content = models.JSONField()
    by = models.TextField()
    received = models.DateTimeField(default=timezone.now)
    settled = models.TextField(blank=True, default="")  # "", taken, refused

    class Meta:
        db_table = "register_submission"
        indexes = (by_path("submission", "settled"),)
