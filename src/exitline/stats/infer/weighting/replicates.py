"""Multipliers of replicate weights: what the weights of each sampled cluster are multiplied by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg import hadamard as sylvester

from exitline.errors import DesignError
from exitline.stats.infer.designs.frame import CERTAIN
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.designs.frame import Stage
    from exitline.stats.infer.designs.variances import Taylor

    Signs = NDArray[np.int8]

Kind = Literal[
    "JK1", "JKn", "BRR", "Fay", "SDR", "bootstrap", "subbootstrap", "rescaled", "mrbbootstrap"
]
_DOUBLE = {28: 13, 36: 17}
"""Orders that are neither a power of two nor a prime and one: Paley's second kind."""


@dataclass(frozen=True)
class SampleClusters:
    """The clusters of a sample, in their order.

    Attributes
    ----------
    stratum : int array, shape (clusters,)
        Codes from 0 to the number of strata - 1.
    drawn : Taylor
        Sampled clusters and sampling fractions by stratum, and by stage.
    stages : tuple of int array, each shape (clusters,)
        Codes of the clusters of each stage; the last stage has a cluster on each row.
    rank : int array, shape (strata,)
        The order of the strata by their names.
    """

    stratum: Ints
    drawn: Taylor
    stages: tuple[Ints, ...]
    rank: Ints

    @property
    def first(self) -> Stage:
        """The first stage."""
        return self.drawn.stages[0]

    @property
    def uncertain(self) -> NDArray[np.bool_]:
        """By stratum: whether it has sampling error at the first stage."""
        return self.first.unsampled > CERTAIN

    @property
    def place(self) -> Ints:
        """The place of each cluster in its stratum, from 0."""
        order = np.argsort(self.stratum, kind="stable")
        sorted_ = self.stratum[order]
        start = np.searchsorted(sorted_, sorted_)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order)) - start
        return place


@dataclass(frozen=True)
class Multipliers:
    """Replicates, as R's ``svrepdesign`` has them.

    Attributes
    ----------
    values : float array, shape (clusters, replicates)
    scale : float
    rscales : float array, shape (replicates,)
    notes : tuple of str
    """

    values: Floats
    scale: float
    rscales: Floats
    notes: tuple[str, ...] = ()


def jackknife_1(clusters: SampleClusters) -> Multipliers:
    """Each cluster left out in turn, of a sample without strata (R's ``jk1weights``)."""
    n = len(clusters.stratum)
    if len(clusters.first.sampled) > 1:
        raise DesignError(
            "JK1 is for samples without strata", where="kind", expected="JKn for this design",
            got=f"{len(clusters.first.sampled)} strata", remedy='choose kind="JKn"',
        )  # fmt: skip
    values = np.full((n, n), n / (n - 1.0))
    np.fill_diagonal(values, 0.0)
    scale = (n - 1.0) / n * float(clusters.first.unsampled[0])
    return Multipliers(values, scale, np.ones(n))


def jackknife_n(clusters: SampleClusters) -> Multipliers:
    """Each cluster left out in turn, the others of its stratum standing in (R's ``jknweights``).

    A stratum that was taken whole has no replicates. One with a single cluster has none under
    "remove" and "certainty"; under "average" the others count for it, under "adjust" it is left
    out once, all other strata standing in.
    """
    sampled = clusters.first.sampled.astype(np.float64)
    lonely = clusters.drawn.lonely
    alone = (clusters.first.sampled == 1) & clusters.uncertain
    out = clusters.uncertain[clusters.stratum] & ~alone[clusters.stratum]
    if lonely == "adjust":
        out |= alone[clusters.stratum]
    left = np.flatnonzero(out)
    if not len(left):
        raise DesignError(
            "no cluster can be left out", where="kind", expected="strata with two clusters or more "
            "that were not taken whole", got="none",
            remedy="merge strata with a single cluster, or check the fpc",
        )  # fmt: skip
    stratum = clusters.stratum[left]
    n = sampled[stratum]
    with np.errstate(divide="ignore"):
        standing_in = np.where(n > 1, n / (n - 1.0), 0.0)
    same = clusters.stratum[:, None] == stratum[None, :]
    values = np.where(same, standing_in, 1.0)
    rscales = (n - 1.0) / n * clusters.first.unsampled[stratum]
    single = alone[stratum]
    if single.any():
        strata = len(sampled)
        sampled_only = clusters.uncertain[clusters.stratum]
        values[:, single] = np.where(sampled_only, strata / (strata - 1.0), 1.0)[:, None]
        rscales[single] = (strata - 1.0) / strata
    values[left, np.arange(len(left))] = 0.0
    scale = len(clusters.stratum) / len(left) if lonely == "average" and alone.any() else 1.0
    return Multipliers(values, scale, rscales)


