"""What a term is worth on a row, in an algebra that engines and arrays share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exitline.stats.measure.algebra import KINDS, At, Micro, taking_part, value
from exitline.stats.measure.measures import rank_kinds
from exitline.stats.measure.model import Scalar, Term
from exitline.stats.measure.relative_lines import is_poor

__all__ = ["KINDS", "At", "Micro", "ranks", "taking_part", "value"]

ROOT_TWO_PI = 2.5066282746310002


def _gap(term: Term, micro: Micro, at: At) -> Any:
    """((z - y)/z)^alpha of those who are poor."""
    if term.alpha == 2.0:
        once = value(plain_gap(term), micro, at)
        return once * once
    return _of_poor(_relative_gap)(term, micro, at)


def _relative_gap(term: Term, micro: Micro, at: At) -> Any:
    line = micro.line(at)
    relative = (line - micro.welfare) / line
    return relative if term.alpha == 1.0 else micro.power(relative, term.alpha or 0.0)


def plain_gap(term: Term) -> Term:
    """The gap that a squared one is made of."""
    return Term("gap", alpha=1.0, unit=term.unit)


def _of_poor(amount: Callable[[Term, Micro, At], Any]) -> Callable[[Term, Micro, At], Any]:
    """The amount on rows that are poor at the line, zero on others."""

    def kind(term: Term, micro: Micro, at: At) -> Any:
        poor = is_poor(micro.welfare, micro.line(at), micro.boundary(at))
        return micro.where(poor, amount(term, micro, at), 0.0)

    return kind


def _censored(_: Term, micro: Micro, at: At) -> Any:
    """Welfare, or the line where welfare is above it."""
    line = micro.line(at)
    return micro.where(micro.welfare < line, micro.welfare, line)


def _at_most(term: Term, micro: Micro, at: At) -> Any:
    """One, or what is summed, where welfare is at most a number or a figure of the domain."""
    amount = 1.0 if term.of is None else value(term.of, micro, at)
    if term.at is None:
        return micro.where(micro.welfare <= (term.alpha or 0.0), amount, 0.0)
    of = value(term.at.of, micro, at)
    inside = micro.where(of <= micro.found(term.at, at), amount, 0.0)
    return inside if term.at.among is None else inside * value(term.at.among, micro, at)


def _equal_to(term: Term, micro: Micro, at: At) -> Any:
    """One, or what is summed, where a value is the figure of the domain itself."""
    assert term.at is not None
    amount = 1.0 if term.of is None else value(term.of, micro, at)
    return micro.where(value(term.at.of, micro, at) == micro.found(term.at, at), amount, 0.0)


def _kernel(term: Term, micro: Micro, at: At) -> Any:
    """Gaussian kernel at the line, or at a figure of the domain: its total is the density times
    the population (times the mean there of what is summed). Of welfare, of what the figure is
    of, or of what the term says. The bandwidth is convey's
    (functions densfun and h_fun)."""
    scalar = term.at or Scalar("quantile")
    place = micro.line(at) if term.at is None else micro.found(scalar, at)
    width = micro.found(bandwidth(term), at)
    distance = micro.divide(place - value(term.ranking or scalar.of, micro, at), width)
    height = micro.divide(micro.exp(-(distance * distance) / 2.0), ROOT_TWO_PI * width)
    return height if term.of is None else height * value(term.of, micro, at)


def bandwidth(term: Term) -> Scalar:
    """The bandwidth of a "kernel" term: of those whose density it is."""
    of = Term("welfare") if term.at is None else term.at.of
    return Scalar("bandwidth", of=term.ranking or of, among=term.among, unit=term.unit)


def _ranked(term: Term, micro: Micro, at: At) -> Any:
    """x F: what is summed, times the weighted number of rows that are ranked lower."""
    of, ranking, among = ranks(term, micro, at)
    lower, equal = micro.around(1.0, ranking, among, term, at)
    return of * among * (lower + equal / 2.0)


def _lower(term: Term, micro: Micro, at: At) -> Any:
    """L: the weighted sum of x over rows that are ranked lower."""
    of, ranking, among = ranks(term, micro, at)
    lower, equal = micro.around(of, ranking, among, term, at)
    return among * (lower + equal / 2.0)


def _excess(term: Term, micro: Micro, at: At) -> Any:
    """x F - L: how far a row is above all that are ranked lower, each with its weight.

    Where rows are ranked by x itself, ties add the same to x F and to L, and need not be told
    from those below.
    """
    of, ranking, among = ranks(term, micro, at)
    if term.ranking is None:
        below, sums = (micro.upto(x, ranking, among, term, at) for x in (1.0, of))
        return among * (of * below - sums)
    lower, equal = micro.around(1.0, ranking, among, term, at)
    lower_sum, equal_sum = micro.around(of, ranking, among, term, at)
    return among * (of * (lower + equal / 2.0) - (lower_sum + equal_sum / 2.0))


def ranks(term: Term, micro: Micro, at: At) -> tuple[Any, Any, Any]:
    """What is summed, what it is ranked by, and whether a row takes part."""
    assert term.of is not None
    of = value(term.of, micro, at)
    ranking = of if term.ranking is None else value(term.ranking, micro, at)
    return of, ranking, 1.0 if term.among is None else value(term.among, micro, at)


def _number(term: Term, _micro: Micro, _at: At) -> Any:
    return term.alpha or 0.0


def _found(term: Term, micro: Micro, at: At) -> Any:
    """A figure of the domain, so many times."""
    assert term.at is not None
    return micro.found(term.at, at) * (term.alpha or 0.0)


def _quotient(term: Term, micro: Micro, at: At) -> Any:
    """One term over another; missing where there is none."""
    assert term.of is not None
    assert term.ranking is not None
    return micro.divide(value(term.of, micro, at), value(term.ranking, micro, at))


def _after(term: Term, micro: Micro, at: At) -> Any:
    """Welfare after a transfer."""
    assert term.of is not None
    return micro.welfare + value(term.of, micro, at)


def _gap_after(term: Term, micro: Micro, at: At) -> Any:
    """((z - y - t)/z)^alpha of those who are poor after a transfer t."""
    line, after = micro.line(at), _after(term, micro, at)
    relative = (line - after) / line
    alpha = term.alpha or 0.0
    plain = 1.0 if alpha == 0 else relative
    if alpha not in (0.0, 1.0):
        plain = relative * relative if alpha == 2.0 else micro.power(relative, alpha)
    return micro.where(is_poor(after, line, micro.boundary(at)), plain, 0.0)


def _shortfall_after(term: Term, micro: Micro, at: At) -> Any:
    """z - y - t of those who are poor after a transfer t."""
    line, after = micro.line(at), _after(term, micro, at)
    return micro.where(is_poor(after, line, micro.boundary(at)), line - after, 0.0)


def _one(_term: Term, _micro: Micro, _at: At) -> Any:
    return 1.0


def _column(term: Term, micro: Micro, _at: At) -> Any:
    return micro.column(term.column or "")


def _rest(term: Term, micro: Micro, at: At) -> Any:
    """One where another term is 0, and the reverse."""
    assert term.of is not None
    return 1.0 - value(term.of, micro, at)


def _received(term: Term, micro: Micro, _at: At) -> Any:
    """Whether a column is above zero."""
    return micro.where(micro.column(term.column or "") > 0, 1.0, 0.0)


def _product(term: Term, micro: Micro, at: At) -> Any:
    """One term times another."""
    assert term.of is not None
    assert term.ranking is not None
    return value(term.of, micro, at) * value(term.ranking, micro, at)


def _plus(term: Term, micro: Micro, at: At) -> Any:
    """One term and another."""
    assert term.of is not None
    assert term.ranking is not None
    return value(term.of, micro, at) + value(term.ranking, micro, at)


def _raised(term: Term, micro: Micro, at: At) -> Any:
    """A power of a term."""
    assert term.of is not None
    return micro.power(value(term.of, micro, at), term.alpha or 0.0)


def _below(term: Term, micro: Micro, at: At) -> Any:
    """Whether a term is below zero."""
    assert term.of is not None
    return micro.where(value(term.of, micro, at) < 0.0, 1.0, 0.0)


def _welfare(_term: Term, micro: Micro, _at: At) -> Any:
    return micro.welfare


def _log_welfare(_term: Term, micro: Micro, _at: At) -> Any:
    return micro.log(micro.welfare)


def _welfare_log(_term: Term, micro: Micro, _at: At) -> Any:
    """y ln y, which is 0 at 0."""
    return micro.where(micro.welfare > 0, micro.welfare * micro.log(micro.welfare), 0.0)


def _exp_below(term: Term, micro: Micro, at: At) -> Any:
    """exp(a (m - y)), with m a figure of the domain."""
    assert term.at is not None
    return micro.exp((micro.found(term.at, at) - micro.welfare) * (term.alpha or 0.0))


def _power(term: Term, micro: Micro, _at: At) -> Any:
    return micro.power(micro.welfare, term.alpha or 0.0)


def _log_gap(_term: Term, micro: Micro, at: At) -> Any:
    return micro.log(micro.line(at) / micro.welfare)


def _power_gap(term: Term, micro: Micro, at: At) -> Any:
    """(1 - (y/z)^alpha)/alpha."""
    alpha = term.alpha or 1.0
    return (1.0 - micro.power(micro.welfare / micro.line(at), alpha)) / alpha


def _shortfall(_term: Term, micro: Micro, at: At) -> Any:
    return micro.line(at) - micro.welfare


KINDS.update({
    "one": _one,
    "flag": _column,
    "amount": _column,
    "received": _received,
    "rest": _rest,
    "product": _product,
    "plus": _plus,
    "raised": _raised,
    "below": _below,
    "number": _number,
    "found": _found,
    "quotient": _quotient,
    "after": _after,
    "gap_after": _gap_after,
    "shortfall_after": _shortfall_after,
    "welfare": _welfare,
    "log_welfare": _log_welfare,
    "welfare_log": _welfare_log,
    "power": _power,
    "poor": _of_poor(_one),
    "gap": _gap,
    "log_gap": _of_poor(_log_gap),
    "power_gap": _of_poor(_power_gap),
    "shortfall": _of_poor(_shortfall),
    "censored": _censored,
    "at_most": _at_most,
    "equal_to": _equal_to,
    "kernel": _kernel,
    "ranked": _ranked,
    "lower": _lower,
    "excess": _excess,
    "exp_below": _exp_below,
    **rank_kinds.KINDS,
})  # fmt: skip
