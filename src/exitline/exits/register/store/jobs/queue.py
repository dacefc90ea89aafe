"""Handing jobs to workers through PostgreSQL, by procrastinate."""

from __future__ import annotations

import asyncio
from typing import Any

from exitline.exits.register.store.jobs.running import run
from exitline.exits.register.store.opening import Store

QUEUE = "register"


def hand_over(store: Store, number: int) -> None:
    """Put a job into the queue; it was written down before."""
    from procrastinate import SyncPsycopgConnector

    app = _app(store, SyncPsycopgConnector(conninfo=store.url))
    with app.open():
        make_tables(app)
        app.configure_task("run", queue=QUEUE, lock=f"job {number}").defer(number=number)


def work(store: Store, *, until_empty: bool = False, at_once: int = 1) -> None:
    """Run jobs as they come, until Ctrl-C or SIGTERM; with `until_empty` those that wait.

    Jobs of a worker that was killed are run again: a job that has ended is not.
    """
    from procrastinate import PsycopgConnector, SyncPsycopgConnector

    before = _app(store, SyncPsycopgConnector(conninfo=store.url))
    with before.open():
        make_tables(before)
    app = _app(store, PsycopgConnector(conninfo=store.url))
    asyncio.run(_work(app, until_empty=until_empty, at_once=at_once))


async def _work(app: Any, *, until_empty: bool, at_once: int) -> None:
    """Take up what other workers left, then what comes."""
    async with app.open_async():
        for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
            await app.job_manager.retry_job(job)
        await app.run_worker_async(
            queues=[QUEUE], wait=not until_empty, concurrency=at_once,
            listen_notify=not until_empty,
        )  # fmt: skip


def make_tables(app: Any) -> None:
    """The queue's own tables, where they are not there yet."""
    if not app.check_connection():
        app.schema_manager.apply_schema()


def _app(store: Store, connector: Any) -> Any:
    """Procrastinate on a register's database."""
    from procrastinate import App

    app = App(connector=connector)

    @app.task(name="run", queue=QUEUE)
    def job(number: int) -> None:
        """One job of the register."""
        from django.db import connections

        try:
            run(store.whole(), number)
        finally:
            connections[store.alias].close()

    return app
