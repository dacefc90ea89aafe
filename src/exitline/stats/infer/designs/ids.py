"""Which stratum and PSU each code of a sample stands for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.intake.codes import texts

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Ints


@dataclass(frozen=True)
class LaterUnits:
    """Which unit each code of a later stage stands for, as the data write them.

    Attributes
    ----------
    values : pyarrow.Array
        Different ids.
    value : int array, shape (units,)
        Place of each unit's id in `values`.
    parent : int array, shape (units,)
        The code of the cluster it was drawn in, of the stage before.
    """

    values: pa.Array
    value: Ints
    parent: Ints

    def named(self, codes: Ints) -> list[str]:
        """The ids of some units.

        Parameters
        ----------
        codes : int array
        """
        place, where = np.unique(self.value[codes], return_inverse=True)
        shown = texts(self.values.take(place))
        return [shown[i] for i in where]


@dataclass(frozen=True)
class Ids:
    """Which stratum and PSU each code of a sample stands for, as the data write them.

    Attributes
    ----------
    strata : tuple of str
        By code; ("",) without strata.
    values : pyarrow.Array
        Different ids of PSUs.
    value : int array, shape (psus,)
        Place of each PSU's id in `values`.
    stratum : int array, shape (psus,)
        The stratum's code of each PSU.
    below : tuple of LaterUnits
        Of the later stages that have population sizes.
    """

    strata: tuple[str, ...]
    values: pa.Array
    value: Ints
    stratum: Ints
    below: tuple[LaterUnits, ...] = ()

    @property
    def repeated(self) -> int:
        """Ids that stand for PSUs of several strata."""
        return len(self.value) - len(self.values)

    @cached_property
    def psus(self) -> tuple[str, ...]:
        """The id of each PSU, by code."""
        shown = texts(self.values)
        return tuple(shown[i] for i in self.value)

    def pairs(self) -> list[tuple[str, str]]:
        """Stratum and PSU of each code."""
        return [(self.strata[h], psu) for h, psu in zip(self.stratum, self.psus, strict=True)]
