"""An append-only ledger of claims in one file that anyone can check and nobody can edit.

The file has a first line that names its form, one envelope a line, and a last line with the
tree head. Adding writes a new file beside the old one and renames it over: whoever is killed
at whatever moment leaves the old ledger or the new one, whole.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.claim import merkle
from exitline.claim.canonical import canonical
from exitline.claim.errors import ClaimError, LedgerError, SignatureError
from exitline.claim.head import TreeHead, is_head, members_of, open_head, seal_head
from exitline.claim.statement import SignedClaim, open_claim
from exitline.files import whole_file

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, Key

FIRST_LINE = canonical({"ledger": "exitline-ledger-1", "hashing": "RFC 6962, SHA-256"})


@dataclass(frozen=True)
class Ledger:
    """A ledger that was read and found whole.

    Parameters
    ----------
    path : Path
        The file.
    entries : tuple of bytes
        The envelopes, in the order in which they were added.
    head : TreeHead
        What the last line says about them.
    head_line : bytes
        The last line itself: what a witness keeps to compare with later.
    signed_by : tuple of str
        Key ids of the head's signatures; empty when the ledger is not signed.
    checked : bool
        Whether signatures were checked with keys given.
    """

    path: Path
    entries: tuple[bytes, ...]
    head: TreeHead
    head_line: bytes
    signed_by: tuple[str, ...]
    checked: bool

    @property
    def leaves(self) -> list[bytes]:
        """Leaf hashes of the entries."""
        return [merkle.leaf_hash(entry) for entry in self.entries]

    def claims(self) -> tuple[SignedClaim, ...]:
        """The claims, in the order in which they were added."""
        return tuple(
            open_claim(entry, where=_line(self.path, i)) for i, entry in enumerate(self.entries)
        )

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """The Merkle path that shows entry `index` (from 0) under the head's root."""
        return merkle.inclusion_path(self.leaves, index)

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """The Merkle path that shows that this ledger extends its first `old_size` entries."""
        return merkle.consistency_path(self.leaves, old_size)

    def must_extend(self, earlier: TreeHead) -> None:
        """Check that this ledger begins with the one that an earlier tree head was of.

        Parameters
        ----------
        earlier : TreeHead
            A head that somebody kept.

        Raises
        ------
        LedgerError
            When entries were removed, changed or put in another order since.
        """
        if earlier.size > len(self.entries):
            raise LedgerError(
                "the ledger is shorter than it was",
                where=str(self.path),
                expected=f"at least {earlier.size} entries, as on {earlier.time}",
                got=f"{len(self.entries)} entries",
                remedy="ask the publisher for the entries that were removed",
            )
        if merkle.root(self.leaves[: earlier.size]).hex() != earlier.root:
            raise LedgerError(
                "the ledger does not begin with the one of the earlier tree head",
                where=str(self.path),
                expected=f"{earlier.size} entries with root {earlier.root[:16]}",
                got="other entries, or another order",
                remedy="ask the publisher which entries were changed since " + earlier.time,
            )


def read_ledger(path: str | Path, *, keys: Sequence[Key] = (), unsigned: bool = False) -> Ledger:
    """Read a ledger and check all of it.

    Parameters
    ----------
    path : str or Path
        The file.
    keys : sequence of securesystemslib Key
        Trusted public keys: the head and every entry must be signed by one of them.
        Without any, order and content are checked but not who wrote them.
    unsigned : bool
        Accept a ledger that nobody signed. Not together with `keys`.

    Returns
    -------
    Ledger

    Raises
    ------
    LedgerError
        When the file is truncated, reordered or changed, with the line where known.
    SignatureError
        When it is not signed, or not by one of the keys.

    Examples
    --------
    >>> import tempfile
    >>> from exitline.claim import append, sign_claim
    >>> from exitline.claim.record import Claim, InputDigest, Query
    >>> from exitline.claim.exact import Rounding
    >>> claim = Claim(
    ...     statement="{figure} were poor.", value="14.3", unit="percent",
    ...     rounding=Rounding(1, scale="100"), query=Query(measure="headcount"),
    ...     inputs=(InputDigest("survey.csv", sha256="e3" * 32),), software="exitline 0.1.0",
    ... )
    >>> file = Path(tempfile.mkdtemp()) / "ledger.jsonl"
    >>> _ = append(file, [sign_claim(claim)])
    >>> read_ledger(file, unsigned=True).claims()[0].claim.sentence
    '14.3 % were poor.'
    """
    return _read(Path(path), keys, unsigned=unsigned, entries=True)


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
        _check_new(envelope, signed=signer is not None)
    with _locked(file):
        known = _known(file, trusted, signer)
        fresh = [one for one in dict.fromkeys(envelopes) if one not in set(known)]
        if fresh:
            entries = (*known, *fresh)
            _write(file, entries, _head_of(entries, time or datetime.now(UTC)), signer)
        return _read(file, trusted, unsigned=signer is None, entries=False)


