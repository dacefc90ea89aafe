"""Figures made of the cells' counts of a table, and where their standard errors come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats


@dataclass(frozen=True)
class Functions:
    """Figures made of the cells' counts: sums of them, over other sums or alone.

    Attributes
    ----------
    top : float array, shape (functions, cells)
    bottom : float array, shape (functions, cells)
    number : bool array, shape (functions,)
        Sums alone, whose `bottom` is of no use.
    """

    top: Floats
    bottom: Floats
    number: NDArray[np.bool_]

    def of(self, counts: Floats) -> Floats:
        """The figures, from counts of shape (cells,) or (cells, replicates)."""
        number = self.number if counts.ndim == 1 else self.number[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.top @ counts / np.where(number, 1.0, self.bottom @ counts))


def numbers(cells: int) -> Functions:
    """The counts themselves."""
    return Functions(np.eye(cells), np.eye(cells), np.ones(cells, dtype=bool))


def shares(cells: int) -> Functions:
    """The cells' shares of all."""
    return Functions(np.eye(cells), np.ones((cells, cells)), np.zeros(cells, dtype=bool))


class Errors(Protocol):
    """Where standard errors of a table's figures come from."""

    def se(self, functions: Functions) -> Floats:
        """Standard errors of some functions."""
        ...

    def covariance(self, functions: Functions) -> Floats:
        """Their covariance matrix."""
        ...
