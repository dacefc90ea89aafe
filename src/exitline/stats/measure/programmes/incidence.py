"""Who benefits: incidence, generosity, and what a transfer does for the poor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from exitline.errors import MeasureError
from exitline.stats.measure.dual import totals
from exitline.stats.measure.model import Given, Linear, Measure, Term
from exitline.stats.measure.programmes.cuts import Pick
from exitline.stats.measure.programmes.programme import (
    NOBODY,
    Programme,
    Quotient,
    _band,
    _between,
    _living,
    _slice,
    _with,
    made,
    programme_of,
    scalars_of,
)
from exitline.stats.measure.ranges import Edge, Quota, Range, Share, ranged

AVERSION = Range(
    "aversion to inequality is not below zero",
    expected="a number of 0 or above", remedy="1 and 2 are customary", least=0.0, ends="[)",
)  # fmt: skip


@ranged
def benefit_incidence(column: str, lower: Edge, upper: Edge, quota: Quota = 0.0) -> Measure:
    """Share of benefits (or of those reached) that goes to persons between two welfare quantiles.

    Parameters
    ----------
    column : str
        Benefits per person, zeros and ones, or with a quota a score.
    lower, upper : float
        From 0 to 1: 0, 0.1 is the poorest tenth.
    quota : float
        As in `coverage`.
    """
    programme, name = (
        programme_of(column, quota),
        _between("benefit_incidence", column, lower, upper),
    )
    parts = Quotient(_band(programme, lower, upper), ((1.0, programme.of(programme.one)),))
    label = f"share of benefits from quantile {lower:g} to {upper:g}"
    return made(_with(name, programme), label, parts)


@ranged
def quantile_coverage(column: str, lower: Edge, upper: Edge, quota: Quota = 0.0) -> Measure:
    """Share of persons between two quantiles of welfare whom a programme reaches.

    Parameters
    ----------
    column, lower, upper, quota
        As in `benefit_incidence`.
    """
    programme, name = (
        programme_of(column, quota),
        _between("quantile_coverage", column, lower, upper),
    )
    everyone = ((upper - lower, Pick(programme.one)),)
    label = f"reached, share of persons from quantile {lower:g} to {upper:g}"
    return made(
        _with(name, programme), label, Quotient(_band(programme, lower, upper), everyone),
        speaks_of=_living(lower, upper),
    )  # fmt: skip


@ranged
def generosity(column: str, lower: Edge = 0.0, upper: Edge = 1.0) -> Measure:
    """Benefits as a share of the welfare of those who receive, between two quantiles of welfare.

    Parameters
    ----------
    column : str
        Benefits per person, in the unit of welfare.
    lower, upper : float
        From 0 to 1; everyone unless given.
    """
    programme = Programme(column)
    name = _between("generosity", column, lower, upper)
    receives = Term("received", column=column)
    welfare = Term("product", of=receives, ranking=Term("welfare"))
    bottom = _slice(lambda *cuts: Pick(welfare, cuts), lower, upper)
    label = f"benefits, share of recipients' welfare from quantile {lower:g} to {upper:g}"
    part = Quotient(_band(programme, lower, upper), bottom)
    about = _living(lower, upper, receives)
    return made(name, label, part, interval="plain", speaks_of=about)


@ranged
def average_transfer(column: str, lower: Edge = 0.0, upper: Edge = 1.0) -> Measure:
    """What a recipient gets on average, between two quantiles of welfare.

    Parameters
    ----------
    column : str
        Benefits per person, in the unit of welfare.
    lower, upper : float
        From 0 to 1; everyone unless given.
    """
    receives = Term("received", column=column)
    part = Quotient(
        _band(Programme(column), lower, upper),
        _slice(lambda *cuts: Pick(receives, cuts), lower, upper),
    )
    label = f"average benefits of recipients from quantile {lower:g} to {upper:g}"
    return made(
        _between("average_transfer", column, lower, upper), label, part, interval="plain",
        unit="money", speaks_of=_living(lower, upper, receives),
    )  # fmt: skip


@ranged
def coady_grosh_hoddinott(column: str, p: Share, quota: Quota = 0.0) -> Measure:
    """What the poorest share p has of benefits, over p: 1 where they are treated as all others.

    Parameters
    ----------
    column : str
    p : float
        Such as 0.4.
    quota : float
        As in `coverage`.

    References
    ----------
    Coady, Grosh and Hoddinott (2004), World Bank Research Observer 19, 61-85.
    """
    programme = programme_of(column, quota)
    name = _with(f"coady_grosh_hoddinott({column}, {p:g})", programme)
    top = _band(programme, 0.0, p)
    part = Quotient(top, ((1.0, programme.of(programme.one)),), 1.0 / p)
    label = f"benefits of the poorest {100 * p:g} % over what a uniform transfer gives them"
    return made(name, label, part, interval="plain", unit="index", better="higher")


@ranged
def marginal_incidence(
    column: str, lower: Edge, upper: Edge, before: Share, after: Share
) -> Measure:
    """Who gets the places that are added when a quota grows: the share of persons between two
    quantiles of welfare.

    Parameters
    ----------
    column : str
        A score, lowest first.
    lower, upper : float
        Of welfare, from 0 to 1.
    before, after : float
        The two quotas, shares of persons.

    References
    ----------
    Lanjouw and Ravallion (1999), World Bank Economic Review 13, 257-273.
    """
    if not before < after:
        raise MeasureError(
            "a quota that grows needs two numbers",
            expected="two shares of persons, the smaller one first", got=f"{before:g}, {after:g}",
            remedy="from a fifth to a quarter of all persons is 0.2, 0.25",
        )  # fmt: skip
    small, large = programme_of(column, before), programme_of(column, after)
    name = f"marginal_incidence({column}, {lower:g}, {upper:g}, {before:g}, {after:g})"
    top = (*_band(large, lower, upper), *((-s, p) for s, p in _band(small, lower, upper)))
    bottom = ((1.0, large.of(large.one)), (-1.0, small.of(small.one)))
    label = f"share of added places that goes to quantiles {lower:g} to {upper:g}"
    return made(name, label, Quotient(top, bottom), interval="plain")


@dataclass(frozen=True)
class _Characteristic:
    """A rule: (Y/N)^e x sum w t y^-e / sum w t."""

    terms: tuple[Term, ...]
    weighted: Pick
    plain: Pick
    epsilon: float

    def __call__(self, given: Given) -> Linear:
        found = dict(zip(self.terms, totals(given), strict=True))
        one, welfare = (found[Term(k, positive=True)] for k in ("one", "welfare"))
        weighted, plain = self.weighted.sum(found), self.plain.sum(found)
        figure = (welfare / one) ** self.epsilon * weighted / plain
        return figure.unless(~(plain.value > 0)).linear()


@ranged
def distributional_characteristic(
    column: str, epsilon: Annotated[float, AVERSION], quota: Quota = 0.0
) -> Measure:
    """Mean social weight of a unit of benefits: (mean welfare / y)^epsilon, by who gets it.

    Parameters
    ----------
    column : str
    epsilon : float
        Aversion to inequality, 0 or above; with 0 every unit counts the same.
    quota : float
        As in `coverage`.

    References
    ----------
    Feldstein (1972), American Economic Review 62, 32-36; Coady and Skoufias (2004), Review of
    Income and Wealth 50, 3-27.
    """
    programme = programme_of(column, quota)
    power = Term("power", alpha=-float(epsilon), positive=True)
    weighted, plain = programme.of(power), programme.of(Term("one", positive=True))
    if not quota:
        column_term = Term("amount", column=column, positive=True)
        plain = Pick(column_term)
    needed = [Term("one", positive=True), Term("welfare", positive=True)]
    terms = tuple(dict.fromkeys([*needed, *weighted.terms, *plain.terms]))
    name = _with(f"distributional_characteristic({column}, {epsilon:g})", programme)
    return Measure(
        name, terms, _Characteristic(terms, weighted, plain, float(epsilon)), "plain", "index",
        f"mean social weight of benefits, epsilon = {epsilon:g}", better="higher",
        scalars=scalars_of(terms), undefined=NOBODY,
    )  # fmt: skip


MEASURES = (
    benefit_incidence, quantile_coverage, generosity, average_transfer, coady_grosh_hoddinott,
    marginal_incidence, distributional_characteristic,
)  # fmt: skip
