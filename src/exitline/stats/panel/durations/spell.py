"""Spells: runs of waves in one state, from a panel or from a table of dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.errors import DataError
from exitline.stats.data.sampling.design import Design, LonelyPsu
from exitline.stats.infer.designs.variance import Variance
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Bools, Floats, Ints
    from exitline.stats.panel.panel import Panel


State = Literal["poor", "out"]


@dataclass(frozen=True)
class Spells:
    """Times in one state, one row a spell.

    Attributes
    ----------
    state : {"poor", "out"}
    household : int array, shape (m,)
        Position of the household in the panel (or in the table's sorted ids).
    start : float array, shape (m,)
        Time of the first wave in the state.
    duration : float array, shape (m,)
        From `start` to the wave in which the household was first seen in the other state,
        or to the last wave in which it was seen at all.
    entry : float array, shape (m,)
        Time in the state before observation began; 0 for spells seen from the start.
    ended : bool array, shape (m,)
        False for spells that were still going on when last seen (right-censored).
    weight : float array, shape (m,)
    stratum, psu : int arrays, shape (m,)
    sampling : Variance
    ongoing : int
        Spells already going on at the first sight of a household, which have no known
        start and are left out (left-truncated).
    unobserved : int
        Spells that began in the last wave seen: nothing is known of their length.
    steps : int array, shape (m,)
        Position of the wave in which the spell began; -1 in a table of dates.
    """

    state: State
    household: Ints
    start: Floats
    duration: Floats
    entry: Floats
    ended: Bools
    weight: Floats
    stratum: Ints
    psu: Ints
    sampling: Variance
    ongoing: int = 0
    unobserved: int = 0
    steps: Ints | None = None

    @property
    def size(self) -> int:
        """Number of spells, m."""
        return len(self.start)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in words."""
        notes = []
        if self.ongoing:
            notes.append(
                say_plural(
                    "{n} spell had already begun when the household was first seen: its "
                    "length is unknown and it is left out",
                    "{n} spells had already begun when the household was first seen: their "
                    "length is unknown and they are left out",
                    self.ongoing,
                )
            )
        if self.unobserved:
            notes.append(
                say_plural(
                    "{n} spell began in the last wave seen and adds nothing yet",
                    "{n} spells began in the last wave seen and add nothing yet",
                    self.unobserved,
                )
            )
        return tuple(notes)


def spells(panel: Panel, state: State, times: Sequence[float] | None = None) -> Spells:
    """Spells in a state that began under observation.

    A spell begins at the wave in which the household is first seen in the state after a
    wave in the other one, and ends at the wave in which it is first seen out of it: the
    moment itself lies between two waves. A wave without a known state ends observation;
    what follows counts as already going on.

    Parameters
    ----------
    panel : Panel
    state : {"poor", "out"}
    times : sequence of float, optional
        Time of each wave, rising (years, months); 0, 1, 2 ... by default.

    Returns
    -------
    Spells

    Raises
    ------
    DataError
        When times do not rise or do not fit the waves, or no spell began under observation.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": [1, 2], "y_a": [3., 3.], "y_b": [1., 1.], "y_c": [1., 3.],
    ...                      "y_d": [1., 3.]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=tuple("abcd"), line=2.0)
    >>> poor = spells(read_panel(wide, spec), "poor")
    >>> poor.duration.tolist(), poor.ended.tolist()
    ([2.0, 1.0], [False, True])
    """
    moment = _times(panel, times)
    inside = panel.poor == (1.0 if state == "poor" else 0.0)
    known = ~np.isnan(panel.poor)
    before_known = np.column_stack([np.zeros(panel.size, dtype=bool), known[:, :-1]])
    before_inside = np.column_stack([np.zeros(panel.size, dtype=bool), inside[:, :-1]])
    begins = inside & before_known & ~before_inside
    ongoing = int((inside & ~before_known).sum())
    household, step = np.nonzero(begins)
    last, ended = _ends(inside, known, household, step)
    duration = moment[last] - moment[step]
    seen = duration > 0
    household, step = household[seen], step[seen]
    if not len(household):
        raise DataError(
            f"no spell in the state '{state}' began under observation and was followed",
            expected="households seen in the other state first, and at least one wave after",
            got=f"{ongoing:,} spells already going on, {int((~seen).sum()):,} in the last wave",
            remedy="three or more waves are needed to see a spell begin and go on",
        )
    weight = panel.weight[household, step]
    return Spells(
        state, household, moment[step], duration[seen], np.zeros(len(step)), ended[seen], weight,
        panel.stratum[household], panel.psu[household], panel.sampling, ongoing,
        int((~seen).sum()), step,
    )  # fmt: skip


def _times(panel: Panel, times: Sequence[float] | None) -> Floats:
    """Times of the waves, checked."""
    moment = np.arange(len(panel.waves), dtype=np.float64) if times is None else np.asarray(times)
    if len(moment) != len(panel.waves) or not (np.diff(moment) > 0).all():
        raise DataError(
            "the times of the waves cannot be used",
            expected=f"{len(panel.waves)} numbers, each above the one before",
            got=", ".join(f"{m:g}" for m in moment),
            remedy="give the time of each wave in the order of the waves, for instance 0,2,3",
        )
    return moment.astype(np.float64)


def _ends(inside: Bools, known: Bools, household: Ints, step: Ints) -> tuple[Ints, Bools]:
    """The wave at which each spell ends or is last seen, and whether it ended."""
    last, open_ = step.copy(), np.ones(len(step), dtype=bool)
    ended = np.zeros(len(step), dtype=bool)
    for wave in range(inside.shape[1]):
        going = open_ & (wave > step)
        here = known[household, wave]
        left = going & here & ~inside[household, wave]
        last[going & here] = wave
        ended |= left
        open_ &= ~(going & ~here) & ~left
    return last, ended


def spells_from_table(
    household: NDArray[Any], start: Floats, end: Floats, ended: Bools, *,
    state: State = "poor", weight: Floats | None = None, psu: NDArray[Any] | None = None,
    stratum: NDArray[Any] | None = None, lonely: LonelyPsu = "fail",
) -> Spells:  # fmt: skip
    """Spells that are already recorded with a beginning and an end.

    Parameters
    ----------
    household : array, shape (m,)
        Ids; a household may have several spells.
    start, end : float arrays, shape (m,)
        Times in one unit; `end` is the end, or the last sight of a spell still going on.
    ended : bool array, shape (m,)
    state : {"poor", "out"}
    weight, psu, stratum : arrays, shape (m,), optional
    lonely : str
        Treatment of strata with one PSU.

    Returns
    -------
    Spells

    Raises
    ------
    DataError
        For negative durations, missing times, or spells of one household that overlap.

    Examples
    --------
    >>> import numpy as np
    >>> table = spells_from_table(np.array([7, 7, 8]), np.array([0.0, 5.0, 1.0]),
    ...                           np.array([2.0, 9.0, 4.0]), np.array([True, False, True]))
    >>> table.duration.tolist()
    [2.0, 4.0, 3.0]
    """
    from exitline.stats.panel.panel import _linearised, _within

    begin, finish = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    who = np.unique(household, return_inverse=True)[1].astype(np.int64)
    _refuse_spells(who, begin, finish)
    none = np.zeros(len(who), dtype=np.int64)
    strata = none if stratum is None else np.unique(stratum, return_inverse=True)[1]
    clusters = who if psu is None else np.unique(psu, return_inverse=True)[1]
    strata = strata.astype(np.int64)
    clusters = _within(strata, clusters.astype(np.int64))
    duration = finish - begin
    seen = duration > 0
    weights = np.ones(len(who)) if weight is None else np.asarray(weight, dtype=np.float64)
    return Spells(
        state, who[seen], begin[seen], duration[seen], np.zeros(int(seen.sum())),
        np.asarray(ended, dtype=bool)[seen], weights[seen], strata[seen], clusters[seen],
        _linearised(strata, clusters, Design(lonely=lonely)), 0, int((~seen).sum()),
        np.full(int(seen.sum()), -1),
    )  # fmt: skip


def _refuse_spells(who: Ints, start: Floats, end: Floats) -> None:
    """Refuse missing times, negative durations and overlaps, with the number of each."""
    missing = int((~np.isfinite(start) | ~np.isfinite(end)).sum())
    if missing:
        raise DataError(
            f"{missing:,} {'spell has' if missing == 1 else 'spells have'} no beginning or no end",
            expected="two finite times on every row; the last sight, where a spell goes on",
            got=f"missing on {missing:,} of {len(who):,} rows",
            remedy="complete the times, or leave these rows out",
        )
    negative = int((end < start).sum())
    if negative:
        raise DataError(
            f"{negative:,} "
            f"{'spell ends before it begins' if negative == 1 else 'spells end before they begin'}",
            expected="an end at or after the beginning",
            got=f"a negative duration on {negative:,} of {len(who):,} rows",
            remedy="the two columns may be exchanged, or a date misread (day and month)",
        )
    order = np.lexsort((end, start, who))
    same = who[order][1:] == who[order][:-1]
    reach = np.maximum.accumulate(end[order] + _offset(who[order], start, end))[:-1]
    overlap = same & (start[order][1:] + _offset(who[order], start, end)[1:] < reach)
    crossed = int(overlap.sum())
    if crossed:
        raise DataError(
            f"{crossed:,} "
            f"{'spell overlaps' if crossed == 1 else 'spells overlap'} an earlier spell "
            "of the same household",
            expected="spells of one household that follow one another in time",
            got=f"overlaps on {crossed:,} of {len(who):,} rows",
            remedy="merge or correct these spells: a household is in one state at a time",
        )


def _offset(who: Ints, start: Floats, end: Floats) -> Floats:
    """A shift by household that keeps households apart on one line of time."""
    width = float(end.max() - start.min()) + 1.0
    return np.asarray(who * width, dtype=np.float64)
