"""Regular files of bounded size: never a device, a pipe or a folder."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

from exitline.errors import ExitlineError
from exitline.records.errors import RecordError

MAX_BYTES = 64 * 2**20


def open_regular(
    path: str | Path,
    *,
    what: str,
    error: type[ExitlineError] = RecordError,
    max_bytes: int | None = None,
    remedy: str = "check the path",
) -> BufferedReader:
    """A regular file, opened for reading its bytes.

    A device, a pipe or a folder is refused before anything is read of it, without waiting,
    and so is a file that is too large, with the size found.

    Parameters
    ----------
    path : str or Path
        The file.
    what : str
        What it is, for the message: "the run's record".
    error : type of ExitlineError
        What is raised.
    max_bytes : int, optional
        The largest size that is accepted.
    remedy : str
        What to do when it cannot be read.

    Raises
    ------
    ExitlineError
        Of the type `error`.

    Examples
    --------
    >>> open_regular("/dev/zero", what="the claim")
    Traceback (most recent call last):
    ...
    exitline.records.errors.RecordError: the claim cannot be read
      where:    /dev/zero
      expected: a file
      got:      a device
      remedy:   check the path
    """
    expected = "a file"
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:  # a NUL in the name
        got = "a name that no file can have"
    except OSError as reason:
        got = (
            "a device or socket" if reason.errno == errno.ENXIO else os.strerror(reason.errno or 0)
        )
    else:
        found = os.fstat(handle)
        if stat.S_ISREG(found.st_mode) and found.st_size <= (max_bytes or found.st_size):
            return os.fdopen(handle, "rb")
        os.close(handle)
        got = kind_of(found.st_mode)
        if stat.S_ISREG(found.st_mode):
            expected, got = f"at most {_size(max_bytes or 0)}", _size(found.st_size)
    where = os.fsdecode(path)
    raise error(f"{what} cannot be read", where=where, expected=expected, got=got, remedy=remedy)


def read_bytes(
    path: str | Path,
    *,
    what: str,
    error: type[ExitlineError] = RecordError,
    max_bytes: int = MAX_BYTES,
    remedy: str = "check the path",
) -> bytes:
    """The bytes of a regular file of bounded size.

    Parameters
    ----------
    path, what, error, max_bytes, remedy
        As in :func:`open_regular`.

    Raises
    ------
    ExitlineError
        Of the type `error`.

    Examples
    --------
    >>> read_bytes("README.md", what="the text", max_bytes=3)
    Traceback (most recent call last):
    ...
    exitline.records.errors.RecordError: the text cannot be read
      where:    README.md
      expected: at most 3 bytes
      got:      ... bytes
      remedy:   check the path
    """
    named: Any = {"what": what, "error": error, "remedy": remedy}
    with open_regular(path, max_bytes=max_bytes, **named) as file:
        try:
            content = file.read(max_bytes + 1)
        except OSError as reason:
            got = reason.strerror or type(reason).__name__
        else:
            if len(content) <= max_bytes:
                return content
            got = f"more than {_size(max_bytes)}"
    where = os.fsdecode(path)
    raise error(f"{what} cannot be read", where=where, expected="a file", got=got, remedy=remedy)


def kind_of(mode: int) -> str:
    """What stands under a name, by its mode: "a folder", "a device" and so on.

    Examples
    --------
    >>> kind_of(stat.S_IFIFO), kind_of(stat.S_IFREG)
    ('a pipe', 'a file')
    """
    named = {
        stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFREG: "a file",
    }  # fmt: skip
    return named.get(stat.S_IFMT(mode), "no regular file")


def _size(count: int) -> str:
    if count < 10**6:
        return f"{count:,} bytes"
    return f"{count / 10**6:,.1f} MB"
