"""From figures with their influence to blocks of estimates: measures, panels, dynamics alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.errors import MeasureError, unknown
from exitline.stats.infer import intervals
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.designs.variance import Part
from exitline.stats.infer.intake.cells import Rows, sum_by
from exitline.stats.infer.relative import added_variance
from exitline.words.intervals import FIGURES, QUANTILES, SHARES
from exitline.words.said import collected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.designs.moments import Shape
    from exitline.stats.infer.designs.taylor import Sampled
    from exitline.stats.infer.designs.variance import Variance

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Kind = Literal["share", "plain"]

ONE_PSU = collected("one PSU in the domain: no standard error can be estimated")
NO_DF = collected("one PSU in each stratum of the domain: no degrees of freedom for an interval")
FEW_REPLICATES = collected(
    "the replicate weights leave no degrees of freedom: no interval can be given"
)
NO_DENSITY = collected("all values are equal: no density, and no standard error")
NO_CASES = collected("no household of the kind the measure averages over")


@dataclass(frozen=True)
class Confidence:
    """How intervals are made.

    Attributes
    ----------
    level : float
        Two-sided confidence.
    interval : str
        Of shares: a name of `exitline.words.intervals.SHARES`.
    quantiles : str
        Of quantiles: a name of `exitline.words.intervals.QUANTILES`.
    figures : str
        Of all else: a name of `exitline.words.intervals.FIGURES`.
    assumed : float
        Design effect assumed where a share is 0 or 1 in all of the sample.

    Raises
    ------
    MeasureError
        For a level out of range.
    """

    level: float = 0.95
    interval: intervals.ShareMethod = "logit"
    quantiles: str = "mean"
    figures: str = "t"
    assumed: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise MeasureError(
                "the confidence level is out of range",
                expected="a number between 0 and 1, such as 0.95",
                got=str(self.level),
                remedy="write 95 % as 0.95",
            )
        for name, known in (
            (self.interval, SHARES), (self.quantiles, QUANTILES), (self.figures, tuple(FIGURES)),
        ):  # fmt: skip
            if name not in known:
                raise unknown("interval", name, known, error=MeasureError, where="interval")


@dataclass(frozen=True)
class Named:
    """What an estimate is called: measure, line, domain columns; and what kind of figure it is.

    Attributes
    ----------
    measure, line, by : str
    kind : {"share", "plain"}
        Of the interval.
    additive : bool
        Areas are parts of the figure of all together: one PSU has a standard error, too.
    undefined : str
        Why the figure may not exist where there are cases.
    nobody : str
        Why it does not where there are none.
    """

    measure: str
    line: str = ""
    by: str = ""
    kind: Kind = "share"
    additive: bool = False
    undefined: str = ""
    nobody: str = ""


@dataclass(frozen=True)
class About:
    """Whom a figure refers to, by domain.

    Attributes
    ----------
    n : int array, shape (domains,)
        Households.
    sampled : Sampled
        Their PSUs, and degrees of freedom.
    population : float array, shape (domains,)
        Weighted number of units.
    """

    n: Ints
    sampled: Sampled
    population: Floats


@dataclass(frozen=True)
class Values:
    """Point estimates by domain with what an interval needs.

    Attributes
    ----------
    estimate : float array, shape (domains,)
    influence : float array, shape (rows,)
        Weighted influence of each row (cluster x domain).
    cases : int array, shape (rows,)
        Households of each row that the estimate is about (the denominator).
    population : float array, shape (domains,)
        Weighted number of units the estimate speaks for.
    """

    estimate: Floats
    influence: Floats
    cases: Ints
    population: Floats


def block(
    named: Named,
    estimate: Floats,
    part: Part,
    about: About,
    variance: Variance,
    confidence: Confidence,
    shaped: Callable[[Floats], Shape] | None = None,
) -> Block:  # fmt: skip
    """Standard errors, degrees of freedom and intervals of one figure in all domains.

    Degrees of freedom count the PSUs and strata that hold households the estimate is about, as
    R's ``degf(subset(design, ...))``.

    Parameters
    ----------
    named : Named
    estimate : float array, shape (domains,)
    part : Part
        What the figure adds to variances.
    about : About
    variance : Variance
    confidence : Confidence
    shaped : callable, optional
        From standard errors to the shape of the figure's distribution, where its interval is to be
        corrected for that.

    Returns
    -------
    Block
    """
    df = about.sampled.df
    se = _standard_errors(part, variance, about.sampled.psus, additive=named.additive)
    se = np.where(np.isnan(estimate), np.nan, se)  # no figure has no error: not an error of zero
    return Block(
        measure=named.measure, line=named.line, by=named.by, rows=part.rows, estimate=estimate,
        se=se, bounds=_bounds(estimate, se, about, named.kind, confidence, shaped), df=df,
        n=about.n, population=about.population, influence=part.influence, at_line=part.at_line,
        deff=np.full(part.rows.size, np.nan),
        reason=_reasons(
            estimate, se, about, part.flat,
            (named.undefined, named.nobody or NO_CASES, variance.unknown, without_df(variance)),
        ),
        additive=named.additive, share=named.kind == "share",
    )  # fmt: skip


def blocks(
    wanted: Sequence[tuple[Named, Values]], rows: Rows, variance: Variance, confidence: Confidence
) -> list[Block]:
    """As `block`, for figures of households that were counted by cluster.

    Parameters
    ----------
    wanted : sequence of (Named, Values)
    rows : Rows
        One row per domain x cluster.
    variance : Variance
    confidence : Confidence
    """
    known: dict[bytes, Sampled] = {}
    found = []
    for named, values in wanted:
        key = (values.cases > 0).tobytes()
        if key not in known:
            known[key] = variance.sampled(rows, values.cases)
        n = rows.count(values.cases)
        about = About(n, known[key], values.population)
        estimate = np.where(n > 0, values.estimate, np.nan)
        part = Part(rows, values.influence)
        found.append(block(named, estimate, part, about, variance, confidence))
    return found


def _standard_errors(part: Part, variance: Variance, psus: Ints, *, additive: bool) -> Floats:
    """Standard errors by domain; NaN where a ratio rests on a single PSU, or has no derivative."""
    found = variance.of(part.rows, part.influence[:, None])[:, 0]
    if variance.exact:
        return found
    if part.at_line is not None:
        slope, line = part.at_line.slope, part.at_line.line
        found += added_variance(part.rows, part.influence, slope, line, variance)
    se = np.sqrt(np.maximum(found, 0.0), where=~np.isnan(found), out=found)
    unknown = (psus < 2) & (not additive)
    return np.where(unknown if part.flat is None else unknown | part.flat, np.nan, se)


def _bounds(
    value: Floats,
    se: Floats,
    about: About,
    kind: Kind,
    confidence: Confidence,
    shaped: Callable[[Floats], Shape] | None = None,
) -> intervals.Bounds:
    """The interval that suits the figure; the value itself for a census."""
    n, df = about.n.astype(np.float64), about.sampled.df
    if np.all(np.isinf(df)) and not np.any(se > 0):
        return intervals.Bounds(value, value)
    if kind == "share":
        return intervals.share(
            value, se, n, df, confidence.level, confidence.interval, confidence.assumed
        )
    if shaped is not None:
        return intervals.skewed(value, se, df, shaped(se), confidence.level)
    return intervals.symmetric(value, se, df, confidence.level)


def without_df(variance: Variance) -> str:
    """Why there is no interval where degrees of freedom are below one.

    Parameters
    ----------
    variance : Variance
    """
    return NO_DF if variance.clusters is not None or variance.exact else FEW_REPLICATES


def _reasons(
    value: Floats,
    se: Floats,
    about: About,
    flat: NDArray[np.bool_] | None,
    words: tuple[str, str, str, str],
) -> tuple[str, ...]:
    """Why a figure, its standard error or its interval is missing, by domain."""
    undefined, nobody, without, no_df = words
    unknown, none = np.isnan(se), np.isnan(value)
    no_figure = none & (about.n > 0) & (undefined != "")
    steep = np.zeros_like(none) if flat is None else flat
    found = np.select(
        [no_figure, none, unknown & (about.sampled.psus < 2), steep, unknown,
         about.sampled.df < 1],
        [undefined, nobody, ONE_PSU, NO_DENSITY, without, no_df], "",
    )  # fmt: skip
    return tuple(str(text) for text in found)


def ratio(top: Floats, bottom: Floats, rows: Rows, cases: Ints) -> Values:
    """A ratio of weighted totals by domain, linearised (Woodruff 1971; Binder 1983).

    Parameters
    ----------
    top, bottom : float arrays, shape (rows,)
        Weighted sums of each row.
    rows : Rows
    cases : int array, shape (rows,)
        Households in the denominator.

    Returns
    -------
    Values
        R = T/B with influence (top - R bottom) / B.
    """
    totals = sum_by(rows.domain, np.column_stack([top, bottom]), rows.size)
    empty = totals[:, 1] <= 0
    below = np.where(empty, 1.0, totals[:, 1])
    value = np.where(empty, np.nan, totals[:, 0] / below)
    plugged = np.where(empty, 0.0, value)[rows.domain]
    influence = np.where(empty[rows.domain], 0.0, (top - plugged * bottom) / below[rows.domain])
    return Values(value, influence, cases, totals[:, 1])
