"""What a term is computed from on each row: one algebra for engines and arrays, and its kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from exitline.stats.measure.model import RANKED, Scalar, Term, Unit
from exitline.stats.measure.relative_lines import Boundary


class Micro(Protocol):
    """What a term is computed from on each row: one algebra for engines and for arrays.

    Values are columns of a query or arrays of NumPy; both know + - * / and comparisons.
    """

    @property
    def welfare(self) -> Any:
        """Welfare of each row."""

    def line(self, at: At) -> Any:
        """The poverty line of each row."""

    def boundary(self, at: At) -> Boundary:
        """Who is poor at the line."""

    def column(self, name: str) -> Any:
        """A column of flags or amounts."""

    def weight(self, unit: Unit) -> Any:
        """The weight of a household, or of its persons."""

    def found(self, scalar: Scalar, at: At) -> Any:
        """The figure that the first pass found in the row's domain."""

    def around(self, amount: Any, ranking: Any, among: Any, term: Term, at: At) -> tuple[Any, Any]:
        """Weighted sums of `amount` over the rows of the domain that are ranked lower, and over
        those with the same rank; only those take part for whom `among` is 1.
        """

    def upto(self, amount: Any, ranking: Any, among: Any, term: Term, at: At) -> Any:
        """Weighted sums of `amount` over the rows that are ranked lower or the same."""

    def whole(self, amount: Any, among: Any, term: Term, at: At) -> Any:
        """Weighted sum of `amount` over all rows of the domain that take part."""

    def ends(self, ranking: Any, among: Any, at: At) -> tuple[Any, Any]:
        """The lowest and the highest rank of the domain among rows that take part."""

    def ready(self, term: Term, at: At) -> Any:
        """The term's value where it is known already; None otherwise."""

    def where(self, condition: Any, value: Any, otherwise: Any) -> Any:
        """A value where a condition holds, another elsewhere."""

    def divide(self, value: Any, by: Any) -> Any:
        """A quotient; missing where there is none."""

    def log(self, value: Any) -> Any:
        """Natural logarithm; missing where there is none."""

    def exp(self, value: Any) -> Any:
        """Exponential function."""

    def power(self, value: Any, exponent: float) -> Any:
        """A value to a power."""


@dataclass(frozen=True)
class At:
    """Where a term is taken: the index of a line, and the set of domains that it depends on."""

    line: int | None = None
    by: tuple[int, ...] | None = None


KINDS: dict[str, Callable[[Term, Micro, At], Any]] = {}
"""From the kind of a term to its value on each row, before weighting; `terms` fills it."""


def value(term: Term, micro: Micro, at: At) -> Any:
    """The term's value on each row, before weighting.

    Parameters
    ----------
    term : Term
    micro : Micro
    at : At

    Returns
    -------
    column or array
        A double; zero on rows that do not take part.
    """
    ready = micro.ready(term, at)
    if ready is not None:
        return ready
    plain = KINDS[term.kind](term, micro, at)
    if term.among is not None and term.kind not in RANKED:
        plain = plain * value(term.among, micro, at)
    return taking_part(term, micro, plain)


def taking_part(term: Term, micro: Micro, amount: Any) -> Any:
    """The amount on rows whose welfare the term is taken of, zero on others."""
    if term.positive:
        return micro.where(micro.welfare > 0, amount, 0.0)
    return micro.where(micro.welfare >= 0, amount, 0.0) if term.nonnegative else amount
