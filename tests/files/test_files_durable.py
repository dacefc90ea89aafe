"""What is written is on the disk before it has its name: tests leave that out, here it is seen."""

from __future__ import annotations

import os
import runpy
import sqlite3
from pathlib import Path

import pytest

from exitline.exits.register.logbook.store import EVENTS, append, read
from exitline.files import whole_file, whole_files


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """Name and content of each file at the moment when it was sent to the disk."""
    seen: list[tuple[str, bytes]] = []

    def send(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        seen.append((path.name, path.read_bytes()))

    monkeypatch.setattr(os, "fsync", send)
    return seen


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, flushed):
    with whole_file(tmp_path / "a.txt") as partial:
        partial.write_text("one")
    assert flushed == [(partial.name, b"one")]
    assert partial.name != "a.txt"


def test_each_file_of_a_set_is(tmp_path, flushed):
    with whole_files(tmp_path / "a.txt", tmp_path / "b.txt") as partials:
        for partial in partials:
            partial.write_text(partial.name)
    sent = dict(flushed)
    assert [sent[partial.name] for partial in partials] == [p.name.encode() for p in partials]


def test_each_step_of_a_log_is(tmp_path, flushed):
    append(tmp_path, read(tmp_path), [{"step": 1}])
    assert flushed[0] == (EVENTS, (tmp_path / EVENTS).read_bytes())
    assert b'"step"' in flushed[0][1]


def test_a_register_on_sqlite_waits_for_the_disk_at_each_commit(tmp_path):
    """As the source has it; the tests of the store do not wait."""
    pytest.importorskip("django", reason="needs Django (extra `register`)")
    from exitline.exits.register.store import addresses

    given = runpy.run_path(addresses.__file__)["database"](f"sqlite:///{tmp_path}/r.db")
    connection = sqlite3.connect(tmp_path / "r.db")
    connection.executescript(given["OPTIONS"]["init_command"])
    (waits,) = connection.execute("PRAGMA synchronous").fetchone()
    connection.close()
    assert waits == 2  # FULL
