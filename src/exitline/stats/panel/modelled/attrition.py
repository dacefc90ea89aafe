"""Weights for households that are lost from a panel: inverse probability of being seen again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer import build
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import Confidence, Named, Values
from exitline.stats.infer.estimates import Estimates
from exitline.stats.infer.intake.cells import Rows, no_kinds
from exitline.stats.infer.logistic import LogitModel, fit_logit
from exitline.stats.panel.pairs import CELLS
from exitline.stats.panel.rates import RATES

if TYPE_CHECKING:
    from exitline.arrays import Bools, Floats, Ints
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.panel.panel import Panel


FLOOR = 0.05
"""Lowest probability that is inverted; a household never stands for more than 20."""


@dataclass(frozen=True)
class ResponseModel:
    """How likely each household was to be seen again.

    Attributes
    ----------
    before, after : str
        The pair of waves.
    predictors : tuple of str
        "poor" (in the wave before) and further columns of the wave before; a column
        with missing values comes with an indicator of them.
    fit : LogitModel or None
        None where nobody was lost.
    design : float array, shape (n, p)
        Predictors of every household of the panel.
    eligible, seen : bool arrays, shape (n,)
        State known before; state known before and after.
    probability : float array, shape (n,)
        Of being seen again, at least `FLOOR`; 1 where nobody was lost.
    floored : int
        Households whose probability was raised to the floor.
    """

    before: str
    after: str
    predictors: tuple[str, ...]
    fit: LogitModel | None
    design: Floats
    eligible: Bools
    seen: Bools
    probability: Floats
    floored: int

    @property
    def statement(self) -> str:
        """The model in words, as a result must carry it."""
        if self.fit is None:
            return f"nobody was lost between {self.before} and {self.after}"
        lost = int(self.eligible.sum() - self.seen.sum())
        text = (
            f"{lost:,} of {int(self.eligible.sum()):,} households were lost between "
            f"{self.before} and {self.after}; those seen again are weighted by 1 / P(seen again), "
            f"a logistic model of {', '.join(self.predictors)} at {self.before}, assuming that "
            "among households alike in these, being lost has nothing to do with what happened next"
        )
        if self.floored:
            text += f"; {self.floored:,} probabilities raised to {FLOOR}"
        return text


def response_model(
    panel: Panel, before: str, after: str, predictors: Sequence[str] | None = None
) -> ResponseModel:
    """Fit the probability that a household's state is known in the later wave.

    Parameters
    ----------
    panel : Panel
    before, after : str
        Waves, in the order of time.
    predictors : sequence of str, optional
        Extra columns of the panel, taken in the wave before; all of them by default. The
        state in the wave before is always in the model.

    Returns
    -------
    ResponseModel

    Raises
    ------
    DataError
        For a predictor that was not read.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": range(6), "y_a": [1., 1., 1., 3., 3., 3.],
    ...                      "y_b": [3., 1., None, 3., 3., None]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> response_model(read_panel(wide, spec), "a", "b").probability.round(3).tolist()
    [0.667, 0.667, 0.667, 0.667, 0.667, 0.667]
    """
    t, u = panel.position(before), panel.position(after)
    eligible = ~np.isnan(panel.poor[:, t])
    seen = eligible & ~np.isnan(panel.poor[:, u])
    names, design = _design(panel, t, predictors, eligible)
    if (seen == eligible).all():
        ones = np.ones(panel.size)
        return ResponseModel(before, after, names, None, design, eligible, seen, ones, 0)
    w = np.where(eligible, np.nan_to_num(panel.weight[:, t]), 0.0)
    fit = fit_logit(design[eligible], seen[eligible].astype(float), w[eligible])
    p = fit.probability(design)
    floored = int((eligible & (p < FLOOR)).sum())
    return ResponseModel(
        before, after, names, fit, design, eligible, seen, np.maximum(p, FLOOR), floored
    )


def _design(
    panel: Panel, t: int, predictors: Sequence[str] | None, eligible: Bools
) -> tuple[tuple[str, ...], Floats]:
    """Predictor names and values in one wave; missing values at the mean, with an indicator."""
    wanted = tuple(panel.extras) if predictors is None else tuple(predictors)
    names, columns = ["poor"], [np.nan_to_num(panel.poor[:, t])]
    for name in wanted:
        value = panel.predictor(name)[:, t]
        missing = np.isnan(value)
        names.append(name)
        columns.append(np.where(missing, np.nanmean(value[eligible]), value))
        if missing[eligible].any() and not missing[eligible].all():
            names.append(f"{name} missing")
            columns.append(missing.astype(float))
    return tuple(names), np.column_stack(columns)


def weighted_rates(
    panel: Panel, model: ResponseModel, *, level: float = 0.95, interval: ShareMethod = "logit"
) -> Estimates:
    """Transition rates with attrition weights, linearised through the response model too.

    Parameters
    ----------
    panel : Panel
    model : ResponseModel
        Of the pair of waves wanted.
    level : float

    Returns
    -------
    Estimates
        The rates of `transitions` except the attrition rate, named alike;
        the model's statement is in `notes`.

    Notes
    -----
    The weight of a household seen again is w / p. With e the influence of the rate on one
    unit of weight, the influence is ``w r e / p - w (r - p) x' A^-1 g`` with
    ``A = sum w p (1 - p) x x'`` and ``g = sum w r e (1 - p) / p x``: the second part is
    what fitting the model changes, and it usually narrows the interval.

    References
    ----------
    Kim and Kim (2007), Canadian Journal of Statistics 35, 501-514 (nonresponse weighting
    with estimated response probabilities).

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": range(6), "y_a": [1., 1., 1., 3., 3., 3.],
    ...                      "y_b": [3., 1., None, 3., 3., None]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> panel = read_panel(wide, spec)
    >>> found = weighted_rates(panel, response_model(panel, "a", "b"))
    >>> round(found.find(measure="exit_rate(a>b)").estimate, 3)
    0.5
    """
    t, u = panel.position(model.before), panel.position(model.after)
    cells = _cells(panel, t, u)
    blocks = [
        _block(panel, model, cells, (name, by), Confidence(level, interval))
        for by in panel.sets
        for name in RATES
        if name != "attrition_rate"
    ]
    return Estimates(tuple(blocks), panel.sampling, level, (model.statement,))


def _cells(panel: Panel, t: int, u: int) -> dict[str, Floats]:
    """Indicator of each of the four cells, zero for those lost."""
    was, now = panel.poor[:, t], panel.poor[:, u]
    values = {"poor": 1.0, "out": 0.0}
    return {
        cell: ((was == values[cell.split("_")[0]]) & (now == values[cell.split("_")[1]])).astype(
            float
        )
        for cell in CELLS
    }


def _block(
    panel: Panel,
    model: ResponseModel,
    cells: dict[str, Floats],
    of: tuple[str, str],
    confidence: Confidence,
) -> Block:
    """One rate in one set of domains."""
    name, by = of
    rate = RATES[name]
    t = panel.position(model.before)
    w = np.where(model.eligible, np.nan_to_num(panel.weight[:, t]), 0.0)
    adjusted = w * model.seen / model.probability
    top = sum(cells[c] for c in rate.top) * adjusted
    bottom = sum(cells[c] for c in rate.bottom) * adjusted
    case = sum(cells[c] for c in rate.bottom) > 0
    codes, labels = _domains(panel, by, model.eligible)
    estimate, influence = np.empty(len(labels)), np.empty((len(labels), panel.size))
    population, cases = np.empty(len(labels)), np.empty((len(labels), panel.size))
    for d in range(len(labels)):
        inside = codes == d
        population[d] = bottom[inside].sum()
        estimate[d] = top[inside].sum() / population[d] if population[d] > 0 else np.nan
        error = np.where(inside, top - estimate[d] * bottom, 0.0) / max(population[d], 1e-300)
        influence[d] = np.nan_to_num(error) - _through_model(model, w, np.nan_to_num(error))
        cases[d] = inside & case
    rows = _all_clusters(panel, labels)
    values = Values(
        estimate, _by_cluster(panel, influence), _by_cluster(panel, cases).astype(np.int64),
        population,
    )  # fmt: skip
    named = Named(f"{name}({model.before}>{model.after})", "", by, "share")
    return build.blocks([(named, values)], rows, panel.sampling, confidence)[0]


def _domains(panel: Panel, by: str, eligible: Bools) -> tuple[Ints, tuple[str, ...]]:
    """Domain codes among the eligible (-1 for the others) and the values they stand for."""
    if not by:
        return np.where(eligible, 0, -1), ("",)
    domain = panel.domains[by]
    present, inverse = np.unique(domain.codes[eligible], return_inverse=True)
    result = np.full(panel.size, -1)
    result[eligible] = inverse
    return result, tuple(domain.labels[i] for i in present)


def _through_model(model: ResponseModel, w: Floats, error: Floats) -> Floats:
    """What fitting the response model contributes to the influence, shape (n,).

    `error` is the influence with the model taken as known: w r e / p.
    """
    if model.fit is None:
        return np.zeros(len(w))
    x = np.column_stack([np.ones(len(w)), model.design])
    p, r = model.probability, model.seen.astype(float)
    A = (x * (w * p * (1.0 - p))[:, None]).T @ x
    g = x.T @ (error * (1.0 - p))
    slope = np.linalg.lstsq(A, g, rcond=None)[0]
    return np.asarray(w * (r - p) * model.eligible * (x @ slope))


def _all_clusters(panel: Panel, labels: tuple[str, ...]) -> Rows:
    """Every cluster in every domain: the response model ties all households together."""
    clusters, first = np.unique(panel.psu, return_index=True)
    stratum = np.tile(panel.stratum[first], len(labels))
    ones = np.ones(len(stratum), dtype=np.int64)
    return Rows(
        domain=np.repeat(np.arange(len(labels)), len(clusters)),
        keys=tuple((label,) if label else () for label in labels), stratum=stratum,
        stages=(np.tile(clusters, len(labels)),), n=ones, cases=no_kinds(ones),
        sums=np.empty((len(stratum), 0)),
    )  # fmt: skip


def _by_cluster(panel: Panel, values: Floats) -> Floats:
    """Values of households by domain summed to clusters, laid out as `_all_clusters`."""
    size = int(panel.psu.max(initial=-1)) + 1
    return np.concatenate([np.bincount(panel.psu, weights=v, minlength=size) for v in values])
