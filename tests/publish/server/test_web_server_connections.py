"""A request comes in time or its connection is dropped; bytes one by one move no deadline."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

pytest.importorskip("uvicorn")
import uvicorn

from exitline.publish.server import connections


async def app(_scope, _receive, send):
    length = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": b"done"})


@contextlib.asynccontextmanager
async def server(monkeypatch, seconds: float):
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", seconds)
    config = uvicorn.Config(
        app, port=0, lifespan="off", ws="none", log_config=None, http=connections.Connection
    )
    running = uvicorn.Server(config)
    running.install_signal_handlers = lambda: None
    task = asyncio.ensure_future(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    await task


async def slow(port: int, pause: float) -> float:
    """How long a connection lives that sends one byte after the other."""
    begun = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        for letter in b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1000:
            writer.write(bytes([letter]))
            await writer.drain()
            if reader.at_eof():
                break
            await asyncio.sleep(pause)
    writer.close()
    return time.monotonic() - begun


def test_a_request_byte_by_byte_is_dropped(monkeypatch):
    async def run():
        async with server(monkeypatch, 0.5) as port:
            return await slow(port, 0.05)

    assert asyncio.run(run()) < 5


def test_requests_one_after_the_other_are_answered(monkeypatch):
    async def run():
        async with server(monkeypatch, 0.5) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            answers = []
            for _ in range(4):
                writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answers.append(await reader.readuntil(b"done"))
                await asyncio.sleep(0.2)
            writer.close()
            return answers

    assert all(answer.startswith(b"HTTP/1.1 200") for answer in asyncio.run(run()))
