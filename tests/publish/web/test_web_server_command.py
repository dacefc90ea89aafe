"""`exitline serve` as a process: it listens, answers, warns, and stops without a traceback."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from exitline.publish.explorer.errors import ExplorerError
from exitline.publish.web.serving import address_of, is_loopback, listen

CHINA = "examples/china-832/explorer.yaml"
CHILD = "import sys; from exitline.cli import main; main(['serve', *sys.argv[1:]])"
READING = (
    "import sys; from exitline.cli import main; from exitline.api import serving as s\n"
    "build = s.build\n"
    "def said(*a, **k): print('reading', flush=True); return build(*a, **k)\n"
    "s.build = said; main(['serve', *sys.argv[1:]])"
)
CHROMIUM = Path("/usr/bin/chromium")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "ignore"}


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and what it printed until it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=ENVIRONMENT,
    )  # fmt: skip
    try:
        yield process, _until_ready(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _until_ready(process: subprocess.Popen[str]) -> str:
    """What a server prints until the last line of its greeting."""
    assert process.stdout is not None
    there = process.stdout.fileno()
    told, until = b"", time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if select.select([there], [], [], 0.2)[0]:
            told += os.read(there, 10_000)
            if b"Ctrl-C stops it." in told:
                return told.decode()
    process.kill()
    raise AssertionError(told.decode() + str(process.communicate()))


def port_of(told: str) -> int:
    """The port in a greeting."""
    found = re.search(r"page: http://[^/]*:(\d+)/", told)
    assert found is not None
    return int(found.group(1))


def get(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    """One request over loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_it_answers_until_ctrl_c(tmp_path):
    with serving(CHINA, "--port", "0") as (process, told):
        assert told.startswith("How a list of 832 counties emptied\n")
        assert "A record of decisions, not evidence for them." in told
        assert "warning" not in told
        port = port_of(told)
        assert get(port, "/")[1].startswith(b"<!doctype html>")
        assert b'"832"' in get(port, "/api/v1/estimates?series=left&year=2020&area=all")[1]
        assert get(port, "/api/v1/estimates", "HEAD") == (200, b"")
        assert get(port, "/api/v1/nothing?x=secret")[0] == 404
        waiting = socket.create_connection(("127.0.0.1", port))
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=20)
        assert time.monotonic() - begin < 8
        waiting.close()
        assert process.returncode == 0
        assert out.strip().splitlines()[-1] == "stopped"
        assert errors == ""
    assert list(tmp_path.iterdir()) == []


def test_requests_leave_no_trace_in_the_terminal():
    with serving(CHINA, "--port", "0") as (process, told):
        port = port_of(told)
        for path in ("/api/v1/areas?search=secret", "/secret", "/api/v1/areas?secret=1"):
            get(port, path)
        with socket.create_connection(("127.0.0.1", port)) as garbage:
            garbage.sendall(b"\x00secret garbage\r\n\r\n")
            garbage.settimeout(5)
            with contextlib.suppress(OSError):
                garbage.recv(1000)
        assert get(port, "/api/v1")[0] == 200
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=20)
        assert "secret" not in out + errors


def test_ctrl_c_while_it_reads_leaves_no_traceback():
    process = subprocess.Popen(
        [sys.executable, "-c", READING, "examples/imaginary-country/explorer.yaml", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "reading\n"
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130), out + errors
    assert "Traceback" not in out + errors


def test_it_warns_where_others_can_reach_it():
    with serving(CHINA, "--host", "0.0.0.0", "--port", "0") as (_, told):
        said = " ".join(told.split())
        assert "warning: everyone who can reach this machine can read these figures" in said
        assert get(port_of(told), "/api/v1")[0] == 200


def ended(*arguments: str) -> tuple[int, str]:
    """Exit status and errors of a server that cannot start."""
    done = subprocess.run([sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True,
                          env=ENVIRONMENT, timeout=120, check=False)  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, " ".join(done.stderr.split())


def test_a_taken_port_is_said_before_anything_is_read():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        status, said = ended("no-such-folder", "--port", str(port))
    assert status == 1
    assert f"port {port} is taken" in said
    assert "--port 0" in said


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("no-such-folder", "--port", "0"), 1, "this is not the folder of a run"),
        ((CHINA, "--host", "203.0.113.7", "--port", "0"), 1, "this host cannot be listened on"),
        ((CHINA, "--host", "no host", "--port", "0"), 1, "this host cannot be listened on"),
        ((CHINA, "--port", "70000"), 2, "70000 is not in the range"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_served_is_said(arguments, status, said):
    found, errors = ended(*arguments)
    assert found == status
    assert said in errors


def test_libraries_that_are_not_there_are_named(monkeypatch):
    from exitline.publish.web.serving import require_extra

    monkeypatch.setitem(sys.modules, "granian", None)
    with pytest.raises(ExplorerError) as raised:
        require_extra()
    assert (
        raised.value.remedy == "in exitline's folder: pip install '.[register]' (docs/install.md)"
    )


def test_sockets_know_who_can_reach_them():
    for host, near in (("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)):
        with listen(host, 0) as found:
            assert is_loopback(found) == near
            assert "0.0.0.0" not in address_of(found)
            with contextlib.suppress(ExplorerError), listen(host, found.getsockname()[1]):
                raise AssertionError("one port was given twice")


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1280])
def test_page_and_description_work_in_a_browser(width, serious):
    if not CHROMIUM.exists():
        pytest.skip("needs chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with serving(CHINA, "--port", "0") as (_, told), sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": width, "height": 900})
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(f"http://127.0.0.1:{port_of(told)}/")
        page.wait_for_selector(
            "#picture [data-area]"
        )  # its script ran under the policy that the server sends
        page.goto(f"http://127.0.0.1:{port_of(told)}/docs")
        assert faults == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        asked = page.locator("form").first
        path = asked.get_attribute("data-path")
        asked.get_by_role("button", name="Ask").click()
        answered = asked.locator(".answered pre")
        answered.wait_for()
        assert (
            json.loads(answered.inner_text())
            == page.request.get(f"http://127.0.0.1:{port_of(told)}{path}").json()
        )
        assert faults == []
        freed = chromium.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
        freed.goto(f"http://127.0.0.1:{port_of(told)}/docs")
        assert serious(freed) == []
        chromium.close()


def test_two_hundred_half_open_connections_shut_nobody_out():
    with serving(CHINA, "--port", "0") as (_, told), contextlib.ExitStack() as open_ones:
        port = port_of(told)
        for _ in range(200):
            half = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
            half.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        for _ in range(3):
            begin = time.monotonic()
            assert get(port, "/api/v1")[0] == 200
            assert time.monotonic() - begin < 5


def test_the_longest_waiting_makes_room():
    with serving(CHINA, "--port", "0") as (_, told), contextlib.ExitStack() as open_ones:
        port = port_of(told)
        waiting = [
            open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(450)
        ]
        assert get(port, "/api/v1")[0] == 200
        waiting[0].settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            assert waiting[0].recv(1) == b""
