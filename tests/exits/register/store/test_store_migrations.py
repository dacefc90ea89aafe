"""A register of an earlier release: refused as it is, and whole after its upgrade."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

CASE = Path(__file__).parent / "cases" / "register-0002.db.xz"
TURNS = [("h1", False, "exited")]
"""Household, whether it is on the list now, state: once it left the list."""
HEAD = "e76085838a1947b70c46066d325405931da75518ae02e0bf9c87b2fc0672f4b4"


def test_a_migration_from_an_earlier_release_keeps_every_step(tmp_path: Path) -> None:
    from exitline.exits.register.store.audit.backup import read_backup, write_backup
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.errors import StoreError
    from exitline.exits.register.store.opening import create_store, open_store, upgrade_store
    from exitline.exits.register.store.read.cards import card

    (tmp_path / "register.db").write_bytes(lzma.decompress(CASE.read_bytes()))
    address = f"sqlite:///{tmp_path}/register.db"
    with pytest.raises(StoreError, match="earlier release"):
        open_store(address)
    store = upgrade_store(address)
    found = check(store, head=HEAD)
    assert (found.faults, found.events, found.households) == ((), 14, 3)
    page = card(store, "h1")
    assert page.row.state == "exited"
    assert page.facts == {"water": "well"}
    assert [str(line.amount) for line in page.lines] == ["900.00"]
    assert [member.name for member in page.members] == ["Ana"]

    write_backup(store, tmp_path / "one.backup")
    again = create_store(f"sqlite:///{tmp_path}/again/register.db", empty=True)
    read_backup(again, tmp_path / "one.backup")
    assert check(again, head=HEAD).faults == ()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_backup_of_an_earlier_release_is_brought_to_this_one(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    from django.db import connections
    from tests.exits.register.store.conftest import psql

    from exitline.api import register
    from exitline.exits.register.store.models import StandingRow
    from exitline.exits.register.store.opening import open_store

    (tmp_path / "register.db").write_bytes(lzma.decompress(CASE.read_bytes()))
    file = tmp_path / "old.backup"
    register.backup(f"sqlite:///{tmp_path}/register.db", file)  # as it is, not upgraded
    address = f"sqlite:///{tmp_path}/new/register.db"
    if engine == "postgresql":
        server = request.getfixturevalue("postgres_server")
        psql(server, "postgres", "CREATE DATABASE brought OWNER office")
        address = f"postgresql://office@/brought?host={server}"
    register.restore(file, address, key=tmp_path / "register.key")
    found = register.check(address, head=HEAD)
    assert (tuple(found["faults"]), found["events"], found["households"]) == ((), 14, 3)
    store = open_store(address)
    with store.transaction():
        turns = StandingRow.objects.using(store.alias).filter(turned=True)
        found = turns.values_list("household__key", "listed", "state")
        assert sorted(found) == TURNS
    connections[store.alias].close()
