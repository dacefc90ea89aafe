"""Those whom a quota chooses by a score: sums over them, and how the cut-off moves.

The lowest by a score are chosen until a quota is full; households with the score at the
cut-off share what is left of it in equal parts (what a draw among them gives on average). Sums over
the chosen move with each household's weight twice: by the household itself, and by the cut-off,
at which others come in or fall out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.stats.measure.dual import Dual, scaled
from exitline.stats.measure.model import Scalar, Term, Unit

if TYPE_CHECKING:
    from exitline.arrays import Floats


Ties = Literal["shared", "all"]
Totals = Mapping[Term, Dual]


@dataclass(frozen=True)
class Cut:
    """The lowest by a score, as many as a quota says.

    Attributes
    ----------
    score : Term
    quota : float, optional
        Share of persons (households); as many as there are poor unless given.
    unit : {"persons", "households"}
    ties : {"shared", "all"}
        Whether households at the cut-off share what is left of the quota, or all are chosen; then
        the cut-off counts as a number that was given.
    """

    score: Term
    quota: float | None = None
    unit: Unit = "persons"
    ties: Ties = "shared"

    @property
    def at(self) -> Scalar:
        """The cut-off: a quantile of the score."""
        reach = Term("poor", self.unit) if self.quota is None else None
        return Scalar(
            "quantile", self.quota, of=self.score, unit=self.unit, reach=reach,
            fixed=self.ties == "all",
        )  # fmt: skip

    @property
    def target(self) -> tuple[Term, float]:
        """Whose number the quota is, and how many times."""
        if self.quota is None:
            return Term("poor", self.unit), 1.0
        return Term("one", self.unit), self.quota

    def below(self, amount: Term) -> Term:
        """What is summed up to the cut-off."""
        return Term("at_most", amount.unit, at=self.at, of=amount)

    def there(self, amount: Term) -> Term:
        """What is summed at the cut-off itself."""
        return Term("equal_to", amount.unit, at=self.at, of=amount)

    def around(self, amount: Term) -> Term:
        """What is summed near the cut-off: times the density there."""
        return Term("kernel", amount.unit, at=self.at, of=amount)

    @property
    def own(self) -> tuple[Term, ...]:
        """The sums that say how full the quota is, and the density at the cut-off."""
        one = Term("one", self.unit)
        return self.target[0], self.below(one), self.there(one), self.around(one)

    def part(self, totals: Totals) -> Floats:
        """The part that a household at the cut-off has of a place.

        Parameters
        ----------
        totals : mapping of Term to Dual
        """
        wanted, below, there, _ = (totals[term].value for term in self.own)
        if self.ties == "all":
            return np.ones_like(wanted)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = (self.target[1] * wanted - (below - there)) / there
        return np.where(there > 0, np.clip(left, 0.0, 1.0), 1.0)

    def moved(self, totals: Totals) -> Floats:
        """How the number of places left moves with each total, at the cut-off as it is.

        Parameters
        ----------
        totals : mapping of Term to Dual
        """
        wanted, below, there, _ = (totals[term].gradient for term in self.own)
        kept = (1.0 - self.part(totals))[:, None]
        return np.asarray(self.target[1] * wanted - below + kept * there)


@dataclass(frozen=True)
class Pick:
    """An amount, summed over those whom all of some cuts choose.

    Attributes
    ----------
    amount : Term
    cuts : tuple of Cut
        None: over everyone.
    """

    amount: Term
    cuts: tuple[Cut, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """The weighted sums that it is made of."""
        found = [term for _, term in _wrapped(self.amount, self.cuts)]
        for cut in self.cuts:
            found += cut.own
            if cut.ties == "shared":
                for _, inner in _wrapped(self.amount, self._others(cut)):
                    found += (cut.around(inner), cut.there(inner))
        return tuple(dict.fromkeys(found))

    def _others(self, cut: Cut) -> tuple[Cut, ...]:
        return tuple(one for one in self.cuts if one != cut)

    def sum(self, totals: Totals) -> Dual:
        """The sum, with how it moves.

        Parameters
        ----------
        totals : mapping of Term to Dual

        References
        ----------
        Deville (1999), Survey Methodology 25, 193-203: with c the cut-off, q the quota and s the
        part chosen, the influence on sum w x s is x s + E[x | score = c] (q - s).
        """
        found = _added(self.amount, self.cuts, totals)
        gradient = found.gradient
        for cut in self.cuts:
            if cut.ties == "shared":
                mean = self._at_cutoff(cut, totals)
                gradient = gradient + scaled(mean, cut.moved(totals))
        return Dual(found.value, gradient)

    def _at_cutoff(self, cut: Cut, totals: Totals) -> Floats:
        """The mean of the amount at a cut-off, among those whom the other cuts choose."""
        near = there = np.zeros(1)
        for factors, inner in _wrapped(self.amount, self._others(cut)):
            times = _times(factors, totals)
            near = near + times * totals[cut.around(inner)].value
            there = there + times * totals[cut.there(inner)].value
        _, _, places, density = (totals[term].value for term in cut.own)
        with np.errstate(divide="ignore", invalid="ignore"):
            smooth, exact = near / density, there / places
        return np.where(np.isfinite(smooth) & (density > 0), smooth, np.nan_to_num(exact))


def _wrapped(amount: Term, cuts: Sequence[Cut]) -> list[tuple[tuple[Cut, ...], Term]]:
    """A sum over the chosen as sums up to and at each cut-off: what is at it counts in part.

    Each with the cuts whose rest, one less the part, it is to be taken less by.
    """
    found = []
    for at in product((False, True), repeat=len(cuts)):
        term = amount
        for cut, equal in zip(cuts, at, strict=True):
            term = cut.there(term) if equal else cut.below(term)
        found.append((tuple(c for c, equal in zip(cuts, at, strict=True) if equal), term))
    return found


def _times(factors: Sequence[Cut], totals: Totals) -> Floats:
    """What a sum of `_wrapped` is multiplied by."""
    found = np.ones(1)
    for cut in factors:
        found = found * (cut.part(totals) - 1.0)
    return found


def _added(amount: Term, cuts: Sequence[Cut], totals: Totals) -> Dual:
    """The sum over the chosen, with every cut-off as it is."""
    parts = [totals[t] * _times(factors, totals) for factors, t in _wrapped(amount, cuts)]
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found
