"""Adding to a ledger, so that whoever is killed at whatever moment leaves it whole.

The new ledger is written beside the old one and renamed over it: a reader sees the old ledger
or the new one, never a part. One process at a time adds to the ledgers of a folder. Beside the
ledger stands its last head, so that an older copy put in its place is noticed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.files import whole_files
from exitline.leftovers import clear
from exitline.proof.claim.errors import LedgerError, SignatureError
from exitline.proof.claim.ledgers import merkle
from exitline.proof.claim.ledgers.head import TreeHead, members_of, open_head, seal_head
from exitline.proof.claim.ledgers.ledger import FIRST_LINE, Ledger, check_ledger, ledger_bytes
from exitline.proof.claim.signing.statement import open_claim
from exitline.records import read_bytes

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, Key

_LARGEST_HEAD = 64 * 1024
Beside = Mapping[Path, Callable[[Ledger], bytes]]
"""Files that are written together with a ledger, and what each of them holds."""


def append(
    path: str | Path,
    envelopes: Sequence[bytes],
    *,
    signer: CryptoSigner | None = None,
    keys: Sequence[Key] = (),
    time: datetime | None = None,
    since: TreeHead | None = None,
    beside: Beside | None = None,
) -> Ledger:
    """Add claims at the end of a ledger; begins the ledger when there is none.

    The ledger is checked first, so that nothing changed is ever signed anew, and checked against
    the last head that is known: an older copy of a ledger would begin a second history. A
    claim that is already in it is not added again, so that a run may be repeated.

    Parameters
    ----------
    path : str or Path
        The ledger's file. Its folder must exist. Its head is kept in PATH.head.
    envelopes : sequence of bytes
        Claims as :func:`exitline.proof.claim.sign_claim` gives them.
    signer : securesystemslib signer, optional
        Signs the new tree head. A signed ledger needs one; an unsigned one refuses it.
    keys : sequence of securesystemslib Key
        Further public keys that may have signed the ledger so far.
    time : datetime, optional
        When they were added, with time zone; now by default.
    since : TreeHead, optional
        The head that the ledger should stand on; needed where PATH.head is not there.
    beside : mapping of Path to callable, optional
        Files to write together with the ledger, all or none; each callable takes the new
        ledger and gives the file's content.

    Returns
    -------
    Ledger
        The new ledger.

    Raises
    ------
    LedgerError, SignatureError, ClaimError
        When the ledger is not whole, is older than the head that is known, or the claims do
        not fit it. It is then unchanged.
    OutputError
        When a file cannot be written. All are then unchanged.
    """
    file = Path(path)
    trusted = (*keys, signer.public_key) if signer is not None else ()
    for envelope in envelopes:
        open_claim(envelope, keys=trusted, where="the claim to be added")
    with _locked(file):
        old = _known(file, trusted, signer)
        if old is not None:
            _must_be_newest(old, since)
        known = old.entries if old is not None else ()
        there = set(known)
        fresh = [one for one in dict.fromkeys(envelopes) if one not in there]
        if old is not None and not fresh:
            _write_beside(old, beside or {}, [])
            return old
        entries = (*known, *fresh)
        return _write(file, entries, _head_of(entries, time or datetime.now(UTC)), signer, beside)


def head_file(ledger: Path) -> Path:
    """Where the last head of a ledger is kept.

    Examples
    --------
    >>> head_file(Path("claims.jsonl")).name
    'claims.jsonl.head'
    """
    return ledger.with_name(ledger.name + ".head")


def _must_be_newest(ledger: Ledger, since: TreeHead | None) -> None:
    """Refuse a ledger that is older than what is known of it, or of which nothing is known."""
    kept = head_file(ledger.path)
    if since is not None:
        ledger.must_extend(since)
    if kept.exists():
        line = read_bytes(kept, what="the head", error=LedgerError, max_bytes=_LARGEST_HEAD)
        ledger.must_extend(open_head(line.rstrip(b"\n"), where=str(kept))[0])
    elif since is None:
        raise LedgerError(
            "nobody knows whether this is the newest copy of the ledger",
            where=str(ledger.path),
            expected=f"its last head in {kept.name}, or --since with a head or receipt of it",
            got="neither",
            remedy="name the newest receipt or tree head that was kept: --since FILE",
        )


def _known(file: Path, trusted: Sequence[Key], signer: object) -> Ledger | None:
    """The ledger so far, after a check; None when it is yet to begin."""
    if not file.exists():
        return None
    signed = bool(_check(file, ()).unverified)
    if signed != (signer is not None):
        raise SignatureError(
            "a ledger is signed from its first entry to its last, or not at all",
            where=str(file),
            expected="--key with the publisher's key" if signed else "no key",
            got="no key" if signed else "a key for a ledger that is not signed",
            remedy="add with the right key, or begin another ledger",
        )
    return _check(file, trusted)


def _check(file: Path, trusted: Sequence[Key]) -> Ledger:
    """The ledger as it stands, signed or not; with keys, its head must be by one of them."""
    content = ledger_bytes(file)
    return check_ledger(content, where=str(file), keys=trusted, unsigned=True, entries=False)


def _head_of(entries: Sequence[bytes], time: datetime) -> TreeHead:
    """What is to be said about the entries."""
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    stamp = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return TreeHead(len(leaves), merkle.root(leaves).hex(), members_of(leaves), stamp)


def _write(
    file: Path,
    entries: Sequence[bytes],
    head: TreeHead,
    signer: CryptoSigner | None,
    beside: Beside | None,
) -> Ledger:
    """Write the whole ledger beside the old one, its head and what goes with it; then rename."""
    head_line = seal_head(head, signer)
    content = b"\n".join((FIRST_LINE, *entries, head_line, b""))
    keys = (signer.public_key,) if signer is not None else ()
    ledger = check_ledger(content, where=str(file), keys=keys, unsigned=True, entries=False)
    _write_beside(ledger, beside or {}, [(file, content), (head_file(file), head_line + b"\n")])
    return ledger


def _write_beside(ledger: Ledger, beside: Beside, own: Sequence[tuple[Path, bytes]]) -> None:
    """Write several files, all or none; the ledger's own first."""
    files = [*own, *((path, content(ledger)) for path, content in beside.items())]
    with whole_files(*(path for path, _ in files)) as partials:
        for partial, (_, content) in zip(partials, files, strict=True):
            partial.write_bytes(content)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Let one process at a time add to the ledgers of a folder."""
    import fcntl

    try:
        handle = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    except (OSError, ValueError) as reason:
        raise LedgerError(
            "the ledger's folder cannot be opened",
            where=str(file.parent),
            expected="a folder that exists",
            got=getattr(reason, "strerror", None) or "a name that no folder can have",
            remedy="make the folder, or choose another one",
        ) from reason
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        clear(file)  # what a killed process had still to rename belongs to what is read now
        yield
    finally:
        os.close(handle)
