"""A request comes in time or its connection is dropped; bytes one by one move no deadline."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("granian")

from exitline.publish.web import serving


async def app(scope, _receive, send):
    body = b"x" * 20_000_000 if scope["path"] == "/long" else b"done"
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": body})


def _load():
    return app


def _run(listening: socket.socket, seconds: float) -> None:
    serving.SECONDS_TO_ASK = seconds
    serving.serve(_load, listening, lambda: None)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that gives half a second to a request, and two to whoever takes an answer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "SECONDS_TO_TAKE", 2)
        listening = serving.listen("127.0.0.1", 0)
    process = multiprocessing.get_context("fork").Process(target=_run, args=(listening, 0.5))
    process.start()
    yield listening.getsockname()[1]
    os.kill(process.pid, signal.SIGTERM)
    process.join(10)
    assert process.exitcode == 0
    listening.close()


def test_a_request_byte_by_byte_is_dropped(port):
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as slow, contextlib.suppress(OSError):
        for letter in b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1000:
            slow.sendall(bytes([letter]))
            time.sleep(0.05)
    assert time.monotonic() - begun < 5


def test_a_connection_that_says_nothing_is_dropped(port):
    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.settimeout(5)
        assert idle.recv(1) == b""


def test_requests_one_after_the_other_are_answered(port):
    with socket.create_connection(("127.0.0.1", port)) as one:
        for _ in range(4):
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            told = b""
            while not told.endswith(b"done"):
                told += one.recv(1000)
            assert told.startswith(b"HTTP/1.1 200")
            time.sleep(0.2)


def _until_given_up(port: int, peer: int) -> None:
    """Wait until the kernel has no connection of the server to a peer any more."""
    ends = f":{port:04X} 0100007F:{peer:04X} "
    until = time.monotonic() + 30
    while ends in Path("/proc/net/tcp").read_text():
        assert time.monotonic() < until, "the connection is still there"
        time.sleep(0.05)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="needs Linux")
def test_an_answer_that_nobody_takes_is_given_up(port):
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.connect(("127.0.0.1", port))
        lazy.sendall(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _until_given_up(port, lazy.getsockname()[1])
        taken = 0
        with contextlib.suppress(ConnectionError):
            while part := lazy.recv(1_000_000):
                taken += len(part)
    assert taken < 20_000_000
