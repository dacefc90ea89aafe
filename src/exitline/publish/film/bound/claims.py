"""Figures from claims: published numbers, recomputed before they are said again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.publish.film.bound.figures import StoryFigure
from exitline.publish.film.bound.references import ClaimRef, FigureRef
from exitline.publish.film.bound.runs import RunProvider
from exitline.publish.film.errors import FigureChangedError, StoryError

if TYPE_CHECKING:
    from exitline.proof.claim import Claim, Recompute, SignedClaim

SHORTEST_ID = 8
"""Letters of a claim's id that must be given."""


class ClaimProvider:
    """Resolves references of the kind ``{claim: ...}``.

    Parameters
    ----------
    runs : RunProvider
        Knows the folders of runs.
    recompute : callable, optional
        Computes the figure of a claim again (see `exitline.proof.claim.Recompute`); needed for
        claims that come in a file of their own.
    """

    def __init__(self, runs: RunProvider, recompute: Recompute | None = None) -> None:
        self._runs = runs
        self._recompute = recompute

    def resolve(self, reference: FigureRef) -> StoryFigure:
        """The figure of one claim, exactly as published."""
        of = reference.of
        if not isinstance(of, ClaimRef):
            raise TypeError(f"{reference.name} is not a claim")
        file = of.file or self._runs.folder(of.run, reference.where) / "claims.json"
        found = find_claim(file, of, reference.where)
        if of.file is not None:
            self._verify(found.claim, of, reference.where)
        files = tuple((entry.name, entry.sha256) for entry in found.claim.inputs)
        return StoryFigure(
            reference.name, published(found.claim, of, reference.where), reference.format,
            reference.source, f"{of.words} (id {found.claim_id[:16]})", files,
        )  # fmt: skip

    def _verify(self, claim: Claim, of: ClaimRef, where: str) -> None:
        """Recompute a claim that no run of this build has just made."""
        from exitline.proof.claim import verify

        if not of.data or self._recompute is None:
            raise StoryError(
                "a claim of a file is recomputed before it is shown, and its data are not given",
                where=where,
                expected="data: the files of " + ", ".join(entry.name for entry in claim.inputs),
                got="none",
                remedy="add 'data' to the claim",
            )
        outcome = verify(claim, list(of.data), self._recompute)
        if outcome.outcome == "match":
            return
        differing = [check for check in outcome.figures if not check.same]
        raise FigureChangedError(
            "a claim does not hold: " + outcome.outcome,
            where=where,
            expected=", ".join(f"{c.part} {c.claimed}" for c in differing) or of.words,
            got=", ".join(f"{c.part} {c.recomputed}" for c in differing)
            or "; ".join(outcome.missing),
            remedy="look at its data: exitline verify CLAIM --data FILE",
        )


def find_claim(file: Path, wanted: ClaimRef, where: str = "") -> SignedClaim:
    """The one claim of a file that a reference means.

    Parameters
    ----------
    file : Path
        A run's claims.json, a claim file or a ledger.
    wanted : ClaimRef
    where : str
        For messages.

    Raises
    ------
    StoryError
        When none or several claims fit.
    ClaimError
        When the file cannot be read, or was changed.
    """
    from exitline.proof.claim import read_claims
    from exitline.proof.claim.wording import words_of

    claims = [claim for claim, _ in read_claims(file)]
    found = [claim for claim in claims if _fits(claim, wanted)]
    if len(found) == 1:
        return found[0]
    raise StoryError(
        "no claim fits a reference" if not found else "several claims fit a reference",
        where=where,
        expected="; ".join(words_of(claim.claim.query) for claim in claims[:5]) or "claims",
        got=wanted.words,
        remedy="name measure, line, by and domain as the run does, or more letters of the id",
    )


def published(claim: Claim, of: ClaimRef, where: str = "") -> float:
    """A claim's figure on its natural scale: a share for per cent.

    Raises
    ------
    StoryError
        When the claim has no such number.
    """
    written = {"value": claim.value, "low": claim.low, "high": claim.high}[of.part]
    try:
        exact = Fraction(written)
    except ValueError as reason:
        raise StoryError(
            f"the claim's {of.part} is not a number",
            where=where,
            expected="a figure",
            got=written or "nothing",
            remedy="refer to another claim or part",
        ) from reason
    return float(exact / 100 if claim.unit == "percent" else exact)


def _fits(claim: SignedClaim, wanted: ClaimRef) -> bool:
    """Whether a claim is the one that a reference names."""
    if wanted.claim_id:
        return len(wanted.claim_id) >= SHORTEST_ID and claim.claim_id.startswith(wanted.claim_id)
    query = claim.claim.query
    return (query.kind, query.measure, query.line, query.by, query.domain, query.column) == (
        "estimate", wanted.measure, wanted.line, wanted.by, wanted.domain, "estimate",
    ) and not query.indicator  # fmt: skip
