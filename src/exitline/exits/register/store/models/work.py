"""What is done in the background: asked by whom, how far it is, what came of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class JobRow(models.Model):
    """An export, an import or a search for pairs that nobody waits for at a page."""

    kind = models.TextField()
    given = models.JSONField(default=dict)
    path = models.TextField()  # of the area that it sees, as who asked for it
    by = models.TextField()
    asked = models.DateTimeField(default=timezone.now)
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)  # of the job: a file's name, numbers
    fault = models.TextField(blank=True, default="")

    class Meta:
        db_table = "register_job"
        indexes = (models.Index(fields=["path", "by", "-id"], name="job_path"),)
