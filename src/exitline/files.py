"""Writing files so that a reader only ever sees the old one or the whole new one."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from exitline.errors import ExitlineError


class OutputError(ExitlineError):
    """A result that cannot be written where it was asked for."""


@contextmanager
def whole_file(path: str | Path, *, private: bool = False, fresh: bool = False) -> Iterator[Path]:
    """A path to write to, beside `path`; renamed over it when the block ends well.

    When the block raises (an interrupt included), the partial file is removed and
    `path` is as it was.

    Parameters
    ----------
    path : str or Path
        The final name. Its folder must exist.
    private : bool
        Whether only the owner may read it.
    fresh : bool
        Whether a file that is there already is an error, instead of being replaced.

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
    with whole_files(path, private=private, fresh=fresh) as (partial,):
        yield partial


@contextmanager
def whole_files(
    *paths: str | Path, private: bool = False, fresh: bool = False
) -> Iterator[tuple[Path, ...]]:
    """Paths to write to, beside `paths`; when the block ends well all are renamed, or none.

    When the block or a renaming fails (an interrupt included), every file is as it was. A
    process that is killed leaves each file whole, the old one or the new one, in the order
    of `paths`; what it left beside them is cleared by the next to write there.

    Parameters
    ----------
    *paths : str or Path
        The final names. Their folders must exist.
    private : bool
        Whether only the owner may read them.
    fresh : bool
        Whether a file that is there already is an error, instead of being replaced.

    Yields
    ------
    tuple of Path
        Temporary names in the same folders, in the same order.

    Raises
    ------
    OutputError
        When a folder does not exist or does not allow writing, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole_files(folder / "a.txt", folder / "b.txt") as partials:
    ...     for partial in partials:
    ...         _ = partial.write_text("done")
    >>> sorted(path.name for path in folder.iterdir())
    ['a.txt', 'b.txt']
    """
    finals = [Path(path) for path in paths]
    with ExitStack() as stack:
        partials = tuple(stack.enter_context(_partial(final)) for final in finals)
        try:
            yield partials
            for partial in partials:
                _synchronise(partial)
                partial.chmod(0o600 if private else 0o666 & ~_umask())
            _rename_all(partials, finals, fresh=fresh)
        except OSError as reason:
            about = [f for p, f in zip(partials, finals, strict=True) if _is_about(reason, p)]
            if about:
                raise _cannot_write(about[0], reason) from reason
            raise


@contextmanager
def _partial(final: Path) -> Iterator[Path]:
    """A new file beside `final`, locked while it is filled; clears up after killed writers."""
    try:
        _clear_left(final)
        name, handle = _locked_beside(final)
    except (OSError, ValueError) as reason:
        raise _cannot_write(final, reason) from reason
    try:
        yield name
    finally:
        name.unlink(missing_ok=True)
        os.close(handle)


def _locked_beside(final: Path) -> tuple[Path, int]:
    """A new file and its handle; nobody clears it up while the handle is open."""
    while True:
        handle, name = tempfile.mkstemp(
            prefix=f".{final.name}.", suffix=".partial", dir=final.parent
        )
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return Path(name), handle
        os.close(handle)


def _clear_left(final: Path) -> None:
    """Remove the partial files of processes that are no more."""
    for left in final.parent.glob(f".{glob.escape(final.name)}.*.partial"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY | os.O_NONBLOCK)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
            finally:
                os.close(handle)


def _rename_all(partials: Sequence[Path], finals: Sequence[Path], *, fresh: bool) -> None:
    """Put every file in its place; when one cannot be, the others are as they were."""
    for partial, final in zip(partials, finals, strict=True) if fresh else ():
        os.link(partial, final)
    if fresh:
        return
    if len(finals) == 1:
        partials[0].replace(finals[0])
        return
    kept = [_kept(final) for final in finals]
    try:
        for partial, final in zip(partials, finals, strict=True):
            partial.replace(final)
    except BaseException:
        for partial, final, old in zip(partials, finals, kept, strict=True):
            if not partial.exists():  # it was renamed
                _put_back(final, old)
        raise
    finally:
        for old in kept:
            if old is not None:
                old.unlink(missing_ok=True)


def _put_back(final: Path, old: Path | None) -> None:
    """The file that was there, or none."""
    if old is not None:
        old.replace(final)
    else:
        final.unlink(missing_ok=True)


def _kept(final: Path) -> Path | None:
    """The old file under a second name, until all new ones are there."""
    if not final.is_file():
        return None
    kept = final.with_name(f".{final.name}.{os.getpid()}.old.partial")
    kept.unlink(missing_ok=True)
    try:
        os.link(final, kept)
    except OSError:  # a file system without links
        shutil.copy2(final, kept)
    return kept


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


def _cannot_write(path: Path, reason: OSError | ValueError) -> OutputError:
    return OutputError(
        "the result cannot be written",
        where=str(path),
        expected="a folder that exists, allows writing and has room",
        got=getattr(reason, "strerror", None) or "a name that no file can have",
        remedy="choose another folder with --out, or free it",
    )
