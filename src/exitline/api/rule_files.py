"""The rule files that come with exitline, or one of them, in data and in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from exitline.rules.standard import Line, Standard
    from exitline.rules.standard.describe import Section


@overload
def standards(name: None = None) -> tuple[Standard, ...]: ...
@overload
def standards(name: str | Path) -> Standard: ...
def standards(name: str | Path | None = None) -> Standard | tuple[Standard, ...]:
    """The rule files that come with exitline, or one of them.

    Parameters
    ----------
    name : str or path, optional
        A shipped name, or the path of a rule file of your own: then this is also the check
        that it can be used.

    Returns
    -------
    Standard, or tuple of Standard
        All that are shipped, unless one is named.

    Raises
    ------
    RuleFileError
        For a name that is not shipped, or a file that cannot be used.

    Examples
    --------
    >>> import exitline as xl
    >>> xl.standards("china-2011-2020").jurisdiction
    'CHN'
    >>> "albania-2012" in [standard.name for standard in xl.standards()]
    True
    """
    from exitline.rules.standard import load, shipped

    return tuple(load(known) for known in shipped()) if name is None else load(name)


def in_words(standard: Standard) -> list[Section]:
    """A rule file in sentences, section by section.

    Parameters
    ----------
    standard : Standard

    Returns
    -------
    list of Section
    """
    from exitline.rules.standard.describe import describe

    return list(describe(standard))


def not_verified(standard: Standard) -> tuple[str, ...]:
    """The entries that were not read at their source.

    Parameters
    ----------
    standard : Standard

    Returns
    -------
    tuple of str
    """
    from exitline.rules.standard.describe import unverified

    return tuple(unverified(standard))


def always() -> str:
    """How a figure's period is called that has no end.

    Returns
    -------
    str
    """
    from exitline.rules.standard.lines import ALWAYS

    return str(ALWAYS)


def exit_rules(standard: Standard) -> list[Any]:
    """The exit rules that a standard has, from household to county.

    Parameters
    ----------
    standard : Standard

    Returns
    -------
    list of ExitRule
    """
    rules = (standard.household, standard.village, standard.county)
    return [rule for rule in rules if rule is not None]


def headline(standard: Standard) -> dict[str, Any]:
    """Name, place, dates and counts.

    Parameters
    ----------
    standard : Standard

    Returns
    -------
    dict
    """
    return {
        "name": standard.name,
        "title": standard.title,
        "jurisdiction": standard.jurisdiction,
        "valid_from": _day(standard.valid_from),
        "valid_to": _day(standard.valid_to),
        "lines": list(standard.lines),
        "indicators": list(standard.indicators),
        "levels": [rule.level for rule in exit_rules(standard)],
        "unverified": len(not_verified(standard)),
        "digest": standard.digest,
    }


def as_data(standard: Standard) -> dict[str, Any]:
    """Everything that is said of a rule file, for programs.

    Parameters
    ----------
    standard : Standard

    Returns
    -------
    dict
    """
    return headline(standard) | {
        "unverified": list(not_verified(standard)),
        "figures": [figure for line in standard.lines.values() for figure in _figures(line)],
        "thresholds": [one for rule in exit_rules(standard) for one in _thresholds(rule)],
        "sources": {
            s.name: {"title": s.title, "date": s.date, "url": s.url, "verified": s.verified}
            for s in standard.sources.values()
        },
        "description": [
            {"title": section.title, "sentences": list(section.sentences)}
            for section in in_words(standard)
        ],
    }


def _figures(line: Line) -> list[dict[str, Any]]:
    """The figures of a line by period."""
    return [
        {
            "line": line.name,
            "period": str(period),
            "value": figure.value,
            "unit": line.unit,
            "price_base": line.price_base,
            "boundary": line.boundary,
            "source": figure.source,
            "verified": figure.verified,
            "note": figure.note,
        }
        for period, figure in line.values.items()
    ]


def _thresholds(rule: Any) -> list[dict[str, Any]]:
    """The thresholds of a rule's criteria by class of area."""
    return [
        {
            "level": rule.level,
            "criterion": criterion.name,
            "area_class": area_class,
            "comparison": criterion.comparison,
            "value": figure.value,
            "source": figure.source,
            "verified": figure.verified and criterion.verified,
        }
        for criterion in rule.criteria
        for area_class, figure in criterion.thresholds.items()
    ]


def _day(day: date | None) -> str | None:
    """A date as text."""
    return None if day is None else day.isoformat()
