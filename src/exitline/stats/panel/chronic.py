"""Chronic and transient poverty over the waves of a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, MeasureError
from exitline.stats.data.readers.declaring import choose
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.estimates import Estimates
from exitline.stats.panel.ratios import Ratio, ratio_blocks
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from exitline.arrays import Bools, Floats
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.panel.panel import Panel


def jalan_ravallion(
    panel: Panel, *, alpha: float = 2.0, level: float = 0.95, interval: ShareMethod = "logit"
) -> Estimates:
    """Poverty over all waves, split into a chronic and a transient component.

    Parameters
    ----------
    panel : Panel
        With welfare. Households with unknown welfare in some wave are left out and counted.
    alpha : float
        Of the FGT measure: 2 (squared gap) in the source; above 0.
    level : float
    interval : str
        Of shares: a name of `exitline.words.intervals.SHARES`.

    Returns
    -------
    Estimates
        ``total_poverty``, ``chronic_poverty``, ``transient_poverty`` (FGT indices) and
        ``chronic_share``, by domain.

    Raises
    ------
    DataError
        When the panel has no welfare.
    MeasureError
        For alpha at or below 0.

    Notes
    -----
    With x the welfare over the line of its wave and p(x) = (1 - x)^alpha below the line:
    total = mean over waves of p(x_it), chronic = p(mean over waves of x_it), transient =
    total - chronic. Measurement error adds to the transient part.

    References
    ----------
    Jalan and Ravallion (1998), Journal of Comparative Economics 26, 338-357; (2000),
    Journal of Development Studies 36(6), 82-99.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": [1, 2], "y_a": [1.0, 4.0], "y_b": [2.0, 4.0]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> found = jalan_ravallion(read_panel(wide, spec), alpha=2)
    >>> found.find(measure="total_poverty").estimate  # ((1/2)^2 + 0) / 2, over two households
    0.0625
    >>> found.find(measure="chronic_poverty").estimate  # (1 - 1.5/2)^2, over two households
    0.03125
    """
    if not 0 < alpha < np.inf:
        raise MeasureError(
            "the split into chronic and transient poverty needs alpha above 0",
            expected="a number above 0; 2 in Jalan and Ravallion",
            got=str(alpha),
            remedy="for counts of poor waves use duration_adjusted(panel, alpha=0)",
        )
    ratio, used = _relative_welfare(panel)
    each = np.where(ratio < 1.0, np.abs(1.0 - ratio) ** alpha, 0.0)
    total = each.mean(axis=1)
    average = ratio.mean(axis=1)
    chronic = np.where(average < 1.0, np.abs(1.0 - average) ** alpha, 0.0)
    ones = np.ones(panel.size)
    wanted = [
        Ratio("total_poverty", total, ones),
        Ratio("chronic_poverty", chronic, ones),
        Ratio("transient_poverty", total - chronic, ones),
        Ratio("chronic_share", chronic, total),
    ]
    blocks = ratio_blocks(panel, wanted, panel.first_weight, used, Confidence(level, interval))
    return Estimates(blocks, panel.sampling, level, _notes(panel, used))


def duration_adjusted(
    panel: Panel,
    *,
    alpha: float = 0.0,
    cutoff: float = 0.5,
    level: float = 0.95,
    interval: ShareMethod = "logit",
) -> Estimates:
    """Chronic poverty by how many waves a household was poor (duration-adjusted FGT).

    Parameters
    ----------
    panel : Panel
        Households with an unknown state in some wave are left out and counted.
    alpha : float
        0 counts poor waves; 1 and 2 also how deep (these need welfare).
    cutoff : float
        Chronically poor are those poor in at least this share of the waves; above 0, at
        most 1.
    level : float
    interval : str
        Of shares: a name of `exitline.words.intervals.SHARES`.

    Returns
    -------
    Estimates
        ``chronic_headcount`` (H), ``average_duration`` (D: share of waves in poverty among
        the chronically poor), ``duration_adjusted_fgt(alpha)`` (K; H x D for alpha 0), and
        ``all_spells_fgt(alpha)`` with a cut-off of nothing, for comparison.

    Raises
    ------
    MeasureError
        For a cut-off or an alpha out of range.

    References
    ----------
    Foster (2009), A class of chronic poverty measures, in Addison, Hulme and Kanbur (eds.),
    Poverty Dynamics, ch. 3.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": [1, 2], "y_a": [1.0, 4.0], "y_b": [1.0, 1.0]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> found = duration_adjusted(read_panel(wide, spec), cutoff=1.0)
    >>> found.find(measure="chronic_headcount").estimate
    0.5
    """
    if not 0 < cutoff <= 1 or alpha < 0:
        raise MeasureError(
            "the duration cut-off or alpha is out of range",
            expected="a cut-off above 0 and at most 1 (share of waves), alpha of 0 or above",
            got=f"cutoff {cutoff}, alpha {alpha}",
            remedy="half of the waves is 0.5",
        )
    used = panel.balanced
    poor = np.nan_to_num(panel.poor)
    gap = poor
    if alpha > 0:
        ratio, used = _relative_welfare(panel)
        gap = poor * np.abs(1.0 - np.minimum(ratio, 1.0)) ** alpha
    duration = poor.mean(axis=1)
    chronic = (duration >= cutoff - 1e-12).astype(float)
    depth = gap.mean(axis=1)
    ones = np.ones(panel.size)
    wanted = [
        Ratio("chronic_headcount", chronic, ones, "share"),
        Ratio("average_duration", duration * chronic, chronic),
        Ratio(f"duration_adjusted_fgt({alpha:g})", depth * chronic, ones),
        Ratio(f"all_spells_fgt({alpha:g})", depth, ones),
    ]
    blocks = ratio_blocks(panel, wanted, panel.first_weight, used, Confidence(level, interval))
    return Estimates(blocks, panel.sampling, level, _notes(panel, used))


def _relative_welfare(panel: Panel) -> tuple[Floats, Bools]:
    """Welfare over the line, shape (n, T), and who has it in every wave."""
    if np.isnan(panel.welfare).all():
        raise DataError(
            "this panel contains states, not welfare",
            expected="a welfare column and a line",
            got="a column that says poor or not",
            remedy=choose("give panel_spec welfare= and line=", "give --welfare and --line"),
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = panel.welfare / panel.line
    used = np.asarray(np.isfinite(ratio).all(axis=1))
    return np.where(used[:, None], ratio, 0.0), used


def _notes(panel: Panel, used: Bools) -> tuple[str, ...]:
    """How many households were left out."""
    lost = int((~used).sum())
    if not lost:
        return ()
    return (
        say_plural(
            "{n} of {size} households is not known in every wave and is left out",
            "{n} of {size} households are not known in every wave and are left out",
            lost, size=panel.size),
    )  # fmt: skip
