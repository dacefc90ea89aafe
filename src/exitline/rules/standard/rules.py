"""Exit rules as frozen records: criteria, open readings, rules of a level, cohorts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from exitline.errors import RuleFileError, nearest
from exitline.rules.condition import Condition
from exitline.rules.standard.lines import StandardFigure
from exitline.words.said import collected

Level = Literal["household", "village", "county"]
Comparison = Literal["below", "at_most", "above", "at_least"]
Rate = Literal["missed", "wrong", "comprehensive", "recognition"]
Unit = Literal["persons", "households"]
LEVELS: tuple[Level, ...] = ("household", "village", "county")
COMPARISON_WORDS: dict[str, str] = {
    "below": collected("below"),
    "at_most": collected("at most"),
    "above": collected("above"),
    "at_least": collected("at least"),
}
EVERYWHERE = ""


def _nothing() -> Mapping[str, Any]:
    """An empty mapping that cannot be written to."""
    return MappingProxyType({})


@dataclass(frozen=True)
class Criterion:
    """One thing an exit rule asks for.

    Parameters
    ----------
    name, label : str
        Name in tables; label for people.
    level : {"household", "village", "county"}
        Of which unit it is asked.
    kind : str
        A name of `exitline.rules.standard.criteria.CRITERIA`. A condition on the unit's own
        row (true: met); a share of the unit's persons or households for whom `condition` holds;
        the share of a county's villages that have exited; a rate found by an assessment (`rate`).
    condition : Condition or None
        For kinds "condition" and "share".
    unit : {"persons", "households"}
        What a share counts.
    comparison : {"below", "at_most", "above", "at_least"} or None
        How the value must stand to the threshold to be met; None for a condition.
    thresholds : mapping of str to StandardFigure
        By area class; the key "" means everywhere. Shares between 0 and 1.
    rate : {"missed", "wrong", "comprehensive", "recognition"} or None
        For assessments.
    denominator : str
        For assessments: of whom the rate is a share, in words.
    source : str
        Name of a source.
    verified : bool
        False where the rule was not read at its source.
    veto : bool
        True: the unit has not exited where this criterion is not met. False: reported only.
    evidence : {"full count", "sample", "either", "model"}
        What the standard accepts as evidence: "model" is either, and figures of a model.
    note : str
        What a reader should know.
    """

    name: str
    label: str
    level: Level
    kind: str
    condition: Condition | None = None
    unit: Unit = "persons"
    comparison: Comparison | None = None
    thresholds: Mapping[str, StandardFigure] = field(default_factory=_nothing)
    rate: Rate | None = None
    source: str = ""
    verified: bool = True
    veto: bool = True
    evidence: Literal["full count", "sample", "either", "model"] = "either"
    denominator: str = ""
    note: str = ""

    def threshold(self, area_class: str = EVERYWHERE) -> StandardFigure:
        """The threshold for an area class.

        Parameters
        ----------
        area_class : str
            Such as "west"; not needed where one threshold holds everywhere.

        Raises
        ------
        RuleFileError
            When the criterion has no threshold for this class.

        Examples
        --------
        >>> two = StandardFigure(0.02, "opinion", True)
        >>> criterion = Criterion("wrong", "Wrong exits", "county", "assessment",
        ...                       comparison="below", thresholds={"": two})
        >>> criterion.threshold("west").value
        0.02
        """
        if EVERYWHERE in self.thresholds:
            return self.thresholds[EVERYWHERE]
        if area_class in self.thresholds:
            return self.thresholds[area_class]
        raise RuleFileError(
            f"no threshold of '{self.name}' for the area class '{area_class}'",
            where=f"criterion {self.name}",
            expected="one of " + ", ".join(sorted(self.thresholds)) if self.thresholds else None,
            got=repr(area_class),
            remedy=nearest(area_class, self.thresholds) or "say which class each area belongs to",
        )

    def holds(self, value: float, area_class: str = EVERYWHERE) -> bool:
        """Whether a value that is known without error meets the criterion.

        Parameters
        ----------
        value : float
            A share between 0 and 1, on the same scale as the threshold.
        area_class : str
            Such as "west".

        Examples
        --------
        >>> two = StandardFigure(0.02, "opinion", True)
        >>> criterion = Criterion("wrong", "Wrong exits", "county", "assessment",
        ...                       comparison="below", thresholds={"": two})
        >>> criterion.holds(0.019), criterion.holds(0.02)
        (True, False)
        """
        threshold = self.threshold(area_class).value
        if self.comparison == "below":
            return value < threshold
        if self.comparison == "at_most":
            return value <= threshold
        if self.comparison == "above":
            return value > threshold
        if self.comparison == "at_least":
            return value >= threshold
        raise RuleFileError(
            f"the criterion '{self.name}' has no threshold to compare with",
            where=f"criterion {self.name}",
            remedy="build its condition instead",
        )


@dataclass(frozen=True)
class Reading:
    """One way to read a rule that its sources leave open.

    Parameters
    ----------
    name, label : str
        Name for the study file; label for people.
    criteria : tuple of str
        The criteria it changes.
    comparison : {"below", "at_most", "above", "at_least"} or None
        The comparison under this reading (None: as the criterion says).
    denominator : str
        The denominator under this reading ("": as the criterion says).
    thresholds : mapping of str to StandardFigure
        The thresholds under this reading (empty: as the criterion says).
    source : str
        Name of a source.
    verified : bool
        False where the reading was not read at its source.
    """

    name: str
    label: str
    criteria: tuple[str, ...]
    comparison: Comparison | None = None
    denominator: str = ""
    thresholds: Mapping[str, StandardFigure] = field(default_factory=_nothing)
    source: str = ""
    verified: bool = True

    def apply(self, criterion: Criterion) -> Criterion:
        """The criterion under this reading."""
        if criterion.name not in self.criteria:
            return criterion
        return replace(
            criterion,
            comparison=self.comparison or criterion.comparison,
            denominator=self.denominator or criterion.denominator,
            thresholds=self.thresholds or criterion.thresholds,
            verified=criterion.verified and self.verified,
        )


@dataclass(frozen=True)
class Option:
    """A rule that can be read in more than one way; the first reading is the default."""

    name: str
    label: str
    readings: tuple[Reading, ...]

    def reading(self, name: str) -> Reading:
        """The reading of this name.

        Raises
        ------
        RuleFileError
            When there is no such reading.
        """
        for reading in self.readings:
            if reading.name == name:
                return reading
        known = [reading.name for reading in self.readings]
        raise RuleFileError(
            f"the option '{self.name}' has no reading '{name}'",
            where=f"option {self.name}",
            expected="one of " + ", ".join(known),
            got=repr(name),
            remedy=nearest(name, known) or f"'{known[0]}' is the default",
        )


@dataclass(frozen=True)
class ExitRule:
    """When a household, village or county has left poverty.

    Parameters
    ----------
    level : {"household", "village", "county"}
        Of which unit.
    poor : Condition or None
        For households: who is poor. Conditions of criteria may use it as the name `poor`.
    criteria : tuple of Criterion
        What is asked for.
    confidence : float
        For samples: how sure a statement must be, between 0.5 and 1.
    rule : {"test", "point"}
        "test": the confidence bound must be beyond the threshold. "point": the estimate
        itself is compared, as official practice often is.
    area_class : str or None
        Column that says which area class a unit belongs to.
    source : str
        Name of a source.
    options : tuple of Option
        Readings to choose from; see `choose`.
    weighed : tuple of str
        What the standard asks to be considered without saying how much is enough: it is
        shown to people and decided by nobody's formula.
    procedure : tuple of str
        The steps of the procedure, in words.
    note : str
        What a reader should know.
    """

    level: Level
    poor: Condition | None
    criteria: tuple[Criterion, ...]
    confidence: float = 0.95
    rule: Literal["test", "point"] = "test"
    area_class: str | None = None
    source: str = ""
    options: tuple[Option, ...] = ()
    weighed: tuple[str, ...] = ()
    procedure: tuple[str, ...] = ()
    note: str = ""

    def criterion(self, name: str) -> Criterion:
        """The criterion of this name.

        Raises
        ------
        RuleFileError
            When there is none.
        """
        for criterion in self.criteria:
            if criterion.name == name:
                return criterion
        known = [criterion.name for criterion in self.criteria]
        raise RuleFileError(
            f"the {self.level} rule has no criterion '{name}'",
            where=self.level,
            expected="one of " + ", ".join(known),
            got=repr(name),
            remedy=nearest(name, known) or "choose one of these",
        )

    def choose(self, readings: Mapping[str, str]) -> ExitRule:
        """The rule under these readings of its open points.

        Parameters
        ----------
        readings : mapping of option name to reading name
            Options that are not named keep their first reading.

        Raises
        ------
        RuleFileError
            When there is no such option or reading.
        """
        known = {option.name: option for option in self.options}
        criteria = self.criteria
        for name, chosen in readings.items():
            if name not in known:
                raise RuleFileError(
                    f"the {self.level} rule has no option '{name}'",
                    where=self.level,
                    expected="one of " + ", ".join(known) if known else "no options",
                    got=repr(name),
                    remedy=nearest(name, known) or "leave it out",
                )
            reading = known[name].reading(chosen)
            criteria = tuple(reading.apply(criterion) for criterion in criteria)
        return replace(self, criteria=criteria)


@dataclass(frozen=True)
class Cohort:
    """Households that entered in a span of time, and the rule that belongs to them.

    Parameters
    ----------
    name, label : str
        Name for tables; label for people.
    entered_from, entered_to : date or None
        First and last day of entry (None: open).
    household : ExitRule
        Their rule.
    months : StandardFigure or None
        For how many months the rule keeps them, where the standard limits it.
    source : str
        Name of a source.
    """

    name: str
    label: str
    entered_from: date | None
    entered_to: date | None
    household: ExitRule
    months: StandardFigure | None = None
    source: str = ""

    def holds(self, entered: date) -> bool:
        """Whether a household that entered on this day belongs to the cohort."""
        after = self.entered_from is None or entered >= self.entered_from
        return after and (self.entered_to is None or entered <= self.entered_to)
