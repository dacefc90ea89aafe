"""Ledger, head and claim file as a set: killed before any file-system call, then run again."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from exitline.files import OutputError
from exitline.proof.claim import append, check_ledger, make_receipt, read_claims, sign_claim

WATCHED = ("open", "os.rename", "os.remove", "os.link", "os.chmod", "tempfile.mkstemp")


def _publish(folder: Path, envelope: bytes) -> None:
    append(
        folder / "claims.jsonl", [envelope],
        beside={folder / "claim.json": lambda ledger: make_receipt(ledger, envelope) + b"\n"},
    )  # fmt: skip


def _killed_before(call: int, folder: Path, envelope: bytes) -> bool:
    """Publish in a child that is killed before so many file-system calls."""
    child = os.fork()
    if child == 0:
        left = [call]

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if event in WATCHED and str(folder) in str(arguments):
                left[0] -= 1
                if left[0] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        _publish(folder, envelope)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_killed_before_every_call_and_run_again(tmp_path: Path, many) -> None:
    first, second = (sign_claim(each) for each in many(2))
    killed = 0
    for call in range(1, 200):
        folder = tmp_path / str(call)
        folder.mkdir()
        append(folder / "claims.jsonl", [first])
        was_killed = _killed_before(call, folder, second)
        killed += was_killed
        ledger = check_ledger((folder / "claims.jsonl").read_bytes(), unsigned=True)
        assert ledger.entries in ((first,), (first, second))
        if (folder / "claim.json").exists():
            assert read_claims(folder / "claim.json")[0][0].envelope == second
            assert ledger.entries == (first, second)
        _publish(folder, second)
        names = {path.name for path in folder.iterdir()}
        assert names == {"claims.jsonl", "claims.jsonl.head", "claim.json"}
        if not was_killed:
            break
    assert not was_killed
    assert killed > 10


def test_a_claim_file_that_cannot_be_written_leaves_the_ledger(tmp_path: Path, many) -> None:
    first, second = (sign_claim(each) for each in many(2))
    append(tmp_path / "claims.jsonl", [first])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for where in (tmp_path / "none" / "claim.json", tmp_path / "folder"):
        (tmp_path / "folder").mkdir(exist_ok=True)
        with pytest.raises((OutputError, OSError)):
            append(tmp_path / "claims.jsonl", [second], beside={where: lambda _: b"x"})
        (tmp_path / "folder").rmdir()
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
