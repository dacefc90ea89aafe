"""Exits that last: out only after k waves in a row above a buffered line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, MeasureError
from exitline.stats.data.readers.declaring import choose
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.estimates import Estimates
from exitline.stats.panel.ratios import Ratio, ratio_blocks
from exitline.words.said import Numeral, say, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Bools, Floats
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.panel.panel import Panel


@dataclass(frozen=True)
class LastingExits:
    """States under the lasting rule beside the plain ones.

    Attributes
    ----------
    poor : float array, shape (n, T)
        1 poor, 0 out, NaN before the household's state was first known.
    estimates : Estimates
        ``plain_headcount(wave)`` and ``lasting_headcount(wave)`` for every wave;
        ``exit_confirmed(a>b)``: of those who left between a and b by the plain rule, the
        share that the lasting rule counts as out by the last wave, where k waves allow it.
    k : int
    buffer : float
    notes : tuple of str
    """

    poor: Floats
    estimates: Estimates
    k: int
    buffer: float
    notes: tuple[str, ...]


def lasting_states(poor: Floats, above: Floats, k: int) -> Floats:
    """States when an exit must last, wave by wave.

    A household below the line is poor. Once poor it is out only after `k` waves in a row at
    or above the buffered line; in between it keeps its state. An unknown wave breaks a run
    and changes no state.

    Parameters
    ----------
    poor, above : float arrays, shape (n, T)
        Below the line, and at or above the buffered line: 1, 0, or NaN where unknown.
    k : int

    Returns
    -------
    float array, shape (n, T)

    Examples
    --------
    >>> lasting_states(np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 1.0]]), 2)
    array([[1., 1., 0.]])
    """
    result = np.full(poor.shape, np.nan)
    result[:, 0] = poor[:, 0]
    run = (above[:, 0] == 1.0).astype(np.int64)
    for t in range(1, poor.shape[1]):
        run = np.where(above[:, t] == 1.0, run + 1, 0)
        before = result[:, t - 1]
        first_sight = np.isnan(before)
        stay = np.where(first_sight, poor[:, t], before)
        result[:, t] = np.where(poor[:, t] == 1.0, 1.0, np.where(run >= k, 0.0, stay))
    return result


def lasting_exits(
    panel: Panel,
    *,
    k: int = 2,
    buffer: float = 0.25,
    level: float = 0.95,
    interval: ShareMethod = "logit",
) -> LastingExits:
    """Apply the lasting rule and compare it with the plain line.

    Parameters
    ----------
    panel : Panel
        With welfare.
    k : int
        Waves in a row; 1 or more, fewer than the waves there are.
    buffer : float
        The buffered line is line x (1 + buffer); 0 or above.
    level : float
    interval : str
        Of shares: a name of `exitline.words.intervals.SHARES`.

    Returns
    -------
    LastingExits

    Raises
    ------
    MeasureError
        For `k` or `buffer` out of range.
    DataError
        When the panel has no welfare.

    Notes
    -----
    A run of k waves and a buffer keep those out of the count who crossed the line by an
    error of measurement; those near the line wait longer. With k = 1 and buffer = 0 the rule
    is the plain line.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": [1, 2], "y_a": [1., 1.], "y_b": [3., 2.1], "y_c": [3., 3.]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=tuple("abc"), line=2.0)
    >>> lasting_exits(read_panel(wide, spec), k=2, buffer=0.25).poor
    array([[1., 1., 0.],
           [1., 1., 1.]])
    """
    _refuse(panel, k, buffer)
    above = np.where(np.isnan(panel.welfare), np.nan, panel.welfare >= panel.line * (1.0 + buffer))
    poor = lasting_states(panel.poor, above, k)
    wanted, used = [], panel.balanced
    ones = np.ones(panel.size)
    for t, wave in enumerate(panel.waves):
        plain, lasting = np.nan_to_num(panel.poor[:, t]), np.nan_to_num(poor[:, t])
        wanted.append(Ratio(f"plain_headcount({wave})", plain, ones, "share"))
        wanted.append(Ratio(f"lasting_headcount({wave})", lasting, ones, "share"))
    for t in range(len(panel.waves) - k):
        left = ((panel.poor[:, t] == 1.0) & (panel.poor[:, t + 1] == 0.0)).astype(float)
        pair = f"({panel.waves[t]}>{panel.waves[t + 1]})"
        confirmed = left * (poor[:, -1] == 0.0)
        wanted.append(Ratio("exit_confirmed" + pair, confirmed, left, "share"))
    blocks = ratio_blocks(panel, wanted, panel.first_weight, used, Confidence(level, interval))
    notes = (
        say_plural(
            "an exit counts after {n} wave at or above {m} x the line",
            "an exit counts after {n} waves in a row at or above {m} x the line",
            k,
            m=Numeral(f"{1 + buffer:g}"),
        ),
        *_too_late(panel, k),
        *_left_out(panel, used),
    )
    return LastingExits(poor, Estimates(blocks, panel.sampling, level), k, buffer, notes)


def _too_late(panel: Panel, k: int) -> tuple[str, ...]:
    """Which exits cannot be confirmed yet."""
    if k == 1:
        return ()
    waves = panel.waves[max(len(panel.waves) - k, 0) :]
    first = waves[-k + 1] if len(waves) >= k else waves[0]
    return (
        say("exits first seen at {wave} or later cannot be confirmed yet: fewer than {n} waves "
            "have passed", wave=first, n=k),
    )  # fmt: skip


def _left_out(panel: Panel, used: Bools) -> tuple[str, ...]:
    lost = int((~used).sum())
    text = say_plural(
        "{n} of {size} households is not known in every wave and is left out",
        "{n} of {size} households are not known in every wave and are left out",
        lost, size=panel.size)  # fmt: skip
    return (text,) if lost else ()


def _refuse(panel: Panel, k: int, buffer: float) -> None:
    if np.isnan(panel.welfare).all():
        raise DataError(
            "this panel contains states, not welfare",
            expected="a welfare column and a line, to place the buffered line",
            got="a column that says poor or not",
            remedy=choose("give panel_spec welfare= and line=", "give --welfare and --line"),
        )
    if not (1 <= k <= len(panel.waves)) or not 0 <= buffer < np.inf:
        raise MeasureError(
            "the rule for a lasting exit cannot be used",
            expected=f"1 to {len(panel.waves)} waves in a row, and a buffer of 0 or above",
            got=f"{k} waves, buffer {buffer}",
            remedy="two waves and a buffer of 0.25 (a quarter above the line) are one choice",
        )
