"""What a measure is made of: what is summed, what is found first, and the figure they make.

A measure is a function of weighted sums over households, its *terms*, and of a few figures
that a first pass finds in each domain, its *scalars*: a quantile, a bandwidth. Nothing here
touches data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.measure.relative_lines import RelativeLine


Unit = Literal["persons", "households"]
Interval = Literal["share", "plain"]
AT_LINE = frozenset(
    {
        "poor",
        "gap",
        "log_gap",
        "power_gap",
        "shortfall",
        "censored",
        "rich",
        "rich_share",
        "rich_gap",
        "gap_after",
        "shortfall_after",
    }
)
"""Kinds of terms that depend on a poverty line."""
RANKED = frozenset({"ranked", "lower", "excess", "zenga", "zenga_slope", "zenga_unit"})
"""Kinds of terms that depend on ranks within the domain."""


@dataclass(frozen=True)
class Term:
    """One weighted sum: of `kind` (see `exitline.stats.measure.terms`), over persons or households.

    Attributes
    ----------
    kind : str
    unit : {"persons", "households"}
    alpha : float, optional
        Parameter of the kind: the power of a gap, of welfare.
    positive : bool
        Leaves out welfare <= 0.
    nonnegative : bool
        Leaves out welfare < 0.
    column : str, optional
        The column of a "flag" (0 or 1) or an "amount".
    at : Scalar, optional
        The figure of its domain that an "at_most" or "kernel" term is taken at.
    of : Term, optional
        What a "ranked", "lower" or "excess" term sums, and what is ranked unless `ranking` says
        so; what an "at_most" or "kernel" term sums in place of persons.
    ranking : Term, optional
    among : Term, optional
        Only those with this term's value 1 count; ranks are taken among them, and the density of
        a "kernel" is theirs.
    moves : bool
        Of a measure's term: its figure's value does not depend on it, only how the figure moves.
    """

    kind: str
    unit: Unit = "persons"
    alpha: float | None = None
    positive: bool = False
    nonnegative: bool = False
    column: str | None = None
    at: Scalar | None = None
    of: Term | None = None
    ranking: Term | None = None
    among: Term | None = None
    value: str | None = None
    moves: bool = field(default=False, compare=False)

    @property
    def idempotent(self) -> bool:
        """Whether the term's value is 0 or 1, so that its square is itself."""
        alone = self.among is None or self.among.idempotent
        kinds = {"one", "poor", "flag", "at_most", "equal_to", "received", "rich"}
        return alone and self.of is None and self.kind in kinds

    @property
    def parts(self) -> tuple[Term, ...]:
        """The terms that this one is made of, itself first."""
        inner = [t for t in (self.of, self.ranking, self.among) if t is not None]
        if self.at is not None:
            inner += self.at.terms
        return (self, *(p for t in inner for p in t.parts))

    @property
    def needs_line(self) -> bool:
        """Whether the term depends on a poverty line."""
        return any(
            part.kind in AT_LINE or (part.kind == "kernel" and part.at is None)
            for part in self.parts
        )

    @property
    def within(self) -> bool:
        """Whether the term depends on the domain: on its ranks, or on a figure found in it."""
        return self.ranked or any(p.at is not None or p.kind == "kernel" for p in self.parts)

    @property
    def ranked(self) -> bool:
        """Whether the term depends on ranks within the domain."""
        return any(part.kind in RANKED for part in self.parts)

    @property
    def only_moves(self) -> bool:
        """Whether a figure's value never depends on the term, only how the figure moves."""
        return self.moves or self.kind in {"kernel", "lower", "zenga_unit"}


