"""Areas, offices, and who holds which role where."""

from __future__ import annotations

from django.db import models

from exitline.exits.register.store.models.base import Dated


class AreaRow(Dated):
    """A county, township or village. Its `path` is that of its parent, its own code and "/".

    A path is all that scoping needs: what lies in an area is a range of paths (`sight.Sight`).
    """

    path = models.TextField(unique=True)
    code = models.TextField()
    name = models.TextField()
    level = models.TextField()
    county = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+"
    )  # the county it lies in, itself for a county; None above counties

    class Meta:
        db_table = "register_area"
        ordering = ("path",)

    def __str__(self) -> str:
        return str(self.name)


class OfficeRow(models.Model):
    """A desk: of a village, a township, a county."""

    area = models.ForeignKey(AreaRow, on_delete=models.PROTECT, related_name="offices")
    name = models.TextField()

    class Meta:
        db_table = "register_office"

    def __str__(self) -> str:
        return str(self.name)


class AssignmentRow(Dated):
    """A person (the name they sign in with) holds a role in an area for some days.

    `role` is one of the procedure's ("county"), or "auditor" (reads) or "administrator" (areas,
    people, imports; takes no step). `for_whom` names whom the person stands in for while away.
    """

    person = models.TextField()
    role = models.TextField()
    area = models.ForeignKey(AreaRow, on_delete=models.PROTECT, related_name="assignments")
    office = models.ForeignKey(OfficeRow, null=True, on_delete=models.PROTECT, related_name="+")
    path = models.TextField()
    for_whom = models.TextField(blank=True, default="")

    class Meta:
        db_table = "register_assignment"
        indexes = (models.Index(fields=["person", "since"], name="assignment_person"),)
