"""How many exits there were if states, or welfare, were measured with error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, MeasureError
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import NO_CASES
from exitline.stats.infer.estimates import Estimates
from exitline.stats.infer.intervals import t_quantile
from exitline.stats.panel.modelled.binormal import binormal_cdf
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.infer.intake.cells import Rows
    from exitline.stats.panel.panel import Panel


@dataclass(frozen=True)
class RateBounds:
    """The values a rate may have, given what is assumed about errors.

    Attributes
    ----------
    measure, domain : str
    observed : float
        The rate as it was seen.
    low, high : float
        Sharp bounds under the assumption, without sampling error.
    ci_low, ci_high : float
        An interval that covers the true rate with the confidence `level`, sampling error
        included.
    level : float
    assumption : str
        In words; a result must carry it.
    reason : str
        Why there is no figure; "" otherwise.
    """

    measure: str
    domain: str
    observed: float
    low: float
    high: float
    ci_low: float
    ci_high: float
    level: float
    assumption: str
    reason: str = ""


def misclassification_bounds(
    estimates: Estimates, before: str, after: str, *, share: float, measure: str = "exit_rate"
) -> tuple[RateBounds, ...]:
    """Bounds on the exit or entry rate when some households' states are wrong.

    Nothing is assumed about who is misclassified or why: at most `share` of all households
    have a wrong state in one wave or both.

    Parameters
    ----------
    estimates : Estimates
        From `transitions` or `weighted_rates`.
    before, after : str
        A pair of waves.
    share : float
        Largest share of wrong pairs of states; from 0 to below 1.
    measure : {"exit_rate", "entry_rate"}

    Returns
    -------
    tuple of RateBounds
        One for every domain.

    Raises
    ------
    MeasureError
        For a share or a measure out of range.

    Notes
    -----
    With a and b the observed shares of poor-then-out and poor-then-poor, the true cells lie
    within total variation `share` of the observed ones, so that the exit rate lies between
    max(0, a - share) / (a + b) and min(1, (a + share) / (a + b)); both ends are attained.

    References
    ----------
    Horowitz and Manski (1995), Econometrica 63, 281-302 (corrupted sampling); Millimet, Li
    and Roychowdhury (2020), Journal of Business and Economic Statistics 38, 732-753
    (transition matrices); interval: Imbens and Manski (2004), Econometrica 72, 1845-1857.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, transitions
    >>> wide = pd.DataFrame({"id": range(8), "y_a": [1.] * 4 + [3.] * 4,
    ...                      "y_b": [1., 1., 3., 3.] * 2})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> found = misclassification_bounds(transitions(wide, spec).estimates, "a", "b", share=0.05)
    >>> [(round(b.low, 3), b.observed, round(b.high, 3)) for b in found]
    [(0.4, 0.5, 0.6)]
    """
    cells = {"exit_rate": ("poor_out", "poor_poor"), "entry_rate": ("out_poor", "out_out")}
    if not 0 <= share < 1 or measure not in cells:
        raise MeasureError(
            "the bounds cannot be computed",
            expected="a share of wrong states from 0 to below 1, and exit_rate or entry_rate",
            got=f"share {share}, measure {measure}",
            remedy="five in a hundred households is 0.05",
        )
    pair = f"({before}>{after})"
    found: list[RateBounds] = []
    for by in dict.fromkeys(block.by for block in estimates.blocks):
        a = _find(estimates, f"share_{cells[measure][0]}{pair}", by)
        b = _find(estimates, f"share_{cells[measure][1]}{pair}", by)
        found += _bounds(a, b, share, measure + pair, estimates)
    return tuple(found)


def _find(estimates: Estimates, measure: str, by: str) -> Block:
    """The block of a measure in one set of domains."""
    for block in estimates.blocks:
        if block.measure == measure and block.by == by:
            return block
    raise MeasureError(
        "these estimates do not hold the pair of waves",
        expected=f"an estimate named {measure}",
        got=", ".join(dict.fromkeys(block.measure for block in estimates.blocks))[:200],
        remedy="take the result of transitions(), and waves that follow one another",
    )


def _bounds(
    a: Block, b: Block, share: float, measure: str, estimates: Estimates
) -> list[RateBounds]:
    """Bounds and intervals of all domains of one set."""
    base = a.estimate + b.estimate
    base = np.where(base > 0, base, np.nan)  # nobody of the kind: said in `reason`
    observed = a.estimate / base
    low = np.maximum(0.0, a.estimate - share) / base
    high = np.minimum(1.0, (a.estimate + share) / base)
    domain = a.rows.domain
    both = a.influence + b.influence
    d_low = np.where(low > 0, 1.0, 0.0)[domain] * (a.influence - low[domain] * both) / base[domain]
    d_high = (
        np.where(high < 1, 1.0, 0.0)[domain] * (a.influence - high[domain] * both) / base[domain]
    )
    columns = np.column_stack([np.nan_to_num(d_low), np.nan_to_num(d_high)])
    se = np.sqrt(np.maximum(estimates.variance.of(a.rows, columns), 0.0))
    words = f"at most {100 * share:g} % of households have a wrong state in either wave"
    return [
        _record(measure, label, observed[i], (low[i], high[i]), se[i], a.df[i], estimates, words)
        for i, label in enumerate(a.rows.labels)
    ]


def _record(
    measure: str, label: str, observed: float, ends: tuple[float, float], se: Floats, df: float,
    estimates: Estimates, words: str,
) -> RateBounds:  # fmt: skip
    """One record with the interval of Imbens and Manski."""
    c = _critical(ends[1] - ends[0], float(max(se)), df, estimates.level)
    return RateBounds(
        measure, label, float(observed), float(ends[0]), float(ends[1]),
        float(np.maximum(0.0, ends[0] - c * se[0])), float(np.minimum(1.0, ends[1] + c * se[1])),
        estimates.level, words, NO_CASES if np.isnan(observed) else "",
    )  # fmt: skip


def _critical(width: float, se: float, df: float, level: float) -> float:
    """The c with Phi(c + width / se) - Phi(-c) = level (Imbens and Manski 2004).

    Between the one-sided and the two-sided quantile; scaled from normal to t.
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    if not np.isfinite(width) or not np.isfinite(df) or df < 1:
        return float("nan")
    two_sided, one_sided = float(ndtri(0.5 + level / 2.0)), float(ndtri(level))
    ratio = width / se if se > 0 else np.inf
    c = one_sided
    if ratio < 30:
        c = brentq(lambda x: ndtr(x + ratio) - ndtr(-x) - level, one_sided - 1e-9, two_sided + 1e-9)
    return float(c * t_quantile(0.5 + level / 2.0, np.array([df]))[0] / two_sided)


