"""The register: steps a second with eight writers, any day of a million households, kills.

    python benchmarks/register.py append --database postgresql://office@/bench?host=/run/postgresql
    python benchmarks/register.py days --database ... [--households 1000000]
    python benchmarks/register.py kills --database ... [--kills 200]

    python benchmarks/register.py import --database ... [--rows 100000]
    python benchmarks/register.py export --database ...      # one that register_filling filled

Each part but `export` needs an empty database that its user owns (or an SQLite file that is not
there).
`append`: eight processes record steps on households of their own in one county, then in eight.
`days`: standings are made by the database (ten a household), then counted as of a day, as known
on another, beside a bare count of the same rows. `kills`: writers are killed at random moments;
every step that was told to be accepted must be there, and everything must follow (the database
itself is killed in `register_outages`). `import`: a table of households with facts, income and an
identifier, as the page takes it in the background: read, compared with what is there, written,
taken back. `export`: every household with the facts of its card, as CSV and as Parquet, with the
most memory that it took; then states as of a day.

Figures are in docs/benchmarks.md, The register.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from exitline.exits.register.store.opening import Store, create_store, open_store

WRITER = """
import sys, time
from datetime import date
from exitline.exits.register import Document, Draft, load_procedure
from exitline.exits.register.store.opening import open_store
store, me, seconds, area = open_store(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
from exitline.exits.register.store.write.record import record
procedure = load_procedure("china-2016-exit", rules=False)
day, number = date(2016, 5, 1), 0
print("ready", flush=True)
sys.stdin.readline()
end = time.perf_counter() + seconds
while time.perf_counter() < end:
    key = f"{me}-{number}"
    draft = Draft(key, "carry over", day, "wu", "county", (Document("register extract"),))
    made = record(store, draft, 0, None, procedure=procedure, area=area)
    number += 1
    if len(sys.argv) > 5:
        print(made.number, key, flush=True)
print("done", number, flush=True)
"""


def started(address: str, me: str, seconds: float, area: str, *more: str) -> Any:
    """A writer that waits for its sign."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, address, me, str(seconds), area, *more],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def counties(store: Store, number: int) -> list[str]:
    """New counties of one village each; the villages' paths."""
    from exitline.exits.register.store.write.areas import add_area

    for i in range(number):
        add_area(store, "", f"c{i}", f"County {i}", "county", since=date(2016, 1, 1))
        add_area(store, f"c{i}/", "v", "Village", "village", since=date(2016, 1, 1))
    return [f"c{i}/v/" for i in range(number)]


def append(address: str, seconds: float) -> dict[str, float]:
    """Steps a second: one writer, eight in one county, eight in eight counties."""
    store = create_store(address)
    areas = counties(store, 8)
    found = {"eight in an empty register: steps a second": _written(address, "0", seconds, areas)}
    for name, where in (("one", areas[:1]), ("eight in one county", areas[:1] * 8),
                        ("eight in eight counties", areas)):  # fmt: skip
        found[f"{name}: steps a second"] = _written(address, name, seconds, where)
    return found


def _written(address: str, name: str, seconds: float, where: list[str]) -> float:
    """Steps a second of writers, one for each path."""
    writers = [started(address, f"{name}-{i}", seconds, a) for i, a in enumerate(where)]
    for process in writers:
        process.stdout.readline()
    begun = time.perf_counter()
    for process in writers:
        process.stdin.write("go\n")
        process.stdin.flush()
    steps = sum(int(process.communicate()[0].split()[-1]) for process in writers)
    return round(steps / (time.perf_counter() - begun), 1)


def days(address: str, households: int) -> dict[str, Any]:
    """Counts of any day over made-up standings, beside a bare count of the same rows."""
    store = create_store(address)
    counties(store, 1)
    from exitline.exits.register.store.read import as_of

    with store.transaction() as cursor:
        for statement in _made_up(households, postgres=store.postgres):
            cursor.execute(statement)
    if store.postgres:
        from django.db import connections

        with connections[store.alias].cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    found: dict[str, Any] = {"households": households, "standings": households * 10}
    begun = time.perf_counter()
    with store.transaction() as cursor:
        cursor.execute("SELECT count(*) FROM register_standing")
        assert cursor.fetchone()[0] == households * 10
    found["bare count, s"] = round(time.perf_counter() - begun, 2)
    for name, day, known in (("a day", date(2017, 6, 30), None),
                             ("a day as known on another", date(2017, 6, 30), date(2017, 3, 1)),
                             ("today", date.today(), None)):  # fmt: skip
        begun = time.perf_counter()
        counted = as_of.counts(store, day, known_on=known)
        found[f"{name}, s"] = round(time.perf_counter() - begun, 2)
        assert sum(one.households for one in counted) <= households
    begun = time.perf_counter()
    query, schema = as_of.states_query(store, date(2017, 6, 30))
    from exitline.exits.register.store.read import arrow

    out = Path(__file__).parent / "data" / "register-states.parquet"
    out.parent.mkdir(exist_ok=True)
    found["rows written"] = arrow.write(store, query, schema, out)
    found["every household's state to Parquet, s"] = round(time.perf_counter() - begun, 2)
    return found


def _made_up(households: int, *, postgres: bool) -> list[str]:
    """Households with ten standings each, made by the database itself."""
    rows = (
        f"generate_series(1, {households}) AS g(h)"
        if postgres
        else "(WITH RECURSIVE n(h) AS (SELECT 1 UNION ALL SELECT h + 1 FROM n"
        f" WHERE h < {households}) SELECT h FROM n)"
    )
    ten = (
        "generate_series(0, 9) AS t(k)"
        if postgres
        else "(WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k < 9)"
        " SELECT k FROM n)"
    )

    def day(offset: str) -> str:
        """A day some days after the first of 2016."""
        if postgres:
            return f"DATE '2016-01-01' + ({offset})::int"
        return f"date('2016-01-01', '+' || ({offset}) || ' days')"

    state = "CASE (h + k) % 4 WHEN 0 THEN 'poor' WHEN 1 THEN 'noticed' ELSE 'exited' END"
    shift = "(h % 90) * 7 % 90"
    false = "false" if postgres else "0"
    last = day(f"(k + 1) * 90 + {shift}")
    return [
        "INSERT INTO register_household (id, key, county_id, area_id, path, name, version, steps,"
        " state, category, listed, procedure, gone, came_from)"
        f" SELECT h, 'h' || h, 1, 2, 'c0/v/', '', 10, 10, 'poor', '', {false}, '', '', ''"
        f" FROM {rows}",
        'INSERT INTO register_standing (household_id, path, county_id, number, "on", recorded,'
        " next_on, next_recorded, state, category, listed, since)"
        f" SELECT h, 'c0/v/', 1, h * 10 + k, {day(f'k * 90 + {shift}')},"
        f" {day(f'k * 90 + {shift} + 3')}, CASE WHEN k < 9 THEN {last} END,"
        f" CASE WHEN k < 9 THEN {day(f'(k + 1) * 90 + {shift} + 3')} END, {state}, '', {false},"
        f" {day(f'k * 90 + {shift}')} FROM {rows}, {ten}",
    ]


def kills(address: str, number: int) -> dict[str, int]:
    """Writers killed at random moments: what was told to be accepted is there, and follows."""
    areas = counties(create_store(address), 2)
    pick, told, killed = random.Random(1), set[str](), 0
    while killed < number:
        writers = [started(address, f"{killed}-{i}", 60, areas[i % 2], "tell") for i in range(4)]
        for process in writers:
            process.stdout.readline()
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in pick.sample(writers, len(writers)):
            time.sleep(pick.uniform(0.0, 0.4))
            process.send_signal(signal.SIGKILL)
            killed += 1
        for process in writers:
            lines = process.stdout.read().split("\n")[:-1]
            told |= {line.split()[1] for line in lines if line[:1].isdigit()}
    store = open_store(address)
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.models import StepRow

    found = check(store)
    with store.transaction():
        steps = StepRow.objects.using(store.alias)
        there = list(steps.values_list("household__key", flat=True))
    return {
        "kills": killed, "steps": found.events, "told": len(told),
        "lost": len(told - set(there)), "twice": len(there) - len(set(there)),
        "faults": len(found.faults),
    }  # fmt: skip


def bring_in(address: str, rows: int) -> dict[str, Any]:
    """Seconds of an import and of its undoing."""
    import tempfile

    key = Path(tempfile.mkdtemp()) / "register.key"
    store = create_store(address, key_file=key)
    counties(store, 8)
    from exitline.exits.register.store.intake import tables

    file = key.with_name("rows.csv")
    with file.open("w", encoding="utf-8") as out:
        out.write("household,area,name,as_of,fact:welfare,fact:water,fact:electricity,"
                  "income:farm,income:wages,identifier:id\n")  # fmt: skip
        for i in range(rows):
            out.write(f"h{i},c{i % 8}/v/,Family {i},2026-01-01,{900 + i % 1000},"
                      f"{'well' if i % 3 else 'tap'},{'true' if i % 2 else 'false'},"
                      f"{i % 700},{i % 900},{i:012}\n")  # fmt: skip
    begun, spent = time.perf_counter(), time.process_time()
    found = tables.preview(store, file, "households")
    looked = time.perf_counter() - begun
    batch = tables.take(store, found, "rows.csv", "admin")
    whole, processor = time.perf_counter() - begun, time.process_time() - spent
    begun = time.perf_counter()
    assert tables.undo(store, batch.pk, "admin") == rows
    return {"rows": rows, "looked at, s": round(looked, 1), "and taken, s": round(whole, 1),
            "processor of this process, s": round(processor, 1),
            "taken back, s": round(time.perf_counter() - begun, 1)}  # fmt: skip


def export(address: str) -> dict[str, Any]:
    """Seconds and memory of every household's file, and of every household's state."""
    import resource
    import tempfile

    from exitline.api.registers.background import write_households
    from exitline.exits.register.store.read import arrow, as_of

    store, found = open_store(address), dict[str, Any]()
    folder = Path(tempfile.mkdtemp())
    for ending in ("parquet", "csv"):
        begun = time.perf_counter()
        found["households"] = write_households(address, folder / f"households.{ending}")
        found[f"{ending}, s"] = round(time.perf_counter() - begun, 1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found[f"most memory after {ending}, MB"] = round(peak)
    begun, day = time.perf_counter(), date.today()
    as_of.counts(store, day)
    found["counts as of today, s"] = round(time.perf_counter() - begun, 1)
    query, schema = as_of.states_query(store, day)
    begun = time.perf_counter()
    arrow.write(store, query, schema, folder / "states.parquet")
    found["every household's state, s"] = round(time.perf_counter() - begun, 1)
    return found


def main() -> None:
    """Run one part and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["append", "days", "kills", "import", "export"])
    parser.add_argument("--database", required=True)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=200)
    given = parser.parse_args()
    if given.part == "append":
        found: dict[str, Any] = dict(append(given.database, given.seconds))
    elif given.part == "import":
        found = bring_in(given.database, given.rows)
    elif given.part == "export":
        found = export(given.database)
    elif given.part == "days":
        found = days(given.database, given.households)
    else:
        found = dict(kills(given.database, given.kills))
    print(json.dumps({**found, "load": os.getloadavg()[0]}, indent=2))


if __name__ == "__main__":
    main()
