"""A small register for the pages: two counties, a person for each role in each."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("granian", reason="needs the extra `register`")

from exitline.exits.register.event import Document, Draft
from exitline.exits.register.store.demo.making import demo_procedure
from exitline.exits.register.store.opening import Store, create_store

_HERE = Path(__file__)
_FIXTURES = _HERE.parents[3] / "exits" / "register" / "store" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("fixtures_of_the_store", _FIXTURES)
assert _SPEC is not None
assert _SPEC.loader is not None
_store_fixtures = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_store_fixtures)
postgres_server = _store_fixtures.postgres_server

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps a loop in this thread

PASSWORD = "a county of its own"
DAY = date(2024, 1, 1)
ROLES = {
    "committee": ("village committees", "t/v/"),
    "worker": ("work team", "t/v/"),
    "township": ("township", "t/"),
    "county": ("county", ""),
    "county-2": ("county", ""),
    "desk": ("household", ""),
    "auditor": ("auditor", ""),
    "admin": ("administrator", ""),
}
"""Name of a person: role, and where in the county. Those of county d have "-d" behind."""
POOR = {"welfare": 900.0, "improved_water": False, "improved_toilet": True,
        "electricity_at_home": True}  # fmt: skip
_NUMBERS = count()
CHILD = """
import sys
from exitline.api.registers.serving import serve
from exitline.publish.web.serving import address_of, listen
with listen("127.0.0.1", 0) as listening:
    serve(sys.argv[1], listening, lambda: print(address_of(listening), flush=True))
"""


def fill(store: Store) -> None:
    """Areas, people, three households with cards, the procedure of the demonstration."""
    from exitline.exits.register.store import texts
    from exitline.exits.register.store.models import AreaRow, HouseholdRow
    from exitline.exits.register.store.write.areas import add_area, assign
    from exitline.exits.register.store.write.cards import add_member, write_card
    from exitline.exits.register.store.write.record import record_all

    for county, behind in (("c", ""), ("d", "-d")):
        add_area(store, "", county, f"County {county}", "county", since=DAY)
        add_area(store, f"{county}/", "t", f"Township {county}", "township", since=DAY)
        add_area(store, f"{county}/t/", "v", f"Village {county}", "village", since=DAY)
        for name, (role, path) in ROLES.items():
            assign(store, name + behind, role, f"{county}/{path}", since=DAY)
    texts.adopt(store, demo_procedure())
    with store.transaction():
        for key, county in (("h-1", "c"), ("h-2", "c"), ("x-1", "d")):
            area = AreaRow.objects.using(store.alias).get(path=f"{county}/t/v/")
            HouseholdRow.objects.using(store.alias).create(
                key=key, name=f"Family <b>{key}</b>", area=area, path=area.path, county=area.county
            )
    record_all(store, _to_the_exit("h-2"), demo_procedure(), county="c/")
    for key in ("h-1", "h-2", "x-1"):
        write_card(store, key, None, "admin", as_of=DAY, facts=POOR)
        add_member(store, key, None, "admin", name="Ana", since=DAY, head=True, relation="head")


def _to_the_exit(key: str) -> list[Draft]:
    """A household that was struck off the list half a year ago."""
    secure = {"welfare": 2600.0, "improved_water": True, "improved_toilet": True,
              "electricity_at_home": True}  # fmt: skip
    told = (
        (400, "identify", "village committees", "committee", {"welfare": 900.0}),
        (399, "first notice", "village committees", "committee", None),
        (390, "township review", "township", "township", None),
        (380, "register", "county", "county", None),
        (200, "propose exit", "village committees", "committee", secure),
        (199, "verify", "work team", "worker", None),
        (198, "consent", "household", "desk", None),
        (197, "village notice", "village committees", "committee", None),
        (180, "township approval", "township", "township", None),
        (179, "strike off", "county", "county", None),
    )
    papers = demo_procedure().documents
    return [
        Draft(
            key, step, date.today() - timedelta(days=ago), person, role,
            tuple(
                Document(kind, "", ("name",) if papers[kind].never_shows else ())
                for kind in demo_procedure().steps[step].documents
            ),
            evidence,
        )
        for ago, step, role, person, evidence in told
    ]  # fmt: skip


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the register on SQLite, to be copied, with its users."""
    folder = tmp_path_factory.mktemp("filled")
    address = f"sqlite:///{folder}/register.db"
    fill(create_store(address))
    let_in(address)
    return folder


def let_in(address: str) -> None:
    """Everybody may sign in."""
    from django.db import connections

    from exitline.api.registers import serving

    names = [name + behind for name in ROLES for behind in ("", "-d")]
    serving.let_in(address, [*names, "nobody"], PASSWORD)
    connections.close_all()


@pytest.fixture(scope="session")
def filled_database(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the register on PostgreSQL, to be copied."""
    _store_fixtures.psql(postgres_server, "postgres", "CREATE DATABASE filled OWNER office")
    made = f"postgresql://office@/filled?host={postgres_server}"
    fill(create_store(made, key_file=tmp_path_factory.mktemp("key") / "register.key"))
    let_in(made)
    return "filled"


def on_sqlite(filled: Path, folder: Path) -> str:
    """A copy of the register; its address."""
    shutil.copytree(filled, folder / "register")
    return f"sqlite:///{folder}/register/register.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a register of its own, on each engine in turn."""
    if request.param == "sqlite":
        return on_sqlite(request.getfixturevalue("filled"), tmp_path)
    folder, name = request.getfixturevalue("postgres_server"), f"web{next(_NUMBERS)}"
    template = request.getfixturevalue("filled_database")
    statement = f"CREATE DATABASE {name} OWNER office TEMPLATE {template}"
    _store_fixtures.psql(folder, "postgres", statement)
    return f"postgresql://office@/{name}?host={folder}"


@pytest.fixture
def signed(address: str) -> Iterator[Callable[[str], Any]]:
    """Signs somebody in: a client of the application in this process."""
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.db import connections
    from django.test import Client

    from exitline.publish.web.register.opened import bind

    bind(address, names=("testserver",))
    cache.clear()

    def sign(name: str) -> Any:
        client = Client(raise_request_exception=False)
        if name:
            client.force_login(User.objects.get(username=name))
        return client

    yield sign
    connections.close_all()


@contextlib.contextmanager
def running(address: str) -> Iterator[str]:
    """The register served by a process of its own; the address to open."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, address], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        until = time.monotonic() + 60
        while not select.select([process.stdout], [], [], 1)[0]:
            assert time.monotonic() < until
            assert process.poll() is None, process.communicate()
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield found.group(0).rstrip("/")
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(name="running")
def _running() -> Callable[[str], Any]:
    """Serves a register in a process of its own."""
    return running


@pytest.fixture
def password() -> str:
    """Everybody's."""
    return PASSWORD
