"""Work in the background, seen inside the area of whoever asked for it."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models

from exitline.exits.register.store.security import guard_jobs


class Migration(migrations.Migration):
    """One table and its guard."""

    dependencies = (("register", "0004_changes_of_life"),)
    operations = (
        migrations.CreateModel(
            name="JobRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                           verbose_name="ID")),
                ("kind", models.TextField()),
                ("given", models.JSONField(default=dict)),
                ("path", models.TextField()),
                ("by", models.TextField()),
                ("asked", models.DateTimeField(default=django.utils.timezone.now)),
                ("begun", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("result", models.JSONField(default=dict)),
                ("fault", models.TextField(blank=True, default="")),
            ],
            options={
                "db_table": "register_job",
                "indexes": [models.Index(fields=["path", "by", "-id"], name="job_path")],
            },
        ),
        migrations.RunPython(guard_jobs, migrations.RunPython.noop),
    )  # fmt: skip
