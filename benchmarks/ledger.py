"""A ledger of 1,000 claims: what it costs, and whether every changed byte is seen.

    python benchmarks/ledger.py [--claims 1000] [--full 300] [--seed 6962]

Every byte of the file is changed once. For a byte inside an entry the check comes down to
whether the changed leaf still leads to the signed root, so that test is made directly (leaf
hash, then the entry's audit path); bytes of the first line, of line ends and of the tree head,
and bytes turned into line ends, go through the whole check. In addition --full changed files,
drawn at random over all bytes and values, go through the whole check with signatures. Exit
status 1 if anything is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from exitline.errors import ExitlineError
from exitline.proof.claim import (
    Claim,
    InputDigest,
    Ledger,
    Query,
    Rounding,
    append,
    check_ledger,
    load_signer,
    new_key,
    sign_claim,
)
from exitline.proof.claim.ledgers.merkle import leaf_hash


def claim(number: int) -> Claim:
    """One of many claims of a survey."""
    return Claim(
        statement="In village {number} {figure} of people were poor ({low}-{high}).",
        value=f"{number % 100}.3",
        low=f"{number % 100}.1",
        high=f"{number % 100}.9",
        unit="percent",
        rounding=Rounding(1, scale="100"),
        query=Query(
            measure="headcount", line="4891", by="village", domain=str(number), confidence="0.95"
        ),
        inputs=(InputDigest("survey.parquet", sha256=hashlib.sha256(b"survey").hexdigest()),),
        software="exitline 0.1.0",
    )


def timed(action: Callable[[], object]) -> float:
    """Processor seconds of an action."""
    start = time.process_time()
    action()
    return time.process_time() - start


def refused(content: bytes, keys: list[object]) -> bool:
    """Whether the whole check refuses a file."""
    try:
        check_ledger(content, keys=keys)  # type: ignore[arg-type]
    except ExitlineError:
        return True
    return False


def audit(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that an audit path leads to (RFC 9162, section 2.1.3.2)."""
    place, last = index, size - 1
    for sibling in path:
        if place % 2 == 1 or place == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        place, last = place >> 1, last >> 1
    return node


def missed_in_entries(ledger: Ledger, draw: random.Random) -> tuple[int, int]:
    """Bytes of entries that were changed (not into line ends), and changes not seen."""
    root, size = bytes.fromhex(ledger.head.root), len(ledger.entries)
    tried = missed = 0
    for index, entry in enumerate(ledger.entries):
        path = list(ledger.inclusion(index))
        assert audit(leaf_hash(entry), index, size, path) == root
        changed = bytearray(entry)
        for position, was in enumerate(entry):
            changed[position] = draw.choice([was ^ 1, was ^ 0x20, was ^ 0x80, 0])
            tried += 1
            missed += audit(leaf_hash(bytes(changed)), index, size, path) == root
            changed[position] = was
    return tried, missed


def missed_line_ends(
    ledger: Ledger, draw: random.Random, keys: list[object], count: int
) -> tuple[int, int]:
    """Bytes turned into line ends, which make another number of lines, by the whole check."""
    content = ledger.path.read_bytes()
    missed = 0
    for position in draw.sample(range(len(content)), count):
        changed = bytearray(content)
        changed[position] = 0x0A
        missed += bytes(changed) != content and not refused(bytes(changed), keys)
    return count, missed


def missed_elsewhere(ledger: Ledger, draw: random.Random, keys: list[object]) -> tuple[int, int]:
    """The same for the first line, the line ends and the tree head, by the whole check."""
    content = ledger.path.read_bytes()
    ends = [i for i, byte in enumerate(content) if byte == 0x0A]
    first, head = range(ends[0]), range(ends[-2] + 1, len(content))
    positions = sorted({*first, *draw.sample(ends, min(50, len(ends))), *head})
    missed = 0
    for position in positions:
        changed = bytearray(content)
        changed[position] ^= draw.randrange(1, 256)
        missed += not refused(bytes(changed), keys)
    return len(positions), missed


def missed_in_sample(
    ledger: Ledger, draw: random.Random, keys: list[object], count: int
) -> tuple[int, int]:
    """Changed files drawn over all bytes, each through the whole check."""
    content = ledger.path.read_bytes()
    missed = 0
    for position in draw.sample(range(len(content)), count):
        changed = bytearray(content)
        changed[position] ^= draw.randrange(1, 256)
        missed += not refused(bytes(changed), keys)
    return count, missed


def main() -> int:
    """Build, time, change, report."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--claims", type=int, default=1000)
    options.add_argument("--full", type=int, default=300)
    options.add_argument("--seed", type=int, default=6962)
    said = options.parse_args()
    draw = random.Random(said.seed)
    with tempfile.TemporaryDirectory() as folder:
        signer = load_signer(new_key(Path(folder) / "office.key").private)
        file, keys = Path(folder) / "ledger.jsonl", [signer.public_key]
        envelopes = [sign_claim(claim(number), signer) for number in range(said.claims)]
        together = timed(lambda: append(file, envelopes[:-1], signer=signer))
        one = timed(lambda: append(file, envelopes[-1:], signer=signer))
        content = file.read_bytes()
        check = timed(lambda: check_ledger(content, keys=keys))
        ledger = check_ledger(content, where=str(file), keys=keys)
        print(f"{said.claims:,} claims, {len(content):,} bytes; processor seconds:")
        print(f"  adding all but one together {together:.2f}, adding one more {one:.3f}")
        print(f"  checking everything with signatures {check:.2f}")
        results = {
            "bytes of entries, each changed once": missed_in_entries(ledger, draw),
            "bytes turned into line ends": missed_line_ends(ledger, draw, keys, said.full // 4),
            "bytes of first line, line ends, head": missed_elsewhere(ledger, draw, keys),
            "whole checks of a changed file": missed_in_sample(ledger, draw, keys, said.full),
        }
    for name, (tried, missed) in results.items():
        print(f"  {name}: {tried:,}, not detected: {missed}")
    return 1 if any(missed for _, missed in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
