"""Steps (only ever appended), and what follows from them: standings, cases, duties, notices.

A step's `content` is the event as canonical JSON, the bytes that its hash covers. Its other
columns repeat what queries need; `audit.check` compares them with the content. Standing, Case and
Duty are derived from steps with the functions of the procedure and carry, beside the day on which
something happened, the day on which it was recorded: so a count as of a day, as known on another,
is a condition on columns.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from exitline.exits.register.store.models.base import FollowedRow, Placed, by_path


class StepRow(FollowedRow):
    """An event of a household: what was done, by whom, when, on what evidence."""

    county = models.ForeignKey(
        "register.AreaRow", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.BigIntegerField()  # place in the county's chain, from 1
    place = models.BigIntegerField()  # place among the household's steps, from 1
    step = models.TextField()
    on = models.DateField()
    recorded = models.DateField()
    actor = models.TextField()
    role = models.TextField()
    state = models.TextField()
    procedure = models.CharField(max_length=64)
    rule = models.CharField(max_length=64, blank=True, default="")
    outcome = models.TextField(blank=True, default="")
    content = models.TextField()
    hash = models.CharField(max_length=64)
    commit = models.CharField(max_length=64, blank=True, default="")  # ends a batch: hash behind

    class Meta:
        db_table = "register_step"
        constraints = (
            models.UniqueConstraint(fields=["county", "number"], name="step_number_in_county"),
            models.UniqueConstraint(fields=["household", "place"], name="step_place"),
        )
        indexes = (
            by_path("step"),
            models.Index(fields=["step", "on", "path"], name="step_by_name"),
            models.Index(fields=["recorded", "path", "step"], name="step_by_day"),
        )


class StandingRow(FollowedRow):
    """Where a household stood from a step up to the next one: a narrow row a step.

    It is what held at the end of day D, as known on day K, where `on` <= D, `recorded` <= K and
    the next step is later than one of them.
    """

    county = models.ForeignKey(
        "register.AreaRow", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.BigIntegerField()
    on = models.DateField()
    recorded = models.DateField()
    next_on = models.DateField(null=True)
    next_recorded = models.DateField(null=True)
    state = models.TextField()
    category = models.TextField(blank=True, default="")
    listed = models.BooleanField()
    since = models.DateField()  # when the household came into this state
    turned = models.BooleanField(default=False)  # it was not on the list before, or was

    class Meta:
        db_table = "register_standing"
        indexes = (
            by_path("standing", "on"),
            models.Index(
                fields=["path", "on"],
                include=["household", "number", "listed"],
                condition=models.Q(turned=True),
                name="standing_turn",
            ),
            models.Index(fields=["household", "number"], name="standing_of"),
        )


class CaseRow(FollowedRow):
    """A case of a household (an exit, a clue, an objection): begun and, perhaps, ended."""

    name = models.TextField()
    began = models.DateField()
    began_recorded = models.DateField()
    began_by = models.BigIntegerField()  # number of the step
    ended = models.DateField(null=True)
    ended_recorded = models.DateField(null=True)

    class Meta:
        db_table = "register_case"
        indexes = (
            by_path("case", "name"),
            models.Index(fields=["household", "name"], name="case_of"),
        )


class DutyRow(FollowedRow):
    """Something that has to be done by a day (a clock of a case, or a monitoring check)."""

    name = models.TextField()
    role = models.TextField()
    began = models.DateField()
    began_recorded = models.DateField()
    due = models.DateField()
    done = models.DateField(null=True)
    done_recorded = models.DateField(null=True)
    gone = models.DateField(null=True)  # the state was left: nothing is due any more
    gone_recorded = models.DateField(null=True)

    class Meta:
        db_table = "register_duty"
        indexes = (
            by_path("duty", "due"),
            models.Index(
                fields=["path", "due"],
                condition=models.Q(done__isnull=True, gone__isnull=True),
                name="duty_open",
            ),
            models.Index(
                fields=["role", "due", "path", "id"],
                condition=models.Q(done__isnull=True, gone__isnull=True),
                name="duty_of_role",
            ),
            models.Index(fields=["household", "due"], name="duty_of"),
        )


class NoticeRow(Placed):
    """A notice that a step posted: what it shows, and up to which day one may object."""

    step = models.ForeignKey(StepRow, on_delete=models.PROTECT, related_name="notices")
    kind = models.TextField()
    shows = models.JSONField(default=list)
    posted = models.DateField()
    until = models.DateField(null=True)  # first day on which the next step may be taken
    code = models.CharField(max_length=32, unique=True)  # address of its public page

    class Meta:
        db_table = "register_notice"
        indexes = (by_path("notice", "until"),)


class ObjectionRow(Placed):
    """An objection as it came in, perhaps without an account; the office answers by steps."""

    notice = models.ForeignKey(NoticeRow, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    receipt = models.CharField(max_length=32, unique=True)
    received = models.DateTimeField(default=timezone.now)
    taken_up = models.ForeignKey(StepRow, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "register_objection"
        indexes = (by_path("objection"),)


class DocumentRow(Placed):
    """A paper of a step by its digest; its bytes are kept apart from the database."""

    step = models.ForeignKey(StepRow, on_delete=models.PROTECT, related_name="papers")
    kind = models.TextField()
    digest = models.TextField(blank=True, default="")
    shows = models.JSONField(default=list)

    class Meta:
        db_table = "register_document"
        indexes = (by_path("document"),)
