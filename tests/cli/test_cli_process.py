"""The process itself: interrupts at any moment, closed and full streams, odd encodings."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from exitline.cli import call
from exitline.cli.shared import guard

STUDY = "examples/albania-2012/study.yaml"
EXITLINE = [sys.executable, "-m", "exitline"]
FULL = Path("/dev/full")


UP = """
from exitline import __main__, signals
listen = signals.listen
signals.listen = lambda: (listen(), print("up", flush=True))
__main__.main()
"""


def started(*arguments: str, **given) -> subprocess.Popen[str]:
    """A process that has its signals in hand, and nothing else yet."""
    process = subprocess.Popen(
        [sys.executable, "-c", UP, *arguments], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **given,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [0.0, 0.02, 0.1, 0.3, 0.7])
def test_a_signal_at_any_moment_is_one_line(tmp_path, after, number):
    shutil.copytree("examples/albania-2012", tmp_path / "a", ignore=shutil.ignore_patterns("out"))
    process = started("run", str(tmp_path / "a" / "study.yaml"))
    time.sleep(after)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    word = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}[number]
    if process.returncode:
        assert process.returncode == 128 + number
        assert said == f"{word}; nothing was left half-written\n"
        assert not (tmp_path / "a" / "out").exists()
    assert not list((tmp_path / "a").glob(".*"))


def test_an_interrupt_that_was_ignored_stays_ignored():
    def ignoring() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    process = started("check", STUDY, preexec_fn=ignoring)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_an_error():
    with FULL.open("w") as full:
        done = subprocess.run(
            [*EXITLINE, "standards"], stdout=full, stderr=subprocess.PIPE, text=True
        )
        assert (done.returncode, "No space left" in done.stderr) == (1, True)
        done = subprocess.run([*EXITLINE, "standards", "x"], stdout=full, stderr=full)
        assert done.returncode == 1


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_closed_streams_are_no_fault(closed):
    def close() -> None:
        for handle in closed:
            os.close(handle)

    done = subprocess.run([*EXITLINE, "standards"], preexec_fn=close, stderr=None)
    assert done.returncode == 0


def test_a_reader_that_leaves_is_no_fault_and_no_success():
    """A mismatch behind `| head` never counts as a match."""
    process = subprocess.Popen(
        [*EXITLINE, "standards", "china-2011-2020"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 141


@pytest.mark.parametrize("changed", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}])
def test_an_output_without_the_letters_gets_their_codes(changed, tmp_path):
    told = tmp_path / "étude.yaml"
    told.write_text("study: x")
    done = subprocess.run(
        [*EXITLINE, "check", str(told)], capture_output=True, env={**os.environ, **changed}
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"tude.yaml" in done.stderr


def test_an_argument_in_another_encoding_is_wrong_usage():
    done = subprocess.run([*EXITLINE, "run", b"\xe9tude.yaml"], capture_output=True)
    assert done.returncode == 2
    assert done.stderr == b"Error: argument 2 is not text in UTF-8\n"


@pytest.fixture
def broken(monkeypatch):
    """A command that has a fault."""

    def fail(reason: BaseException) -> None:
        def stop(*_: object, **__: object) -> None:
            raise reason

        monkeypatch.setattr("exitline.rules.standard.load", stop)

    return fail


def test_a_fault_of_ours_is_status_70_and_shows_no_values(broken, capsys):
    broken(KeyError("household 17"))
    assert call(["standards", "eu-arope"]) == 70
    said = capsys.readouterr().err
    assert "a fault of exitline" in said
    assert "--debug" in said
    assert "household 17" not in said
    assert "Traceback" not in said


def test_debug_shows_the_traceback_wherever_it_stands(broken, capsys):
    broken(KeyError("household 17"))
    for given in (["--debug", "standards", "x"], ["standards", "x", "--debug"]):
        assert call(given) == 70
        assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reason", "status", "words"),
    [
        (OSError(28, "No space left on device"), 1, "the output cannot be written"),
        (PermissionError(13, "Permission denied", "a.yaml"), 1, "a.yaml"),
        (MemoryError(), 1, "EXITLINE_MEMORY"),
        (EOFError(), 70, "a fault of exitline"),
        (RecursionError(), 70, "a fault of exitline"),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), 70, "a fault of exitline"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (click.UsageError("\x1b[2J no\u202e"), 2, "no\\u202e"),
        (click.UsageError("x" * 10**6), 2, "…"),
    ],
)
def test_whatever_ends_a_command_is_said_once(broken, capsys, reason, status, words):
    broken(reason)
    assert call(["standards", "x"]) == status
    said = capsys.readouterr().err
    assert words in said
    assert len(said) < 2000
    assert "\x1b" not in said


def test_arguments_that_are_no_text():
    for argument in ("a\0b", "\ud800", "a\udcffb"):
        assert call(["run", argument]) == 2
    assert guard.FAULT == 70


SWALLOWED = """
import os, signal, time
from exitline import signals
class Ends:
    def __del__(self):
        os.kill(os.getpid(), signal.{number})
        time.sleep(0.01)  # the signal is taken here, where nothing can be raised
signals.listen()
try:
    Ends()
    time.sleep(30)
except KeyboardInterrupt:
    raise SystemExit(signals.received())
"""


@pytest.mark.parametrize(("number", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_that_a_destructor_swallows_comes_again(number, status):
    done = subprocess.run(
        [sys.executable, "-c", SWALLOWED.format(number=number)], capture_output=True, text=True,
        timeout=20, check=False, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (status, "")
