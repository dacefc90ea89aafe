"""What answers hold: their fields, and how each is made of what the explorer holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures.catalogue import ALL, Catalogue, or_none
from exitline.words.recognising import as_part
from exitline.words.said import Text, say

if TYPE_CHECKING:
    from exitline.publish.explorer.model import (
        DecidedCriterion,
        DecisionSet,
        Explorer,
        ShownFigure,
        StandsApart,
    )

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


class AnswerRecord(Schema):
    """What an answer, or each of its rows, holds: every field is always there, and no other."""

    model_config = ConfigDict(extra="forbid")


def says(words: str) -> Any:
    """What a field is, in words."""
    return Field(description=words)


class LevelAnswer(AnswerRecord):
    """A kind of area."""

    key: str = says("Name of the level in requests.")
    title: str = says(f"One area of the kind, {_LANGUAGE}.")
    many: str = says(f"Several of them, {_LANGUAGE}.")
    within: str = says('The level it lies in; "all" for everything together.')
    areas: int = says("How many areas it has.")


class AreaAnswer(AnswerRecord):
    """An area."""

    id: str = says('Name of the area in requests: level:key, or "all".')
    key: str = says("Its key in the data; empty for everything together.")
    label: str = says(f"Its name, {_LANGUAGE}.")
    level: str = says("Key of its level.")
    within: str | None = says("Id of the area it lies in.")
    x: float | None = says("Position in a picture: column, or 0 (west) to 1.")
    y: float | None = says("Position in a picture: row, or 0 (north) to 1.")


class SeriesAnswer(AnswerRecord):
    """A measure at a line."""

    key: str = says("Name of the series in requests.")
    measure: str = says(f"What is measured, {_LANGUAGE}.")
    line: str | None = says(f"The poverty line, {_LANGUAGE}.")
    unit: str = says("percent, persons, households, money, index, number or areas.")
    unit_words: str = says(f"The unit, {_LANGUAGE}.")
    sampled: bool = says("False for a full count, which has no intervals.")
    confidence: float | None = says("Of the intervals, in percent; null for a full count.")
    threshold: float | None = says("An exit rule's threshold for it, in its unit.")
    edges: list[float] = says("Edges of the classes that colour shows.")


class EstimateAnswer(AnswerRecord):
    """A figure as it may be published."""

    series: str = says("Key of its series.")
    measure: str = says(f"What is measured, {_LANGUAGE}.")
    line: str | None = says(f"The poverty line, {_LANGUAGE}.")
    unit: str = says(f"The unit, {_LANGUAGE}.")
    year: str = says("The year.")
    level: str = says('Key of the area\'s level; "all" for everything together.')
    area: str = says("Id of the area.")
    area_key: str = says("The area's key in the data.")
    area_label: str = says(f"The area's name, {_LANGUAGE}.")
    value: float | None = says(
        "The figure in its unit (percent: 0 to 100), rounded; null for none."
    )
    low: float | None = says("Lower end of the interval.")
    high: float | None = says("Upper end of the interval.")
    confidence: float | None = says("Of the interval, in percent; null where there is none.")
    text: str = says("The figure as it is to be read.")
    interval: str = says("The interval as it is to be read; empty where there is none.")
    n: int | None = says("Households it rests on.")
    status: Literal["shown", "suppressed", "cannot-tell", "no-interval"] = says(
        "Whether it is shown: suppressed protects a small count, cannot-tell is no figure."
    )
    status_words: str = says(f"The same, {_LANGUAGE}.")
    reason: str | None = says("Why there is no figure or no interval.")
    claim: str | None = says("First letters of the id of the claim that it is bound to.")


Outcome = Literal["met", "not-met", "left", "listed", "cannot-tell"]


class DecisionAnswer(AnswerRecord):
    """An area checked against one criterion, or against all."""

    level: str = says("Key of the level.")
    year: str = says("The year.")
    area: str = says("Id of the area.")
    area_key: str = says("The area's key in the data.")
    area_label: str = says(f"The area's name, {_LANGUAGE}.")
    criterion: str = says('Key of the criterion; "overall" for the outcome of all.')
    criterion_label: str = says(f"The criterion, {_LANGUAGE}.")
    rule: str | None = says("What is required.")
    outcome: Outcome = says("The outcome.")
    outcome_words: str = says(f"The outcome, {_LANGUAGE}.")
    observed: str | None = says("What was observed, as it is to be read.")
    suppressed: bool = says("Whether figures are left out to protect a small count.")
    reason: str | None = says("Why, in a sentence.")


class OutcomeCountAnswer(AnswerRecord):
    """How many areas of a level have an outcome."""

    level: str = says("Key of the level.")
    year: str = says("The year.")
    criterion: str = says('Key of the criterion; "overall" for the outcome of all.')
    criterion_label: str = says(f"The criterion, {_LANGUAGE}.")
    outcome: Outcome = says("The outcome.")
    outcome_words: str = says(f"The outcome, {_LANGUAGE}.")
    areas: int = says("How many areas, those not listed included.")


class FindingAnswer(AnswerRecord):
    """Who stands apart among the areas of a level."""

    series: str = says("Key of the series.")
    year: str = says("The year.")
    level: str = says("Key of the areas' level.")
    within: str = says('Id of the area that they lie in; "all" for all of them.')
    finding: str = says(f"What the comparison of the areas bears out, {_LANGUAGE}.")
    beside: str | None = says(
        "How many lie above or below the overall figure; null where nothing is compared."
    )


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


def finding_row(
    found: Catalogue, row: tuple[int, int, StandsApart], language: str
) -> dict[str, Any]:
    """A finding, with the positions of its series and its year, as a record."""
    series, year, said = row
    return {
        "series": found.shown.series[series].key,
        "year": found.shown.years[year],
        "level": found.shown.levels[said.level].key,
        "within": found.ids[said.scope] if said.scope else ALL,
        "finding": in_language(said.finding, language),
        "beside": or_none(said.beside, language),
    }


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
