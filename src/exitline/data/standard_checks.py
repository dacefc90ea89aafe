"""Does the study fit the standard: years, units, levels, and what the standard has verified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exitline.data.findings import Finding
from exitline.data.money import StudyLine
from exitline.data.study import Study

if TYPE_CHECKING:
    from exitline.standard import Line, Standard


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
        *(found for line in used for found in _unit(study, line)),
        *_unverified(study, lines),
        *_levels(study, standard),
    )


def _year(study: Study, standard: Standard) -> list[Finding]:
    """The survey's year lies in the standard's span of validity."""
    first, last = standard.valid_from, standard.valid_to
    year = study.year
    if year is None or ((not first or year >= first.year) and (not last or year <= last.year)):
        return []
    span = f"{first or 'the beginning'} to {last or 'now'}"
    return [
        Finding("warning", "year", f"the study is of {year}, the standard {standard.name} holds "
                f"from {span}", study.where("year"), 0, "choose the standard of that time")
    ]  # fmt: skip


def _unit(study: Study, line: Line) -> list[Finding]:
    """Period, prices and currency of a line against those of welfare."""
    where = study.where("lines" if study.lines else "standard")
    if line.relative is not None:
        return []
    found = []
    if study.period is None:
        found.append(
            Finding("note", "unit", f"welfare is taken to be per {line.period}, as the line "
                    f"'{line.name}' is", where, 0, "add 'period: day, month or year'")
        )  # fmt: skip
    if line.currency == "PPP" and study.ppp is None:
        found.append(
            Finding("note", "unit", f"welfare is taken to be in international dollars, as the "
                    f"line '{line.name}' is", where, 0, "add 'ppp' if it is in local currency")
        )  # fmt: skip
    constant = line.price_base is not None and line.uprating is None and study.prices is None
    if constant and study.year != line.price_base:
        found.append(
            Finding("warning", "prices", f"the line '{line.name}' is in prices of "
                    f"{line.price_base}; welfare is taken to be, too", where, 0,
                    "add 'prices' to deflate welfare or uprate the line")
        )  # fmt: skip
    return found


def _unverified(study: Study, lines: Sequence[StudyLine]) -> list[Finding]:
    """Figures of the standard that were not read at their source."""
    return [
        Finding("note", "unverified", f"the figure of the line '{line.label}' was not read at "
                "its source", study.where("standard"), 0, "see `exitline standards`")
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
        Finding("warning", "levels", f"the standard decides by {name.replace('_', ' ')}, and the "
                "study does not say which column that is: no such decisions are made",
                study.where("levels"), 0, f"add {name} to 'levels'")
        for name, needed in wanted.items()
        if needed and name not in known
    ]  # fmt: skip
