"""Opening a store by its address; making one; one transaction, seen as far as a scope."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from exitline.exits.register.store.addresses import database, shown, sqlite_file
from exitline.exits.register.store.configured import set_up
from exitline.exits.register.store.errors import StoreError, StoreGoneError
from exitline.exits.register.store.sight import Sight

EVERYTHING = Sight()
NEWEST = "0012_turns"


@dataclass(frozen=True)
class Store:
    """A register in a database, as far as a scope.

    Parameters
    ----------
    alias : str
        Django's name of the connection.
    scope : Sight
        The area within which everything is seen and changed; everything by default.
    address : str
        As it may be shown.
    key_file : Path or None
        Where the key of identifiers is; never in the database.
    url : str
        The address as it was given, for the drivers that read whole tables; never shown.
    """

    alias: str = "default"
    scope: Sight = EVERYTHING
    address: str = ""
    key_file: Path | None = None
    url: str = field(default="", repr=False)

    def within(self, path: str) -> Store:
        """The same store, no farther than an area."""
        return replace(self, scope=self.scope.narrowed(path))

    def whole(self) -> Store:
        """The same store, with everything in its scope: for what runs in the background."""
        return replace(self, scope=EVERYTHING)

    @property
    def postgres(self) -> bool:
        """Whether it is on PostgreSQL."""
        from django.db import connections

        return bool(connections[self.alias].vendor == "postgresql")

    @contextmanager
    def transaction(self, *, one_moment: bool = False) -> Iterator[Any]:
        """One transaction, in which PostgreSQL shows no row outside the scope; its cursor.

        Parameters
        ----------
        one_moment : bool
            Everything that is read is as of the beginning (SQLite: always). Inside of another
            transaction it is as in that one.

        Raises
        ------
        StoreError
            When the database goes away: nothing was recorded, and it can be tried again.
        """
        from django.db import InterfaceError, OperationalError, connections, transaction

        one_moment = one_moment and not connections[self.alias].in_atomic_block
        try:
            with transaction.atomic(using=self.alias):
                connection = connections[self.alias]
                with connection.cursor() as cursor:
                    if connection.vendor == "postgresql":
                        _set_scope(connection, self.scope, one_moment=one_moment)
                    yield cursor
        except (OperationalError, InterfaceError) as reason:
            if not connections[self.alias].in_atomic_block:
                connections[self.alias].close()
            raise _gone(self.address or self.alias, reason) from reason


def _set_scope(connection: Any, scope: Sight, *, one_moment: bool) -> None:
    """Begin on PostgreSQL: what row-level security compares with, up to the commit.

    The planner takes that range for one row in two hundred, whatever it is, and would look every
    row of a county up in the index of paths beside the ten steps of a household: no bitmaps.
    """
    from psycopg import Cursor

    with connection.wrap_database_errors, connection.connection.pipeline():
        cursor = Cursor(connection.connection)
        if one_moment:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(
            "SELECT set_config('exitline.area_from', %s, true),"
            " set_config('exitline.area_to', %s, true),"
            " set_config('enable_bitmapscan', 'off', true)",
            scope.bounds,
            prepare=True,
        )


def open_store(address: str, *, key_file: Path | None = None, earlier: bool = False) -> Store:
    """The register at an address.

    Parameters
    ----------
    address : str
        See `addresses.database`.
    key_file : Path, optional
        The key of identifiers; ``register.key`` beside an SQLite file by default.
    earlier : bool
        Also one whose tables are of an earlier release: to back it up.

    Returns
    -------
    Store

    Raises
    ------
    StoreError
        When there is no register, or one of another release.
    """
    file = sqlite_file(address)
    if file is not None and not file.is_file():
        raise StoreError(
            "there is no register at this address",
            where=shown(address),
            expected="the file of a register",
            got="no file",
            remedy=f"make one: exitline register init --database {shown(address)}",
        )
    store = _store(address, key_file)
    if not (earlier and state_of(store) in states()):
        _refuse_other_release(store)
    return store


def states() -> tuple[str, ...]:
    """The names of the register's migrations, from the first to the newest."""
    from exitline.exits.register.store import migrations

    found = (one.name.removesuffix(".py") for one in resources.files(migrations).iterdir())
    return tuple(sorted(name for name in found if name[:1].isdigit()))


def state_of(store: Store) -> str:
    """The newest of the register's migrations that a database has."""
    return max(_applied(store), default="")


