"""Files of papers, lists that were taken away, and visits that a list asks for."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from exitline.exits.register.store.models.base import Placed, by_path
from exitline.exits.register.store.models.cards import VisitRow
from exitline.exits.register.store.models.steps import DocumentRow


class PaperRow(Placed):
    """The file of a paper: its bytes lie in the folder of papers, under their digest."""

    document = models.ForeignKey(DocumentRow, on_delete=models.PROTECT, related_name="files")
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    kind = models.TextField()  # what its bytes are: application/pdf, image/jpeg, image/png
    name = models.TextField(blank=True, default="")  # as it was brought
    signed = models.BooleanField()  # whether the step itself names the digest
    by = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "register_paper"
        constraints = (models.UniqueConstraint(fields=["document", "digest"], name="paper_once"),)
        indexes = (by_path("paper"),)


class DownloadRow(models.Model):
    """Who took a list of households away, of which area, when, in which role."""

    path = models.TextField()
    person = models.TextField()
    role = models.TextField()
    what = models.TextField()
    rows = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "register_download"
        indexes = (by_path("download"),)


class VisitListRow(models.Model):
    """A list of households to visit: a watch list, or a sample for an assessment."""

    path = models.TextField()
    kind = models.TextField()  # watch, assessment
    title = models.TextField()
    by = models.TextField()
    made = models.DateField()
    record = models.JSONField(default=dict)  # how it came about: days, seed, plan, digest

    class Meta:
        db_table = "register_visitlist"
        indexes = (by_path("visitlist"),)


class AskedVisitRow(Placed):
    """A visit that a list asks for, by a day; the visit that was made, and what it found.

    Kind and title are those of the list, which may be of a wider area than its reader sees.
    """

    of = models.ForeignKey(VisitListRow, on_delete=models.PROTECT, related_name="visits")
    kind = models.TextField()
    title = models.TextField()
    rank = models.IntegerField()
    why = models.TextField(blank=True, default="")
    due = models.DateField()
    facts = models.JSONField(default=dict)  # of the list: group, weight ...
    visit = models.ForeignKey(VisitRow, null=True, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)

    class Meta:
        db_table = "register_askedvisit"
        constraints = (
            models.UniqueConstraint(fields=["of", "household"], name="asked_once_in_a_list"),
        )
        indexes = (by_path("askedvisit", "due"),)
