"""Kills itself before each file-system call of a job in turn; what is left is looked at by tests.

Run as a process of its own: python kill_child.py JOB FOLDER. Prints a JSON line for each kill:
what stood after it, and what stood after the same job was done again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from exitline import files, folders
from exitline.exits.register import Document, Draft, Log, load_procedure

WATCHED = {
    "open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.truncate",
    "shutil.rmtree", "os.listdir", "os.scandir", "tempfile.mkstemp", "tempfile.mkdtemp",
}  # fmt: skip
PROCEDURE = load_procedure("china-2016-exit")
ENTRY = Draft("h1", "carry over", date(2016, 5, 1), "c1", "county", (Document("register extract"),))


def a_set(folder: Path) -> None:
    """Three files that belong together, one of them private."""
    names = [folder / name for name in ("a.csv", "b.html", "c.json")]
    with files.whole_files(*names, private=[names[2]]) as partials:
        for partial in partials:
            partial.write_text("new")


def a_folder(folder: Path) -> None:
    """A folder in the place of another."""
    with folders.whole_folder(folder / "out") as partial:
        (partial / "a.csv").write_text("new")
        (partial / "b.html").write_text("new")


def a_folder_without_exchange(folder: Path) -> None:
    """As on a system that cannot exchange two names."""
    folders._exchanged = lambda *_: False
    a_folder(folder)


def a_log(folder: Path) -> None:
    """A new log with its first event."""
    Log.begin(folder / "log", [ENTRY], PROCEDURE)


JOBS: dict[str, Callable[[Path], None]] = {
    job.__name__: job for job in (a_set, a_folder, a_folder_without_exchange, a_log)
}


def in_a_process(job: Callable[[Path], None], folder: Path, kill_at: int = 0) -> int:
    """Do the job in a fork; with `kill_at`, kill it before that call. Its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    calls = 0

    def watch(event: str, _: object) -> None:
        nonlocal calls
        if event in WATCHED:
            calls += 1
            if calls == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    if kill_at:
        sys.addaudithook(watch)
    try:
        job(folder)
    except BaseException as reason:
        sys.stderr.write(f"{reason}\n")
        os._exit(1)
    os._exit(0)


def seen(folder: Path) -> dict[str, str]:
    """Every file below a folder with its text; other files than those of a log by content."""
    return {
        str(p.relative_to(folder)): p.read_text() if p.parent.name != "log" else "log"
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def main(name: str, place: Path) -> None:
    """Kill the job before call 1, 2, ... until it ends by itself."""
    job = JOBS[name]
    for kill_at in range(1, 1000):
        folder = place / str(kill_at)
        (folder / "out").mkdir(parents=True)
        for old in ("a.csv", "b.html", "c.json", "out/a.csv"):
            (folder / old).write_text("old")
        killed = in_a_process(job, folder, kill_at) == signal.SIGKILL
        after = seen(folder)
        again = in_a_process(job, folder) if killed else 0
        print(json.dumps({"killed": killed, "after": after, "again": again, "end": seen(folder)}))
        if not killed:
            return


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
