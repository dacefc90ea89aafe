"""Does the study fit the standard: years, units, levels, and what the standard has verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exitline.errors import RuleFileError, StudyError
from exitline.stats.data.checking.findings import Finding, Severity
from exitline.stats.data.money import StudyLine
from exitline.stats.data.studies.study import Study
from exitline.words.said import Told, collected, say

if TYPE_CHECKING:
    from exitline.rules.standard import ExitRule, Line, Standard

PERIOD = collected("say which it is with 'period: day', month or year")
PER = collected("add 'equivalence' if welfare is the household's total")
PPP = collected("add 'ppp' if welfare is in local currency")
PRICES = collected(
    "say so with 'prices: YEAR', or deflate welfare or uprate the line with 'prices'"
)


def standard_findings(
    study: Study, standard: Standard, lines: Sequence[StudyLine]
) -> tuple[Finding, ...]:
    """What does not fit, or should be known, about a study under a standard.

    Parameters
    ----------
    study : Study
    standard : Standard
    lines : sequence of StudyLine
        The lines that the study uses.

    Returns
    -------
    tuple of Finding
    """
    named = [use.name for use in study.lines if use.name in standard.lines]
    used = [standard.lines[name] for name in named if name is not None] or (
        list(standard.lines.values()) if not study.lines else []
    )
    return (
        *_year(study, standard),
        *_units(study, used),
        *_unverified(study, lines),
        *_levels(study, standard),
    )


def _year(study: Study, standard: Standard) -> list[Finding]:
    """The survey's year lies in the standard's span of validity."""
    first, last = standard.valid_from, standard.valid_to
    year = study.year
    if year is None or ((not first or year >= first.year) and (not last or year <= last.year)):
        return []
    text = say(
        "the study is of {year}, the standard {what} applies from {first} to {last}",
        year=str(year), what=standard.name, first=first or say("the beginning"),
        last=last or say("now"),
    )  # fmt: skip
    remedy = say("choose the standard of that time")
    return [Finding("warning", say("year"), text, study.where("year"), 0, remedy)]


def _units(study: Study, lines: Sequence[Line]) -> list[Finding]:
    """Period, currency and prices of the lines against those of welfare."""
    where = study.where("lines" if study.lines else "standard")
    absolute = [line for line in lines if line.relative is None]
    cases: list[tuple[Severity, str, str, str, list[Line]]] = []
    taken: str
    if study.period is None:
        for period in dict.fromkeys(line.period for line in absolute):
            same = [line for line in absolute if line.period == period]
            taken = say("per {period}", period=Told(period))
            cases.append(("note", say("unit"), taken, PERIOD, same))
    if study.equivalence is None:
        for per in dict.fromkeys(line.per for line in absolute if line.per != "person"):
            same = [line for line in absolute if line.per == per]
            taken = say("per {period}", period=Told(per))
            cases.append(("note", say("unit"), taken, PER, same))
    if study.ppp is None:
        dollars = [line for line in absolute if line.currency == "PPP"]
        taken = say("in international dollars")
        cases.append(("note", say("unit"), taken, PPP, dollars))
    for base in dict.fromkeys(line.price_base for line in absolute if line.uprating is None):
        if base is not None and base != _prices_of_welfare(study):
            same = [line for line in absolute if line.price_base == base]
            taken = say("in prices of {year}", year=str(base))
            cases.append(("warning", say("prices"), taken, PRICES, same))
    return [
        Finding(severity, check, _taken(text, same), where, 0, remedy)
        for severity, check, text, remedy, same in cases
        if same
    ]


def _prices_of_welfare(study: Study) -> int | None:
    """The year whose prices a line must be in to stand beside welfare."""
    declared = study.prices.line_year if study.prices is not None else None
    return declared if declared is not None else study.year


def _taken(text: str, lines: Sequence[Line]) -> str:
    """As what welfare is taken, and which lines say so."""
    names = ", ".join(f"'{line.name}'" for line in lines)
    if len(lines) == 1:
        return say("welfare is taken to be {text}, as the line {names} is", text=text, names=names)
    return say("welfare is taken to be {text}, as the lines {names} are", text=text, names=names)


def _unverified(study: Study, lines: Sequence[StudyLine]) -> list[Finding]:
    """Figures of the standard that were not read at their source."""
    return [
        Finding("note", say("unverified"), say("the figure of the line '{line}' was not read at "
                "its source", line=line.label), study.where("standard"), 0,
                say("see `exitline standards`"))
        for line in lines
        if not line.verified
    ]  # fmt: skip


def _levels(study: Study, standard: Standard) -> list[Finding]:
    """The decision chain needs to know where a household lives."""
    wanted = {"village": standard.village is not None, "county": standard.county is not None}
    rules = (standard.village, standard.county)
    wanted["area_class"] = any(rule is not None and rule.area_class for rule in rules)
    known = set(study.levels.named()) | set(study.columns)
    return [
        Finding("warning", say("levels"), say("the standard decides by {level}, and the study does "
                "not say which column that is: no such decisions are made",
                level=Told(name.replace("_", " "))),
                study.where("levels"), 0, say("add {column} to 'levels'", column=name))
        for name, needed in wanted.items()
        if needed and name not in known
    ]  # fmt: skip


def choose_readings(study: Study, standard: Standard) -> Standard:
    """The standard with the readings that the study chose.

    Parameters
    ----------
    study : Study
    standard : Standard

    Returns
    -------
    Standard
        The same one where the study chooses nothing.

    Raises
    ------
    StudyError
        For a level without a rule, or an option or reading that the rule has not.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> from exitline.rules.standard import load
    >>> study = parse_study('''
    ... study: a
    ... data: {households: a.csv}
    ... readings: {county: {missed-threshold: one-percent}}
    ... ''')
    >>> chosen = choose_readings(study, load("china-2011-2020"))
    >>> chosen.county.criterion("missed").threshold().value
    0.01
    """
    rules: dict[str, ExitRule | None] = {
        "household": standard.household,
        "village": standard.village,
        "county": standard.county,
    }
    for level, readings in study.readings.items():
        rule = rules[level]
        where = study.where(f"readings.{level}")
        if rule is None:
            raise StudyError(
                f"the standard {standard.name} has no rule for a {level}",
                where=where,
                expected="one of " + ", ".join(name for name, one in rules.items() if one),
                got=level,
                remedy="remove these readings",
            )
        rules[level] = _chosen(rule, dict(readings), where)
    return replace(
        standard, household=rules["household"], village=rules["village"], county=rules["county"]
    )


def _chosen(rule: ExitRule, readings: dict[str, str], where: str) -> ExitRule:
    """A rule under its readings; what it refuses is told with the study's place."""
    try:
        return rule.choose(readings)
    except RuleFileError as reason:
        raise StudyError(
            reason.what,
            where=where,
            expected=reason.expected,
            got=reason.got,
            remedy=reason.remedy,
        ) from reason
