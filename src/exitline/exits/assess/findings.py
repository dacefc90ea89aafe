"""The four rates of an assessment, each with its bounds, whatever it is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from exitline.exits.assess.plans.composite import Incidence
    from exitline.exits.assess.shares import ClusteredShare


class RateFound(Protocol):
    """A rate that was found, with one-sided bounds."""

    @property
    def estimate(self) -> float:
        """The rate, from verified households."""

    @property
    def se(self) -> float:
        """Its design-based standard error."""

    @property
    def shares(self) -> tuple[ClusteredShare, ...]:
        """The shares it is made of; none where it is known without a sample."""

    def extremes(self) -> tuple[float, float]:
        """The rate with unverified households taken one way, and the other."""

    def upper(self, confidence: float) -> float:
        """Largest rate not ruled out."""

    def lower(self, confidence: float) -> float:
        """Smallest rate not ruled out."""

    def chance_below(self, rate: float) -> float:
        """P(evidence as low, or lower) if the true rate were `rate`."""

    def chance_above(self, rate: float) -> float:
        """P(evidence as high, or higher) if the true rate were `rate`."""

    def with_icc(self, icc: float) -> RateFound:
        """The same evidence under another intra-village correlation."""

    def enlarged(self, factor: float) -> RateFound:
        """The same rates from so many times the sample."""


@dataclass(frozen=True)
class KnownRate:
    """A rate of nobody: there are no such people in the county."""

    estimate: float = 0.0
    se: float = 0.0
    shares: tuple[ClusteredShare, ...] = ()

    def extremes(self) -> tuple[float, float]:
        """The rate itself."""
        return self.estimate, self.estimate

    def upper(self, confidence: float) -> float:  # noqa: ARG002
        """The rate itself."""
        return self.estimate

    def lower(self, confidence: float) -> float:  # noqa: ARG002
        """The rate itself."""
        return self.estimate

    def chance_below(self, rate: float) -> float:  # noqa: ARG002
        """No chance is involved."""
        return math.nan

    def chance_above(self, rate: float) -> float:  # noqa: ARG002
        """No chance is involved."""
        return math.nan

    def with_icc(self, icc: float) -> KnownRate:  # noqa: ARG002
        """Itself."""
        return self

    def enlarged(self, factor: float) -> KnownRate:  # noqa: ARG002
        """Itself."""
        return self


@dataclass(frozen=True)
class SimpleRate:
    """One share, times a coverage known without error (1 for most)."""

    share: ClusteredShare
    coverage: float = 1.0

    @property
    def estimate(self) -> float:
        """coverage x share."""
        return self.coverage * self.share.estimate

    @property
    def se(self) -> float:
        """coverage x the share's standard error."""
        return self.coverage * self.share.se

    @property
    def shares(self) -> tuple[ClusteredShare, ...]:
        """The one share."""
        return (self.share,)

    def extremes(self) -> tuple[float, float]:
        """Unverified households taken for no cases, and for cases."""
        return self.coverage * self.share.low_case, self.coverage * self.share.high_case

    def upper(self, confidence: float) -> float:
        """coverage x the share's upper bound."""
        return self.coverage * self.share.upper(confidence)

    def lower(self, confidence: float) -> float:
        """coverage x the share's lower bound."""
        return self.coverage * self.share.lower(confidence)

    def chance_below(self, rate: float) -> float:
        """Exact tail probability of the share."""
        return self.share.chance_of_fewer(min(1.0, rate / self.coverage))

    def chance_above(self, rate: float) -> float:
        """Exact tail probability of the share."""
        return self.share.chance_of_more(min(1.0, rate / self.coverage))

    def with_icc(self, icc: float) -> SimpleRate:
        """The same evidence under another intra-village correlation."""
        return replace(self, share=self.share.with_icc(icc))

    def enlarged(self, factor: float) -> SimpleRate:
        """The same rate from so many times the sample."""
        return replace(self, share=self.share.enlarged(factor))


@dataclass(frozen=True)
class Complement:
    """One minus the share of households that do not approve."""

    share: ClusteredShare

    @property
    def estimate(self) -> float:
        """1 - share."""
        return 1.0 - self.share.estimate

    @property
    def se(self) -> float:
        """The share's standard error."""
        return self.share.se

    @property
    def shares(self) -> tuple[ClusteredShare, ...]:
        """The share of those who do not approve."""
        return (self.share,)

    def extremes(self) -> tuple[float, float]:
        """Unanswered households taken against, and for."""
        return 1.0 - self.share.high_case, 1.0 - self.share.low_case

    def upper(self, confidence: float) -> float:
        """1 - the share's lower bound."""
        return 1.0 - self.share.lower(confidence)

    def lower(self, confidence: float) -> float:
        """1 - the share's upper bound."""
        return 1.0 - self.share.upper(confidence)

    def chance_below(self, rate: float) -> float:
        """Exact tail probability of the share."""
        return self.share.chance_of_more(1.0 - rate)

    def chance_above(self, rate: float) -> float:
        """Exact tail probability of the share."""
        return self.share.chance_of_fewer(1.0 - rate)

    def with_icc(self, icc: float) -> Complement:
        """The same evidence under another intra-village correlation."""
        return replace(self, share=self.share.with_icc(icc))

    def enlarged(self, factor: float) -> Complement:
        """The same rate from so many times the sample."""
        return replace(self, share=self.share.enlarged(factor))


@dataclass(frozen=True)
class CompositeRate:
    """The comprehensive incidence."""

    incidence: Incidence

    @property
    def estimate(self) -> float:
        """The incidence."""
        return self.incidence.estimate

    @property
    def se(self) -> float:
        """Its linearised standard error."""
        return self.incidence.se

    @property
    def shares(self) -> tuple[ClusteredShare, ...]:
        """Missed and wrongly exited."""
        return tuple(part.share for part in self.incidence.parts)

    def extremes(self) -> tuple[float, float]:
        """Unverified households taken for no cases, and for cases."""
        i = self.incidence
        pairs = list(zip(i.factors, self.shares, strict=True))
        low = i.base + sum(f * s.low_case for f, s in pairs)
        return low, i.base + sum(f * s.high_case for f, s in pairs)

    def upper(self, confidence: float) -> float:
        """Combined from the parts' exact bounds."""
        return self.incidence.upper(confidence)

    def lower(self, confidence: float) -> float:
        """Combined from the parts' exact bounds."""
        return self.incidence.lower(confidence)

    def chance_below(self, rate: float) -> float:
        """By inverting the bound; 0.5 stands for 0.5 or more."""
        return self.incidence.chance_of_lower(rate)

    def chance_above(self, rate: float) -> float:
        """By inverting the bound; 0.5 stands for 0.5 or more."""
        return self.incidence.chance_of_higher(rate)

    def with_icc(self, icc: float) -> CompositeRate:
        """The same evidence under another intra-village correlation."""
        return self._with(tuple(share.with_icc(icc) for share in self.shares))

    def enlarged(self, factor: float) -> CompositeRate:
        """The same rates from so many times the sample."""
        return self._with(tuple(share.enlarged(factor) for share in self.shares))

    def _with(self, shares: tuple[ClusteredShare, ...]) -> CompositeRate:
        """With other shares in the same places."""
        pairs = zip(self.incidence.parts, shares, strict=True)
        parts = tuple(replace(part, share=share) for part, share in pairs)
        return CompositeRate(replace(self.incidence, parts=parts))
