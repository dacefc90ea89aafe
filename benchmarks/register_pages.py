"""Card and worklist of a large register under many users, over HTTP.

    python benchmarks/register_pages.py fill --database postgresql://office@/pages?host=... \
        [--households 1000000]
    python benchmarks/register_pages.py load --database ... [--users 50] [--seconds 30]

`fill` records the way of one household through the procedure of the demonstration, then lets the
database copy it: ten steps a household, with their standings, duties and a card, a hundred
households in a village, a hundred villages in a township. `load` serves the register with two
processes and lets users, each with a role in a village, a township or the county, open worklists
and cards; it prints the median and the 99th percentile beside a bare query of the same card's
steps. The database must be empty and owned by its user.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SERVER = """
import sys
from pathlib import Path
from exitline.api.registers.serving import serve
from exitline.publish.web.serving import address_of, listen
with listen("127.0.0.1", 0) as at:
    serve(sys.argv[1], at, lambda: print(address_of(at), flush=True), key=Path(sys.argv[2]),
          workers=2)
"""
PASSWORD = "a county of its own"
FIRST = date(2024, 1, 1)
COPIED = ("step", "standing", "duty", "change", "card", "case")
"""Tables whose rows of the one household are copied for all others."""


def fill(address: str, key: Path, households: int) -> dict[str, Any]:
    """A register in which every household has gone the way of one."""
    from exitline.api.registers.serving import let_in, require

    require()  # before anything of the register is loaded
    from exitline.exits.register.store import texts
    from exitline.exits.register.store.demo.making import demo_procedure
    from exitline.exits.register.store.opening import create_store
    from exitline.exits.register.store.write.areas import add_area, assign
    from exitline.exits.register.store.write.cards import write_card

    store, begun = create_store(address, key_file=key), time.perf_counter()
    add_area(store, "", "c", "County", "county", since=FIRST)
    townships = max(1, households // 10_000)
    for t in range(townships):
        add_area(store, "c/", f"t{t:03}", f"Township {t}", "township", since=FIRST)
        for v in range(100):
            add_area(store, f"c/t{t:03}/", f"v{v:02}", f"Village {v}", "village", since=FIRST)
    texts.adopt(store, demo_procedure())
    _way(store)
    write_card(store, "h0", None, "admin", as_of=FIRST, facts={"welfare": 900.0, "water": "well"})
    roles = ("village committees", "township", "county")
    for i in range(60):
        path = ("c/t000/v00/", "c/t000/", "c/")[i % 3]
        assign(store, f"user-{i}", roles[i % 3], path, since=FIRST)
    with store.transaction() as cursor:
        for statement in _copies(households, townships):
            cursor.execute(statement)
    from django.db import connections

    with connections[store.alias].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    let_in(address, [f"user-{i}" for i in range(60)], PASSWORD, key=key)
    return {"households": households, "filled, s": round(time.perf_counter() - begun, 1)}


def _way(store: Any) -> None:
    """One household, onto the list and off it again."""
    from exitline.exits.register.event import Document, Draft
    from exitline.exits.register.store.demo.making import demo_procedure
    from exitline.exits.register.store.write.record import record_all

    procedure = demo_procedure()
    poor = {"welfare": 900.0}
    secure = {"welfare": 2600.0, "improved_water": True, "improved_toilet": True,
              "electricity_at_home": True}  # fmt: skip
    told = (
        (400, "identify", "village committees", poor), (399, "first notice",
        "village committees", None), (390, "township review", "township", None),
        (380, "register", "county", None), (200, "propose exit", "village committees", secure),
        (199, "verify", "work team", None), (198, "consent", "household", None),
        (197, "village notice", "village committees", None),
        (180, "township approval", "township", None), (179, "strike off", "county", None),
    )  # fmt: skip
    drafts = [
        Draft("h0", step, date.today() - timedelta(days=ago), f"who {step}", role,
              tuple(Document(kind, "", ("name",) if procedure.documents[kind].never_shows else ())
                    for kind in procedure.steps[step].documents), evidence)
        for ago, step, role, evidence in told
    ]  # fmt: skip
    record_all(store, drafts, procedure, area="c/t000/v00/")


def _copies(households: int, townships: int) -> list[str]:
    """Statements that copy the rows of the one household, each into its village."""
    from exitline.exits.register.store import models

    path = (f"'c/t' || lpad((n % {townships})::text, 3, '0') || '/v'"
            f" || lpad((n / {townships} % 100)::text, 2, '0') || '/'")  # fmt: skip
    rows = f"generate_series(1, {households - 1}) AS g(n)"
    found = [_copy(models.HouseholdRow, rows, {
        "id": "1000 + n", "key": "'h' || n", "path": path,
        "area_id": f"(SELECT id FROM register_area a WHERE a.path = {path})",
    }, "o.key = 'h0'")]  # fmt: skip
    for name in COPIED:
        model = next(
            m
            for m in vars(models).values()
            if getattr(getattr(m, "_meta", None), "db_table", "") == f"register_{name}"
        )
        changed = {"household_id": "1000 + n", "path": path}
        if name in ("step", "standing"):
            changed["number"] = "n * 10 + o.number"
        if name == "step":
            one = "'\"household\":\"h' || n || '\"'"
            changed["content"] = f'replace(o.content, \'"household":"h0"\', {one})'
        where = "o.household_id = (SELECT id FROM register_household WHERE key = 'h0')"
        found.append(_copy(model, rows, changed, where))
    return found


def _copy(model: Any, rows: str, changed: dict[str, str], where: str) -> str:
    """One statement."""
    names = [f.column for f in model._meta.local_concrete_fields
             if not f.primary_key or f.column in changed]  # fmt: skip
    table = model._meta.db_table
    values = ", ".join(changed.get(name, f'o."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} o, {rows} WHERE {where}"


def load(address: str, key: Path, users: int, seconds: float) -> dict[str, Any]:
    """Milliseconds of pages while all users work."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    server = subprocess.Popen([sys.executable, "-c", SERVER, address, str(key)],
                              stdout=subprocess.PIPE, text=True, env=environment)  # fmt: skip
    try:
        at = server.stdout.readline().strip()
        taken: dict[str, list[float]] = {"card": [], "worklist": []}
        ready = threading.Barrier(users + 1)
        hands = [
            threading.Thread(target=_work, args=(at, i, seconds, taken, ready), daemon=True)
            for i in range(users)
        ]
        for hand in hands:
            hand.start()
        ready.wait()
        for hand in hands:
            hand.join()
    finally:
        server.terminate()
        server.wait(20)
    found: dict[str, Any] = {"users": users}
    for name, times in taken.items():
        times.sort()
        found[name] = {"pages": len(times), "median ms": round(1000 * times[len(times) // 2], 1),
                       "99 % ms": round(1000 * times[int(len(times) * 0.99)], 1)}  # fmt: skip
    return {**found, "bare query ms": _bare(address, key)}


def _work(
    at: str, number: int, seconds: float, taken: dict[str, list[float]], ready: threading.Barrier
) -> None:
    """One user: signs in, then opens pages, a second between two."""
    import httpx

    pick, page = random.Random(number), httpx.Client(base_url=at, timeout=60, trust_env=False)
    page.get("/sign-in")
    token = page.cookies["csrftoken"]
    signed = page.post("/sign-in", data={"name": f"user-{number % 60}", "password": PASSWORD,
                                         "csrfmiddlewaretoken": token})  # fmt: skip
    assert signed.status_code == 302, signed.status_code
    for path in ("/", "/household/h0"):  # what a process loads once is not measured
        page.get(path)
    ready.wait()
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for name, path in (("worklist", "/"), ("card", f"/household/h{pick.randrange(90) * 100}")):
            begun = time.perf_counter()
            answer = page.get(path)
            taken[name].append(time.perf_counter() - begun)
            assert answer.status_code in (200, 404), answer.status_code
            time.sleep(pick.uniform(0.5, 1.5))


def _bare(address: str, key: Path) -> float:
    """Milliseconds of the steps of one household, alone."""
    from exitline.exits.register.store.opening import open_store

    store = open_store(address, key_file=key)
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
    parser.add_argument("part", choices=["fill", "load"])
    parser.add_argument("--database", required=True)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    key = Path(tempfile.gettempdir()) / "register-pages.key"
    if given.part == "fill":
        found = fill(given.database, key, given.households)
    else:
        found = load(given.database, key, given.users, given.seconds)
    print(json.dumps({**found, "load": os.getloadavg()[0]}, indent=2))


if __name__ == "__main__":
    main()
