"""Poverty measures: what they are made of, in the field's own terms."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from exitline.stats.measure import rules
from exitline.stats.measure.measures.counts import ratio_of, total_of
from exitline.stats.measure.model import Measure, Rule, Term
from exitline.stats.measure.ranges import Range, ranged
from exitline.words.said import collected

ALPHA = Range(
    "the FGT index is not defined for this alpha",
    expected="a number of 0 or above",
    remedy="use fgt(0), fgt(1), fgt(2) or any other alpha >= 0",
    least=0.0, ends="[)",
)  # fmt: skip
CLARK = Range(
    "the Clark-Hemming-Ulph index is not defined for this g",
    expected="a number from 0 to 1",
    remedy="clark(1) is the poverty gap, clark(0) is made of the Watts index",
    least=0.0, most=1.0, ends="[]",
)  # fmt: skip
STANDARD = Range(
    "the standard of prosperity must be above zero",
    expected="a number above 0 in the unit of welfare, such as 25 for dollars a day",
    remedy="for welfare by year, take 365 times the standard of a day",
    least=0.0,
)
ELASTIC = Range(
    "there is no elasticity of this poverty index",
    expected="alpha of 1 or above",
    remedy="growth_elasticity(1) is that of the poverty gap, (2) that of severity",
    least=1.0, ends="[)",
)  # fmt: skip
OF_RICHES = "richness_concave is for alpha up to 1, richness_convex for alpha above 1"
RICHNESS = Range(
    "richness is not defined for this beta",
    expected="a number above 0", remedy=OF_RICHES, least=0.0,
)  # fmt: skip
CONCAVE = Range(
    "richness_concave is not defined for this alpha",
    expected="a number above 0, up to 1", remedy=OF_RICHES, least=0.0, most=1.0, ends="(]",
)  # fmt: skip
CONVEX = Range(
    "richness_convex is not defined for this alpha",
    expected="a number above 1", remedy=OF_RICHES, least=1.0,
)  # fmt: skip


def headcount() -> Measure:
    """Share of persons who live in poor households: FGT(0) (Foster, Greer, Thorbecke 1984)."""
    label = "poor persons, share"
    return ratio_of("headcount", Term("poor"), Term("one"), "share", label, better="lower")


def household_headcount() -> Measure:
    """Share of households that are poor."""
    terms = (Term("poor", "households"), Term("one", "households"))
    label = "poor households, share"
    return ratio_of("household_headcount", *terms, "share", label, better="lower")


def poor_count() -> Measure:
    """Number of persons who live in poor households."""
    return total_of("poor_count", Term("poor"), "persons", "poor persons", better="lower")


def poor_households() -> Measure:
    """Number of poor households."""
    term = Term("poor", "households")
    return total_of("poor_households", term, "households", "poor households", better="lower")


@ranged
def fgt(alpha: Annotated[float, ALPHA]) -> Measure:
    """Foster-Greer-Thorbecke index of order alpha: mean of ((z - y)/z)^alpha over the poor.

    Parameters
    ----------
    alpha : float
        0 or above. 0 is the headcount, 1 the poverty gap, 2 the severity.

    References
    ----------
    Foster, Greer and Thorbecke (1984), Econometrica 52, 761-766, eq. 1.
    """
    if alpha == 0:
        return headcount()
    known = {1.0: ("poverty_gap", "poverty gap index"), 2.0: ("severity", "poverty severity index")}
    name, label = known.get(float(alpha), (f"fgt({alpha:g})", f"FGT index, alpha = {alpha:g}"))
    term = Term("gap", alpha=float(alpha))
    return ratio_of(name, term, Term("one"), "index", label, better="lower")


def poverty_gap() -> Measure:
    """Poverty gap index: FGT(1), the mean shortfall as a share of the line, zero for the rest."""
    return fgt(1)


def severity() -> Measure:
    """Squared poverty gap index: FGT(2)."""
    return fgt(2)


def watts() -> Measure:
    """Watts index: mean of ln(z/y) over the poor, zero for the rest (Watts 1968)."""
    terms = (Term("log_gap", positive=True), Term("one", positive=True))
    return ratio_of("watts", *terms, "index", "Watts index", better="lower")


@ranged
def clark(g: Annotated[float, CLARK]) -> Measure:
    """Clark-Hemming-Ulph index: mean of (1 - (y/z)^g)/g over the poor, zero for the rest.

    Over welfare above zero. 1 is the poverty gap, and the lower g, the more the poorest count.

    Parameters
    ----------
    g : float
        From 0 to 1. At 0 it is 1 - exp(-Watts), what the poor's incomes are short of, by
        geometric means.

    References
    ----------
    Clark, Hemming and Ulph (1981), Economic Journal 91, 515-526.
    """
    own = float(g)
    term = Term("log_gap") if own == 0 else Term("power_gap", alpha=own)
    return Measure(
        f"clark({own:g})", (replace(term, positive=True), Term("one", positive=True)),
        rules.one_less_exp if own == 0 else rules.ratio, "plain", "index",
        f"Clark-Hemming-Ulph index, g = {own:g}", better="lower",
    )  # fmt: skip


def shortfall() -> Measure:
    """Average shortfall of the poor: mean of z - y over poor persons, in money."""
    label = "average shortfall of the poor"
    terms = (Term("shortfall"), Term("poor"))
    return ratio_of("shortfall", *terms, "money", label, better="lower")


def total_shortfall() -> Measure:
    """Total shortfall: the money that would lift every poor person exactly to the line."""
    term = Term("shortfall")
    return total_of("total_shortfall", term, "money", "total shortfall", better="lower")


def sen() -> Measure:
    """Sen index: H (I + (1 - I) G), with G the Gini index of the poor's incomes.

    The form for many poor; Sen's own of 1976 has a factor q/(q + 1) on G, which depends on the
    number of households that happen to be in the sample.

    References
    ----------
    Sen (1976), Econometrica 44, 219-231.
    """
    gap, poor = Term("gap", alpha=1.0), Term("poor")
    terms = (
        Term("one"), poor, gap, Term("ranked", of=gap, among=poor),
        Term("lower", of=gap, among=poor),
    )  # fmt: skip
    return _ranked_index("sen", terms, rules.sen, "Sen index")


def sst() -> Measure:
    """Sen-Shorrocks-Thon index: the mean relative gap x (1 + the Gini index of gaps).

    References
    ----------
    Shorrocks (1995), Econometrica 63, 1225-1230; Thon (1979), Review of Income and Wealth 25,
    429-439.
    """
    gap = Term("gap", alpha=1.0)
    terms = (Term("one"), gap, Term("ranked", of=gap), Term("lower", of=gap))
    return _ranked_index("sst", terms, rules.sen_shorrocks_thon, "Sen-Shorrocks-Thon index")


def takayama() -> Measure:
    """Takayama index: the Gini index of incomes censored at the line.

    References
    ----------
    Takayama (1979), Econometrica 47, 747-759.
    """
    x = Term("censored")
    terms = (Term("one"), x, Term("ranked", of=x), Term("lower", of=x))
    return _ranked_index(
        "takayama", terms, rules.gini_of_ranks, "Takayama index",
        undefined=collected("the mean of incomes up to the line is not above zero"),
    )  # fmt: skip


def _ranked_index(
    name: str, terms: tuple[Term, ...], rule: Rule, label: str, undefined: str = ""
) -> Measure:
    return Measure(name, terms, rule, "plain", "index", label, better="lower", undefined=undefined)


@ranged
def prosperity_gap(standard: Annotated[float, STANDARD]) -> Measure:
    """World Bank's prosperity gap: mean of standard / y, over welfare above zero.

    How many times incomes would have to grow, on average, to reach a standard of prosperity;
    the World Bank's is 25 dollars a day of 2017, or 28 of 2021.

    Parameters
    ----------
    standard : float
        In the unit of welfare, above 0: for welfare by month, by month.

    References
    ----------
    Kraay, Lakner, Özler, Decerf, Jolliffe, Sterck and Yonzan (2023), World Bank Policy Research
    Working Paper 10566.
    """
    z = float(standard)
    terms = (Term("power", alpha=-1.0, positive=True), Term("one", positive=True))
    label = f"prosperity gap, standard {z:g}"
    return ratio_of(
        f"prosperity_gap({z:g})", *terms, "index", label, parameters=(z,), better="lower"
    )


@ranged
def richness(beta: Annotated[float, RICHNESS]) -> Measure:
    """Richness after Chakravarty: mean of 1 - (z/y)^beta over those above the line z.

    Parameters
    ----------
    beta : float
        Above 0; the larger, the nearer to the headcount of the rich.

    References
    ----------
    Peichl, Schaefer and Scheicher (2010), Review of Income and Wealth 56, 597-619, eq. 8.
    """
    b = float(beta)
    term = Term("rich_share", alpha=b)
    return _of_the_rich(f"richness({b:g})", term, f"richness index, beta = {b:g}")


@ranged
def richness_concave(alpha: Annotated[float, CONCAVE]) -> Measure:
    """Concave richness: mean of ((y - z)/y)^alpha over those above the line z.

    Parameters
    ----------
    alpha : float
        Above 0 and at most 1; a transfer from the very rich to the less rich raises it.

    References
    ----------
    Peichl, Schaefer and Scheicher (2010), Review of Income and Wealth 56, 597-619: T1.
    """
    a = float(alpha)
    term = Term("rich_share", alpha=-a)
    return _of_the_rich(f"richness_concave({a:g})", term, f"concave richness index, alpha = {a:g}")


@ranged
def richness_convex(alpha: Annotated[float, CONVEX]) -> Measure:
    """Convex richness: mean of ((y - z)/z)^alpha over those above the line z.

    Parameters
    ----------
    alpha : float
        Above 1; few very high incomes dominate it.

    References
    ----------
    Peichl, Schaefer and Scheicher (2010), Review of Income and Wealth 56, 597-619: T2.
    """
    a = float(alpha)
    term = Term("rich_gap", alpha=a)
    return _of_the_rich(f"richness_convex({a:g})", term, f"convex richness index, alpha = {a:g}")


@ranged
def growth_elasticity(alpha: Annotated[float, ELASTIC]) -> Measure:
    """Elasticity of FGT(alpha) to growth: its change in percent when all incomes grow by one.

    Parameters
    ----------
    alpha : float
        1 (the poverty gap) or above. The headcount's elasticity is a density at the line, which
        no sum gives.

    References
    ----------
    Kakwani (1993), Review of Income and Wealth 39, 121-139, eq. 14.
    """
    a = float(alpha)
    before = Term("poor") if a == 1 else Term("gap", alpha=a - 1.0)
    return Measure(
        f"growth_elasticity({a:g})", (before, Term("gap", alpha=a)), rules.growth_elasticity,
        "plain", "index", f"elasticity of FGT({a:g}) to growth", parameters=(a,),
        speaks_of=Term("poor"), nobody=collected("nobody is below the line"),
    )  # fmt: skip


def rich_headcount() -> Measure:
    """Share of persons above the line, which is then one of riches."""
    label = "persons above the line, share"
    return ratio_of("rich_headcount", Term("rich"), Term("one"), "share", label)


def _of_the_rich(name: str, term: Term, label: str) -> Measure:
    return ratio_of(name, term, Term("one"), "index", label)


MEASURES = (
    headcount, household_headcount, poor_count, poor_households, fgt, poverty_gap, severity,
    watts, clark, shortfall, total_shortfall, sen, sst, takayama, prosperity_gap, growth_elasticity,
    rich_headcount, richness, richness_concave, richness_convex,
)  # fmt: skip
