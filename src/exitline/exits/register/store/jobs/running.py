"""Running a job: once, to its end, with what went wrong in words."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.utils import timezone

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.jobs.kinds import KINDS, UPLOADS
from exitline.exits.register.store.models import JobRow
from exitline.exits.register.store.opening import Store
from exitline.words.said import say

FILES = "EXITLINE_REGISTER_FILES"
EVERY = 0.5
"""Seconds between two notes of how far a job is."""
_FAR: dict[tuple[str, int], tuple[int, int | None]] = {}


def run(store: Store, number: int) -> JobRow:
    """Run a job that nobody has run to its end.

    Parameters
    ----------
    store : Store
        Of the whole register: the job is given no more than who asked for it.

    Returns
    -------
    JobRow
        As it ended: `fault` says what went wrong, if anything did.
    """
    with store.transaction():
        rows = JobRow.objects.using(store.alias).select_for_update()
        job = rows.get(pk=number)
        if job.ended is not None:
            return job
        job.begun = timezone.now()
        job.save(using=store.alias)
    seen = store.within(job.path)
    try:
        with _noting(seen, number) as told:
            if job.kind not in KINDS:
                raise StoreError(
                    say("no study was named for the worker"),
                    remedy=say("begin it with --study"),
                )
            result, fault = KINDS[job.kind](seen, job.given, folder_of(store, number), told), ""
    except ExitlineError as reason:
        result, fault = {}, f"{reason.what} ({reason.remedy})" if reason.remedy else reason.what
    except Exception as reason:  # a job always ends, and says so
        result, fault = {}, f"the job failed ({type(reason).__name__})"
    with seen.transaction():
        JobRow.objects.using(store.alias).filter(pk=number).update(
            ended=timezone.now(), result=result, fault=fault
        )
        return JobRow.objects.using(store.alias).get(pk=number)


@contextmanager
def _noting(store: Store, number: int) -> Iterator[Callable[[int, int | None], None]]:
    """What notes how far a job is, apart from the job's own transactions.

    On PostgreSQL in the table, by a thread with a connection of its own. SQLite has one writer,
    and its jobs are done by the process that shows the pages: there it is kept in memory.
    """
    noted: list[float] = [0.0]
    last: list[tuple[int, int | None]] = [(0, None)]

    def write(done: int, total: int | None) -> None:
        try:
            with store.transaction():
                JobRow.objects.using(store.alias).filter(pk=number).update(done=done, total=total)
        except StoreError:  # the job itself will say so
            return

    with ThreadPoolExecutor(1) as apart:

        def told(done: int, total: int | None) -> None:
            last[0] = (done, total)
            if time.monotonic() - noted[0] < EVERY and done != total:
                return
            noted[0] = time.monotonic()
            if store.postgres:
                apart.submit(write, done, total)
            else:
                _FAR[store.address, number] = (done, total)

        try:
            yield told
        finally:
            if store.postgres:
                apart.submit(connections.close_all)
            _FAR.pop((store.address, number), None)
    if not store.postgres:
        write(*last[0])


def folder_of(store: Store, number: int) -> Path:
    """Where a job's files lie: beside the key, or in the folder that the environment names.

    Raises
    ------
    StoreError
        Where the register has no folder of its own.
    """
    found = _home(store) / str(number)
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def uploads(store: Store) -> Path:
    """Where uploaded tables wait for the job that reads them, as `folder_of`."""
    found = _home(store) / UPLOADS
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def _home(store: Store) -> Path:
    """The folder of all jobs' files."""
    named, key = os.environ.get(FILES, ""), store.key_file
    if named:
        return Path(named)
    if key is not None:
        return key.absolute().parent / "jobs"
    raise StoreError(
        "there is no folder for the files of jobs", where=store.address,
        expected=f"a key file, beside which they lie, or {FILES}", got="neither",
        remedy=f"give --key FILE, or set {FILES}",
    )  # fmt: skip


def jobs_of(store: Store, by: str, most: int = 20) -> list[JobRow]:
    """The latest jobs that somebody asked for, inside the scope."""
    with store.transaction():
        rows = store.scope.of(JobRow.objects.using(store.alias)).filter(by=by)
        found = list(rows.order_by("-id")[:most])
    for job in found:
        job.done, job.total = _FAR.get((store.address, job.pk), (job.done, job.total))
    return found
