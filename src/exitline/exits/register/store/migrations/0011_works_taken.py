"""The chain of what a works file said, and of the places where services are measured."""

from __future__ import annotations

from django.db import migrations, models

from exitline.exits.register.store.security import guard_works_taken


class Migration(migrations.Migration):
    """One table with its guard."""

    dependencies = (("register", "0010_asset_steps"),)
    operations = (
        migrations.CreateModel(
            name="WorksTakenRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("number", models.BigIntegerField()),
                ("step", models.TextField()),
                ("recorded", models.DateField()),
                ("content", models.TextField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "register_workstaken",
                "constraints": [
                    models.UniqueConstraint(fields=("path", "number"), name="taken_number")
                ],
            },
        ),
        migrations.RunPython(guard_works_taken, migrations.RunPython.noop),
    )
