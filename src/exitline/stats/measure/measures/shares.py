"""What parts of the population have of all welfare: shares, their ratios, the Lorenz curve."""

from __future__ import annotations

from exitline.errors import MeasureError
from exitline.stats.measure.measures import share_rules
from exitline.stats.measure.measures.quantiles import one_of, probability
from exitline.stats.measure.model import Measure, Scalar, Term
from exitline.stats.measure.ranges import Edge, Probability, ranged
from exitline.words.said import collected

EMPTY = collected("there is no welfare above zero to share")
NO_BOTTOM = collected(
    "the poorest have no welfare above zero, or nobody is above the upper quantile"
)
RULES = ("interpolated", "convey", "eurostat")


@ranged
def lorenz(p: Probability) -> Measure:
    """Ordinate of the Lorenz curve: the share of all welfare that the poorest share p has.

    Parameters
    ----------
    p : float
        Between 0 and 1.

    References
    ----------
    Kovačević and Binder (1997), Journal of Official Statistics 13, 41-58.
    """
    label = f"share of welfare of the poorest {100 * p:g} %"
    return _shares(f"lorenz({p:g})", (probability(p),), (0.0, p, 1.0), label, better="higher")


@ranged
def zenga_curve(p: Probability) -> Measure:
    """Ordinate of the Zenga curve: how far the mean of the poorest p is below that of the rest.

    Parameters
    ----------
    p : float
        Between 0 and 1.

    References
    ----------
    Zenga (2007), Statistica & Applicazioni 5, 3-27.
    """
    p = probability(p)
    terms, scalars = _interpolated((p,))
    return Measure(
        f"zenga_curve({p:g})", terms, share_rules.zenga_curve, "plain", "index",
        f"Zenga curve at {p:g}", (p,), scalars, better="lower", undefined=EMPTY,
    )  # fmt: skip


@ranged
def quantile_share(lower: Edge, upper: Edge) -> Measure:
    """Share of all welfare that persons between two quantiles have.

    Parameters
    ----------
    lower, upper : float
        From 0 to 1: ``quantile_share(0, 0.1)`` is the poorest tenth.
    """
    if not 0 <= lower < upper <= 1:
        raise MeasureError(
            "there is no part of the population between these quantiles",
            expected="two numbers from 0 to 1, the smaller one first",
            got=f"{lower}, {upper}",
            remedy="write the second fifth as quantile_share(0.2, 0.4)",
        )
    label = f"share of welfare from quantile {lower:g} to {upper:g}"
    inner = [(p, sign) for p, sign in ((lower, -1.0), (upper, 1.0)) if 0 < p < 1]
    parameters = (1.0 if upper == 1 else 0.0, *(x for pair in inner for x in pair))
    name = f"quantile_share({lower:g}, {upper:g})"
    return _shares(name, tuple(p for p, _ in inner), parameters, label)


@ranged
def top_share(p: Probability) -> Measure:
    """Share of all welfare that the richest share p of persons has.

    Parameters
    ----------
    p : float
        Between 0 and 1: 0.1 is the richest tenth.
    """
    at = 1.0 - probability(p)
    label = f"share of welfare of the richest {100 * p:g} %"
    return _shares(f"top_share({p:g})", (at,), (1.0, at, -1.0), label, better="lower")


@ranged
def quantile_share_ratio(
    lower: Probability, upper: Probability, rule: str = "interpolated"
) -> Measure:
    """What persons above one quantile have over what those below another have.

    Parameters
    ----------
    lower, upper : float
        Between 0 and 1: 0.2 and 0.8 compare the richest with the poorest fifth.
    rule : {"interpolated", "convey", "eurostat"}
        "interpolated" counts a part of the household in which a quantile falls; "convey" counts it
        whole with the poor; "eurostat" compares means of the two groups instead of their sums.

    References
    ----------
    Langel and Tillé (2011), Survey Research Methods 5, 1-10.
    """
    label = f"share of the richest {100 * (1 - upper):g} % over the poorest {100 * lower:g} %"
    name = f"quantile_share_ratio({lower:g}, {upper:g}{_other(rule, 'interpolated')})"
    return _ratio(name, (lower, upper), rule, label)


def quintile_ratio(rule: str = "eurostat") -> Measure:
    """The income quintile share ratio (S80/S20): the richest fifth over the poorest fifth.

    Parameters
    ----------
    rule : {"eurostat", "interpolated", "convey"}
        See `quantile_share_ratio`.

    References
    ----------
    Eurostat; Langel and Tillé (2011), Survey Research Methods 5, 1-10.
    """
    name = "quintile_ratio" if rule == "eurostat" else f"quintile_ratio('{rule}')"
    return _ratio(name, (0.2, 0.8), rule, "quintile share ratio (S80/S20)")


