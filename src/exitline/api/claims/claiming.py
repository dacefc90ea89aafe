"""A figure of a run made a claim: bound, signed, kept in a ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from exitline.errors import ArgumentError
from exitline.stats.data.readers.declaring import choose

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

    from exitline.proof.claim import Claim, Ledger, NewKey, SignedClaim

Ask = Callable[[], str]


@dataclass(frozen=True)
class Claimed:
    """A claim as it was published.

    Attributes
    ----------
    claim : Claim
        `sentence`, `value`, `inputs`, `query`.
    signed : SignedClaim
        Its id, and who signed it.
    question : str
        The question it answers, in words.
    ledger : Ledger or None
    entry : int or None
        Where it stands in the ledger, from 1.
    """

    claim: Claim
    signed: SignedClaim
    question: str
    ledger: Ledger | None = None
    entry: int | None = None


def claim(
    run_folder: str | Path,
    *,
    measure: str | None = None,
    line: str | None = None,
    by: str = "",
    domain: str = "",
    indicator: str | None = None,
    column: Literal["estimate", "se", "n", "population"] = "estimate",
    level: Literal["village", "county"] | None = None,
    outcome: str | None = None,
    unit: str | None = None,
    parent: str = "",
    criterion: str = "",
    remark: str = "",
    rows: Sequence[str | Path] = (),
    ledger: str | Path | None = None,
    since: str | Path | None = None,
    key: str | Path | None = None,
    public_keys: Sequence[str | Path] = (),
    out: str | Path | None = None,
    passphrase: str | Ask | None = None,
) -> Claimed:
    """Make a figure of a run a claim that anyone can check.

    Parameters
    ----------
    run_folder : path
        As `exitline.run` has written it.
    measure, line, by, domain, indicator : str
        An estimate: its measure, line, domain's columns and domain, and indicator.
    column : {"estimate", "se", "n", "population"}
        Which number of the estimate.
    level : {"village", "county"}, optional
        Instead of a measure: a decision.
    outcome, unit : str, optional
        Count the units with this outcome, or name the outcome of this one unit.
    parent, criterion : str
        The county of a village; the criterion (the overall decision without).
    remark : str
        Your own words; they are shown as not checked.
    rows : sequence of path
        Also bind the rows of these data files, whatever their format.
    ledger, out : path, optional
        Ledger to add to (begun when new); file for the claim, with its receipt. Neither: the
        claim is returned alone.
    since : path, optional
        Receipt, head or ledger kept from earlier, which the ledger must extend.
    key : path, optional
        Private key to sign with.
    public_keys : sequence of path
        Other keys that have signed the ledger.
    passphrase : str or callable, optional
        Of an encrypted key; a callable is asked only where the key needs it.

    Returns
    -------
    Claimed

    Raises
    ------
    ArgumentError, ClaimError, LedgerError, SignatureError
        When the run has no such figure, or the ledger or key cannot be used.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> folder = tempfile.mkdtemp() + "/out"
    >>> done = xl.run("examples/albania-2012/study.yaml", folder)
    >>> xl.claim(folder, measure="headcount", line="absolute").claim.value
    '14.3'
    """
    if since and not ledger:
        raise ArgumentError(f"{choose('since=', '--since')} is for a ledger.")
    from exitline.proof import claim as room

    made = room.with_rows(
        _estimate(run_folder, measure, line, by, domain, indicator, column, remark)
        if _is_estimate(measure, level)
        else _decision(run_folder, str(level), outcome, unit, parent, criterion, remark),
        list(rows),
    )
    signer = _signer(key, passphrase)
    envelope = room.sign_claim(made, signer)
    added = _publish(envelope, signer, ledger, since, public_keys, out)
    signed = room.open_claim(envelope, keys=[signer.public_key] if signer is not None else [])
    entry = added.entries.index(envelope) + 1 if added is not None else None
    from exitline.proof.claim.wording import words_of

    return Claimed(made, signed, words_of(made.query), added, entry)


def new_key(path: str | Path, *, passphrase: str | None = None) -> NewKey:
    """Make an Ed25519 key pair; an existing file is never overwritten.

    Parameters
    ----------
    path : path
        File of the private key; the public key goes beside it with the ending ".pub".
    passphrase : str, optional
        Encrypts the private key. Without it, whoever reads the file can sign.

    Returns
    -------
    NewKey
        `private`, `public`, `key_id`.

    Raises
    ------
    SignatureError
        When a file exists or cannot be written, or the passphrase is empty.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> xl.new_key(tempfile.mkdtemp() + "/office.key").public.name
    'office.key.pub'
    """
    from exitline.proof.claim import new_key as make

    return make(path, passphrase=passphrase)


def _is_estimate(measure: str | None, level: str | None) -> bool:
    """Whether an estimate is asked for, or a decision."""
    if bool(measure) == bool(level):
        said = choose("measure=, or a decision with level=",
                      "--measure, or a decision with --level")  # fmt: skip
        raise ArgumentError(f"choose an estimate with {said}.")
    return bool(measure)


def _estimate(
    folder: str | Path, measure: Any, line: Any, by: str, domain: str, indicator: Any,
    column: str, remark: str,
) -> Claim:  # fmt: skip
    """The claim of an estimate."""
    from exitline.proof import claim as room

    pick = room.RowPick(measure, line, by, domain, indicator)
    return room.claim_estimate(folder, pick, column=column, remark=remark)


def _decision(
    folder: str | Path, level: str, outcome: str | None, unit: str | None, parent: str,
    criterion: str, remark: str,
) -> Claim:  # fmt: skip
    """The claim of a decision, or of how many."""
    from exitline.proof import claim as room

    if bool(outcome) == bool(unit):
        said = choose("outcome=, or name one with unit=", "--outcome, or name one with --unit")
        raise ArgumentError(f"count units with {said}.")
    if outcome:
        return room.claim_count(folder, level, outcome, criterion, remark=remark)
    return room.claim_decision(folder, level, str(unit), criterion, parent=parent, remark=remark)


def _signer(key: str | Path | None, passphrase: str | Ask | None) -> CryptoSigner | None:
    """The signer of a key file; its passphrase is asked for where it has one."""
    if key is None:
        return None
    from exitline.proof.claim import load_signer
    from exitline.proof.claim.signing.keys import is_encrypted

    if not is_encrypted(key):
        return load_signer(key, passphrase=None)
    return load_signer(key, passphrase=passphrase() if callable(passphrase) else passphrase)


def _publish(
    envelope: bytes, signer: CryptoSigner | None, ledger: Any, since: Any,
    public_keys: Sequence[Any], out: Any,
) -> Ledger | None:  # fmt: skip
    """Add the claim to the ledger, write its file."""
    from exitline.files import whole_file
    from exitline.proof import claim as room

    if ledger:
        keys = [room.load_public(path) for path in public_keys]
        own = [signer.public_key] if signer is not None else []
        head = room.read_head(since, keys=[*keys, *own]) if since else None
        receipts = {Path(out): lambda of: room.make_receipt(of, envelope) + b"\n"} if out else {}
        return room.append(
            ledger, [envelope], signer=signer, keys=keys, since=head, beside=receipts
        )
    if out:
        with whole_file(out) as partial:
            partial.write_bytes(envelope + b"\n")
    return None
