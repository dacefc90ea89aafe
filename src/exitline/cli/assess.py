"""`exitline assess`: three rates and one degree, met, not met, or cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from exitline.cli import numbers, show
from exitline.cli.reading import reads_data
from exitline.cli.rows import read_rows

if TYPE_CHECKING:
    from exitline.exits.assess.assessment import Assessment, Judgement
    from exitline.exits.assess.assessment_table import Roles
    from exitline.exits.assess.evidence import Assumptions, County, Reading, Visits
    from exitline.exits.assess.readings import Answer
    from exitline.rules.standard.model import ExitRule

ROLES = (
    "county", "group", "village", "stratum", "weight", "size", "error", "approves",
    "village_weight", "village_unregistered",
)  # fmt: skip


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
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as JSON.")
@reads_data
def command(visits: str, as_json: bool, reading: dict[str, Any], **given: Any) -> None:
    """Judge every county."""
    from exitline.exits.assess.assessment_table import counties_from, roles_in, visits_by_county
    from exitline.rules.standard import load
    from exitline.stats.data.readers import open_each

    rule = _rule(load(given["standard"]).county, given)
    said = _columns(given["column"])
    places = (said.county, said.group, said.village, said.stratum or "stratum")
    visited, counted = open_each([visits, given["counts"]], **reading)
    table = read_rows(visited, places)
    found = visits_by_county(table, roles_in(table.column_names, said))
    counties = _matched(found, counties_from(read_rows(counted, ["county"])))
    chosen, assumptions = _reading(rule, given), _assumptions(rule, given)
    if given["what_if"]:
        _what_if(found, counties, rule, chosen, assumptions, as_json=as_json)
    else:
        _assess(found, counties, rule, chosen, assumptions, as_json=as_json)


def _rule(rule: ExitRule | None, given: Mapping[str, Any]) -> ExitRule:
    """The standard's county rule under the readings chosen."""
    from exitline.exits.assess.evidence import AssessmentError

    if rule is None:
        raise AssessmentError(
            "the standard has no county rule", where=given["standard"],
            expected="one with rates found by an assessment", got="none",
            remedy="choose another standard; `exitline standards` lists them",
        )  # fmt: skip
    return rule.choose(_pairs(given["readings"], "--reading"))


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE texts as a mapping."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"'{text}' is not NAME=VALUE", param_hint=option)
        pairs[name] = value
    return pairs


def _columns(texts: Sequence[str]) -> Roles:
    """Roles with the columns that have another name."""
    from exitline.exits.assess.assessment_table import Roles

    named = _pairs(texts, "--column")
    unknown = sorted(set(named) - set(ROLES))
    if unknown:
        raise click.BadParameter(
            f"there is no role '{unknown[0]}'; roles are {', '.join(ROLES)}",
            param_hint="--column",
        )
    return Roles(**named)


def _matched(visits: Mapping[str, Visits], counties: Mapping[str, County]) -> dict[str, County]:
    """Counts for every county with visits."""
    from exitline.exits.assess.evidence import AssessmentError

    if list(visits) == [""] and len(counties) == 1:
        return {"": next(iter(counties.values()))}
    lacking = [name for name in visits if name not in counties]
    if lacking:
        raise AssessmentError(
            "some counties have visits but no counts",
            where=", ".join(lacking[:5]) or "the only county",
            expected="one row of counts for each county visited",
            got=f"{len(lacking)} without",
            remedy="add their rows to --counts, with the same names",
        )
    return {name: counties[name] for name in visits}


def _reading(rule: ExitRule, given: Mapping[str, Any]) -> Reading:
    """How open points that the standard does not name are read."""
    from exitline.exits.assess.evidence import Reading

    return Reading(
        unit=given["unit"], no_answer=given["no_answer"], rule=given["rule"] or rule.rule
    )


def _assumptions(rule: ExitRule, given: Mapping[str, Any]) -> Assumptions:
    """Confidence and correlations."""
    from exitline.exits.assess.evidence import Assumptions

    own = given["icc_recognition"]
    return Assumptions(
        confidence=rule.confidence,
        icc=given["icc"],
        icc_by_rate={} if own is None else {"recognition": own},
        full_count=given["full_count"],
    )


