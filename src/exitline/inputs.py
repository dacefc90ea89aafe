"""Opening what a user named: a regular file of a bounded size, or an error that says why not.

Every file whose content is held as a whole (studies, rule files, records) is read here, so
that a folder, a pipe, a device, a loop of links, a name that no file can have or a file far
larger than such files are is refused at once, and in the same words.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exitline.errors import ExitlineError, nearest

MOST_TEXT = 4_000_000
"""Most bytes of a file that people write: a study, a rule file, a list of places."""
MOST_RECORD = 256_000_000
"""Most bytes of a file that exitline writes and reads back as a whole."""
_MOST_BESIDE = 2000


class InputError(ExitlineError):
    """A file that was named and cannot be read."""


def content(
    path: str | Path,
    *,
    most: int = MOST_TEXT,
    expected: str = "a file",
    error: type[ExitlineError] = InputError,
) -> bytes:
    """The bytes of a regular file, unless there are more than `most`.

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
        be read, a name that no file can have, or one that is too large.

    Examples
    --------
    >>> content("examples/albania-2012/study.yaml")[:9]
    b'# Albania'
    >>> content("/dev/zero")
    Traceback (most recent call last):
    ...
    exitline.inputs.InputError: this is not a regular file
      where:    /dev/zero
      expected: a file
      got:      a device
      remedy:   save its content as a file, and name that
    """
    with opening(path, expected=expected, error=error):
        check_regular(path, expected=expected, error=error)
        with Path(path).open("rb") as handle:
            found = os.fstat(handle.fileno()).st_size
            if found <= most:
                read = handle.read(most + 1)
                found = len(read)
    if found > most:
        raise error(
            "the file is too large to be one of its kind",
            where=shown(path),
            expected=f"{expected} of at most {_bytes(most)}",
            got=_bytes(found),
            remedy="check that this is the file that was meant",
        )
    return read


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
    path, most, expected, error
        As `content`.

    Raises
    ------
    ExitlineError
        As `content`, and for a file that is not in UTF-8.

    Examples
    --------
    >>> text("examples/albania-2012/study.yaml")[:9]
    '# Albania'
    """
    try:
        return content(path, most=most, expected=expected, error=error).decode("utf-8-sig")
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
        As `content`.

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
    pipe = stat.S_ISFIFO(found.st_mode) or stat.S_ISSOCK(found.st_mode)
    raise error(
        "this is not a regular file",
        where=shown(path),
        expected=expected,
        got="a pipe" if pipe else "a device",
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
        As `content`.

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


def is_folder(path: str | Path) -> bool:
    """Whether a folder can be reached under this name, whatever is wrong with it.

    Examples
    --------
    >>> is_folder("examples"), is_folder("x" * 5000), is_folder("a\\0b")
    (True, False, False)
    """
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - no name is refused before
    except (OSError, ValueError):
        return False


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


def _bytes(count: int) -> str:
    """A size in words.

    Examples
    --------
    >>> _bytes(999), _bytes(4_000_000), _bytes(12_345_678)
    ('999 bytes', '4 MB', '12.3 MB')
    """
    return f"{count:,} bytes" if count < 1_000_000 else f"{count / 1e6:,.3g} MB"
