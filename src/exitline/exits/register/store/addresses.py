"""Addresses of databases: sqlite:///file and postgresql://..., as Django wants them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from exitline.errors import install_extra
from exitline.exits.register.store.errors import StoreError

SQLITE, POSTGRES = "sqlite:///", ("postgresql://", "postgres://")
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"


def shown(address: str) -> str:
    """An address as it may be shown: without user, password and options.

    Examples
    --------
    >>> shown("postgresql://ana:secret@db.example.org/register?sslmode=require")
    'postgresql://db.example.org/register'
    """
    return re.sub(r"\?.*$", "", re.sub(r"//[^/]*@", "//", address))


def sqlite_file(address: str) -> Path | None:
    """The file of an SQLite address; None for PostgreSQL.

    Examples
    --------
    >>> sqlite_file("sqlite:////var/lib/register.db").as_posix()
    '/var/lib/register.db'
    """
    if not address.startswith(SQLITE):
        return None
    return Path(unquote(address.removeprefix(SQLITE)))


def database(address: str) -> dict[str, Any]:
    """The entry of Django's DATABASES for an address.

    Parameters
    ----------
    address : str
        ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://...`` as libpq
        reads it.

    Returns
    -------
    dict

    Raises
    ------
    StoreError
        For any other text.

    Examples
    --------
    >>> database("postgresql://ana@db.example.org:5433/register")["NAME"]
    'register'
    """
    file = sqlite_file(address)
    if file is not None and file.name:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(file.absolute()),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command": PRAGMAS},
        }
    if address.startswith(POSTGRES):
        return _postgres(address)
    raise StoreError(
        "this is not the address of a database",
        where=shown(address),
        expected="sqlite:///file or postgresql://user@host/database",
        got=repr(address.partition(":")[0][:20]),
        remedy="write the address in one of these forms",
    )


def _postgres(address: str) -> dict[str, Any]:
    """The entry for PostgreSQL; what Django has no name for goes to the driver."""
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as reason:
        raise StoreError(
            "PostgreSQL needs its driver", got="no psycopg", remedy=install_extra("register")
        ) from reason
    try:
        parts = {k: str(v) for k, v in conninfo_to_dict(address).items() if v is not None}
    except ProgrammingError as reason:
        raise StoreError(
            "the address of the database cannot be read",
            where=shown(address),
            expected="postgresql://user@host:port/database",
            got="another form",
            remedy="see the manual of PostgreSQL, connection URIs",
        ) from reason
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    entry: dict[str, Any] = {key: parts.pop(name, "") for key, name in named.items()}
    entry["PORT"] = parts.pop("port", "")
    parts.setdefault("connect_timeout", "10")
    options: dict[str, Any] = {**parts, "prepare_threshold": 5}  # for `together`; Django asks none
    return {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options, **entry}
