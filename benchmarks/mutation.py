"""Does a test notice? Small changes to the statistical rooms, each checked against the tests.

One operator, boundary, number or condition at a time is changed in a copy of the project. The tests
that run the changed line (see `benchmarks.mutation_map`: found once, under `coverage`) are run, the
shortest first, until one fails. `--sample` takes some of the thousands of mutants, drawn with a
fixed seed; those that no test notices are printed with their place.

    python -m benchmarks.mutation --sample 300 --map benchmarks/work/reached
    python -m benchmarks.mutation --room infer --sample 20
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from benchmarks.mutation_map import COMMON, WINGS, Reached, reached

HOUSE = Path(__file__).parents[1]
ROOMS = {
    "measure": ["tests/stats/measure", "tests/stats/estimate", "tests/stats/engine"],
    "infer": [
        "tests/stats/infer",
        "tests/stats/measure",
        "tests/stats/estimate",
        "tests/stats/weighting",
    ],
    "decide": ["tests/exits/decide", "tests/exits/register"],
    "standard": ["tests/rules/standard", "tests/exits/decide"],
}
"""Rooms, and the tests that are first to notice."""
LINES = 200
"""Tests of a line at most: a line that more of them run is held by the shortest, and by one each of
the other files."""
PATIENCE = 10
"""How many times slower than measured tests may be (the machine may be busy) before a mutant counts
as one that never ends."""
NOTHING_RUN = (4, 5)
"""Pytest's exit statuses where tests are not found, and where there are none."""
COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Pow: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the position of the changed node among all, and what it becomes."""

    path: Path
    position: int
    line: int
    change: str


class Changer(ast.NodeTransformer):
    """Counts the places that can be changed; changes one of them."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.seen, self.found = wanted, -1, list[tuple[int, str]]()

    def _here(self, node: ast.expr, change: str) -> bool:
        self.seen += 1
        self.found.append((node.lineno, change))
        return self.seen == self.wanted

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:  # an annotation is not run
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(one) for one in node.body]  # whether it is frozen changes nothing
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        returns, node.returns = node.returns, None
        self.generic_visit(node)
        node.returns = returns
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for i, op in enumerate(node.ops):
            other = COMPARED[type(op)]
            if self._here(node, f"{type(op).__name__} -> {other.__name__}"):
                node.ops[i] = other()
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        other = COMPUTED.get(type(node.op))
        if not other or any(_is_text(side) for side in (node.left, node.right)):
            return node
        name = type(node.op).__name__
        if self._here(node, f"{name} -> {other.__name__}"):
            node.op = other()
        dropped = isinstance(node.op, ast.Add | ast.Sub) and self._here(
            node, f"{name}: term dropped"
        )
        return node.left if dropped else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        if self._here(node, f"{type(node.op).__name__} -> {other.__name__}"):
            node.op = other()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not | ast.USub | ast.Invert) and self._here(
            node, f"{type(node.op).__name__} dropped"
        ):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool):
            if self._here(node, f"{value} -> {not value}"):
                return ast.copy_location(ast.Constant(not value), node)
        elif isinstance(value, int | float) and self._here(node, f"{value} -> {value + 1}"):
            return ast.copy_location(ast.Constant(value + 1), node)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return node.body if self._here(node, "else dropped") else node


def _is_text(side: ast.expr) -> bool:
    """Whether a side of an operator is text."""
    return isinstance(side, ast.JoinedStr) or (
        isinstance(side, ast.Constant) and isinstance(side.value, str)
    )


def mutants(room: str) -> Iterator[Mutant]:
    """Every change to a room."""
    for path in sorted((HOUSE / "src" / "exitline" / WINGS[room]).rglob("*.py")):
        changer = Changer()
        changer.visit(ast.parse(path.read_text()))
        for position, (line, change) in enumerate(changer.found):
            yield Mutant(path.relative_to(HOUSE), position, line, change)


