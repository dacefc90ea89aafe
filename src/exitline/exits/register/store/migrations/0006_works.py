"""Works, what they made, whom that serves, and what was seen of it."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from exitline.exits.register.store.security import guard_works


class Migration(migrations.Migration):
    """Six tables and their guard."""

    dependencies = [
        ("register", "0005_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssetRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("key", models.TextField(unique=True)),
                ("kind", models.TextField()),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "register_asset",
            },
        ),
        migrations.CreateModel(
            name="ServiceRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("village", models.TextField()),
                ("households", models.FloatField(null=True)),
                ("minutes", models.FloatField(null=True)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="register.assetrow",
                    ),
                ),
            ],
            options={
                "db_table": "register_service",
            },
        ),
        migrations.CreateModel(
            name="WorkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("key", models.TextField(unique=True)),
                ("kind", models.TextField()),
                ("criterion", models.TextField(blank=True, default="")),
                ("state", models.TextField(blank=True, default="")),
                ("facts", models.JSONField(default=dict)),
                ("steps", models.BigIntegerField(default=0)),
                ("head", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "db_table": "register_work",
                "indexes": [models.Index(fields=["path", "state"], name="work_path")],
            },
        ),
        migrations.CreateModel(
            name="WorkPartRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("table", models.TextField()),
                ("facts", models.JSONField(default=dict)),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="register.workrow",
                    ),
                ),
            ],
            options={
                "db_table": "register_workpart",
            },
        ),
        migrations.AddField(
            model_name="assetrow",
            name="work",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assets",
                to="register.workrow",
            ),
        ),
        migrations.CreateModel(
            name="WorkStepRow",
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
                ("on", models.DateField()),
                ("recorded", models.DateField()),
                ("actor", models.TextField()),
                ("role", models.TextField()),
                ("state", models.TextField()),
                ("content", models.TextField()),
                ("hash", models.CharField(max_length=64)),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken",
                        to="register.workrow",
                    ),
                ),
            ],
            options={
                "db_table": "register_workstep",
            },
        ),
        migrations.CreateModel(
            name="InspectionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("on", models.DateField()),
                ("state", models.TextField()),
                ("by", models.TextField(blank=True, default="")),
                ("note", models.TextField(blank=True, default="")),
                ("recorded", models.DateField()),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="register.assetrow",
                    ),
                ),
            ],
            options={
                "db_table": "register_inspection",
                "indexes": [models.Index(fields=["asset", "on"], name="inspection_of")],
            },
        ),
        migrations.AddIndex(
            model_name="assetrow",
            index=models.Index(fields=["path"], name="asset_path"),
        ),
        migrations.AddConstraint(
            model_name="worksteprow",
            constraint=models.UniqueConstraint(fields=("work", "number"), name="work_step_number"),
        ),
        migrations.RunPython(guard_works, migrations.RunPython.noop),
    ]
