"""Counties judged by their assessment: met, not met, or cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exitline.api.runs.opening import read_rows
from exitline.errors import ArgumentError, unknown
from exitline.words.said import Numeral, Told, say
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.exits.assess.assessment import Assessment, CriterionResult
    from exitline.exits.assess.assessment_table import Roles
    from exitline.exits.assess.evidence import Assumptions, County, EvidenceReading, Visits
    from exitline.exits.assess.readings import Answer
    from exitline.rules.standard import Standard
    from exitline.rules.standard.model import ExitRule

ROLES = (
    "county", "group", "village", "stratum", "weight", "size", "error", "approves",
    "village_weight", "village_unregistered",
)  # fmt: skip


@dataclass(frozen=True)
class Assessed(ShownResult):
    """What the assessment says of every county.

    Attributes
    ----------
    assessments : tuple of Assessment
        One for each county, with outcome and judgements; with `what_if`, of the counties whose
        visits allow the rule as declared.
    answers : tuple of (County, tuple of Answer, bool)
        With `what_if`: the same evidence under every reading, and whether the visits allow
        the rule as declared.
    standard : str
        Its title.
    """

    assessments: tuple[Assessment, ...]
    answers: tuple[tuple[County, tuple[Answer, ...], bool], ...] = ()
    standard: str = ""

    def rows(self) -> list[dict[str, Any]]:
        """Decisions, or answers under every reading, as rows of plain values."""
        from exitline.exits.assess.assessment_table import decision_rows

        if not self.answers:
            return decision_rows(list(self.assessments))
        return [_answer(county, one) for county, found, _ in self.answers for one in found]

    def to_pandas(self) -> pd.DataFrame:
        """Decisions, or answers under every reading, one in a row."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def assess(
    visits: Any,
    *,
    counts: Any,
    standard: Standard | str,
    readings: Mapping[str, str] | None = None,
    unit: Literal["persons", "households"] = "persons",
    no_answer: Literal["excluded", "against"] = "excluded",
    rule: Literal["test", "point"] | None = None,
    icc: float = 0.05,
    icc_recognition: float | None = None,
    full_count: bool = False,
    what_if: bool = False,
    column: Mapping[str, str] | None = None,
) -> Assessed:
    """Judge counties by their assessment: missed, wrongly exited, comprehensive, recognition.

    Parameters
    ----------
    visits : path or table
        One row for each household visited.
    counts : path or table
        One row for each county: rural_population, registered and exited persons.
    standard : Standard, or name or path of a rule file
        Whose county rule decides.
    readings : mapping of option to reading, optional
        Of the standard's options.
    unit : {"persons", "households"}
        What missed and wrong-exit rates count.
    no_answer : {"excluded", "against"}
        Households that did not say.
    rule : {"test", "point"}, optional
        Bounds, or the bare estimate; as the standard unless given.
    icc, icc_recognition : float
        Intra-village correlation that the plan declared; that of recognition, if another.
    full_count : bool
        Everyone was visited.
    what_if : bool
        The same evidence under every other reading.
    column : mapping of role to column, optional
        Where a column of the visits has another name: ``{"size": "hhsize"}``.

    Returns
    -------
    Assessed

    Raises
    ------
    AssessmentError, DataError, RuleFileError
        When the sample, its counts or the rule do not allow a judgement.

    Examples
    --------
    >>> import exitline as xl
    >>> found = xl.assess("examples/assessment/visits.parquet", standard="china-2011-2020",
    ...                   counts="examples/assessment/counts.csv")
    >>> {one.outcome for one in found.assessments} <= {"met", "not met", "cannot tell"}
    True
    """
    from exitline.exits.assess.assessment_table import counties_from, roles_in, visits_by_county

    declared, told = _rule(standard, readings or {})
    said = _roles(column or {})
    places = (said.county, said.group, said.village, said.stratum or "stratum")
    table = read_rows(visits, places)
    found = visits_by_county(table, roles_in(table.column_names, said))
    counties = _matched(found, counties_from(read_rows(counts, ["county"])))
    reading, assumptions = _terms(
        declared, unit, no_answer, rule, icc, icc_recognition, full_count=full_count
    )
    if what_if:
        answers = _answers(found, counties, declared, reading, assumptions)
        return Assessed(tuple(a[0].assessment for _, a, whole in answers if whole), answers, told)
    return Assessed(_judged(found, counties, declared, reading, assumptions), standard=told)


