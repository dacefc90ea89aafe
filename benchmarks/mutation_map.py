"""Which tests reach which line, and how long each takes: what `benchmarks.mutation` chooses by.

The tests run once under `coverage` (not among the project's requirements: ``pip install
coverage``). Lines that a fixture of a module runs count for every test of that module; lines that
run as a module is loaded, for all tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COMMON = ["-q", "-p", "no:cacheprovider", "--no-header", "-k", "not spark"]


@dataclass(frozen=True)
class Reached:
    """What the tests reach.

    Attributes
    ----------
    seconds : mapping
        By test, as pytest names it.
    lines : mapping
        By file (from the project's root) and line: the tests that run it.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[str]]]

    def tests(self, path: str, first: int, last: int) -> list[str]:
        """Tests that run some line of a range, the shortest first."""
        own = self.lines.get(path, {})
        found = {test for line in range(first, last + 1) for test in own.get(line, ())}
        return sorted(found, key=lambda t: self.seconds.get(t, 0.0))


class Watching:
    """A plugin of pytest: tells `coverage` whose turn it is, and takes the time."""

    def __init__(self) -> None:
        import coverage

        self.seconds: dict[str, float] = defaultdict(float)
        self.coverage = coverage.Coverage(
            source=["src/exitline"], data_file=None, config_file=False
        )
        self.coverage.start()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_setup(self, item: Any) -> Iterator[None]:
        self.coverage.switch_context("setup of " + item.nodeid)
        yield
        self.coverage.switch_context(item.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        self.coverage.switch_context("")
        yield

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration


def watch(tests: list[str], into: Path) -> None:
    """Run the tests in this process; write what they reach."""
    plugin = Watching()
    pytest.main([*COMMON, *tests], plugins=[plugin])
    plugin.coverage.stop()
    data = plugin.coverage.get_data()
    modules: dict[str, list[str]] = defaultdict(list)
    for test in plugin.seconds:
        modules[test.partition("::")[0]].append(test)
    lines: dict[str, dict[int, list[str]]] = {}
    for path in data.measured_files():
        short = str(Path(path).resolve().relative_to(Path.cwd().resolve()))
        lines[short] = {
            line: sorted({t for c in contexts for t in _of(c, modules, plugin.seconds)})
            for line, contexts in data.contexts_by_lineno(path).items()
        }
    into.write_text(json.dumps({"seconds": plugin.seconds, "lines": lines}))


def _of(context: str, modules: dict[str, list[str]], every: dict[str, float]) -> list[str]:
    """The tests for whom a line was run."""
    if not context:
        return list(every)
    if context.startswith("setup of "):
        return modules[context.removeprefix("setup of ").partition("::")[0]]
    return [context]


def reached(copy: Path, tests: list[str], into: Path) -> Reached:
    """What the tests reach in a copy of the project; each folder of tests in a process of its own.

    Parameters
    ----------
    copy : Path
        The copy.
    tests : list of str
        Folders of tests.
    into : Path
        A folder: one file for each folder of tests. Those that are there are not made again, so
        that what was stopped goes on.
    """
    into.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = {}
    lines: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    python = os.pathsep.join([str(copy / "src"), os.environ.get("PYTHONPATH", "")])
    for folder in tests:
        piece = into.resolve() / (folder.replace("/", "-") + ".json")
        if not piece.exists():
            call = [sys.executable, "-m", "benchmarks.mutation_map", str(piece), folder]
            subprocess.run(call, cwd=copy, env={**os.environ, "PYTHONPATH": python}, check=True)
        told = json.loads(piece.read_text())
        seconds |= told["seconds"]
        for path, own in told["lines"].items():
            for line, found in own.items():
                lines[path][int(line)] += found
    return Reached(seconds, lines)


if __name__ == "__main__":
    watch(sys.argv[2:], Path(sys.argv[1]))
