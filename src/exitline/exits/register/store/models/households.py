"""Households, their members, identifiers that cannot be read back, and what changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from exitline.exits.register.store.models.base import Dated, FollowedRow, Placed, by_path


class HouseholdRow(models.Model):
    """A household and where it stands after its last change.

    `version` counts every change (a step, a card, a member ...); whoever changes something says
    which version they saw. State columns are those of the last step; for any other day ask
    `read.as_of`.
    """

    key = models.TextField()  # the office's id, unique in a county
    county = models.ForeignKey("register.AreaRow", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(
        "register.AreaRow", on_delete=models.PROTECT, related_name="households"
    )
    path = models.TextField()
    name = models.TextField(blank=True, default="")
    version = models.BigIntegerField(default=0)
    steps = models.BigIntegerField(default=0)
    state = models.TextField(default="")
    category = models.TextField(blank=True, default="")
    listed = models.BooleanField(default=False)
    state_since = models.DateField(null=True)
    last_on = models.DateField(null=True)
    procedure = models.TextField(blank=True, default="")  # digest of the last step's
    batch = models.ForeignKey("register.BatchRow", null=True, on_delete=models.PROTECT)
    gone = models.TextField(blank=True, default="")  # merged, moved away, taken back: why
    gone_on = models.DateField(null=True)  # counted up to the day before
    gone_recorded = models.DateField(null=True)
    came_from = models.TextField(blank=True, default="")  # split from, moved from: history copied
    came_on = models.DateField(null=True)  # counted from this day on, whatever its steps' days

    class Meta:
        db_table = "register_household"
        constraints = (
            models.UniqueConstraint(
                fields=["county", "key"],
                condition=models.Q(gone=""),
                name="household_key_in_county",
            ),
        )
        indexes = (
            by_path("household", "state"),
            models.Index(fields=["path", "key"], name="household_by_key"),
            models.Index(
                fields=["gone_on", "came_on"],
                condition=models.Q(gone_on__isnull=False) | models.Q(came_on__isnull=False),
                name="household_for_some_time",
            ),
            models.Index(fields=["key"], name="household_key"),
        )


class ChangeRow(FollowedRow):
    """One version of a household: what was changed, by whom, when. Written once."""

    version = models.BigIntegerField()
    what = models.TextField()  # "step: verify", "card", "member" ...
    by = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    token = models.TextField(null=True)  # of a form: sent twice, taken once

    class Meta:
        db_table = "register_change"
        constraints = (
            models.UniqueConstraint(fields=["household", "version"], name="change_version"),
            models.UniqueConstraint(fields=["token"], name="change_token"),
        )
        indexes = (by_path("change"),)


class MemberRow(Placed, Dated):
    """A person of a household, from a day to a day."""

    number = models.IntegerField()
    name = models.TextField()
    sex = models.TextField(blank=True, default="")
    born = models.DateField(null=True)
    relation = models.TextField(blank=True, default="")
    head = models.BooleanField(default=False)
    worker = models.BooleanField(null=True)
    batch = models.ForeignKey("register.BatchRow", null=True, on_delete=models.PROTECT)
    left_by = models.TextField(blank=True, default="")  # death, marriage out, moved ...

    class Meta:
        db_table = "register_member"
        constraints = (
            models.UniqueConstraint(fields=["household", "number"], name="member_number"),
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(head=True, until__isnull=True),
                name="one_head_of_a_household",
            ),
        )
        indexes = (by_path("member"),)


class IdentifierRow(Placed):
    """A national id or the like as a keyed hash: the plain value is never stored."""

    member = models.ForeignKey(MemberRow, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "register_identifier"
        constraints = (models.UniqueConstraint(fields=["kind", "hash"], name="identifier_once"),)
        indexes = (by_path("identifier"),)


class BatchRow(models.Model):
    """Rows that came in together (an import), so that they can be taken back together."""

    name = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    rows = models.BigIntegerField(default=0)
    undone = models.DateTimeField(null=True)

    class Meta:
        db_table = "register_batch"


class TransferRow(models.Model):
    """A household on its way to another county: what goes with it, and what became of it.

    Both counties see it: the one it left (`from_path`) and the one it goes to (`path`).
    """

    household = models.ForeignKey(HouseholdRow, on_delete=models.PROTECT, related_name="+")
    path = models.TextField()
    from_path = models.TextField()
    key = models.TextField()
    content = models.JSONField()  # name, members, cards, measures, events
    reason = models.TextField(blank=True, default="")
    sent_by = models.TextField()
    sent_on = models.DateField()
    status = models.TextField(default="sent")  # sent, taken, refused, back
    settled_by = models.TextField(blank=True, default="")
    settled_on = models.DateField(null=True)
    words = models.TextField(blank=True, default="")

    class Meta:
        db_table = "register_transfer"
        indexes = (
            by_path("transfer", "status"),
            models.Index(fields=["from_path", "status"], name="transfer_from"),
        )