def _assess(
    visits: Mapping[str, Visits], counties: Mapping[str, County], rule: ExitRule,
    reading: Reading, assumptions: Assumptions, *, as_json: bool,
) -> None:  # fmt: skip
    """One judgement for each county."""
    from exitline.exits.assess.assessment import assess
    from exitline.exits.assess.assessment_table import decision_rows
    from exitline.exits.assess.rate_rules import criteria_of

    found = [
        assess(visits[name], county, criteria_of(rule, county.area_class), reading, assumptions)
        for name, county in counties.items()
    ]
    if as_json:
        show.as_json(decision_rows(found))
        return
    for assessment in found:
        _show(assessment)


def _show(assessment: Assessment) -> None:
    """One county."""
    name = assessment.county.name or "the county"
    show.table(
        f"{name}: {_said(assessment.outcome)}",
        ("criterion", "outcome", "rate (what decides)", "households", "cases"),
        [
            (j.criterion.name, _said(j.outcome),
             _rate(j, assessment.reading.rule),
             f"{j.n:,}", j.cases)
            for j in assessment.judgements
        ],
        right=(3, 4),
    )  # fmt: skip
    for judged in assessment.judgements:
        show.note(f"  {judged.criterion.name}: {judged.reason}")
        if judged.holds_to_icc == judged.holds_to_icc:
            show.note(
                f"    would stand up to an intra-village correlation of {judged.holds_to_icc:.3g} "
                f"(judged at {judged.icc:.3g})"
            )


def _rate(judged: Judgement, rule: str) -> str | None:
    """A rate and the one bound that its outcome rests on."""
    from exitline.exits.decide.bound_text import decided_on
    from exitline.exits.decide.reasons import percent

    if not judged.n:
        return None
    limit = judged.criterion.threshold
    shown = percent(judged.value, limit)
    if rule == "point" or judged.low == judged.high:
        return shown
    edge = decided_on(judged.outcome, judged.low, judged.high, limit, judged.comparison)
    return f"{shown} ({edge})"


def _said(outcome: str) -> str:
    """An outcome in the words that people read."""
    return "cannot tell yet" if outcome == "cannot tell" else outcome


def _what_if(
    visits: Mapping[str, Visits], counties: Mapping[str, County], rule: ExitRule,
    reading: Reading, assumptions: Assumptions, *, as_json: bool,
) -> None:  # fmt: skip
    """Every reading, side by side."""
    from exitline.exits.assess.readings import usable, variants_of_rule, what_if

    everything = []
    for name, county in counties.items():
        mine = visits[name]
        variants = variants_of_rule(rule, county.area_class, reading)
        answers = what_if(mine, county, variants, assumptions)
        everything += [_answer(county, answer) for answer in answers]
        if not as_json and not usable(variants[0], mine):
            show.note("the rule as declared needs village_weight and village_unregistered")
        if not as_json:
            _show_answers(county, answers)
    if as_json:
        show.as_json(everything)


def _answer(county: County, answer: Answer) -> dict[str, Any]:
    """An answer as JSON-ready values."""
    return {
        "unit": county.name,
        "reading": answer.variant.label,
        "outcome": answer.assessment.outcome,
        "criteria": {
            j.criterion.name: {"outcome": j.outcome, "value": j.value, "low": j.low, "high": j.high}
            for j in answer.assessment.judgements
        },
    }


def _show_answers(county: County, answers: Sequence[Answer]) -> None:
    """One county under every reading, and what differs from the first."""
    if not answers:
        show.note(f"{county.name}: the visits lack the columns that every reading needs")
        return
    first = answers[0]
    show.table(
        f"{county.name or 'the county'}: what if the rule were read another way",
        ("reading", "county", "what differs"),
        [
            (a.variant.label, _said(a.assessment.outcome), _changes(first, a) if a is not first
             else "; ".join(_outcomes(a)))
            for a in answers
        ],
    )  # fmt: skip


def _outcomes(answer: Answer) -> list[str]:
    """Every criterion with its outcome."""
    return [f"{j.criterion.name} {_said(j.outcome)}" for j in answer.assessment.judgements]


def _changes(first: Answer, other: Answer) -> str | None:
    """The criteria whose outcome is another one."""
    changed = [a for a in _outcomes(other) if a not in _outcomes(first)]
    return "; ".join(changed) or None
