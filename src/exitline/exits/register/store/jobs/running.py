"""Running a job: once, to its end, with what went wrong in words."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.utils import timezone

from exitline.errors import ExitlineError
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.jobs.kinds import KINDS
from exitline.exits.register.store.models import JobRow
from exitline.exits.register.store.opening import Store

FILES = "EXITLINE_REGISTER_FILES"
EVERY = 0.5
"""Seconds between two notes of how far a job is."""


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
    noted = [0.0]

    def told(done: int, total: int | None) -> None:
        if time.monotonic() - noted[0] > EVERY or done == total:
            noted[0] = time.monotonic()
            with seen.transaction():
                JobRow.objects.using(store.alias).filter(pk=number).update(done=done, total=total)

    try:
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


def folder_of(store: Store, number: int) -> Path:
    """Where a job's files lie: beside the key, or in the folder that the environment names.

    Raises
    ------
    StoreError
        Where the register has no folder of its own.
    """
    named, key = os.environ.get(FILES, ""), store.key_file
    if named:
        home = Path(named)
    elif key is not None:
        home = key.absolute().parent / "jobs"
    else:
        raise StoreError(
            "there is no folder for the files of jobs", where=store.address,
            expected=f"a key file, beside which they lie, or {FILES}", got="neither",
            remedy=f"give --key FILE, or set {FILES}",
        )  # fmt: skip
    found = home / str(number)
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def jobs_of(store: Store, by: str, most: int = 20) -> list[JobRow]:
    """The latest jobs that somebody asked for, inside the scope."""
    with store.transaction():
        rows = store.scope.of(JobRow.objects.using(store.alias)).filter(by=by)
        return list(rows.order_by("-id")[:most])
