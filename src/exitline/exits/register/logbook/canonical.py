"""How the records of a log hang together: each hash holds the one before."""

from __future__ import annotations

from exitline.digest import sha256, written


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


def commit_of(count: int) -> bytes:
    """The content of the mark that ends a batch.

    Parameters
    ----------
    count : int
        How many records the chain holds with the batch.

    Examples
    --------
    >>> commit_of(3)
    b'{"commit":3}'
    """
    return written({"commit": count})


START = "0" * 64
