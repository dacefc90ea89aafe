"""Which lines of three rooms their own tests reach, counted in the run of all tests.

`make coverage` loads it (`-p tests.covering`). Lines are counted from before the first import to
the end of the collection, and in each test of the rooms' folders: not in others, so that the run
takes little longer.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

ROOMS = ("rules", "exits/decide", "stats/curves")
COUNTED = tuple(f"tests/{room}/" for room in ROOMS)
DATA = Path(".coverage")


class Lines:
    """The lines that one process has reached."""

    def __init__(self) -> None:
        rooms = [f"src/exitline/{room}" for room in ROOMS]
        self.reached = coverage.Coverage(DATA, data_suffix=True, source=rooms)
        self.reached.start()

    def pytest_collection_finish(self) -> None:
        self.reached.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if not item.nodeid.startswith(COUNTED):
            return (yield)
        self.reached.start()
        try:
            return (yield)
        finally:
            self.reached.stop()

    def pytest_sessionfinish(self) -> None:
        self.reached.save()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Count in each process that runs tests; the one that leads them clears old counts."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        early_config.pluginmanager.register(Lines())
    else:
        for old in Path().glob(f"{DATA}.*"):
            old.unlink()
