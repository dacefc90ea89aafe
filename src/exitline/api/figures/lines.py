"""A study's lines in the two forms that the rooms below need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.relative_lines import RelativeLine

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.money import StudyLine


def poverty_lines_of(ready: Ready) -> list[PovertyLine | RelativeLine]:
    """The study's lines as measures take them; none where the study has no welfare.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    list of PovertyLine or RelativeLine
    """
    if ready.welfare is None:
        return []
    return [_one(line) for line in ready.data.lines]


def _one(line: StudyLine) -> PovertyLine | RelativeLine:
    """One line, in the unit of the welfare column."""
    if line.share is not None:
        return RelativeLine(line.label, line.share, line.of, line.boundary, line.within)
    if line.column is not None:
        return PovertyLine(line.label, line.column, line.boundary, line.factor)
    assert line.value is not None
    return PovertyLine(line.label, line.value, line.boundary)


def line_figures(ready: Ready) -> dict[str, Any]:
    """The figure of each line of the standard, for line('name') in conditions.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    dict of str to float
        Only the lines that the standard's conditions name.
    """
    from exitline.stats.data.money import line_value

    standard = ready.standard
    if standard is None:
        return {}
    figures: dict[str, float] = {}
    for name in sorted(_lines_in_conditions(ready)):
        line = standard.lines[name]
        if line.relative is None:
            figures[name] = line_value(ready.study, line)
        else:
            relative = RelativeLine(name, line.relative.share.value, line.relative.of)
            figures[name] = _relative_figure(ready, relative)
    return figures


def _relative_figure(ready: Ready, line: RelativeLine) -> float:
    """A share of the median or mean of the study's own welfare."""
    from exitline.api.figures.relative import resolve

    assert ready.welfare is not None
    return float(resolve(ready.table, line, ready.welfare, ready.design, ready.engine).value)


def _lines_in_conditions(ready: Ready) -> set[str]:
    """Lines that some condition of the standard refers to."""
    standard = ready.standard
    assert standard is not None
    named: set[str] = set()
    for indicator in standard.indicators.values():
        named |= indicator.deprived.lines
    for rule in (standard.household, standard.village, standard.county):
        if rule is None:
            continue
        conditions = [rule.poor, *(c.condition for c in rule.criteria)]
        for condition in conditions:
            named |= condition.lines if condition is not None else frozenset()
    return named
