"""The standard as the study reads it, where a rule leaves a point open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from exitline.errors import RuleFileError, StudyError
from exitline.stats.data.studies.study import Study

if TYPE_CHECKING:
    from exitline.rules.standard import ExitRule, Standard


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
