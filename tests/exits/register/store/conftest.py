"""A register on SQLite and one on PostgreSQL, each with a county and two villages."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django", reason="needs Django (extra `register`)")

from exitline.exits.register import Document, Draft, Procedure, load_procedure
from exitline.exits.register.store import addresses
from exitline.exits.register.store.opening import Store, create_store, open_store

# Nothing that a test writes needs to outlive the machine.
addresses.PRAGMAS = addresses.PRAGMAS.replace("synchronous=FULL", "synchronous=OFF")
DAY = date(2016, 1, 1)
SECURE = {
    "welfare": 3500.0,
    "food_secure": True,
    "clothing_secure": True,
    "education_secure": True,
    "medical_secure": True,
    "housing_safe": True,
    "safe_water": True,
}
_NUMBERS = count()


def _tool(name: str) -> str | None:
    """A program of PostgreSQL: on the path, or where Debian keeps it."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


def _as_postgres(*command: str) -> None:
    """Run a program of the server, which refuses to be root."""
    user = (
        []
        if os.geteuid()
        else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    )
    subprocess.run([*user, *command], check=True, stdout=subprocess.DEVNULL, timeout=60)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The folder of a running server's socket: its owner is `owner`, its user `office`."""
    tools = {name: _tool(name) for name in ("initdb", "pg_ctl", "psql")}
    if not all(tools.values()):
        pytest.skip("needs PostgreSQL (Debian: postgresql)")
    if os.geteuid() == 0 and subprocess.run(["id", "postgres"], capture_output=True).returncode:
        pytest.skip("needs the user postgres: the server refuses to be root")
    folder = tempfile.mkdtemp(prefix="pg")
    Path(folder).chmod(0o777)
    data = f"{folder}/data"
    options = f"-k {folder} -c listen_addresses= -c max_connections=60 -c fsync=off"
    _as_postgres(
        str(tools["initdb"]),
        "-D",
        data,
        "-U",
        "owner",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    )
    _as_postgres(
        str(tools["pg_ctl"]), "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start"
    )
    try:
        psql(folder, "postgres", "CREATE ROLE office LOGIN")
        yield folder
    finally:
        _as_postgres(str(tools["pg_ctl"]), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def psql(folder: str, name: str, *statements: str, user: str = "owner") -> str:
    """What psql answers to some statements."""
    given = [part for one in statements for part in ("-c", one)]
    command = [
        str(_tool("psql")),
        "-h",
        folder,
        "-U",
        user,
        "-d",
        name,
        "-qAt",
        "-v",
        "ON_ERROR_STOP=1",
        *given,
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty register on SQLite, to be copied."""
    file = tmp_path_factory.mktemp("blank") / "register.db"
    _villages(create_store(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def blank_database(postgres_server: str) -> str:
    """An empty register on PostgreSQL, to be copied."""
    psql(postgres_server, "postgres", "CREATE DATABASE blank OWNER office")
    _villages(create_store(f"postgresql://office@/blank?host={postgres_server}"))
    return "blank"


def _villages(store: Store) -> None:
    """One county, one township, two villages."""
    from django.db import connections

    from exitline.exits.register.store.write.areas import add_areas

    rows = [
        ("", "c", "County", "county"),
        ("c/", "t", "Township", "township"),
        ("c/t/", "v1", "First village", "village"),
        ("c/t/", "v2", "Second village", "village"),
    ]
    add_areas(store, rows, since=DAY)
    connections[store.alias].close()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a register with two villages and no household, on each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("blank"), tmp_path / "register.db")
        return f"sqlite:///{tmp_path}/register.db"
    folder = request.getfixturevalue("postgres_server")
    blank, name = request.getfixturevalue("blank_database"), f"register{next(_NUMBERS)}"
    psql(folder, "postgres", f"CREATE DATABASE {name} OWNER office TEMPLATE {blank}")
    return f"postgresql://office@/{name}?host={folder}"


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[Store]:
    """The register at the address."""
    from django.db import connections

    (tmp_path / "register.key").write_text("0123456789abcdef" * 4)
    opened = open_store(address, key_file=tmp_path / "register.key")
    yield opened
    connections[opened.alias].close()


@pytest.fixture(scope="session")
def china() -> Procedure:
    return load_procedure("china-2016-exit")


@pytest.fixture
def made(china: Procedure) -> Callable[..., Draft]:
    """A complete draft of a step."""

    def draft(step: str, on: str, household: str = "h1", **changes: Any) -> Draft:
        declared = china.step(step)
        papers = tuple(
            Document(kind, "0" * 64, ("hamlet",) if china.documents[kind].never_shows else ())
            for kind in declared.documents
        )
        plain = {
            "household": household,
            "step": step,
            "on": date.fromisoformat(on),
            "actor": f"person for {step}",
            "role": declared.by[0],
            "documents": papers,
            "evidence": dict(SECURE) if declared.assesses == "exits" else None,
            "reason": "as discussed" if declared.reason else "",
        }
        return Draft(**{**plain, **changes})

    return draft
