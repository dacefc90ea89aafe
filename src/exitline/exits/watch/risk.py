"""The risk of being poor at the next wave, learnt from earlier waves only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer.logistic import LogitModel, fit_logit
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.panel.panel import Panel

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

MOST = 8
"""Most predictors besides welfare and history: a watch must stay readable."""

PENALTY = 1.0
"""Default ridge penalty, in households per squared standard deviation."""

WELFARE = "welfare over the line (log)"
CHANGE = "change since the wave before (log)"
BEFORE = "poor in an earlier wave"


@dataclass(frozen=True)
class Features:
    """Predictors of the households at risk in one wave.

    Attributes
    ----------
    names : tuple of str
    values : float array, shape (n, p)
        NaN where a further predictor is missing.
    at_risk : bool array, shape (n,)
        Known and not poor in the wave.
    """

    names: tuple[str, ...]
    values: Floats
    at_risk: Bools


@dataclass(frozen=True)
class RiskModel:
    """A fitted watch.

    Attributes
    ----------
    names : tuple of str
        Predictors.
    fit : LogitModel
    means, spreads : float arrays, shape (p,)
        Of the predictors in training; missing values are put at the mean.
    pairs : tuple of (str, str)
        Pairs of waves it was trained on.
    households, events : int
        Household-pairs in training, and those poor at the later wave.
    notes : tuple of str
    """

    names: tuple[str, ...]
    fit: LogitModel
    means: Floats
    spreads: Floats
    pairs: tuple[tuple[str, str], ...]
    households: int
    events: int
    notes: tuple[str, ...]

    def probability(self, values: Floats) -> Floats:
        """Risk of each row of predictor values, shape (n,)."""
        return self.fit.probability(self.filled(values))

    def filled(self, values: Floats) -> Floats:
        """Values with the training mean in place of what is missing."""
        return np.where(np.isnan(values), self.means, values)

    def contributions(self, values: Floats) -> Floats:
        """How much each predictor adds to the log odds, against a household at the means."""
        return np.asarray((self.filled(values) - self.means) * self.fit.slopes)


def predictors_for(panel: Panel, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The further predictors by name: those wanted, or all that were read.

    Raises
    ------
    DataError
        For a name that was not read.
    MeasureError
        For more than `MOST`.
    """
    names = tuple(panel.extras) if wanted is None else tuple(wanted)
    for name in names:
        panel.predictor(name)
    if len(names) > MOST:
        raise MeasureError(
            f"{len(names)} predictors are more than a watch can explain",
            expected=f"at most {MOST} besides welfare and history",
            got=str(len(names)),
            remedy="choose the few that a visitor can check at the door",
        )
    return names


def features(panel: Panel, wave: int, predictors: Sequence[str], *, history: bool) -> Features:
    """Predictors of every household in one wave; nothing of later waves is looked at.

    Parameters
    ----------
    panel : Panel
    wave : int
        Position of the wave.
    predictors : sequence of str
    history : bool
        Also the change since the wave before and whether poor in an earlier wave.

    Returns
    -------
    Features
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = panel.welfare[:, : wave + 1] / panel.line[:, : wave + 1]
        logs = np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1.0)), np.nan)
    names, columns = [WELFARE], [logs[:, wave]]
    if history:
        earlier = np.nan_to_num(panel.poor[:, :wave]).max(axis=1)
        names += [CHANGE, BEFORE]
        columns += [logs[:, wave] - logs[:, wave - 1], earlier]
    names += list(predictors)
    columns += [panel.extras[name][:, wave] for name in predictors]
    at_risk = panel.poor[:, wave] == 0.0
    return Features(tuple(names), np.column_stack(columns), at_risk)


def training_pairs(waves: int, until: int) -> tuple[tuple[int, ...], bool]:
    """First waves of the pairs to train on, and whether they have a history.

    Only pairs that end at wave `until` or before are used. Where some of them begin after
    the first wave, these alone are used, with the history that they have.

    Examples
    --------
    >>> training_pairs(3, until=1)
    ((0,), False)
    >>> training_pairs(4, until=3)
    ((1, 2), True)
    """
    first = tuple(t for t in range(min(waves, until + 1) - 1) if t + 1 <= until)
    later = tuple(t for t in first if t >= 1)
    return (later, True) if later else (first, False)


def fit_risk(
    panel: Panel, until: int, predictors: Sequence[str], *, history: bool | None = None,
    penalty: float = PENALTY, households: Bools | None = None,
) -> RiskModel:  # fmt: skip
    """Learn the risk of becoming poor from pairs of waves up to a wave.

    Parameters
    ----------
    panel : Panel
    until : int
        Position of the last wave that may be seen.
    predictors : sequence of str
    history : bool, optional
        False: leave out change and earlier poverty. They are used where pairs allow it
        otherwise.
    penalty : float
    households : bool array, shape (n,), optional
        Households to learn from (cross-validation).

    Returns
    -------
    RiskModel

    Raises
    ------
    MeasureError
        When there is no pair to learn from, or nobody (or everybody) became poor.

    References
    ----------
    le Cessie and van Houwelingen (1992), Applied Statistics 41, 191-201.
    """
    pairs, has_history = training_pairs(len(panel.waves), until)
    if history is False and has_history:
        pairs, has_history = tuple(range(until)), False
    if not pairs:
        raise MeasureError(
            "there is no pair of waves to learn from",
            expected="at least two waves before the one that is scored",
            got=f"waves up to '{panel.waves[until]}'",
            remedy="add an earlier wave, or use the rule 'nearest to the line'",
        )
    parts = [features(panel, t, predictors, history=has_history) for t in pairs]
    rows = [_usable(panel, part, t, households) for part, t in zip(parts, pairs, strict=True)]
    x = np.concatenate([part.values[r] for part, r in zip(parts, rows, strict=True)])
    y = np.concatenate([panel.poor[r, t + 1] for t, r in zip(pairs, rows, strict=True)])
    w = np.concatenate([panel.weight[r, t] for t, r in zip(pairs, rows, strict=True)])
    names = parts[0].names
    means, missing = _means(x, w, names)
    filled = np.where(np.isnan(x), means, x)
    spreads = np.sqrt(np.average((filled - means) ** 2, axis=0, weights=w))
    fit = fit_logit(filled, y, w, penalty)
    waves = tuple((panel.waves[t], panel.waves[t + 1]) for t in pairs)
    return RiskModel(names, fit, means, spreads, waves, len(y), int(y.sum()), missing)


def _usable(panel: Panel, part: Features, t: int, households: Bools | None) -> Ints:
    """Households at risk in wave t whose state at t + 1 is known."""
    keep = part.at_risk & ~np.isnan(panel.poor[:, t + 1])
    return np.nonzero(keep if households is None else keep & households)[0]


def _means(x: Floats, w: Floats, names: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """Training means of the predictors, and notes on missing values."""
    known = ~np.isnan(x)
    empty = ~known.any(axis=0)
    if empty.any():
        name = names[int(np.nonzero(empty)[0][0])]
        raise MeasureError(
            f"the predictor '{name}' is missing for every household in training",
            expected="values in the waves that are learnt from",
            got="none",
            remedy="leave it out, or check the name of its column in each wave",
        )
    weight = known * w[:, None]
    means = (np.where(known, x, 0.0) * weight).sum(axis=0) / weight.sum(axis=0)
    notes = tuple(
        say("{n} of {m} values of '{name}' were missing in training and put at the mean",
            n=int((~known[:, i]).sum()), m=len(x), name=name)
        for i, name in enumerate(names)
        if (~known[:, i]).any()
    )  # fmt: skip
    return means, notes
