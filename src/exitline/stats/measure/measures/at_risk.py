"""Poverty at a line that the measure brings along: a share of the median of all."""

from __future__ import annotations

from exitline.stats.measure import rules
from exitline.stats.measure.measures.counts import ratio_of
from exitline.stats.measure.measures.quantiles import one_of, probability
from exitline.stats.measure.model import Given, Linear, Measure, Scalar, Term
from exitline.stats.measure.ranges import OfQuantile, Probability, ranged
from exitline.stats.measure.relative_lines import RelativeLine
from exitline.words.said import collected

THRESHOLDS = ("sample", "area")
NOBODY = collected("nobody is below the threshold")


@ranged
def at_risk_rate(
    share: OfQuantile = 0.6, p: Probability = 0.5, threshold: str = "sample", boundary: str = "<"
) -> Measure:
    """At-risk-of-poverty rate: share of persons below a share of a quantile of all.

    Parameters
    ----------
    share : float
        Such as 0.6 (Eurostat); above 0, up to 1.
    p : float
        The probability of the quantile; 0.5 is the median.
    threshold : {"sample", "area"}
        Of the whole sample, or of each area's own welfare.
    boundary : {"<", "<="}
        Who is at risk: strictly below the threshold, or also exactly on it (convey).

    References
    ----------
    Eurostat; Osier (2009), Survey Research Methods 3, 167-195.
    """
    line, said = _line(share, p, threshold, boundary)
    label = f"at risk of poverty, share of persons below {line.label}"
    return ratio_of(
        f"at_risk_rate{said}", Term("poor"), Term("one"), "share", label, own_line=line,
        better="lower",
    )  # fmt: skip


@ranged
def median_of_poor(
    share: OfQuantile = 0.6, p: Probability = 0.5, threshold: str = "sample", boundary: str = "<"
) -> Measure:
    """Median welfare of persons at risk of poverty.

    Parameters
    ----------
    share, p, threshold, boundary
        As in `at_risk_rate`.

    References
    ----------
    Osier (2009), Survey Research Methods 3, 167-195.
    """
    line, said = _line(share, p, threshold, boundary)
    label = f"median welfare of those below {line.label}"
    return _of_poor(f"median_of_poor{said}", line, _median, "money", label, better="higher")


@ranged
def relative_median_gap(
    share: OfQuantile = 0.6, p: Probability = 0.5, threshold: str = "sample", boundary: str = "<"
) -> Measure:
    """Relative median at-risk-of-poverty gap: how far the median of the poor is below the
    threshold, as a share of it.

    Parameters
    ----------
    share, p, threshold, boundary
        As in `at_risk_rate`.

    References
    ----------
    Eurostat; Osier (2009), Survey Research Methods 3, 167-195.
    """
    line, said = _line(share, p, threshold, boundary)
    label = f"gap of the median of those below {line.label}, share of it"
    return _of_poor(f"relative_median_gap{said}", line, _gap, "index", label, better="lower")


def _line(share: float, p: float, threshold: str, boundary: str) -> tuple[RelativeLine, str]:
    """The measure's own line, and its arguments as a name says them."""
    one_of("the threshold of a measure", threshold, THRESHOLDS)
    one_of("the boundary of a threshold", boundary, ("<", "<="))
    usual = (0.6, 0.5, "sample", "<")
    words = [f"{share:g}", f"{probability(p):g}", f"'{threshold}'", f"'{boundary}'"]
    given = [w for w, x, u in zip(words, (share, p, threshold, boundary), usual, strict=True)
             if x != u]  # fmt: skip
    last = words.index(given[-1]) + 1 if given else 0
    of = "the median" if p == 0.5 else f"quantile {p:g}"
    label = f"{share:g} of {of}" + (" of each area" if threshold == "area" else "")
    line = RelativeLine(
        label, float(share), "median" if p == 0.5 else float(p),
        "<" if boundary == "<" else "<=", threshold == "area",
    )  # fmt: skip
    return line, f"({', '.join(words[:last])})" if last else ""


def _of_poor(
    name: str, line: RelativeLine, rule: object, unit: str, label: str, better: str
) -> Measure:
    """A measure of the median of those below the line."""
    at = Scalar("quantile", 0.5, among=Term("poor"))
    terms = (Term("poor"), Term("at_most", at=at, moves=True), Term("kernel", at=at))
    return Measure(
        name, terms, rule, "plain", unit, label, scalars=(at,), own_line=line,  # type: ignore[arg-type]
        better=better, undefined=NOBODY,  # type: ignore[arg-type]
    )  # fmt: skip


def _median(given: Given) -> Linear:
    """The median m of the poor, from sum w 1(poor), sum w 1(y <= m) and the kernel at m.

    It moves with a household by (1(poor) / 2 - 1(y <= m)) / (f(m) N); the line enters through who
    is poor. The density is that of everyone, not of the poor alone.
    """
    return rules.quantile(Given(given.totals, given.found, given.line, (0.5, 1.0)))


def _gap(given: Given) -> Linear:
    """(z - m) / z, with m the median of the poor and z the line."""
    inner = _median(given)
    value = 1.0 - inner.value / given.line
    gradient = -inner.gradient / given.line[:, None]
    return Linear(value, gradient, inner.value / given.line**2)


MEASURES = (at_risk_rate, median_of_poor, relative_median_gap)
