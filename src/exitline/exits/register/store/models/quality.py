"""What checks of cards found, and pairs that may be one household."""

from __future__ import annotations

from django.db import models

from exitline.exits.register.store.models.base import Placed, by_path


class FindingRow(Placed):
    """A numbered check that a card does not pass: open, explained or corrected."""

    check_number = models.TextField()
    text = models.TextField()
    found = models.DateField()
    due = models.DateField()
    status = models.TextField(default="open")
    explanation = models.TextField(blank=True, default="")
    by = models.TextField(blank=True, default="")
    settled = models.DateField(null=True)

    class Meta:
        db_table = "register_finding"
        constraints = (
            models.UniqueConstraint(
                fields=["household", "check_number"],
                condition=models.Q(status="open"),
                name="finding_open_once",
            ),
        )
        indexes = (by_path("finding", "status"),)


class PairRow(Placed):
    """Two households that may be one; a person decides, and may take it back."""

    other = models.ForeignKey("register.HouseholdRow", on_delete=models.PROTECT, related_name="+")
    score = models.FloatField()
    why = models.TextField()
    decision = models.TextField(blank=True, default="")  # "", same, different
    by = models.TextField(blank=True, default="")
    decided = models.DateTimeField(null=True)

    class Meta:
        db_table = "register_pair"
        constraints = (models.UniqueConstraint(fields=["household", "other"], name="pair_once"),)
        indexes = (by_path("pair", "decision"),)
