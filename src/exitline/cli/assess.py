"""`exitline assess`: three rates and one degree, met, not met, or cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import paged, save_page
from exitline.cli.shared.speaking import reader
from exitline.words.said import Numeral, Said, Told, say, together

if TYPE_CHECKING:
    from exitline.api.deciding.assessing import Assessed
    from exitline.exits.assess.assessment import Assessment, CriterionResult
    from exitline.exits.assess.evidence import County
    from exitline.exits.assess.readings import Answer


@click.command(
    "assess",
    help="""Judge counties by their assessment: missed, wrongly exited, comprehensive, recognition.

VISITS has one row for each household visited; --counts one row for each county with
its rural_population, registered and exited persons. A county meets the rule only if
every criterion is met with the declared confidence.

Examples:

\b
  exitline assess examples/assessment/visits.parquet \\
      --counts examples/assessment/counts.csv --standard china-2011-2020 \\
      --reading missed-denominator=surveyed-unregistered
  exitline assess examples/assessment/visits.parquet \\
      --counts examples/assessment/counts.csv --standard china-2011-2020 --what-if
""",
)
@click.argument("visits")
@click.option("--counts", required=True, type=click.Path(), help="Counts of every county.")
@click.option("--standard", required=True, help="Whose county rule decides.")
@click.option("--reading", "readings", multiple=True, metavar="OPTION=READING",
              help="Of the standard's options; repeatable.")  # fmt: skip
@click.option("--unit", type=click.Choice(["persons", "households"]), default="persons",
              show_default=True, help="What missed and wrong-exit rates count.")  # fmt: skip
@click.option("--no-answer", type=click.Choice(["excluded", "against"]), default="excluded",
              show_default=True, help="Households that did not say.")  # fmt: skip
@click.option("--rule", type=click.Choice(["test", "point"]),
              help="Bounds, or the bare estimate.  [default: as the standard]")  # fmt: skip
@click.option("--icc", type=numbers.SHARE, default=0.05, show_default=True,
              help="Intra-village correlation that the plan declared.")  # fmt: skip
@click.option("--icc-recognition", type=numbers.SHARE, help="That of recognition, if another.")
@click.option("--full-count", is_flag=True, help="Everyone was visited.")
@click.option("--what-if", is_flag=True, help="The same evidence under every other reading.")
@click.option("--column", multiple=True, metavar="ROLE=COLUMN",
              help="Where a column has another name: size=hhsize; repeatable.")  # fmt: skip
@paged
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as JSON.")
@reads_data
def command(
    visits: str, page: Path | None, as_json: bool, reading: dict[str, Any], **given: Any
) -> None:  # fmt: skip
    """Judge every county."""
    from exitline import api
    from exitline.api.runs.opening import open_together

    given |= {"readings": pairs_of(given["readings"], "--reading"), "column": _columns(given)}
    paged_or_asked = given["what_if"] or page is not None
    visited, counted = open_together([visits, given.pop("counts")], **reading)
    told = found = api.assess(visited, counts=counted, **{**given, "what_if": paged_or_asked})
    if page is not None and not given["what_if"]:
        whole = len(told.assessments) == len(told.answers)
        found = replace(told, answers=()) if whole else api.assess(visited, counts=counted, **given)
    if as_json:
        show.as_json(found.rows())
    elif given["what_if"]:
        _show_what_if(found)
    else:
        for i, assessment in enumerate(found.assessments):
            if i:
                show.note("")
            show_assessment(assessment)
    save_page(told, page, quiet=as_json)


def pairs_of(texts: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE texts as a mapping."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"'{text}' is not NAME=VALUE", param_hint=option)
        pairs[name] = value
    return pairs


def _columns(given: Mapping[str, Any]) -> dict[str, str]:
    """Roles with the columns that have another name."""
    from exitline.api.deciding.assessing import ROLES

    named = pairs_of(given["column"], "--column")
    unknown = sorted(set(named) - set(ROLES))
    if unknown:
        raise click.BadParameter(
            f"there is no role '{unknown[0]}'; roles are {', '.join(ROLES)}",
            param_hint="--column",
        )
    return named


def show_assessment(assessment: Assessment) -> None:
    """One county."""
    from exitline.api.deciding.assessing import rate_in_words, rate_named

    show.table(
        _of_county(assessment.county, _said(assessment.outcome)),
        ("criterion", "outcome", "rate (what decides)", "households", "cases"),
        [
            (rate_named(j), _said(j.outcome),
             rate_in_words(j, assessment.reading.rule),
             f"{j.n:,}", j.cases)
            for j in assessment.judgements
        ],
        right=(3, 4),
    )  # fmt: skip
    show.points(
        together(say("{name}: {reason}", name=rate_named(judged), reason=judged.reason),
                 _robust(judged), sign="; ")
        for judged in assessment.judgements
    )  # fmt: skip


def _robust(judged: CriterionResult) -> str:
    """Up to which correlation within villages the outcome would be the same."""
    if judged.holds_to_icc != judged.holds_to_icc:
        return ""
    return say(
        "would stay the same up to an intra-village correlation of {n} (judged at {m})",
        n=Numeral(f"{judged.holds_to_icc:.3g}"), m=Numeral(f"{judged.icc:.3g}"),
    )  # fmt: skip


def _said(outcome: str) -> Told:
    """An outcome in the words that people read."""
    return Told("cannot tell yet" if outcome == "cannot tell" else outcome)


def _of_county(county: County, what: str) -> Said:
    """A title that names the county, where it has a name."""
    if county.name:
        return say("{name}: {what}", name=county.name, what=what)
    return say("the county: {what}", what=what)


def _show_what_if(found: Assessed) -> None:
    """Every reading, side by side."""
    for county, answers, usable in found.answers:
        if not usable:
            show.note("the rule as declared needs village_weight and village_unregistered")
        _show_answers(county, answers)


def _show_answers(county: County, answers: Sequence[Answer]) -> None:
    """One county under every reading, and what differs from the first."""
    if not answers:
        show.note(_of_county(county, say("the visits lack the columns that every reading needs")))
        return
    first = answers[0]
    show.table(
        _of_county(county, say("what if the rule were read another way")),
        ("reading", "county", "what differs"),
        [
            (Told(a.variant.label), _said(a.assessment.outcome),
             _changes(first, a) if a is not first else _listed(_outcomes(a)))
            for a in answers
        ],
    )  # fmt: skip


def _outcomes(answer: Answer) -> list[Said]:
    """Every criterion with its outcome."""
    from exitline.api.deciding.assessing import rate_named

    return [
        say("{name} {outcome}", name=rate_named(j), outcome=_said(j.outcome))
        for j in answer.assessment.judgements
    ]


def _listed(outcomes: Sequence[Said]) -> str:
    """Criteria with their outcomes, in the reader's language."""
    return reader().joined(reader().of(one) for one in outcomes)


def _changes(first: Answer, other: Answer) -> str | None:
    """The criteria whose outcome is another one."""
    changed = [a for a in _outcomes(other) if a not in _outcomes(first)]
    return _listed(changed) or None
