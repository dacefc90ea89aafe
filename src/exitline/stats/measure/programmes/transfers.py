"""What a transfer does to poverty and inequality, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from exitline.stats.measure import rules
from exitline.stats.measure.dual import Dual, totals
from exitline.stats.measure.model import Given, Linear, Measure, Scalar, Term
from exitline.stats.measure.programmes.cuts import Pick, Totals
from exitline.stats.measure.programmes.programme import (
    Programme,
    Quotient,
    made,
    programme_of,
    scalars_of,
)
from exitline.stats.measure.ranges import AMOUNT, BUDGET, ORDER, PAID, Quota, ranged
from exitline.words.said import collected

NO_POVERTY = collected("nobody is poor before the transfer")


@dataclass(frozen=True)
class Transfer:
    """What each person receives.

    Attributes
    ----------
    programme : Programme
        Who: with a quota the lowest by a score, each the same; without, as the column says.
    amount : float
        What one unit of the column is worth, or a place; in the unit of welfare.
    budget : float
        Instead: all that is spent, as a share of the total shortfall of the poor. What a unit is
        worth follows from it.
    """

    programme: Programme
    amount: float = 0.0
    budget: float = 0.0

    @property
    def base(self) -> Term:
        """What each is given, in units."""
        if self.programme.quota:
            return self.programme.one
        return Term("amount", column=self.programme.column)

    @property
    def spent(self) -> tuple[Scalar, Scalar | None]:
        """With a budget: the mean shortfall, and the mean of units where no quota says it."""
        units = None if self.programme.quota else Scalar("mean", of=self.base)
        return Scalar("mean", of=Term("shortfall")), units

    @property
    def term(self) -> Term:
        """The money that a person receives."""
        if not self.budget:
            return Term("product", of=self.base, ranking=Term("number", alpha=self.amount))
        shortfall, units = self.spent
        if units is None:
            share = self.budget / self.programme.quota
            return Term("found", alpha=share, at=shortfall)
        unit = Term(
            "quotient", of=Term("found", alpha=self.budget, at=shortfall),
            ranking=Term("found", alpha=1.0, at=units),
        )  # fmt: skip
        return Term("product", of=self.base, ranking=unit)

    @property
    def receiving(self) -> Term:
        """Whether a person receives: among these the density at the line is taken."""
        for cut in self.programme.cuts:
            return cut.below(self.programme.one)
        return Term("received", column=self.programme.column)

    def after(self, kind: str, alpha: float | None) -> Term:
        """A term of poverty after the transfer: "gap_after" or "shortfall_after"."""
        return Term(kind, alpha=alpha, of=self.term)

    def chosen(self, term: Term) -> Pick:
        """A term over those who receive; over everyone where the column says who does."""
        return Pick(term, self.programme.cuts)


@dataclass(frozen=True)
class Poverty:
    """FGT(alpha) after a transfer, times the population, and how it moves with the budget."""

    transfer: Transfer
    alpha: float

    @property
    def before(self) -> Term:
        """The sum before the transfer."""
        return Term("gap", alpha=self.alpha) if self.alpha else Term("poor")

    @property
    def picks(self) -> tuple[tuple[float, Pick], ...]:
        """What the sum after the transfer is made of, each with its sign."""
        after = self.transfer.chosen(self.transfer.after("gap_after", self.alpha))
        if not self.transfer.programme.cuts:
            return ((1.0, after),)
        return ((1.0, Pick(self.before)), (-1.0, self.transfer.chosen(self.before)), (1.0, after))

    @property
    def steep(self) -> Pick:
        """What a unit more to each would take off, times the line."""
        base = self.transfer.base
        if self.alpha == 0:
            after = Term("after", of=self.transfer.term)
            of = None if base.kind == "one" else base
            kernel = Term("kernel", of=of, ranking=after, among=self.transfer.receiving)
            return self.transfer.chosen(kernel)
        below = self.transfer.after("gap_after", self.alpha - 1.0)
        inner = below if base.kind == "one" else Term("product", of=base, ranking=below)
        return self.transfer.chosen(inner)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The weighted sums that it is made of."""
        picks = [pick for _, pick in self.picks]
        found = [Term("one"), self.before, *(t for pick in picks for t in pick.terms)]
        if self.transfer.budget:
            found += [Term("shortfall"), self.transfer.base, *self.steep.terms]
        return tuple(dict.fromkeys(found))

    def sum(self, found: Totals, line: Any) -> Dual:
        """The sum after the transfer."""
        result: Dual | None = None
        for sign, pick in self.picks:
            one = sign * pick.sum(found)
            result = one if result is None else result + one
        assert result is not None
        if not self.transfer.budget:
            return result
        gap, units = found[Term("shortfall")], found[self.transfer.base]
        quota = self.transfer.programme.quota or 1.0
        worth = self.transfer.budget * gap / (quota * units)
        steep = self.steep.sum(found).value
        slope = -steep if self.alpha == 0 else -self.alpha * steep / line
        return result + _moved(worth, slope)


