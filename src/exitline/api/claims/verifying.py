"""A claim's figure computed again and compared; a ledger checked for being whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import ArgumentError
from exitline.stats.data.readers.declaring import choose
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.proof.claim import (
        Claim,
        Ledger,
        Receipt,
        Recompute,
        Recomputed,
        SignedClaim,
        Verification,
    )
    from exitline.proof.claim.sentences import Consistency
    from exitline.rules.standard import Standard


@dataclass(frozen=True)
class Verified(ShownResult):
    """What comes of checking claims, or a ledger.

    Attributes
    ----------
    checks : tuple of (SignedClaim, Receipt or None, Verification)
        One for each claim; its outcome is "match", "mismatch" or "cannot verify".
    ledger : Ledger or None
        The ledger, where it was checked for being whole; then there are no checks.
    """

    checks: tuple[tuple[SignedClaim, Receipt | None, Verification], ...] = ()
    ledger: Ledger | None = None

    @property
    def match(self) -> bool:
        """Whether everything matches, or the ledger is whole."""
        return all(result.outcome == "match" for _, _, result in self.checks)

    def to_pandas(self) -> pd.DataFrame:
        """One row for each claim: what comes of it, and what is missing for a verdict."""
        import pandas as pd

        rows = [
            (signed.claim_id[:12], result.outcome, "; ".join(map(str, result.missing)))
            for signed, _, result in self.checks
        ]
        return pd.DataFrame(rows, columns=["claim", "outcome", "missing"])


def verify(
    claim: str | Path,
    *,
    data: Any = (),
    standard: Standard | str | Path | None = None,
    study: str | Path | None = None,
    public_keys: Sequence[str | Path] = (),
    entry: int | None = None,
    since: str | Path | None = None,
) -> Verified:
    """Compute the figures of claims again and compare.

    Parameters
    ----------
    claim : path
        A claim file, a ledger, or the claims.json of a run. A ledger without `data` is
        checked for being whole: nothing removed, changed or reordered.
    data : path, table, sequence of paths, or mapping of input name to path or table
        The data at hand.
    standard : Standard, or name or path of a rule file, optional
        The shipped one of the claim's name unless given.
    study : path, optional
        The study file, where the claim lacks it.
    public_keys : sequence of path
        Publishers' keys; signatures are then checked.
    entry : int, optional
        One entry of a ledger, from 1.
    since : path, optional
        A receipt, tree head or ledger kept from earlier, which the ledger must extend.

    Returns
    -------
    Verified

    Raises
    ------
    ArgumentError, ClaimError, LedgerError, SignatureError
        When a file cannot be read as such; a figure that differs is told, not raised.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> folder = tempfile.mkdtemp() + "/out"
    >>> done = xl.run("examples/albania-2012/study.yaml", folder)
    >>> made = xl.claim(folder, measure="headcount", line="absolute", out=folder + "/one.json")
    >>> xl.verify(folder + "/one.json", data="examples/albania-2012/lival.parquet").match
    True
    """
    from exitline.proof import claim as room

    keys = [room.load_public(path) for path in public_keys]
    if since is not None:
        _must_extend(claim, since, keys)
    nothing = data is None or (isinstance(data, list | tuple | dict) and not data)
    if room.is_ledger(claim) and nothing and entry is None:
        return Verified(ledger=room.read_ledger(claim, keys=keys, unsigned=not keys))
    chosen = _entry(room.read_claims(claim, keys=keys), entry, claim)
    recompute, given = _recompute(study), _given(data)
    return Verified(
        tuple(
            (*one, room.verify(one[0].claim, given, recompute, standard=standard, study=study))
            for one in chosen
        )
    )


def _given(data: Any) -> Any:
    """The data as the room takes them."""
    if data is None:
        return []
    return list(data) if isinstance(data, tuple) else data


def _recompute(study: str | Path | None) -> Recompute:
    """How figures are computed: with the study that was named, or the one in the claim."""
    from exitline.api.claims.recompute import recompute_claim

    def recompute(claim: Claim, data: Mapping[str, Any], standard: Standard | None) -> Recomputed:
        return recompute_claim(claim, data, standard=standard, study=study)

    return recompute


def _must_extend(path: str | Path, earlier: str | Path, keys: list[Any]) -> None:
    """The ledger must begin with the one of a head that was kept."""
    from exitline.proof.claim import is_ledger, read_head, read_ledger

    if not is_ledger(path):
        raise ArgumentError(f"{choose('since=', '--since')} is for a ledger.")
    read_ledger(path, keys=keys, unsigned=not keys).must_extend(read_head(earlier, keys=keys))


def _entry(
    found: Sequence[tuple[SignedClaim, Receipt | None]], entry: int | None, path: str | Path
) -> Sequence[tuple[SignedClaim, Receipt | None]]:
    """The claims to verify: all, or one entry."""
    if entry is None:
        return found
    if entry > len(found):
        raise ArgumentError(
            f"{path} contains {len(found)} "
            f"{'claim' if len(found) == 1 else 'claims'}; there is no entry {entry}."
        )
    return found[entry - 1 : entry]


def check_claim(file: str | Path) -> Consistency:
    """Compare the figures of a published sentence with each other and with facts.

    Parameters
    ----------
    file : path
        YAML: the sentence, its figures, their relations and public facts.

    Returns
    -------
    Consistency
        `consistent`, and a finding for each relation: consistent, not consistent or cannot
        tell, with the calculation.

    Raises
    ------
    ClaimError
        When the file cannot be read as such: all its faults, with file, line and key.

    Examples
    --------
    >>> import exitline as xl
    >>> found = xl.check_claim("examples/claims/dongxiang-2020.yaml")
    >>> {one.outcome for one in found.findings} <= {"consistent", "not consistent", "cannot tell"}
    True
    """
    from exitline.proof.claim.sentences import check_file

    return check_file(file)
