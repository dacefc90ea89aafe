"""Spells that an office brings along: checked before they count for anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.exits.register.errors import SpellError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SpellFaults:
    """How many rows of a spell table cannot be used, by fault.

    Parameters
    ----------
    negative : int
        Spells that end before they begin.
    overlapping : int
        Spells that begin before the household's earlier spell has ended.
    undated : int
        Spells without a beginning.
    unknown : int
        Spells of households that the register does not hold.
    """

    negative: int
    overlapping: int
    undated: int
    unknown: int

    @property
    def total(self) -> int:
        """All faults together."""
        return self.negative + self.overlapping + self.undated + self.unknown


def spell_faults(
    household: NDArray[Any],
    since: NDArray[np.datetime64],
    until: NDArray[np.datetime64],
    *,
    register: NDArray[Any] | None = None,
) -> SpellFaults:
    """Count the spells that cannot be used.

    Parameters
    ----------
    household : array, shape (n,)
    since : array of datetime64, shape (n,)
        First day in the state.
    until : array of datetime64, shape (n,)
        Day on which the state was left (not part of the spell); NaT while it lasts.
    register : array, optional
        The known households.

    Returns
    -------
    SpellFaults

    Examples
    --------
    >>> import numpy as np
    >>> day = lambda *d: np.array(d, dtype="datetime64[D]")
    >>> spell_faults(np.array(["a", "a"]), day("2016-01-01", "2016-06-01"),
    ...              day("2016-07-01", "NaT")).overlapping
    1
    """
    import numpy as np

    since, until = since.astype("datetime64[D]"), until.astype("datetime64[D]")
    order = np.lexsort((until, since, household))
    who, start, end = household[order], since[order], until[order]
    same = who[1:] == who[:-1]
    # the farthest end so far, so that a long spell is checked against all that follow it
    far = np.where(np.isnat(end), np.iinfo(np.int64).max, end.astype(int))
    reach = _running_maximum(far, np.r_[True, ~same]) if len(who) else far
    begins = start.astype(int)
    undated = np.isnat(since)
    return SpellFaults(
        negative=int(np.sum(until < since)),
        overlapping=int(np.sum(same & (begins[1:] < reach[:-1]) & ~np.isnat(start[1:]))),
        undated=int(undated.sum()),
        unknown=0 if register is None else int(np.sum(~np.isin(household, register))),
    )


def check_spells(faults: SpellFaults, *, where: str) -> None:
    """Refuse a table of spells with any fault.

    Parameters
    ----------
    faults : SpellFaults
    where : str
        What the table came from.

    Raises
    ------
    SpellError
        With the number of each fault; no household is named.
    """
    if not faults.total:
        return
    counted = {
        "of negative duration": faults.negative,
        "overlapping an earlier one": faults.overlapping,
        "without a beginning": faults.undated,
        "of an unknown household": faults.unknown,
    }
    raise SpellError(
        "the spells contradict each other or themselves",
        where=where,
        expected="for each known household, spells that follow one another in time",
        got=", ".join(f"{count:,} {fault}" for fault, count in counted.items() if count),
        remedy="correct these rows; nothing was taken from the file",
    )


def _running_maximum(values: NDArray[Any], starts: NDArray[Any]) -> NDArray[Any]:
    """The running maximum within groups; `starts` is True at the first row of each."""
    import numpy as np

    group = np.cumsum(starts)
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.int64)
    shifted = rank + group * (len(values) + 1)
    top = np.maximum.accumulate(shifted) - group * (len(values) + 1)
    return np.asarray(np.sort(values, kind="stable")[top])
