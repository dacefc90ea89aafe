"""Rows in the order of their ranks, with many weights: quantiles and sums of ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.measure.passes.inverse import CLOSE

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints


IN_A_ROW = 1024
"""Products that are summed one after the other."""


@dataclass(frozen=True)
class Domains:
    """A set of domains over rows.

    Attributes
    ----------
    code : int array, shape (rows,)
        The domain of each row, from 0.
    size : int
    """

    code: Ints
    size: int

    def sums(self, matrix: Floats, amount: Floats | None = None) -> Floats:
        """Sums of columns by domain, each row times an amount: shape (domains, columns).

        Examples
        --------
        >>> domains = Domains(np.array([0, 1, 0]), 2)
        >>> domains.sums(np.array([[1.0], [2.0], [4.0]]), np.array([3.0, 1.0, 1.0]))
        array([[7.],
               [2.]])
        """
        if self.size == 1:
            return (matrix.sum(axis=0) if amount is None else _products(amount, matrix))[None, :]
        times = (column if amount is None else column * amount for column in matrix.T)
        return np.column_stack([np.bincount(self.code, own, self.size) for own in times])


def _products(amount: Floats, matrix: Floats) -> Floats:
    """The sum of an amount times each column.

    By parts of so many rows, whose sums are then summed in pairs, as numpy's ``sum`` does; not by
    BLAS, whose threads wait for each other longer than they work on so little.
    """
    amount = np.ascontiguousarray(amount)
    whole = len(amount) - len(amount) % IN_A_ROW
    parts = np.einsum(
        "ni,jni->jn", amount[:whole].reshape(-1, IN_A_ROW),
        matrix.T[:, :whole].reshape(matrix.shape[1], -1, IN_A_ROW),
    )  # fmt: skip
    rest: Floats = np.einsum("i,ij->j", amount[whole:], matrix[whole:])
    found: Floats = rest + parts.sum(axis=1)
    return found


@dataclass(frozen=True)
class Ordered:
    """Rows by domain and rank, in blocks of neighbours.

    A sum of each block says in which one a quantile lies, so that the weights of no other need
    to be laid out in this order. Weights have the shape (rows, weights).

    Attributes
    ----------
    ranking : float array, shape (rows,)
    domains : Domains
    order : int array, shape (rows,)
    starts : int array, shape (domains + 1,)
        Where each domain starts in the order, and where the last one ends.
    """

    ranking: Floats
    domains: Domains
    order: Ints
    starts: Ints

    @classmethod
    def of(cls, ranking: Floats, domains: Domains) -> Ordered:
        """The order of rows by a ranking in their domains."""
        if domains.size == 1:
            return cls(ranking, domains, np.argsort(ranking), np.array([0, len(ranking)]))
        order = np.lexsort((ranking, domains.code))
        starts = np.searchsorted(domains.code[order], np.arange(domains.size + 1))
        return cls(ranking, domains, order, starts)

    @cached_property
    def _blocks(self) -> tuple[Ints, Ints, Ints]:
        """Where each block starts in the order, the first one of each domain, that of each row."""
        rows = np.diff(self.starts)
        wide = max(1, int(np.sqrt(len(self.order) / len(rows))))
        first = np.concatenate([[0], np.cumsum(-(-rows // wide))])
        within = np.arange(first[-1]) - np.repeat(first[:-1], np.diff(first))
        begin = np.append(np.repeat(self.starts[:-1], np.diff(first)) + within * wide,
                          len(self.order))  # fmt: skip
        of_row = np.empty(len(self.order), dtype=np.int64)
        of_row[self.order] = np.repeat(np.arange(first[-1]), np.diff(begin))
        return begin, first, of_row

    @cached_property
    def _ties(self) -> Ints | None:
        """Where each rank of each domain starts in the order; None where none is shared."""
        ranked, code = self.ranking[self.order], self.domains.code[self.order]
        new = np.ones(len(ranked), dtype=bool)
        new[1:] = (ranked[1:] != ranked[:-1]) | (code[1:] != code[:-1])
        return None if new.all() else np.flatnonzero(new)

    def quantile(self, values: Floats, weight: Floats, p: float | Floats) -> Floats:
        """The smallest value at which the cumulative share of weights reaches p.

        Parameters
        ----------
        values : float array, shape (rows,)
            What the rows are ordered by.
        weight : float array, shape (rows, weights)
        p : float or array, shape (domains, weights)

        Returns
        -------
        float array, shape (domains, weights)

        Examples
        --------
        >>> domains = Domains(np.zeros(4, dtype=int), 1)
        >>> values = np.array([5.0, 1.0, 3.0, 2.0])
        >>> weights = np.array([[1.0, 1.0], [1.0, 9.0], [1.0, 1.0], [1.0, 1.0]])
        >>> Ordered.of(values, domains).quantile(values, weights, 0.5)
        array([[2., 1.]])
        """
        many = np.broadcast_shapes(np.shape(p)[1:], weight.shape[1:])[0]
        share = np.broadcast_to(p, (self.domains.size, many))
        every = np.broadcast_to(weight, (len(weight), many))
        found = np.empty((self.domains.size, many))
        for i in range(many):
            place, total = self._reached(every[:, i], share[:, i])
            found[:, i] = np.where(total > 0, values[self.order[place]], np.nan)
        return found

    def _reached(self, weight: Floats, p: Floats) -> tuple[Ints, Floats]:
        """Where in the order each domain reaches a share of its weight; and its weight."""
        if weight.min(initial=0.0) < 0.0:
            return self._reached_in_all(weight, p)
        begin, first, of_row = self._blocks
        sums = np.bincount(of_row, weight, len(begin) - 1)
        upto = np.concatenate([[0.0], np.cumsum(sums)])
        total: Floats = upto[first[1:]] - upto[first[:-1]]
        target = upto[first[:-1]] + (p - CLOSE) * total
        last = np.maximum(first[1:] - 1, 0)
        block: Ints = np.clip(np.searchsorted(upto[1:], target), first[:-1].clip(max=last), last)
        ends = begin[block + 1][:, None]
        place = begin[block][:, None] + np.arange(np.diff(begin).max(initial=1))
        inside = place < ends
        own = np.where(inside, weight[self.order[np.minimum(place, ends - 1)]], 0.0)
        short = upto[block][:, None] + np.cumsum(own, axis=1) < target[:, None]
        reached: Ints = begin[block] + (short & inside).sum(axis=1)
        return np.minimum(reached, np.maximum(self.starts[1:] - 1, 0)), total

    def _reached_in_all(self, weight: Floats, p: Floats) -> tuple[Ints, Floats]:
        """As `_reached`, where weights below zero let sums fall: after all rows that fall short."""
        upto = np.concatenate([[0.0], np.cumsum(weight[self.order])])
        total = upto[self.starts[1:]] - upto[self.starts[:-1]]
        target = upto[self.starts[:-1]] + (p - CLOSE) * total
        short = upto[1:] < np.repeat(target, np.diff(self.starts))
        code = self.domains.code[self.order]
        below = np.bincount(code, short, self.domains.size).astype(np.int64)
        last = np.maximum(self.starts[1:] - 1, 0)
        return np.minimum(self.starts[:-1] + below, last), total

    def around(self, weight: Floats) -> tuple[Floats, Floats]:
        """Sums of weights over lower ranks of the domain, and over equal ones, for each row."""
        lower, equal = np.empty_like(weight, order="F"), np.empty_like(weight, order="F")
        for i in range(weight.shape[1]):
            own = weight[:, i][self.order]
            lower[self.order, i], equal[self.order, i] = self._around(own)
        return lower, equal

    def _around(self, own: Floats) -> tuple[Floats, Floats]:
        """As `around`, of weights in the order, for rows in the order."""
        upto = self._upto(own)
        if self._ties is None:
            return upto - own, own
        many = np.diff(np.append(self._ties, len(own)))
        equal = np.repeat(np.add.reduceat(own, self._ties), many)
        return np.repeat(upto[self._ties + many - 1], many) - equal, equal

    def _upto(self, own: Floats) -> Floats:
        """Sums of weights up to each row of its domain, in the order."""
        upto = np.cumsum(own)
        if self.domains.size > 1:
            before = np.concatenate([[0.0], upto])[self.starts[:-1]]
            upto -= np.repeat(before, np.diff(self.starts))
        return upto

    def ranked(self, weight: Floats, amount: Floats, among: Floats, *, alike: bool) -> Floats:
        """Sums of weights times an amount times the rank, by domain: shape (domains, weights).

        The rank is the sum of weights over lower ranks and half of that over equal ones.

        Parameters
        ----------
        weight : float array, shape (rows, weights)
        amount, among : float array, shape (rows,)
            What is summed; and what weights count in the rank.
        alike : bool
            Whether the amount is the same on all rows of one rank that count in it, and zero on
            others: the order of those rows is then nothing.
        """
        every, code = bool((among == 1.0).all()), self.domains.code
        amount, among = amount[self.order], among if every else among[self.order]
        in_order = Domains(code[self.order] if self.domains.size > 1 else code, self.domains.size)
        found = np.empty((self.domains.size, weight.shape[1]))
        for i in range(weight.shape[1]):
            plain = weight[:, i][self.order]
            own = plain if every else plain * among
            if alike:
                rank = self._upto(own)
                rank -= own / 2.0
            else:
                lower, equal = self._around(own)
                rank = lower + equal / 2.0
            rank *= amount
            found[:, i] = in_order.sums(plain[:, None], rank)[:, 0]
        return found
