"""The assessment criteria that a standard declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.exits.assess.evidence import AssessmentError, RateCriterion
from exitline.stats.data.readers.declaring import choose

if TYPE_CHECKING:
    from exitline.rules.standard.model import Criterion, ExitRule, Standard


def criteria_of(rule: ExitRule, area_class: str = "") -> tuple[RateCriterion, ...]:
    """The assessment criteria of a standard's county rule.

    Parameters
    ----------
    rule : ExitRule
        The county rule, with its readings chosen.
    area_class : str
        Which of the thresholds applies.

    Returns
    -------
    tuple of RateCriterion

    Raises
    ------
    AssessmentError
        When the rule asks for no assessment.
    RuleFileError
        When there is no threshold for the area class.
    """
    found = tuple(
        _as_rate(criterion, area_class)
        for criterion in rule.criteria
        if criterion.kind == "assessment" and criterion.rate and criterion.comparison
    )
    if not found:
        raise AssessmentError(
            "the rule asks for no assessment",
            where=rule.level,
            expected="a criterion of kind 'assessment'",
            got=", ".join(c.name for c in rule.criteria) or "no criteria",
            remedy="choose a standard whose county rule has rates found by an assessment",
        )
    return found


def rate_criterion(standard: Standard, rate: str, area_class: str = "") -> RateCriterion:
    """One rate of a standard's county rule.

    Parameters
    ----------
    standard : Standard
    rate : {"missed", "wrong", "comprehensive", "recognition"}
    area_class : str

    Returns
    -------
    RateCriterion

    Raises
    ------
    AssessmentError
        When the standard has no county rule, or that asks for no such rate.

    Examples
    --------
    >>> from exitline.rules.standard import load
    >>> rate_criterion(load("china-2011-2020"), "recognition").threshold
    0.9
    """
    if standard.county is not None:
        for criterion in standard.county.criteria:
            if criterion.kind == "assessment" and criterion.rate == rate and criterion.comparison:
                return _as_rate(criterion, area_class)
    raise AssessmentError(
        f"the standard's county rule has no rate '{rate}'",
        where=standard.name,
        expected="a criterion of kind 'assessment' with this rate",
        got="no county rule" if standard.county is None else "other criteria",
        remedy="choose another standard, or give "
        + choose("threshold= and comparison=", "--threshold and --comparison"),
    )


def _as_rate(criterion: Criterion, area_class: str) -> RateCriterion:
    """A standard's criterion with one threshold."""
    assert criterion.rate is not None
    assert criterion.comparison is not None
    return RateCriterion(
        criterion.name,
        criterion.rate,
        criterion.comparison,
        criterion.threshold(area_class).value,
        criterion.veto,
        "villages" if _of_villages(criterion) else "surveyed",
    )


def _of_villages(criterion: Criterion) -> bool:
    """Whether a missed rate is declared as a share of all people of the sampled villages."""
    words = criterion.denominator.casefold()
    return criterion.rate == "missed" and "village" in words and "survey" not in words
