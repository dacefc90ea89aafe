"""Work in the background: the same jobs on both engines, told how far they are, run once."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import pytest

from exitline.exits.register.store.opening import Store

ROWS = "household,area,name,as_of,fact:water\n" + "".join(
    f"h{i},c/t/v{i % 2 + 1}/,Family {i},2026-01-01,{'well' if i % 3 else 'river'}\n"
    for i in range(30)
)


def _run(store: Store, number: int) -> Any:
    """A job when it has ended: by a worker on PostgreSQL, by the thread that was begun else."""
    from exitline.exits.register.store.jobs.queue import work
    from exitline.exits.register.store.models import JobRow

    if store.postgres:
        work(store, until_empty=True)
    for _ in range(600):
        with store.transaction():
            job = JobRow.objects.using(store.alias).get(pk=number)
        if job.ended is not None:
            return job
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def test_an_import_and_an_export_in_the_background(store: Store) -> None:
    from exitline.exits.register.store.jobs.asking import ask
    from exitline.exits.register.store.jobs.running import folder_of, jobs_of, run

    (folder_of(store, 1) / "rows.csv").write_text(ROWS)
    job = _run(store, ask(store, "import", "admin", file="rows.csv", kind="households",
                          name="rows", by="admin"))  # fmt: skip
    assert (job.fault, job.result["rows"], job.total) == ("", 30, 30)
    if store.postgres:  # told to look at its tables: plans are made for what they hold
        with store.transaction() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'register_household'")
            assert cursor.fetchone()[0] == 30

    village = store.within("c/t/v1/")
    job = _run(store, ask(village, "export", "li", ending="csv"))
    assert (job.fault, job.done, job.total) == ("", 15, 15)
    with (folder_of(store, job.pk) / job.result["file"]).open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["path"] for row in rows} == {"c/t/v1/"}
    assert rows[0]["facts"].replace(" ", "") in ('{"water":"river"}', '{"water":"well"}')

    ended = job.ended
    assert run(store.whole(), job.pk).ended == ended  # not done again
    assert [one.pk for one in jobs_of(village, "li")] == [job.pk]
    assert jobs_of(store.within("c/t/v2/"), "li") == []


def test_a_job_that_cannot_be_done_says_why(store: Store) -> None:
    from exitline.exits.register.store.jobs.asking import ask
    from exitline.exits.register.store.jobs.running import folder_of

    (folder_of(store, 1) / "rows.csv").write_text("household,area\nh1,c/t/v9/\n")
    job = _run(store, ask(store, "import", "admin", file="rows.csv", kind="households",
                          name="rows", by="admin"))  # fmt: skip
    assert job.result == {}
    assert "as_of" in job.fault or "refused" in job.fault
    job = _run(store, ask(store, "import", "admin", file="none.csv", kind="households", name="x",
                          by="admin"))  # fmt: skip
    assert job.fault


def test_a_job_whose_worker_was_killed_is_run_again(store: Store) -> None:
    from django.utils import timezone

    from exitline.exits.register.store.jobs.running import run
    from exitline.exits.register.store.models import JobRow

    with store.transaction():
        rows = JobRow.objects.using(store.alias)
        left = rows.create(kind="pairs", given={}, path="", by="li", begun=timezone.now())
    assert run(store, left.pk).result == {"pairs": 0}


def test_everything_is_backed_up_but_jobs() -> None:
    from exitline.exits.register.store import models
    from exitline.exits.register.store.audit.backup import NOT_KEPT, TABLES

    assert {*TABLES, *NOT_KEPT} == set(models.__all__)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_households_are_written_by_command(store: Store, tmp_path: Path, ending: str) -> None:
    from exitline.api.registers.background import write_households
    from exitline.errors import ExitlineError
    from exitline.exits.register.store.intake import tables

    (tmp_path / "rows.csv").write_text(ROWS)
    tables.take(store, tables.preview(store, tmp_path / "rows.csv", "households"), "r", "admin")
    out = tmp_path / f"out.{ending}"
    assert write_households(store.url, out, area="c/t/") == 30
    assert out.stat().st_size > 300
    with pytest.raises(ExitlineError):
        write_households(store.url, tmp_path / "out.docx")


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
@pytest.mark.parametrize("area", ["", "c/"])
def test_no_household_is_compared_with_every_card(store: Store, area: str) -> None:
    """Row-level security hides from the planner how many rows there are."""
    from exitline.exits.register.store.jobs.kinds import _ROWS
    from exitline.exits.register.store.read import arrow

    seen = store.within(area)
    query = _ROWS.format(day="'2026-01-01'", within=arrow.within(seen, "h"))
    with seen.transaction() as cursor:
        for setting in arrow.settings(seen):
            cursor.execute(setting)
        cursor.execute(f"EXPLAIN {query}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Nested Loop" not in plan
