"""`exitline serve` over the 832 example: start-up, and requests a second on loopback.

    python benchmarks/serve.py [--seconds 5] [--connections 8]

The server is a process of its own on a free port of 127.0.0.1. The clients are threads of
this one, each with one connection that it keeps; on two cores they compete with the server,
so that the figures are a floor. Exit status 1 if any answer was not the one expected.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

EXAMPLE = "examples/china-832/explorer.yaml"
REQUESTS = {
    "one series, one year, 22 provinces": (
        "/api/v1/estimates?series=left&year=2020&level=province_zh", {}, 200, 22,
    ),
    "the first 100 of 4,632 figures": ("/api/v1/estimates", {}, 200, 100),
    "the same, compressed": ("/api/v1/estimates", {"Accept-Encoding": "gzip"}, 200, None),
    "1,000 figures": ("/api/v1/estimates?limit=1000", {}, 200, 1000),
    "all 4,632 figures as CSV": ("/api/v1/estimates?format=csv", {}, 200, None),
    "a refusal": ("/api/v1/estimates?yaer=2020", {}, 400, None),
}  # fmt: skip
_SERVE = "from exitline.cli import main; main(['serve', {source!r}, '--port', '0'])"


@dataclass
class Load:
    """What the clients of one round saw."""

    seconds: list[float] = field(default_factory=list)
    wrong: int = 0
    size: int = 0


@contextlib.contextmanager
def server() -> Iterator[tuple[str, int, float]]:
    """A server; its host and port, and the seconds from its start to its first answer."""
    begin = time.perf_counter()
    code = _SERVE.format(source=EXAMPLE)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = next(
            m for line in process.stdout if (m := re.search(r"http://([\d.]+):(\d+)/", line))
        )
        host, port = found.group(1), int(found.group(2))
        ask(http.client.HTTPConnection(host, port), "/api/v1", {})
        yield host, port, time.perf_counter() - begin
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def ask(to: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request."""
    to.request("GET", path, headers=headers)
    answer = to.getresponse()
    return answer.status, answer.read()


def client(address: tuple[str, int], name: str, until: float, load: Load) -> None:
    """Ask the same again and again over one connection."""
    path, headers, status, rows = REQUESTS[name]
    connection = http.client.HTTPConnection(*address)
    while time.perf_counter() < until:
        begin = time.perf_counter()
        got, body = ask(connection, path, headers)
        load.seconds.append(time.perf_counter() - begin)
        load.size = len(body)
        load.wrong += got != status
    load.wrong += rows is not None and len(json.loads(body)["rows"]) != rows


def measure(address: tuple[str, int], name: str, seconds: float, connections: int) -> Load:
    """Several clients at once."""
    load, until = Load(), time.perf_counter() + seconds
    clients = [
        threading.Thread(target=client, args=(address, name, until, load))
        for _ in range(connections)
    ]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return load


def main() -> int:
    """Start, ask, report."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--connections", type=int, default=8)
    said = options.parse_args()
    wrong = 0
    with server() as (host, port, started):
        print(f"from start to first answer: {started:.2f} s")
        print(f"{said.connections} connections, {said.seconds:g} s each:")
        for name in REQUESTS:
            load = measure((host, port), name, said.seconds, said.connections)
            ordered = sorted(load.seconds)
            wrong += load.wrong
            rate = len(ordered) / said.seconds
            median, late = ordered[len(ordered) // 2], ordered[int(0.99 * len(ordered))]
            print(f"  {name}: {rate:,.0f} a second; median {1e3 * median:.1f} ms, "
                  f"99 % within {1e3 * late:.1f} ms; {load.size:,} bytes")  # fmt: skip
        alone = measure((host, port), next(iter(REQUESTS)), said.seconds, 1)
        wrong += alone.wrong
        each = sorted(alone.seconds)[len(alone.seconds) // 2]
        print(f"one connection, the first of these: median {1e3 * each:.2f} ms")
    print(f"answers not as expected: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
