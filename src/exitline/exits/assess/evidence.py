"""What an assessment found: households visited, the county's counts, and how to read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from exitline.errors import DataError, ExitlineError, nearest
from exitline.exits.decide.clusters import DEFAULT_ICC, check_confidence, check_icc, check_rate
from exitline.words.said import say, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.exits.decide.decision import Comparison

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RateName = Literal["missed", "wrong", "comprehensive", "recognition"]
Denominator = Literal["surveyed", "villages"]
Boundary = Literal["declared", "strict", "inclusive"]

REGISTERED, EXITED, UNREGISTERED = 0, 1, 2
GROUPS = ("registered", "exited", "unregistered")


class AssessmentError(ExitlineError):
    """An assessment whose rule, reading or counts contradict each other."""


@dataclass(frozen=True)
class Visits:
    """Households visited in one county, one entry each.

    Parameters
    ----------
    group : int array, shape (n,)
        0 registered as poor, 1 exited, 2 never registered.
    village, stratum : int arrays, shape (n,)
        Codes from 0; a village belongs to one stratum.
    weight : float array, shape (n,)
        Design weight: how many households of its group this one stands for.
    size : float array, shape (n,)
        Persons in the household.
    error : float array, shape (n,)
        1 where an exited household was found not to have met the standard, or an
        unregistered one to be poor; 0 where not; NaN where it could not be verified.
        Ignored for registered households.
    approves : float array, shape (n,)
        1 approves, 0 does not, NaN was not asked or gave no answer.
    village_weight : float array, shape (n,), optional
        How many villages the household's village stands for; only for the reading
        ``denominator="villages"``.
    village_unregistered : float array, shape (n,), optional
        Unregistered persons who live in the household's village; same use.

    Raises
    ------
    DataError
        When lengths differ or a value is out of range.
    """

    group: Ints
    village: Ints
    stratum: Ints
    weight: Floats
    size: Floats
    error: Floats
    approves: Floats
    village_weight: Floats | None = None
    village_unregistered: Floats | None = None

    def __post_init__(self) -> None:
        _check_lengths(self)
        _check_values("weight", self.weight, "above 0", self.weight > 0)
        _check_values("size", self.size, "at least 1 person", self.size >= 1)
        for name, values in (("error", self.error), ("approves", self.approves)):
            zero_or_one = np.isnan(values) | (values == 0) | (values == 1)
            _check_values(name, np.nan_to_num(values), "0, 1 or missing", zero_or_one)
        _check_one_stratum(self.village, self.stratum)

    @property
    def n(self) -> int:
        """Households visited."""
        return len(self.group)


@dataclass(frozen=True)
class County:
    """What the registry and the population count say of one county, in persons.

    Parameters
    ----------
    name : str
    rural_population : float
    registered : float
        Persons registered as poor and not exited.
    exited : float
        Persons of exited households.
    unregistered : float, optional
        All others; by default the rural population less the two.
    area_class : str
        Such as "west", where thresholds differ.

    Raises
    ------
    AssessmentError
        When a count is negative or they exceed the rural population.

    Examples
    --------
    >>> County("A", rural_population=100_000, registered=900, exited=9_100).others
    90000
    """

    name: str
    rural_population: float
    registered: float
    exited: float
    unregistered: float | None = None
    area_class: str = ""

    def __post_init__(self) -> None:
        counts = (self.rural_population, self.registered, self.exited, self.others)
        if not all(math.isfinite(count) and count >= 0 for count in counts):
            raise self._refused("counts that are there and not negative")
        if self.rural_population <= 0:
            raise self._refused("a rural population above 0")
        if self.registered + self.exited + self.others > self.rural_population * (1 + 1e-9):
            raise self._refused("registered, exited and unregistered within the rural population")

    @property
    def others(self) -> float:
        """Persons never registered."""
        if self.unregistered is not None:
            return self.unregistered
        return self.rural_population - self.registered - self.exited

    def _refused(self, expected: str) -> AssessmentError:
        return AssessmentError(
            "the county's counts contradict each other",
            where=f"county {self.name}",
            expected=expected,
            got=f"rural population {self.rural_population:g}, registered {self.registered:g}, "
            f"exited {self.exited:g}, unregistered {self.others:g}",
            remedy="count persons, not households, at the same date in all four",
        )


@dataclass(frozen=True)
class RateCriterion:
    """One rate and the threshold it is checked against.

    Parameters
    ----------
    name : str
    rate : {"missed", "wrong", "comprehensive", "recognition"}
    comparison : {"below", "at_most", "above", "at_least"}
    threshold : float
        A share between 0 and 1.
    veto : bool
        Whether the county cannot meet the rule without it.
    denominator : {"surveyed", "villages"}
        Of the missed rate, see `EvidenceReading`.
    """

    name: str
    rate: RateName
    comparison: Comparison
    threshold: float
    veto: bool = True
    denominator: Denominator = "surveyed"

    def __post_init__(self) -> None:
        check_rate(self.threshold, f"threshold of {self.name}")
        if self.rate not in get_args(RateName):
            raise AssessmentError(
                f"an assessment has no rate '{self.rate}'",
                where=f"criterion {self.name}",
                expected="one of " + ", ".join(get_args(RateName)),
                got=repr(self.rate),
                remedy=nearest(str(self.rate), get_args(RateName)) or "choose one of these",
            )


@dataclass(frozen=True)
class EvidenceReading:
    """How the open points of the rule are read.

    Parameters
    ----------
    denominator : {"declared", "surveyed", "villages"}
        Of the missed rate: as the criterion says; the unregistered people who were surveyed
        (weighted); or all unregistered people of the sampled villages, surveyed or not. The
        comprehensive incidence extrapolates by weight from those surveyed unless this says
        "villages".
    boundary : {"declared", "strict", "inclusive"}
        As the criterion says; or every rate must be strictly beyond its threshold
        ("must be below 2 %"); or may equal it ("above 2 % fails").
    unit : {"persons", "households"}
        What the missed and the wrong-exit rate count.
    no_answer : {"excluded", "against"}
        Households that were not asked or did not answer leave recognition's denominator,
        or count as not approving.
    rule : {"test", "point"}
        "test": the one-sided bound must be beyond the threshold. "point": the bare
        estimate is compared.

    Examples
    --------
    >>> EvidenceReading(denominator="villages").words()
    'missed rate over all unregistered people of the sampled villages'
    >>> EvidenceReading().words()
    'as declared'
    """

    denominator: Literal["declared", "surveyed", "villages"] = "declared"
    boundary: Boundary = "declared"
    unit: Literal["persons", "households"] = "persons"
    no_answer: Literal["excluded", "against"] = "excluded"
    rule: Literal["test", "point"] = "test"

    def words(self) -> str:
        """The differences from the default reading, in words."""
        parts = []
        if self.denominator == "surveyed":
            parts.append(say("missed rate over the unregistered people surveyed"))
        if self.denominator == "villages":
            parts.append(say("missed rate over all unregistered people of the sampled villages"))
        if self.boundary == "strict":
            parts.append(say("rates must be strictly beyond their thresholds"))
        if self.boundary == "inclusive":
            parts.append(say("rates may equal their thresholds"))
        if self.unit == "households":
            parts.append(say("households, not persons, are counted"))
        if self.no_answer == "against":
            parts.append(say("no answer counts as not approving"))
        if self.rule == "point":
            parts.append(say("the bare estimate is compared"))
        return together(*parts, sign="; ") if parts else say("as declared")

    def comparison(self, declared: Comparison) -> Comparison:
        """A criterion's comparison under this reading."""
        strict: dict[Comparison, Comparison] = {"at_most": "below", "at_least": "above"}
        inclusive: dict[Comparison, Comparison] = {"below": "at_most", "above": "at_least"}
        if self.boundary == "strict":
            return strict.get(declared, declared)
        if self.boundary == "inclusive":
            return inclusive.get(declared, declared)
        return declared


