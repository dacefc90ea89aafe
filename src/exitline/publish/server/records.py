"""What rows of the API hold: their fields, and how each is made of what the explorer holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from exitline.publish.explorer.texts import in_language
from exitline.publish.server.catalogue import ALL, Catalogue, or_none
from exitline.publish.server.declare import MAYBE_TEXT, NUMBER, TEXT, WHOLE, AnswerRecord, Field
from exitline.words.recognising import as_part
from exitline.words.said import Text, say

if TYPE_CHECKING:
    from exitline.publish.explorer.model import DecidedCriterion, DecisionSet, Explorer, ShownFigure

STATUS = ("shown", "suppressed", "cannot-tell", "no-interval")
"""Status of a figure, in the order of its codes."""
STATUS_WORDS = (
    say("shown"),
    say("suppressed"),
    say("cannot tell yet"),
    say("shown; no interval can be given"),
)
OVERALL = "overall"
_PLACE = re.compile(r"\{(\d+)\}")
_LANGUAGE = "in the language of the answer"

LEVEL = AnswerRecord("Level", "A kind of area.", (
    Field("key", TEXT, "Name of the level in requests."),
    Field("title", TEXT, f"One area of the kind, {_LANGUAGE}."),
    Field("many", TEXT, f"Several of them, {_LANGUAGE}."),
    Field("within", TEXT, "The level it lies in; \"all\" for everything together."),
    Field("areas", WHOLE, "How many areas it has."),
))  # fmt: skip
AREA = AnswerRecord("Area", "An area.", (
    Field("id", TEXT, "Name of the area in requests: level:key, or \"all\"."),
    Field("key", TEXT, "Its key in the data; empty for everything together."),
    Field("label", TEXT, f"Its name, {_LANGUAGE}."),
    Field("level", TEXT, "Key of its level."),
    Field("within", MAYBE_TEXT, "Id of the area it lies in."),
    Field("x", NUMBER, "Position in a picture: column, or 0 (west) to 1."),
    Field("y", NUMBER, "Position in a picture: row, or 0 (north) to 1."),
))  # fmt: skip
SERIES = AnswerRecord("Series", "A measure at a line.", (
    Field("key", TEXT, "Name of the series in requests."),
    Field("measure", TEXT, f"What is measured, {_LANGUAGE}."),
    Field("line", MAYBE_TEXT, f"The poverty line, {_LANGUAGE}."),
    Field("unit", TEXT, "percent, persons, households, money, index, number or areas."),
    Field("unit_words", TEXT, f"The unit, {_LANGUAGE}."),
    Field("sampled", {"type": "boolean"}, "False for a full count, which has no intervals."),
    Field("confidence", NUMBER, "Of the intervals, in percent; null for a full count."),
    Field("threshold", NUMBER, "An exit rule's threshold for it, in its unit."),
    Field("edges", {"type": "array", "items": {"type": "number"}},
          "Edges of the classes that colour shows."),
))  # fmt: skip
_AREA = (
    Field("area", TEXT, "Id of the area."),
    Field("area_key", TEXT, "The area's key in the data."),
    Field("area_label", TEXT, f"The area's name, {_LANGUAGE}."),
)
ESTIMATE = AnswerRecord("Estimate", "A figure as it may be published.", (
    Field("series", TEXT, "Key of its series."),
    Field("measure", TEXT, f"What is measured, {_LANGUAGE}."),
    Field("line", MAYBE_TEXT, f"The poverty line, {_LANGUAGE}."),
    Field("unit", TEXT, f"The unit, {_LANGUAGE}."),
    Field("year", TEXT, "The year."),
    Field("level", TEXT, "Key of the area's level; \"all\" for everything together."),
    *_AREA,
    Field("value", NUMBER, "The figure in its unit (percent: 0 to 100), rounded; null for none."),
    Field("low", NUMBER, "Lower end of the interval."),
    Field("high", NUMBER, "Upper end of the interval."),
    Field("confidence", NUMBER, "Of the interval, in percent; null where there is none."),
    Field("text", TEXT, "The figure as it is to be read."),
    Field("interval", TEXT, "The interval as it is to be read; empty where there is none."),
    Field("n", {"type": ["integer", "null"]}, "Households it rests on."),
    Field("status", {"type": "string", "enum": list(STATUS)},
          "Whether it is shown: suppressed protects a small count, cannot-tell is no figure."),
    Field("status_words", TEXT, f"The same, {_LANGUAGE}."),
    Field("reason", MAYBE_TEXT, "Why there is no figure or no interval."),
    Field("claim", MAYBE_TEXT, "First letters of the id of the claim that it is bound to."),
))  # fmt: skip


_CRITERION = (
    Field("criterion", TEXT, 'Key of the criterion; "overall" for the outcome of all.'),
    Field("criterion_label", TEXT, f"The criterion, {_LANGUAGE}."),
)


def _outcome_fields(outcomes: tuple[str, ...]) -> tuple[Field, ...]:
    """An outcome by its name, and in words."""
    return (
        Field("outcome", {"type": "string", "enum": list(outcomes)}, "The outcome."),
        Field("outcome_words", TEXT, f"The outcome, {_LANGUAGE}."),
    )


def decision_record(outcomes: tuple[str, ...]) -> AnswerRecord:
    """What a decision holds, with the outcomes that there are.

    Parameters
    ----------
    outcomes : tuple of str
        Of `outcome_names`.
    """
    return AnswerRecord("Decision", "An area checked against one criterion, or against all.", (
        Field("level", TEXT, "Key of the area's level."),
        Field("year", TEXT, "The year."),
        *_AREA,
        *_CRITERION,
        Field("rule", MAYBE_TEXT, "What is required."),
        *_outcome_fields(outcomes),
        Field("observed", MAYBE_TEXT, "What was observed, as it is to be read."),
        Field("suppressed", {"type": "boolean"},
              "Whether figures are left out to protect a small count."),
        Field("reason", MAYBE_TEXT, "Why, in a sentence."),
    ))  # fmt: skip


def count_record(outcomes: tuple[str, ...]) -> AnswerRecord:
    """How many areas have an outcome, with the outcomes that there are.

    Parameters
    ----------
    outcomes : tuple of str
        Of `outcome_names`.
    """
    return AnswerRecord("OutcomeCount", "How many areas of a level have an outcome.", (
        Field("level", TEXT, "Key of the level."),
        Field("year", TEXT, "The year."),
        *_CRITERION,
        *_outcome_fields(outcomes),
        Field("areas", WHOLE, "How many areas, those not listed included."),
    ))  # fmt: skip


def outcome_names(shown: Explorer) -> tuple[str, str, str]:
    """Outcomes in requests. Of a record nobody's rule was checked, so none is "met".

    Examples
    --------
    >>> from exitline.api.exploring import build
    >>> outcome_names(build(["examples/china-832/explorer.yaml"]))
    ('left', 'listed', 'cannot-tell')
    """
    if shown.kind == "record":
        return ("left", "listed", "cannot-tell")
    return ("met", "not-met", "cannot-tell")


def level_row(found: Catalogue, level: int, language: str) -> dict[str, Any]:
    """A level as a record."""
    it = found.shown.levels[level]
    return {
        "key": it.key,
        "title": in_language(it.title, language),
        "many": in_language(it.many, language),
        "within": found.shown.levels[it.within].key if it.within >= 0 else ALL,
        "areas": len(found.of_level[it.key]),
    }


def area_row(found: Catalogue, area: int, language: str) -> dict[str, Any]:
    """An area as a record."""
    it = found.shown.areas[area]
    return {
        "id": found.ids[area],
        "key": it.key,
        "label": in_language(it.label, language),
        "level": found.level_key(area),
        "within": found.ids[it.within] if it.within >= 0 else None,
        "x": it.x,
        "y": it.y,
    }


def series_row(found: Catalogue, series: int, language: str) -> dict[str, Any]:
    """A series as a record."""
    it = found.shown.series[series]
    return {
        "key": it.key,
        "measure": in_language(it.label, language),
        "line": or_none(it.line, language),
        "unit": it.unit,
        "unit_words": in_language(it.unit_words, language),
        "sampled": it.sampled,
        "confidence": it.level if it.sampled else None,
        "threshold": it.threshold,
        "edges": list(it.edges),
    }


def estimate_row(
    found: Catalogue, row: tuple[int, int, ShownFigure], language: str
) -> dict[str, Any]:
    """A figure, with the positions of its series and its year, as a record."""
    series, year, cell = row
    it = found.shown.series[series]
    return {
        "series": it.key,
        "measure": in_language(it.label, language),
        "line": or_none(it.line, language),
        "unit": in_language(it.unit_words, language),
        "year": found.shown.years[year],
        "level": found.level_key(cell.area),
        **_area_names(found, cell.area, language),
        "value": cell.value,
        "low": cell.low,
        "high": cell.high,
        "confidence": it.level if it.sampled and cell.low is not None else None,
        "text": in_language(cell.text, language),
        "interval": in_language(cell.interval, language),
        "n": cell.n,
        "status": STATUS[cell.status],
        "status_words": in_language(STATUS_WORDS[cell.status], language),
        "reason": or_none(cell.reason, language),
        "claim": cell.claim or None,
    }


def decision_row(
    found: Catalogue, row: tuple[DecisionSet, int, int], language: str
) -> dict[str, Any]:
    """A decision, by its set, criterion and position, as a record; there is an outcome."""
    decided, criterion, position = row
    asked = decided.criteria[criterion]
    judged = decided.judged[criterion][position]
    assert judged.outcome is not None
    return {
        "level": found.shown.levels[decided.level].key,
        "year": found.shown.years[decided.year],
        **_area_names(found, decided.areas[position], language),
        **_criterion(asked, language),
        "rule": or_none(asked.rule, language),
        **_outcome(found, judged.outcome, language),
        "observed": judged.text or None,
        "suppressed": judged.hidden,
        "reason": reason_of(judged.reason, found.shown.templates, language) or None,
    }


def count_row(found: Catalogue, row: tuple[DecisionSet, int, int], language: str) -> dict[str, Any]:
    """How many areas have an outcome, by set, criterion and outcome, as a record."""
    decided, criterion, outcome = row
    return {
        "level": found.shown.levels[decided.level].key,
        "year": found.shown.years[decided.year],
        **_criterion(decided.criteria[criterion], language),
        **_outcome(found, outcome, language),
        "areas": decided.counts[criterion][outcome],
    }


def _criterion(asked: DecidedCriterion, language: str) -> dict[str, str]:
    """A criterion's key and label."""
    return {
        "criterion": asked.key or OVERALL,
        "criterion_label": in_language(asked.label, language),
    }


