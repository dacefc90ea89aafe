"""A household is found by its id, whatever its county."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index: without it a million households are looked through for one."""

    dependencies = (("register", "0002_guards"),)
    operations = (
        migrations.AddIndex(
            model_name="householdrow",
            index=models.Index(fields=["key"], name="household_key"),
        ),
    )
