"""From the visits of one county to its four rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.assess.evidence import EXITED, UNREGISTERED, AssessmentError
from exitline.exits.assess.findings import (
    Complement,
    CompositeRate,
    KnownRate,
    RateFound,
    SimpleRate,
)
from exitline.exits.assess.plans.composite import SharePart, comprehensive_incidence
from exitline.exits.assess.shares import ClusteredShare, Members, estimate_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.exits.assess.evidence import (
        Assumptions,
        County,
        EvidenceReading,
        RateCriterion,
        Visits,
    )

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def find(
    criterion: RateCriterion,
    visits: Visits,
    county: County,
    reading: EvidenceReading,
    assumptions: Assumptions,
) -> RateFound | None:
    """The rate a criterion asks for, from the visits of a county.

    Parameters
    ----------
    criterion : RateCriterion
    visits : Visits
    county : County
    reading : EvidenceReading
    assumptions : Assumptions

    Returns
    -------
    RateFound or None
        None where nobody was visited who could tell.

    Raises
    ------
    AssessmentError
        When the reading needs columns that are not there.
    """
    source = _Source(visits, county, assumptions)
    declared = reading.denominator == "declared"
    denominator = criterion.denominator if declared else reading.denominator
    if criterion.rate == "recognition":
        return source.recognition(reading)
    if criterion.rate == "wrong":
        return source.wrong(reading.unit)
    if criterion.rate == "missed":
        return source.missed(denominator, reading.unit)
    return source.comprehensive(denominator)


@dataclass(frozen=True)
class _Source:
    """Visits of one county, from which rates are found."""

    visits: Visits
    county: County
    assumptions: Assumptions

    def wrong(self, unit: str) -> RateFound | None:
        """Wrongly exited, of the exited."""
        if self.county.exited == 0:
            return KnownRate()
        return _simple(self._group(EXITED, unit, "wrong"))

    def missed(self, denominator: str, unit: str) -> RateFound | None:
        """Missed, of the unregistered."""
        if self.county.others == 0:
            return KnownRate()
        if denominator == "villages":
            return self._missed_of_villages(unit)
        return _simple(self._group(UNREGISTERED, unit, "missed"))

    def recognition(self, reading: EvidenceReading) -> RateFound | None:
        """Approving households, of those asked."""
        v = self.visits
        against = 1.0 - v.approves
        asked = np.ones(v.n, dtype=bool)
        if reading.no_answer == "excluded":
            asked = ~np.isnan(v.approves)
        else:
            against = np.where(np.isnan(against), 1.0, against)
        share = self._share(asked, against, v.weight, "recognition")
        return None if share is None else Complement(share)

    def comprehensive(self, denominator: str) -> RateFound | None:
        """All who are poor, of the rural population; always in persons."""
        found = (self.missed(denominator, "persons"), self.wrong("persons"))
        if any(finding is None for finding in found):
            return None
        populations = (self.county.others, self.county.exited)
        parts = tuple(
            SharePart(finding.share, population, finding.coverage)
            for finding, population in zip(found, populations, strict=True)
            if isinstance(finding, SimpleRate)
        )
        county = self.county
        return CompositeRate(
            comprehensive_incidence(
                county.registered, county.rural_population, parts, self._village_stratum()
            )
        )

    def _missed_of_villages(self, unit: str) -> RateFound | None:
        """Missed persons found, of all unregistered persons of the sampled villages."""
        v = self.visits
        if unit != "persons" or v.village_weight is None or v.village_unregistered is None:
            raise AssessmentError(
                "the reading 'villages' cannot be applied",
                where="missed rate",
                expected="columns village_weight and village_unregistered, and persons as unit",
                got=f"unit {unit}, "
                + ("both columns" if v.village_weight is not None else "no village_weight"),
                remedy="add to every row how many villages its village stands for and how many "
                "unregistered persons live in it, or choose the reading over those surveyed",
            )
        chosen = v.group == UNREGISTERED
        weight = v.village_weight * v.size
        share = self._share(chosen, v.error, weight, "missed")
        if share is None:
            return None
        first = np.unique(v.village, return_index=True)[1]
        everyone = float((v.village_weight * v.village_unregistered)[first].sum())
        surveyed = float(weight[chosen].sum())
        if surveyed > everyone * (1 + 1e-9):
            raise AssessmentError(
                "more unregistered persons were surveyed than live in the sampled villages",
                where="column village_unregistered",
                expected="all unregistered persons of the village, on every row of it",
                got=f"surveyed share {surveyed / everyone:.2f}" if everyone else "none live there",
                remedy="count persons, not households, from the registry",
            )
        return SimpleRate(share, surveyed / everyone)

    def _group(self, group: int, unit: str, rate: str) -> ClusteredShare | None:
        """The share of errors in one group."""
        v = self.visits
        weight = v.weight * v.size if unit == "persons" else v.weight
        return self._share(v.group == group, v.error, weight, rate)

    def _share(
        self, chosen: NDArray[np.bool_], case: Floats, weight: Floats, rate: str
    ) -> ClusteredShare | None:
        """A share among the chosen households; None where none was verified."""
        if not (chosen & ~np.isnan(case)).any():
            return None
        village = np.unique(self.visits.village, return_inverse=True)[1]
        members = Members(case[chosen], weight[chosen], village[chosen], self._village_stratum())
        a = self.assumptions
        return estimate_share(members, a.icc_of(rate), guard=a.guard)

    def _village_stratum(self) -> Ints:
        """The stratum code of every sampled village, in the order of its code."""
        first = np.unique(self.visits.village, return_index=True)[1]
        return np.unique(self.visits.stratum[first], return_inverse=True)[1].astype(np.int64)


def _simple(share: ClusteredShare | None) -> SimpleRate | None:
    return None if share is None else SimpleRate(share)