def _outcome(found: Catalogue, outcome: int, language: str) -> dict[str, str]:
    """An outcome by its name, and in words."""
    return {
        "outcome": outcome_names(found.shown)[outcome],
        "outcome_words": in_language(found.shown.outcomes[outcome], language),
    }


def _area_names(found: Catalogue, area: int, language: str) -> dict[str, str]:
    """An area's id, key and name."""
    it = found.shown.areas[area]
    return {
        "area": found.ids[area],
        "area_key": it.key,
        "area_label": in_language(it.label, language),
    }


def reason_of(reason: Any, templates: tuple[Text, ...], language: str) -> str:
    """A reason as a sentence: a text, or a template's position and what stands in it.

    Parameters
    ----------
    reason : text, or list of the position and the parts
    templates : tuple of text
    language : str

    Examples
    --------
    >>> reason_of([0, "2.4", "521"], ({"en": "{0} % of {1}", "zh": "{1}户的{0}%"},), "zh")
    '521户的2.4%'
    """
    if not isinstance(reason, list):
        return in_language(reason, language)
    parts = [in_language(as_part(str(part)), language) for part in reason[1:]]
    pattern = in_language(templates[int(reason[0])], language)
    return _PLACE.sub(lambda place: parts[int(place.group(1))], pattern)
