"""Where a household left the list or came to it: the programme's page reads these rows alone."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

_TURNED = """
UPDATE register_standing SET turned = {true} WHERE id IN (
  SELECT id FROM (
    SELECT id, listed, lag(listed) OVER (PARTITION BY household_id ORDER BY number) AS before
    FROM register_standing
  ) s WHERE before <> listed
)
"""


def mark_turns(apps: Any, editor: Any) -> None:  # noqa: ARG001
    """Mark the standings of before."""
    postgres = editor.connection.vendor == "postgresql"
    if postgres:  # every area: row-level security holds for the owner, too
        editor.execute("SELECT set_config('exitline.area_from', '', true),"
                       " set_config('exitline.area_to', '~', true)", params=None)  # fmt: skip
    editor.execute(_TURNED.format(true="true" if postgres else "1"), params=None)


class Migration(migrations.Migration):
    """One column with its index; steps by name and by day, households of an area by id."""

    dependencies = (("register", "0011_works_taken"),)
    operations = (
        migrations.AddField("standingrow", "turned", models.BooleanField(default=False)),
        migrations.RunPython(mark_turns, migrations.RunPython.noop),
        migrations.AddIndex(
            "standingrow",
            models.Index(
                fields=["path", "on"],
                include=["household", "number", "listed"],
                condition=models.Q(turned=True),
                name="standing_turn",
            ),
        ),
        migrations.AddIndex(
            "householdrow", models.Index(fields=["path", "key"], name="household_by_key")
        ),
        migrations.AddIndex(
            "steprow", models.Index(fields=["step", "on", "path"], name="step_by_name")
        ),
        migrations.AddIndex(
            "steprow", models.Index(fields=["recorded", "path", "step"], name="step_by_day")
        ),
    )
