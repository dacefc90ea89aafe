"""The event log on disk: chained lines, whole batches, damage that shows.

`events.jsonl` is only ever appended to. Each line carries the SHA-256 of the line
before and of its own content; a batch ends with a commit line and is on disk (fsync)
before `head.json` is replaced. A reader takes what is committed:

- killed while appending: the unfinished tail is left out, and cut at the next append;
- killed before `head.json` was replaced: the batch is whole, and counts;
- a byte changed, a line removed or moved, the file cut short: refused, with the line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exitline.digest import written as canonical
from exitline.exits.register.errors import LifecycleError, LogDamagedError
from exitline.exits.register.logbook.canonical import START, chain
from exitline.files import whole_file
from exitline.inputs import is_there
from exitline.records import RecordError, open_regular, parse_json, read_json

EVENTS = "events.jsonl"
HEAD = "head.json"
_OPEN, _MIDDLE, _CLOSE = b'{"hash":"', b'","record":', b"}"
_CONTENT_AT = len(_OPEN) + 64 + len(_MIDDLE)


@dataclass(frozen=True)
class Stored:
    """What a log's file holds.

    Parameters
    ----------
    records : tuple of dict
        The committed records, commit marks left out; empty once they were taken.
    count : int
        How many there are.
    head : str
        Hash of the last committed line; 64 zeros for an empty log.
    size : int
        Bytes that are committed.
    unfinished : int
        Bytes behind them, of an append that did not finish.
    heads : frozenset of str
        Hash of every commit.
    """

    records: tuple[dict[str, Any], ...]
    count: int
    head: str
    size: int
    unfinished: int
    heads: frozenset[str] = frozenset()


def read(folder: Path) -> Stored:
    """Every committed record of a log, its chain verified.

    Raises
    ------
    LogDamagedError
        Naming the first line that is not what was recorded.
    """
    path = folder / EVENTS
    data = _bytes(path) if is_there(path) else b""
    records: list[dict[str, Any]] = []
    pending: list[dict[str, Any]] = []
    previous, head, position, size = START, START, 0, 0
    heads = {START}
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        position += len(line) + 1
        previous, record = _verified(line, previous, path, number)
        if "commit" not in record:
            pending.append(record)
            continue
        records += pending
        pending, head, size = [], previous, position
        heads.add(head)
    _agrees_with_head(folder, heads, path)
    return Stored(tuple(records), len(records), head, size, len(data) - size, frozenset(heads))


def unchanged(folder: Path, stored: Stored) -> bool:
    """Whether the log on disk still ends where `stored` ends (no other writer since)."""
    path, at = folder / EVENTS, folder / HEAD
    if not path.exists() or path.stat().st_size != stored.size + stored.unfinished:
        return False
    return at.exists() and at.read_bytes() == head_bytes(stored.head)


def append(folder: Path, stored: Stored, records: Sequence[dict[str, Any]]) -> Stored:
    """Append a batch: all of it, or (when killed) none of it.

    Parameters
    ----------
    folder : Path
    stored : Stored
        What the log held when the batch was checked.
    records : sequence of JSON-like mappings

    Returns
    -------
    Stored
        What the log holds now.
    """
    lines, previous = [], stored.head
    for record in [*records, {"commit": stored.count + len(records)}]:
        content = canonical(record)
        previous = chain(previous, content)
        lines.append(line_of(previous, content))
    path, data = folder / EVENTS, b"".join(lines)
    try:
        with path.open("r+b" if path.exists() else "w+b") as handle:
            handle.truncate(stored.size)
            handle.seek(stored.size)
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as reason:
        raise LifecycleError(
            "the log cannot be written",
            where=str(path),
            expected="a file that allows writing, with room on the disk",
            got=reason.strerror or type(reason).__name__,
            remedy="free the file or the disk; nothing was recorded",
        ) from reason
    with whole_file(folder / HEAD) as partial:
        partial.write_bytes(head_bytes(previous))
    return Stored(
        (),
        stored.count + len(records),
        previous,
        stored.size + len(data),
        0,
        stored.heads | {previous},
    )


def line_of(hashed: str, content: bytes) -> bytes:
    """The line of a record in the file.

    Parameters
    ----------
    hashed : str
        The record's hash in the chain.
    content : bytes
        Its canonical content.
    """
    return _OPEN + hashed.encode() + _MIDDLE + content + _CLOSE + b"\n"


def batches(folder: Path) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """The committed batches of a log, line by line, its chain verified: records, and the head.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    LogDamagedError
        Naming the first line that is not what was recorded.
    """
    path = folder / EVENTS
    pending: list[dict[str, Any]] = []
    previous, heads = START, {START}
    with open_regular(path, what="the log", error=LogDamagedError) as handle:
        for number, line in enumerate(handle, start=1):
            if not line.endswith(b"\n"):
                break
            previous, record = _verified(line[:-1], previous, path, number)
            if "commit" not in record:
                pending.append(record)
                continue
            heads.add(previous)
            yield pending, previous
            pending = []
    _agrees_with_head(folder, heads, path)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the log for one writer; the system lets go of it when a process dies."""
    with (folder / ".lock").open("a+b") as handle:
        _lock(handle.fileno())
        yield


def _verified(line: bytes, previous: str, path: Path, number: int) -> tuple[str, dict[str, Any]]:
    """The hash and the record of a line, or the error that names it."""
    content = line[_CONTENT_AT : -len(_CLOSE)]
    hashed = chain(previous, content)
    if line != _OPEN + hashed.encode() + _MIDDLE + content + _CLOSE:
        raise _damaged(path, f"line {number}", "a line that follows from the one before")
    record: dict[str, Any] = parse_json(
        content, what="the log", where=f"{path}, line {number}", shape=dict, error=LogDamagedError
    )
    return hashed, record


def _bytes(path: Path) -> bytes:
    """The log's bytes, however many events it holds; never those of a pipe or a device."""
    with open_regular(path, what="the log", error=LogDamagedError) as handle:
        return handle.read()


def _agrees_with_head(folder: Path, heads: set[str], path: Path) -> None:
    """Refuse a log whose last known head is no longer in it."""
    at = folder / HEAD
    if not at.exists():
        if len(heads) > 2:  # one commit may be there before its head was written
            raise _damaged(at, "the file is missing", "the head that was written last")
        return
    try:
        head = read_json(at, what="the head", shape={"head": str})["head"]
    except RecordError as reason:
        raise _damaged(at, "the file cannot be read", '{"head": "..."}') from reason
    if head not in heads:
        raise _damaged(path, "the end is missing or changed", "the head that was written last")


def head_bytes(head: str) -> bytes:
    """The content of `head.json`."""
    return canonical({"head": head}) + b"\n"


def _damaged(path: Path, got: str, expected: str) -> LogDamagedError:
    return LogDamagedError(
        "the log is not what was recorded",
        where=str(path),
        expected=expected,
        got=got,
        remedy="restore the log from a copy; the copy's head must be the one last noted",
    )


def _lock(descriptor: int) -> None:
    """Take the exclusive lock of an open file, waiting for it."""
    import sys

    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
