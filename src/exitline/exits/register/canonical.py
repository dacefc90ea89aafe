"""The one way in which events and rules are written before they are hashed."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: equal content gives equal bytes.

    Parameters
    ----------
    value : JSON-like
        Dictionaries, lists, strings, booleans, None, integers and finite floats.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        For NaN or an infinity, which JSON does not have.

    Examples
    --------
    >>> canonical({"b": 1, "a": [True, None]})
    b'{"a":[true,null],"b":1}'
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical form, in hex.

    Examples
    --------
    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(canonical(value)).hexdigest()


def chain(previous: str, content: bytes) -> str:
    """The hash of a record that follows another: SHA-256(previous hash, content).

    Parameters
    ----------
    previous : str
        Hex digest of the record before; 64 zeros before the first.
    content : bytes
        Canonical content of the record.
    """
    return hashlib.sha256(bytes.fromhex(previous) + content).hexdigest()


START = "0" * 64
