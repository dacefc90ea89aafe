"""Statements of a transaction that are sent together: one round trip on PostgreSQL, prepared there.

A step reads some tables, then holds its chain, then writes some tables: three times together, where
one statement after the other would wait for a dozen answers. SQLite answers at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any

from exitline.exits.register.store.opening import Store

FEW = 4
"""Up to so many rows go in a statement each, prepared; more as arrays, a thousand at once."""
AT_ONCE = 1000
_FORMS: dict[tuple[Any, ...], tuple[str, list[Any]]] = {}  # statements that were written before


class Together:
    """What is sent together; answers are there when the block has ended.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        from django.db import connections

        self.store = store
        self._connection = connections[store.alias]
        self._postgres = bool(self._connection.vendor == "postgresql")

    def ask(self, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Send a statement; its cursor, to fetch from after the block."""
        if self._postgres:
            from psycopg import Cursor

            cursor = Cursor(self._connection.connection)
            return cursor.execute(query, values, prepare=True)
        cursor = self._connection.cursor()
        cursor.execute(query, values)
        return cursor

    def among(self, column: str, values: Sequence[Any]) -> tuple[str, Any]:
        """A condition that a column is one of some values, and its one parameter."""
        if self._postgres:
            return f"{column} = ANY(%s)", list(values)
        return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))

    def numbers(self, model: Any, many: int) -> Any:
        """Ids for rows that are to be added: rows of one number each, to fetch after the block."""
        table = model._meta.db_table
        if self._postgres:
            return self.ask(
                f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"
                " FROM generate_series(1, %s)",
                (many,),
            )
        return self.ask(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            " SELECT i + coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0) FROM n",
            (many, table),
        )

    def insert(self, rows: Sequence[Any]) -> None:
        """Add rows of one model; with their ids where these are given."""
        if not rows:
            return
        self._send("insert", type(rows[0]), (), rows, given=rows[0].pk is not None)
        for row in rows:
            row._state.adding, row._state.db = False, self.store.alias

    def update(self, rows: Sequence[Any], columns: tuple[str, ...]) -> None:
        """Write some columns of rows of one model."""
        if rows:
            self._send("update", type(rows[0]), columns, rows)

    def _send(
        self, verb: str, model: Any, columns: tuple[str, ...], rows: Sequence[Any], *,
        given: bool = False,
    ) -> None:  # fmt: skip
        """Rows as parameters: of a statement each, or, on PostgreSQL, an array for each column."""
        arrays = self._postgres and len(rows) > FEW
        key = (verb, model, columns, given, arrays, self._postgres)
        if key not in _FORMS:
            _FORMS[key] = _form(verb, model, columns, self._connection, given=given, arrays=arrays)
        query, fields = _FORMS[key]
        made = (
            [f.get_db_prep_save(getattr(row, f.attname), self._connection) for f in fields]
            for row in rows
        )
        if not self._postgres:
            with self._connection.cursor() as cursor:
                cursor.executemany(query, made)
        elif not arrays:
            for values in made:
                self.ask(query, values)
        else:
            while part := list(islice(made, AT_ONCE)):
                self.ask(query, [list(column) for column in zip(*part, strict=True)])


@contextmanager
def together(store: Store) -> Iterator[Together]:
    """Send what is asked in the block together; inside of a transaction, or each for itself.

    Parameters
    ----------
    store : Store
    """
    sending = Together(store)
    if not sending._connection.in_atomic_block:  # else it was looked at when that began
        sending._connection.close_if_health_check_failed()
        sending._connection.ensure_connection()
    if not sending._postgres:
        yield sending
        return
    with sending._connection.wrap_database_errors, sending._connection.connection.pipeline():
        yield sending


def rows_of(model: Any, answer: Any, alias: str, **joined: Any) -> list[Any]:
    """Rows of a model from an answer to `columns_of`.

    Parameters
    ----------
    **joined
        By the name of a foreign key, the model whose columns follow (`columns_of` each).
    """
    from django.db import connections

    connection = connections[alias]
    parts, start = [], 0
    for name, one in {"": model, **joined}.items():
        fields = one._meta.local_concrete_fields
        made = _converted(one, connection.vendor)
        parts.append((name, one, slice(start, start + len(fields)), made))
        start += len(fields)
    found = []
    for row in answer.fetchall():
        whole = None
        for name, one, place, made in parts:
            values = list(row[place])
            for i, expression, converters in made:
                for convert in converters:
                    values[i] = convert(values[i], expression, connection)
            names = [field.attname for field in one._meta.local_concrete_fields]
            item = one.from_db(alias, names, values)
            if whole is None:
                whole = item
            else:
                setattr(whole, name, item)
        found.append(whole)
    return found


@lru_cache(maxsize=128)
def _converted(model: Any, vendor: str) -> list[tuple[int, Any, list[Any]]]:
    """The columns of a model whose values the database gives in a form of its own."""
    from django.db import connections

    connection = next(one for one in connections.all() if one.vendor == vendor)
    found = []
    for i, field in enumerate(model._meta.local_concrete_fields):
        column = field.cached_col
        converters = [
            *connection.ops.get_db_converters(column), *column.get_db_converters(connection)
        ]  # fmt: skip
        if converters:
            found.append((i, column, converters))
    return found


@lru_cache(maxsize=64)
def columns_of(model: Any, table: str = "") -> str:
    """The columns of a model in a SELECT, of a table by this name."""
    before = f"{table}." if table else ""
    return ", ".join(f'{before}"{field.column}"' for field in model._meta.local_concrete_fields)


def _form(
    verb: str, model: Any, columns: tuple[str, ...], connection: Any, *, given: bool, arrays: bool
) -> tuple[str, list[Any]]:
    """A statement that adds or changes rows, and the fields of its parameters."""
    meta = model._meta
    if verb == "insert":
        fields = [f for f in meta.local_concrete_fields if given or not f.primary_key]
    else:
        fields = [*(meta.get_field(name) for name in columns), meta.pk]
    kinds = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    names = [f'"{field.column}"' for field in fields]
    listed = ", ".join(names)
    if verb == "insert":
        rows = f"SELECT * FROM unnest({kinds})" if arrays else f"VALUES ({_marks(fields)})"
        return f"INSERT INTO {meta.db_table} ({listed}) {rows}", fields
    *changed, key = names
    if not arrays:
        changes = ", ".join(f"{name} = %s" for name in changed)
        return f"UPDATE {meta.db_table} SET {changes} WHERE {key} = %s", fields
    changes = ", ".join(f"{name} = new.{name}" for name in changed)
    return (
        f"UPDATE {meta.db_table} AS old SET {changes}"
        f" FROM unnest({kinds}) AS new({listed}) WHERE old.{key} = new.{key}"
    ), fields


def _marks(fields: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(fields))
