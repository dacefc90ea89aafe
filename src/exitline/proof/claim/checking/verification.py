"""Computing a claim's figure again, and saying what comes of it.

The room that computes figures lies above this one, so the computation is handed in: any
callable that takes the claim, the data and the rule file and gives back the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from exitline.errors import ExitlineError
from exitline.proof.claim.checking.bind import bind_data
from exitline.proof.claim.checking.restate import FigureCheck, Recomputed, compare
from exitline.proof.claim.errors import RecomputeError
from exitline.proof.claim.record import Claim
from exitline.proof.claim.wording import quoted
from exitline.words.said import say

if TYPE_CHECKING:
    from exitline.rules.standard import Standard

VerifyOutcome = Literal["match", "mismatch", "cannot verify"]


class Recompute(Protocol):
    """What :func:`verify` needs to compute a figure again.

    It raises :class:`exitline.proof.claim.RecomputeError`, or any other `ExitlineError`, where
    the data do not allow the figure to be computed.
    """

    def __call__(
        self, claim: Claim, data: Mapping[str, Any], standard: Standard | None
    ) -> Recomputed:
        """Compute the figure of `claim` from `data` (by input name) under `standard`."""


@dataclass(frozen=True)
class Verification:
    """What comes of verifying a claim.

    Parameters
    ----------
    outcome : {"match", "mismatch", "cannot verify"}
        "match": same data, same rule file, same figure, and the sentence that its query
        gives. "mismatch": another figure or other words, both shown. "cannot verify":
        something is missing.
    figures : tuple of FigureCheck
        Claimed and recomputed numbers side by side, and words where they differ; empty when
        nothing was computed.
    missing : tuple of str
        What is missing for a verdict.
    notes : tuple of str
        What else a reader should know, such as data that differ.
    """

    outcome: VerifyOutcome
    figures: tuple[FigureCheck, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def verify(
    claim: Claim,
    data: Any,
    recompute: Recompute,
    *,
    standard: Standard | str | Path | None = None,
    study: str | Path | None = None,
) -> Verification:
    """Compute a claim's figure again and compare.

    Parameters
    ----------
    claim : Claim
        What was published.
    data : path, table, sequence of paths, or mapping of input name to path or table
        The data at hand. They are checked against the digests of the claim.
    recompute : callable
        See :class:`Recompute`.
    standard : Standard, str or Path, optional
        The rule file at hand; by default the shipped one of the claim's name.
    study : str or Path, optional
        The study file at hand, to be checked against the claim's.

    Returns
    -------
    Verification
        "mismatch" whenever another figure comes out, or other words than the query gives,
        with both and what differs in data, rule file, study or rounding. "cannot verify"
        when no figure comes out, or the same one but not from the data, rule file and
        study of the claim.

    Raises
    ------
    ClaimError, StudyError
        When a data file or study file that was named cannot be read.

    Examples
    --------
    >>> from exitline.proof.claim import InputDigest, Query, Rounding, row_digest
    >>> import pandas as pd
    >>> table = pd.DataFrame({"poor": [1, 0, 0, 1, 1, 0, 1]})
    >>> claim = Claim(
    ...     statement="headcount (poor persons, share): {figure}.", value="57.1", unit="percent",
    ...     rounding=Rounding(1, scale="100"), query=Query(measure="headcount"),
    ...     inputs=(InputDigest("t", rows=row_digest(table)),), software="exitline 0.1.0",
    ... )
    >>> def recompute(claim, data, standard):
    ...     return Recomputed(float(data["t"]["poor"].mean()))
    >>> verify(claim, table, recompute).outcome
    'match'
    """
    bound = bind_data(claim.inputs, data)
    rules = _standard_at_hand(claim, standard)
    plan = _study_at_hand(claim, study)
    made_by = _software(claim)
    notes = (*bound.notes, *rules.notes, *plan.notes, *made_by.notes)
    if bound.missing or rules.missing:
        return Verification("cannot verify", missing=(*bound.missing, *rules.missing), notes=notes)
    try:
        computed = recompute(claim, bound.data, rules.standard)
        figures = compare(claim, computed)
    except ExitlineError as reason:
        return Verification("cannot verify", missing=_what_is_missing(reason), notes=notes)
    if not all(figure.same for figure in figures):
        return Verification("mismatch", figures, notes=notes)
    absent = (*bound.changed, *rules.changed, *plan.changed, *made_by.changed)
    outcome: VerifyOutcome = "cannot verify" if absent else "match"
    return Verification(outcome, figures, missing=absent, notes=notes)


@dataclass(frozen=True)
class _Rules:
    """The rule file or study at hand, beside the one of the claim."""

    standard: Standard | None = None
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _standard_at_hand(claim: Claim, given: Standard | str | Path | None) -> _Rules:
    """Load the rule file and hold its digest against the claim's."""
    from exitline.rules.standard import shipped

    if claim.standard is None:
        return _Rules()
    wanted = claim.standard
    version = f" {wanted.version}" if wanted.version else ""
    named = f"rule file {wanted.name[:80]}{version[:20]} (sha256 {wanted.sha256[:16]})"
    if given is None and wanted.name not in shipped():
        note = say("no rule file {name} comes with exitline; name it with --standard",
                   name=quoted(wanted.name[:80]))  # fmt: skip
        return _Rules(missing=(named,), notes=(note,))
    try:
        found = _load(wanted.name if given is None else given)
    except ExitlineError as reason:
        return _Rules(missing=(named,), notes=(reason.what,))
    if found.digest == wanted.sha256:
        return _Rules(found)
    note = say(
        "the standard changed: the rule file at hand has sha256 {digest}", digest=found.digest[:16]
    )
    return _Rules(found, changed=(named,), notes=(note,))


def _study_at_hand(claim: Claim, path: str | Path | None) -> _Rules:
    """Hold the digest of the study file, when one was given, against the claim's."""
    if claim.study is None or path is None:
        return _Rules()
    from exitline.stats.data.studies.loader import study_digest

    digest = study_digest(path)
    if digest == claim.study.sha256:
        return _Rules()
    named = f"study file {claim.study.name} (sha256 {claim.study.sha256[:16]})"
    note = say("the study changed: the study file at hand has sha256 {digest}", digest=digest[:16])
    return _Rules(changed=(named,), notes=(note,))


def _load(standard: Standard | str | Path) -> Standard:
    """The rule file of a name or path."""
    if not isinstance(standard, (str, Path)):
        return standard
    from exitline.rules.standard import load

    return load(standard)


def _what_is_missing(reason: ExitlineError) -> tuple[str, ...]:
    """What to name as missing when a figure could not be computed."""
    if isinstance(reason, RecomputeError) and reason.missing:
        return reason.missing
    parts = reason.parts()
    where = f" ({parts['where']})" if "where" in parts else ""
    return (parts["what"] + where,)


def _software(claim: Claim) -> _Rules:
    """What is said about the software that a claim names, which nobody can check.

    Figures of an earlier version are computed again by this one; those of a later version,
    or of another program, may follow rules that this one does not know.
    """
    from packaging.version import InvalidVersion, Version

    from exitline.version import __version__

    here = f"exitline {__version__}"
    if claim.software == here:
        return _Rules()
    try:
        name, _, number = claim.software.partition(" ")
        known = name == "exitline" and Version(number) <= Version(__version__)
    except InvalidVersion:
        known = False
    note = say(
        "computed with {here}, and the claim says {there}, which is not checked",
        here=here,
        there=quoted(claim.software),
    )
    return _Rules(notes=(note,), changed=() if known else (f"software {quoted(claim.software)}",))