@dataclass(frozen=True)
class ReliabilityRates:
    """Exit and entry rates under a normal model of measurement error.

    Attributes
    ----------
    reliability : float
        Share of the variance of ln welfare that is real.
    exit_rate, entry_rate : float
        After taking the error out.
    exit_se, entry_se : float
        Standard errors, reliability taken as known.
    correlation : float
        Between the two waves, of ln welfare without error.
    """

    reliability: float
    exit_rate: float
    entry_rate: float
    exit_se: float
    entry_se: float
    correlation: float


@dataclass(frozen=True)
class ReliabilityBounds:
    """Exit rates over a range of reliabilities.

    Attributes
    ----------
    observed_exit, observed_entry : float
        The plain rates of the households used.
    rates : tuple of ReliabilityRates
        From a reliability of 1 (no error: how well the model fits) to the lowest one.
    n : int
    notes : tuple of str
    """

    observed_exit: float
    observed_entry: float
    rates: tuple[ReliabilityRates, ...]
    n: int
    notes: tuple[str, ...]


def reliability_bounds(
    panel: Panel, before: str, after: str, *, reliability: tuple[float, ...] = (1.0, 0.9, 0.8)
) -> ReliabilityBounds:
    """Exit and entry rates when part of the variance of welfare is error of measurement.

    Parameters
    ----------
    panel : Panel
        With welfare; households with welfare at or below zero, or unknown, are left out.
    before, after : str
    reliability : tuple of float
        Each above the observed correlation, at most 1.

    Returns
    -------
    ReliabilityBounds

    Raises
    ------
    MeasureError
        For a reliability that the observed correlation rules out.
    DataError
        When the panel has no welfare.

    Notes
    -----
    ln welfare in the two waves is taken as bivariate normal, observed with normal errors
    that are independent of it, of each other and over time, in both waves with the same
    reliability r. The true standard deviations are sqrt(r) times, the true correlation 1/r
    times, the observed ones; rates follow from the bivariate normal. The gap between the
    observed rate and the model's at r = 1 shows how far from normal the data are. Errors
    that persist over time, or that pull towards the mean, would change rates less.

    References
    ----------
    Bound, Brown and Mathiowetz (2001), Handbook of Econometrics 5, ch. 59;
    Glewwe (2012), World Bank Economic Review 26, 236-264 (how much mobility is error).

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> rng = np.random.default_rng(1)
    >>> y = np.exp(rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=500))
    >>> wide = pd.DataFrame({"id": range(500), "y_a": y[:, 0], "y_b": y[:, 1]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=1.0)
    >>> found = reliability_bounds(read_panel(wide, spec), "a", "b", reliability=(1.0, 0.8))
    >>> found.rates[1].exit_rate < found.rates[0].exit_rate
    True
    """
    t, u = panel.position(before), panel.position(after)
    _refuse_empty(panel, t, u)
    if np.isnan(panel.welfare).all():
        raise DataError(
            "this panel contains states, not welfare",
            expected="a welfare column and a line",
            got="a column that says poor or not",
            remedy="use misclassification_bounds, which needs states alone",
        )
    with np.errstate(invalid="ignore"):
        used = np.asarray((panel.welfare[:, [t, u]] > 0).all(axis=1))
    x, y = np.log(np.where(used[:, None], panel.welfare / panel.line, 1.0)[:, [t, u]]).T
    w = np.where(used, np.nan_to_num(panel.weight[:, t]), 0.0)
    moments = _moments(x, y, w)
    correlation = moments[4] / np.sqrt(moments[2] * moments[3])
    _refuse_reliability(reliability, float(correlation))
    influence = _moment_influence(x, y, w, moments)
    rows = panel.rows(influence, used)
    rates = tuple(_at_reliability(r, moments, rows, panel) for r in reliability)
    poor, still = panel.poor[:, t] == 1.0, panel.poor[:, u] == 1.0
    left_out = int((~np.isnan(panel.poor[:, [t, u]]).any(axis=1) & ~used).sum())
    notes = (
        say_plural(
            "{n} household with welfare at or below zero is left out",
            "{n} households with welfare at or below zero are left out",
            left_out,
        ),
    )
    return ReliabilityBounds(
        float(w[poor & ~still].sum() / w[poor].sum()),
        float(w[~poor & still].sum() / w[~poor & used].sum()),
        rates, int(used.sum()), notes if left_out else (),
    )  # fmt: skip


