"""Terms of the Zenga index, and of the rich: their value on each row.

The Zenga index compares, at every share of the population, the mean of those below with the
mean of those above. Each value of welfare adds a step, a function of D- and Y-, the number and
the welfare strictly below, of d, the number who have it, and of the totals N and Y. Where one
row has it alone, the step is Barabesi, Diana and Perri's, as in R's convey; where rows share
it, the integral over the stretch that they take up (Langel and Tillé): it does not depend on
their order, and is 0 where all are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exitline.stats.measure.algebra import value

if TYPE_CHECKING:
    from exitline.stats.measure.algebra import At, Micro
    from exitline.stats.measure.model import Term


def _rich(_term: Term, micro: Micro, at: At) -> Any:
    return _of_rich(micro, at, 1.0)


def _rich_share(term: Term, micro: Micro, at: At) -> Any:
    """1 - (z/y)^a for a > 0; (1 - z/y)^-a for a < 0, Peichl's T1."""
    part = micro.divide(micro.line(at), micro.welfare)
    alpha = term.alpha or 0.0
    if alpha > 0:
        return _of_rich(micro, at, 1.0 - micro.power(part, alpha))
    return _of_rich(micro, at, micro.power(1.0 - part, -alpha))


def _rich_gap(term: Term, micro: Micro, at: At) -> Any:
    """(y/z - 1)^a."""
    line = micro.line(at)
    return _of_rich(micro, at, micro.power((micro.welfare - line) / line, term.alpha or 0.0))


def _of_rich(micro: Micro, at: At, amount: Any) -> Any:
    """An amount on rows strictly above the line, zero on others."""
    return micro.where(micro.welfare > micro.line(at), amount, 0.0)


@dataclass(frozen=True)
class _Step:
    """One value of welfare in its domain, as columns: see `_zenga`."""

    y: Any
    N: Any
    Y: Any
    lower: Any
    lower_sum: Any
    equal: Any
    first: Any
    last: Any
    alone: Any
    micro: Micro

    def known(self) -> tuple[Any, Any, Any, Any, Any]:
        """S = Y + A, a, b and the two logarithms P and Q, so that the step is a P + b Q.

        A = y D- less Y-, a = A/S, b = Y/(N y) - Y/S, P = ln(D/D-), Q = ln((Y - Y-)/(Y - Y+)),
        with D and Y+ the number and welfare up to y. P is 0 at the lowest value, b Q at the
        highest.
        """
        micro = self.micro
        A = micro.where(self.first, 0.0, self.y * self.lower - self.lower_sum)
        S = self.Y + A
        P = micro.where(self.first, 0.0, micro.log(micro.divide(self.upto, self.lower)))
        above = micro.log(micro.divide(self.Y - self.lower_sum, self.above))
        Q = micro.where(self.last, 0.0, above)
        b = micro.divide(self.Y, self.N * self.y) - micro.divide(self.Y, S)
        return S, micro.divide(A, S), micro.where(self.last, 0.0, b), P, Q

    def one_row(self) -> tuple[Any, Any, Any]:
        """L/U, with L = Y- and U the welfare from y on; and 1/D - 1/N; and 1/D."""
        micro = self.micro
        here = micro.divide(1.0, self.upto)
        part = micro.divide(self.lower_sum, self.Y - self.lower_sum)
        return part, here - micro.divide(1.0, self.N), here

    @property
    def upto(self) -> Any:
        """The number up to y."""
        return self.lower + self.equal

    @property
    def above(self) -> Any:
        """The welfare above y."""
        return self.Y - self.lower_sum - self.equal * self.y

    def inverse(self, where: Any, of: Any) -> Any:
        """1/of; 0 where a condition holds."""
        return self.micro.where(where, 0.0, self.micro.divide(1.0, of))