def create_store(
    address: str, *, key_file: Path | None = None, empty: bool = False, state: str = NEWEST
) -> Store:
    """A new, empty register: tables, guards, the key of its identifiers.

    Parameters
    ----------
    address : str
    key_file : Path, optional
        As in `open_store`; made where it is not there.
    empty : bool
        Not even the day it was made, and no new key: a backup will fill it.
    state : str
        The migration up to which its tables are made: a backup of an earlier release will fill it.

    Raises
    ------
    StoreError
        When there is one already, or the database cannot be reached.
    """
    file = sqlite_file(address)
    if file is not None:
        _make_folder(file)
    store = _store(address, key_file)
    if _applied(store):
        raise StoreError(
            "there is a register at this address already",
            where=store.address,
            expected="an empty database",
            remedy="use it, or name another",
        )
    migrate(store, state)
    if not empty:
        _make_key(store)
    return store


def upgrade_store(address: str, *, key_file: Path | None = None) -> Store:
    """The register at an address, its tables brought to this release."""
    store = _store(address, key_file)
    if not _applied(store):
        _refuse_other_release(store)
    migrate(store)
    return store


def migrate(store: Store, state: str = NEWEST) -> None:
    """Bring the tables of a store to this release, or to the state of an earlier one."""
    from django.core.management import call_command
    from django.db import OperationalError, ProgrammingError

    try:
        call_command("migrate", "register", state, database=store.alias, verbosity=0)
    except (OperationalError, ProgrammingError) as reason:
        raise _gone(store.address, reason) from reason


def _store(address: str, key_file: Path | None) -> Store:
    """A connection for an address; one that is there is used again."""
    entry = database(address)
    set_up()
    from django.db import connections

    alias = "register-" + sha256(address.encode()).hexdigest()[:12]
    if alias not in connections.settings:
        full = connections.configure_settings({"default": {}, alias: entry})
        connections.settings[alias] = full[alias]
    file = sqlite_file(address)
    if key_file is None and file is not None:
        key_file = file.absolute().parent / "register.key"
    return Store(alias, address=shown(address), key_file=key_file, url=address)


def _applied(store: Store) -> set[str]:
    """The register's migrations that a database has."""
    from django.db import DatabaseError, InterfaceError, OperationalError, connections
    from django.db.migrations.recorder import MigrationRecorder

    try:
        found = MigrationRecorder(connections[store.alias]).applied_migrations()
    except (OperationalError, InterfaceError) as reason:
        if not connections[store.alias].in_atomic_block:
            connections[store.alias].close()  # the next one to ask connects anew
        raise _gone(store.address, reason) from reason
    except DatabaseError as reason:
        raise StoreError(
            "the file is not a database",
            where=store.address,
            expected="a register",
            got=type(reason).__name__,
            remedy="name the register's own file",
        ) from reason
    return {name for app, name in found if app == "register"}


def _refuse_other_release(store: Store) -> None:
    """Refuse a database without a register, or with tables of another release."""
    found = _applied(store)
    if NEWEST not in found:
        raise StoreError(
            "the register's tables are of an earlier release"
            if found
            else "there is no register at this address",
            where=store.address,
            expected=f"tables up to {NEWEST}",
            got=max(found) if found else "none of its tables",
            remedy="exitline register init --upgrade --database ..."
            if found
            else "make one: exitline register init --database ...",
        )


def _make_folder(file: Path) -> None:
    """The folder of a new SQLite file."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise StoreError(
            "the register's folder cannot be made",
            where=str(file.parent),
            got=reason.strerror or type(reason).__name__,
            remedy="name a folder that can be written",
        ) from reason


def _make_key(store: Store) -> None:
    """The key of identifiers, readable by its owner alone, and when the store was made."""
    from exitline.exits.register.store.models import SettingRow
    from exitline.files import whole_file

    made = datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction():
        SettingRow.objects.using(store.alias).create(name="made", value=made)
    if store.key_file is not None and not store.key_file.exists():
        with whole_file(store.key_file, private=True) as partial:
            partial.write_text(secrets.token_hex(32) + "\n", encoding="ascii")


def _gone(where: str, reason: Exception) -> StoreGoneError:
    """The error of a database that cannot be reached, in the driver's first line."""
    said = (str(reason).strip().splitlines() or [type(reason).__name__])[0]
    return StoreGoneError(
        "the database cannot be reached, or gave up",
        where=where,
        expected="a database that answers",
        got=said[:200],
        remedy="start the database, then send it again: nothing of this was recorded",
    )
