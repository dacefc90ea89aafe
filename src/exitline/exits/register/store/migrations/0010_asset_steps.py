"""The chain of an asset: what is known of it, whom it serves, what was found of it."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from exitline.exits.register.store.security import guard_asset_steps


class Migration(migrations.Migration):
    """One table with its guard, and the end of each chain."""

    dependencies = (("register", "0009_duties_by_day"),)
    operations = (
        migrations.AddField("assetrow", "steps", models.BigIntegerField(default=0)),
        migrations.AddField(
            "assetrow", "head", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.CreateModel(
            name="AssetStepRow",
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
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken",
                        to="register.assetrow",
                    ),
                ),
            ],
            options={
                "db_table": "register_assetstep",
                "constraints": [
                    models.UniqueConstraint(fields=("asset", "number"), name="asset_step_number")
                ],
            },
        ),
        migrations.RunPython(guard_asset_steps, migrations.RunPython.noop),
    )
