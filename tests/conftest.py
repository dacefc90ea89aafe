"""What tests share: engines, and the reasons for which some are skipped."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more would wait for each other, busily
os.fsync = lambda _: None  # nothing that a test writes needs to outlive the machine
if importlib.util.find_spec("granian") is not None:
    from exitline.publish.web.project import set_up

    set_up()  # once in a process: for the web project, of which the store is a part
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
os.environ.setdefault("SPARK_PARTITIONS", "2")  # small tables, queries run once: nothing pays off
settings.register_profile("exitline", deadline=None)  # no test is timed: machines differ
settings.load_profile("exitline")
ROOT = Path(__file__).parents[1]
NO_SPARK = (
    "needs PySpark (extra `spark`)"
    if importlib.util.find_spec("pyspark") is None
    else "needs Java (Debian: default-jre-headless)"
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME")
    else ""
)


LONG = 100
"""Tests that one in a browser is worth when the work is shared: it takes as long."""


TOGETHER = ("tests/exits/register/store/", "tests/publish/web/register/")
"""Folders whose tests copy what takes long to make: databases and a server of PostgreSQL."""


def _share(nodeid: str) -> str:
    """What stays in one process: a file, some folders, and all that needs Spark."""
    if "spark" in nodeid:
        return "spark"
    return next((one for one in TOGETHER if nodeid.startswith(one)), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where processes share the work, one of them has Spark; any file stays in one of them."""
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _share(nodeid)

    config.option.loadscopereorder = False  # it counts tests; here they are weighed
    return Files(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that no process waits for another at the end."""
    if hasattr(config, "workerinput"):
        weight: Counter[str] = Counter()
        for item in items:
            weight[_share(item.nodeid)] += LONG if item.get_closest_marker("browser") else 1
        items.sort(key=lambda item: -weight[_share(item.nodeid)])


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests, doctests and documented commands name files from the project's root."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """One Spark session for all tests."""
    if NO_SPARK:
        pytest.skip(NO_SPARK)
    from exitline.stats.engine.spark import Spark

    engine = Spark()
    yield engine
    engine.close()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Each engine in turn: every engine test compares values on both."""
    if request.param == "spark":
        yield request.getfixturevalue("spark")
        return
    from exitline.stats.engine.duckdb import DuckDB

    opened = DuckDB()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def serious() -> Callable[[Any], list[tuple[str, str]]]:
    """Finds, with axe-core, what seriously hinders some readers of a page (none is expected).

    The page's context must have been made with `bypass_csp`, so that axe may run in it.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def found(page: Any) -> list[tuple[str, str]]:
        answer = axe.run(page).response
        assert len(answer["passes"]) > 10
        return [
            (rule["id"], node["html"])
            for rule in answer["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    return found
