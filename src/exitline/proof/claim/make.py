"""Making claims out of a run's figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from exitline.proof.claim.checking.tables import (
    RowPick,
    count_decisions,
    evidence_of,
    pick_decision,
    pick_estimate,
    read_rows,
)
from exitline.proof.claim.context import Context
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.exact import Rounding, as_fraction, text_of
from exitline.proof.claim.query import OUTCOMES, Query
from exitline.proof.claim.record import Claim
from exitline.proof.claim.wording import kind_of, statement_of, unit_of
from exitline.words.numbers import decimals, lower_end

_INTERVAL = ("ci_low", "ci_high", "level")


def claim_estimate(
    folder: str | Path, pick: RowPick, *, column: str = "estimate", remark: str = ""
) -> Claim:
    """The claim of one estimate of a run.

    Parameters
    ----------
    folder : str or Path
        A run's folder, with run.json and estimates.parquet.
    pick : RowPick
        Which row of the estimates.
    column : str
        Which number of the row: "estimate", "se", "n", "population".
    remark : str
        The publisher's own words, which are shown as not checked.

    Returns
    -------
    Claim

    Raises
    ------
    ClaimError
        When the run has no such figure, or no value for it.
    """
    row = pick_estimate(read_rows(folder, "estimates"), pick)
    return estimate_claim(row, Context.of_run(folder), column=column, remark=remark)


def claim_count(
    folder: str | Path, level: str, outcome: str, criterion: str = "", *, remark: str = ""
) -> Claim:
    """The claim of how many units of a level have an outcome in a run.

    Parameters
    ----------
    folder : str or Path
        A run's folder, with run.json and decisions.parquet.
    level, outcome, criterion : str
        What is counted; criterion "" is the overall decision.
    remark : str
        The publisher's own words, which are shown as not checked.

    Raises
    ------
    ClaimError
        When the run has decided nothing of the kind.
    """
    rows = read_rows(folder, "decisions")
    count = count_decisions(rows, level, outcome, criterion)
    evidence = evidence_of(rows, level, criterion)
    context = Context.of_run(folder)
    claim = count_claim(context, count, level, outcome, criterion, evidence=evidence)
    return replace(claim, remark=remark)


def claim_decision(
    folder: str | Path,
    level: str,
    unit: str,
    criterion: str = "",
    *,
    parent: str = "",
    remark: str = "",
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
    remark : str
        The publisher's own words, which are shown as not checked.

    Raises
    ------
    ClaimError
        When the run has no such decision, or it is one on a household.
    """
    query = Query(kind="decision", level=level, unit=unit, parent=parent, criterion=criterion)
    row = pick_decision(read_rows(folder, "decisions"), level, unit, criterion, parent)
    context = Context.of_run(folder)
    shown = replace(
        query, unit=_text(row["unit"]), parent=_text(row.get("parent")) if parent else "",
        year=context.year, evidence=evidence_of([row], level, criterion),
    )  # fmt: skip
    return decision_claim(context, shown, str(row["outcome"]), remark=remark)


def decision_claim(context: Context, query: Query, outcome: str, *, remark: str = "") -> Claim:
    """The claim that a decision has an outcome.

    Examples
    --------
    >>> from exitline.proof.claim import InputDigest
    >>> context = Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0")
    >>> query = Query(kind="decision", level="village", unit="7")
    >>> decision_claim(context, query, "met").sentence
    'outcome of village "7": met.'
    """
    return _claim(context, query, outcome, Rounding(mode="exact"), remark=remark)


