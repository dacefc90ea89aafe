"""Hadamard matrices: balanced halves for BRR and successive differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import hadamard as sylvester

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Signs = NDArray[np.int8]

_DOUBLE = {28: 13, 36: 17}
"""Orders that are neither a power of two nor a prime and one: Paley's second kind."""


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
