"""Updates of many rows by their ids: one prepared statement, where Django would write a CASE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections

from exitline.exits.register.store.opening import Store


def update_rows(store: Store, rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Write some columns of rows of one table; inside of a transaction.

    Parameters
    ----------
    rows : sequence of Model
        Of one model.
    columns : sequence of str
        Names of their fields.
    """
    if not rows:
        return
    connection = connections[store.alias]
    meta = rows[0]._meta
    fields = [meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    values = [
        (*(f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields), row.pk)
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(meta.db_table)} SET {changes} WHERE id = %s", values)