def chosen(mutant: Mutant, found: Reached, budget: float) -> list[str]:
    """Tests that run a mutant's line, the shortest first, as many as fit in some seconds."""
    every = found.tests(str(mutant.path), mutant.line)
    files: dict[str, list[str]] = {}
    for test in every:
        files.setdefault(test.partition("::")[0], []).append(test)
    spread = [test for own in files.values() for test in own[: max(4, LINES // len(files))]]
    ordered = sorted(spread, key=every.index)
    taken = accumulate(found.seconds[test] for test in ordered)
    return [test for test, until in zip(ordered, taken, strict=True) if until < budget]


def killed(mutant: Mutant, copy: Path, tests: list[str], seconds: float) -> bool:
    """Whether some test fails, or never ends, with a change; in a process forked from this one.

    A change can break the import of a test's file, which pytest calls a test not found (4): a
    kill only where the same tests are found without the change.
    """
    path = copy / mutant.path
    before = path.read_text()
    tree = Changer(mutant.position).visit(ast.parse(before))
    path.write_text(ast.unparse(ast.fix_missing_locations(tree)))
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
    try:
        status = _status(copy, tests, seconds)
    finally:
        path.write_text(before)
    if status not in NOTHING_RUN:
        return status != 0
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
    return _status(copy, ["--collect-only", *tests], seconds) not in NOTHING_RUN


def _status(copy: Path, arguments: list[str], seconds: float) -> int:
    """Pytest's exit status in the copy, of a process forked from this one."""
    child = os.fork()
    if not child:
        _run(copy, arguments)
    return _ended(child, seconds)


def _run(copy: Path, tests: list[str]) -> None:
    """Run tests in the copy, silently; never returns."""
    os.setpgid(0, 0)
    os.chdir(copy)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.path.insert(0, str(copy / "src"))
    status = 1
    try:
        import pytest

        status = int(pytest.main([*COMMON, "-x", *tests]))
    finally:
        os._exit(status)


def _ended(child: int, seconds: float) -> int:
    """A child's exit status; 1 where it is stopped because it takes too long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1


def main() -> None:
    """Draw mutants, try each, print those that live and the share killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--room", choices=[*ROOMS], action="append")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--skip", type=int, default=0, help="of the drawn, to go on after a stop")
    parser.add_argument("--map", type=Path, default=Path("benchmarks/work/reached"))
    parser.add_argument("--until", type=float, default=float("inf"), help="seconds in all")
    parser.add_argument("--tests", action="append", help="folders of tests, instead of the rooms'")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of tests per mutant")
    given = parser.parse_args()
    rooms = given.room or list(ROOMS)
    every = [(room, m) for room in rooms for m in mutants(room)]
    drawn = random.Random(given.seed).sample(every, min(given.sample, len(every)))[given.skip :]
    print(f"{len(every):,} mutants of {', '.join(rooms)}; {len(drawn)} are tried", flush=True)
    start, dead, tried, unreached = time.monotonic(), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "house"
        left_out = shutil.ignore_patterns(".git", "work", "__pycache__", ".*cache", ".venv", "site")
        shutil.copytree(HOUSE, copy, ignore=left_out)
        own = [t for room in rooms for t in (*ROOMS[room], f"src/exitline/{WINGS[room]}")]
        found = reached(copy, given.tests or [*dict.fromkeys(own)], given.map)
        ready()
        for room, mutant in drawn:
            if time.monotonic() - start > given.until:
                break
            tried += 1
            near = chosen(mutant, found, given.budget)
            if near and killed(mutant, copy, near, PATIENCE * (given.budget + 10)):
                dead += 1
                continue
            unreached += not near
            said = f"lives ({len(near)} tests)" if near else "is not reached"
            print(f"{tried}: {said}: {room}: {mutant.path}:{mutant.line}: {mutant.change}",
                  flush=True)  # fmt: skip
    print(f"{dead} of {tried} killed: {100 * dead / max(tried, 1):.1f} %; {unreached} unreached")


def ready() -> None:
    """Load what every test needs, once, before the first fork."""
    for name in ("numpy", "pandas", "scipy.special", "pyarrow", "ibis", "duckdb", "hypothesis",
                 "ibis.backends.sql.compilers.duckdb"):  # fmt: skip
        importlib.import_module(name)


if __name__ == "__main__":
    main()
