"""A run killed at any moment leaves the old ledger or the new one, whole."""

from __future__ import annotations

import collections
import subprocess
import sys
from pathlib import Path

import pytest

from exitline.proof.claim import append, read_ledger, sign_claim

CHILD = Path(__file__).with_name("crash_child.py")
KILLS = 200


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_killed_at_200_random_moments(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(CHILD), str(tmp_path), str(KILLS), "200"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *outcomes, last = done.stdout.split("\n")[:-1]
    counts = collections.Counter(outcomes)
    assert set(counts) == {"old", "new"}
    assert counts["old"] + counts["new"] == KILLS
    assert min(counts.values()) >= 10, counts
    killed = int(last.split()[1].rstrip(","))
    assert killed >= KILLS // 4, last
    assert last.endswith("left 0")


def test_a_failed_write_leaves_the_old_ledger(tmp_path: Path, many, monkeypatch) -> None:
    path = tmp_path / "ledger.jsonl"
    append(path, [sign_claim(many(1)[0])])
    before = path.read_bytes()

    def full(self: Path, data: bytes) -> int:  # noqa: ARG001
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Exception, match="cannot be written"):
        append(path, [sign_claim(many(2)[1])])
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if "partial" in file.name] == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_two_processes_adding_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from crash_child import claim;"
        "from exitline.proof.claim import append; from pathlib import Path;"
        "[append(Path(sys.argv[2]), [claim(int(sys.argv[3]) + n)]) for n in range(10)]"
    )
    path = tmp_path / "ledger.jsonl"
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(CHILD.parent), str(path), str(start)])
        for start in (0, 1000)
    ]
    assert [one.wait() for one in running] == [0, 0]
    assert read_ledger(path, unsigned=True).head.size == 20
