"""What run.json says about a run in words, so that its folder can be shown by itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.api.runs.finished import Run
    from exitline.publish.report import ReportInput
    from exitline.publish.report.blocks import Naming
    from exitline.rules.standard import Criterion, ExitRule, Standard


def about(found: Run) -> dict[str, Any]:
    """The study, its lines and its standard in words.

    Parameters
    ----------
    found : Run

    Returns
    -------
    dict
        year; census (a full count or not); counted ("persons" or "households");
        unit (what a row is: "household" or "person"); outcomes (of households, in words);
        confidence, interval (of shares) and quantile_interval; levels (level: its column); lines
        (label: words), line_parts (label: what the words are made of) and money (the unit of
        amounts); areas (column: words); measures (name: label and unit); and standard: title,
        sections, criteria by level, sources.

    Examples
    --------
    >>> from exitline.api import run
    >>> import tempfile, pathlib
    >>> done = run("examples/albania-2012/study.yaml", pathlib.Path(tempfile.mkdtemp()) / "out")
    >>> about(done)["lines"]["absolute"]
    'Absolute poverty line: 4,891 lek per person per month, in prices of 2002'
    """
    from exitline.publish.content.households import household_words
    from exitline.publish.report import ReportInput
    from exitline.publish.report.blocks import (
        line_said,
        line_words,
        money_words,
        naming,
        people_of,
    )

    content, study = ReportInput.from_run(found), found.study
    labels = dict.fromkeys(block.line for block in found.estimates.blocks if block.line)
    measures = dict.fromkeys(block.measure for block in found.estimates.blocks)
    named = {name: naming(content, name) for name in measures}
    return {
        "year": study.year,
        **({"where": study.subpopulation} if study.subpopulation else {}),
        "census": study.design.exact,
        "counted": people_of(content),
        "unit": study.unit,
        "outcomes": dict(household_words(study, found.standard).outcomes),
        "confidence": study.confidence,
        "interval": study.interval,
        "quantile_interval": study.quantile_interval,
        **({} if study.figure_interval == "t" else {"figure_interval": study.figure_interval}),
        "levels": {
            level: column
            for level in ("village", "county")
            if (column := getattr(study.levels, level)) is not None
        },
        "lines": {label: line_words(content, label) for label in labels},
        "line_parts": {label: asdict(line_said(content, label)) for label in labels},
        "money": money_words(content),
        "areas": _area_names(content),
        "measures": {name: _measure(name, n) for name, n in named.items()},
        "standard": _standard(content),
    }


def _area_names(content: ReportInput) -> dict[str, str]:
    """What the columns of areas are called."""
    columns = [column for area in content.study.areas for column in area]
    columns += list(content.study.levels.named().values())
    return {column: content.area_title(column) for column in dict.fromkeys(columns)}


def _measure(name: str, words: Naming) -> dict[str, str]:
    """A measure's words, and whether it counts persons or households that have something."""
    from exitline.proof.disclose.counts import counts_of

    form, of = counts_of(name, {})
    return {
        "label": words.label, "subject": words.subject, "unit": words.unit, "counts": form,
        "of": of,
    }  # fmt: skip


def _standard(content: ReportInput) -> dict[str, Any] | None:
    """The rule file in words, with its criteria and sources."""
    standard = content.standard
    if standard is None:
        return None
    from exitline.rules.standard.describe import describe

    return {
        "title": standard.title,
        "sections": [{"title": s.title, "sentences": list(s.sentences)}
                     for s in describe(standard)],
        "criteria": {
            level: _criteria(rule)
            for level in ("village", "county")
            if (rule := standard.rule(level)) is not None
        },
        "thresholds": _thresholds(standard),
        "sources": [
            {"title": s.title, "publisher": s.publisher, "date": s.date, "url": s.url}
            for s in standard.sources.values()
        ],
    }  # fmt: skip


def _criteria(rule: ExitRule) -> dict[str, dict[str, str]]:
    """Each criterion's label, kind, whom it counts and what it asks for, by name."""
    from exitline.exits.decide.reasons import threshold_text

    found = {}
    for criterion in rule.criteria:
        asked = {
            area: threshold_text(figure.value, criterion.comparison)
            for area, figure in criterion.thresholds.items()
            if criterion.comparison is not None
        }
        words = [f"{text} ({area})" if area else text for area, text in asked.items()]
        found[criterion.name] = {
            "label": criterion.label, "rule": "; ".join(words), "kind": criterion.kind,
            "of": "poor persons" if _of_poor(criterion) else "",
        }  # fmt: skip
    return found


def _thresholds(standard: Standard) -> dict[str, list[float]]:
    """At each level, what the share of poor persons is checked against."""
    return {
        level: sorted(
            {f.value for c in rule.criteria if _of_poor(c) for f in c.thresholds.values()}
        )
        for level in ("village", "county")
        if (rule := standard.rule(level)) is not None
    }


def _of_poor(criterion: Criterion) -> bool:
    """Whether a criterion is about the share of persons who are poor."""
    poor = criterion.condition is not None and criterion.condition.text.strip() == "poor"
    return criterion.kind == "share" and criterion.unit == "persons" and poor
