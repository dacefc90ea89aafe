"""Copies: do one unit's records agree with each other more than chance makes them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError
from exitline.exits.screens.finding import ScreenFinding, adjusted, need
from exitline.words.said import Numeral, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = say("records that agree")
MOST_ROWS = 20_000
_READING = say(
    "Neighbours live alike, a record can be sent twice, and short questionnaires repeat "
    "themselves; look at these first. Then compare the records with their paper or sound."
)


@dataclass(frozen=True)
class AgreeingPairs:
    """Pairs of records that agree in at least a share of their answers.

    Parameters
    ----------
    first, second : array of int
        Row numbers, first < second, both in one stratum.
    rows : int
        Rows that were compared.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    rows: int


def agreeing_pairs(
    answers: NDArray[Any], *, share: float = 0.9, strata: NDArray[Any] | None = None
) -> AgreeingPairs:
    """Every pair of records in a stratum that agrees in at least a share of answers.

    Parameters
    ----------
    answers : array of int codes, shape (n, questions)
        -1 where there is no answer; a missing answer agrees with nothing.
    share : float
        In (0, 1]; 1 for exact copies.
    strata : array, shape (n,), optional
        Only records of one stratum (area) are compared.

    Returns
    -------
    AgreeingPairs

    Raises
    ------
    DataError
        With more than 20,000 rows in one stratum.

    Examples
    --------
    >>> import numpy as np
    >>> pairs = agreeing_pairs(np.array([[1, 2, 3], [1, 2, 3], [3, 2, 1]]), share=1.0)
    >>> pairs.first.tolist(), pairs.second.tolist()
    ([0], [1])
    """
    import numpy as np

    codes = np.asarray(answers, dtype=np.int32)
    if not 0 < share <= 1 or codes.ndim != 2 or codes.shape[1] < 1:
        raise DataError(
            "answers or a share that cannot be compared",
            expected="a table of answers, and a share above 0 and at most 1",
            got=f"{codes.ndim} dimensions, share {share}",
        )
    needed = int(np.ceil(share * codes.shape[1] - 1e-9))
    first, second = [], []
    for rows in _strata(len(codes), strata):
        for i, j in _block_pairs(codes[rows], needed):
            first.append(rows[i])
            second.append(rows[j])
    empty = np.empty(0, dtype=np.int64)
    return AgreeingPairs(
        np.concatenate(first) if first else empty,
        np.concatenate(second) if second else empty,
        len(codes),
    )


def screen_copies(
    answers: NDArray[Any],
    units: NDArray[Any],
    *,
    strata: NDArray[Any] | None = None,
    share: float = 0.9,
    draws: int = 999,
    seed: int = 1,
) -> tuple[ScreenFinding, ...]:
    """Screen for records of one unit that agree more than those of different units.

    The statistic of a unit is its number of agreeing pairs. The null: who belongs to
    which unit says nothing about the answers, within a stratum. It is drawn by dealing
    the unit labels out again within strata, so that answers which hang together, or
    neighbours who live alike, make the null as wide as they should.

    Parameters
    ----------
    answers : array of int codes, shape (n, questions)
    units : array, shape (n,)
        Interviewer, office or county of each record.
    strata : array, shape (n,), optional
        Areas within which units could have met the same households.
    share : float
        From which share of equal answers a pair counts.
    draws, seed : int

    Returns
    -------
    tuple of ScreenFinding
        One a unit with at least two records.

    Raises
    ------
    DataError
        With fewer than two units.

    References
    ----------
    Kuriakose and Robbins (2016) for the share of equal answers; Good (2005), chapter 3
    for the permutation of labels.
    """
    import numpy as np

    pairs = agreeing_pairs(answers, share=share, strata=strata)
    names, labels = np.unique(np.asarray(units), return_inverse=True)
    need(len(names), 2, screen=NAME, what="units")
    groups = list(_strata(len(labels), strata))
    random = np.random.default_rng(seed)
    observed = _within(pairs, labels, len(names))
    at_least, total = np.zeros(len(names)), np.zeros(len(names))
    for _ in range(draws):
        counts = _within(pairs, _dealt(labels, groups, random), len(names))
        at_least += counts >= observed
        total += counts
    sizes = np.bincount(labels, minlength=len(names))
    found = [
        ScreenFinding(
            screen=NAME,
            unit=str(names[u]),
            statistic=float(observed[u]),
            expected=float(total[u] / draws),
            measure=say(
                "pairs of records with at least {share} equal answers",
                share=Numeral(f"{100 * share:.0f} %"),
            ),
            p_value=float((1 + at_least[u]) / (draws + 1)),
            q_value=float("nan"),
            n=int(sizes[u]),
            null=say("unit labels say nothing about the answers, within a stratum"),
            reading=_READING,
        )
        for u in range(len(names))
        if sizes[u] >= 2
    ]
    return adjusted(found)


def _strata(rows: int, strata: NDArray[Any] | None) -> Iterator[NDArray[np.int64]]:
    """Row numbers of each stratum, none larger than can be compared pair by pair."""
    import numpy as np

    labels = np.zeros(rows, dtype=np.int64) if strata is None else np.asarray(strata)
    _, codes = np.unique(labels, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        if len(group) > MOST_ROWS:
            raise DataError(
                "too many records to compare each with each",
                expected=f"at most {MOST_ROWS:,} records in a stratum",
                got=f"{len(group):,}",
                remedy="name a column of smaller areas as stratum",
            )
        yield group


def _block_pairs(
    codes: NDArray[np.int32], needed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Agreeing pairs of a stratum, a block of rows at a time."""
    import numpy as np

    block = max(1, 4_000_000 // max(1, len(codes)))
    for start in range(0, len(codes), block):
        part = codes[start : start + block]
        equal = np.zeros((len(part), len(codes)), dtype=np.int16)
        for question in range(codes.shape[1]):
            own, other = part[:, question, None], codes[None, :, question]
            equal += (own == other) & (own >= 0)
        i, j = np.nonzero(equal >= needed)
        later = j > i + start
        if later.any():
            yield i[later] + start, j[later]


def _within(pairs: AgreeingPairs, labels: NDArray[np.int64], units: int) -> NDArray[np.int64]:
    """Agreeing pairs inside each unit."""
    import numpy as np

    first = labels[pairs.first]
    return np.bincount(first[first == labels[pairs.second]], minlength=units)


def _dealt(
    labels: NDArray[np.int64], groups: list[NDArray[np.int64]], random: np.random.Generator
) -> NDArray[np.int64]:
    """The labels, dealt out again within strata."""
    dealt = labels.copy()
    for group in groups:
        dealt[group] = random.permutation(labels[group])
    return dealt
