"""How the records of a log hang together: each hash holds the one before."""

from __future__ import annotations

from exitline.digest import sha256


def chain(previous: str, content: bytes) -> str:
    """The hash of a record that follows another: SHA-256(previous hash, content).

    Parameters
    ----------
    previous : str
        Hex digest of the record before; 64 zeros before the first.
    content : bytes
        Canonical content of the record.
    """
    return sha256(bytes.fromhex(previous) + content)


START = "0" * 64
