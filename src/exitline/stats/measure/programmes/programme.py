"""Programmes, and how figures of whom they reach are made of sums: quotients of picked rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exitline.errors import MeasureError
from exitline.stats.measure.dual import Dual, totals
from exitline.stats.measure.model import Given, Linear, Measure, Scalar, Term, Unit
from exitline.stats.measure.programmes.cuts import Cut, Pick, Ties, Totals
from exitline.stats.measure.ranges import QUOTA
from exitline.words.said import collected

NOBODY = collected("nobody is chosen, or nobody is of the kind that the figure refers to")


@dataclass(frozen=True)
class Programme:
    """Who receives, and how much.

    Attributes
    ----------
    column : str
        Benefits, parts of a place, or (with a quota) a score.
    quota : float
        Share of persons chosen, the lowest scores first; 0 where the column says who receives;
        NaN for as many as there are poor.
    unit : {"persons", "households"}
    ties : {"shared", "all"}
    group : str, optional
        A column of zeros and ones: figures refer to those with 1, while the quota is of everyone.
    """

    column: str
    quota: float = 0.0
    unit: Unit = "persons"
    ties: Ties = "shared"
    group: str | None = None

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """The cut that chooses, if one does."""
        if self.quota == 0:
            return ()
        score = Term("amount", self.unit, column=self.column)
        quota = None if self.quota != self.quota else self.quota
        return (Cut(score, quota, self.unit, self.ties),)

    def of(self, amount: Term, *more: Cut) -> Pick:
        """An amount, summed over those who receive; times what they receive."""
        amount = self.among(amount)
        if self.quota == 0:
            column = Term("amount", self.unit, column=self.column)
            plain = amount.kind == "one"
            amount = column if plain else Term("product", self.unit, of=column, ranking=amount)
        return Pick(amount, (*self.cuts, *more))

    @property
    def reached(self) -> Term:
        """Those who receive anything: with a quota, up to the cut-off."""
        if self.quota == 0:
            return self.among(Term("received", self.unit, column=self.column))
        return self.cuts[0].below(self.among(self.one))

    def among(self, amount: Term) -> Term:
        """An amount, of the group alone."""
        if self.group is None:
            return amount
        flag = Term("flag", self.unit, column=self.group)
        return flag if amount.kind == "one" else Term("product", self.unit, of=flag, ranking=amount)

    @property
    def said(self) -> str:
        """How a measure's name says it."""
        quota = "" if self.quota == 0 else ", poor" if self.cuts[0].quota is None else (
            f", {self.quota:g}"
        )  # fmt: skip
        return self.column + quota

    @property
    def one(self) -> Term:
        """Everyone."""
        return Term("one", self.unit)

    @property
    def poor(self) -> Term:
        """The poor."""
        return Term("poor", self.unit)

    @property
    def others(self) -> Term:
        """Those who are not poor."""
        return Term("rest", self.unit, of=self.poor)


@dataclass(frozen=True)
class Quotient:
    """times x (sum of some picks, each with its sign) / (sum of others)."""

    top: tuple[tuple[float, Pick], ...]
    bottom: tuple[tuple[float, Pick], ...]
    times: float = 1.0

    @property
    def picks(self) -> tuple[Pick, ...]:
        """All that it is made of."""
        return tuple(pick for _, pick in (*self.top, *self.bottom))

    def figure(self, found: Totals) -> Dual:
        """The quotient; missing where it is 0/0."""
        top, bottom = (_signed(part, found) for part in (self.top, self.bottom))
        return (self.times * top / bottom).unless(~(bottom.value > 0))


def _signed(parts: tuple[tuple[float, Pick], ...], found: Totals) -> Dual:
    """Picks, each with its sign, added up."""
    result: Dual | None = None
    for sign, pick in parts:
        one = sign * pick.sum(found)
        result = one if result is None else result + one
    assert result is not None
    return result


