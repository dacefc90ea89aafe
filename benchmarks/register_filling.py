"""A large register within minutes: ways of a few households, copied for all others.

    python -m benchmarks.register_filling --database postgresql://office@/pages?host=... \
        [--households 1000000]

Five households go their ways through the procedure of the demonstration by the register's own
functions. What this wrote is copied for all others by COPY, in the form of the chains: numbers,
hashes and commits are each county's own, and `exitline register check` finds nothing wrong. One
prefecture, ten counties, a hundred households in a village, a hundred villages in a township; ten
steps a household. Indexes and constraints are made again when everything is in. The database
must be empty and owned by its user.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

PASSWORD = "a county of its own"
KEY = Path(tempfile.gettempdir()) / "register-pages.key"
FIRST = date(2024, 1, 1)
COUNTIES = 10
USERS = 60
TABLES = ("household", "step", "document", "notice", "change", "standing", "case", "duty", "card")
"""Tables with rows of a household, those that others point at first."""
WAY = (
    (400, "identify", "village committees", "poor"), (399, "first notice", "village committees", 0),
    (390, "township review", "township", 0), (380, "register", "county", 0),
    (200, "propose exit", "village committees", "secure"), (199, "verify", "work team", 0),
    (198, "consent", "household", 0), (197, "village notice", "village committees", 0),
    (180, "township approval", "township", 0), (179, "strike off", "county", 0),
    (1, "check", "work team", "secure"),
)  # fmt: skip
"""Days ago, step, role, evidence."""
EVIDENCE = {
    "poor": {"welfare": 900.0},
    "secure": {"welfare": 2600.0, "improved_water": True, "improved_toilet": True,
               "electricity_at_home": True},
}  # fmt: skip
KINDS = (
    ("exited", WAY[:10], 49), ("checked", WAY, 41), ("noticed", WAY[:8], 4), ("new", WAY[:2], 4),
    ("objected", (*WAY[:8], (190, "object", "household", 0)), 2),
)  # fmt: skip
"""What a household is called, its way, and how many of a hundred go it: 9.9 steps on average."""


def fill(address: str, households: int) -> dict[str, Any]:
    """A register in which every household has gone the way of one of five."""
    from exitline.api.registers.serving import let_in, require

    require()  # before anything of the register is loaded
    from django.db import connections

    from exitline.exits.register.store.opening import create_store

    begun = time.perf_counter()
    store = create_store(address, key_file=KEY)
    per_county = households // COUNTIES
    _places(store, per_county)
    _ways(store)
    with connections[store.alias].cursor() as cursor:
        made_again = _bared(cursor)
        base = _ends(cursor)
    workers = [
        subprocess.Popen([sys.executable, __file__, "--database", address, "--households",
                          str(households), "--part", f"{i}", "--base", json.dumps(base)])
        for i in range(2)
    ]  # fmt: skip
    if any([worker.wait() for worker in workers]):  # noqa: C419
        raise SystemExit("a part could not be written")
    copied = time.perf_counter() - begun
    with connections[store.alias].cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for statement in made_again:
            cursor.execute(statement)
        for name in TABLES:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('register_{name}', 'id'),"
                f" (SELECT max(id) FROM register_{name}))"
            )
        cursor.execute("VACUUM ANALYZE")
    let_in(address, [f"user-{i}" for i in range(USERS)], PASSWORD, key=KEY)
    return {"households": households, "rows copied after, s": round(copied, 1),
            "filled after, s": round(time.perf_counter() - begun, 1)}  # fmt: skip


def _places(store: Any, per_county: int) -> None:
    """Areas, and people: of the prefecture, of counties, townships and villages."""
    from exitline.exits.register.store import texts
    from exitline.exits.register.store.demo.making import demo_procedure
    from exitline.exits.register.store.write.areas import add_areas, assign

    rows = [("", "p", "Prefecture", "prefecture")]
    for c in range(COUNTIES):
        rows.append(("p/", f"c{c}", f"County {c}", "county"))
        for t in range(max(1, per_county // 10_000)):
            rows.append((f"p/c{c}/", f"t{t:02}", f"Township {t}", "township"))
            rows += [(f"p/c{c}/t{t:02}/", f"v{v:02}", f"Village {v}", "village")
                     for v in range(100)]  # fmt: skip
    add_areas(store, rows, since=FIRST)
    texts.adopt(store, demo_procedure())
    for i in range(USERS):
        role = ("work team", "township", "county", "county")[i % 4]
        county = f"p/c{i % COUNTIES}/"
        path = (f"{county}t00/v{i:02}/", f"{county}t00/", county, county)[i % 4]
        assign(store, f"user-{i}", role, "p/" if i % 20 == 7 else path, since=FIRST)


def _ways(store: Any) -> None:
    """One household of each kind, by the register's own functions."""
    from exitline.exits.register.event import Document, Draft
    from exitline.exits.register.store.demo.making import demo_procedure
    from exitline.exits.register.store.write.cards import write_card
    from exitline.exits.register.store.write.record import record_all

    procedure = demo_procedure()
    for name, way, _ in KINDS:
        drafts = [
            Draft(name, step, date.today() - timedelta(days=ago), f"who {step}", role,
                  tuple(Document(kind, "", ("name",) if procedure.documents[kind].never_shows
                                 else ()) for kind in procedure.steps[step].documents),
                  EVIDENCE.get(str(evidence)), reason="as told" if procedure.steps[step].reason
                  else "")
            for ago, step, role, evidence in way
        ]  # fmt: skip
        record_all(store, drafts, procedure, area="p/c0/t00/v00/")
        facts = {"welfare": 900.0, "water": "well", "electricity_at_home": True}
        write_card(store, name, None, "admin", as_of=FIRST, facts=facts)