def balanced(clusters: SampleClusters, rho: float = 0.0) -> Multipliers:
    """Balanced halves of strata with two clusters (McCarthy 1969), or Fay's variant.

    As R's ``brrweights``: strata with an even number of clusters are split in pairs, strata in
    the order of their names take the rows of a Hadamard matrix from the second on, and the
    first cluster of a pair has the multiplier 2 - rho where the matrix has 1.
    """
    sampled = clusters.first.sampled
    single = (sampled == 1) & (clusters.drawn.lonely in ("remove", "certainty"))
    odd = (sampled % 2 == 1) & ~single
    if odd.any():
        raise DesignError(
            "balanced replicates need pairs of clusters", where="kind",
            expected="two clusters in every stratum, or an even number",
            got=f"{int(odd.sum())} of {len(sampled)} strata with an odd number",
            remedy='choose kind="JKn" or a bootstrap, or merge strata',
        )  # fmt: skip
    pairs = np.where(single, 0, sampled // 2)
    # R gives the strata that it splits the first rows, then those with two clusters
    order = np.lexsort((clusters.rank, pairs == 1))
    start = np.empty(len(pairs), dtype=np.int64)
    start[order] = np.cumsum(pairs[order]) - pairs[order]
    matrix = hadamard(max(int(pairs.sum()), 1))
    row = 1 + start[clusters.stratum] + clusters.place // 2
    signs = matrix[np.minimum(row, len(matrix) - 1)].astype(np.float64)
    signs = np.where((clusters.place % 2 == 0)[:, None], signs, -signs)
    values = 1.0 + (1.0 - rho) * signs
    values[single[clusters.stratum]] = 1.0
    replicates = values.shape[1]
    notes = (say("population sizes (fpc) play no part in balanced replicates"),)
    return Multipliers(
        values, 1.0 / (replicates * (1.0 - rho) ** 2), np.ones(replicates),
        notes if np.any(clusters.first.unsampled < 1) else (),
    )  # fmt: skip


def successive(clusters: SampleClusters, replicates: int | None) -> Multipliers:
    """Successive differences of clusters in the order of their selection (Fay and Train 1995).

    Cluster i takes two rows of a Hadamard matrix, cluster i + 1 the second of them and the
    next; the last of a stratum closes the circle. With as many replicates as clusters and one
    the variance of a total is half the sum of squared successive differences; with fewer the
    rows are used again.
    """
    n = len(clusters.stratum)
    matrix = hadamard(replicates - 1 if replicates else n).astype(np.float64)
    usable = len(matrix) - 1
    order = np.argsort(clusters.stratum, kind="stable")
    position = np.empty(n, dtype=np.int64)
    position[order] = np.arange(n)
    sampled = clusters.first.sampled
    start = np.cumsum(sampled) - sampled
    stratum, place = clusters.stratum, clusters.place
    following = start[stratum] + (place + 1) % sampled[stratum]
    values = 1.0 + 2.0**-1.5 * (matrix[1 + position % usable] - matrix[1 + following % usable])
    notes = (say("population sizes (fpc) play no part in successive differences"),)
    return Multipliers(
        values, 4.0 / len(matrix), np.ones(len(matrix)),
        notes if np.any(clusters.first.unsampled < 1) else (),
    )  # fmt: skip


def hadamard(above: int) -> Signs:
    """A Hadamard matrix of an order above a number, whose first row and column are ones.

    Orders and, but for multiples of 28 and 36, matrices are those of R's survey: Sylvester's
    for powers of two, Paley's (1933) for a prime that leaves 3 when divided by 4, doubled where
    needed.

    Parameters
    ----------
    above : int
        For instance the number of strata.

    Returns
    -------
    int array, shape (order, order)
        Of 1 and -1.

    Examples
    --------
    >>> h = hadamard(9)
    >>> len(h), bool((h @ h.T == 12 * np.eye(12)).all())
    (12, True)
    """
    order = above - above % 4 + 4
    while (found := _of_order(order, near=order - above <= 4)) is None:
        order += 4
    return found


def _of_order(order: int, *, near: bool) -> Signs | None:
    """A matrix of this order, if one of the constructions gives it."""
    if not near and _prime(order - 1):
        return _paley(order - 1)
    base, doublings = order, 0
    while base % 8 == 0 or base in (2, 4):
        base, doublings = base // 2, doublings + 1
    if base == 1:
        return np.asarray(sylvester(order), dtype=np.int8)
    found = _base(base)
    if found is None:
        return _paley(order - 1) if _prime(order - 1) else None
    for _ in range(doublings):
        found = np.block([[found, found], [found, -found]])
    return found


def _base(order: int) -> Signs | None:
    """A matrix that is not doubled."""
    if order in _DOUBLE:
        return _paley_double(_DOUBLE[order])
    return _paley(order - 1) if _prime(order - 1) else None


def _prime(number: int) -> bool:
    """Whether a number is a prime that leaves 3 when divided by 4."""
    return number > 2 and number % 4 == 3 and all(number % d for d in range(3, _root(number), 2))


def _root(number: int) -> int:
    """Above the square root of a number."""
    return int(number**0.5) + 1


def _paley(prime: int) -> Signs:
    """Paley's first construction, as R's survey lays it out: squares of i + j."""
    square = _squares(prime)
    signs = np.where(square, -1, 1)
    core = signs[np.add.outer(np.arange(prime), np.arange(prime)) % prime]
    found = np.ones((prime + 1, prime + 1), dtype=np.int8)
    found[1:, 1:] = core
    return found


def _squares(prime: int) -> NDArray[np.bool_]:
    """Which numbers below a prime are squares, 0 among them."""
    square = np.zeros(prime, dtype=bool)
    square[np.arange(prime) ** 2 % prime] = True
    return square


def _paley_double(prime: int) -> Signs:
    """Paley's second construction: order 2 (prime + 1), with ones in the first row and column."""
    character = np.where(_squares(prime), 1, -1)
    character[0] = 0
    conference = np.ones((prime + 1, prime + 1), dtype=np.int8)
    conference[0, 0] = 0
    conference[1:, 1:] = character[np.subtract.outer(np.arange(prime), np.arange(prime)) % prime]
    plus, zero = np.array([[1, 1], [1, -1]]), np.array([[1, -1], [-1, -1]])
    found = np.kron(conference, plus) + np.kron(np.eye(prime + 1, dtype=np.int8), zero)
    found = found * found[0]
    return np.asarray(found * found[:, :1], dtype=np.int8)
