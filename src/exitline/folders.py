"""Folders that appear whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exitline.files import _cannot_write, _is_about, _refuse_device, _umask, whole_files
from exitline.leftovers import OLD, PARTIAL, WAS, clear, hold, short


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
    with _stage(final) as partial:
        yield partial
        partial.chmod(0o777 & ~_umask())
        _swap(partial, final)


@contextmanager
def _stage(final: Path) -> Iterator[Path]:
    """A new, empty folder beside a name, held by this process; removed if it is still there."""
    _refuse_device(final)
    clear(final)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(
            tempfile.mkdtemp(prefix=f".{short(final.name)}.", suffix=PARTIAL, dir=final.parent)
        )
        handle = os.open(partial, os.O_RDONLY)
    except (OSError, ValueError) as reason:
        raise _cannot_write(final, reason) from reason
    try:
        hold(handle)
        yield partial
    except OSError as reason:
        if _is_about(reason, partial) or _is_about(reason, final):
            raise _cannot_write(final, reason) from reason
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        os.close(handle)


@contextmanager
def filled_folder(path: str | Path) -> Iterator[tuple[Path, dict[Path, bytes]]]:
    """A stage to fill, whose files take their places in a folder that may hold others.

    Parameters
    ----------
    path : str or Path
        The folder; what it contains besides stays.

    Yields
    ------
    tuple of Path and dict of Path to bytes
        The stage, an empty folder beside the final one; and what is to be written elsewhere
        together with it. All of these files appear, or none.

    Raises
    ------
    OutputError
        As `whole_files`.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "films"
    >>> with filled_folder(target) as (stage, _):
    ...     (stage / "one").mkdir()
    ...     _ = (stage / "one" / "a.txt").write_text("done")
    >>> (target / "one" / "a.txt").read_text()
    'done'
    """
    final, elsewhere = Path(path), dict[Path, bytes]()
    with _stage(final) as stage:
        yield stage, elsewhere
        made = sorted(p for p in stage.rglob("*") if p.is_file())
        names = [final / p.relative_to(stage) for p in made]
        try:
            for folder in dict.fromkeys(name.parent for name in names):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as reason:
            raise _cannot_write(final, reason) from reason
        with whole_files(*names, *elsewhere) as partials:
            for one, partial in zip(made, partials, strict=False):
                shutil.move(one, partial)
            for content, partial in zip(elsewhere.values(), partials[len(made) :], strict=True):
                partial.write_bytes(content)


def _swap(partial: Path, final: Path) -> None:
    """Put `partial` in the place of `final`, which may exist.

    Where the system can exchange two names at once, no moment is without the folder. Elsewhere
    the old one is set aside first; `clear` brings it back if the process is killed there.
    """
    if not final.exists():
        partial.replace(final)
    elif not _exchanged(partial, final):
        old = Path(tempfile.mkdtemp(prefix=f".{short(final.name)}.", suffix=OLD, dir=final.parent))
        final.replace(old / WAS)
        try:
            partial.replace(final)
        except BaseException:
            (old / WAS).replace(final)
            raise
        finally:
            shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step of the system; False where it cannot."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of linux/fs.h
    return bool(call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
