"""`exitline explore`: what it writes, what it says, what it refuses; an interrupt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exitline.cli import main

EXAMPLE = "examples/china-832/explorer.yaml"


def attempt(*arguments: str) -> int:
    """The exit status of the command."""
    with pytest.raises(SystemExit) as end:
        main(["explore", *arguments])
    return int(end.value.code or 0)


def test_the_page_is_written_and_described(tmp_path, capsys):
    page = tmp_path / "list.html"
    assert attempt(EXAMPLE, "--out", str(page)) == 0
    said = capsys.readouterr().out
    assert "1,024" in said
    assert "2015-2020" in said
    assert max(map(len, said.splitlines()[:-1])) <= 80
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [p.name for p in tmp_path.iterdir()] == ["list.html"]


def test_as_json_it_says_the_same(tmp_path, capsys):
    page = tmp_path / "list.html"
    assert attempt(EXAMPLE, "--out", str(page), "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["areas"], made["suppressed"]) == (1024, 0)
    assert made["bytes"] == page.stat().st_size


def test_a_run_is_recomputed_from_its_study(tmp_path):
    study = "examples/albania-2012/study.yaml"
    with pytest.raises(SystemExit):
        main(["run", study, "--out", str(tmp_path / "out")])
    page = tmp_path / "a.html"
    assert attempt(str(tmp_path / "out"), "--study", study, "--out", str(page)) == 0
    assert "All of them were computed again" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "not the folder of a run"),
        (("nowhere.yaml",), "there is no such file"),
        ((EXAMPLE, "examples/albania-2012"), "is given alone"),
        (("examples/albania-2012/study.yaml",), "there is no key 'study' here"),
        ((EXAMPLE, "--out", "no/such/folder/x.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, message, capsys):
    assert attempt(*arguments) == 1
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


@pytest.mark.parametrize("after", [0.4, 0.9])
def test_an_interrupt_leaves_the_page_of_before(tmp_path, after):
    page = tmp_path / "page.html"
    page.write_text("before")
    process = subprocess.Popen(
        [sys.executable, "-c", "from exitline.cli import main; main()", "explore",
         str(Path("examples/imaginary-country/explorer.yaml").resolve()), "--out", str(page)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
    )  # fmt: skip
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    if process.returncode != 0:
        assert process.returncode in (130, -signal.SIGINT), said
        assert page.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
