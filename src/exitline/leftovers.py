"""What a killed process leaves beside a file that it was writing: finished, or removed."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

PARTIAL, LISTED, OLD = ".partial", ".listed", ".old"
"""Endings of a file or folder being filled, of a list of renames, of a folder being replaced."""
LONGEST = 1 << 20
"""Bytes of a list of renames that are read."""
WAS = "was"
"""Where a folder that is being replaced waits, where names cannot be exchanged."""


def clear(final: Path) -> None:
    """Finish or remove what killed processes left beside a name.

    A list that is there is finished first: its files were whole. A partial file or folder
    that no living process holds is removed; it may hold households' decisions.

    Parameters
    ----------
    final : Path
        A file or folder about to be written.
    """
    prefix = f".{short(final.name)}."
    try:
        left = [p for p in final.parent.iterdir() if p.name.startswith(".")]
    except (OSError, ValueError):
        return  # writing will say why
    for path in left:
        if path.suffix == LISTED and any(f == final.absolute() for _, f in _pairs(path)):
            _if_left(path, _finish)
    for path in left:
        if path.name.startswith(prefix) and path.suffix == OLD:
            _if_left(path, lambda old: _bring_back(old, final))
        elif path.name.startswith(prefix) and path.suffix == PARTIAL:
            _if_left(path, _remove)


def _pairs(listed: Path) -> list[tuple[Path, Path]]:
    """Partial and final names of a set of files; only such as a set of ours can hold."""
    try:
        with listed.open("rb") as handle:
            named = json.loads(handle.read(LONGEST))
        pairs = [(Path(partial), Path(final)) for partial, final in named]
    except (OSError, ValueError, TypeError, RecursionError):
        return []
    fit = all(
        p.parent == f.parent and p.suffix == PARTIAL and p.name.startswith(f".{short(f.name)}.")
        for p, f in pairs
    )
    return pairs if fit else []


def _finish(listed: Path) -> None:
    """Rename what a list names and is still to be renamed; then the list goes."""
    for partial, final in _pairs(listed):
        if partial.is_file():
            partial.replace(final)
    listed.unlink(missing_ok=True)


def _bring_back(old: Path, final: Path) -> None:
    """The folder that stood before takes its name again where no other has taken it."""
    if (old / WAS).exists() and not final.exists():
        (old / WAS).replace(final)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _if_left(path: Path, act: Callable[[Path], None]) -> None:
    """Do something with a leftover, unless the process that made it lives."""
    if path.is_symlink() or not (path.is_dir() or path.is_file()):
        return
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        if hold(handle):
            act(path)
    except OSError:
        return  # what cannot be cleared stays
    finally:
        os.close(handle)


def hold(handle: int) -> bool:
    """Take the lock of an open file or folder, which goes with the process; False if it is held."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def short(name: str) -> str:
    """A name with room for what stands before and behind it."""
    return name if len(name.encode()) <= 200 else name[:50]
