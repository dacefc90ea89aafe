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

WINGS = {"measure": "stats/measure", "infer": "stats/infer", "decide": "exits/decide",
         "standard": "rules/standard"}  # fmt: skip
"""The rooms that are changed, and where each stands."""
ALL = -1
"""Instead of a test's number: every test, for lines that run as a module is loaded."""
COMMON = ["-q", "-p", "no:cacheprovider", "--no-header", "-k", "not spark"]


@dataclass(frozen=True)
class Reached:
    """What the tests reach.

    Attributes
    ----------
    seconds : mapping
        By test, as pytest names it.
    lines : mapping
        By file (from the project's root) and line: the numbers of the tests that run it.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[int]]]

    def tests(self, path: str, line: int) -> list[str]:
        """Tests that run a line, the shortest first."""
        found, every = set(self.lines.get(path, {}).get(line, ())), list(self.seconds)
        named = every if ALL in found else [every[number] for number in found]
        return sorted(named, key=self.seconds.__getitem__)


class Watching:
    """A plugin of pytest: tells `coverage` whose turn it is, and takes the time."""

    def __init__(self) -> None:
        import coverage

        self.seconds: dict[str, float] = defaultdict(float)
        self.coverage = coverage.Coverage(
            source=[f"src/exitline/{room}" for room in WINGS.values()],
            data_file=None,
            config_file=False,
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
    modules: dict[str, list[int]] = defaultdict(list)
    numbers = {test: number for number, test in enumerate(plugin.seconds)}
    for test, number in numbers.items():
        modules[test.partition("::")[0]].append(number)
    lines: dict[str, dict[int, list[int]]] = {}
    for path in data.measured_files():
        short = str(Path(path).resolve().relative_to(Path.cwd().resolve()))
        lines[short] = {
            line: sorted({t for c in contexts for t in _of(c, modules, numbers)})
            for line, contexts in data.contexts_by_lineno(path).items()
        }
    into.write_text(json.dumps({"seconds": plugin.seconds, "lines": lines}))


def _of(context: str, modules: dict[str, list[int]], numbers: dict[str, int]) -> list[int]:
    """The tests for whom a line was run."""
    if not context:
        return [ALL]
    if context.startswith("setup of "):
        return modules[context.removeprefix("setup of ").partition("::")[0]]
    return [numbers[context]]


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
    lines: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    python = os.pathsep.join([str(copy / "src"), os.environ.get("PYTHONPATH", "")])
    for folder in tests:
        piece = into.resolve() / (folder.replace("/", "-") + ".json")
        if not piece.exists():
            call = [sys.executable, "-m", "benchmarks.mutation_map", str(piece), folder]
            subprocess.run(call, cwd=copy, env={**os.environ, "PYTHONPATH": python}, check=True)
        told, before = json.loads(piece.read_text()), len(seconds)
        seconds |= told["seconds"]
        for path, own in told["lines"].items():
            for line, found in own.items():
                lines[path][int(line)] += [t if t == ALL else t + before for t in found]
    return Reached(seconds, lines)


if __name__ == "__main__":
    watch(sys.argv[2:], Path(sys.argv[1]))
