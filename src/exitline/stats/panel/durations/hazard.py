"""What makes a spell end: discrete-time hazards on household-periods (extra ``panel``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.errors import DataError, ExitlineError, install_extra, nearest
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.intake.cells import Cells, no_kinds, roll_up
from exitline.stats.infer.intervals import symmetric
from exitline.stats.infer.logistic import expit
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.panel.durations.spell import Spells
    from exitline.stats.panel.panel import Panel


Link = Literal["cloglog", "logit"]


@dataclass(frozen=True)
class HazardTerm:
    """One coefficient of a hazard model.

    Attributes
    ----------
    name : str
        "period 1", "period 2" ... for the baseline, or a predictor.
    coefficient, se, ci_low, ci_high, p_value : float
    ratio : float
        exp(coefficient): hazard ratio (cloglog) or odds ratio (logit).
    """

    name: str
    coefficient: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    ratio: float


@dataclass(frozen=True)
class Hazards:
    """A fitted discrete-time hazard model.

    Attributes
    ----------
    terms : tuple of HazardTerm
    link : {"cloglog", "logit"}
    household_periods, ended, clusters : int
    log_likelihood : float
    notes : tuple of str
    """

    terms: tuple[HazardTerm, ...]
    link: Link
    household_periods: int
    ended: int
    clusters: int
    log_likelihood: float
    notes: tuple[str, ...]

    def term(self, name: str) -> HazardTerm:
        """The term of that name.

        Raises
        ------
        DataError
            When the model has no such term.
        """
        for term in self.terms:
            if term.name == name:
                return term
        names = [t.name for t in self.terms]
        raise DataError(
            f"the model has no term '{name}'",
            expected="one of " + ", ".join(names),
            got=name,
            remedy=nearest(name, names) or "choose one of these",
        )


@dataclass(frozen=True)
class Periods:
    """Household-periods: one row for each spell and wave at which it could end.

    Attributes
    ----------
    spell : int array, shape (r,)
        Position in the spells.
    period : int array, shape (r,)
        1 for the first interval after the spell began.
    wave : int array, shape (r,)
        Wave at the start of the interval; predictors are taken here.
    ended : float array, shape (r,)
        1 where the spell was over at the end of the interval.
    """

    spell: Ints
    period: Ints
    wave: Ints
    ended: Floats


def household_periods(panel: Panel, spells: Spells) -> Periods:
    """Spread spells over the intervals between waves in which they could have ended.

    Parameters
    ----------
    panel : Panel
    spells : Spells
        From `spells` on the same panel.

    Returns
    -------
    Periods

    Raises
    ------
    DataError
        For spells that do not come from a panel.
    """
    if spells.steps is None or (spells.steps < 0).any():
        raise DataError(
            "these spells do not come from a panel, so predictors have no wave",
            expected="spells made by spells(panel, ...)",
            got="a table of spells",
            remedy="fit the model on the panel's own spells",
        )
    known = ~np.isnan(panel.poor)
    inside = panel.poor == (1.0 if spells.state == "poor" else 0.0)
    rows: list[tuple[Ints, Ints, Ints, Floats]] = []
    going = np.ones(spells.size, dtype=bool)
    for period in range(1, len(panel.waves)):
        wave = spells.steps + period
        going &= wave < len(panel.waves)
        going &= known[spells.household, np.minimum(wave, len(panel.waves) - 1)]
        index = np.nonzero(going)[0]
        over = ~inside[spells.household[index], wave[index]]
        rows.append((index, np.full(len(index), period), wave[index] - 1, over.astype(float)))
        going[index[over]] = False
    return Periods(*(np.concatenate([r[i] for r in rows]) for i in range(4)))


def hazards(
    panel: Panel, spells: Spells, predictors: Sequence[str] = (), *,
    times: Sequence[float] | None = None, link: Link = "cloglog", level: float = 0.95,
) -> Hazards:  # fmt: skip
    """A discrete-time hazard model with a free baseline and errors clustered on PSUs.

    Parameters
    ----------
    panel : Panel
    spells : Spells
        From the same panel.
    predictors : sequence of str
        Extra columns, taken at the wave before each interval. Household-periods with a
        missing value are left out and counted.
    times : sequence of float, optional
        Time of each wave; with the cloglog link the length of each interval then enters as
        an offset.
    link : {"cloglog", "logit"}
        cloglog is the proportional-hazards model seen at intervals.
    level : float

    Returns
    -------
    Hazards

    Raises
    ------
    ExitlineError
        When statsmodels is not installed.
    DataError
        For a predictor that was not read, or a model that cannot be fitted.

    References
    ----------
    Prentice and Gloeckler (1978), Biometrics 34, 57-67; Jenkins (1995), Oxford
    Bulletin of Economics and Statistics 57, 129-138 (household-periods).

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel, spells
    >>> wide = pd.DataFrame({"id": range(6), "y_a": [3.0] * 6, "y_b": [1.0] * 6,
    ...                      "y_c": [3.0, 3.0, 1.0, 1.0, 1.0, 1.0]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=tuple("abc"), line=2.0)
    >>> panel = read_panel(wide, spec)
    >>> found = hazards(panel, spells(panel, "poor"))
    >>> round(found.terms[0].ratio, 4)  # -ln(1 - 2/6), the hazard of the only period
    0.4055
    """
    Confidence(level)
    rows = household_periods(panel, spells)
    data = _design(panel, spells, rows, predictors, times if link == "cloglog" else None)
    params, log_likelihood = _maximum(data, link)
    se, df = _standard_errors(data, params, spells, link)
    kept = int(data.keep.sum())
    left_out = len(data.keep) - kept
    notes = spells.notes + (
        (say("{n} household-periods with a missing predictor are left out", n=left_out),)
        if left_out else ()
    )  # fmt: skip
    return Hazards(
        _terms(data.names, params, se, df, level), link, kept, int(data.ended.sum()),
        len(np.unique(data.cluster)), log_likelihood, notes,
    )  # fmt: skip


def _statsmodels() -> Any:
    """statsmodels, or an error that says how to get it."""
    try:
        import statsmodels.api as sm
    except ImportError as reason:
        raise ExitlineError(
            "hazard models need statsmodels",
            expected="the extra 'panel'",
            got="statsmodels is not installed",
            remedy=install_extra("panel"),
        ) from reason
    return sm


@dataclass(frozen=True)
class _Data:
    """Complete household-periods, ready to be fitted."""

    names: tuple[str, ...]
    x: Floats
    ended: Floats
    offset: Floats
    weight: Floats
    stratum: Ints
    cluster: Ints
    keep: NDArray[np.bool_]


def _design(
    panel: Panel, spells: Spells, rows: Periods, predictors: Sequence[str],
    times: Sequence[float] | None,
) -> _Data:  # fmt: skip
    """Baseline dummies and predictors of the household-periods without a missing value."""
    values = [panel.predictor(name)[spells.household[rows.spell], rows.wave]
              for name in predictors]  # fmt: skip
    keep = np.ones(len(rows.spell), dtype=bool)
    for value in values:
        keep &= ~np.isnan(value)
    periods = np.unique(rows.period[keep])
    columns = [(rows.period == p).astype(float) for p in periods] + values
    offset = np.zeros(len(rows.wave))
    if times is not None:
        offset = np.log(np.diff(np.asarray(times, dtype=np.float64)))[rows.wave]
    spell = rows.spell[keep]
    weight = spells.weight[spell]
    return _Data(
        (*(f"period {p}" for p in periods), *predictors), np.column_stack(columns)[keep],
        rows.ended[keep], offset[keep], weight / weight.mean(), spells.stratum[spell],
        spells.psu[spell], keep,
    )  # fmt: skip


def _maximum(data: _Data, link: Link) -> tuple[Floats, float]:
    """Coefficients of largest likelihood and that likelihood, or an error in words."""
    import warnings

    sm = _statsmodels()
    links = sm.families.links
    family = sm.families.Binomial(link=links.CLogLog() if link == "cloglog" else links.Logit())
    model = sm.GLM(data.ended, data.x, family=family, offset=data.offset, var_weights=data.weight)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            fitted = model.fit(tol=1e-12)
        except (RuntimeWarning, UserWarning, np.linalg.LinAlgError, ValueError) as reason:
            raise DataError(
                "the hazard model cannot be fitted",
                expected="in every period some spells that end and some that go on",
                got="a period, or a predictor, in which all spells end alike",
                remedy="leave out a predictor, or join waves",
            ) from reason
    return np.asarray(fitted.params), float(fitted.llf)


def _standard_errors(
    data: _Data, params: Floats, spells: Spells, link: Link
) -> tuple[Floats, float]:
    """Linearised standard errors: the influence is A^-1 times a row's score (Binder 1983)."""
    eta = data.x @ params + data.offset
    if link == "cloglog":
        rate = np.exp(eta)
        p, slope = -np.expm1(-rate), rate * np.exp(-rate)
    else:
        p = expit(eta)
        slope = p * (1.0 - p)
    spread = p * (1.0 - p)
    score = data.x * (data.weight * (data.ended - p) * slope / spread)[:, None]
    information = (data.x * (data.weight * slope**2 / spread)[:, None]).T @ data.x
    influence = np.linalg.solve(information, score.T).T
    ones = np.ones(len(eta), dtype=np.int64)
    cells = Cells(
        data.stratum,
        (data.cluster,),
        (),
        (),
        ones,
        no_kinds(ones),
        influence,
        np.empty((len(eta), 0)),
    )
    rows = roll_up(cells, ())
    variance = spells.sampling.of(rows, rows.sums)[0]
    return np.sqrt(variance), float(spells.sampling.sampled(rows, rows.n).df[0])


def _terms(
    names: tuple[str, ...], params: Floats, se: Floats, df: float, level: float
) -> tuple[HazardTerm, ...]:
    """Coefficients as records, with t intervals."""
    from scipy.special import ndtr, stdtr

    bounds = symmetric(params, se, np.full(len(se), df), level)
    with np.errstate(divide="ignore"):
        t = -np.abs(params / se)
    p_values = 2.0 * (stdtr(df, t) if np.isfinite(df) else ndtr(t))
    columns = (params, se, bounds.low, bounds.high, p_values, np.exp(params))
    return tuple(
        HazardTerm(name, *(float(column[i]) for column in columns)) for i, name in enumerate(names)
    )
