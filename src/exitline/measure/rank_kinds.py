"""Terms of the Zenga index, and of the rich: their value on each row.

The Zenga index compares, at every value, the mean of those below with the mean of those above:
it is 1 less the mean of (N - D) L / (D (Y - L)), with D the number at or below the value, L the
welfare strictly below it, and the totals N and Y.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.measure.model import Term
    from exitline.measure.terms import At, Micro


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
    """One value of welfare in its domain, as columns: N, Y, the number at or below it (D) and
    the welfare strictly below it (L); whether it is the only value there."""

    N: Any
    Y: Any
    D: Any
    L: Any
    only: Any
    micro: Micro

    @property
    def above(self) -> Any:
        """The welfare at or above the value."""
        return self.Y - self.L

    def of(self, amount: Any) -> Any:
        """An amount; 0 where all values are one."""
        return self.micro.where(self.only, 0.0, amount)


def _step(term: Term, micro: Micro, at: At) -> _Step:
    from exitline.measure.terms import value

    y = micro.welfare
    among = 1.0 if term.among is None else value(term.among, micro, at)
    lower, equal = micro.around(1.0, y, among, term, at)
    lower_sum, _ = micro.around(y, y, among, term, at)
    low, high = micro.ends(y, among, at)
    return _Step(
        micro.whole(1.0, among, term, at), micro.whole(y, among, term, at), lower + equal,
        micro.where(y <= low, 0.0, lower_sum), low >= high, micro,
    )  # fmt: skip


def _zenga(term: Term, micro: Micro, at: At) -> Any:
    """(N - D) L / (N D (Y - L)) of the row's value; 1/N where all are equal, so that the index
    is 0.

    References
    ----------
    Zenga (2007), Statistica & Applicazioni 5, 3-27; Barabesi, Diana and Perri (2016), Statistical
    Papers 57, 31-45: the estimator of R's convey, tied values as one.
    """
    step = _step(term, micro, at)
    ratio = micro.divide((step.N - step.D) * step.L, step.N * step.D * step.above)
    return micro.where(step.only, micro.divide(1.0, step.N), ratio)


def _zenga_slope(term: Term, micro: Micro, at: At) -> Any:
    """The derivative of `_zenga` by N (alpha 0), Y (1), D (2) or L (3)."""
    step = _step(term, micro, at)
    if term.alpha == 0.0:
        ratio = micro.divide(step.L, step.N * step.N * step.above)
        return micro.where(step.only, micro.divide(-1.0, step.N * step.N), ratio)
    if term.alpha == 1.0:
        ratio = micro.divide((step.N - step.D) * step.L, step.N * step.D * step.above)
        slope = -micro.divide(ratio, step.above)
    elif term.alpha == 2.0:
        slope = -micro.divide(step.L, step.D * step.D * step.above)
    else:
        slope = micro.divide((step.N - step.D) * step.Y, step.N * step.D * step.above * step.above)
    return step.of(slope)


def _zenga_unit(term: Term, micro: Micro, at: At) -> Any:
    """How the sum moves with a row's weight, through ranks: values from its own upwards stand on
    its number, those above it on its welfare."""
    from exitline.measure.terms import value

    among = 1.0 if term.among is None else value(term.among, micro, at)
    y, by = micro.welfare, []
    for slope in inner(term):
        amount = value(slope, micro, at)
        lower, equal = micro.around(amount, y, among, term, at)
        by.append((micro.whole(amount, among, term, at) - lower, equal))
    (number, _), (welfare, own) = by
    return number + y * (welfare - own)


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
