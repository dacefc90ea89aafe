"""An uploaded file, held between the page that shows it and the one that takes it."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.jobs.running import uploads
from exitline.publish.web.register import opened

KINDS = (".csv", ".xlsx", ".dta", ".parquet")
"""Files that can be brought in."""
KEPT = 24 * 3600
"""Seconds that a file waits; then it is gone."""


def hold(upload: Any) -> str:
    """Keep an uploaded file for its owner's next page; the token that finds it again.

    Parameters
    ----------
    upload : django UploadedFile

    Returns
    -------
    str
        "" for a file of another kind.
    """
    ending = Path(str(upload.name)).suffix.lower()
    if ending not in KINDS:
        return ""
    _clear()
    token = f"{secrets.token_hex(16)}{ending}"
    descriptor = os.open(_folder() / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        for chunk in upload.chunks():
            out.write(chunk)
    return token


def held(token: str) -> Path | None:
    """The file of a token; None where it is gone, or the token is none."""
    if not re.fullmatch(r"[0-9a-f]{32}\.(csv|xlsx|dta|parquet)", token):
        return None
    path = _folder() / token
    return path if path.is_file() else None


def let_go(token: str) -> None:
    """Delete a file that is no longer needed."""
    path = held(token)
    if path is not None:
        path.unlink(missing_ok=True)


def _folder() -> Path:
    """A folder that its owner alone can read: where jobs find it, or one for pages alone."""
    try:
        return uploads(opened.store())
    except StoreError:
        pass
    folder = Path(tempfile.gettempdir()) / f"exitline-uploads-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


def _clear() -> None:
    """Delete files that nobody came back for."""
    for path in _folder().iterdir():
        if path.stat().st_mtime < time.time() - KEPT:
            path.unlink(missing_ok=True)
