"""A database that is killed at random moments while eight hands record steps.

    python -m benchmarks.register_outages [--kills 200]

A PostgreSQL of its own is begun in a temporary folder (Debian's, or the one on the path; as user
`postgres` where this is root). Eight writers record steps in one county; one that
hears nothing sends the same form again, until it is told that the step is recorded. The database
is killed with SIGKILL, all its processes at once, and begun again. In the end every step that was
told to be recorded is there once, in order; `check` finds nothing; two backups are restored, and
equal.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

WRITERS = 8
WRITER = """
import sys, time
from pathlib import Path
from datetime import date
from exitline.exits.register import Document, Draft, load_procedure
from exitline.exits.register.store.errors import StoreGoneError
from exitline.exits.register.store.opening import open_store
def opened():
    while True:
        try:
            return open_store(sys.argv[1])
        except StoreGoneError:
            time.sleep(0.1)
store, me, stop = opened(), sys.argv[2], Path(sys.argv[3])
from exitline.exits.register.store.write.record import record
procedure = load_procedure("china-2016-exit", rules=False)
number = 0
while not stop.exists():
    key = f"{me}-{number}"
    draft = Draft(key, "carry over", date(2016, 5, 1), "wu", "county",
                  (Document("register extract"),))
    sent = 0
    while True:
        sent += 1
        try:
            record(store, draft, None, None, procedure=procedure, area="c/v/", token=key)
            break
        except StoreGoneError:
            time.sleep(0.05)
    number += 1
    print(key, sent, flush=True)
"""


class Cluster:
    """A PostgreSQL server of its own, to be killed.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        folder.chmod(0o777)
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        self.bin = str(found[-1]) + "/" if found else ""
        self._run("initdb", "-D", str(self.data), "-U", "owner", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8")  # fmt: skip
        self.start()
        for statement in ("CREATE ROLE office LOGIN", "CREATE DATABASE bench OWNER office",
                          "CREATE DATABASE again OWNER office"):  # fmt: skip
            self._run("psql", "-h", str(folder), "-U", "owner", "-d", "postgres", "-qc", statement)

    def _run(self, tool: str, *given: str) -> None:
        """Run a program of the server, which refuses to be root."""
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        command = [*(() if os.geteuid() else user), self.bin + tool, *given]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=120)  # fmt: skip

    def address(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://office@/{name}?host={self.folder}"

    def start(self) -> None:
        """Begin; what was not finished is made good from the log."""
        options = f"-k {self.folder} -c listen_addresses="
        for tries in range(100):  # processes that were killed may take a while to be gone
            try:
                self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "100", "-l",
                          str(self.folder / "log"), "-o", options, "start")  # fmt: skip
            except subprocess.CalledProcessError:
                if tries == 99:
                    raise
                time.sleep(0.2)
            else:
                return

    def kill(self) -> None:
        """Kill every process at once, as when the machine fails."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        own = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True,
                             text=True, check=False)  # fmt: skip
        for pid in [first, *map(int, own.stdout.split())]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")


def outages(kills: int, folder: Path) -> dict[str, Any]:
    """Kill the database so many times under load; what became of the steps."""
    from exitline.exits.register.store.opening import create_store, open_store

    cluster, pick = Cluster(folder), random.Random(1)
    address = cluster.address("bench")
    store = create_store(address)
    from django.db import connections

    from exitline.exits.register.store.write.areas import add_area

    add_area(store, "", "c", "County", "county", since=date(2016, 1, 1))
    add_area(store, "c/", "v", "Village", "village", since=date(2016, 1, 1))
    stop = folder / "stop"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, address, f"w{i}", str(stop)],
                         stdout=subprocess.PIPE, text=True)
        for i in range(WRITERS)
    ]  # fmt: skip
    away = []
    for _ in range(kills):
        time.sleep(pick.uniform(0.1, 1.0))
        begun = time.perf_counter()
        cluster.kill()
        cluster.start()
        away.append(time.perf_counter() - begun)
    stop.touch()
    told = [line.split() for writer in writers for line in writer.communicate()[0].splitlines()]
    connections.close_all()  # the one of before the first kill
    found = _compared(open_store(address), {key for key, _ in told})
    found |= {"kills": len(away), "sent again": sum(int(sent) > 1 for _, sent in told),
              "away each time, s": round(sum(away) / len(away), 2)}  # fmt: skip
    found["two restored backups equal"] = _restored(store, cluster.address("again"), folder)
    cluster.stop()
    return found


def _compared(store: Any, told: set[str]) -> dict[str, Any]:
    """What was told beside what is there."""
    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.models import StepRow

    checked = check(store)
    with store.transaction():
        there = list(StepRow.objects.using(store.alias).values_list("household__key", flat=True))
    return {
        "steps": checked.events, "told": len(told), "lost": len(told - set(there)),
        "twice": len(there) - len(set(there)), "faults": len(checked.faults),
    }  # fmt: skip


def _restored(store: Any, address: str, folder: Path) -> bool:
    """Whether a backup, restored and written again, is the same backup."""
    from exitline.exits.register.store.audit.backup import read_backup, write_backup
    from exitline.exits.register.store.opening import create_store

    write_backup(store, folder / "one.backup")
    again = create_store(address, empty=True)
    read_backup(again, folder / "one.backup")
    write_backup(again, folder / "two.backup")
    return (folder / "one.backup").read_bytes() == (folder / "two.backup").read_bytes()


def main() -> None:
    """Run it and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="outages"))
    try:
        found = outages(given.kills, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({**found, "load": os.getloadavg()[0]}, indent=2))


if __name__ == "__main__":
    main()
