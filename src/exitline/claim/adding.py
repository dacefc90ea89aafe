"""Adding to a ledger, so that whoever is killed at whatever moment leaves it whole.

The new ledger is written beside the old one and renamed over it: a reader sees the old ledger
or the new one, never a part. One process at a time adds to the ledgers of a folder.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.claim import merkle
from exitline.claim.errors import LedgerError, SignatureError
from exitline.claim.head import TreeHead, members_of, seal_head
from exitline.claim.ledger import FIRST_LINE, Ledger, check_ledger, ledger_bytes
from exitline.claim.statement import open_claim
from exitline.files import whole_file

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, Key


def append(
    path: str | Path,
    envelopes: Sequence[bytes],
    *,
    signer: CryptoSigner | None = None,
    keys: Sequence[Key] = (),
    time: datetime | None = None,
) -> Ledger:
    """Add claims at the end of a ledger; begins the ledger when there is none.

    The ledger is checked first, so that nothing changed is ever signed anew. A claim that
    is already in it is not added again, so that a run may be repeated.

    Parameters
    ----------
    path : str or Path
        The ledger's file. Its folder must exist.
    envelopes : sequence of bytes
        Claims as :func:`exitline.claim.sign_claim` gives them.
    signer : securesystemslib signer, optional
        Signs the new tree head. A signed ledger needs one; an unsigned one refuses it.
    keys : sequence of securesystemslib Key
        Further public keys that may have signed the ledger so far.
    time : datetime, optional
        When they were added, with time zone; now by default.

    Returns
    -------
    Ledger
        The new ledger.

    Raises
    ------
    LedgerError, SignatureError, ClaimError
        When the ledger is not whole, or the claims do not fit it. It is then unchanged.
    OutputError
        When it cannot be written.
    """
    file = Path(path)
    trusted = (*keys, signer.public_key) if signer is not None else ()
    for envelope in envelopes:
        open_claim(envelope, keys=trusted, where="the claim to be added")
    with _locked(file):
        known = _known(file, trusted, signer)
        there = set(known)
        fresh = [one for one in dict.fromkeys(envelopes) if one not in there]
        if fresh:
            entries = (*known, *fresh)
            _write(file, entries, _head_of(entries, time or datetime.now(UTC)), signer)
        return _check(file, trusted)


def _known(file: Path, trusted: Sequence[Key], signer: object) -> tuple[bytes, ...]:
    """The entries so far, after a check; none when the ledger is yet to begin."""
    if not file.exists():
        return ()
    signed_by = _check(file, ()).signed_by
    if bool(signed_by) != (signer is not None):
        raise SignatureError(
            "a ledger is signed from its first entry to its last, or not at all",
            where=str(file),
            expected="--key with the publisher's key" if signed_by else "no key",
            got="no key" if signed_by else "a key for a ledger that is not signed",
            remedy="add with the right key, or begin another ledger",
        )
    return _check(file, trusted).entries


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
    file: Path, entries: Sequence[bytes], head: TreeHead, signer: CryptoSigner | None
) -> None:
    """Write the whole ledger beside the old one, then rename."""
    lines = (FIRST_LINE, *entries, seal_head(head, signer), b"")
    with whole_file(file) as partial:
        partial.write_bytes(b"\n".join(lines))


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Let one process at a time add to the ledgers of a folder; clear up after killed ones."""
    import fcntl

    try:
        handle = os.open(file.parent, os.O_RDONLY)
    except OSError as reason:
        raise LedgerError(
            "the ledger's folder cannot be opened",
            where=str(file.parent),
            expected="a folder that exists",
            got=reason.strerror or type(reason).__name__,
            remedy="make the folder, or choose another one",
        ) from reason
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in file.parent.glob(f".{glob.escape(file.name)}.*.partial"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)
