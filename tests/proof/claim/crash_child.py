"""Kill a process that adds to a ledger, at 200 random moments; print what was left.

Half the kills come at a random executed line of the package (every line has the same chance),
half after a random time. Called by test_claim_crash.py: folder, number of kills, seed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from exitline.proof.claim import (
    Claim,
    InputDigest,
    Query,
    Rounding,
    append,
    check_ledger,
    sign_claim,
)


def claim(number: int) -> bytes:
    """The envelope of one of many claims."""
    return sign_claim(
        Claim(
            statement="{figure} households were poor.",
            value=str(number),
            unit="households",
            rounding=Rounding(),
            query=Query(measure="poor_count", by="village", domain=str(number)),
            inputs=(InputDigest("survey.csv", sha256="ab" * 32),),
            software="exitline 0.1.0",
        )
    )


def count_lines(action: Any) -> int:
    """How many lines of the package an action executes."""
    seen = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal seen
        if "exitline" not in frame.f_code.co_filename:
            return None
        seen += event == "line"
        return trace

    sys.settrace(trace)
    action()
    sys.settrace(None)
    return seen


def die_at(line: int) -> None:
    """From now on, end this process when so many lines of the package were executed."""
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if "exitline" not in frame.f_code.co_filename:
            return None
        left -= event == "line"
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def kill_one(ledger: Path, envelope: bytes, line: int | None, seconds: float) -> bool:
    """Add in a child and kill it; whether the kill came before its end."""
    child = os.fork()
    if child == 0:
        if line is not None:
            die_at(line)
        append(ledger, [envelope])
        os._exit(0)
    if line is None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(folder: Path, kills: int, seed: int) -> None:
    """Print one word a kill: old, new, or broken; then how many kills came in time."""
    draw = random.Random(seed)
    ledger = folder / "ledger.jsonl"
    append(ledger, [claim(number) for number in range(8)])
    lines = count_lines(lambda: append(folder / "other.jsonl", [claim(n) for n in range(8)]))
    start = time.perf_counter()
    append(folder / "other.jsonl", [claim(9)])
    usual = time.perf_counter() - start
    in_time, begun = 0, b""
    for number in range(100, 100 + kills):
        before = check_ledger(ledger.read_bytes(), unsigned=True)
        line = draw.randrange(1, 2 * lines) if number % 2 else None
        in_time += kill_one(ledger, claim(number), line, draw.uniform(0, 1.5 * usual))
        after = check_ledger(ledger.read_bytes(), unsigned=True)
        if after.entries == before.entries:
            print("old")
        elif after.entries == (*before.entries, claim(number)):
            print("new")
        elif begun and after.entries in (
            (*before.entries, begun),  # the next writer finishes what one had begun
            (*before.entries, begun, claim(number)),
        ):
            print("old" if after.entries[-1] == begun else "new")
        else:
            print("broken")
        begun = b"" if claim(number) in after.entries else claim(number)
        if after.head.size > 12:
            ledger.unlink()
            append(ledger, [claim(n) for n in range(8)])
    append(ledger, [claim(7)])
    print(f"killed {in_time}, left {len(list(folder.glob('.*partial')))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