def _bared(cursor: Any) -> list[str]:
    """Drop what slows COPY down or stands against it; the statements that make it again."""
    names = [f"register_{name}" for name in TABLES]
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))"
        " AND contype IN ('f', 'u', 'p') ORDER BY contype = 'f', contype = 'u'",
        (names, names),
    )
    constraints = cursor.fetchall()
    for table, name, _ in reversed(constraints):
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)", (names,))
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    for name in names:
        cursor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")  # COPY refuses it
    forced = [f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY" for name in names]
    keys = [f'ALTER TABLE {t} ADD CONSTRAINT "{n}" {d}' for t, n, d in constraints]
    first = [one for one in keys if "FOREIGN KEY" not in one]
    last = [one for one in keys if "FOREIGN KEY" in one]
    return [*first, *(definition for _, definition in indexes), *last, *forced]


def _ends(cursor: Any) -> dict[str, Any]:
    """What stands: the highest id of each table, and the ends of the chains."""
    found: dict[str, Any] = {}
    for name in TABLES:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM register_{name}")
        found[name] = cursor.fetchone()[0]
    return found


class Copied:
    """The rows of one household in COPY's own form, to be written again for another.

    Parameters
    ----------
    cursor : psycopg.Cursor
    key : str
        Of the household.
    """

    def __init__(self, cursor: Any, key: str) -> None:
        self.key = key
        cursor.execute("SELECT id FROM register_household WHERE key = %s", (key,))
        household = cursor.fetchone()[0]
        self.rows: dict[str, list[list[str]]] = {}
        self.columns: dict[str, dict[str, int]] = {}
        for name in TABLES:
            of = "id" if name == "household" else "household_id"
            names = columns(cursor, name)
            listed = ", ".join(f'"{one}"' for one in names)
            query = f"SELECT {listed} FROM register_{name} WHERE {of} = {household} ORDER BY id"
            with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
                lines = b"".join(copy).decode().splitlines()
            self.rows[name] = [line.split("\t") for line in lines]
            self.columns[name] = {one: i for i, one in enumerate(names)}
        self._prepare()

    def _prepare(self) -> None:
        """What stands before, between and behind a step's household and number."""
        at = self.columns["step"]
        self.contents: list[tuple[str, str, str]] = []
        self.old: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        for place, row in enumerate(self.rows["step"]):
            content, number = row[at["content"]], row[at["number"]]
            assert "\\" not in content
            before, behind = content.split(f'"household":"{self.key}","listed":', 1)
            listed, rest = behind.split(f'"number":{number},', 1)
            self.contents.append((before + '"household":"', '","listed":' + listed + '"number":',
                                  "," + rest))  # fmt: skip
            self.old[row[at["id"]]] = place
            self.numbers[number] = place


def columns(cursor: Any, name: str) -> list[str]:
    """The columns of a table, its id first."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped ORDER BY attname <> 'id', attnum",
        (f"register_{name}",),
    )
    return [one for (one,) in cursor.fetchall()]


def write_part(address: str, households: int, part: int, base: dict[str, int]) -> None:
    """Every second county's households."""
    import psycopg

    per_county = households // COUNTIES
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('exitline.area_from', '', true),"
                       " set_config('exitline.area_to', '~', true)")  # fmt: skip
        cursor.execute("SET LOCAL synchronous_commit = off")
        kinds = [Copied(cursor, name) for name, _, _ in KINDS]
        cursor.execute("SELECT path, id, county_id FROM register_area WHERE county_id IS NOT NULL")
        areas = {path: (pk, county) for path, pk, county in cursor.fetchall()}
        for county in range(part, COUNTIES, 2):
            for first in range(0, per_county, 10_000):
                _township(cursor, kinds, areas, county, first, per_county, base)