@dataclass(frozen=True)
class Quotients:
    """A rule: a number, and quotients added to it."""

    terms: tuple[Term, ...]
    parts: tuple[Quotient, ...]
    plus: float = 0.0

    def __call__(self, given: Given) -> Linear:
        """From totals to the figure and its gradient."""
        found = dict(zip(self.terms, totals(given), strict=True))
        result: Dual | None = None
        for part in self.parts:
            one = part.figure(found)
            result = one if result is None else result + one
        assert result is not None
        return (result + self.plus).linear()


def _needed(parts: tuple[Quotient, ...]) -> tuple[Term, ...]:
    """The distinct sums, in a fixed order."""
    picks = [pick for part in parts for pick in part.picks]
    return tuple(dict.fromkeys(term for pick in picks for term in pick.terms))


def scalars_of(terms: tuple[Term, ...]) -> tuple[Scalar, ...]:
    """What a first pass must find for some terms: the figures that they are taken at."""
    parts = (part for term in terms for part in term.parts)
    return tuple(dict.fromkeys(part.at for part in parts if part.at is not None))


def made(name: str, label: str, *parts: Quotient, plus: float = 0.0, **more: Any) -> Measure:
    """A measure that is a sum of quotients; a share of people unless said otherwise.

    Parameters
    ----------
    name, label : str
    parts : Quotient
    plus : float
    more
        Further fields of `Measure`.
    """
    terms = _needed(parts)
    fields: dict[str, Any] = {"interval": "share", "unit": "share", "undefined": NOBODY, **more}
    return Measure(
        name, terms, Quotients(terms, parts, plus), label=label, scalars=scalars_of(terms),
        **fields,
    )  # fmt: skip


def over(top: Pick, bottom: Pick, times: float = 1.0) -> Quotient:
    """One pick over another."""
    return Quotient(((1.0, top),), ((1.0, bottom),), times)


def programme_of(column: str, quota: float) -> Programme:
    """A programme of persons; a quota lies between 0 and 1.

    Parameters
    ----------
    column : str
    quota : float
    """
    return Programme(column, QUOTA.check(quota))


def _between(name: str, column: str, lower: float, upper: float) -> str:
    """The name of a measure between two quantiles, which are checked."""
    if not 0 <= lower < upper <= 1:
        raise MeasureError(
            "there is no part of the population between these quantiles",
            expected="two numbers from 0 to 1, the smaller one first",
            got=f"{lower}, {upper}",
            remedy="write the second fifth as 0.2, 0.4",
        )
    return f"{name}({column}, {lower:g}, {upper:g})"


def _with(name: str, programme: Programme) -> str:
    """The name, with the quota at its end."""
    return name if not programme.quota else f"{name[:-1]}, {programme.quota:g})"


def _band(programme: Programme, lower: float, upper: float) -> tuple[tuple[float, Pick], ...]:
    """What those receive who live between two quantiles of welfare."""
    return _slice(lambda *cuts: programme.of(programme.one, *cuts), lower, upper)


def _slice(pick: Any, lower: float, upper: float) -> tuple[tuple[float, Pick], ...]:
    """Up to the upper quantile of welfare, less up to the lower one."""
    ends = []
    for p, sign in ((upper, 1.0), (lower, -1.0)):
        if p == 1:
            ends.append((sign, pick()))
        elif p > 0:
            ends.append((sign, pick(Cut(Term("welfare"), p))))
    return tuple(ends)


def _living(lower: float, upper: float, who: Term | None = None) -> Term:
    """Those of some kind (everyone unless given) who live between two quantiles of welfare."""
    found = who
    for p, outside in ((upper, False), (lower, True)):
        if 0 < p < 1:
            up_to = Cut(Term("welfare"), p).below(Term("one"))
            end = Term("rest", of=up_to) if outside else up_to
            found = end if found is None else Term("product", of=found, ranking=end)
    return found or Term("one")
