"""The nouns of a rule file, as frozen records: what a standard says, dated and sourced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from exitline.errors import RuleFileError, nearest
from exitline.rules.condition import Condition
from exitline.rules.standard.bands import Bands
from exitline.rules.standard.lines import Line, StandardFigure, Uprating
from exitline.rules.standard.rules import (
    COMPARISON_WORDS,
    EVERYWHERE,
    LEVELS,
    Cohort,
    Comparison,
    Criterion,
    ExitRule,
    Level,
    Option,
    Rate,
    Reading,
    Unit,
)

MissingRule = Literal["deprived", "not deprived", "excluded"]
__all__ = [
    "COMPARISON_WORDS",
    "EVERYWHERE",
    "LEVELS",
    "Cohort",
    "Column",
    "Comparison",
    "Criterion",
    "Cutoff",
    "Derivation",
    "ExitRule",
    "Indicator",
    "Level",
    "MissingRule",
    "Option",
    "Rate",
    "Reading",
    "SourceRef",
    "Standard",
    "Unit",
]


def _nothing() -> Mapping[str, Any]:
    """An empty mapping that cannot be written to."""
    return MappingProxyType({})


@dataclass(frozen=True)
class SourceRef:
    """Where a rule or figure was read.

    Parameters
    ----------
    name : str
        How the rule file refers to it.
    title : str
        Title of the law, page or paper.
    date, url, publisher, note : str
        As far as known ("" otherwise).
    verified : bool
        Whether the source itself was read for this file. Figures from a source that was
        not are never shown as verified.
    """

    name: str
    title: str
    date: str = ""
    url: str = ""
    publisher: str = ""
    note: str = ""
    verified: bool = True


@dataclass(frozen=True)
class Derivation:
    """How a column follows from others that data may hold instead.

    Parameters
    ----------
    formula : Condition
        Over the columns below; a study can use its text as it stands.
    columns : mapping of str to Column
        What the formula needs.
    source : str
        Name of a source.
    verified : bool
    note : str
    """

    formula: Condition
    columns: Mapping[str, Column]
    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True)
class Column:
    """A column that the conditions of a standard need.

    Parameters
    ----------
    name : str
        As conditions call it; a study says which of its own columns it is.
    meaning : str
        What it holds, in a sentence.
    kind : {"number", "truth", "text"}
        What values it has.
    unit : str
        For numbers: unit and period.
    level : {"household", "village", "county"}
        Of which unit it speaks.
    values : tuple of str
        For texts: the values that conditions know, if they are listed.
    derived : Derivation or None
        How it follows from other columns, for data that have those instead.
    """

    name: str
    meaning: str
    kind: Literal["number", "truth", "text"]
    unit: str = ""
    level: Level = "household"
    values: tuple[str, ...] = ()
    derived: Derivation | None = None


@dataclass(frozen=True)
class Indicator:
    """One deprivation.

    Parameters
    ----------
    name, label : str
        Name in conditions and tables; label for people.
    deprived : Condition
        True for a household that is deprived.
    missing : {"deprived", "not deprived", "excluded"}
        What a household counts as where the condition is missing. Excluded: its state
        stays missing, and so does its score.
    weight : Fraction or None
        Share in the deprivation score, exact; None where the standard has no score.
    dimension : str
        The dimension it belongs to ("" where the standard has none).
    source : str
        Name of a source.
    verified : bool
        False where the rule was not read at its source.
    note : str
        What a reader should know.
    """

    name: str
    label: str
    deprived: Condition
    missing: MissingRule
    weight: Fraction | None
    source: str
    verified: bool
    dimension: str = ""
    note: str = ""


@dataclass(frozen=True)
class Cutoff:
    """From which deprivation score, or number of deprivations, a name applies.

    Parameters
    ----------
    name, label : str
        Such as "poor" or "severe".
    of : {"score", "deprivations"}
        The weighted score (0 to 1), or the number of deprivations.
    at_least : Fraction
        The lowest value it applies to.
    figure : StandardFigure
        The same as a float, with its source.
    """

    name: str
    label: str
    of: Literal["score", "deprivations"]
    at_least: Fraction
    figure: StandardFigure


@dataclass(frozen=True)
class Standard:
    """A dated rule file: lines, deprivation indicators, exit rules, and their sources.

    Made by `exitline.rules.standard.load`.

    Parameters
    ----------
    name, title, jurisdiction : str
        Jurisdiction: ISO 3166-1 alpha-3 code, or a name such as "world" or "EU".
    valid_from, valid_to : date or None
        First and last day (None: open).
    sources : mapping of str to SourceRef
    columns : mapping of str to Column
        What the conditions need.
    lines : mapping of str to Line
    upratings : mapping of str to Uprating
    indicators : mapping of str to Indicator
    cutoffs : mapping of str to Cutoff
    bands : mapping of str to Bands
    area_classes : mapping of str to str
        Name of each class and what it is.
    household, village, county : ExitRule or None
    cohorts : tuple of Cohort
    note : str
    path : Path or None
        The file it was read from.
    digest : str
        SHA-256 of its content (layout and comments do not count), as hexadecimal digits.
    text : str
        The file as it stands.
    """

    name: str
    title: str
    jurisdiction: str
    valid_from: date | None = None
    valid_to: date | None = None
    sources: Mapping[str, SourceRef] = field(default_factory=_nothing)
    columns: Mapping[str, Column] = field(default_factory=_nothing)
    lines: Mapping[str, Line] = field(default_factory=_nothing)
    upratings: Mapping[str, Uprating] = field(default_factory=_nothing)
    indicators: Mapping[str, Indicator] = field(default_factory=_nothing)
    cutoffs: Mapping[str, Cutoff] = field(default_factory=_nothing)
    bands: Mapping[str, Bands] = field(default_factory=_nothing)
    area_classes: Mapping[str, str] = field(default_factory=_nothing)
    household: ExitRule | None = None
    village: ExitRule | None = None
    county: ExitRule | None = None
    cohorts: tuple[Cohort, ...] = ()
    note: str = ""
    path: Path | None = None
    digest: str = ""
    text: str = field(default="", repr=False)

    def rule(self, level: Level) -> ExitRule | None:
        """The exit rule of a level, if the standard has one."""
        rules: dict[Level, ExitRule | None] = {
            "household": self.household,
            "village": self.village,
            "county": self.county,
        }
        return rules[level]

    def line(self, name: str) -> Line:
        """The line of this name.

        Raises
        ------
        RuleFileError
            When there is none.
        """
        if name in self.lines:
            return self.lines[name]
        raise RuleFileError(
            f"the standard {self.name} has no line '{name}'",
            where=self.name,
            expected="one of " + ", ".join(self.lines) if self.lines else "no lines",
            got=repr(name),
            remedy=nearest(name, self.lines) or "see exitline standards " + self.name,
        )

    def cohort(self, entered: date) -> Cohort | None:
        """The cohort of a household that entered on this day, if the standard has one."""
        return next((cohort for cohort in self.cohorts if cohort.holds(entered)), None)
