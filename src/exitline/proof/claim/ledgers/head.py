"""The tree head of a ledger: how many entries, their Merkle root, when, and who says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.digest import sha256
from exitline.proof.claim.canonical import canonical, read_canonical
from exitline.proof.claim.errors import ClaimError, LedgerError
from exitline.proof.claim.signing.envelope import Opened, sign_payload, verify_envelope

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

HEAD_TYPE = "application/vnd.exitline.tree-head+json"
_HEX = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z")


@dataclass(frozen=True)
class TreeHead:
    """What a ledger's last line says about all lines before it.

    Parameters
    ----------
    size : int
        Number of entries.
    root : str
        Merkle root of the entries in their order (RFC 6962), hex.
    members : str
        SHA-256 of the sorted leaf hashes, hex: tells a changed order from a changed
        entry.
    time : str
        When the last entry was added, UTC, such as "2026-03-01T09:30:00Z".

    Examples
    --------
    >>> TreeHead(0, "e3" * 32, "e3" * 32, "2026-03-01T09:30:00Z").size
    0
    """

    size: int
    root: str
    members: str
    time: str


def members_of(leaves: Sequence[bytes]) -> str:
    """SHA-256 of the sorted leaf hashes, hex: the same in any order.

    Examples
    --------
    >>> members_of([b"b" * 32, b"a" * 32]) == members_of([b"a" * 32, b"b" * 32])
    True
    """
    return sha256(b"".join(sorted(leaves)))


def seal_head(head: TreeHead, signer: Signer | None = None) -> bytes:
    """The last line of a ledger: the head in its envelope, with a checksum of both.

    The checksum makes any single changed byte visible even to readers without a key.

    Parameters
    ----------
    head : TreeHead
        What to say about the entries.
    signer : securesystemslib Signer, optional
        Who says it.

    Returns
    -------
    bytes
        One line of canonical JSON without line end.
    """
    payload = canonical(
        {"size": head.size, "root": head.root, "members": head.members, "time": head.time}
    )
    envelope = sign_payload(payload, HEAD_TYPE, signer)
    return canonical({"head": read_canonical(envelope), "sha256": sha256(envelope)})


def open_head(line: bytes, *, keys: Sequence[Key] = (), where: str = "") -> tuple[TreeHead, Opened]:
    """Read a tree head; with keys, one of them must have signed it.

    Parameters
    ----------
    line : bytes
        What :func:`seal_head` wrote.
    keys : sequence of securesystemslib Key
        Trusted public keys. Without any, the signature is not checked.
    where : str
        The file and line, for messages.

    Raises
    ------
    LedgerError
        When it is no tree head, or its checksum does not fit.
    SignatureError
        With keys: when it is unsigned, or signed by none of them.
    """
    content = _read(line, where)
    if not (isinstance(content, dict) and set(content) == {"head", "sha256"}):
        raise _no_head(where, "another line")
    envelope = canonical(content["head"])
    if sha256(envelope) != content["sha256"]:
        raise _no_head(where, "a tree head whose checksum does not fit: it was changed")
    try:
        opened = verify_envelope(envelope, HEAD_TYPE, keys=keys, where=where)
        parts = read_canonical(opened.payload, where=where)
    except ClaimError as reason:
        raise _no_head(where, reason.what) from reason
    if not _is_head(parts):
        raise _no_head(where, "a tree head with other parts")
    return TreeHead(**parts), opened


def is_head(line: bytes) -> bool:
    """Whether a line is meant as a tree head (it may still be wrong)."""
    return line.startswith(b'{"head":')


def _read(line: bytes, where: str) -> Any:
    try:
        return read_canonical(line, where=where)
    except ClaimError as reason:
        raise _no_head(where, reason.parts().get("got", reason.what)) from reason


def _is_head(parts: Any) -> bool:
    """Whether the payload has exactly the parts of a head, each of its kind."""
    return (
        isinstance(parts, dict)
        and set(parts) == {"size", "root", "members", "time"}
        and type(parts["size"]) is int
        and parts["size"] >= 0
        and all(isinstance(parts[n], str) and _HEX.fullmatch(parts[n]) for n in ("root", "members"))
        and isinstance(parts["time"], str)
        and _TIME.fullmatch(parts["time"]) is not None
    )


def _no_head(where: str, got: str) -> LedgerError:
    return LedgerError(
        "the tree head cannot be read",
        where=where or None,
        expected="the last line as exitline wrote it",
        got=got,
        remedy="take an unchanged copy of the ledger",
    )
