"""A data file that is opened once, so that its digest and every query see the same bytes."""

from __future__ import annotations

import hashlib
import os
import stat
import weakref
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from exitline.errors import DataError

BLOCK = 4 * 1024 * 1024


class HeldFile:
    """An open file: named, digested and read through its one descriptor.

    Parameters
    ----------
    path : Path
        A regular file. It is never expanded: `[`, `*` and `?` are characters of its name.

    Raises
    ------
    DataError
        When it cannot be opened, or is no regular file (a pipe, a device).

    Examples
    --------
    >>> held = HeldFile(Path("README.md"))
    >>> len(held.digest)
    64
    >>> held.check()
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError) as reason:
            raise DataError(
                "the file cannot be opened",
                where=str(path),
                expected="a file that you may read",
                got=getattr(reason, "strerror", None) or type(reason).__name__,
                remedy="check the path and the right to read it, or copy it to a folder of yours",
            ) from reason
        self._end = weakref.finalize(self, os.close, self._descriptor)
        self._first = self._state()
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            self._end()
            raise DataError(
                "this is not a regular file",
                where=str(path),
                expected="a data file",
                got="a pipe, a device or a folder",
                remedy="write the data to a file and name that",
            )

    @property
    def size(self) -> int:
        """Bytes."""
        return self._first[2]

    @property
    def name_for_engine(self) -> str:
        """A name that leads to these bytes and holds no character that an engine expands."""
        name = f"/proc/{os.getpid()}/fd/{self._descriptor}"
        if Path(name).exists():
            return name
        return self._link  # pragma: no cover - systems without /proc

    @cached_property
    def _link(self) -> str:
        """A symbolic link in a private folder, where the system has no /proc."""
        from exitline.scratch import Scratch

        self._scratch = Scratch()
        link = self._scratch.path / "data"
        link.symlink_to(self.path.resolve())
        return str(link)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its bytes, as 64 hexadecimal digits.

        Raises
        ------
        DataError
            When it has changed since it was opened.
        """
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        self.check()
        return digest.hexdigest()

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Its bytes, from the start."""
        at = 0
        while block := os.pread(self._descriptor, size, at):
            yield block
            at += len(block)

    def read(self, size: int, at: int = 0) -> bytes:
        """Some of its bytes."""
        return os.pread(self._descriptor, size, at)

    def check(self) -> None:
        """Refuse a file that has changed, or was replaced, since it was opened.

        Raises
        ------
        DataError
        """
        try:
            there = self.path.stat()
            same = (there.st_dev, there.st_ino) == self._first[:2]
        except OSError:
            same = False
        if not same or self._state() != self._first:
            raise DataError(
                "the file changed while it was being read",
                where=self.path.name,
                expected="the same bytes from the first look to the last",
                got="a file that was written or replaced meanwhile",
                remedy="wait until nothing writes to it, then do this again",
            )

    def _state(self) -> tuple[int, int, int, int, int]:
        found = os.fstat(self._descriptor)
        return (
            found.st_dev,
            found.st_ino,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
        )
