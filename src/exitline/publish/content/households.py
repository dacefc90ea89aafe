"""What may be said of households by outcome: exits only of those who were poor before.

A cross-section sees who is above a line, not who has left poverty. Only where a study says who
was poor, or registered as poor, before (`was_poor`), has a household met an exit rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.rules.standard import ExitRule, Standard
    from exitline.stats.data.studies.study import Study


@dataclass(frozen=True)
class HouseholdWords:
    """Words for a study's households by outcome.

    Attributes
    ----------
    followed : bool
        Whether the study says who was poor before.
    title : str
        Over a table of the outcomes.
    outcomes : mapping of outcome to str
        "met", "not met" and "cannot tell", as they are read.
    meaning : str
        How outcomes come about, in two sentences.
    share : str
        What the share of the first outcome is of: "of households are above the line".
    """

    followed: bool
    title: str
    outcomes: Mapping[str, str]
    meaning: str
    share: str


def household_words(
    study: Study, standard: Standard | None, t: Language = ENGLISH
) -> HouseholdWords:
    """The words for a study's households by outcome.

    Parameters
    ----------
    study : Study
    standard : Standard or None
    t : Language
        The reader's.

    Returns
    -------
    HouseholdWords

    Examples
    --------
    >>> from exitline.stats.data import load_study
    >>> from exitline.rules.standard import load
    >>> said = household_words(load_study("examples/albania-2012/study.yaml"), load("albania-2012"))
    >>> said.outcomes["met"], said.outcomes["not met"]
    ('above the line', 'below the line')
    """
    from exitline.stats.data.roles import WAS_POOR, declared

    rows = t("persons") if study.unit == "person" else t("households")
    cannot = {"cannot tell": t("cannot tell yet")}
    open_ = t("Where a value is missing that could decide, one cannot tell yet.")
    if WAS_POOR in declared(study):
        meaning = t(
            "Of the {rows} that were poor or registered before: one has met the rule where "
            "every criterion is met, and has not where any is not.",
            rows=rows,
        )
        return HouseholdWords(
            True, t("Who meets the exit rule"),
            {"met": t("met"), "not met": t("not met"), **cannot}, t.sentences(meaning, open_),
            t("of the {rows} that were poor or registered before meet the exit rule", rows=rows),
        )  # fmt: skip
    if _by_line(standard.household if standard is not None else None):
        words = {"met": t("above the line"), "not met": t("below the line")}
        share = t("of {rows} are above the line", rows=rows)
    else:
        words = {"met": t("every criterion is met"), "not met": t("a criterion does not hold")}
        share = t("of {rows} fulfil every criterion", rows=rows)
    meaning = t(
        "Nobody was followed: this says where {rows} stand, not who left poverty.", rows=rows
    )
    title = t("Where {rows} stand", rows=rows)
    return HouseholdWords(False, title, {**words, **cannot}, t.sentences(meaning, open_), share)


def _by_line(rule: ExitRule | None) -> bool:
    """Whether a rule asks for nothing but welfare above a line."""
    if rule is None or rule.poor is None or not rule.poor.lines:
        return False
    asked = [c.condition.columns for c in rule.criteria if c.condition is not None]
    return rule.poor.columns <= {"welfare"} and all(c <= {"welfare", "poor"} for c in asked)