def palma(rule: str = "interpolated") -> Measure:
    """The Palma ratio: what the richest tenth has over what the poorest four tenths have.

    Parameters
    ----------
    rule : {"interpolated", "convey"}
        See `quantile_share_ratio`.

    References
    ----------
    Palma (2011), Development and Change 42, 87-153; Cobham and Sumner (2013).
    """
    one_of("the rule of the Palma ratio", rule, RULES[:2])
    name = "palma" if rule == "interpolated" else f"palma('{rule}')"
    return _ratio(name, (0.4, 0.9), rule, "Palma ratio")


@ranged
def bottom_sum(p: Probability) -> Measure:
    """All that persons at or below a quantile have, in money.

    Parameters
    ----------
    p : float
        The probability of the quantile.
    """
    label = f"total welfare of the poorest {100 * p:g} %"
    return _sum(f"bottom_sum({p:g})", p, share_rules.bottom_sum, label)


@ranged
def top_sum(p: Probability) -> Measure:
    """All that persons above a quantile have, in money.

    Parameters
    ----------
    p : float
        The probability of the quantile: ``top_sum(0.8)`` is what the richest fifth has.
    """
    label = f"total welfare above quantile {p:g}"
    return _sum(f"top_sum({p:g})", p, share_rules.top_sum, label)


def _other(rule: str, usual: str) -> str:
    """How a name says the rule, where it is not the usual one."""
    return "" if rule == usual else f", '{rule}'"


def _sum(name: str, p: float, rule: object, label: str) -> Measure:
    """A sum below or above a quantile."""
    at = Scalar("quantile", probability(p))
    terms = (Term("one"), Term("welfare"), *_at(at, kernels=True))
    return Measure(name, terms, rule, "plain", "money", label, (p,), (at,))  # type: ignore[arg-type]


def _at(at: Scalar, *, kernels: bool = False) -> tuple[Term, ...]:
    """The sums of persons and of welfare up to a quantile, and the kernels of both there."""
    kinds = ("at_most", "kernel") if kernels else ("at_most",)
    return tuple(Term(k, at=at, of=of) for k in kinds for of in (None, Term("welfare")))


def _interpolated(ps: tuple[float, ...]) -> tuple[tuple[Term, ...], tuple[Scalar, ...]]:
    """Terms and scalars of Lorenz ordinates."""
    found = [(Scalar("quantile", p), Scalar("quantile", p, rule="hf4")) for p in ps]
    terms = [term for _, between in found for term in _at(between)]
    return (Term("one"), Term("welfare"), *terms), tuple(s for pair in found for s in pair)


def _shares(
    name: str, ps: tuple[float, ...], parameters: tuple[float, ...], label: str, better: str = ""
) -> Measure:
    """A measure that is a sum of Lorenz ordinates."""
    terms, scalars = _interpolated(ps)
    return Measure(
        name, terms, share_rules.lorenz_sum, "plain", "share", label, parameters, scalars,
        better=better, undefined=EMPTY,  # type: ignore[arg-type]
    )  # fmt: skip


def _ratio(name: str, ps: tuple[float, float], rule: str, label: str) -> Measure:
    """A ratio of shares."""
    one_of("the rule of a share ratio", rule, RULES)
    lower, upper = (probability(p) for p in ps)
    if lower > upper:
        raise MeasureError(
            "the upper quantile of a share ratio lies below the lower one",
            expected="the lower one first",
            got=f"{lower:g}, {upper:g}",
            remedy=f"write {upper:g}, {lower:g}",
        )
    if rule == "interpolated":
        terms, scalars = _interpolated((lower, upper))
        parameters: tuple[float, ...] = (lower, upper)
    else:
        scalars = (Scalar("quantile", lower), Scalar("quantile", upper))
        sums = (term for at in scalars for term in _at(at, kernels=True))
        terms, parameters = (Term("one"), Term("welfare"), *sums), (
            lower, upper, 1.0 if rule == "eurostat" else 0.0,
        )  # fmt: skip
    made = share_rules.lorenz_ratio if rule == "interpolated" else share_rules.sum_ratio
    return Measure(
        name, terms, made, "plain", "index", label, parameters, scalars, better="lower",
        undefined=NO_BOTTOM,
    )  # fmt: skip


MEASURES = (
    lorenz, zenga_curve, quantile_share, top_share, quantile_share_ratio, quintile_ratio, palma,
    bottom_sum, top_sum,
)  # fmt: skip
