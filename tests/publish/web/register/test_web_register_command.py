"""`exitline register serve`, `password` and `demo --serve` as processes."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


def test_it_serves_until_it_is_told_to_stop(address, tmp_path):
    log = tmp_path / "log"
    with log.open("w") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "exitline", "register", "serve", "--database", address,
             "--port", "0"], stdout=sink, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            until = time.monotonic() + 60
            while not (found := re.search(r"register: (http\S+)/", log.read_text())):
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)
            with urllib.request.urlopen(f"{found.group(1)}/health", timeout=30) as answer:
                assert b'"ok"' in answer.read()
        finally:
            process.terminate()
        assert process.wait(20) == 0
    told = log.read_text()
    assert "stopped" in told
    assert '"view": "health"' in told
    assert "warning" not in told


def test_a_password_lets_somebody_in(address, signed):
    from exitline.cli import main

    def set_to(password: str) -> int:
        given = ["register", "password", "county", "--database", address, "--password", password]
        with pytest.raises(SystemExit) as ended:
            main(given)
        return int(ended.value.code or 0)

    assert set_to("short") == 1
    assert set_to("password123") == 1
    done = subprocess.run(  # as an office does: in a process that has opened no register yet
        [sys.executable, "-m", "exitline", "register", "password", "county", "--database", address,
         "--password", "an office of its own"], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "county can sign in.\n")
    client = signed("")
    sent = {"name": "county", "password": "an office of its own"}
    assert client.post("/sign-in", sent).status_code == 302


def test_a_register_that_is_not_there_is_said(address, tmp_path):
    del address
    nowhere = f"sqlite:///{tmp_path}/nowhere/register.db"
    done = subprocess.run(
        [sys.executable, "-m", "exitline", "register", "serve", "--database", nowhere, "--port",
         "0"], capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "there is no register at this address" in done.stderr
    assert not Path(tmp_path / "nowhere").exists()
