"""Open duties of a role by day: a county's worklist reads no more than it shows."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = (("register", "0008_work_places"),)
    operations = (
        migrations.AddIndex(
            model_name="dutyrow",
            index=models.Index(
                fields=["role", "due", "path", "id"],
                condition=models.Q(done__isnull=True, gone__isnull=True),
                name="duty_of_role",
            ),
        ),
    )