def _rule(standard: Standard | str, readings: Mapping[str, str]) -> tuple[ExitRule, str]:
    """The standard's county rule under the readings chosen, and the standard's title."""
    from exitline.exits.assess.evidence import AssessmentError
    from exitline.rules.standard import load

    loaded = load(standard) if isinstance(standard, str) else standard
    if loaded.county is None:
        raise AssessmentError(
            "the standard has no county rule",
            where=standard if isinstance(standard, str) else standard.name,
            expected="one with rates found by an assessment", got="none",
            remedy="choose another standard; `exitline standards` lists them",
        )  # fmt: skip
    return loaded.county.choose(dict(readings)), loaded.title


def _roles(column: Mapping[str, str]) -> Roles:
    """Roles with the columns that have another name."""
    from exitline.exits.assess.assessment_table import Roles

    for name in column:
        if name not in ROLES:
            raise unknown("role", name, ROLES, error=ArgumentError, where="column")
    return Roles(**column)


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


def _terms(
    declared: ExitRule, unit: Any, no_answer: Any, rule: Any, icc: float, own: float | None, *,
    full_count: bool,
) -> tuple[EvidenceReading, Assumptions]:  # fmt: skip
    """How open points that the standard does not name are read; confidence and correlations."""
    from exitline.exits.assess.evidence import Assumptions, EvidenceReading

    assumptions = Assumptions(
        confidence=declared.confidence, icc=icc,
        icc_by_rate={} if own is None else {"recognition": own}, full_count=full_count,
    )  # fmt: skip
    return EvidenceReading(unit=unit, no_answer=no_answer, rule=rule or declared.rule), assumptions


def _judged(
    visits: Mapping[str, Visits], counties: Mapping[str, County], rule: ExitRule,
    reading: EvidenceReading, assumptions: Assumptions,
) -> tuple[Assessment, ...]:  # fmt: skip
    """One judgement for each county."""
    from exitline.exits.assess.assessment import assess as judge
    from exitline.exits.assess.rate_rules import criteria_of

    return tuple(
        judge(visits[name], county, criteria_of(rule, county.area_class), reading, assumptions)
        for name, county in counties.items()
    )


def _answers(
    visits: Mapping[str, Visits], counties: Mapping[str, County], rule: ExitRule,
    reading: EvidenceReading, assumptions: Assumptions,
) -> tuple[tuple[County, tuple[Answer, ...], bool], ...]:  # fmt: skip
    """Every county under every reading."""
    from exitline.exits.assess.readings import usable, variants_of_rule, what_if

    found = []
    for name, county in counties.items():
        variants = variants_of_rule(rule, county.area_class, reading)
        answers = what_if(visits[name], county, variants, assumptions)
        found.append((county, tuple(answers), usable(variants[0], visits[name])))
    return tuple(found)


def _answer(county: County, answer: Answer) -> dict[str, Any]:
    """An answer as plain values."""
    return {
        "unit": county.name,
        "reading": answer.variant.label,
        "outcome": answer.assessment.outcome,
        "criteria": {
            j.criterion.name: {"outcome": j.outcome, "value": j.value, "low": j.low, "high": j.high}
            for j in answer.assessment.judgements
        },
    }


def rate_named(judged: CriterionResult) -> Told:
    """What the rate of a criterion counts, in the words of the page.

    Parameters
    ----------
    judged : CriterionResult

    Returns
    -------
    Told
    """
    from exitline.publish.report.findings.assessed import rate_words

    return Told(rate_words(judged))


def rate_in_words(judged: CriterionResult, rule: str) -> str | None:
    """A rate and the one bound that its outcome rests on; nothing where nobody was visited.

    Parameters
    ----------
    judged : CriterionResult
    rule : {"test", "point"}
        That of the reading.

    Returns
    -------
    str or None
    """
    from exitline.exits.decide.bound_text import decided_on
    from exitline.exits.decide.reasons import percent

    if not judged.n:
        return None
    limit = judged.criterion.threshold
    shown = percent(judged.value, limit)
    if rule == "point" or judged.low == judged.high:
        return shown
    edge = decided_on(judged.outcome, judged.low, judged.high, limit, judged.comparison)
    return say("{text} ({what})", text=Numeral(shown), what=edge)
