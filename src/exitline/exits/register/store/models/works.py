"""Works and what they made, as the tables of a works folder have them; steps only ever appended."""

from __future__ import annotations

from django.db import models


class Located(models.Model):
    """A row with the path of the area it belongs to: what is seen of it follows from that."""

    path = models.TextField()

    class Meta:
        abstract = True


class WorkRow(Located):
    """A work: what it is, for which criterion and villages, what it costs, where it stands.

    `facts` has the columns of the table of works (`exits.works.records.declared`).
    """

    key = models.TextField(unique=True)
    kind = models.TextField()
    criterion = models.TextField(blank=True, default="")
    state = models.TextField(blank=True, default="")
    facts = models.JSONField(default=dict)
    steps = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")  # hash of the last step

    class Meta:
        db_table = "register_work"
        indexes = (models.Index(fields=["path", "state"], name="work_path"),)


class WorkPartRow(Located):
    """A phase of a work, or a sum for it by source."""

    work = models.ForeignKey(WorkRow, on_delete=models.PROTECT, related_name="parts")
    table = models.TextField()  # phases, funds
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "register_workpart"


class WorkStepRow(Located):
    """A step of a work, written once; its hash covers the step before it."""

    work = models.ForeignKey(WorkRow, on_delete=models.PROTECT, related_name="taken")
    number = models.BigIntegerField()  # among the work's steps, from 1
    step = models.TextField()
    on = models.DateField()
    recorded = models.DateField()
    actor = models.TextField()
    role = models.TextField()
    state = models.TextField()
    content = models.TextField()  # the step as it was handed in, canonical JSON
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "register_workstep"
        constraints = (models.UniqueConstraint(fields=["work", "number"], name="work_step_number"),)


class AssetRow(Located):
    """A thing that stands, and may fail."""

    key = models.TextField(unique=True)
    work = models.ForeignKey(WorkRow, null=True, on_delete=models.PROTECT, related_name="assets")
    kind = models.TextField()
    facts = models.JSONField(default=dict)
    steps = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")  # hash of the last row

    class Meta:
        db_table = "register_asset"
        indexes = (models.Index(fields=["path"], name="asset_path"),)


class AssetStepRow(Located):
    """A row of an asset's chain, written once; its hash covers the row before it.

    The first has what is known of the asset and whom it serves. Inspections follow where no work
    made it: those of a work's assets are in the chain of the work.
    """

    asset = models.ForeignKey(AssetRow, on_delete=models.PROTECT, related_name="taken")
    number = models.BigIntegerField()  # among the asset's rows, from 1
    step = models.TextField()
    recorded = models.DateField()
    content = models.TextField()  # canonical JSON
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "register_assetstep"
        constraints = (
            models.UniqueConstraint(fields=["asset", "number"], name="asset_step_number"),
        )


class InspectionRow(Located):
    """What somebody found an asset to be. Written once."""

    asset = models.ForeignKey(AssetRow, on_delete=models.PROTECT, related_name="inspections")
    on = models.DateField()
    state = models.TextField()
    by = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    recorded = models.DateField()

    class Meta:
        db_table = "register_inspection"
        indexes = (models.Index(fields=["asset", "on"], name="inspection_of"),)


class WorkPlaceRow(Located):
    """A household or hamlet where services are measured; `facts` has the columns of places."""

    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "register_workplace"


class ServiceRow(Located):
    """Whom an asset serves: households of a village."""

    asset = models.ForeignKey(AssetRow, on_delete=models.PROTECT, related_name="services")
    village = models.TextField()
    households = models.FloatField(null=True)
    minutes = models.FloatField(null=True)

    class Meta:
        db_table = "register_service"


class WorksTakenRow(Located):
    """A row of the chain of what was taken in beside works and assets; written once.

    What a works file said (criteria, villages, bounds, decisions), and the places of one area
    where services are measured. Its hash covers the row before it.
    """

    number = models.BigIntegerField()  # in the register, from 1
    step = models.TextField()  # declared, placed
    recorded = models.DateField()
    content = models.TextField()  # canonical JSON
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "register_workstaken"
        constraints = (models.UniqueConstraint(fields=["path", "number"], name="taken_number"),)