def _township(
    cursor: Any, kinds: list[Copied], areas: dict[str, tuple[int, int]], county: int, first: int,
    per_county: int, base: dict[str, int],
) -> None:  # fmt: skip
    """Ten thousand households of a county, and the end of its chain."""
    path = f"p/c{county}/"
    county_id = areas[path][1]
    cursor.execute("SELECT head, count FROM register_chain WHERE county_id = %s", (county_id,))
    head, count = cursor.fetchone() or ("0" * 64, 0)
    chain = [head, count]
    lines: dict[str, list[str]] = {name: [] for name in TABLES}
    for n in range(first, min(first + 10_000, per_county)):
        village = f"{path}t{n // 10_000:02}/v{n // 100 % 100:02}/"
        number = county * per_county + n
        _household(lines, kinds[_kind(n)], number, village, areas[village], chain, base)
    for name in TABLES:
        listed = ", ".join(f'"{one}"' for one in kinds[0].columns[name])
        with cursor.copy(f"COPY register_{name} ({listed}) FROM STDIN") as copy:
            copy.write("".join(lines[name]))
    cursor.execute(
        "INSERT INTO register_chain (county_id, head, count, last_recorded)"
        " VALUES (%s, %s, %s, current_date) ON CONFLICT (county_id)"
        " DO UPDATE SET head = excluded.head, count = excluded.count",
        (county_id, *chain),
    )


def _kind(n: int) -> int:
    """The kind of the n-th household: the same mixture in every village."""
    at = n * 37 % 100
    for i, (_, _, many) in enumerate(KINDS):
        at -= many
        if at < 0:
            return i
    raise AssertionError(n)


def _household(
    lines: dict[str, list[str]], kind: Copied, n: int, path: str, area: tuple[int, int],
    chain: list[Any], base: dict[str, int],
) -> None:  # fmt: skip
    """The rows of one household."""
    key, pk, steps = f"h{n}", str(base["household"] + 1 + n), len(kind.contents)
    first = base["step"] + 1 + n * 12
    fixed = {"household_id": pk, "path": path, "area_id": str(area[0]), "county_id": str(area[1])}
    numbers = [str(chain[1] + 1 + i) for i in range(steps)]
    for name in TABLES:
        at = kind.columns[name]
        places = [(at[one], value) for one, value in fixed.items() if one in at]
        most = {"household": 1, "step": 12}.get(name, 32)
        begin = base[name] + 1 + n * most
        for i, old in enumerate(kind.rows[name]):
            row = old.copy()
            row[0] = str(begin + i)
            if "step_id" in at:
                row[at["step_id"]] = str(first + kind.old[old[at["step_id"]]])
            for place, value in places:
                row[place] = value
            if name == "step":
                _link(row, at, kind, i, numbers[i], key, chain)
            else:
                _point(row, at, kind, name, numbers, n)
            lines[name].append("\t".join(row) + "\n")


def _point(
    row: list[str], at: dict[str, int], kind: Copied, name: str, numbers: list[str], n: int
) -> None:
    """What else is the household's own in a row: its key, numbers of steps, the notice's code."""
    if name == "household":
        row[at["key"]] = f"h{n}"
    elif name == "notice":
        row[at["code"]] = f"n{n}-{row[0]}"
    for column in {"standing": ("number",), "case": ("began_by",)}.get(name, ()):
        row[at[column]] = numbers[kind.numbers[row[at[column]]]]


def _link(
    row: list[str], at: dict[str, int], kind: Copied, i: int, number: str, key: str,
    chain: list[Any],
) -> None:  # fmt: skip
    """A step as the next link of its county's chain."""
    before, between, behind = kind.contents[i]
    content = before + key + between + number + behind
    chain[0] = sha256(bytes.fromhex(chain[0]) + content.encode()).hexdigest()
    chain[1] += 1
    row[at["number"]], row[at["content"]] = number, content
    row[at["hash"]], row[at["commit"]] = chain[0], ""
    if i == len(kind.contents) - 1:
        tail = f'{{"commit":{chain[1]}}}'.encode()
        chain[0] = row[at["commit"]] = sha256(bytes.fromhex(chain[0]) + tail).hexdigest()


def main() -> None:
    """Fill, or write one part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--part", type=int)
    parser.add_argument("--base", type=json.loads)
    given = parser.parse_args()
    if given.part is not None:
        write_part(given.database, given.households, given.part, given.base)
        return
    print(json.dumps({**fill(given.database, given.households), "load": os.getloadavg()[0]},
                     indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