def _moved(worth: Dual, slope: Any) -> Dual:
    """How a sum moves with what a unit is worth; the sum itself is as it was."""
    moved = slope * worth
    return Dual(0.0 * moved.value, moved.gradient)


@dataclass(frozen=True)
class _After:
    """A rule: poverty after a transfer, by person or as a share of what it was."""

    terms: tuple[Term, ...]
    poverty: Poverty
    bottom: Term

    def __call__(self, given: Given) -> Linear:
        found = dict(zip(self.terms, totals(given), strict=True))
        bottom = found[self.bottom]
        return (self.poverty.sum(found, given.line) / bottom).unless(~(bottom.value > 0)).linear()


def _of(name: str, poverty: Poverty, bottom: Term, label: str, unit: str) -> Measure:
    """A measure of poverty after a transfer."""
    terms = poverty.terms
    return Measure(
        name, terms, _After(terms, poverty, bottom), "share" if unit == "share" else "plain", unit,
        label, scalars=scalars_of(terms), speaks_of=Term("one"), better="lower",
        undefined=NO_POVERTY,
    )  # fmt: skip


@ranged
def poverty_after(
    alpha: Annotated[float, ORDER],
    column: str,
    amount: Annotated[float, AMOUNT],
    quota: Quota = 0.0,
) -> Measure:
    """FGT index after a transfer: 0 is the headcount, 1 the poverty gap, 2 the severity.

    Parameters
    ----------
    alpha : float
        0, or 1 and above.
    column : str
        What each person gets, in units: 1 for those who get a transfer, 0 for others; with a
        quota, a score.
    amount : float
        Worth of a unit, in the unit of welfare. Below zero, without a quota, it is taken away:
        poverty as it would be without a benefit that welfare holds.
    quota : float
        Share of persons who get a unit, the lowest scores first.
    """
    taken = float(amount) if amount < 0 and not quota else PAID.check(amount)
    transfer = Transfer(programme_of(column, quota), amount=taken)
    said = f"{alpha:g}, {column}, {amount:g}" + (f", {quota:g}" if quota else "")
    unit = "share" if alpha == 0 else "index"
    name = _NAMES.get(alpha, f"FGT({alpha:g})")
    label = f"{name} after a transfer of {amount:g}"
    if amount < 0:
        label = f"{name} without a transfer of {-amount:g}"
    return _of(f"poverty_after({said})", Poverty(transfer, alpha), Term("one"), label, unit)


