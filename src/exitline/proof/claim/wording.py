"""The sentence of a claim, written from its query alone.

Nobody chooses these words: a sentence that says another measure, line, place or year than its
query, or another unit, is noticed as a changed figure is. Names that data and studies choose
stand in quotation marks, so that no name can pass for a part of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from exitline.errors import MeasureError
from exitline.foreign import visible
from exitline.proof.claim.exact import exact, text_of

if TYPE_CHECKING:
    from exitline.proof.claim.query import Query

SHARES = frozenset({"H", "A", "uncensored", "censored", "contribution_share"})
"""Multidimensional measures that are shares and are read in percent."""
_COLUMNS = {
    "estimate": "",
    "se": "standard error of ",
    "n": "observations behind ",
    "population": "population behind ",
}
_UNITS = {"village": ("village", "villages"), "county": ("county", "counties")}
_PLAIN_NAME = re.compile(r"\w+(?:, \w+)*")
_SLOT = re.compile(r"\{\{|\}\}|\{figure\}|\{low\}|\{high\}")


def statement_of(query: Query, *, interval: bool = False) -> str:
    """The sentence of a query, with slots for its figures.

    Parameters
    ----------
    query : Query
        What is claimed.
    interval : bool
        Whether the figure has one; it then always stands beside it, with its level.

    Examples
    --------
    >>> from exitline.proof.claim import Query
    >>> query = Query(measure="headcount", line="food", year="2012", confidence="0.95")
    >>> print(statement_of(query, interval=True))
    headcount (poor persons, share), line "food", 2012: {figure} (95 % interval {low} to {high}).
    """
    words = words_of(query).replace("{", "{{").replace("}", "}}")
    if not interval:
        return words + ": {figure}."
    level = text_of(exact(query.confidence) * 100)
    return f"{words}: {{figure}} ({level} % interval {{low}} to {{high}})."


def filled(statement: str, parts: Mapping[str, str]) -> str:
    """A statement with its figures in place.

    Examples
    --------
    >>> filled("region {{low}}: {figure}", {"{figure}": "14.3 %"})
    'region {low}: 14.3 %'
    """
    braces = {"{{": "{", "}}": "}"}
    return _SLOT.sub(lambda slot: {**braces, **parts}.get(slot[0], slot[0]), statement)


def words_of(query: Query) -> str:
    """A query in one line: measure, line, place and year, or whose decision on what.

    Examples
    --------
    >>> from exitline.proof.claim import Query
    >>> print(words_of(Query(measure="poor_count", column="se", by="region", domain="Coast")))
    standard error of poor_count (poor persons), region "Coast"
    >>> print(words_of(Query(kind="decision count", level="county", outcome="met")))
    counties with outcome "met"
    """
    parts = _estimate(query) if query.kind == "estimate" else _decisions(query)
    return ", ".join(part for part in (*parts, query.year) if part)


def unit_of(query: Query, value: str = "") -> str:
    """What the figure of a query counts or measures: "percent", "persons", "villages", "".

    Parameters
    ----------
    query : Query
        What is claimed.
    value : str
        The figure, for one village.

    Examples
    --------
    >>> from exitline.proof.claim import Query
    >>> unit_of(Query(measure="headcount")), unit_of(Query(measure="headcount", column="n"))
    ('percent', '')
    >>> unit_of(Query(measure="poor_count", people="households"))
    'households'
    """
    if query.kind == "decision":
        return ""
    if query.kind == "decision count":
        return _units(query.level)[0 if value == "1" else 1]
    kind = kind_of(query.measure)
    if query.column not in ("estimate", "se"):
        return ""
    if kind == "share":
        return "percent" if query.column == "estimate" else "percentage points"
    return {"persons": query.people or "persons", "households": "households"}.get(kind, "")


def kind_of(measure: str) -> str:
    """The unit of a measure as the catalogue has it ("" when it is not of the catalogue).

    Examples
    --------
    >>> kind_of("headcount"), kind_of("mean"), kind_of("H"), kind_of("my_own")
    ('share', 'money', 'share', '')
    """
    from exitline.stats.measure.catalogue import named

    try:
        return named(measure).unit
    except MeasureError:
        return "share" if measure in SHARES else ""


def quoted(name: str) -> str:
    r"""A name that data or a study chose, so that it cannot pass for other words.

    Examples
    --------
    >>> print(quoted("Tirana"), quoted('a", 2.0 %\u202e'))
    "Tirana" "a\", 2.0 %\u202e"
    """
    return '"' + visible(name).replace('"', '\\"') + '"'


def _estimate(query: Query) -> tuple[str, ...]:
    """The parts of a query on an estimate."""
    by = query.by if _PLAIN_NAME.fullmatch(query.by) else quoted(query.by)
    return (
        _COLUMNS.get(query.column, f"{quoted(query.column)} of ") + _measure(query),
        f"indicator {quoted(query.indicator)}" if query.indicator else "",
        f"line {quoted(query.line)}" if query.line else "",
        f"{by} {quoted(query.domain)}" if query.by or query.domain else "",
        f"where {quoted(query.where)}" if query.where else "",
    )


def _measure(query: Query) -> str:
    """A measure's name and what it is in words; a name of the study's own in quotes."""
    from exitline.stats.measure.catalogue import named

    try:
        label = named(query.measure).label
    except MeasureError:
        return query.measure if query.measure in SHARES else quoted(query.measure)
    label = label.replace("persons", query.people or "persons")
    return query.measure if label == query.measure else f"{visible(query.measure)} ({label})"


def _decisions(query: Query) -> tuple[str, ...]:
    """The parts of a query on decisions."""
    criterion = f"criterion {quoted(query.criterion)}" if query.criterion else ""
    model = "by figures of a model" if query.evidence == "model" else ""
    if query.kind == "decision count":
        return f"{_units(query.level)[1]} with outcome {quoted(query.outcome)}", criterion, model
    within = f" in {quoted(query.parent)}" if query.parent else ""
    return f"outcome of {query.level} {quoted(query.unit)}{within}", criterion, model


def _units(level: str) -> tuple[str, str]:
    return _UNITS.get(level, (level, f"{level}s"))
