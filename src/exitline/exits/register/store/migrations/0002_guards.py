"""Row-level security, byte order of paths, and tables whose rows are written once."""

from __future__ import annotations

from django.db import migrations

from exitline.exits.register.store.security import guard


class Migration(migrations.Migration):
    """What Django's models cannot say; the statements are in `security`."""

    dependencies = (("register", "0001_initial"),)
    operations = (migrations.RunPython(guard, migrations.RunPython.noop),)
