"""Where the files of papers lie: apart from the database, under the digest of their bytes.

A file that was brought waits until its step is signed; then it is kept. One that nobody signed is
gone after a day. The folder is beside the key, or where the environment says.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from exitline.digest import file_digest
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import Store
from exitline.words.said import say

FOLDER = "EXITLINE_REGISTER_PAPERS"
"""The environment variable that names another folder."""
MOST_BYTES = 10_000_000
"""Of one file."""
WAITS = 24 * 3600
"""Seconds that a file waits for its step to be signed."""
_END = 1024


@dataclass(frozen=True)
class BroughtFile:
    """A file that was brought and looked at.

    Parameters
    ----------
    digest : str
        SHA-256 of its bytes.
    size : int
    kind : str
        Media type, by its bytes.
    name : str
        As it was brought, without a folder.
    """

    digest: str
    size: int
    kind: str
    name: str


def kind_of(first: bytes, last: bytes) -> str:
    """What a file is by its first and last bytes; "" for what no paper may be.

    Examples
    --------
    >>> kind_of(b"%PDF-1.7 ...", b"... %%EOF")
    'application/pdf'
    >>> kind_of(b"MZ program", b"...")
    ''
    """
    if first.startswith(b"%PDF-") and b"%%EOF" in last:
        return "application/pdf"
    if first.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in last:
        return "image/png"
    if first.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in last:
        return "image/jpeg"
    return ""


def bring(store: Store, name: str, pieces: Iterable[bytes]) -> BroughtFile:
    """Take a file in and let it wait for its step.

    Parameters
    ----------
    name : str
        As its owner calls it.
    pieces : iterable of bytes

    Raises
    ------
    StoreError
        For an empty one, one that is too long, or one of another kind than PDF, JPEG and PNG.
    """
    waiting = folder_of_papers(store) / "waiting"
    waiting.mkdir(mode=0o700, exist_ok=True)
    _sweep(waiting)
    digest, size, first, last = sha256(), 0, b"", b""
    handle = tempfile.NamedTemporaryFile(dir=waiting, prefix="part-", delete=False)  # noqa: SIM115
    made = Path(handle.name)  # readable by its owner alone
    try:
        with handle:
            for piece in pieces:
                size += len(piece)
                if size > MOST_BYTES:
                    raise _refused(say("the file is too long"), f"> {MOST_BYTES / 1e6:g} MB")
                first, last = first or piece[:16], (last + piece)[-_END:]
                digest.update(piece)
                handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())
        kind = kind_of(first, last)
        if not kind:
            raise _refused(say("the file is of another kind, or not whole"), f"{size:,} B")
        made.replace(waiting / digest.hexdigest())
    finally:
        made.unlink(missing_ok=True)
    return BroughtFile(digest.hexdigest(), size, kind, Path(name.replace("\\", "/")).name[:200])


def keep(store: Store, digest: str) -> None:
    """Keep a file that waits; one that is kept already stays as it is.

    Raises
    ------
    StoreError
        When it is gone: it has to be brought again.
    """
    target, waiting = path_of(store, digest), folder_of_papers(store) / "waiting" / digest
    if target.is_file():
        waiting.unlink(missing_ok=True)
        return
    target.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        waiting.replace(target)
    except FileNotFoundError as reason:
        raise StoreError(
            say("the file is no longer there"), where="paper",
            expected=say("a file that was brought within a day"), got=say("none"),
            remedy=say("bring it again"),
        ) from reason  # fmt: skip


def put(store: Store, digest: str, content: bytes) -> None:
    """Keep bytes that come from a backup."""
    found = bring(store, "", [content])
    if found.digest != digest:
        raise StoreError("the bytes of a paper are not those of its digest", where=digest[:16],
                         remedy="take another backup")  # fmt: skip
    keep(store, digest)


def opened(store: Store, digest: str) -> Path:
    """The file of a digest, its bytes looked at again.

    Raises
    ------
    StoreError
        When it is missing, or other bytes are there.
    """
    path = path_of(store, digest)
    if path.is_file() and file_digest(path) == digest:
        return path
    raise StoreError(
        say("the file of this paper is missing or was changed"), where="paper",
        expected=say("the bytes whose digest was kept"),
        got=say("other bytes") if path.is_file() else say("no file"),
        remedy=say("restore the folder of papers from a backup"),
    )  # fmt: skip


def path_of(store: Store, digest: str) -> Path:
    """Where the file of a digest lies once it is kept."""
    return folder_of_papers(store) / digest[:2] / digest


def folder_of_papers(store: Store) -> Path:
    """The folder of papers; made where it is not there.

    Raises
    ------
    StoreError
        Where the register has none.
    """
    named = os.environ.get(FOLDER, "")
    if not named and store.key_file is None:
        raise StoreError(
            "there is no folder for papers", where=store.address,
            expected=f"a key file, beside which they lie, or {FOLDER}", got="neither",
            remedy=f"give --key FILE, or set {FOLDER}",
        )  # fmt: skip
    found = Path(named) if named else Path(str(store.key_file)).absolute().parent / "papers"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def _sweep(waiting: Path) -> None:
    """Delete what nobody signed."""
    for path in waiting.iterdir():
        try:
            if path.stat().st_mtime < time.time() - WAITS:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue


def _refused(what: str, got: str) -> StoreError:
    return StoreError(
        what, where="paper",
        expected=say("a whole PDF, JPEG or PNG file of at most {n} MB", n=MOST_BYTES // 1_000_000),
        got=got, remedy=say("scan or photograph the paper again, in less detail"),
    )  # fmt: skip
