"""A register of an earlier release: refused as it is, and whole after its upgrade."""

from __future__ import annotations

import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exitline.exits.register import Procedure

CASE = Path(__file__).parent / "cases" / "register-0002.db.xz"
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


def test_on_postgresql_an_upgrade_keeps_every_step(
    postgres_server: str, tmp_path: Path, china: Procedure, made: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from django.core.management import call_command
    from django.db import connections
    from tests.exits.register.store.conftest import DAY, psql

    from exitline.exits.register.store import opening
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.errors import StoreError
    from exitline.exits.register.store.models import ChainRow
    from exitline.exits.register.store.read.histories import history, household
    from exitline.exits.register.store.write.areas import add_areas
    from exitline.exits.register.store.write.record import record

    psql(postgres_server, "postgres", "CREATE DATABASE earlier OWNER office")
    address = f"postgresql://office@/earlier?host={postgres_server}"
    before = "0005_jobs"  # tables of steps as they were before works, papers and visits
    monkeypatch.setattr(opening, "migrate", lambda store: call_command(
        "migrate", "register", before, database=store.alias, verbosity=0))  # fmt: skip
    store = opening.create_store(address, key_file=tmp_path / "register.key")
    rows = [("", "c", "County", "county"), ("c/", "v", "Village", "village")]
    add_areas(store, rows, since=DAY)
    for key in ("h1", "h2"):
        draft = made("carry over", "2016-05-01", key)
        event = record(store, draft, None, None, procedure=china, area="c/v/")
    head = ChainRow.objects.using(store.alias).get().head
    monkeypatch.undo()
    with pytest.raises(StoreError, match="earlier release"):
        opening.open_store(address)
    again = opening.upgrade_store(address, key_file=tmp_path / "register.key")
    found = check(again, head=head)
    assert (found.faults, found.events, found.households) == ((), 2, 2)
    assert history(again, household(again, "h2")).events == (event,)
    connections[again.alias].close()
