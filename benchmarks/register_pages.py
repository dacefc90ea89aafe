"""Card and worklist of a large register under many users, over HTTP.

    python -m benchmarks.register_filling --database postgresql://office@/pages?host=...
    python -m benchmarks.register_pages one  --database ...
    python -m benchmarks.register_pages load --database ... [--users 50] [--seconds 60] [--pause 10]

`register_filling` makes a register of a million households and ten million steps. `one` says what
one page costs: milliseconds of the server's processor for each page, of the database's,
and statements. `load` serves
the register with two processes and lets users, each with a role in a village, a township, a county
or the prefecture, open worklists and cards, with a pause of so many seconds between two pages on
average (0: none); it prints the median and the 99th percentile beside a bare query of the same
card's steps. Users are signed in before; they, server and database share the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.register_filling import COUNTIES, KEY, USERS

SERVER = """
import sys
from pathlib import Path
from exitline.api.registers.serving import serve
from exitline.publish.web.serving import address_of, listen
with listen("127.0.0.1", 0) as at:
    serve(sys.argv[1], at, lambda: print(address_of(at), flush=True), key=Path(sys.argv[2]),
          workers=2)
"""


def one(address: str, households: int, times: int = 100) -> dict[str, Any]:
    """What one page costs when nobody else asks."""
    from exitline.api.registers.serving import require

    require()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from exitline.publish.web.register.opened import bind

    bind(address, key_file=KEY, names=("testserver",))
    found: dict[str, Any] = {}
    for name in ("user-0", "user-1", "user-2", "user-7"):  # village, township, county, prefecture
        client, number = Client(), int(name[5:])
        client.force_login(User.objects.get(username=name))
        for page, path in (
            ("worklist", "/"),
            ("card", f"/household/h{_first(number, households)}"),
        ):
            for _ in range(10):
                client.get(path)
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(path)
            assert answer.status_code == 200, (name, path, answer.status_code)
            statements, taken = len(asked), []
            spent, database = time.process_time(), _database(connection)
            for _ in range(times):
                begun = time.perf_counter()
                client.get(path)
                taken.append(time.perf_counter() - begun)
            found[f"{name} {page}"] = {
                "bytes": len(answer.content), "statements besides those sent together": statements,
                "processor ms": round(1000 * (time.process_time() - spent) / times, 2),
                "database's processor ms": round(
                    1000 * (_database(connection) - database) / times, 2
                ),
                "median ms": round(1000 * sorted(taken)[times // 2], 1),
            }  # fmt: skip
    return found


def _database(connection: Any) -> float:
    """Seconds of the processor that the connection's process in the database has taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    file = Path(f"/proc/{pid}/stat")
    if not file.exists():
        return 0.0
    told = file.read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _first(number: int, households: int) -> int:
    """The first household of the village that a user is sure to see."""
    county = number % COUNTIES * (households // COUNTIES)
    return county + (number * 100 if number % 4 == 0 else 0)


def load(address: str, households: int, users: int, seconds: float, pause: float) -> dict[str, Any]:
    """Milliseconds of pages while all users work."""
    signed = _signed_in(address, users)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    server = subprocess.Popen([sys.executable, "-c", SERVER, address, str(KEY)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              env=environment)  # fmt: skip
    try:
        at = server.stdout.readline().strip()
        taken: dict[str, list[float]] = {"card": [], "worklist": []}
        given = (households, seconds, pause, taken)
        hands = [
            threading.Thread(target=_work, args=(at, i, signed[i], *given), daemon=True)
            for i in range(users)
        ]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
    finally:
        server.terminate()
        server.wait(20)
    found: dict[str, Any] = {"users": users, "pause, s": pause}
    for name, times in taken.items():
        times.sort()
        found[name] = {"pages": len(times), "median ms": round(1000 * times[len(times) // 2], 1),
                       "99 % ms": round(1000 * times[int(len(times) * 0.99)], 1)}  # fmt: skip
    return {**found, "bare query ms": _bare(address)}


def _signed_in(address: str, users: int) -> list[str]:
    """A session for each user: to hash fifty passwords at once is not what is measured."""
    from exitline.api.registers.serving import require

    require()
    from django.contrib.auth.models import User
    from django.db import connections
    from django.test import Client

    from exitline.publish.web.register.opened import bind

    bind(address, key_file=KEY, names=("testserver",))
    found = []
    for i in range(users):
        client = Client()
        client.force_login(User.objects.get(username=f"user-{i % USERS}"))
        found.append(client.cookies["register"].value)
    connections.close_all()
    return found


def _work(
    at: str, number: int, session: str, households: int, seconds: float, pause: float,
    taken: dict[str, list[float]],
) -> None:  # fmt: skip
    """One user: opens pages, with a pause between two."""
    import httpx

    pick = random.Random(number)
    page = httpx.Client(base_url=at, timeout=60, trust_env=False, cookies={"register": session})
    for path in ("/", "/households"):  # what processes load when they begin is not measured
        page.get(path)
    time.sleep(pick.uniform(0, pause))
    first, until = _first(number % USERS, households), time.perf_counter() + seconds
    while time.perf_counter() < until:
        card = f"/household/h{first + pick.randrange(100)}"
        for name, path in (("worklist", "/"), ("card", card)):
            begun = time.perf_counter()
            answer = page.get(path)
            taken[name].append(time.perf_counter() - begun)
            assert answer.status_code == 200, (path, answer.status_code)
            time.sleep(pick.uniform(0.5 * pause, 1.5 * pause))


def _bare(address: str) -> float:
    """Milliseconds of the steps of one household, alone."""
    from exitline.exits.register.store.opening import open_store

    store = open_store(address, key_file=KEY)
    times = []
    with store.transaction() as cursor:
        for n in range(100):
            begun = time.perf_counter()
            cursor.execute("SELECT content FROM register_step WHERE household_id = %s", (1001 + n,))
            cursor.fetchall()
            times.append(time.perf_counter() - begun)
    return round(1000 * sorted(times)[50], 2)


def main() -> None:
    """Run one part and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["one", "load"])
    parser.add_argument("--database", required=True)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pause", type=float, default=10)
    given = parser.parse_args()
    if given.part == "one":
        found = one(given.database, given.households)
    else:
        found = load(given.database, given.households, given.users, given.seconds, given.pause)
    print(json.dumps({**found, "load": os.getloadavg()[0]}, indent=2))


if __name__ == "__main__":
    main()