def estimate_claim(
    row: Mapping[str, Any],
    context: Context,
    *,
    column: str = "estimate",
    remark: str = "",
) -> Claim:
    """The claim of one row of estimates.

    Words, unit, scale and rounding follow from the measure and its standard error; an
    estimate that has an interval is never claimed without it.

    Parameters
    ----------
    row : mapping
        The contract's columns: measure, line, by, domain, estimate, se, ci_low,
        ci_high, level, n, population, and indicator where there is one.
    context : Context
        Data, rule file, study and software of the run.
    column : str
        Which number of the row.
    remark : str
        The publisher's own words, which are shown as not checked.

    Raises
    ------
    ClaimError
        When the row has no such column, or no value in it.

    Examples
    --------
    >>> from exitline.proof.claim import InputDigest
    >>> context = Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0")
    >>> row = {"measure": "headcount", "line": "4891", "by": "", "domain": "",
    ...        "estimate": 0.14337, "se": 0.009, "ci_low": 0.126, "ci_high": 0.161, "level": 0.95}
    >>> print(estimate_claim(row, context).sentence)
    headcount (poor persons, share), line "4891": 14.3 % (95 % interval 12.6 to 16.1).
    """
    value = _value(row, column)
    interval = column == "estimate" and _has_interval(row)
    query = Query(
        measure=_text(row.get("measure")),
        line=_text(row.get("line")),
        by=_text(row.get("by")),
        domain=_text(row.get("domain")),
        indicator=_text(row.get("indicator")),
        column=column,
        confidence=text_of(as_fraction(float(row["level"]))) if interval else "",
        where=context.where,
        people=context.people,
        year=context.year,
    )
    rounding = _rounding(row, column)
    low, high = (rounding.apply(end) for end in published_ends(row)) if interval else ("", "")
    return _claim(
        context, query, rounding.apply(value), rounding, low=low, high=high, remark=remark
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
    >>> from exitline.proof.claim import InputDigest
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
    >>> from exitline.proof.claim import InputDigest
    >>> context = Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0")
    >>> rows = [{"level": "village", "unit": "7", "criterion": "", "outcome": "met"}]
    >>> [claim.sentence for claim in count_claims(rows, context)][0]
    'villages with outcome "met": 1 village.'
    """
    rows = list(rows)
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        if row["level"] != "household":
            of = counts.setdefault((row["level"], row["criterion"]), dict.fromkeys(OUTCOMES, 0))
            of[row["outcome"]] += 1
    return tuple(
        count_claim(
            context,
            count,
            level,
            outcome,
            criterion,
            evidence=evidence_of(rows, level, criterion),
        )
        for (level, criterion), of in counts.items()
        for outcome, count in of.items()
    )


def count_claim(
    context: Context, count: int, level: str, outcome: str, criterion: str = "", *,
    evidence: str = "",
) -> Claim:  # fmt: skip
    """The claim of a number of decisions.

    Examples
    --------
    >>> from exitline.proof.claim import InputDigest
    >>> context = Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0")
    >>> count_claim(context, 12, "county", "not met").sentence
    'counties with outcome "not met": 12 counties.'
    """
    query = Query(
        kind="decision count", level=level, outcome=outcome, criterion=criterion,
        year=context.year, evidence=evidence,
    )  # fmt: skip
    return _claim(context, query, str(count), Rounding(mode="exact"))


def _claim(
    context: Context,
    query: Query,
    value: str,
    rounding: Rounding,
    *,
    low: str = "",
    high: str = "",
    remark: str = "",
) -> Claim:
    """A claim with what its run shares, in the words of its query."""
    return Claim(
        statement=statement_of(query, interval=bool(low)),
        value=value,
        unit=unit_of(query, value),
        rounding=rounding,
        query=query,
        inputs=context.inputs,
        software=context.software,
        low=low,
        high=high,
        standard=context.standard,
        study=context.study,
        remark=remark,
    )


def _value(row: Mapping[str, Any], column: str) -> float | int:
    """The number in a column, when there is one."""
    value = row.get(column)
    if column in _INTERVAL or value is None or not _is_number(value):
        raise ClaimError(
            f"the run has no value in the column '{column}' of this figure",
            expected="a number in estimate, se, n or population",
            got="nothing" if value is None else str(value),
            remedy="claim another figure, or see the run's report for the reason",
        )
    return int(value) if isinstance(value, Integral) else float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _has_interval(row: Mapping[str, Any]) -> bool:
    """Whether the row has one; a figure without sampling error has none."""
    told = all(_is_number(row.get(name)) for name in _INTERVAL)
    return told and row["ci_low"] != row["ci_high"]


def published_ends(row: Mapping[str, Any]) -> tuple[float, float]:
    """Ends of a figure's interval as they are published: no number of people begins below zero.

    Examples
    --------
    >>> published_ends({"measure": "poor_count", "estimate": 40.0, "ci_low": -3.0, "ci_high": 83.0})
    (0.0, 83.0)
    """
    low, high = float(row["ci_low"]), float(row["ci_high"])
    return lower_end(low, float(row["estimate"]), kind_of(str(row["measure"]))), high


def _rounding(row: Mapping[str, Any], column: str) -> Rounding:
    """As many digits as the standard error carries, shares in percent: the house's one rule."""
    kind = kind_of(str(row["measure"])) or "number"
    share = kind == "share" and column in ("estimate", "se")
    return Rounding(_places(row, column, kind), scale="100" if share else "1")


def _places(row: Mapping[str, Any], column: str, kind: str) -> int:
    """Decimals of a figure, as report, explorer and terminal write it."""
    se = row.get("se")
    known = float(se) if se is not None and _is_number(se) else math.nan
    if column == "se" and known > 0:
        return 1 if kind == "share" else decimals(known, "number", known)
    if column not in ("estimate", "se"):
        return 0
    return decimals(known, kind, float(row[column]))


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