@ranged
def poverty_left(
    alpha: Annotated[float, ORDER],
    column: str,
    budget: Annotated[float, BUDGET],
    quota: Quota = 0.0,
) -> Measure:
    """What is left of poverty after a transfer of a budget: FGT index over what it was.

    Parameters
    ----------
    alpha : float
        0, or 1 and above; with 1 it is the share of the poverty gap that is left.
    column : str
        What each person gets, in units (such as a score's gap); with a quota, a score.
    budget : float
        All that is spent, as a share of the total shortfall of the poor: 1 would end poverty if
        every unit went where it is needed.
    quota : float
        Share of persons who get the same, the lowest scores first.

    References
    ----------
    Brown, Ravallion and van de Walle (2018), Journal of Development Economics 134, 109-124.
    """
    transfer = Transfer(programme_of(column, quota), budget=float(budget))
    poverty = Poverty(transfer, float(alpha))
    said = f"{alpha:g}, {column}, {budget:g}" + (f", {quota:g}" if quota else "")
    label = (
        f"{_NAMES.get(alpha, f'FGT({alpha:g})')} left by a budget of {100 * budget:g} % of the gap"
    )
    return _of(f"poverty_left({said})", poverty, poverty.before, label, "share")


@ranged
def gini_after(column: str, amount: Annotated[float, AMOUNT]) -> Measure:
    """Gini index of welfare after a transfer.

    Parameters
    ----------
    column : str
        What each person gets, in units.
    amount : float
        Worth of a unit, in the unit of welfare.
    """
    after = Term("after", of=Transfer(programme_of(column, 0.0), amount=amount).term)
    terms = (Term("one"), after, Term("excess", of=after))
    return Measure(
        f"gini_after({column}, {amount:g})", terms, rules.gini, "plain", "index",
        f"Gini index after a transfer of {amount:g}", better="lower",
        undefined=collected("the mean is not above zero"),
    )  # fmt: skip


@ranged
def transfer_cost(column: str, amount: Annotated[float, PAID], quota: Quota = 0.0) -> Measure:
    """What a transfer costs, in total.

    Parameters
    ----------
    column, amount, quota
        As in `poverty_after`.
    """
    transfer = Transfer(programme_of(column, quota), amount=float(amount))
    pick = transfer.chosen(transfer.base)
    said = f"{column}, {amount:g}" + (f", {quota:g}" if quota else "")
    terms = pick.terms
    return Measure(
        f"transfer_cost({said})", terms, _Total(terms, pick, float(amount)), "plain", "money",
        f"cost of a transfer of {amount:g}", scalars=scalars_of(terms), additive=not quota,
    )  # fmt: skip


@dataclass(frozen=True)
class _Total:
    """A rule: so many times a pick."""

    terms: tuple[Term, ...]
    pick: Pick
    times: float

    def __call__(self, given: Given) -> Linear:
        found = dict(zip(self.terms, totals(given), strict=True))
        return (self.times * self.pick.sum(found)).linear()


@ranged
def cost_of_gap(column: str, amount: Annotated[float, PAID], quota: Quota = 0.0) -> Measure:
    """What it costs to close one unit of the poverty gap: 1 where no money goes astray.

    Parameters
    ----------
    column, amount, quota
        As in `poverty_after`.
    """
    transfer = Transfer(programme_of(column, quota), amount=float(amount))
    shortfall, after = Term("shortfall"), transfer.after("shortfall_after", None)
    before = transfer.chosen(shortfall) if quota else Pick(shortfall)
    spent = ((float(amount), transfer.chosen(transfer.base)),)
    cost = Quotient(spent, ((1.0, before), (-1.0, transfer.chosen(after))))
    said = f"{column}, {amount:g}" + (f", {quota:g}" if quota else "")
    return made(
        f"cost_of_gap({said})", f"cost per unit of gap closed, transfer of {amount:g}", cost,
        interval="plain", unit="index", better="lower", undefined=collected("no gap is closed"),
    )  # fmt: skip


_NAMES = {0.0: "headcount", 1.0: "poverty gap index", 2.0: "poverty severity index"}


MEASURES = (poverty_after, poverty_left, gini_after, transfer_cost, cost_of_gap)
