"""An append-only ledger of claims in one file that anyone can check and nobody can edit.

The file has a first line that names its form, one envelope a line, and a last line with the
tree head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.proof.claim.canonical import canonical
from exitline.proof.claim.errors import ClaimError, LedgerError, SignatureError
from exitline.proof.claim.ledgers import merkle
from exitline.proof.claim.ledgers.head import TreeHead, is_head, members_of, open_head
from exitline.proof.claim.signing.statement import SignedClaim, open_claim
from exitline.records import read_bytes

if TYPE_CHECKING:
    from securesystemslib.signer import Key

MOST_BYTES = 512 * 2**20
"""Largest ledger that is read: some 150,000 claims."""
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
        Key ids whose signatures of the head were verified; empty where no key was given.
    unverified : tuple of str
        Key ids that other signatures of the head name, which proves nothing.
    keys : tuple of securesystemslib Key
        Keys that every entry was checked with.
    """

    path: Path
    entries: tuple[bytes, ...]
    head: TreeHead
    head_line: bytes
    signed_by: tuple[str, ...]
    unverified: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()

    @property
    def leaves(self) -> list[bytes]:
        """Leaf hashes of the entries."""
        return [merkle.leaf_hash(entry) for entry in self.entries]

    def claims(self) -> tuple[SignedClaim, ...]:
        """The claims, in the order in which they were added."""
        return tuple(
            open_claim(entry, keys=self.keys, where=_line(str(self.path), i))
            for i, entry in enumerate(self.entries)
        )

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """The Merkle path that shows entry `index` (from 0) under the head's root."""
        return merkle.inclusion_path(self.leaves, index)

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
    >>> from exitline.proof.claim import append, sign_claim
    >>> from exitline.proof.claim.query import Query
    >>> from exitline.proof.claim.record import Claim, InputDigest
    >>> from exitline.proof.claim.exact import Rounding
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
    file = Path(path)
    return check_ledger(ledger_bytes(file), where=str(file), keys=keys, unsigned=unsigned)


def check_ledger(
    content: bytes,
    *,
    where: str = "",
    keys: Sequence[Key] = (),
    unsigned: bool = False,
    entries: bool = True,
) -> Ledger:
    """Check all of a ledger that was read already.

    Parameters
    ----------
    content : bytes
        The bytes of its file.
    where : str
        The file, for messages.
    keys, unsigned
        As in :func:`read_ledger`.
    entries : bool
        With keys: check the signature of every entry, besides the head's.

    Returns
    -------
    Ledger

    Raises
    ------
    LedgerError, SignatureError
        As in :func:`read_ledger`.

    Examples
    --------
    >>> check_ledger(b"", where="ledger.jsonl")
    Traceback (most recent call last):
    ...
    exitline.proof.claim.errors.LedgerError: not a ledger
      where:    ledger.jsonl, line 1
      expected: the first line of a ledger that exitline wrote
      got:      an empty file
      remedy:   check the path, or take an unchanged copy of the ledger
    """
    lines = _lines(content, where)
    body, last = lines[1:-1], f"{where}, line {len(lines)}"
    head, opened = open_head(lines[-1], where=last)
    if not opened.has_signature and (keys or not unsigned):
        raise _unsigned(where)
    _check_entries(where, body, head)
    if keys:
        _, opened = open_head(lines[-1], keys=keys, where=last)
        for index, entry in enumerate(body if entries else ()):
            open_claim(entry, keys=keys, where=_line(where, index))
    return Ledger(
        Path(where), tuple(body), head, lines[-1], opened.signed_by, opened.unverified, tuple(keys)
    )


def ledger_bytes(path: Path) -> bytes:
    """The bytes of a ledger's file, or the reason why they cannot be read."""
    return read_bytes(path, what="the ledger", error=LedgerError, max_bytes=MOST_BYTES)


def _lines(content: bytes, where: str) -> list[bytes]:
    """First line, entries and head, when the bytes have them."""
    lines = content.split(b"\n")
    if lines[0] != FIRST_LINE:
        raise LedgerError(
            "not a ledger",
            where=f"{where}, line 1",
            expected="the first line of a ledger that exitline wrote",
            got="another first line" if content else "an empty file",
            remedy="check the path, or take an unchanged copy of the ledger",
        )
    if lines[-1] != b"":
        raise _truncated(where, "a last line that breaks off")
    if len(lines) < 3 or not is_head(lines[-2]):
        raise _truncated(where, "no tree head in the last line")
    return lines[:-1]


def _check_entries(where: str, body: Sequence[bytes], head: TreeHead) -> None:
    """The entries must be those of the head, in its order; says which line is not."""
    leaves = [merkle.leaf_hash(entry) for entry in body]
    if len(body) == head.size and merkle.root(leaves).hex() == head.root:
        if members_of(leaves) != head.members:
            raise _changed(where, "entries that do not fit the tree head")
        return
    for index, entry in enumerate(body):
        _must_be_claim(entry, _line(where, index))
    if len(body) > head.size:
        raise _changed(where, f"{len(body)} entries where the tree head counts {head.size}")
    if len(body) < head.size:
        raise _truncated(where, f"{len(body)} entries where the tree head counts {head.size}")
    if members_of(leaves) == head.members:
        raise LedgerError(
            "the ledger's entries are not in the order in which they were added",
            where=where,
            expected=f"the order with Merkle root {head.root[:16]}",
            got="the same entries in another order",
            remedy="take an unchanged copy of the ledger",
        )
    raise _changed(where, "an entry other than the one that was added")


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


def _line(where: str, index: int) -> str:
    return f"{where}, line {index + 2}"


def _truncated(where: str, got: str) -> LedgerError:
    return LedgerError(
        "the ledger is truncated",
        where=where,
        expected="all its entries, and the tree head in the last line",
        got=got,
        remedy="take a whole copy of the ledger",
    )


def _changed(where: str, got: str) -> LedgerError:
    return LedgerError(
        "the ledger was changed",
        where=where,
        expected="the entries that its tree head was made of",
        got=got,
        remedy="take an unchanged copy of the ledger",
    )


def _unsigned(where: str) -> SignatureError:
    return SignatureError(
        "the ledger is not signed",
        where=where,
        expected="a tree head signed by the publisher",
        got="a tree head without signature",
        remedy="ask for a signed ledger, or accept this one with --unsigned",
    )
