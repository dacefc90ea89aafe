"""Whose welfare grew: growth of households grouped by where they began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.errors import DataError, MeasureError
from exitline.stats.data.readers.declaring import choose
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.estimates import Estimates
from exitline.stats.panel.ratios import Ratio, ratio_blocks
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.panel.panel import Panel


RankBy = Literal["before", "average"]


def mobility(
    panel: Panel, before: str, after: str, *, groups: int = 5, rank_by: RankBy = "before",
    level: float = 0.95,
    interval: ShareMethod = "logit",
) -> Estimates:  # fmt: skip
    """Growth of mean welfare of the households that were poorest, next poorest ... at first.

    Parameters
    ----------
    panel : Panel
        With welfare. Households whose welfare is unknown in either wave are left out.
    before, after : str
    groups : int
        Quantile groups of equal weight, 2 or more; equal values stay in one group.
    rank_by : {"before", "average"}
        Group by welfare in the wave before, or by the average of both waves.
    level : float
    interval : str
        Of shares: a name of `exitline.words.intervals.SHARES`.

    Returns
    -------
    Estimates
        ``growth(k/groups)``: (mean after / mean before) - 1 of the households of group k;
        ``anonymous_growth(k/groups)``: of whoever is in group k at each time;
        ``growth(all)``, ``growth(poor)`` and ``growth(not poor)``: by state before.

    Raises
    ------
    MeasureError
        For fewer than two groups, or more than households.
    DataError
        When the panel has no welfare.

    Notes
    -----
    Measurement error in the wave before puts households with a low error into the lowest
    group, whose growth is then too high (regression to the mean). Grouping by the average
    of both waves weakens this; the truth usually lies between the two. Standard errors take
    the group limits as known.

    References
    ----------
    Grimm (2007), Journal of Economic Inequality 5, 179-197 (non-anonymous growth);
    Bourguignon (2011), Journal of Economic Inequality 9, 605-627.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> wide = pd.DataFrame({"id": range(4), "y_a": [1., 1., 4., 4.], "y_b": [2., 2., 4., 2.]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> found = mobility(read_panel(wide, spec), "a", "b", groups=2)
    >>> [round(found.find(measure=f"growth({k}/2)").estimate, 3) for k in (1, 2)]
    [1.0, -0.25]
    """
    t, u = panel.position(before), panel.position(after)
    first, second = panel.welfare[:, t], panel.welfare[:, u]
    used = np.isfinite(first) & np.isfinite(second)
    _refuse(panel, used, groups)
    weight = panel.weight[:, t]
    start, end = np.where(used, first, 0.0), np.where(used, second, 0.0)
    key = start if rank_by == "before" else (start + end) / 2.0
    group = _groups(key, weight, used, groups)
    earlier = _groups(start, weight, used, groups)
    later = _groups(end, weight, used, groups)
    wanted = []
    for k in range(groups):
        mine, theirs = group == k, later == k
        wanted.append(_growth(f"growth({k + 1}/{groups})", start * mine, end * mine, mine))
        anonymous = f"anonymous_growth({k + 1}/{groups})"
        wanted.append(_growth(anonymous, start * (earlier == k), end * theirs, earlier == k))
    poor = panel.poor[:, t] == 1.0
    wanted.append(_growth("growth(all)", start, end, used))
    wanted.append(_growth("growth(poor)", start * poor, end * poor, used & poor))
    wanted.append(_growth("growth(not poor)", start * ~poor, end * ~poor, used & ~poor))
    blocks = ratio_blocks(panel, wanted, weight, used, Confidence(level, interval))
    return Estimates(blocks, panel.sampling, level, _notes(panel, used, rank_by))


def _growth(name: str, start: Floats, end: Floats, cases: NDArray[np.bool_]) -> Ratio:
    """(sum of end - sum of start) / sum of start."""
    return Ratio(name, end - start, start, cases=cases)


def _groups(welfare: Floats, weight: Floats, used: NDArray[np.bool_], groups: int) -> Ints:
    """Quantile group of each household from 0; -1 for those that do not take part.

    A household with welfare y is in the group of the middle of its ties: (F(y-) + F(y)) / 2.
    """
    result = np.full(len(welfare), -1, dtype=np.int64)
    values, inverse = np.unique(welfare[used], return_inverse=True)
    mass = np.bincount(inverse, weights=weight[used], minlength=len(values))
    middle = (np.cumsum(mass) - mass / 2.0) / mass.sum()
    result[used] = np.minimum((middle * groups).astype(np.int64), groups - 1)[inverse]
    return result


def _refuse(panel: Panel, used: NDArray[np.bool_], groups: int) -> None:
    """Refuse panels of states and impossible numbers of groups."""
    if np.isnan(panel.welfare).all():
        raise DataError(
            "this panel contains states, not welfare",
            expected="a welfare column",
            got="a column that says poor or not",
            remedy=choose("give panel_spec welfare= and line=", "give --welfare and --line"),
        )
    if not 2 <= groups <= int(used.sum()):
        raise MeasureError(
            "the number of quantile groups cannot be used",
            expected=f"2 or more, at most the {int(used.sum()):,} households",
            got=str(groups),
            remedy="five groups are usual",
        )


def _notes(panel: Panel, used: NDArray[np.bool_], rank_by: RankBy) -> tuple[str, ...]:
    notes = []
    if (~used).any():
        notes.append(
            say_plural(
                "{n} of {size} households lacks welfare in one of the two waves and is left out",
                "{n} of {size} households lack welfare in one of the two waves and are left out",
                int((~used).sum()),
                size=panel.size,
            )
        )
    if rank_by == "before":
        notes.append(
            say(
                "errors of measurement make the growth of the lowest group too high; "
                'compare rank_by="average"'
            )
        )
    return tuple(notes)