def _read(path: Path, keys: Sequence[Key], *, unsigned: bool, entries: bool) -> Ledger:
    """The ledger of a file; with `entries`, every entry's own signature is checked too."""
    lines = _lines(path)
    body, last = lines[1:-1], len(lines)
    head, opened = open_head(lines[-1], where=f"{path}, line {last}")
    if not opened.signed_by and not (unsigned and not keys):
        raise _unsigned(path)
    _check_entries(path, body, head)
    if keys:
        open_head(lines[-1], keys=keys, where=f"{path}, line {last}")
        for index, entry in enumerate(body if entries else ()):
            open_claim(entry, keys=keys, where=_line(path, index))
    return Ledger(path, tuple(body), head, lines[-1], opened.signed_by, checked=bool(keys))


def _lines(path: Path) -> list[bytes]:
    """First line, entries and head of a file, when it has them."""
    try:
        content = path.read_bytes()
    except OSError as reason:
        raise LedgerError(
            "the ledger cannot be read",
            where=str(path),
            expected="a ledger file",
            got=reason.strerror or type(reason).__name__,
            remedy="check the path",
        ) from reason
    lines = content.split(b"\n")
    if lines[0] != FIRST_LINE:
        raise LedgerError(
            "not a ledger",
            where=f"{path}, line 1",
            expected="the first line of a ledger that exitline wrote",
            got="an empty file" if not content else "another first line",
            remedy="check the path, or take an unchanged copy of the ledger",
        )
    if lines[-1] != b"":
        raise _truncated(path, "a last line that breaks off")
    if len(lines) < 3 or not is_head(lines[-2]):
        raise _truncated(path, "no tree head in the last line")
    return lines[:-1]


def _check_entries(path: Path, body: Sequence[bytes], head: TreeHead) -> None:
    """The entries must be those of the head, in its order; says which line is not."""
    leaves = [merkle.leaf_hash(entry) for entry in body]
    if len(body) == head.size and merkle.root(leaves).hex() == head.root:
        if members_of(leaves) != head.members:
            raise _changed(path, "entries that do not fit the tree head")
        return
    for index, entry in enumerate(body):
        _must_be_claim(entry, _line(path, index))
    if len(body) != head.size:
        raise _truncated(path, f"{len(body)} entries where the tree head counts {head.size}")
    if members_of(leaves) == head.members:
        raise LedgerError(
            "the ledger's entries are not in the order in which they were added",
            where=str(path),
            expected=f"the order with Merkle root {head.root[:16]}",
            got="the same entries in another order",
            remedy="take an unchanged copy of the ledger",
        )
    raise _changed(path, "an entry other than the one that was added")


def _must_be_claim(entry: bytes, where: str) -> None:
    """An entry that no longer reads as a claim tells on which line the change is."""
    try:
        open_claim(entry, where=where)
    except ClaimError as reason:
        raise LedgerError(
            "an entry of the ledger was changed",
            where=where,
            expected="the claim that was added",
            got=reason.what,
            remedy="take an unchanged copy of the ledger",
        ) from reason


def _check_new(envelope: bytes, *, signed: bool) -> None:
    """A claim that may be added: readable, and signed where the ledger is."""
    opened = open_claim(envelope, where="the claim to be added")
    if signed and not opened.signed_by:
        raise SignatureError(
            "an unsigned claim cannot be added to a signed ledger",
            expected="a claim signed by its author",
            got="an unsigned one",
            remedy="give the key when the claim is made",
        )


def _known(file: Path, trusted: Sequence[Key], signer: object) -> tuple[bytes, ...]:
    """The entries so far, after a check; none when the ledger is yet to begin."""
    if not file.exists():
        return ()
    signed_by = _read(file, (), unsigned=True, entries=False).signed_by
    if bool(signed_by) != (signer is not None):
        raise SignatureError(
            "a ledger is signed from its first entry to its last, or not at all",
            where=str(file),
            expected="--key with the publisher's key" if signed_by else "no key",
            got="no key" if signed_by else "a key for a ledger that is not signed",
            remedy="add with the right key, or begin another ledger",
        )
    return _read(file, trusted, unsigned=signer is None, entries=False).entries


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


def _line(path: Path, index: int) -> str:
    return f"{path}, line {index + 2}"


def _truncated(path: Path, got: str) -> LedgerError:
    return LedgerError(
        "the ledger is truncated",
        where=str(path),
        expected="all its entries, and the tree head in the last line",
        got=got,
        remedy="take a whole copy of the ledger",
    )


def _changed(path: Path, got: str) -> LedgerError:
    return LedgerError(
        "the ledger was changed",
        where=str(path),
        expected="the entries that its tree head was made of",
        got=got,
        remedy="take an unchanged copy of the ledger",
    )


def _unsigned(path: Path) -> SignatureError:
    return SignatureError(
        "the ledger is not signed",
        where=str(path),
        expected="a tree head signed by the publisher",
        got="a tree head without signature",
        remedy="ask for a signed ledger, or accept this one with --unsigned",
    )
