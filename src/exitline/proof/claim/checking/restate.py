"""A claim said again from recomputed numbers, and every part of it beside the published one.

What a reader sees follows from the query and the numbers alone: words, unit, rounding, scale,
level of confidence, year, and whom the figure counts. So the claim is made anew, by the code
that makes claims, and nothing in it may differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from exitline.proof.claim.context import Context
from exitline.proof.claim.errors import RecomputeError
from exitline.proof.claim.exact import NOISE, Rounding, RoundingMode
from exitline.proof.claim.make import count_claim, decision_claim, estimate_claim, published_ends
from exitline.proof.claim.record import Claim, RuleRef
from exitline.words.numbers import plural
from exitline.words.said import listed, say

Number = float | int | Decimal | Fraction
_ENDS = ("low", "high")


@dataclass(frozen=True)
class Recomputed:
    """What a computation gave for the query of a claim.

    Parameters
    ----------
    value : number or str or None
        The unrounded number on its own scale (a share, not a percentage); for a
        decision its outcome; None when these data hold no value for it.
    low, high : number, optional
        The unrounded interval, where the figure has one.
    se : number, optional
        The standard error, which decides how many digits are published.
    level : number, optional
        The interval's confidence.
    year, people : str
        The year of the data ("" where it is not said), and whom measures of persons count:
        "persons" or "households".
    where : str
        The condition of the part of the population that estimates refer to ("" for all).
    inputs : tuple of str, optional
        Names of the files that were read; None where the computation does not know them.
    standard, study : RuleRef, optional
        Name and digest of the rule file and study that the figure was computed by; None
        where the computation does not know them.
    """

    value: Number | str | None
    low: Number | None = None
    high: Number | None = None
    se: Number | None = None
    level: Number | None = None
    year: str = ""
    people: str = ""
    where: str = ""
    inputs: tuple[str, ...] | None = None
    standard: RuleRef | None = None
    study: RuleRef | None = None


@dataclass(frozen=True)
class FigureCheck:
    """One part of a claim beside the one that was computed again.

    Parameters
    ----------
    part : str
        "figure", "low" or "high"; where they differ also "sentence", "unit", "rounding",
        "confidence", "year", "where", "people", "inputs", "rule file", "study".
    claimed, recomputed : str
        Both as published: numbers rounded by their rule, without unit.
    unrounded : str
        The number as computed, on the claim's scale ("" for words).
    same : bool
        Whether they are the same.
    note : str
        Why they differ, or that the number lies on a rounding edge ("" otherwise).
    """

    part: str
    claimed: str
    recomputed: str
    unrounded: str = ""
    same: bool = False
    note: str = ""


def compare(claim: Claim, computed: Recomputed) -> tuple[FigureCheck, ...]:
    """Every part of a claim beside its recomputed one: numbers always, words that differ.

    Parameters
    ----------
    claim : Claim
        What was published.
    computed : Recomputed
        What was computed for its query.

    Raises
    ------
    RecomputeError
        When there is no number to compare with.

    Examples
    --------
    >>> from exitline.proof.claim import InputDigest, Query
    >>> claim = Claim(
    ...     statement="Nobody is poor: {figure}.", value="14.3", unit="percent",
    ...     rounding=Rounding(1, scale="100"), query=Query(measure="headcount"),
    ...     inputs=(InputDigest("s.csv", sha256="e3" * 32),), software="exitline 0.1.0",
    ... )
    >>> for check in compare(claim, Recomputed(0.14337)):
    ...     print(check.part, check.same, check.recomputed)
    figure True 14.3
    sentence False headcount (poor persons, share): 14.3 %.
    """
    again = _restated(claim, computed)
    numbers = tuple(_numbers(claim, again, computed))
    if all(check.same for check in numbers):
        again = replace(again, value=claim.value, low=claim.low, high=claim.high)
    return (*numbers, *_words(claim, again, computed))


def _restated(claim: Claim, computed: Recomputed) -> Claim:
    """The claim that the recomputed numbers give for the query."""
    query = claim.query
    context = Context(
        claim.inputs, claim.software, claim.standard, claim.study, computed.year, computed.people,
        computed.where,
    )  # fmt: skip
    if query.kind == "decision":
        if not isinstance(computed.value, str):
            raise RecomputeError("no decision was computed", missing=("the decision of this unit",))
        return decision_claim(context, replace(query, year=computed.year), computed.value)
    if computed.value is None or isinstance(computed.value, str):
        raise RecomputeError(
            "these data hold no value for the figure", missing=("a value for the figure",)
        )
    if query.kind == "decision count":
        count = int(computed.value)
        return count_claim(
            context, count, query.level, query.outcome, query.criterion, evidence=query.evidence
        )
    claims = [estimate_claim(row, context, column=query.column) for row in _rows(claim, computed)]
    return next((one for one in claims if one.rounding == claim.rounding), claims[0])


def _rows(claim: Claim, computed: Recomputed) -> Iterator[dict[str, Any]]:
    """The row of the estimates; its standard error also with the noise of another machine."""
    query = claim.query
    se = _float(computed.se)
    row: dict[str, Any] = {
        "measure": query.measure, "line": query.line, "by": query.by, "domain": query.domain,
        "indicator": query.indicator, "se": se, "ci_low": _float(computed.low),
        "ci_high": _float(computed.high), "level": _float(computed.level),
        query.column: computed.value,
    }  # fmt: skip
    yield row
    if se is not None and query.column != "se":
        for factor in (1 - NOISE, 1 + NOISE):
            yield {**row, "se": se * float(factor)}


def _numbers(claim: Claim, again: Claim, computed: Recomputed) -> Iterator[FigureCheck]:
    """The figure and the ends of its interval."""
    if claim.query.kind == "decision":
        yield FigureCheck("figure", claim.value, again.value, same=claim.value == again.value)
        return
    exactly: dict[str, Any] = {"figure": computed.value}
    if again.low:
        ends = published_ends(
            {"measure": claim.query.measure, "estimate": computed.value,
             "ci_low": computed.low, "ci_high": computed.high}
        )  # fmt: skip
        exactly |= dict(zip(_ENDS, ends, strict=True))
    for part, found in exactly.items():
        claimed = claim.value if part == "figure" else getattr(claim, part)
        yield _number(part, claimed, found, again.rounding)
    if claim.low and not again.low:
        for part in _ENDS:
            yield FigureCheck(part, getattr(claim, part), "no interval")


def _number(part: str, claimed: str, found: Number, rounding: Rounding) -> FigureCheck:
    """One number, rounded by its rule, with the reason where it differs."""
    candidates = rounding.candidates(found)
    same = claimed in candidates
    unrounded = _trim(Rounding(decimals=12, scale=rounding.scale).apply(found))
    note = ""
    if same and len(candidates) > 1:
        note = say("on a rounding edge: {what} are both right", what=listed(candidates))
    if not same and claimed:
        note = _rounding_note(claimed, found, rounding)
    return FigureCheck(part, claimed or "left out", candidates[0], unrounded, same, note)


def _rounding_note(wanted: str, found: Number, rounding: Rounding) -> str:
    """Whether the claimed figure is the same number under another rounding rule."""
    for mode in get_args(RoundingMode):
        other = Rounding(rounding.decimals, mode, rounding.scale)
        if mode not in (rounding.mode, "exact") and other.apply(found) == wanted:
            return f"the rounding differs: '{mode}' gives the claimed figure, not '{rounding.mode}'"
    for decimals in range(rounding.decimals - 1, rounding.decimals - 4, -1):
        if Rounding(decimals, rounding.mode, rounding.scale).apply(found) == wanted:
            return f"the rounding differs: the claimed figure has {plural(decimals, 'decimal')}"
    return ""


def _words(claim: Claim, again: Claim, computed: Recomputed) -> Iterator[FigureCheck]:
    """Everything else that a reader sees or relies on, where it differs."""
    sides: Mapping[str, tuple[str, str]] = {
        "sentence": (claim.sentence, again.sentence),
        "unit": (claim.unit, again.unit),
        "rounding": (_rule(claim.rounding), _rule(again.rounding)),
        "confidence": (claim.query.confidence, again.query.confidence),
        "year": (claim.query.year, again.query.year),
        "where": (claim.query.where, again.query.where),
        "people": (claim.query.people, again.query.people),
        "statement": (claim.statement, again.statement),
        **_bound_to(claim, computed),
    }
    for part, (claimed, found) in sides.items():
        told = part == "statement" and claim.sentence != again.sentence
        if claimed != found and not told:
            yield FigureCheck(part, claimed or "nothing", found or "nothing")


def _bound_to(claim: Claim, computed: Recomputed) -> dict[str, tuple[str, str]]:
    """What the claim says it was made from, beside what was read."""
    found: dict[str, tuple[str, str]] = {}
    if computed.inputs is not None:
        claimed = sorted(one.name for one in claim.inputs)
        found["inputs"] = (", ".join(claimed), ", ".join(sorted(computed.inputs)))
    for part, said, used in (
        ("rule file", claim.standard, computed.standard), ("study", claim.study, computed.study),
    ):  # fmt: skip
        exchanged = said is not None and used is not None and said.sha256 != used.sha256
        if computed.inputs is not None and not exchanged:  # another file is told elsewhere
            found[part] = (_ref(said), _ref(used))
    return found


def _ref(ref: RuleRef | None) -> str:
    """A rule file or study by the name, version and digest it is given."""
    return f"{ref.name} {ref.version} ({ref.sha256[:16]})".replace("  ", " ") if ref else ""


def _rule(rounding: Rounding) -> str:
    """A rounding rule in words."""
    if rounding.mode == "exact":
        return f"exact, times {rounding.scale}"
    digits = plural(rounding.decimals, "decimal")
    return f"{digits}, {rounding.mode}, times {rounding.scale}"


def _float(number: Number | None) -> float | None:
    return None if number is None else float(number)


def _trim(text: str) -> str:
    """Decimal text without trailing zeros."""
    return text.rstrip("0").rstrip(".") if "." in text else text
