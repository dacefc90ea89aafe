"""The log on disk: every changed byte shows, a killed writer leaves it whole."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from exitline.exits.register import LifecycleError, Log, LogDamagedError
from exitline.exits.register.logbook import store
from exitline.exits.register.logbook.checking import faults_of

WRITER = """
import sys
from datetime import date
from exitline.exits.register import Document, Draft, Log, load_procedure
log, procedure = Log.open(sys.argv[1]), load_procedure("china-2016-exit", rules=False)
print("ready", flush=True)
for i in range(100_000):
    batch = [Draft(f"{i}-{j}", "carry over", date(2016, 5, 1), "a", "county",
                   documents=(Document("register extract"),)) for j in range(5)]
    log.append(batch, procedure)
"""


@pytest.fixture
def filled(office: Any) -> Any:
    """A log of eight events in several batches."""
    office.exit()
    office.household = "h2"
    office.take("carry over", "2016-05-01")
    return office


def test_every_single_byte_change_is_detected(filled: Any) -> None:
    path = filled.log.folder / store.EVENTS
    data = path.read_bytes()
    for place in [*random.Random(1).sample(range(len(data)), 400), 0, len(data) - 1]:
        changed = bytearray(data)
        changed[place] ^= 1 + place % 7
        path.write_bytes(changed)
        with pytest.raises(LogDamagedError):
            Log.open(filled.log.folder)
    path.write_bytes(data)
    assert len(Log.open(filled.log.folder).events) == 8


@pytest.mark.parametrize("harm", ["remove", "swap", "repeat", "cut", "empty"])
def test_removed_moved_and_cut_lines_are_detected(filled: Any, harm: str) -> None:
    path = filled.log.folder / store.EVENTS
    lines = path.read_bytes().splitlines(keepends=True)
    harmed = {
        "remove": lines[:2] + lines[4:],
        "swap": [lines[2], lines[3], lines[0], lines[1], *lines[4:]],
        "repeat": lines + lines[-2:],
        "cut": lines[:-2],
        "empty": [],
    }[harm]
    path.write_bytes(b"".join(harmed))
    with pytest.raises(LogDamagedError) as caught:
        Log.open(filled.log.folder)
    assert "copy" in (caught.value.remedy or "")


def test_a_changed_or_missing_head_is_detected(filled: Any) -> None:
    head = filled.log.folder / store.HEAD
    kept = head.read_bytes()
    for content in (b"{}", b"", json.dumps({"head": "f" * 64}).encode()):
        head.write_bytes(content)
        with pytest.raises(LogDamagedError):
            Log.open(filled.log.folder)
    head.unlink()
    with pytest.raises(LogDamagedError):
        Log.open(filled.log.folder)
    head.write_bytes(kept)
    Log.open(filled.log.folder)


def test_an_unfinished_append_is_left_out_and_cut(filled: Any) -> None:
    path = filled.log.folder / store.EVENTS
    data = path.read_bytes()
    last = data.rstrip(b"\n").rfind(b"\n", 0, data.rstrip(b"\n").rfind(b"\n"))
    whole, batch = data, data[last + 1 :]
    filled.household = "h3"
    for length in (1, 40, len(batch) // 2, len(batch) - 1):
        path.write_bytes(whole + batch[:length].replace(b"\n", b" "))
        opened = Log.open(filled.log.folder)
        assert len(opened.events) == 8
        assert opened.stored.unfinished == length
    filled.log = Log.open(filled.log.folder)
    filled.take("carry over", "2016-05-01")
    assert len(Log.open(filled.log.folder).events) == 9


def test_a_log_that_was_rewritten_lacks_the_noted_head(filled: Any, tmp_path: Path) -> None:
    noted = filled.log.head
    filled.log.require_head(noted)
    filled.household = "h3"
    filled.take("carry over", "2016-05-01")
    filled.log.require_head(noted)
    other = Log.create(tmp_path / "other")
    with pytest.raises(LogDamagedError, match="head that was noted"):
        other.require_head(noted)


def test_a_writer_killed_at_any_moment_leaves_whole_batches(tmp_path: Path) -> None:
    folder = Log.create(tmp_path / "log").folder
    pick = random.Random(3)
    known = 0
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER.replace("{i}", f"{known}-{{i}}"), str(folder)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pick.uniform(0.0, 0.12))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        opened = Log.open(folder)
        assert len(opened.events) % 5 == 0
        assert len(opened.events) >= known
        known = len(opened.events)
    assert known > 0


def test_no_log_and_a_second_log_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LifecycleError, match="no log"):
        Log.open(tmp_path)
    Log.create(tmp_path / "log")
    with pytest.raises(LifecycleError, match="already"):
        Log.create(tmp_path / "log")


def test_a_lost_rule_file_is_told(filled: Any) -> None:
    for kept in (filled.log.folder / "rules").glob("*.json"):
        kept.unlink()
    (fault,) = faults_of(filled.log)
    assert fault.startswith("rule ")


def test_a_changed_procedure_copy_is_told_and_the_file_itself_may_change(filled: Any) -> None:
    digest = filled.log.events[0].procedure_digest
    kept = filled.log.folder / "procedures" / f"{digest}.yaml"
    assert Log.open(filled.log.folder).procedure(digest).digest == digest
    kept.write_text(kept.read_text().replace("days: 15", "days: 150"))
    with pytest.raises(LogDamagedError, match="procedure"):
        Log.open(filled.log.folder).procedure(digest)


def test_nothing_to_record_changes_nothing(filled: Any) -> None:
    before = (filled.log.folder / store.EVENTS).read_bytes()
    assert filled.log.append([], filled.procedure) == ()
    assert (filled.log.folder / store.EVENTS).read_bytes() == before
