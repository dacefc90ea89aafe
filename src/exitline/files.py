"""Writing files so that a reader only ever sees the old one or the whole new one."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from exitline.errors import ExitlineError
from exitline.leftovers import LISTED, PARTIAL, clear, hold, short


class OutputError(ExitlineError):
    """A result that cannot be written where it was asked for."""


@contextmanager
def whole_file(path: str | Path, *, private: bool = False, fresh: bool = False) -> Iterator[Path]:
    """A path to write to, beside `path`; renamed over it when the block ends well.

    When the block raises (an interrupt included), the partial file is removed and
    `path` is as it was. What a killed process left of an earlier try is removed.

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
    *paths: str | Path, private: bool | Collection[str | Path] = False, fresh: bool = False
) -> Iterator[tuple[Path, ...]]:
    """As `whole_file`, for files that belong together: all of them appear, or none.

    When the block or a renaming fails (an interrupt included), every file is as it was. Before
    the first of several is renamed, a list of all names is on disk: where the process is killed
    between two names, the next one that writes any of them finishes what the list says.

    Parameters
    ----------
    *paths : str or Path
        The final names; their folders must exist.
    private : bool or collection of paths
        Those that only the owner may read: all, none, or these.
    fresh : bool
        Whether a file that is there already is an error, instead of being replaced.

    Yields
    ------
    tuple of Path
        Temporary names in the same folders, in the same order.

    Raises
    ------
    OutputError
        As `whole_file`.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole_files(folder / "a.txt", folder / "b.txt") as (a, b):
    ...     _ = a.write_text("one"), b.write_text("two")
    >>> sorted(p.name for p in folder.iterdir())
    ['a.txt', 'b.txt']
    """
    finals = [Path(path) for path in paths]
    if len({final.absolute() for final in finals}) < len(finals):
        raise OutputError(
            "a file to be written is named twice", expected="each name once",
            got=", ".join(map(str, finals)), remedy="name another file",
        )  # fmt: skip
    hidden = finals if private is True else [Path(path) for path in private or ()]
    mask = 0o666 & ~_umask()
    for final in finals:
        clear(final)
    with ExitStack() as stack:
        partials = tuple(stack.enter_context(_partial(final)) for final in finals)
        try:
            yield partials
            for partial, final in zip(partials, finals, strict=True):
                _synchronise(partial)
                partial.chmod(0o600 if final in hidden else mask)
            _put_in_place(partials, finals, fresh=fresh)
        except OSError as reason:
            for partial, final in zip(partials, finals, strict=True):
                if _is_about(reason, partial) or _is_about(reason, final):
                    raise _cannot_write(final, reason) from reason
            raise


@contextmanager
def _partial(final: Path) -> Iterator[Path]:
    """An empty file beside the final one, held by this process; removed if it is still there."""
    _refuse_device(final)
    try:
        partial, handle = _held_beside(final)
    except (OSError, ValueError) as reason:
        raise _cannot_write(final, reason) from reason
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)
        os.close(handle)


def _refuse_device(final: Path) -> None:
    """Never put a file in the place of a device, a pipe or a socket: root could."""
    try:
        mode = final.stat().st_mode
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        reason = OSError(errno.EINVAL, "a device, a pipe or a socket, which is no file")
        raise _cannot_write(final, reason)


def _held_beside(final: Path) -> tuple[Path, int]:
    """A new file and its handle; nobody clears it away while the handle is open."""
    while True:
        handle, name = tempfile.mkstemp(
            prefix=f".{short(final.name)}.", suffix=PARTIAL, dir=final.parent
        )
        hold(handle)
        if os.fstat(handle).st_nlink:  # else it was cleared away before it was held
            return Path(name), handle
        os.close(handle)


def _put_in_place(partials: Sequence[Path], finals: Sequence[Path], *, fresh: bool) -> None:
    """Every file under its final name; where one cannot be, all are as they were."""
    if not finals:
        return
    if len(finals) == 1 and not fresh:
        partials[0].replace(finals[0])
        return
    with ExitStack() as undo, _listed(partials, finals):
        for partial, final in zip(partials, finals, strict=True):
            kept = None if fresh else _kept(final)
            if fresh:
                os.link(partial, final)
            else:
                partial.replace(final)
            undo.callback(_put_back, final, kept)
        undo.pop_all()
    for final in finals:
        _second_name(final).unlink(missing_ok=True)


@contextmanager
def _listed(partials: Sequence[Path], finals: Sequence[Path]) -> Iterator[None]:
    """A list of what is to be renamed, on disk until all of it is, or none of it will be."""
    pairs = [[str(p.absolute()), str(f.absolute())] for p, f in zip(partials, finals, strict=True)]
    with _partial(finals[0]) as draft:
        draft.write_text(json.dumps(pairs), encoding="utf-8")
        _synchronise(draft)
        listed = draft.with_suffix(LISTED)
        draft.replace(listed)
        try:
            yield
        finally:
            listed.unlink(missing_ok=True)


def _second_name(final: Path) -> Path:
    """Where an old file waits until all new ones of its set are there."""
    return final.with_name(f".{short(final.name)}.{os.getpid()}.kept{PARTIAL}")


def _kept(final: Path) -> Path | None:
    """The old file under a second name; None where there is none."""
    if not final.is_file():
        return None
    kept = _second_name(final)
    kept.unlink(missing_ok=True)
    try:
        os.link(final, kept)
    except OSError:  # a file system without links
        shutil.copy2(final, kept)
    return kept


def _put_back(final: Path, kept: Path | None) -> None:
    """The file that was there, or none."""
    if kept is not None:
        kept.replace(final)
    else:
        final.unlink(missing_ok=True)


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
    said = reason.strerror if isinstance(reason, OSError) else None
    return OutputError(
        "the result cannot be written",
        where=str(path),
        expected="a folder that exists, allows writing and has room",
        got=said or "a name that no file can have",
        remedy="choose another folder with --out, or free it",
    )
