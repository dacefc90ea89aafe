"""Canonical JSON and digests: the one way in which content is written before it is hashed.

Claims write the same form by the stricter rules of RFC 8785 (`exitline.proof.claim.canonical`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from exitline.errors import ExitlineError
from exitline.records import open_regular


def written(value: Any, *, in_order: bool = True) -> bytes:
    """JSON without spaces, in UTF-8, its keys sorted unless they are in order already.

    Parameters
    ----------
    value : JSON-like
        Dictionaries, lists, strings, booleans, None, integers and finite floats.
    in_order : bool
        Whether keys are sorted by code points: equal content gives equal bytes.

    Raises
    ------
    ValueError
        For NaN or an infinity, which JSON does not have, and for text that UTF-8 cannot hold.

    Examples
    --------
    >>> written({"b": 1, "a": [True, None]})
    b'{"a":[true,null],"b":1}'
    """
    text = json.dumps(
        value, sort_keys=in_order, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def sha256(content: bytes) -> str:
    """SHA-256 of bytes, in hex.

    Examples
    --------
    >>> sha256(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(content).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hex.

    Examples
    --------
    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return sha256(written(value))


def file_digest(path: str | Path, error: type[ExitlineError] = ExitlineError) -> str:
    """SHA-256 of a file's bytes, in hex, read in pieces.

    Parameters
    ----------
    path : str or Path
        A regular file; it is never held in memory as a whole.
    error : type of ExitlineError
        What to raise when it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "empty.csv"
    >>> _ = file.write_bytes(b"")
    >>> file_digest(file)[:16]
    'e3b0c44298fc1c14'
    """
    with open_regular(path, what="the file", error=error) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
