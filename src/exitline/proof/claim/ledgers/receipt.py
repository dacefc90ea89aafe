"""A claim with its receipt: proof that it is in a ledger, without the ledger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.digest import sha256
from exitline.proof.claim.canonical import canonical, read_canonical
from exitline.proof.claim.context import read_claims_document
from exitline.proof.claim.errors import ClaimError, LedgerError, SignatureError
from exitline.proof.claim.ledgers import merkle
from exitline.proof.claim.ledgers.head import TreeHead, is_head, open_head
from exitline.proof.claim.ledgers.ledger import FIRST_LINE, MOST_BYTES, Ledger, read_ledger
from exitline.proof.claim.signing.statement import SignedClaim, open_claim
from exitline.records import read_bytes

if TYPE_CHECKING:
    from securesystemslib.signer import Key

_PARTS = {"claim": dict, "entry": int, "path": list, "head": dict}


@dataclass(frozen=True)
class Receipt:
    """Where a claim stands in a ledger, as its receipt proves.

    Parameters
    ----------
    entry : int
        Number of the entry, from 1.
    head : TreeHead
        The tree head under which it stands.
    """

    entry: int
    head: TreeHead


def make_receipt(ledger: Ledger, envelope: bytes) -> bytes:
    """The claim file of an entry: its envelope, its Merkle path and the tree head.

    Parameters
    ----------
    ledger : Ledger
        As :func:`exitline.proof.claim.append` returns it.
    envelope : bytes
        The entry.

    Returns
    -------
    bytes
        Canonical JSON.

    Raises
    ------
    LedgerError
        When the ledger has no such entry.
    """
    if envelope not in ledger.entries:
        raise LedgerError(
            "the ledger has no such entry",
            where=str(ledger.path),
            expected="a claim that was added to it",
            got="another claim",
            remedy="add the claim first",
        )
    index = ledger.entries.index(envelope)
    return canonical(
        {
            "claim": read_canonical(envelope),
            "entry": index + 1,
            "path": [node.hex() for node in ledger.inclusion(index)],
            "head": read_canonical(ledger.head_line),
        }
    )


def read_claims(
    path: str | Path, *, keys: Sequence[Key] = (), unsigned: bool = True
) -> tuple[tuple[SignedClaim, Receipt | None], ...]:
    """The claims of a file: a claim, one with its receipt, a ledger, or a run's claims.json.

    Parameters
    ----------
    path : str or Path
        What `exitline claim` wrote with --out or --ledger.
    keys : sequence of securesystemslib Key
        Trusted public keys: claims, heads and ledgers must be signed by one of them.
        Without any, signatures are not checked.
    unsigned : bool
        Accept a ledger that nobody signed (without keys only).

    Returns
    -------
    tuple of (SignedClaim, Receipt or None)
        One pair a claim, in ledger order.

    Raises
    ------
    ClaimError, LedgerError, SignatureError
        When the file is none of these, was changed, or is not signed as asked.
    """
    file = Path(path)
    content = _content(file)
    if content.split(b"\n", 1)[0] == FIRST_LINE:
        ledger = read_ledger(file, keys=keys, unsigned=unsigned)
        return tuple(
            (claim, Receipt(number, ledger.head))
            for number, claim in enumerate(ledger.claims(), start=1)
        )
    where = str(file)
    if _begins_as_run(content):
        return tuple((one, None) for one in _of_run(content, keys, where))
    parts = read_canonical(content.rstrip(b"\n"), where=where)
    if isinstance(parts, dict) and set(parts) == set(_PARTS):
        return (_open_receipt(parts, keys, where),)
    return ((open_claim(content.rstrip(b"\n"), keys=keys, where=where), None),)


def is_ledger(path: str | Path) -> bool:
    """Whether a file begins as a ledger (it may still not be whole).

    Raises
    ------
    ClaimError
        When the file cannot be read.
    """
    return _content(Path(path)).split(b"\n", 1)[0] == FIRST_LINE


def read_head(path: str | Path, *, keys: Sequence[Key] = ()) -> TreeHead:
    """The tree head that somebody kept: a head line, a receipt, or an earlier ledger.

    Raises
    ------
    ClaimError, LedgerError, SignatureError
        When the file holds no tree head, or not one signed by one of the keys.
    """
    file = Path(path)
    content = _content(file)
    if content.split(b"\n", 1)[0] == FIRST_LINE:
        return read_ledger(file, keys=keys, unsigned=not keys).head
    line = content.rstrip(b"\n")
    if not is_head(line):
        parts = read_canonical(line, where=str(file))
        if isinstance(parts, dict) and isinstance(parts.get("head"), dict):
            line = canonical(parts["head"])
    return open_head(line, keys=keys, where=str(file))[0]


def _begins_as_run(content: bytes) -> bool:
    """Whether a file is meant as a run's claims.json, whatever its layout."""
    return re.match(rb'[\xef\xbb\xbf\s]*{\s*"(run|claims)"', content) is not None


def _of_run(content: bytes, keys: Sequence[Key], where: str) -> list[SignedClaim]:
    """The claims of a run's claims.json, which nobody signed."""
    if keys:
        raise SignatureError(
            "a run's claims.json is not signed",
            where=where,
            expected="a claim file or a ledger that is signed",
            got="the claims as the run wrote them",
            remedy="sign one with exitline claim --key, or verify without --public-key",
        )
    claims = read_claims_document(content, where=where)
    return [SignedClaim(c, b"", sha256(canonical(c.to_dict()))) for c in claims]


def _open_receipt(parts: Any, keys: Sequence[Key], where: str) -> tuple[SignedClaim, Receipt]:
    """The claim of a receipt, when its path leads to the root of its head."""
    if not all(type(parts[name]) is kind for name, kind in _PARTS.items()):
        raise _wrong(where, "parts of another kind")
    envelope = canonical(parts["claim"])
    claim = open_claim(envelope, keys=keys, where=where)
    head, _ = open_head(canonical(parts["head"]), keys=keys, where=where)
    try:
        path = [bytes.fromhex(node) for node in parts["path"]]
    except (TypeError, ValueError) as reason:
        raise _wrong(where, "a path that is not hexadecimal") from reason
    leaf, root = merkle.leaf_hash(envelope), bytes.fromhex(head.root)
    if not merkle.includes(leaf, parts["entry"] - 1, head.size, path, root):
        raise _wrong(where, "a path that does not lead from this claim to the tree head")
    return claim, Receipt(parts["entry"], head)


def _content(path: Path) -> bytes:
    return read_bytes(path, what="the claim", error=ClaimError, max_bytes=MOST_BYTES)


def _wrong(where: str, got: str) -> LedgerError:
    return LedgerError(
        "the receipt does not prove that the claim is in a ledger",
        where=where,
        expected="the receipt as exitline claim wrote it",
        got=got,
        remedy="take an unchanged copy, or look the claim up in the ledger itself",
    )