def _step(term: Term, micro: Micro, at: At) -> _Step:
    y = micro.welfare
    among = 1.0 if term.among is None else value(term.among, micro, at)
    lower, equal = micro.around(1.0, y, among, term, at)
    lower_sum, _ = micro.around(y, y, among, term, at)
    low, high = micro.ends(y, among, at)
    alone = (equal <= micro.weight(term.unit) * among) & (low < high)
    return _Step(
        y, micro.whole(1.0, among, term, at), micro.whole(y, among, term, at), lower, lower_sum,
        equal, y <= low, y >= high, alone, micro,
    )  # fmt: skip


def _zenga(term: Term, micro: Micro, at: At) -> Any:
    """The step of the row's value, divided among those who share it.

    References
    ----------
    Zenga (2007), Statistica & Applicazioni 5, 3-27; Barabesi, Diana and Perri (2016), Statistics
    50, 1239-1260; Langel and Tillé (2012), Journal of Statistical Computation and Simulation
    82, 1093-1110.
    """
    step = _step(term, micro, at)
    _, a, b, P, Q = step.known()
    part, apart, _ = step.one_row()
    own = micro.divide(1.0, step.N) - part * apart
    return micro.where(step.alone, own, micro.divide(a * P + b * Q, step.equal))


def _zenga_slope(term: Term, micro: Micro, at: At) -> Any:
    """The derivative of the step by N (alpha 0), Y (1), D- (2) or Y- (3), as `_zenga`."""
    step = _step(term, micro, at)
    S, a, b, P, Q = step.known()
    square = micro.divide(step.Y, S * S)
    from_here = step.inverse(step.last, step.Y - step.lower_sum)
    from_next = step.inverse(step.last, step.above)
    if term.alpha == 0.0:
        slope = -micro.divide(step.Y, step.N * step.N * step.y) * Q
    elif term.alpha == 1.0:
        wide = micro.divide(1.0, step.N * step.y) - micro.divide(1.0, S) + square
        slope = (square - micro.divide(1.0, S)) * P + wide * Q + b * (from_here - from_next)
    elif term.alpha == 2.0:
        shift = micro.divide(1.0, step.upto) - step.inverse(step.first, step.lower)
        slope = square * step.y * (P + Q) + a * shift
    else:
        slope = -square * (P + Q) + b * (from_next - from_here)
    part, apart, here = step.one_row()
    rest = step.Y - step.lower_sum
    if term.alpha == 0.0:
        own = -micro.divide(1.0 + part, step.N * step.N)
    elif term.alpha == 1.0:
        own = micro.divide(part, rest) * apart
    elif term.alpha == 2.0:
        own = part * here * here
    else:
        own = -micro.divide(step.Y, rest * rest) * apart
    return micro.where(step.alone, own, micro.divide(slope, step.equal))


def _zenga_unit(term: Term, micro: Micro, at: At) -> Any:
    """How the index moves with a row's weight, through ranks: those above it stand on it."""
    among = 1.0 if term.among is None else value(term.among, micro, at)
    step = _step(term, micro, at)
    _, a, b, _, _ = step.known()
    shared = micro.divide(a, step.upto) + b * step.y * step.inverse(step.last, step.above)
    part, apart, here = step.one_row()
    single = micro.divide(1.0, step.N) - part * apart + step.equal * part * here * here
    own = micro.where(step.alone, single, shared)
    above = []
    for slope in inner(term):
        amount = value(slope, micro, at)
        lower, equal = micro.around(amount, step.y, among, term, at)
        above.append(micro.whole(amount, among, term, at) - lower - equal)
    return own + above[0] + step.y * above[1]


def inner(term: Term) -> tuple[Term, ...]:
    """Terms of ranks that a term's own ranks are taken of: they must be known before it."""
    if term.kind != "zenga_unit":
        return ()
    return tuple(
        replace(term, kind="zenga_slope", alpha=alpha, positive=False) for alpha in (2.0, 3.0)
    )


KINDS: Mapping[str, Callable[[Term, Micro, At], Any]] = {
    "rich": _rich,
    "rich_share": _rich_share,
    "rich_gap": _rich_gap,
    "zenga": _zenga,
    "zenga_slope": _zenga_slope,
    "zenga_unit": _zenga_unit,
}
