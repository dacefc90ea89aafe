"""Making claims out of a run's figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from exitline.claim.context import Context
from exitline.claim.errors import ClaimError
from exitline.claim.exact import Rounding, as_fraction, text_of
from exitline.claim.record import OUTCOMES, Claim, Query
from exitline.claim.tables import Pick, count_decisions, pick_decision, pick_estimate, read_rows
from exitline.errors import MeasureError
from exitline.words.numbers import decimals, lower_end

SHARES = frozenset({"H", "A", "uncensored", "censored", "contribution_share"})
"""Multidimensional measures that are shares and are read in percent."""
_INTERVAL = ("ci_low", "ci_high", "level")


@dataclass(frozen=True)
class Wording:
    """How a figure is to be said; what is left out is chosen by the measure.

    Parameters
    ----------
    statement : str
        The sentence, with {figure} and, if wanted, {low} and {high}.
    unit : str, optional
        "percent" for a share that is read in percent; otherwise any noun.
    decimals : int, optional
        Digits after the point; by default one for percent, none for counts, else as
        many as two digits of the standard error carry.
    mode : str
        Rounding rule, as in :class:`exitline.claim.Rounding`.
    interval : bool
        Whether the interval is part of the claim, where there is one.

    Examples
    --------
    >>> Wording(unit="percent", decimals=1).mode
    'half even'
    """

    statement: str = ""
    unit: str | None = None
    decimals: int | None = None
    mode: str = "half even"
    interval: bool = True


def claim_estimate(
    folder: str | Path, pick: Pick, wording: Wording | None = None, *, column: str = "estimate"
) -> Claim:
    """The claim of one estimate of a run.

    Parameters
    ----------
    folder : str or Path
        A run's folder, with run.json and estimates.parquet.
    pick : Pick
        Which row of the estimates.
    wording : Wording, optional
        How to say it.
    column : str
        Which number of the row: "estimate", "se", "n", "population".

    Returns
    -------
    Claim

    Raises
    ------
    ClaimError
        When the run has no such figure, or no value for it.
    """
    row = pick_estimate(read_rows(folder, "estimates"), pick)
    return estimate_claim(row, Context.of_run(folder), wording, column=column)


def claim_count(
    folder: str | Path, level: str, outcome: str, criterion: str = "", *, statement: str = ""
) -> Claim:
    """The claim of how many units of a level have an outcome in a run.

    Parameters
    ----------
    folder : str or Path
        A run's folder, with run.json and decisions.parquet.
    level, outcome, criterion : str
        What is counted; criterion "" is the overall decision.
    statement : str
        The sentence, with {figure}.

    Raises
    ------
    ClaimError
        When the run has decided nothing of the kind.
    """
    count = count_decisions(read_rows(folder, "decisions"), level, outcome, criterion)
    return _count_claim(Context.of_run(folder), count, level, outcome, criterion, statement)


def claim_decision(
    folder: str | Path,
    level: str,
    unit: str,
    criterion: str = "",
    *,
    parent: str = "",
    statement: str = "",
) -> Claim:
    """The claim of one village's or county's decision in a run.

    Parameters
    ----------
    folder : str or Path
        A run's folder, with run.json and decisions.parquet.
    level, unit, criterion : str
        Whose decision, and on what; criterion "" is the overall decision.
    parent : str
        The county of a village whose id is not enough.
    statement : str
        The sentence, with {figure} where the outcome stands.

    Raises
    ------
    ClaimError
        When the run has no such decision, or it is one on a household.
    """
    query = Query(kind="decision", level=level, unit=unit, parent=parent, criterion=criterion)
    row = pick_decision(read_rows(folder, "decisions"), level, unit, criterion, parent)
    said = statement or f"{level} {unit}: " + "{figure}."
    outcome = str(row["outcome"])
    return _claim(Context.of_run(folder), query, outcome, Rounding(mode="exact"), "", said)


def estimate_claim(
    row: Mapping[str, Any],
    context: Context,
    wording: Wording | None = None,
    *,
    column: str = "estimate",
) -> Claim:
    """The claim of one row of estimates.

    Parameters
    ----------
    row : mapping
        The contract's columns: measure, line, by, domain, estimate, se, ci_low,
        ci_high, level, n, population, and indicator where there is one.
    context : Context
        Data, rule file, study and software of the run.
    wording : Wording, optional
        How to say it.
    column : str
        Which number of the row.

    Raises
    ------
    ClaimError
        When the row has no such column, or no value in it.

    Examples
    --------
    >>> from exitline.claim import InputDigest
    >>> context = Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0")
    >>> row = {"measure": "headcount", "line": "4891", "by": "", "domain": "",
    ...        "estimate": 0.14337, "se": 0.009, "ci_low": 0.126, "ci_high": 0.161, "level": 0.95}
    >>> estimate_claim(row, context).sentence
    'headcount, line 4891: 14.3 % (12.6-16.1).'
    """
    said = wording or Wording()
    value = _value(row, column)
    unit = _unit(row, column) if said.unit is None else said.unit
    rounding = _rounding(row, column, unit, said)
    interval = said.interval and column == "estimate" and _has_interval(row)
    query = Query(
        measure=_text(row.get("measure")),
        line=_text(row.get("line")),
        by=_text(row.get("by")),
        domain=_text(row.get("domain")),
        indicator=_text(row.get("indicator")),
        column=column,
        confidence=text_of(as_fraction(float(row["level"]))) if interval else "",
    )
    ends = published_ends(row) if interval else ()
    low, high = (rounding.apply(end) for end in ends) if ends else ("", "")
    statement = said.statement or (
        f"{query.words()}: " + "{figure}" + (" ({low}-{high})." if interval else ".")
    )
    return _claim(
        context, query, rounding.apply(value), rounding, unit, statement, low=low, high=high
    )


def estimate_claims(rows: Iterable[Mapping[str, Any]], context: Context) -> tuple[Claim, ...]:
    """A claim for every row of estimates that has a value.

    Parameters
    ----------
    rows : iterable of mappings
        As in :func:`estimate_claim`.
    context : Context
        Data, rule file, study and software of the run.

    Examples
    --------
    >>> from exitline.claim import InputDigest
    >>> context = Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0")
    >>> estimate_claims([{"measure": "mean", "estimate": float("nan")}], context)
    ()
    """
    return tuple(estimate_claim(row, context) for row in rows if _is_number(row.get("estimate")))


def count_claims(rows: Iterable[Mapping[str, Any]], context: Context) -> tuple[Claim, ...]:
    """A claim for how many villages and counties have each outcome, overall and by criterion.

    Parameters
    ----------
    rows : iterable of mappings
        Decisions, with the columns level, criterion and outcome.
    context : Context
        Data, rule file, study and software of the run.

    Examples
    --------
    >>> from exitline.claim import InputDigest
    >>> context = Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0")
    >>> rows = [{"level": "village", "unit": "7", "criterion": "", "outcome": "met"}]
    >>> [claim.sentence for claim in count_claims(rows, context)][0]
    '1 villages have the outcome "met".'
    """
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        if row["level"] != "household":
            of = counts.setdefault((row["level"], row["criterion"]), dict.fromkeys(OUTCOMES, 0))
            of[row["outcome"]] += 1
    return tuple(
        _count_claim(context, count, level, outcome, criterion, "")
        for (level, criterion), of in counts.items()
        for outcome, count in of.items()
    )


def _count_claim(
    context: Context, count: int, level: str, outcome: str, criterion: str, statement: str
) -> Claim:
    """The claim of a number of decisions."""
    query = Query(kind="decision count", level=level, outcome=outcome, criterion=criterion)
    on = f" on {criterion}" if criterion else ""
    said = statement or "{figure} " + f'have the outcome "{outcome}"{on}.'
    unit = query.words().split(" ", 1)[0]
    return _claim(context, query, str(count), Rounding(mode="exact"), unit, said)


def _claim(
    context: Context,
    query: Query,
    value: str,
    rounding: Rounding,
    unit: str,
    statement: str,
    *,
    low: str = "",
    high: str = "",
) -> Claim:
    """A claim with what its run shares."""
    return Claim(
        statement=statement,
        value=value,
        unit=unit,
        rounding=rounding,
        query=query,
        inputs=context.inputs,
        software=context.software,
        low=low,
        high=high,
        standard=context.standard,
        study=context.study,
    )


def _value(row: Mapping[str, Any], column: str) -> float | int:
    """The number in a column, when there is one."""
    value = row.get(column)
    if column in _INTERVAL or value is None or not _is_number(value):
        raise ClaimError(
            f"the run holds no value in the column '{column}' of this figure",
            expected="a number in estimate, se, n or population",
            got="nothing" if value is None else str(value),
            remedy="claim another figure, or see the run's report for the reason",
        )
    return int(value) if isinstance(value, Integral) else float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _has_interval(row: Mapping[str, Any]) -> bool:
    return all(_is_number(row.get(name)) for name in _INTERVAL)


def _unit(row: Mapping[str, Any], column: str) -> str:
    """Percent for shares; what a count counts is left to the wording."""
    return "percent" if column in ("estimate", "se") and _kind(row) == "share" else ""


def _kind(row: Mapping[str, Any]) -> str:
    """The unit of a measure as the catalogue has it ("" when it is not of the catalogue)."""
    from exitline.measure.catalogue import named

    measure = str(row["measure"])
    try:
        return named(measure).unit
    except MeasureError:
        return "share" if measure in SHARES else ""


def published_ends(row: Mapping[str, Any]) -> tuple[float, float]:
    """Ends of a figure's interval as they are published: no number of people begins below zero.

    Examples
    --------
    >>> published_ends({"measure": "poor_count", "estimate": 40.0, "ci_low": -3.0, "ci_high": 83.0})
    (0.0, 83.0)
    """
    low, high = float(row["ci_low"]), float(row["ci_high"])
    return lower_end(low, float(row["estimate"]), _kind(row)), high


def _rounding(row: Mapping[str, Any], column: str, unit: str, said: Wording) -> Rounding:
    """The rounding rule: as said, or as many digits as the standard error carries."""
    scale = "100" if unit == "percent" else "1"
    places = _places(row, column, unit) if said.decimals is None else said.decimals
    return Rounding(places, said.mode, scale)  # type: ignore[arg-type]


def _places(row: Mapping[str, Any], column: str, unit: str) -> int:
    """Decimals of a figure, as report, explorer and terminal write it."""
    kind = "share" if unit == "percent" else _kind(row) or "number"
    se = row.get("se")
    known = float(se) if se is not None and _is_number(se) else math.nan
    if column == "se" and known > 0:
        return 1 if unit == "percent" else decimals(known, "number", known)
    if column not in ("estimate", "se"):
        return 0
    return decimals(known, kind, float(row[column]))


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
