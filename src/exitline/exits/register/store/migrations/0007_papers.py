"""Files of papers, lists that were taken away, and visits that a list asks for."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from exitline.exits.register.store.security import guard_papers


class Migration(migrations.Migration):
    """Four tables and their guard."""

    dependencies = [
        ("register", "0006_works"),
    ]

    operations = [
        migrations.CreateModel(
            name="DownloadRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("person", models.TextField()),
                ("role", models.TextField()),
                ("what", models.TextField()),
                ("rows", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "register_download",
                "indexes": [models.Index(fields=["path"], name="download_path")],
            },
        ),
        migrations.CreateModel(
            name="VisitListRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("kind", models.TextField()),
                ("title", models.TextField()),
                ("by", models.TextField()),
                ("made", models.DateField()),
                ("record", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "register_visitlist",
                "indexes": [models.Index(fields=["path"], name="visitlist_path")],
            },
        ),
        migrations.CreateModel(
            name="PaperRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("name", models.TextField(blank=True, default="")),
                ("signed", models.BooleanField()),
                ("by", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="register.documentrow",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="register.householdrow",
                    ),
                ),
            ],
            options={
                "db_table": "register_paper",
                "indexes": [models.Index(fields=["path"], name="paper_path")],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "digest"), name="paper_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AskedVisitRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("kind", models.TextField()),
                ("title", models.TextField()),
                ("rank", models.IntegerField()),
                ("why", models.TextField(blank=True, default="")),
                ("due", models.DateField()),
                ("facts", models.JSONField(default=dict)),
                ("answers", models.JSONField(default=dict)),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="register.householdrow",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="register.visitrow",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="register.visitlistrow",
                    ),
                ),
            ],
            options={
                "db_table": "register_askedvisit",
                "indexes": [models.Index(fields=["path", "due"], name="askedvisit_path")],
                "constraints": [
                    models.UniqueConstraint(fields=("of", "household"), name="asked_once_in_a_list")
                ],
            },
        ),
        migrations.RunPython(guard_papers, migrations.RunPython.noop),
    ]
