"""Places where the services of works are measured."""

from __future__ import annotations

from django.db import migrations, models

from exitline.exits.register.store.security import guard_work_places


class Migration(migrations.Migration):
    """One table and its guard."""

    dependencies = [
        ("register", "0007_papers"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkPlaceRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "register_workplace",
            },
        ),
        migrations.RunPython(guard_work_places, migrations.RunPython.noop),
    ]