def _refuse_empty(panel: Panel, t: int, u: int) -> None:
    """Refuse a pair of waves without poor, or without other, households."""
    known = ~np.isnan(panel.poor[:, [t, u]]).any(axis=1)
    poor = int((panel.poor[known, t] == 1.0).sum())
    if not 0 < poor < int(known.sum()):
        raise MeasureError(
            "there are no exits or no entries to speak of",
            expected="poor and other households in the wave before",
            got=f"{poor:,} poor of {int(known.sum()):,}",
            remedy="choose another line, or another pair of waves",
        )


def _moments(x: Floats, y: Floats, w: Floats) -> Floats:
    """Means, variances and covariance."""
    total = w.sum()
    mx, my = w @ x / total, w @ y / total
    return np.array(
        [mx, my, w @ (x - mx) ** 2 / total, w @ (y - my) ** 2 / total,
         w @ ((x - mx) * (y - my)) / total]
    )  # fmt: skip


def _moment_influence(x: Floats, y: Floats, w: Floats, m: Floats) -> Floats:
    """Weighted influence of each household on each moment, shape (n, 5)."""
    dx, dy = x - m[0], y - m[1]
    centred = np.column_stack([dx, dy, dx**2 - m[2], dy**2 - m[3], dx * dy - m[4]])
    return np.asarray(centred * (w / w.sum())[:, None])


def _model_rates(moments: Floats, r: float) -> Floats:
    """Exit and entry rates of the normal model at a reliability; the line is at ln 1 = 0."""
    mx, my, vx, vy, cov = moments
    sx, sy = np.sqrt(r * vx), np.sqrt(r * vy)
    rho = float(np.clip(cov / (sx * sy), -1.0, 1.0))
    a, b = -mx / sx, -my / sy
    from scipy.special import ndtr

    both = float(binormal_cdf(a, b, rho))
    first, second = float(ndtr(a)), float(ndtr(b))
    return np.array([(first - both) / first, (second - both) / (1.0 - first)])


def _at_reliability(r: float, moments: Floats, rows: Rows, panel: Panel) -> ReliabilityRates:
    """Rates with standard errors through numerical derivatives in the moments."""
    exits, entries = _model_rates(moments, r)
    gradient = np.empty((5, 2))
    for i in range(5):
        step = 1e-5 * max(1.0, abs(moments[i]))
        up, down = moments.copy(), moments.copy()
        up[i] += step
        down[i] -= step
        gradient[i] = (_model_rates(up, r) - _model_rates(down, r)) / (2.0 * step)
    variance = panel.sampling.of(rows, rows.sums @ gradient)[0]
    if panel.sampling.sampled(rows, rows.n).df[0] < 1:
        variance = np.full(2, np.nan)
    rho = float(moments[4] / np.sqrt(moments[2] * moments[3]) / r)
    se = np.sqrt(variance)
    return ReliabilityRates(
        r, float(exits), float(entries), float(se[0]), float(se[1]), min(rho, 1.0)
    )


def _refuse_reliability(reliability: tuple[float, ...], correlation: float) -> None:
    """Refuse a reliability outside of (correlation, 1]."""
    bad = [r for r in reliability if not max(correlation, 0.0) < r <= 1.0]
    if bad or not reliability:
        raise MeasureError(
            "a reliability cannot be used with these data",
            expected=f"above the observed correlation of the waves ({correlation:.3f}), at most 1",
            got=", ".join(f"{r:g}" for r in bad) or "none",
            remedy="if error were as large as that, the waves could not correlate as they do",
        )
