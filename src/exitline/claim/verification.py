"""Computing a claim's figure again, and saying what comes of it.

The room that computes figures lies above this one, so the computation is handed in: any
callable that takes the claim, the data and the rule file and gives back the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from exitline.claim.bind import bind_data
from exitline.claim.errors import RecomputeError
from exitline.claim.exact import Rounding, RoundingMode, exact
from exitline.claim.record import Claim
from exitline.errors import ExitlineError

if TYPE_CHECKING:
    from exitline.standard import Standard

Number = float | int | Decimal | Fraction
VerifyOutcome = Literal["match", "mismatch", "cannot verify"]


@dataclass(frozen=True)
class Recomputed:
    """What a computation gave for the query of a claim.

    Parameters
    ----------
    value : number or str or None
        The unrounded number on its own scale (a share, not a percentage); for a
        decision its outcome; None when these data hold no value for it.
    low, high : number, optional
        The unrounded interval, for a claim that has one.
    """

    value: Number | str | None
    low: Number | None = None
    high: Number | None = None


class Recompute(Protocol):
    """What :func:`verify` needs to compute a figure again.

    It raises :class:`exitline.claim.RecomputeError`, or any other `ExitlineError`, where
    the data do not allow the figure to be computed.
    """

    def __call__(
        self, claim: Claim, data: Mapping[str, Any], standard: Standard | None
    ) -> Recomputed:
        """Compute the figure of `claim` from `data` (by input name) under `standard`."""


@dataclass(frozen=True)
class FigureCheck:
    """One number of a claim beside the one that was computed again.

    Parameters
    ----------
    part : str
        "figure", "low" or "high".
    claimed, recomputed : str
        Both as published: rounded by the claim's rule, without unit.
    unrounded : str
        The number as computed, on the claim's scale.
    same : bool
        Whether they are the same number.
    note : str
        Why they differ, or that the number lies on a rounding edge ("" otherwise).
    """

    part: str
    claimed: str
    recomputed: str
    unrounded: str
    same: bool
    note: str = ""


@dataclass(frozen=True)
class Verification:
    """What comes of verifying a claim.

    Parameters
    ----------
    outcome : {"match", "mismatch", "cannot verify"}
        "match": same data, same rule file, same figure. "mismatch": another figure,
        both shown. "cannot verify": something is missing.
    figures : tuple of FigureCheck
        Claimed and recomputed numbers side by side; empty when nothing was computed.
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
        The data at hand. They are held against the digests of the claim.
    recompute : callable
        See :class:`Recompute`.
    standard : Standard, str or Path, optional
        The rule file at hand; by default the shipped one of the claim's name.
    study : str or Path, optional
        The study file at hand, to be held against the claim's.

    Returns
    -------
    Verification
        "mismatch" whenever another figure comes out, whatever the reason, with both
        values and what differs in data, rule file, study or rounding. "cannot verify"
        when no figure comes out, or the same one but not from the data, rule file and
        study of the claim.

    Raises
    ------
    ClaimError, StudyError
        When a data file or study file that was named cannot be read.

    Examples
    --------
    >>> from exitline.claim import InputDigest, Query, row_digest
    >>> import pandas as pd
    >>> table = pd.DataFrame({"poor": [1, 0, 0, 1, 1, 0, 1]})
    >>> claim = Claim(
    ...     statement="{figure} were poor.", value="57.1", unit="percent",
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
    notes = (*bound.notes, *rules.notes, *plan.notes, *_software_note(claim))
    if bound.missing or rules.missing:
        return Verification("cannot verify", missing=(*bound.missing, *rules.missing), notes=notes)
    try:
        computed = recompute(claim, bound.data, rules.standard)
        figures = _compare(claim, computed)
    except ExitlineError as reason:
        return Verification("cannot verify", missing=_what_is_missing(reason), notes=notes)
    if not all(figure.same for figure in figures):
        return Verification("mismatch", figures, notes=notes)
    absent = (*bound.changed, *rules.changed, *plan.changed)
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
    if claim.standard is None:
        return _Rules()
    wanted = claim.standard
    version = f" {wanted.version}" if wanted.version else ""
    named = f"rule file {wanted.name}{version} (sha256 {wanted.sha256[:16]})"
    try:
        found = _load(wanted.name if given is None else given)
    except ExitlineError as reason:
        return _Rules(missing=(named,), notes=(reason.what,))
    if found.digest == wanted.sha256:
        return _Rules(found)
    note = f"the standard changed: the rule file at hand has sha256 {found.digest[:16]}"
    return _Rules(found, changed=(named,), notes=(note,))


def _study_at_hand(claim: Claim, path: str | Path | None) -> _Rules:
    """Hold the digest of the study file, when one was given, against the claim's."""
    if claim.study is None or path is None:
        return _Rules()
    from exitline.data.loader import load_study

    digest = load_study(path).digest
    if digest == claim.study.sha256:
        return _Rules()
    named = f"study file {claim.study.name} (sha256 {claim.study.sha256[:16]})"
    note = f"the study changed: the study file at hand has sha256 {digest[:16]}"
    return _Rules(changed=(named,), notes=(note,))


def _load(standard: Standard | str | Path) -> Standard:
    """The rule file of a name or path."""
    if not isinstance(standard, (str, Path)):
        return standard
    from exitline.standard import load

    return load(standard)


def _compare(claim: Claim, computed: Recomputed) -> tuple[FigureCheck, ...]:
    """Every number of the claim beside its recomputed one."""
    if claim.query.kind == "decision":
        return (_compare_outcome(claim.value, computed.value),)
    checks = [_compare_number("figure", claim.value, computed.value, claim.rounding)]
    gone = any(end is None or end != end for end in (computed.low, computed.high))
    if claim.low and not (gone and not checks[0].same):  # another figure is told in any case
        checks.append(_compare_number("low", claim.low, computed.low, claim.rounding))
        checks.append(_compare_number("high", claim.high, computed.high, claim.rounding))
    return tuple(checks)


def _compare_outcome(claimed: str, found: Number | str | None) -> FigureCheck:
    """The outcome of a decision, which is a word."""
    if not isinstance(found, str):
        raise RecomputeError("no decision was computed", missing=("the decision of this unit",))
    return FigureCheck("figure", claimed, found, found, claimed == found)


def _compare_number(
    part: str, claimed: str, found: Number | str | None, rounding: Rounding
) -> FigureCheck:
    """One number, rounded by the claim's rule, with the reason where it differs."""
    if found is None or isinstance(found, str):
        raise RecomputeError(
            "these data hold no value for the figure", missing=(f"a value for the {part}",)
        )
    candidates = rounding.candidates(found)
    wanted = exact(claimed)
    same = any(exact(each) == wanted for each in candidates)
    unrounded = Rounding(decimals=12, scale=rounding.scale).apply(found)
    note = ""
    if same and len(candidates) > 1:
        note = "on a rounding edge: " + " and ".join(candidates) + " are both right"
    if not same:
        note = _rounding_note(wanted, found, rounding)
    return FigureCheck(part, claimed, candidates[0], _trim(unrounded), same, note)


def _rounding_note(wanted: Fraction, found: Number, rounding: Rounding) -> str:
    """Whether the claimed figure is the same number under another rounding rule."""
    for mode in get_args(RoundingMode):
        other = Rounding(rounding.decimals, mode, rounding.scale)
        if mode != rounding.mode and exact(other.apply(found)) == wanted:
            return f"the rounding differs: '{mode}' gives the claimed figure, not '{rounding.mode}'"
    for decimals in range(rounding.decimals - 1, rounding.decimals - 4, -1):
        if exact(Rounding(decimals, rounding.mode, rounding.scale).apply(found)) == wanted:
            return f"the rounding differs: the claimed figure has {decimals} decimals"
    return ""


def _what_is_missing(reason: ExitlineError) -> tuple[str, ...]:
    """What to name as missing when a figure could not be computed."""
    if isinstance(reason, RecomputeError) and reason.missing:
        return reason.missing
    parts = reason.parts()
    where = f" ({parts['where']})" if "where" in parts else ""
    return (parts["what"] + where,)


def _software_note(claim: Claim) -> tuple[str, ...]:
    from exitline import __version__

    here = f"exitline {__version__}"
    if claim.software == here:
        return ()
    return (f"computed with {here}; the claim with {claim.software}",)


def _trim(text: str) -> str:
    """Decimal text without trailing zeros."""
    return text.rstrip("0").rstrip(".") if "." in text else text