@dataclass(frozen=True)
class Scalar:
    """A figure of each domain that a first pass finds, before anything is summed.

    Attributes
    ----------
    kind : {"quantile", "mean", "bandwidth"}
        The weighted quantile, the mean, or the bandwidth
        of convey's kernel density: standard deviation over the fifth root of the population.
    alpha : float, optional
        The probability of a quantile.
    of : Term
        Whose distribution.
    among : Term, optional
        Of those with this term's value 1; of everyone unless given.
    unit : {"persons", "households"}
    rule : str
        Of a quantile: one of `exitline.stats.measure.passes.inverse.RULES`.
    fixed : bool
        With replicate weights: found once, with the full-sample weights.
    reach : Term, optional
        The probability of a quantile is the mean of this: as many as there are poor.
    """

    kind: Literal["quantile", "mean", "bandwidth"]
    alpha: float | None = None
    of: Term = Term("welfare")
    among: Term | None = None
    unit: Unit = "persons"
    rule: str = "math"
    fixed: bool = False
    reach: Term | None = None

    @property
    def probability(self) -> Scalar | None:
        """The figure that its probability is, if that is found, too."""
        return None if self.reach is None else Scalar("mean", of=self.reach, unit=self.unit)

    @property
    def chain(self) -> tuple[Scalar, ...]:
        """What it rests on, and itself."""
        return (self,) if self.probability is None else (self.probability, self)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms that it is made of."""
        return tuple(t for t in (self.of, self.among, self.reach) if t is not None)

    @property
    def needs_line(self) -> bool:
        """Whether it depends on a poverty line."""
        return any(term.needs_line for term in self.terms)


@dataclass(frozen=True)
class Given:
    """What a rule makes a figure from, by domain.

    Attributes
    ----------
    totals : float array, shape (domains, terms)
        In the order of the measure's terms.
    found : float array, shape (domains, scalars)
        In the order of the measure's scalars.
    line : float array, shape (domains,)
        The poverty line; NaN where there is none, or each household has its own.
    parameters : tuple of float
        The measure's.
    n : float array, shape (domains,)
        Rows that the figure refers to, with a weight: of the full sample, whatever the weights.
    """

    totals: Floats
    found: Floats
    line: Floats
    parameters: tuple[float, ...] = ()
    n: Floats | None = None


@dataclass(frozen=True)
class Linear:
    """An estimate by domain and how it moves with each total.

    Attributes
    ----------
    value : float array, shape (domains,)
    gradient : float array, shape (domains, terms)
        The influence of a cluster is the gradient times the cluster's totals. Totals that are
        only plugged in (densities) have 0.
    line : float array, shape (domains,), optional
        How the estimate moves with the poverty line itself, its terms apart.
    """

    value: Floats
    gradient: Floats
    line: Floats | None = None


Rule = Callable[[Given], Linear]


@dataclass(frozen=True)
class Woodruff:
    """An interval of a quantile: limits of the share at or below it, and the quantiles there.

    Attributes
    ----------
    at : Scalar
        The quantile.
    times : float
        What the quantile counts in the figure: a threshold is a share of one.
    method : str
        How the share's limits are made (R's ``interval.type``); "" leaves it to the study.
    """

    at: Scalar
    times: float
    method: str


@dataclass(frozen=True)
class Measure:
    """A measure as the engine and the inference need to know it.

    Parameters
    ----------
    name : str
        As it stands in results, for instance ``"headcount"`` or ``"fgt(1.5)"``.
    terms : tuple of Term
        The weighted sums it is made of.
    rule : callable
        From `Given` to `Linear`; see `exitline.stats.measure.rules`.
    interval : {"share", "plain"}
        Shares get logit or beta intervals, all others symmetric t intervals (quantiles
        Woodruff's, see there).
    unit : str
        What the figure is in: "share", "persons", "households", "money", "index".
    label : str
        Plain words for tables and reports.
    parameters : tuple of float
        Of the rule: an epsilon, a probability.
    scalars : tuple of Scalar
        What a first pass must find in each domain.
    speaks_of : Term, optional
        Whom n, population and df refer to, if not of all who take part.
    better : {"higher", "lower", ""}
        Which direction is an improvement; "" where neither is.
    additive : bool
        Whether the figures of areas add up to that of all together.
    woodruff : Woodruff, optional
        How the interval of a quantile is made; a symmetric one unless given.
    own_line : RelativeLine, optional
        The line of the measure itself; it is taken at no other.
    undefined : str
        Why there is no figure where there are cases.
    nobody : str
        Why there is none where nobody is of the kind it refers to, in words of its own.

    Examples
    --------
    >>> from exitline.stats.measure.catalogue import named
    >>> named("headcount").needs_line
    True
    """

    name: str
    terms: tuple[Term, ...]
    rule: Rule
    interval: Interval
    unit: str
    label: str
    parameters: tuple[float, ...] = ()
    scalars: tuple[Scalar, ...] = ()
    speaks_of: Term | None = None
    better: Literal["higher", "lower", ""] = ""
    additive: bool = False
    woodruff: Woodruff | None = None
    own_line: RelativeLine | None = None
    undefined: str = ""
    nobody: str = ""

    @property
    def needs_line(self) -> bool:
        """Whether a poverty line must be given."""
        return self.own_line is None and self.at_line

    @property
    def at_line(self) -> bool:
        """Whether it depends on a poverty line, a given one or its own."""
        return any(t.needs_line for t in self.terms) or any(s.needs_line for s in self.scalars)

    @property
    def of_sums(self) -> bool:
        """Whether figures are made of sums of rows, each by itself: of no ranks or quantiles."""
        return not self.scalars and not any(term.within for term in self.terms)

    @property
    def needs_welfare(self) -> bool:
        """Whether a welfare column must be given."""
        plain = {
            "one",
            "flag",
            "amount",
            "received",
            "category",
            "product",
            "plus",
            "raised",
            "below",
            "ranked",
            "lower",
            "excess",
            "number",
            "quotient",
            "rest",
        }
        at_figure = {"at_most", "equal_to", "kernel", "found"}  # of whatever the figure is of
        parts = [p for t in self.terms for p in t.parts]
        parts += [p for s in self.scalars for t in s.terms for p in t.parts]
        return any(
            p.positive
            or p.nonnegative
            or not (p.kind in plain or (p.kind in at_figure and p.at is not None))
            for p in parts
        )

    @property
    def about(self) -> Term:
        """Whom the measure refers to: its denominator, or everyone who takes part.

        n, population, degrees of freedom and the guard against a single PSU count them: the
        average shortfall refers to the poor, a measure with a logarithm of welfare above zero.
        """
        unit = self.terms[0].unit
        return self.speaks_of or Term(
            "one", unit, positive=self.positive, nonnegative=self.nonnegative
        )

    @property
    def positive(self) -> bool:
        """Whether households with welfare <= 0 are left out (the measure needs a logarithm)."""
        return any(term.positive for term in self.terms)

    @property
    def nonnegative(self) -> bool:
        """Whether households with welfare < 0 are left out."""
        return any(term.nonnegative for term in self.terms)

    @property
    def spread_over(self) -> Literal["total", "mean", ""]:
        """Whether the figure is a total or a mean of its first term, which have a design effect."""
        if self.additive:
            return "total"
        mean = len(self.terms) == 2 and self.terms[1].kind == "one" and not self.parameters
        return "mean" if mean else ""
