"""A claim as an in-toto statement about its data files, in a signed envelope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.digest import sha256
from exitline.proof.claim.canonical import canonical, read_canonical
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.record import Claim
from exitline.proof.claim.signing.envelope import sign_payload, verify_envelope

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:exitline:claim:1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
ROWS = "exitline-rows-1"
"""Name of the row digest in a subject's digest set."""


@dataclass(frozen=True)
class SignedClaim:
    """A claim with the envelope it came in.

    Parameters
    ----------
    claim : Claim
        What is claimed.
    envelope : bytes
        The envelope, one line of canonical JSON (b"" for a claim of a claims.json).
    claim_id : str
        SHA-256 of the signed statement, hex: the claim's name, whoever signed it.
    signed_by : tuple of str
        Key ids whose signatures were verified; empty where no key was given.
    unverified : tuple of str
        Key ids that other signatures name, which proves nothing.
    """

    claim: Claim
    envelope: bytes
    claim_id: str
    signed_by: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()


def statement_of(claim: Claim) -> bytes:
    """The in-toto Statement v1 of a claim, in canonical form.

    Parameters
    ----------
    claim : Claim
        Its inputs become the subjects; everything else is the predicate.

    Returns
    -------
    bytes
        Canonical JSON: what is signed.

    Raises
    ------
    ClaimError
        When one of the inputs has no digest: such a claim could not be checked.

    References
    ----------
    in-toto Attestation Framework, spec/v1/statement.md.

    Examples
    --------
    >>> from exitline.proof.claim import InputDigest, Query, Rounding
    >>> claim = Claim(
    ...     statement="{figure} live in poor households.", value="12933", unit="persons",
    ...     rounding=Rounding(), query=Query(measure="poor_count"),
    ...     inputs=(InputDigest("survey.csv", sha256="e3" * 32),), software="exitline 0.1.0",
    ... )
    >>> claim_of(statement_of(claim)) == claim
    True
    """
    predicate = claim.to_dict()
    subject = []
    for each in predicate.pop("inputs"):
        digests = {"sha256": each.get("sha256"), ROWS: each.get("rows")}
        if not any(digests.values()):
            raise _no_digest(each["name"])
        subject.append({"name": each["name"], "digest": {k: v for k, v in digests.items() if v}})
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": subject,
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )


def claim_of(statement: bytes, *, where: str = "") -> Claim:
    """The claim of an in-toto statement that :func:`statement_of` wrote.

    Raises
    ------
    ClaimError
        When it is another kind of statement, or not in canonical form.
    """
    content = read_canonical(statement, where=where)
    expected = {"_type": STATEMENT_TYPE, "predicateType": PREDICATE_TYPE}
    parts = {*expected, "subject", "predicate"}
    if (
        not isinstance(content, dict)
        or set(content) != parts
        or any(content[name] != value for name, value in expected.items())
        or not isinstance(content["predicate"], dict)
        or "inputs" in content["predicate"]
        or not isinstance(content["subject"], list)
    ):
        raise _not_a_claim(where)
    inputs = [_input_of(one, where) for one in content["subject"]]
    return Claim.from_dict({**content["predicate"], "inputs": inputs}, where=where)


def sign_claim(claim: Claim, signer: Signer | None = None) -> bytes:
    """The envelope of a claim, signed when there is a signer.

    Parameters
    ----------
    claim : Claim
        What is claimed.
    signer : securesystemslib Signer, optional
        Such as :func:`exitline.proof.claim.load_signer` gives.

    Returns
    -------
    bytes
        One line of canonical JSON: what a ledger keeps and a claim file holds.
    """
    return sign_payload(statement_of(claim), PAYLOAD_TYPE, signer)


def open_claim(envelope: bytes, *, keys: Sequence[Key] = (), where: str = "") -> SignedClaim:
    """Open an envelope with a claim; with keys, one of them must have signed it.

    Parameters
    ----------
    envelope : bytes
        What :func:`sign_claim` wrote.
    keys : sequence of securesystemslib Key
        Trusted public keys. Without any, signatures are not checked.
    where : str
        The file, for messages.

    Raises
    ------
    ClaimError, SignatureError
        When it is no claim, was changed, or is not signed by one of the keys.
    """
    opened = verify_envelope(envelope, PAYLOAD_TYPE, keys=keys, where=where)
    claim = claim_of(opened.payload, where=where)
    name = sha256(opened.payload)
    return SignedClaim(claim, envelope, name, opened.signed_by, opened.unverified)


def _input_of(subject: Any, where: str) -> Mapping[str, str]:
    """An input from a subject of the statement."""
    if not (
        isinstance(subject, dict)
        and set(subject) == {"name", "digest"}
        and isinstance(subject["digest"], dict)
        and set(subject["digest"]) <= {"sha256", ROWS}
    ):
        raise _not_a_claim(where)
    digest = subject["digest"]
    named = {"name": subject["name"], "sha256": digest.get("sha256"), "rows": digest.get(ROWS)}
    return {name: value for name, value in named.items() if value is not None}


def _no_digest(name: str) -> ClaimError:
    return ClaimError(
        "the data of this claim are not fixed by any digest",
        where=name,
        expected="a data file, or rows with a digest of their own",
        got="rows that were never a file",
        remedy="export the rows to a Parquet file and run the study on it",
    )


def _not_a_claim(where: str) -> ClaimError:
    return ClaimError(
        "not a claim",
        where=where or None,
        expected=f"an in-toto statement with predicate type {PREDICATE_TYPE}",
        got="another statement",
        remedy="take a claim made by exitline claim",
    )
