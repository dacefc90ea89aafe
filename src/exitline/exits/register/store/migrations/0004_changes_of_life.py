"""Households for some time: split off, merged, moved to another county and from one."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from exitline.exits.register.store.security import guard_transfers


class Migration(migrations.Migration):
    """Columns of a household's own time, and the table of those on their way."""

    dependencies = (("register", "0003_household_key"),)
    operations = [
        migrations.CreateModel(
            name="TransferRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("from_path", models.TextField()),
                ("key", models.TextField()),
                ("content", models.JSONField()),
                ("reason", models.TextField(blank=True, default="")),
                ("sent_by", models.TextField()),
                ("sent_on", models.DateField()),
                ("status", models.TextField(default="sent")),
                ("settled_by", models.TextField(blank=True, default="")),
                ("settled_on", models.DateField(null=True)),
                ("words", models.TextField(blank=True, default="")),
            ],
            options={
                "db_table": "register_transfer",
            },
        ),
        migrations.AddField(
            model_name="householdrow",
            name="came_from",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="householdrow",
            name="came_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="householdrow",
            name="gone_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="householdrow",
            name="gone_recorded",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="householdrow",
            index=models.Index(
                condition=models.Q(
                    ("gone_on__isnull", False), ("came_on__isnull", False), _connector="OR"
                ),
                fields=["gone_on", "came_on"],
                name="household_for_some_time",
            ),
        ),
        migrations.AddField(
            model_name="transferrow",
            name="household",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="register.householdrow",
            ),
        ),
        migrations.AddIndex(
            model_name="transferrow",
            index=models.Index(fields=["path", "status"], name="transfer_path"),
        ),
        migrations.AddIndex(
            model_name="transferrow",
            index=models.Index(fields=["from_path", "status"], name="transfer_from"),
        ),
        migrations.RunPython(guard_transfers, migrations.RunPython.noop),
    ]