@dataclass(frozen=True)
class Assumptions:
    """What the statements rest on besides the data.

    Parameters
    ----------
    confidence : float
        One-sided, for each criterion.
    icc : float
        Intra-village correlation of errors that the plan declared.
    icc_by_rate : mapping of rate name to float
        Where a rate has its own (recognition, say).
    guard : bool
        Where the data speak strongly against the declared correlation (errors so crowded in
        few villages that it has a chance below 1 %), use the observed one.
    full_count : bool
        Everyone was visited: no sampling error, values are compared exactly.
    """

    confidence: float = 0.95
    icc: float = DEFAULT_ICC
    icc_by_rate: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    guard: bool = True
    full_count: bool = False

    def __post_init__(self) -> None:
        check_confidence(self.confidence)
        for icc in (self.icc, *self.icc_by_rate.values()):
            check_icc(icc)

    def icc_of(self, rate: str) -> float:
        """The declared correlation of one rate."""
        return self.icc_by_rate.get(rate, self.icc)


def _check_lengths(visits: Visits) -> None:
    """All arrays have one entry per household, and there is at least one."""
    arrays = {name: value for name, value in vars(visits).items() if value is not None}
    lengths = {name: len(value) for name, value in arrays.items()}
    if len(set(lengths.values())) != 1 or visits.n == 0:
        raise DataError(
            "the assessment's columns cannot be used together",
            expected="at least one household, one entry in every column",
            got=", ".join(f"{name} {length}" for name, length in lengths.items()),
            remedy="give one row for each household visited",
        )


def _check_values(name: str, values: Floats, expected: str, good: NDArray[np.bool_]) -> None:
    """Refuse values out of range, by count and never by household."""
    bad = int((~(good & np.isfinite(values))).sum())
    if bad:
        raise DataError(
            f"'{name}' has values that cannot be",
            where=f"column {name}",
            expected=expected,
            got=f"{bad} of {len(values)} households with something else",
            remedy="correct them at the source; do not drop the households",
        )


def _check_one_stratum(village: Ints, stratum: Ints) -> None:
    """A village lies in one stratum."""
    pairs = np.unique(np.column_stack([village, stratum]), axis=0)
    several = len(pairs) - len(np.unique(village))
    if several:
        raise DataError(
            "a village lies in more than one stratum",
            where="columns village and stratum",
            expected="one stratum for each village",
            got=f"{several} {'village' if several == 1 else 'villages'} too many",
            remedy="strata divide villages (poor or not, say), not households",
        )
