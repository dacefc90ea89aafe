"""Run one task in a fresh process: wall seconds and peak memory."""

from __future__ import annotations

import compileall
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import exitline

_WRAP = """
import resource, sys, time, json
start = time.perf_counter()
{code}
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps({{"inside": seconds, "peak": peak}}))
"""


@dataclass(frozen=True)
class Timing:
    """One task: wall seconds of the process and of the work in it, peak memory in GB."""

    name: str
    wall: float
    inside: float
    peak: float


def compiled() -> None:
    """Compile exitline's modules, as an installation does.

    Where Python may not write what it compiles, a checkout is compiled in every process: a third
    of a second of each that no user has.
    """
    compileall.compile_dir(Path(exitline.__file__).parent, quiet=1)


def timed(name: str, code: str, python: str = sys.executable) -> Timing:
    """Run Python code in a process of its own and measure it.

    Parameters
    ----------
    name : str
    code : str
        Statements; imports belong to what is measured as `wall`, not as `inside`, when they
        stand before a line ``start = time.perf_counter()``.
    python : str
        Interpreter.
    """
    begin = time.perf_counter()
    done = subprocess.run(
        [python, "-c", _WRAP.format(code=code)], capture_output=True, text=True, check=False
    )
    wall = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip()[-2000:]}")
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    return Timing(name, wall, figures["inside"], figures["peak"])
