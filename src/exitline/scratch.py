"""Private folders for working copies of data: nobody else can read them, and none stays behind.

A folder is held by a lock as long as its process lives. Whatever a killed process has left
is cleared by the next one that asks for a folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

from exitline.leftovers import hold

PREFIX = "exitline-work-"
_LOCK = "lock"
_JUST_MADE = 60.0


class Scratch:
    """A private folder that is removed when it is closed, forgotten, or the process ends.

    Parameters
    ----------
    parent : Path, optional
        The system's folder for temporary files unless given.

    Examples
    --------
    >>> scratch = Scratch()
    >>> scratch.path.is_dir()
    True
    >>> scratch.close()
    >>> scratch.path.is_dir()
    False
    """

    def __init__(self, parent: Path | None = None) -> None:
        above = parent or Path(tempfile.gettempdir())
        clear_leftovers(above)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=above))
        self._handle = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        hold(self._handle)
        self._end = weakref.finalize(self, _remove, self.path, self._handle, os.getpid())

    def new(self) -> Path:
        """A new, empty folder inside it."""
        return Path(tempfile.mkdtemp(dir=self.path))

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        self._end()


def clear_leftovers(parent: Path) -> int:
    """Remove the folders of processes that are no more, and say how many.

    Parameters
    ----------
    parent : Path
        Where folders are made.
    """
    cleared = 0
    for folder in _own_folders(parent):
        try:
            handle = os.open(folder / _LOCK, os.O_RDWR)
        except OSError:
            if not _is_old(folder):
                continue
            handle = -1
        try:
            if handle < 0 or hold(handle):
                shutil.rmtree(folder, ignore_errors=True)
                cleared += 1
        finally:
            if handle >= 0:
                os.close(handle)
    return cleared


def _own_folders(parent: Path) -> list[Path]:
    """Folders of this user that were made here."""
    user = os.getuid() if hasattr(os, "getuid") else None
    found = []
    try:
        with os.scandir(parent) as entries:
            for entry in entries:
                if not entry.name.startswith(PREFIX) or not entry.is_dir(follow_symlinks=False):
                    continue
                if user is None or entry.stat(follow_symlinks=False).st_uid == user:
                    found.append(Path(entry.path))
    except OSError:
        return found
    return found


def _is_old(folder: Path) -> bool:
    """Whether a folder without a lock has stood too long to be just in the making."""
    try:
        return time.time() - folder.stat().st_mtime > _JUST_MADE
    except OSError:
        return False


def _remove(folder: Path, handle: int, process: int) -> None:
    """Remove a folder, unless this is a copy of the process that made it."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
    os.close(handle)
