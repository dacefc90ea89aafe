"""Writing files so that a reader only ever sees the old one or the whole new one."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exitline.errors import ExitlineError


class OutputError(ExitlineError):
    """A result that cannot be written where it was asked for."""


@contextmanager
def whole_file(path: str | Path, *, private: bool = False) -> Iterator[Path]:
    """A path to write to, beside `path`; renamed over it when the block ends well.

    When the block raises (an interrupt included), the partial file is removed and
    `path` is as it was.

    Parameters
    ----------
    path : str or Path
        The final name. Its folder must exist.
    private : bool
        Whether only the owner may read it.

    Yields
    ------
    Path
        A temporary name in the same folder.

    Raises
    ------
    OutputError
        When the folder does not exist or does not allow writing, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with whole_file(target) as partial:
    ...     _ = partial.write_text("done")
    >>> target.read_text()
    'done'
    """
    final = Path(path)
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{final.name}.", suffix=".partial", dir=final.parent
        )
    except OSError as reason:
        raise _cannot_write(final, reason) from reason
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        _synchronise(partial)
        partial.chmod(0o600 if private else 0o666 & ~_umask())
        partial.replace(final)
    except OSError as reason:
        if _is_about(reason, partial):
            raise _cannot_write(final, reason) from reason
        raise
    finally:
        partial.unlink(missing_ok=True)


def check_folder(path: str | Path) -> None:
    """Refuse, before any work is done, a file whose folder is not there or allows no writing.

    Raises
    ------
    OutputError

    Examples
    --------
    >>> check_folder("README.md")
    """
    folder = Path(path).parent
    if not folder.is_dir():
        raise _cannot_write(Path(path), FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _cannot_write(Path(path), PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """A folder to fill, beside `path`; it takes the place of `path` when the block ends well.

    Parameters
    ----------
    path : str or Path
        The final folder. An existing one is replaced as a whole.

    Yields
    ------
    Path
        A new, empty folder next to the final one.

    Raises
    ------
    OutputError
        When the parent folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "out"
    >>> with whole_folder(target) as partial:
    ...     _ = (partial / "a.txt").write_text("done")
    >>> [p.name for p in target.iterdir()]
    ['a.txt']
    """
    final = Path(path)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(
            tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".partial", dir=final.parent)
        )
    except OSError as reason:
        raise _cannot_write(final, reason) from reason
    try:
        yield partial
        partial.chmod(0o777 & ~_umask())
        _swap(partial, final)
    except OSError as reason:
        if _is_about(reason, partial):
            raise _cannot_write(final, reason) from reason
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _swap(partial: Path, final: Path) -> None:
    """Put `partial` in the place of `final`, which may exist."""
    if not final.exists():
        partial.replace(final)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".old", dir=final.parent))
    final.replace(old / "was")
    try:
        partial.replace(final)
    except BaseException:
        (old / "was").replace(final)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _synchronise(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _is_about(reason: OSError, partial: Path) -> bool:
    """Whether an error comes from writing the result, not from reading something else."""
    if reason.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}:
        return True
    return str(reason.filename or "").startswith(str(partial))


def _cannot_write(path: Path, reason: OSError) -> OutputError:
    return OutputError(
        "the result cannot be written",
        where=str(path),
        expected="a folder that exists, allows writing and has room",
        got=reason.strerror or type(reason).__name__,
        remedy="choose another folder with --out, or free it",
    )
