"""What a user named: a regular file that can be read, or an error that says why not.

A folder, a pipe, a device, a loop of links, a name that no file can have or a text far
larger than people write is refused at once, and everywhere in the same words.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exitline.errors import ExitlineError, nearest
from exitline.records import read_bytes
from exitline.records.reading import kind_of

MOST_TEXT = 4_000_000
"""Most bytes of a file that people write: a study, a rule file, a list of places."""
_MOST_BESIDE = 2000


class InputError(ExitlineError):
    """A file that was named and cannot be read."""


def text(
    path: str | Path,
    *,
    most: int = MOST_TEXT,
    expected: str = "a text file",
    error: type[ExitlineError] = InputError,
) -> str:
    """The text of a regular file in UTF-8 (with or without a byte order mark).

    Parameters
    ----------
    path : path
    most : int
        Largest size that is read, in bytes.
    expected : str
        What the message says was expected ("a YAML file").
    error : type of ExitlineError
        What to raise.

    Raises
    ------
    ExitlineError
        Of the type `error`: no such file, a folder, a pipe or device, a file that may not
        be read, a name that no file can have, one that is too large or not in UTF-8.

    Examples
    --------
    >>> text("examples/albania-2012/study.yaml")[:9]
    '# Albania'
    >>> text("/dev/zero")
    Traceback (most recent call last):
    ...
    exitline.inputs.InputError: this is not a regular file
      where:    /dev/zero
      expected: a text file
      got:      a device
      remedy:   save its content as a file, and name that
    """
    check_regular(path, expected=expected, error=error)
    read = read_bytes(path, what="the file", error=error, max_bytes=most)
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise error(
            "the file is not encoded in UTF-8",
            where=shown(path),
            expected=f"{expected} in UTF-8",
            got="other bytes",
            remedy="save it as UTF-8",
        ) from reason


def check_regular(
    path: str | Path, *, expected: str = "a file", error: type[ExitlineError] = InputError
) -> int:
    """Refuse anything but a regular file, without opening it; its size in bytes.

    Parameters
    ----------
    path, expected, error
        As `text`.

    Raises
    ------
    ExitlineError
        Of the type `error`.

    Examples
    --------
    >>> check_regular("README.md") > 0
    True
    """
    with opening(path, expected=expected, error=error):
        found = Path(path).stat()
    if stat.S_ISREG(found.st_mode):
        return found.st_size
    if stat.S_ISDIR(found.st_mode):
        raise error(
            "this is a folder, not a file",
            where=shown(path),
            expected=expected,
            got="a folder",
            remedy="name the file inside it",
        )
    raise error(
        "this is not a regular file",
        where=shown(path),
        expected=expected,
        got=kind_of(found.st_mode),
        remedy="save its content as a file, and name that",
    )


@contextmanager
def opening(
    path: str | Path, *, expected: str = "a file", error: type[ExitlineError] = InputError
) -> Iterator[None]:
    """Say what the system has against a path in our words.

    Parameters
    ----------
    path, expected, error
        As `text`.

    Examples
    --------
    >>> with opening("no/such", error=ExitlineError):
    ...     Path("no/such").stat()
    Traceback (most recent call last):
    ...
    exitline.errors.ExitlineError: there is no such file
      where:    no/such
      expected: a file
      got:      nothing under this name
      remedy:   check the path
    """
    try:
        yield
    except (OSError, ValueError) as reason:
        if not isinstance(reason, OSError) and not _no_name(path):
            raise
        absent = getattr(reason, "errno", None) in (errno.ENOENT, errno.ENOTDIR)
        raise error(
            "there is no such file" if absent else "the file cannot be read",
            where=shown(path),
            expected=expected,
            got="nothing under this name" if absent else _why(reason),
            remedy=(nearest(Path(path).name, beside(path)) if absent else "") or _remedy(reason),
        ) from reason


def beside(path: str | Path) -> list[str]:
    """Names of what lies in the same folder; none where it cannot be looked into.

    Examples
    --------
    >>> "README.md" in beside("READNE.md")
    True
    >>> beside("no/such/file")
    []
    """
    try:
        with os.scandir(Path(path).parent) as entries:
            return [entry.name for entry, _ in zip(entries, range(_MOST_BESIDE), strict=False)]
    except (OSError, ValueError):
        return []


def is_there(path: str | Path) -> bool:
    """Whether anything can be reached under this name, whatever is wrong with it.

    Examples
    --------
    >>> is_there("README.md"), is_there("x" * 5000), is_there("a\\0b")
    (True, False, False)
    """
    try:
        os.stat(path)  # noqa: PTH116 - no name is refused before
    except (OSError, ValueError):
        return False
    return True


def shown(path: str | Path) -> str:
    """A path as messages show it: the end of a very long one.

    Examples
    --------
    >>> shown("data/survey.csv"), shown("x" * 900)[:3], len(shown("x" * 900))
    ('data/survey.csv', '…xx', 200)
    """
    name = str(path)
    return name if len(name) <= 200 else "…" + name[-199:]


def _no_name(path: str | Path) -> bool:
    """Whether no file can have this name: a zero byte, or half a character."""
    try:
        return b"\0" in os.fsencode(path)
    except UnicodeEncodeError:
        return True


def _why(reason: Exception) -> str:
    """What the system said, without the name it said it of."""
    if isinstance(reason, OSError):
        return reason.strerror or type(reason).__name__
    return "a name that no file can have"


def _remedy(reason: Exception) -> str:
    """What to do about it."""
    if isinstance(reason, PermissionError):
        return "ask for the right to read it, or copy it to a folder of yours"
    return "check the path"
