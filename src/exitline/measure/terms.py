"""Row-level values of terms, and the poverty lines that they are taken at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import ibis

from exitline.errors import MeasureError
from exitline.measure import portable, rank_kinds
from exitline.measure.model import RANKED, Scalar, Term, Unit

Boundary = Literal["<", "<="]


@dataclass(frozen=True)
class Location:
    """The quantile or mean that a relative line is a share of.

    Attributes
    ----------
    share : float
    p : float or None
        The probability of the quantile (0.5 is the median); None for the mean.
    value : float
        As the first pass found it in the whole sample; NaN where each domain has its own.
    density : float
        Density of welfare at the quantile; unused for the mean.
    within : bool
        Whether each domain has a line of its own.
    plus, floor : float
        The line is the share plus this, and at least the floor (as the World Bank's societal
        poverty line).
    """

    share: float
    p: float | None
    value: float
    density: float
    within: bool = False
    plus: float = 0.0
    floor: float = 0.0

    @property
    def scalar(self) -> Scalar:
        """What the first pass finds in each domain."""
        return Scalar("mean") if self.p is None else Scalar("quantile", self.p)

    def line(self, found: Any, micro: Micro) -> Any:
        """The line, from what the first pass found."""
        line = found * self.share + self.plus
        return micro.where(line > self.floor, line, self.floor) if self.floor else line


@dataclass(frozen=True)
class PovertyLine:
    """A poverty line as a measure needs it.

    Parameters
    ----------
    label : str
        How results name it.
    value : float or str
        The line itself, or the column that holds each household's line, in the unit of
        the welfare column.
    boundary : {"<", "<="}
        Who is poor: strictly below the line (World Bank) or also exactly on it (convey).
    factor : float
        What the column's values are multiplied by to be in the unit of welfare.
    relative : Location, optional
        What the line is a share of, if it was estimated from the same sample.
    owner : RelativeLine, optional
        The line of a measure that has its own; no other measure is taken at it.

    Raises
    ------
    MeasureError
        For a line that is not a finite number above zero.

    Examples
    --------
    >>> PovertyLine("absolute", 4891.0).boundary
    '<'
    """

    label: str
    value: float | str
    boundary: Boundary = "<"
    factor: float = 1.0
    relative: Location | None = None
    owner: RelativeLine | None = None

    def __post_init__(self) -> None:
        fixed = not isinstance(self.value, str) and not self.within
        if fixed and not 0 < float(self.value) < float("inf"):
            raise MeasureError(
                "a poverty line must be a finite number above zero",
                expected="a number > 0, or the name of a column",
                got=str(self.value),
                remedy="give the line in the unit of the welfare column",
            )

    def expression(self, table: Any) -> Any:
        """The line of each row of `table`."""
        if isinstance(self.value, str):
            return portable.number(table[self.value]) * self.factor
        return ibis.literal(float(self.value))

    @property
    def within(self) -> bool:
        """Whether each domain has a line of its own, found in it."""
        return self.relative is not None and self.relative.within


@dataclass(frozen=True)
class RelativeLine:
    """A line that is a share of the median, the mean or a quantile of the survey's own welfare.

    Parameters
    ----------
    label : str
        How results name it.
    share : float
        Such as 0.6; above 0.
    of : {"median", "mean"} or float
        Over persons; a number between 0 and 1 is the probability of a quantile.
    boundary : {"<", "<="}
    within : bool
        Of each domain's own welfare, instead of that of the whole sample.
    plus, floor : float
        The line is the share plus this, and at least the floor; both in the unit of welfare.

    Examples
    --------
    >>> RelativeLine("at risk of poverty", 0.6).of
    'median'
    """

    label: str
    share: float
    of: Literal["median", "mean"] | float = "median"
    boundary: Boundary = "<"
    within: bool = False
    plus: float = 0.0
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.plus < float("inf") and 0 <= self.floor < float("inf")):
            raise MeasureError(
                "what is added to a relative line, and its floor, are 0 or above",
                expected="numbers in the unit of welfare",
                got=f"plus {self.plus}, floor {self.floor}",
                remedy="for the societal poverty line: relative_line(0.5, plus=1.15, floor=2.15)",
            )
        if not 0 < self.share < float("inf"):
            raise MeasureError(
                "the share of a relative line must be above zero",
                expected="a number such as 0.6",
                got=str(self.share),
                remedy="write 60 % as 0.6",
            )
        known = self.of in ("median", "mean")
        if not known and (isinstance(self.of, str) or not 0 < self.of < 1):
            raise MeasureError(
                "a relative line cannot be a share of this",
                expected="median, mean, or the probability of a quantile between 0 and 1",
                got=repr(self.of),
                remedy="for instance of=0.75, the third quartile",
            )

    @property
    def p(self) -> float | None:
        """The probability of the quantile that it is a share of; None for the mean."""
        if self.of == "mean":
            return None
        return 0.5 if self.of == "median" else float(self.of)

    @property
    def what(self) -> str:
        """What it is a share of, in words."""
        return str(self.of) if isinstance(self.of, str) else f"quantile {self.of:g}"


def relative_line(
    share: float,
    of: Literal["median", "mean"] | float = "median",
    *,
    boundary: Boundary = "<",
    label: str | None = None,
    within: bool = False,
    plus: float = 0.0,
    floor: float = 0.0,
) -> RelativeLine:
    """A share of the median, the mean or a quantile of the survey's own welfare, as a line.

    Parameters
    ----------
    share : float
        Such as 0.6; above 0.
    of : {"median", "mean"} or float
        A number between 0 and 1 is the probability of a quantile.
    boundary : {"<", "<="}
    label : str, optional
        How results name it; "0.6 of the median" unless given.
    within : bool
        Of each domain's own welfare: the line differs between areas.
    plus, floor : float
        The line is the share plus this, and at least the floor; both in the unit of welfare.
        ``relative_line(0.5, plus=1.15, floor=2.15)`` is the World Bank's societal poverty line
        for welfare in 2017 dollars a day.

    Returns
    -------
    RelativeLine

    Raises
    ------
    MeasureError
        When the share is not above zero, or there is no such quantile.

    Examples
    --------
    >>> relative_line(0.6).label, relative_line(0.4, of=0.75, within=True).label
    ('0.6 of the median', '0.4 of the quantile 0.75 of each area')
    """
    line = RelativeLine(label or "", share, of, boundary, within, plus, floor)
    said = f"{share:g} of the {line.what}" + (" of each area" if within else "")
    said = (f"{plus:g} + " if plus else "") + said + (f", at least {floor:g}" if floor else "")
    return replace(line, label=label or said)


def is_poor(welfare: Any, line: Any, boundary: Boundary) -> Any:
    """Whether welfare is below the line (or on it, where the boundary says so)."""
    return welfare < line if boundary == "<" else welfare <= line


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


ROOT_TWO_PI = 2.5066282746310002


def _gap(term: Term, micro: Micro, at: At) -> Any:
    """((z - y)/z)^alpha, written out for the usual alphas."""
    line = micro.line(at)
    relative = (line - micro.welfare) / line
    if term.alpha == 1.0:
        return relative
    return relative * relative if term.alpha == 2.0 else micro.power(relative, term.alpha or 0.0)


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


def _kernel(term: Term, micro: Micro, at: At) -> Any:
    """Gaussian kernel at the line, or at a figure of the domain: its total is the density times
    the population (times the mean there of what is summed). The bandwidth is convey's
    (functions densfun and h_fun)."""
    scalar = term.at or Scalar("quantile")
    place = micro.line(at) if term.at is None else micro.found(scalar, at)
    width = micro.found(bandwidth(term), at)
    distance = micro.divide(place - value(scalar.of, micro, at), width)
    height = micro.divide(micro.exp(-(distance * distance) / 2.0), ROOT_TWO_PI * width)
    return height if term.of is None else height * value(term.of, micro, at)


def bandwidth(term: Term) -> Scalar:
    """The bandwidth of a "kernel" term: of those whose density it is."""
    of = Term("welfare") if term.at is None else term.at.of
    return Scalar("bandwidth", of=of, among=term.among, unit=term.unit)


def _ranked(term: Term, micro: Micro, at: At) -> Any:
    """x F: what is summed, times the weighted number of rows that are ranked lower."""
    of, ranking, among = _ranks(term, micro, at)
    lower, equal = micro.around(1.0, ranking, among, term, at)
    return of * among * (lower + equal / 2.0)


def _lower(term: Term, micro: Micro, at: At) -> Any:
    """L: the weighted sum of x over rows that are ranked lower."""
    of, ranking, among = _ranks(term, micro, at)
    lower, equal = micro.around(of, ranking, among, term, at)
    return among * (lower + equal / 2.0)


def _ranks(term: Term, micro: Micro, at: At) -> tuple[Any, Any, Any]:
    """What is summed, what it is ranked by, and whether a row takes part."""
    assert term.of is not None
    of = value(term.of, micro, at)
    ranking = of if term.ranking is None else value(term.ranking, micro, at)
    return of, ranking, 1.0 if term.among is None else value(term.among, micro, at)


def _one(_term: Term, _micro: Micro, _at: At) -> Any:
    return 1.0


def _column(term: Term, micro: Micro, _at: At) -> Any:
    return micro.column(term.column or "")


def _product(term: Term, micro: Micro, at: At) -> Any:
    """One term times another."""
    assert term.of is not None
    assert term.ranking is not None
    return value(term.of, micro, at) * value(term.ranking, micro, at)


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


def _shortfall(_term: Term, micro: Micro, at: At) -> Any:
    return micro.line(at) - micro.welfare


KINDS: Mapping[str, Callable[[Term, Micro, At], Any]] = {
    "one": _one,
    "flag": _column,
    "amount": _column,
    "product": _product,
    "welfare": _welfare,
    "log_welfare": _log_welfare,
    "welfare_log": _welfare_log,
    "power": _power,
    "poor": _of_poor(_one),
    "gap": _of_poor(_gap),
    "log_gap": _of_poor(_log_gap),
    "shortfall": _of_poor(_shortfall),
    "censored": _censored,
    "at_most": _at_most,
    "kernel": _kernel,
    "ranked": _ranked,
    "lower": _lower,
    "exp_below": _exp_below,
    **rank_kinds.KINDS,
}
"""From the kind of a term to its value on each row, before weighting."""


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
    if term.positive:
        return micro.where(micro.welfare > 0, plain, 0.0)
    return micro.where(micro.welfare >= 0, plain, 0.0) if term.nonnegative else plain
