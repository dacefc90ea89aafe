"""Persistent risk of poverty: at risk now, and in most of the waves before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, MeasureError
from exitline.stats.data.readers.declaring import choose
from exitline.stats.infer import build
from exitline.stats.infer.build import Confidence, Named
from exitline.stats.infer.estimates import Estimates
from exitline.stats.infer.intake.cells import no_kinds, sum_by
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Bools, Floats
    from exitline.stats.infer.build import Values
    from exitline.stats.infer.intake.cells import Rows
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.panel.panel import Panel


CLOSE = 1e-12


def persistent_risk(
    panel: Panel, *, share: float | None = 0.6, before: int = 3, least: int = 2,
    level: float = 0.95, interval: ShareMethod = "logit",
) -> Estimates:  # fmt: skip
    """Persistent at-risk-of-poverty rate: poor in the last wave and in most of those before.

    Eurostat's (ilc_li21): below 60 % of the median of the year in the last of four years, and in
    at least two of the three before it. With the weights of the last wave.

    Parameters
    ----------
    panel : Panel
        With welfare. Households that are not known in each of these waves are left out and
        counted.
    share : float, optional
        The threshold as a share of the median of everyone seen in a wave, whose own error is
        carried through. With None, the panel's own lines, taken as they are: give these where
        thresholds come from a larger sample of each year.
    before, least : int
        How many waves before the last are looked at, and in how many of them at least.
    level : float
    interval : str
        Of shares: a name of `exitline.words.intervals.SHARES`.

    Returns
    -------
    Estimates
        ``persistent_risk`` and ``current_risk`` (of the same households in the last wave alone),
        by domain.

    Raises
    ------
    DataError
        When the panel has too few waves, or a share is asked of a panel without welfare.
    MeasureError
        For a share or numbers of waves out of range.

    References
    ----------
    Eurostat, EU-SILC longitudinal quality report; Osier (2009), Survey Research Methods 3,
    167-195 (the threshold's error).

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": [1, 2, 3], "y_a": [1.0, 9.0, 9.0], "y_b": [1.0, 1.0, 9.0]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> found = persistent_risk(read_panel(wide, spec), share=None, before=1, least=1)
    >>> round(found.find(measure="persistent_risk").estimate, 3)
    0.333
    """
    _check(panel, share, before, least)
    waves = list(range(len(panel.waves) - before - 1, len(panel.waves)))
    poor, thresholds = _poor(panel, share, waves)
    used = np.asarray(~np.isnan(poor).any(axis=1))
    states = np.where(used[:, None], poor, 0.0)
    last, earlier = states[:, -1], states[:, :-1].sum(axis=1)
    held = earlier >= least
    weight = np.where(used, np.nan_to_num(panel.weight[:, waves[-1]]), 0.0)
    turning = [(last == 1) & (earlier - states[:, k] == least - 1) for k in range(before)]
    current = [np.zeros_like(held)] * before
    figures = {
        "persistent_risk": (last * held, [*turning, held]),
        "current_risk": (last, [*current, np.ones_like(held)]),
    }
    confidence = Confidence(level, interval)
    blocks = []
    for by in panel.sets:
        wanted = []
        for name, (inside, moves) in figures.items():
            values, rows = _figure(panel, by, weight, used, inside, moves, thresholds)
            wanted.append((Named(name, "", by, "share"), values))
        blocks += build.blocks(wanted, rows, panel.sampling, confidence)
    return Estimates(tuple(blocks), panel.sampling, level, _notes(panel, used, thresholds))


@dataclass(frozen=True)
class _Threshold:
    """The threshold of one wave.

    Attributes
    ----------
    wave : str
    value : float
    influence : float array, shape (n,)
        Weighted, of each household.
    near : float array, shape (n,)
        The kernel at the threshold: its weighted sum is a density.
    """

    wave: str
    value: float
    influence: Floats
    near: Floats


def _poor(panel: Panel, share: float | None, waves: list[int]) -> tuple[Floats, list[_Threshold]]:
    """Who is below the line of each wave (NaN where unknown), and the thresholds found."""
    if share is None:
        return panel.poor[:, waves], []
    found = [_threshold(panel, share, t) for t in waves]
    welfare = panel.welfare[:, waves]
    limits = np.array([one.value for one in found])
    return np.where(np.isnan(welfare), np.nan, (welfare < limits).astype(np.float64)), found


def _threshold(panel: Panel, share: float, wave: int) -> _Threshold:
    """A share of the weighted median of everyone whose welfare is known in a wave."""
    y, w = panel.welfare[:, wave], np.nan_to_num(panel.weight[:, wave])
    there = np.isfinite(y) & (w > 0)
    y, w = np.where(there, y, 0.0), np.where(there, w, 0.0)
    order = np.flatnonzero(there)[np.argsort(y[there], kind="stable")]
    upto, size = np.cumsum(w[order]), w.sum()
    median = float(y[order][np.searchsorted(upto, (0.5 - CLOSE) * size)])
    mean = (w * y).sum() / size
    width = np.sqrt((w * (y - mean) ** 2).sum() / size) / size**0.2

    def kernel(at: float) -> Floats:
        height = np.exp(-(((at - y) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
        return np.asarray(np.where(there, height, 0.0))

    density = (w * kernel(median)).sum()
    influence = share * w * (0.5 - (y <= median)) / density
    return _Threshold(panel.waves[wave], share * median, influence, kernel(share * median))


def _figure(
    panel: Panel, by: str, weight: Floats, used: Bools, inside: Floats, moves: list[Bools],
    thresholds: list[_Threshold],
) -> tuple[Values, Rows]:  # fmt: skip
    """A share by domain, with what the thresholds' own errors add to its influence.

    A threshold moves the share by the density at it of those for whom it decides; its influence is
    that of every PSU, also of those without members of the domain.
    """
    near = [weight * m * t.near for m, t in zip(moves, thresholds, strict=False)]
    sums = np.column_stack([weight * inside, weight, used, *near])
    rows = panel.rows(sums, used, by)
    top, bottom, cases = rows.sums[:, :3].T
    values = build.ratio(top, bottom, rows, cases.astype(np.int64))
    if not thresholds:
        return values, rows
    slopes = sum_by(rows.domain, rows.sums[:, 3:], rows.size) / np.maximum(
        values.population, CLOSE
    )[:, None]  # fmt: skip
    psus, first = np.unique(panel.psu, return_index=True)
    place = np.searchsorted(psus, panel.psu)
    moved = np.column_stack(
        [np.bincount(place, t.influence, minlength=len(psus)) for t in thresholds]
    )
    every = (moved @ slopes.T).T.ravel()  # by domain, then PSU
    size, zeros = rows.size, np.zeros(len(every), dtype=np.int64)
    longer = replace(
        rows,
        domain=np.concatenate([rows.domain, np.repeat(np.arange(size), len(psus))]),
        stratum=np.concatenate([rows.stratum, np.tile(panel.stratum[first], size)]),
        stages=(np.concatenate([rows.stages[0], np.tile(psus, size)]),),
        n=np.concatenate([rows.n, zeros]),
        cases=no_kinds(np.concatenate([rows.n, zeros])),
        sums=np.vstack([rows.sums, np.zeros((len(every), rows.sums.shape[1]))]),
    )
    counted = np.concatenate([values.cases, zeros])
    influence = np.concatenate([values.influence, every])
    return replace(values, influence=influence, cases=counted), longer


def _check(panel: Panel, share: float | None, before: int, least: int) -> None:
    """Refuse what there is no persistent risk of."""
    if not 1 <= least <= before or (share is not None and not 0 < share < np.inf):
        raise MeasureError(
            "persistent risk needs a share above 0, and waves to look back at",
            expected="share such as 0.6, and least from 1 to before",
            got=f"share {share}, least {least} of {before} waves before",
            remedy="Eurostat's is share=0.6, before=3, least=2",
        )
    if len(panel.waves) <= before:
        raise DataError(
            "the panel has too few waves for persistent risk",
            expected=f"{before + 1} waves or more: the last, and {before} before it",
            got=f"{len(panel.waves)}: " + ", ".join(panel.waves),
            remedy=choose(
                "look back at fewer with before= and least=",
                "look back at fewer: --before and --least",
            ),
        )
    if share is not None and np.isnan(panel.welfare).all():
        raise DataError(
            "this panel contains states, not welfare",
            expected="a welfare column, of which a median can be found",
            got="a column that says poor or not",
            remedy=choose("give panel_spec welfare=, or share=None", "give --welfare"),
        )


def _notes(panel: Panel, used: Bools, thresholds: list[_Threshold]) -> tuple[str, ...]:
    """The thresholds, and how many households were left out."""
    said = "; ".join(f"{one.wave}: {one.value:,.6g}" for one in thresholds)
    notes = [say("thresholds: {list}", list=said)] if said else []
    if lost := int((~used).sum()):
        notes.append(
            say_plural(
                "{n} of {size} households is not known in every wave and is left out",
                "{n} of {size} households are not known in every wave and are left out",
                lost, size=panel.size)
        )  # fmt: skip
    return tuple(notes)
